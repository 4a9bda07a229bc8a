"""The reports that can be taken along."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import ClinicRequest
from accounts.permissions import Action, clinics_where
from reports.catalogue import REPORTS
from reports.jobs import jobs_of, settle

JOBS_SHOWN = 20


@require_safe
def report_list(request: ClinicRequest) -> HttpResponse:
    """Each report that one may take in a clinic that is shown; for the others, why not."""
    shown = [request.clinic] if request.clinic else request.clinics
    jobs = list(jobs_of(request.user)[:JOBS_SHOWN])
    settle(jobs)
    allowed = {action: clinics_where(request.user, action) for action in _actions()}
    context = {
        "reports": [
            report
            for report in REPORTS.values()
            if any(clinic.pk in allowed[report.action] for clinic in shown)
        ],
        "refused_in": [
            clinic for clinic in shown if clinic.pk not in allowed[Action.EXPORT_IDENTIFIED]
        ],
        "has_clinics": bool(shown),
        "jobs": [(job, REPORTS.get(job.report)) for job in jobs],
    }
    return render(request, "reports/report_list.html", context)


def _actions() -> list[Action]:
    """The rights that reports ask for."""
    return list(dict.fromkeys(report.action for report in REPORTS.values()))
