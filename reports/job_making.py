"""Making the file of a report in the background: all of it, or nothing and why in words."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from django.utils import timezone

from audit.whole_file import write_whole
from reports import job_files
from reports.called import report_called
from reports.csv import Column
from reports.downloads import file_of
from reports.job_files import Ticket, WithdrawnError
from reports.job_progress import advance, as_kept, clinics_closed_to, fail, order_of
from reports.models import ReportJob
from reports.report import Source
from reports.scope import Scope

Status = ReportJob.Status

DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT)

DISK_FULL = (
    "The server's disk is full: nothing was kept of the file. Tell your administrator, then order "
    "it again."
)
NOT_WRITTEN = (
    "The server could not write the file: nothing was kept of it. The administrator finds why in "
    "the log."
)
STOPPED = "It stopped unexpectedly: there is no file. The administrator finds why in the log."


def make(public_id: str) -> None:
    """Make the file of a job that waits; do nothing for any other. Called by the worker.

    What goes wrong is said on the job in words, and raised for the log.
    """
    waiting = ReportJob.objects.filter(public_id=public_id, status=Status.WAITING)
    job = waiting.select_related("owner").prefetch_related("clinics").first()
    if job is None:
        return
    why_not = _why_not(job)
    if why_not:
        fail(job, why_not)
        return
    try:
        with job_files.held() as ticket:
            _make(job, ticket)
    except WithdrawnError:
        return  # it was cancelled; whoever cancelled it removed the files
    except Exception as error:
        if fail(job, _words_for(error)):  # not when it was cancelled meanwhile
            raise


def _why_not(job: ReportJob) -> str:
    """Why the job is not begun: who ordered it may have lost the right since."""
    if report_called(job.report) is None:
        return "There is no report of this name any more."
    closed = ", ".join(clinic.name for clinic in clinics_closed_to(job.owner, job))
    return f"You may not take this report in {closed} any more." if closed else ""


def _words_for(error: Exception) -> str:
    if not isinstance(error, OSError):
        return STOPPED
    return DISK_FULL if error.errno in DISK_ERRORS else NOT_WRITTEN


def _make(job: ReportJob, ticket: Ticket) -> None:
    now = timezone.now()
    report = report_called(job.report)
    assert report is not None  # noqa: S101 - asked before it is begun
    order = order_of(job, report, now)
    rows = order.report.count_by_clinic(order.scope)
    began = advance(
        job,
        before=(Status.WAITING,),
        to=Status.RUNNING,
        stored_as=ticket.name,
        started_at=now,
        starts=job.starts + 1,
        rows_by_clinic=as_kept(rows),
    )
    if not began:
        return
    told = _Telling(order.report.source, ticket)
    watched = replace(order, report=replace(order.report, source=told))
    # Closed before anything is written to the database: until then its connection only reads.
    with closing(file_of(watched, job.form)) as pieces:
        size = write_whole(job_files.path_of(ticket.name), pieces)
    kept = advance(
        job,
        before=(Status.RUNNING,),
        to=Status.DONE,
        held_as=ticket.name,
        finished_at=timezone.now(),
        rows_written=told.written,
        file_bytes=size,
    )
    if not kept:
        job_files.remove(ticket.name)


@dataclass
class _Telling:
    """Rows of another source, told on a ticket while they are written."""

    source: Source
    ticket: Ticket
    written: int = 0

    def count_by_clinic(self, scope: Scope) -> dict[int, int]:
        """As the source counts them."""
        return self.source.count_by_clinic(scope)

    def rows(self, columns: Sequence[Column], scope: Scope) -> Iterator[list[str]]:
        """As they are."""
        return self.source.rows(columns, scope)

    def pieces(self, columns: Sequence[Column], scope: Scope) -> Iterator[tuple[int, str]]:
        """As they are, each counted when it is taken."""
        self.ticket.tell(0)
        for rows, piece in self.source.pieces(columns, scope):
            yield rows, piece
            self.written += rows
            self.ticket.tell(self.written)
