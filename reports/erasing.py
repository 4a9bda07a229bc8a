"""Reports made in the background, when a patient is erased: their files may hold the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from reports import job_files
from reports.job_progress import advance
from reports.models import ReportJob

if TYPE_CHECKING:
    from patients.erasing import Sentinels

Status = ReportJob.Status

REMOVED = "A patient's record was erased since: order it again."
PURPOSE_REMOVED = "removed with a patient's record"


def made_reports(sentinels: Sentinels, remove: bool) -> dict[str, int]:
    """Files that are kept, and those that are being made: all of them go, none is looked into.

    They are copies that are kept for hours, most of them packed; each can be ordered again. A
    purpose that names the person is taken away as well.
    """
    with_file = (Status.RUNNING, Status.DONE)
    jobs = list(ReportJob.objects.filter(status__in=with_file).order_by("pk"))
    named = [
        job.pk
        for job in ReportJob.objects.order_by("pk").iterator()
        if sentinels.are_in(job.purpose)
    ]
    if remove:
        for job in jobs:
            advance(
                job,
                before=with_file,
                to=Status.CANCELLED,
                message=REMOVED,
                finished_at=timezone.now(),
            )
            job_files.remove(job.stored_as)
        ReportJob.objects.filter(pk__in=named).update(purpose=PURPOSE_REMOVED)
    return {"made_reports": len(jobs), "report_purposes": len(named)}
