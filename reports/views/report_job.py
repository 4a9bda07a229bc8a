"""A report that is made in the background: how far it is, its file, and the end of it."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import ClinicRequest, require
from accounts.session_limits import RENEWS
from reports.called import page_of, report_called
from reports.downloads import CONTENT_TYPES, NOT_CACHED
from reports.job_files import rows_told
from reports.job_progress import clinics_closed_to, scope_of
from reports.jobs import discard, fetched, job_or_404, settle
from reports.models import ReportJob
from reports.report_form import narrowed_words

Status = ReportJob.Status


@require_safe
def report_job(request: ClinicRequest, job_id: UUID) -> HttpResponse:
    """Where it stands; the page renews itself until that no longer changes."""
    job = job_or_404(request.user, job_id)
    settle([job])
    written = rows_told(job.stored_as) if job.status == Status.RUNNING else job.rows_written
    scope = scope_of(job)
    context = {
        "job": job,
        "report": report_called(job.report),
        "narrowed": narrowed_words(scope),
        "is_then": scope.is_then,
        "written": written,
        "closed": clinics_closed_to(request.user, job) if job.status == Status.DONE else [],
        "again": _ordering_again(job),
    }
    answer = render(request, "reports/report_job.html", context)
    if job.is_open:
        answer["Refresh"] = f"3; url={request.path}?{RENEWS}=yes"
    return answer


def _ordering_again(job: ReportJob) -> str:
    """The report's page, narrowed as it was; empty where there is no such report any more."""
    report = report_called(job.report)
    if report is None:
        return ""
    clinics = [str(clinic.public_id) for clinic in job.clinics.all()]
    asked = job.narrowed | ({"clinic": clinics[0]} if len(clinics) == 1 else {})
    query = f"?{urlencode(asked)}" if asked else ""
    return page_of(report) + query


@require_GET
def report_job_file(request: ClinicRequest, job_id: UUID) -> HttpResponseBase:
    """The file, for whom it was made, while they hold the right in every clinic in it."""
    job = job_or_404(request.user, job_id)
    report = report_called(job.report)
    if report is None:
        raise Http404("No such report.")
    for clinic in job.clinics.all():
        require(request, report.action, clinic)
    file = fetched(job, report, request.user)
    if file is None:
        return redirect("reports:report-job", job_id)
    made_on = timezone.localdate(job.finished_at).isoformat()
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{job.report}_{made_on}.{job.form}",
        content_type=CONTENT_TYPES[job.form],
        headers={"Cache-Control": NOT_CACHED},
    )


@require_POST
def report_job_discard(request: ClinicRequest, job_id: UUID) -> HttpResponse:
    """Cancel it, or remove its file."""
    discard(job_or_404(request.user, job_id))
    return redirect("reports:report-job", job_id)
