"""The patient page."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import ClinicRequest
from accounts.permissions import Action, allowing_role
from audit.models import AuditAction
from audit.recording import record
from patients.selectors import (
    known_until,
    registrations_seen_by,
    seen_until,
    writing_clinic_among,
)
from patients.views.access import open_patient_or_404
from reports.patient_page import patient_page_of
from reports.patient_page.page import Rights


@require_safe
def patient_page(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """One patient, understood in one screen; the opening is written to the audit with it."""
    with transaction.atomic():
        patient = open_patient_or_404(request, patient_id)
        registrations = registrations_seen_by(request.user, patient)
        page = patient_page_of(
            patient,
            registrations,
            read_until=seen_until(registrations),
            known_at=known_until(registrations),
            now=timezone.now(),
            rights=Rights(
                *(
                    writing_clinic_among(request.user, registrations, action) is not None
                    for action in (Action.ENTER_CLINICAL, Action.ENTER_LABORATORY)
                )
            ),
            show_all=request.GET.get("all") == "1",
        )
        record(
            action=AuditAction.VIEW,
            by=request.user,
            clinic_id=page.clinic.pk,
            role=allowing_role(request.user, Action.VIEW_PATIENT, page.clinic),
            record_kind="patient",
            record_id=patient.public_id,
            patient_id=patient.public_id,
        )
    with timezone.override(ZoneInfo(page.clinic.time_zone)):
        return render(request, "reports/patient_page.html", {"page": page})
