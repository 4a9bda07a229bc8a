"""Opening a record of another clinic in an emergency, ending it, and the review by that clinic."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import ClinicRequest, require
from accounts.permissions import Action, clinics_where
from accounts.shown_lists import note_list
from audit.recording import record_refusal
from patients.emergency.actions import (
    NobodyMeantError,
    TooManyAttemptsError,
    end_emergency_access,
    open_emergency_access,
    review_emergency_access,
)
from patients.emergency.selectors import accesses_to
from patients.forms.emergency import EmergencyForm, ReviewForm
from patients.models import EmergencyAccess
from patients.views.access import patient_url

NOBODY = (
    "No record was opened. Compare the clinic, the record number and the birth date with what you "
    "were told. Which of them does not fit is not shown."
)
TOO_MANY = (
    "You have tried too often within the hour. Telephone the clinic; in the next hour you can try "
    "again here."
)
MOST_SHOWN = 200


@require_http_methods(["GET", "POST"])
def emergency_open(request: ClinicRequest) -> HttpResponse:
    """The form that opens one record of another clinic for a few hours."""
    _require_somewhere(request, Action.BREAK_GLASS)
    form = EmergencyForm(request.POST if request.method == "POST" else None, user=request.user)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            access, status = _opened(request, form)
            if access is not None:
                return redirect(patient_url(access.registration.patient))
    return render(request, "patients/emergency_open.html", {"form": form}, status=status)


def _opened(request: ClinicRequest, form: EmergencyForm) -> tuple[EmergencyAccess | None, int]:
    try:
        access = open_emergency_access(by=request.user, **form.cleaned_data)
    except NobodyMeantError:
        form.add_error(None, NOBODY)
        return None, 422
    except TooManyAttemptsError:
        form.add_error(None, TOO_MANY)
        return None, 429
    return access, 302


@require_POST
def emergency_end(request: ClinicRequest, access_id: UUID) -> HttpResponse:
    """End it before its time: who opened it, or an administrator of the patient's clinic."""
    access = _access_or_404(access_id)
    clinic = access.registration.clinic
    is_own = access.user_id == request.user.pk
    if not is_own:
        require(request, Action.MANAGE_CLINIC, clinic)
    ended = end_emergency_access(access=access, by=request.user)
    messages.success(request, "The emergency access is ended." if ended else "It had ended before.")
    return redirect("reports:home" if is_own else "patients:emergency-reviews")


@require_safe
def emergency_reviews(request: ClinicRequest) -> HttpResponse:
    """Who opened records of the clinics that one administers, those to be reviewed first."""
    _require_somewhere(request, Action.MANAGE_CLINIC)
    now = timezone.now()
    rows = [
        {"access": access, "runs": access.is_running(now), "is_own": access.user == request.user}
        for access in accesses_to(request.user)[:MOST_SHOWN]
    ]
    waiting = [row for row in rows if row["access"].reviewed_at is None]  # type: ignore[attr-defined]
    done = [row for row in rows if row["access"].reviewed_at is not None]  # type: ignore[attr-defined]
    administered = clinics_where(request.user, Action.MANAGE_CLINIC)
    note_list(
        request,
        "emergencyaccess",
        [clinic for clinic in request.clinics if clinic.pk in administered],
        rows=len(rows),
        action=Action.MANAGE_CLINIC,
    )
    context = {"waiting": waiting, "done": done}
    return render(request, "patients/emergency_reviews.html", context)


@require_http_methods(["GET", "POST"])
def emergency_review(request: ClinicRequest, access_id: UUID) -> HttpResponse:
    """What the administrator of the clinic says of one access."""
    access = _access_or_404(access_id)
    require(request, Action.MANAGE_CLINIC, access.registration.clinic)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            review_emergency_access(
                access=access, by=request.user, remark=form.cleaned_data["remark"]
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, "Your review is kept.")
            return redirect("patients:emergency-reviews")
    context = {
        "access": access,
        "form": form,
        "runs": access.is_running(timezone.now()),
        "is_own": access.user_id == request.user.pk,
    }
    status = 422 if form.errors else 200
    return render(request, "patients/emergency_review.html", context, status=status)


def _require_somewhere(request: ClinicRequest, action: Action) -> None:
    """Whichever clinic is chosen in the top bar: these pages are not of one clinic."""
    if not clinics_where(request.user, action):
        record_refusal(by=request.user, note=f"not allowed to {action}")
        raise PermissionDenied(
            f"Your role does not allow you to {action.label} in any of your clinics."
        )


def _access_or_404(public_id: UUID) -> EmergencyAccess:
    people = ("user", "registration__clinic", "registration__patient", "ended_by", "reviewed_by")
    found = EmergencyAccess.objects.select_related(*people).filter(public_id=public_id).first()
    if found is None:
        raise Http404("No such emergency access.")
    return found
