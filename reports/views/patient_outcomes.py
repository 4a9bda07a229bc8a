"""What became of a treated mitral valve, at the time points of MVARC."""

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
from guidelines.outcomes import ASSUMES, VERIFICATION
from patients.selectors import known_until, registrations_seen_by, seen_until
from patients.views.access import open_patient_or_404
from reports.kinds import doors_of
from reports.patient_page.asked import asked_of
from reports.patient_page.banner import banner_of
from reports.patient_page.outcomes import outcomes_page_of
from reports.patient_page.page import case_of
from reports.patient_page.travel import day_form, travel_of


@require_safe
def patient_outcomes(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """Each operation on the mitral valve with its results; one never operated on says so.

    ``?on=`` and ``?known=`` show another day, as on the patient's page.
    """
    with transaction.atomic():
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
            asked=asked_of(
                request.GET, patient, today=registrations[0].clinic.today(now), last=last
            ),
        )
        record(
            action=AuditAction.VIEW,
            by=request.user,
            clinic_id=case.clinic.pk,
            role=allowing_role(request.user, Action.VIEW_PATIENT, case.clinic),
            record_kind="patient",
            record_id=patient.public_id,
            patient_id=patient.public_id,
            note=case.asked.note,
        )
    context = {
        "operations": outcomes_page_of(case),
        "case": case,
        "assumes": ASSUMES,
        "verification": VERIFICATION.label,
        "banner": banner_of(case.record, registrations, case.doors),
        "travel": travel_of(case),
        "day_form": day_form(case),
    }
    with timezone.override(ZoneInfo(case.clinic.time_zone)):
        return render(request, "reports/patient_outcomes.html", context)
