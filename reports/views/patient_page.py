"""The patient page."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import ClinicRequest
from audit.models import AuditAction
from guidelines.registry import ALL_EDITIONS
from guidelines.rule import Edition
from patients.selectors import (
    known_until,
    registrations_seen_by,
    seen_until,
    viewing_role,
)
from patients.views.access import note_opening, open_patient_or_404
from reports.kinds import doors_of
from reports.patient_page import patient_page_of
from reports.patient_page.asked import asked_of


@require_safe
def patient_page(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """One patient, understood in one screen; the opening is written to the audit with it.

    ``?on=2024-03-01`` shows that day, ``?known=2024-03-01`` what was known by its end. A day that
    cannot be shown is told in words above the page of now, which is whole: so the answer is 200.
    """
    return _shown(request, patient_id, AuditAction.VIEW)


@require_safe
def patient_print(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """The same page to be printed; that it was asked for is written to the audit."""
    return _shown(request, patient_id, AuditAction.PRINT)


def _asked_edition(request: ClinicRequest) -> Edition | None:
    """An older edition to be shown as well (``?edition=esc-eacts-2021``); else none."""
    wanted = request.GET.get("edition", "")
    return next((edition for edition in ALL_EDITIONS if edition.id == wanted), None)


def _shown(request: ClinicRequest, patient_id: UUID, action: AuditAction) -> HttpResponse:
    with transaction.atomic():
        patient = open_patient_or_404(request, patient_id)
        registrations = registrations_seen_by(request.user, patient)
        now, last = timezone.now(), seen_until(registrations)
        asked = asked_of(request.GET, patient, today=registrations[0].clinic.today(now), last=last)
        page = patient_page_of(
            patient,
            registrations,
            read_until=last,
            known_at=known_until(registrations),
            now=now,
            doors=doors_of(request.user, patient, registrations),
            show_all=request.GET.get("all") == "1",
            asked=asked,
            asked_edition=_asked_edition(request),
        )
    note_opening(
        patient,
        action=action,
        by=request.user,
        clinic_id=page.case.clinic.pk,
        role=viewing_role(request.user, patient, page.case.clinic),
        record_kind="patient",
        record_id=patient.public_id,
        patient_id=patient.public_id,
        note=page.case.asked.note,
    )
    context: dict[str, Any] = {"page": page, "is_printing": action is AuditAction.PRINT}
    if page.case.asked.is_then:
        # The foot of the page names the editions by which it was judged.
        context["rule_editions"] = [v.edition.title for v in page.case.assessment.editions]
    with timezone.override(ZoneInfo(page.case.clinic.time_zone)):
        return render(request, "reports/patient_page.html", context)
