"""Handing out a report as a file: first the audit, then the bytes."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.http import StreamingHttpResponse

from accounts.models import User
from accounts.permissions import Action, allowing_role
from audit.models import AuditAction
from audit.recording import record_many
from reports.csv import ListedReport, Report


def note_export(
    user: User, report: Report | ListedReport, rows_by_clinic: Mapping[int, int]
) -> None:
    """Write one export event for each clinic, with its number of rows.

    It is kept before the first byte leaves: a download that breaks off has left the house too.
    """
    with transaction.atomic():
        record_many(
            {
                "action": AuditAction.EXPORT,
                "by": user,
                "clinic_id": clinic_id,
                "role": allowing_role(user, Action.EXPORT_IDENTIFIED, clinic_id),
                "record_kind": report.name,
                "counts": {"rows": rows},
            }
            for clinic_id, rows in rows_by_clinic.items()
        )


def file_of(
    report: Report | ListedReport, clinic_ids: list[int], file_name: str | None = None
) -> StreamingHttpResponse:
    """The report as an attachment that no cache keeps."""
    return StreamingHttpResponse(
        report.stream(clinic_ids),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{file_name or report.file_name}"',
            "Cache-Control": "private, no-store",
        },
    )
