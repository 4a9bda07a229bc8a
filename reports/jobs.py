"""Reports made in the background: ordering, cancelling and fetching one, and what is purged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from accounts.permissions import allowing_role
from audit.models import AuditAction
from audit.recording import record, record_many
from reports import job_files
from reports.downloads import asked_words, note_export
from reports.job_progress import advance, as_kept, fail, order_of, rows_by_clinic_of
from reports.models import ReportJob
from reports.package import Order
from reports.report import Report
from reports.tasks import make_in_background

Status = ReportJob.Status

LONG_FROM_ROWS = 50_000
"""From so many rows on, the page offers the background first."""
MOST_OF_ONE_PERSON = 10
MOST_STARTS = 3
ROWS_KEPT = timedelta(days=30)

TOO_MANY = (
    f"You have {MOST_OF_ONE_PERSON} reports that wait, are being made or are ready, which is the "
    "most. Remove one first: they are listed on the page Reports."
)
KILLED = (
    f"The worker was stopped {MOST_STARTS} times while it made this report, so it is not tried "
    "again. Ask for fewer rows, or tell your administrator."
)
NOT_STARTED = "Nobody began to make it in time: the background worker (manage.py work) did not run."
FILE_GONE = "The file is no longer on the server."


class TooManyJobsError(Exception):
    """The person has as many reports on the server as anybody may; the message says so."""


# --- Ordering -------------------------------------------------------------------------------------


def order_report(order: Order, form: str) -> ReportJob:
    """Have a report made in the background, and note who asked for it and what for.

    Raises ``TooManyJobsError``.
    """
    kept = ReportJob.objects.filter(
        owner=order.by, status__in=(Status.WAITING, Status.RUNNING, Status.DONE)
    )
    if kept.count() >= MOST_OF_ONE_PERSON:
        raise TooManyJobsError(TOO_MANY)
    rows = order.report.count_by_clinic(order.scope)
    with transaction.atomic():
        job = ReportJob.objects.create(
            owner=order.by,
            report=order.report.name,
            narrowed=order.scope.narrowed(),
            purpose=order.purpose,
            form=form,
            has_byte_order_mark=order.has_byte_order_mark,
            rows_by_clinic=as_kept(rows),
            ordered_at=order.scope.at,
        )
        job.clinics.set(order.scope.clinics)
        _note_order(job, order)
        make_in_background.enqueue(str(job.public_id))
    return job


def _note_order(job: ReportJob, order: Order) -> None:
    """The job itself, not the data: those leave when the file is fetched."""
    note = f"{order.report.name} in the background; {asked_words(order, job.form)}"
    record_many(
        {
            "action": AuditAction.CREATE,
            "by": order.by,
            "clinic_id": clinic.pk,
            "role": allowing_role(order.by, order.report.action, clinic),
            "record_kind": "reportjob",
            "record_id": job.public_id,
            "counts": {"rows": job.rows_by_clinic.get(str(clinic.pk), 0)},
            "note": note,
        }
        for clinic in order.scope.clinics
    )


# --- Reading --------------------------------------------------------------------------------------


def jobs_of(user: User) -> QuerySet[ReportJob]:
    """The reports that this person had made, the latest first; nobody sees another's."""
    return ReportJob.objects.filter(owner=user).prefetch_related("clinics")


def job_or_404(user: User, public_id: UUID) -> ReportJob:
    """The person's own job of this id."""
    job = jobs_of(user).filter(public_id=public_id).first()
    if job is None:
        raise Http404("No such report.")
    return job


def discard(job: ReportJob) -> None:
    """Cancel a job that is not done, or remove the file of one that is."""
    said = "You removed the file." if job.status == Status.DONE else "You cancelled it."
    before = (Status.WAITING, Status.RUNNING, Status.DONE)
    if advance(job, before=before, to=Status.CANCELLED, message=said, finished_at=timezone.now()):
        # The worker may have begun since the job was read: its files have a name from then on.
        job.refresh_from_db(fields=["stored_as"])
        job_files.remove(job.stored_as)


# --- Workers that died, files past their time -----------------------------------------------------


def settle(jobs: Sequence[ReportJob]) -> None:
    """Bring jobs to the state that is true by now, before they are shown."""
    restart_abandoned(jobs)
    expire_old(jobs, timezone.now())


def restart_abandoned(jobs: Iterable[ReportJob]) -> int:
    """Let jobs start again whose worker died while it made them; gives how many.

    One that saw several workers die is not tried again.
    """
    return sum(
        _restart(job)
        for job in jobs
        if job.status == Status.RUNNING and not job_files.is_held(job.stored_as)
    )


def _restart(job: ReportJob) -> bool:
    name = job.stored_as
    with transaction.atomic():
        again = advance(
            job, before=(Status.RUNNING,), to=Status.WAITING, held_as=name, stored_as=""
        )
        if not again:
            return False
        if job.starts >= MOST_STARTS:
            fail(job, KILLED)
        else:
            make_in_background.enqueue(str(job.public_id))
    job_files.remove(name)
    return job.status == Status.WAITING


def running_jobs() -> QuerySet[ReportJob]:
    """The jobs that are being made, or were when their worker died."""
    return ReportJob.objects.filter(status=Status.RUNNING).prefetch_related("clinics")


@dataclass(frozen=True)
class Purged:
    """What a purge did."""

    expired: int
    restarted: int
    removed: int


def purge_reports(now: datetime) -> Purged:
    """Remove files past their time, end what nobody began, restart what was abandoned."""
    kept = timedelta(hours=settings.REPORT_KEPT_HOURS)
    restarted = restart_abandoned(running_jobs())
    expired = expire_old(ReportJob.objects.filter(status=Status.DONE), now)
    late = ReportJob.objects.filter(status=Status.WAITING, ordered_at__lte=now - kept)
    for job in late.prefetch_related("clinics"):
        fail(job, NOT_STARTED)
    closed = (Status.FAILED, Status.CANCELLED, Status.EXPIRED)
    ReportJob.objects.filter(status__in=closed, ordered_at__lte=now - ROWS_KEPT).delete()
    done = Purged(expired, restarted, job_files.remove_old(now, kept))
    _note_purge(done)
    return done


def _note_purge(done: Purged) -> None:
    """What was removed; a run that found nothing to do is nothing to remember."""
    counts = {"expired": done.expired, "files_removed": done.removed}
    if any(counts.values()):
        record(
            action=AuditAction.CHANGE,
            by=None,
            record_kind="reportjob",
            counts=counts,
            note="command purge_reports",
        )


def expire_old(jobs: Iterable[ReportJob], now: datetime) -> int:
    """Remove the files that are past their time; gives how many."""
    said = f"The file was kept for {settings.REPORT_KEPT_HOURS} hours and is removed."
    return sum(
        _expire(job, said) for job in jobs if job.kept_until is not None and job.kept_until <= now
    )


def _expire(job: ReportJob, message: str) -> bool:
    ended = advance(job, before=(Status.DONE,), to=Status.EXPIRED, message=message)
    if ended:
        job_files.remove(job.stored_as)
    return ended


# --- Fetching -------------------------------------------------------------------------------------


def fetched(job: ReportJob, report: Report, by: User) -> BinaryIO | None:
    """The file of a job, open for reading, after the audit was told; ``None`` where there is none.

    The caller has asked for the right in every clinic of the job.
    """
    expire_old([job], timezone.now())
    if job.status != Status.DONE:
        return None
    try:
        file = job_files.path_of(job.stored_as).open("rb")
    except FileNotFoundError:
        _expire(job, FILE_GONE)
        return None
    order = order_of(job, report, job.ordered_at)
    note = f"made in the background; {asked_words(order, job.form)}"
    note_export(by, report, rows_by_clinic_of(job), note=note, record_id=job.public_id)
    return file
