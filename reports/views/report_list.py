"""The reports that can be downloaded, and what is in them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import ClinicRequest
from accounts.permissions import Action, clinics_where
from reports.echo_report import ECHO_STUDIES


@require_safe
def report_list(request: ClinicRequest) -> HttpResponse:
    """Each report with its clinics and number of rows; without a button for who may not export."""
    allowed = clinics_where(request.user, Action.EXPORT_IDENTIFIED)
    shown = [request.clinic] if request.clinic else request.clinics
    clinics = [clinic for clinic in shown if clinic.pk in allowed]
    counts = ECHO_STUDIES.count_by_clinic([clinic.pk for clinic in clinics])
    context = {
        "report": ECHO_STUDIES,
        "parts": [(clinic, counts[clinic.pk]) for clinic in clinics],
        "rows": sum(counts.values()),
        "refused_in": [clinic for clinic in shown if clinic.pk not in allowed],
    }
    return render(request, "reports/report_list.html", context)
