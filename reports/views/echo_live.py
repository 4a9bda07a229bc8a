"""What the numbers of an echo form give while one types: nothing typed is kept or logged."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import ClinicRequest
from accounts.models import Clinic
from accounts.permissions import Action, allowing_role
from audit.models import AuditAction
from audit.recording import record
from patients.models import Patient
from patients.views.access import clinic_to_write, open_patient_or_404
from reports.study_entry.reading import reading_of_typed

NOTED = "echo_readings_noted"
NOTED_EVERY = 15 * 60  # seconds


@require_POST
def echo_live(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """The panel beside the form; it shows the record's values too, so that it was read is audited.

    ``?study=`` names the study that is being corrected, so that it does not stand beside itself.
    """
    patient = open_patient_or_404(request, patient_id)
    clinic = clinic_to_write(request, patient, Action.ENTER_CLINICAL)
    study_id = _study_named(request)
    reading = reading_of_typed(request.POST, patient=patient, clinic=clinic, study_id=study_id)
    _note_reading(request, patient, clinic, study_id)
    return render(request, "reports/_study_reading.html", {"reading": reading})


def _note_reading(
    request: ClinicRequest, patient: Patient, clinic: Clinic, study_id: UUID | None
) -> None:
    """One line for each form and quarter of an hour: one for each keystroke would bury the rest."""
    now, form = int(timezone.now().timestamp()), f"{patient.public_id} {study_id or ''}"
    noted: dict[str, int] = request.session.get(NOTED, {})
    if 0 <= now - noted.get(form, 0) < NOTED_EVERY:
        return
    with transaction.atomic():
        record(
            action=AuditAction.VIEW,
            by=request.user,
            clinic_id=clinic.pk,
            role=allowing_role(request.user, Action.ENTER_CLINICAL, clinic),
            record_kind="echostudy",
            record_id=study_id or "",
            patient_id=patient.public_id,
            note="beside an echo form, as typed; one line each 15 minutes at most",
        )
        recent = {key: at for key, at in noted.items() if 0 <= now - at < NOTED_EVERY}
        request.session[NOTED] = recent | {form: now}


def _study_named(request: ClinicRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("study", ""))
    except ValueError:
        return None
