"""Acknowledging results: a tick for each, with name and time."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import ClinicRequest
from accounts.models import Clinic
from accounts.permissions import Action
from patients.actions import record_all
from patients.forms.acknowledgment import SeenForm, unseen_results
from patients.models import EchoStudy, LabResult, Patient, ResultAcknowledgment
from patients.views.access import (
    clinic_to_write,
    identity,
    note_view,
    open_patient_or_404,
    patient_url,
)


@require_http_methods(["GET", "POST"])
def results_seen(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """Say which results one has seen; a link may tick one of them (``?seen=``)."""
    patient = open_patient_or_404(request, patient_id)
    clinic = clinic_to_write(request, patient, Action.ENTER_CLINICAL)
    form = SeenForm(
        request.POST if request.method == "POST" else None,
        unseen=unseen_results(patient),
        initial={"seen": request.GET.getlist("seen")},
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and _is_acknowledged(request, patient, clinic, form)
    ):
        return redirect(patient_url(patient))
    note_view(request, patient)
    context = {**identity(request, patient), "form": form, "clinic": clinic}
    return render(request, "patients/results_seen.html", context)


def _is_acknowledged(
    request: ClinicRequest, patient: Patient, clinic: Clinic, form: SeenForm
) -> bool:
    rows = [_acknowledgment(request, patient, result) for result in form.chosen()]
    try:
        record_all(rows, by=request.user, clinic=clinic, reason="seen", today=clinic.today())
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    noun = "result is" if len(rows) == 1 else "results are"
    messages.success(request, f"{len(rows)} {noun} acknowledged, with your name and the time.")
    return True


def _acknowledgment(
    request: ClinicRequest, patient: Patient, result: EchoStudy | LabResult
) -> ResultAcknowledgment:
    return ResultAcknowledgment(
        patient=patient,
        seen_at=timezone.now(),
        seen_by=request.user,
        echo_study=result if isinstance(result, EchoStudy) else None,
        lab_result=result if isinstance(result, LabResult) else None,
    )
