"""The erasure of a person: asked for, confirmed by another, or withdrawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import ClinicRequest, clinics_shown, require
from accounts.models import Clinic
from accounts.permissions import Action, may
from audit.recording import record_refusal
from patients.erasing import (
    ErasureChangedError,
    confirm_erasure,
    confirm_until,
    has_lapsed,
    holdings_of,
    other_clinics_following,
    request_erasure,
    why_not_confirmed,
    withdraw_erasure,
)
from patients.forms.erasing import ErasureConfirmForm, ErasureRequestForm
from patients.forms.records import accepted
from patients.models import Erasure, Patient
from patients.selectors import registrations_seen_by
from patients.views.access import identity, note_view, open_patient_or_404

CONFLICT, OK = 409, 200
MOST_LISTED = 100
CHANGED_WORDS = "Something was entered or changed meanwhile. Please look again at what is erased."


@require_http_methods(["GET", "POST"])
def erasure_request(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """What an erasure takes away and what stays; then ask for it."""
    patient = open_patient_or_404(request, patient_id)
    clinic = _clinic_to_erase(request, patient)
    former = Erasure.objects.filter(
        erased_id=patient.public_id, withdrawn_at=None, erased_at=None
    ).first()
    if former is not None and not has_lapsed(former):
        return redirect("patients:erasure", former.public_id)
    data = accepted(request.POST) if request.method == "POST" else None
    form = ErasureRequestForm(data, today=clinic.today())
    if request.method == "POST" and form.is_valid():
        try:
            erasure = request_erasure(
                patient=patient,
                by=request.user,
                clinic=clinic,
                basis=form.cleaned_data["basis"],
                reason=form.cleaned_data["reason"],
                typed_number=form.cleaned_data["typed_number"],
            )
        except ValidationError as refusal:
            form.put_errors(refusal)
        else:
            messages.success(request, "Asked for. Nothing is erased before it is confirmed.")
            return redirect("patients:erasure", erasure.public_id)
    note_view(request, patient)
    context = {
        **identity(request, patient),
        "form": form,
        "clinic": clinic,
        "holdings": holdings_of(patient),
        "others": other_clinics_following(patient, clinic),
        "list_url": reverse("patients:registrations", args=[patient.public_id]),
    }
    return render(request, "patients/erasure_request.html", context)


def _clinic_to_erase(request: ClinicRequest, patient: Patient) -> Clinic:
    """A clinic of the user's that holds the record, running or ended, and lets them ask for it."""
    places = registrations_seen_by(request.user, patient)
    for place in places:
        if may(request.user, Action.ERASE_PATIENT, place.clinic):
            return place.clinic
    require(request, Action.ERASE_PATIENT, places[0].clinic)
    raise Http404


@require_safe
def erasures(request: ClinicRequest) -> HttpResponse:
    """Requests that wait, and what became of the others: opaque ids, no names."""
    clinics = clinics_shown(request, Action.ERASE_PATIENT)
    rows = Erasure.objects.filter(clinic__in=clinics).select_related(
        "clinic", "requested_by", "confirmed_by", "withdrawn_by"
    )[:MOST_LISTED]
    listed = [{"erasure": row, "state": _state(row), "until": confirm_until(row)} for row in rows]
    return render(request, "patients/erasure_list.html", {"listed": listed})


def _state(erasure: Erasure) -> str:
    if erasure.erased_at is not None:
        return "erased"
    if erasure.withdrawn_at is not None:
        return "withdrawn"
    return "not confirmed in time" if has_lapsed(erasure) else "waits for a second person"


@require_http_methods(["GET", "POST"])
def erasure(request: ClinicRequest, erasure_id: UUID) -> HttpResponse:
    """One request: what it takes away, confirmed by a second person or withdrawn."""
    found = _erasure_or_404(request, erasure_id)
    data = accepted(request.POST) if request.method == "POST" else None
    is_withdrawn = "withdraw" in request.POST
    form = ErasureConfirmForm(None if is_withdrawn else data, today=found.clinic.today())
    if is_withdrawn:
        return _withdrawn(request, found)
    status = OK
    patient = Patient.objects.filter(public_id=found.erased_id).first()
    problem = why_not_confirmed(found, request.user)
    if request.method == "POST" and form.is_valid() and not problem:
        try:
            confirm_erasure(
                found,
                by=request.user,
                typed_number=form.cleaned_data["typed_number"],
                expected=request.POST.get("seen", ""),
            )
        except ErasureChangedError:
            status = CONFLICT
            messages.warning(request, CHANGED_WORDS)
        except ValidationError as refusal:
            form.put_errors(refusal)
        else:
            messages.success(request, "Erased. Backups: see the operators' page on erasure.")
            return redirect("patients:erasures")
    context: dict[str, Any] = {
        "erasure": found,
        "state": _state(found),
        "until": confirm_until(found),
        "problem": problem,
        "form": form,
        "holdings": holdings_of(patient) if patient is not None else None,
    }
    return render(request, "patients/erasure.html", context, status=status)


def _erasure_or_404(request: ClinicRequest, public_id: UUID) -> Erasure:
    found = (
        Erasure.objects.filter(public_id=public_id)
        .select_related("clinic", "requested_by", "confirmed_by", "withdrawn_by")
        .first()
    )
    if found is None:
        raise Http404("No such request.")
    if found.clinic not in request.clinics:
        record_refusal(by=request.user, record_kind="erasure", record_id=found.public_id)
        raise Http404("No such request.")
    require(request, Action.ERASE_PATIENT, found.clinic)
    return found


def _withdrawn(request: ClinicRequest, found: Erasure) -> HttpResponse:
    try:
        withdraw_erasure(found, by=request.user)
    except ValidationError as refusal:
        messages.warning(request, " ".join(refusal.messages))
    else:
        messages.success(request, "Withdrawn. Nothing was erased.")
    return redirect("patients:erasures")
