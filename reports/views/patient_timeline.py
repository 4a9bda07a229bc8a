"""Everything that happened to one patient, in one filterable list."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
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
from reports.timeline import timeline_of

ENTRIES_A_PAGE = 50
ENTRIES_PRINTED = 2000


@require_safe
def patient_timeline(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """The patient's time, newest first; opening it is written to the audit."""
    return _shown(request, patient_id, AuditAction.VIEW)


@require_safe
def patient_timeline_print(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """The same entries on one page to be printed; that it was asked for is written to the audit."""
    return _shown(request, patient_id, AuditAction.PRINT)


def _shown(request: ClinicRequest, patient_id: UUID, action: AuditAction) -> HttpResponse:
    is_printing = action is AuditAction.PRINT
    patient = open_patient_or_404(request, patient_id)
    registrations = registrations_seen_by(request.user, patient)
    clinic = registrations[0].clinic
    known_at = known_until(registrations)
    if known_at is not None:
        patient = version_known(Patient, patient.pk, known_at) or patient
    with transaction.atomic(), timezone.override(ZoneInfo(clinic.time_zone)):
        timeline = timeline_of(
            patient,
            registrations,
            kinds=request.GET.getlist("kind"),
            years=_years(request.GET.getlist("year")),
        )
        paginator = Paginator(timeline.shown, ENTRIES_PRINTED if is_printing else ENTRIES_A_PAGE)
        page = paginator.get_page(request.GET.get("page"))
        record(
            action=action,
            by=request.user,
            clinic_id=clinic.pk,
            role=viewing_role(request.user, patient, clinic),
            record_kind="patient",
            record_id=patient.public_id,
            patient_id=patient.public_id,
        )
        context = {
            **identity(request, patient),
            "timeline": timeline,
            "page": page,
            "pages": paginator.get_elided_page_range(page.number),
            "is_filtered": len(timeline.shown) != len(timeline.entries),
            "clinic": clinic,
            "read_until": seen_until(registrations),
            "now": timezone.now(),
            "is_printing": is_printing,
        }
        return render(request, "reports/patient_timeline.html", context)


def _years(texts: list[str]) -> list[int]:
    """The years asked for; what is no year is passed over."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) == 4]
