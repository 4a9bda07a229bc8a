"""What the numbers of an echo form give while one types: nothing typed is kept or logged."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.access import ClinicRequest
from accounts.models import Clinic
from accounts.permissions import Action, allowing_role
from accounts.shown_lists import LONGEST_STRETCH, note_part
from audit.models import AuditAction
from audit.recording import record
from patients.models import Patient
from patients.views.access import clinic_to_write, open_patient_or_404
from reports.study_entry.reading import reading_of_typed


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
    write = partial(
        record,
        action=AuditAction.VIEW,
        by=request.user,
        clinic_id=clinic.pk,
        role=allowing_role(request.user, Action.ENTER_CLINICAL, clinic),
        record_kind="echostudy",
        record_id=study_id or "",
        patient_id=patient.public_id,
        note="beside an echo form, as typed; one line each 15 minutes at most",
    )
    form = f"echo {patient.public_id} {study_id or ''}"
    note_part(request, form, write, seconds=LONGEST_STRETCH)


def _study_named(request: ClinicRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("study", ""))
    except ValueError:
        return None
