"""When each class 1 or I was met in one patient, and what became of it."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import ClinicRequest
from patients.models import Patient
from patients.selectors import known_until, registrations_seen_by, seen_until, version_known
from patients.views.access import identity, note_view, open_patient_or_404
from reports.patient_clock import clock_page, clock_page_then


@require_safe
def patient_clock(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """The patient's clocks; opening them is written to the audit."""
    patient = open_patient_or_404(request, patient_id)
    registrations = registrations_seen_by(request.user, patient)
    clinic = registrations[0].clinic
    until, known_at = seen_until(registrations), known_until(registrations)
    if known_at is not None:
        patient = version_known(Patient, patient.pk, known_at) or patient
    with transaction.atomic(), timezone.override(ZoneInfo(clinic.time_zone)):
        if until is not None and known_at is not None:
            page = clock_page_then(patient, clinic, until, known_at)
        else:
            page = clock_page(patient, clinic, clinic.today())
        note_view(request, patient)
        context = {
            **identity(request, patient),
            "clocks": page,
            "clinic": clinic,
            "read_until": until,
            "today": until or clinic.today(),
            "now": timezone.now(),
        }
        return render(request, "reports/patient_clock.html", context)
