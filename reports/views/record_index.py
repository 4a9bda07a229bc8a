"""The whole record of one patient on one page."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import ClinicRequest
from audit.models import AuditAction
from audit.recording import record
from patients.models import Patient
from patients.selectors import (
    known_until,
    registrations_seen_by,
    seen_until,
    version_known,
    viewing_role,
)
from patients.views.access import identity, open_patient_or_404
from reports.kinds import doors_of
from reports.record_index import record_index_of


@require_safe
def record_index(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """Every kind of record of the patient; opening it is written to the audit."""
    return _shown(request, patient_id, AuditAction.VIEW)


@require_safe
def record_index_print(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """The same page to be printed; that it was asked for is written to the audit."""
    return _shown(request, patient_id, AuditAction.PRINT)


def _shown(request: ClinicRequest, patient_id: UUID, action: AuditAction) -> HttpResponse:
    patient = open_patient_or_404(request, patient_id)
    registrations = registrations_seen_by(request.user, patient)
    clinic = registrations[0].clinic
    known_at = known_until(registrations)
    if known_at is not None:
        patient = version_known(Patient, patient.pk, known_at) or patient
    with transaction.atomic(), timezone.override(ZoneInfo(clinic.time_zone)):
        context = {
            **identity(request, patient),
            "chapters": record_index_of(
                patient, registrations, doors_of(request.user, patient, registrations)
            ),
            "clinic": clinic,
            "read_until": seen_until(registrations),
            "now": timezone.now(),
            "is_printing": action is AuditAction.PRINT,
        }
        record(
            action=action,
            by=request.user,
            clinic_id=clinic.pk,
            role=viewing_role(request.user, patient, clinic),
            record_kind="patient",
            record_id=patient.public_id,
            patient_id=patient.public_id,
        )
        return render(request, "reports/record_index.html", context)
