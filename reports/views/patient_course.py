"""One chart of a patient, large, with all its numbers."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import ClinicRequest
from reports.patient_page.course_page import course_page_of
from reports.patient_page.trends import BY_SLUG
from reports.views.patient_case import frame_of, opened_case


@require_safe
def patient_course(request: ClinicRequest, patient_id: UUID, measure: str) -> HttpResponse:
    """The course of one measure; an unknown measure is a 404, one never taken says so.

    ``?on=`` and ``?known=`` show another day, as on the patient's page.
    """
    if measure not in BY_SLUG:
        raise Http404
    case, registrations = opened_case(request, patient_id)
    context = {
        **frame_of(case, registrations),
        "page": course_page_of(case, BY_SLUG[measure]),
    }
    with timezone.override(ZoneInfo(case.clinic.time_zone)):
        return render(request, "reports/patient_course.html", context)
