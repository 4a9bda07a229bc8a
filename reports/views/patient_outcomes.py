"""What became of a treated mitral valve, at the time points of MVARC."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import ClinicRequest
from guidelines.outcomes import ASSUMES, VERIFICATION
from reports.patient_page.outcomes import outcomes_page_of
from reports.views.patient_case import frame_of, opened_case


@require_safe
def patient_outcomes(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """Each operation on the mitral valve with its results; one never operated on says so.

    ``?on=`` and ``?known=`` show another day, as on the patient's page.
    """
    case, registrations = opened_case(request, patient_id)
    context = {
        **frame_of(case, registrations),
        "operations": outcomes_page_of(case),
        "assumes": ASSUMES,
        "verification": VERIFICATION.label,
    }
    with timezone.override(ZoneInfo(case.clinic.time_zone)):
        return render(request, "reports/patient_outcomes.html", context)
