"""What the heart team decided, recorded beside what each guideline says."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import ClinicRequest
from accounts.kept.restoring import gives_back_what_was_typed
from accounts.models import Clinic
from accounts.permissions import Action
from followup.decided import said_by
from followup.models import TeamSheet
from followup.team_actions import record_decision
from followup.team_selectors import sheets_seen
from patients.days import spoken
from patients.forms.records import accepted
from patients.selectors import registrations_seen_by
from patients.study_sheet import upper_first
from patients.views.access import (
    clinic_to_write,
    identity,
    note_view,
    open_patient_or_404,
    patient_url,
)
from patients.views.records import is_to_be_saved, values_of_before
from reports.patient_page.case import PageCase
from reports.patient_page.team import open_referrals
from reports.patient_page.verdicts import edition_cards
from reports.team_decision import DecisionForm
from reports.views.referral import case_of_today
from treatments.models import TeamReview
from treatments.record_kinds import KINDS

KIND = KINDS["team-review"]
NOT_FOR_THE_DEAD = "This patient has died: nothing is decided any more."


@gives_back_what_was_typed("save")
@require_http_methods(["GET", "POST"])
def decide(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """Record a decision of the team; one before it stays and is revised by the new one."""
    patient = open_patient_or_404(request, patient_id)
    clinic = clinic_to_write(request, patient, Action.DECIDE)
    if patient.deceased_on is not None:
        messages.warning(request, NOT_FOR_THE_DEAD)
        return redirect(patient_url(patient))
    case = case_of_today(request, patient, clinic)
    sheets = sheets_seen(patient, registrations_seen_by(request.user, patient))
    form = _form(request, case, clinic, sheets)
    if request.method == "GET":
        note_view(request, patient)
    elif is_to_be_saved(request, form) and _is_recorded(request, form, clinic):
        return redirect(patient_url(patient))
    context = {
        **identity(request, patient),
        "form": form,
        "clinic": clinic,
        "remarks": KIND.remarks_before_entry(patient),
        "cards": edition_cards(case),
        "referred": open_referrals(case),
        "is_only_checked": form.is_bound and not form.errors,
        "review_add_url": KIND.add_url(patient),
    }
    return render(request, "reports/decide.html", context)


def _form(
    request: ClinicRequest, case: PageCase, clinic: Clinic, sheets: list[TeamSheet]
) -> DecisionForm:
    shown = [v for v in case.assessment.editions if v.edition not in case.hidden]
    reviews = case.record.team_reviews
    since = [s for s in sheets if not reviews or s.entered_at > reviews[0].entered_at]
    return DecisionForm(
        accepted(request.POST) if request.method == "POST" else None,
        said=[said_by(verdict) for verdict in shown],
        sheets=sheets,
        patient=case.patient,
        today=clinic.today(),
        now=timezone.now(),
        before=values_of_before(KIND, case.patient, None),
        initial={
            "reviewed_on": clinic.today(),
            "sheet": str(since[0].public_id) if since else "",
        },
    )


def _is_recorded(request: ClinicRequest, form: DecisionForm, clinic: Clinic) -> bool:
    try:
        review: Any = record_decision(
            by=request.user,
            clinic=clinic,
            review=form.save(commit=False),
            answers=form.answers,
            sheet=form.sheet,
        )
    except ValidationError as error:
        form.put_errors(error)
        return False
    messages.success(request, _said(review, clinic))
    return True


def _said(review: TeamReview, clinic: Clinic) -> str:
    words = upper_first(review.get_decision_display())
    again = f", look again by {spoken(review.review_on)}" if review.review_on else ""
    day = spoken(review.reviewed_on)
    return f"Decision of {day} saved in the record at {clinic}: {words}{again}."
