"""Downloading the echo studies as a CSV file."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.http import StreamingHttpResponse
from django.views.decorators.http import require_GET

from accounts.access import ClinicRequest, clinics_shown
from accounts.permissions import Action, allowing_role
from audit.models import AuditAction
from audit.recording import record_many
from reports.csv import Report
from reports.echo_report import ECHO_STUDIES


@require_GET
def echo_csv(request: ClinicRequest) -> StreamingHttpResponse:
    """All echo studies of the clinics shown in which the user may export identified data."""
    clinic_ids = clinics_shown(request, Action.EXPORT_IDENTIFIED)
    note_export(request, ECHO_STUDIES, clinic_ids)
    return file_of(ECHO_STUDIES, clinic_ids)


def note_export(request: ClinicRequest, report: Report, clinic_ids: Sequence[int]) -> None:
    """Write one export event for each clinic, with its number of rows.

    It is kept before the first byte leaves: a download that breaks off has left the house too.
    """
    with transaction.atomic():
        record_many(
            {
                "action": AuditAction.EXPORT,
                "by": request.user,
                "clinic_id": clinic_id,
                "role": allowing_role(request.user, Action.EXPORT_IDENTIFIED, clinic_id),
                "record_kind": report.name,
                "counts": {"rows": rows},
            }
            for clinic_id, rows in report.count_by_clinic(clinic_ids).items()
        )


def file_of(report: Report, clinic_ids: Sequence[int]) -> StreamingHttpResponse:
    """The report as an attachment that no cache keeps."""
    return StreamingHttpResponse(
        report.stream(clinic_ids),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{report.file_name}"',
            "Cache-Control": "private, no-store",
        },
    )
