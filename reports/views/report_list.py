"""The reports that can be taken along."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import ClinicRequest
from accounts.permissions import Action, clinics_where
from reports.called import report_called
from reports.catalogue import REPORTS
from reports.extracts.extract import EXTRACTED
from reports.extracts.pseudonyms import has_key
from reports.jobs import jobs_of, settle

JOBS_SHOWN = 20


@require_safe
def report_list(request: ClinicRequest) -> HttpResponse:
    """Each report that one may take in a clinic that is shown; for the others, why not."""
    shown = [request.clinic] if request.clinic else request.clinics
    jobs = list(jobs_of(request.user)[:JOBS_SHOWN])
    settle(jobs)
    allowed = {action: clinics_where(request.user, action) for action in _actions()}

    def is_open(action: Action) -> bool:
        return any(clinic.pk in allowed[action] for clinic in shown)

    extracts = [REPORTS[name] for name in EXTRACTED] if is_open(Action.EXPORT_DEIDENTIFIED) else []
    context: dict[str, Any] = {
        "reports": [report for report in REPORTS.values() if is_open(report.action)],
        "extracts": extracts,
        "has_key": has_key(),
        "refused_in": [
            clinic for clinic in shown if clinic.pk not in allowed[Action.EXPORT_IDENTIFIED]
        ],
        "has_clinics": bool(shown),
        "jobs": [(job, report_called(job.report)) for job in jobs],
    }
    return render(request, "reports/report_list.html", context)


def _actions() -> list[Action]:
    """The rights that reports and extracts ask for."""
    asked = [report.action for report in REPORTS.values()]
    return list(dict.fromkeys([*asked, Action.EXPORT_DEIDENTIFIED]))
