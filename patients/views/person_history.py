"""Who changed a person's own data or registration, when and why."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import ClinicRequest
from patients.person_versions import person_courses
from patients.selectors import known_until, registrations_seen_by
from patients.views.access import identity, note_view, open_patient_or_404


@require_safe
def person_history(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """Every version of the person and of the registrations in one's clinics, side by side."""
    patient = open_patient_or_404(request, patient_id)
    registrations = registrations_seen_by(request.user, patient)
    note_view(request, patient)
    with timezone.override(ZoneInfo(registrations[0].clinic.time_zone)):
        context = {
            **identity(request, patient),
            "courses": person_courses(patient, registrations, known_until(registrations)),
        }
        return render(request, "patients/person_history.html", context)
