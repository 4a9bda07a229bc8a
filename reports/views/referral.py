"""Asking the heart team about a patient from the chart, and taking the question back."""

from __future__ import annotations

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
from followup.models import Referral
from followup.team_actions import refer_to_heart_team, withdraw_referral
from patients.days import spoken
from patients.forms.records import ReasonForm
from patients.models import Patient
from patients.selectors import registrations_seen_by
from patients.views.access import (
    clinic_to_write,
    identity,
    note_view,
    open_patient_or_404,
    patient_url,
    record_or_404,
)
from patients.writing import StaleRecord
from reports.kinds import doors_of
from reports.patient_page.case import PageCase
from reports.patient_page.page import case_of
from reports.patient_page.team import open_referrals
from reports.team_question import ReferralForm, question_of

WRITES = Action.ENTER_CLINICAL
NOT_FOR_THE_DEAD = "This patient has died: nothing is referred any more."


@gives_back_what_was_typed("refer")
@require_http_methods(["GET", "POST"])
def refer(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """Refer a patient to the heart team: one form, filled in with what stands in the record."""
    patient = open_patient_or_404(request, patient_id)
    clinic = clinic_to_write(request, patient, WRITES)
    if patient.deceased_on is not None:
        messages.warning(request, NOT_FOR_THE_DEAD)
        return redirect(patient_url(patient))
    if request.method == "POST":
        form = ReferralForm(request.POST)
        sends = form.is_valid() and "refer" in request.POST
        if sends and _referred(request, patient, clinic, form):
            return redirect(patient_url(patient))
    else:
        form = ReferralForm()
    case = case_of_today(request, patient, clinic)
    form.fields["question"].initial = question_of(case)
    note_view(request, patient)
    context = {
        **identity(request, patient),
        "form": form,
        "clinic": clinic,
        "open": open_referrals(case),
    }
    return render(request, "reports/refer.html", context)


def case_of_today(request: ClinicRequest, patient: Patient, clinic: Clinic) -> PageCase:
    """The record and its assessment today, by the rules of the clinic that writes."""
    registrations = registrations_seen_by(request.user, patient)
    own = [each for each in registrations if each.clinic_id == clinic.pk]
    return case_of(
        patient,
        [*own, *(each for each in registrations if each not in own)],
        read_until=None,
        known_at=None,
        now=timezone.now(),
        doors=doors_of(request.user, patient, registrations),
    )


def _referred(
    request: ClinicRequest, patient: Patient, clinic: Clinic, form: ReferralForm
) -> Referral | None:
    try:
        row = refer_to_heart_team(
            by=request.user,
            clinic=clinic,
            patient=patient,
            question=form.cleaned_data["question"],
            urgency=form.cleaned_data["urgency"],
        )
    except ValidationError as error:
        form.put_errors(error)
        return None
    said = f"Referred to the heart team on {spoken(row.referred_on)}: {row.get_urgency_display()}."
    messages.success(request, said)
    return row


@require_http_methods(["GET", "POST"])
def referral_withdraw(request: ClinicRequest, referral_id: UUID) -> HttpResponse:
    """Take a question to the team back, under a reason; it stays readable."""
    referral = record_or_404(request, Referral, referral_id)
    clinic = clinic_to_write(request, referral.patient, WRITES)
    if referral.withdrawn_on is not None or referral.struck_at is not None:
        messages.warning(request, "This referral does not stand any more.")
        return redirect(patient_url(referral.patient))
    form = ReasonForm(request.POST or None, initial={"version": referral.version})
    form.fields["reason"].label = "Why is it withdrawn?"
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_referral(
                by=request.user,
                clinic=clinic,
                referral=referral,
                reason=form.cleaned_data["reason"],
                expected_version=form.cleaned_data["version"],
            )
        except (StaleRecord, ValidationError):
            messages.warning(request, "Somebody else has changed this referral meanwhile.")
        else:
            messages.success(request, "The referral to the heart team is withdrawn.")
        return redirect(patient_url(referral.patient))
    note_view(request, referral.patient, referral)
    context = {**identity(request, referral.patient), "form": form, "referral": referral}
    return render(request, "reports/referral_withdraw.html", context)
