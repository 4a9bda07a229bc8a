"""A patient as the address asks for them, opened and noted: for pages beside the patient's page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.access import ClinicRequest
from audit.models import AuditAction
from audit.recording import record
from patients.models import Registration
from patients.selectors import known_until, registrations_seen_by, seen_until, viewing_role
from patients.views.access import open_patient_or_404
from reports.kinds import doors_of
from reports.patient_page.asked import asked_of
from reports.patient_page.banner import banner_of
from reports.patient_page.case import PageCase
from reports.patient_page.page import case_of
from reports.patient_page.travel import day_form, travel_of


@transaction.atomic
def opened_case(request: ClinicRequest, patient_id: UUID) -> tuple[PageCase, list[Registration]]:
    """The record on the day that ``?on=`` and ``?known=`` ask for; the look is in the audit.

    Raises ``Http404`` for a patient whom the user may not see.
    """
    patient = open_patient_or_404(request, patient_id)
    registrations = registrations_seen_by(request.user, patient)
    now, last = timezone.now(), seen_until(registrations)
    case = case_of(
        patient,
        registrations,
        read_until=last,
        known_at=known_until(registrations),
        now=now,
        doors=doors_of(request.user, patient, registrations),
        asked=asked_of(request.GET, patient, today=registrations[0].clinic.today(now), last=last),
    )
    record(
        action=AuditAction.VIEW,
        by=request.user,
        clinic_id=case.clinic.pk,
        role=viewing_role(request.user, patient, case.clinic),
        record_kind="patient",
        record_id=patient.public_id,
        patient_id=patient.public_id,
        note=case.asked.note,
    )
    return case, registrations


def frame_of(case: PageCase, registrations: list[Registration]) -> dict[str, Any]:
    """What such a page shows around its own part: the banner, and the way to another day."""
    return {
        "case": case,
        "banner": banner_of(case.record, registrations, case.doors),
        "travel": travel_of(case),
        "day_form": day_form(case),
    }
