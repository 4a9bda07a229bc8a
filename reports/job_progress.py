"""The way of a report that is made in the background, from state to state.

A state is only ever set from the states it may follow, in one statement: a worker, a click or a
purge that comes late finds the job elsewhere and does nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import Clinic, User
from accounts.permissions import may
from audit.recording import record_failure
from reports.called import report_called
from reports.models import ReportJob
from reports.package import Order
from reports.report import Report
from reports.scope import Scope, scope_again

Status = ReportJob.Status


def advance(
    job: ReportJob,
    *,
    before: Collection[str],
    to: str,
    held_as: str | None = None,
    message: str = "",
    **values: Any,
) -> bool:
    """Bring a job from one of these states to another, with what else is stored then.

    ``held_as``: only while its files still have this name. False, and nothing changed, when it is
    elsewhere by now. On success ``job`` shows it.
    """
    found = ReportJob.objects.filter(pk=job.pk, status__in=before)
    if held_as is not None:
        found = found.filter(stored_as=held_as)
    changes = {**values, "status": to, "message": message}
    if found.update(**changes) != 1:
        return False
    for name, value in changes.items():
        setattr(job, name, value)
    return True


def fail(job: ReportJob, message: str) -> bool:
    """Say that there will be no file, to its owner and to the audit; False when it is elsewhere."""
    before = (Status.WAITING, Status.RUNNING)
    changed = advance(
        job,
        before=before,
        to=Status.FAILED,
        held_as=job.stored_as,
        message=message,
        finished_at=timezone.now(),
    )
    if not changed:
        return False
    for clinic in job.clinics.all():
        record_failure(
            by=job.owner_id,
            clinic_id=clinic.pk,
            record_kind="reportjob",
            record_id=job.public_id,
            note=f"{job.report} was not made in the background",
        )
    return True


def scope_of(job: ReportJob, at: datetime | None = None) -> Scope:
    """What was asked for; ``at``: when it is read, which decides what today is."""
    return scope_again(list(job.clinics.all()), job.narrowed, at or job.ordered_at)


def clinics_closed_to(user: User, job: ReportJob) -> list[Clinic]:
    """The clinics of the job in which the person may not take this report, or no longer."""
    report = report_called(job.report)
    return [
        clinic
        for clinic in job.clinics.all()
        if report is None or not may(user, report.action, clinic)
    ]


def order_of(job: ReportJob, report: Report, at: datetime) -> Order:
    """The job as an order, for a report that is read at this instant."""
    return Order(
        report,
        scope_of(job, at),
        job.owner,
        job.purpose,
        job.has_byte_order_mark,
        ordered_at=job.ordered_at,
    )


def rows_by_clinic_of(job: ReportJob) -> dict[int, int]:
    """Number of rows expected in the name of each clinic."""
    return {int(clinic_id): number for clinic_id, number in job.rows_by_clinic.items()}


def as_kept(rows_by_clinic: dict[int, int]) -> dict[str, int]:
    """The same as the row keeps it: JSON knows keys of text only."""
    return {str(clinic_id): number for clinic_id, number in rows_by_clinic.items()}
