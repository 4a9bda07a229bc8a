"""Handing out a report as a file: first the audit, then the bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from django.db import transaction
from django.http import StreamingHttpResponse

from accounts.models import User
from accounts.permissions import allowing_role
from audit.models import AuditAction
from audit.recording import record_failure, record_many
from reports.package import Order, csv_stream, zip_stream
from reports.report import Report
from reports.scope import Scope

CSV, ZIP = "csv", "zip"
LONGEST_PURPOSE = 200
Piece = TypeVar("Piece", str, bytes)


def note_export(
    user: User, report: Report, rows_by_clinic: Mapping[int, int], *, note: str = ""
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
                "role": allowing_role(user, report.action, clinic_id),
                "record_kind": report.name,
                "counts": {"rows": rows},
                "note": note,
            }
            for clinic_id, rows in rows_by_clinic.items()
        )


def note_order(order: Order, form: str) -> None:
    """Write that a report leaves: to whom, what for, how narrowed, as of when."""
    said = {"form": form, **order.scope.filters()}
    if order.scope.is_then:
        said |= order.scope.as_of()
    asked = ", ".join(f"{name} {value}" for name, value in said.items())
    note = f"purpose: {order.purpose[:LONGEST_PURPOSE]}; {asked}"
    rows = order.report.count_by_clinic(order.scope)
    note_export(order.by, order.report, rows, note=note)


def pieces_of(order: Order, form: str) -> Iterator[bytes]:
    """The ordered file; what breaks off is told to the audit and raised."""
    if form == ZIP:
        yield from _watched(order, zip_stream(order))
        return
    mark = order.has_byte_order_mark
    for piece in _watched(order, csv_stream(order.report, order.scope, mark=mark)):
        yield piece.encode()


def _watched(order: Order, pieces: Iterator[Piece]) -> Iterator[Piece]:
    try:
        yield from pieces
    except GeneratorExit:
        _note_broken_off(order, "the file was not fetched to its end")
        raise
    except Exception:
        _note_broken_off(order, "the file broke off: it could not be read to its end")
        raise


def _note_broken_off(order: Order, why: str) -> None:
    for clinic in order.scope.clinics:
        record_failure(
            by=order.by, clinic_id=clinic.pk, record_kind=order.report.name, note=f"export: {why}"
        )


def file_response(order: Order, form: str) -> StreamingHttpResponse:
    """The order as an attachment, after it was noted."""
    note_order(order, form)
    name = f"{order.report.name}_{order.scope.today.isoformat()}.{form}"
    content_type = "application/zip" if form == ZIP else "text/csv; charset=utf-8"
    return _attachment(pieces_of(order, form), content_type, name)


def csv_response(report: Report, scope: Scope, *, file_name: str) -> StreamingHttpResponse:
    """A list of the product as it is shown, for a spreadsheet; the caller has noted it."""
    pieces = csv_stream(report, scope, mark=True)
    return _attachment(pieces, "text/csv; charset=utf-8", file_name)


def _attachment(
    pieces: Iterator[str] | Iterator[bytes], content_type: str, file_name: str
) -> StreamingHttpResponse:
    """A file that no cache keeps."""
    return StreamingHttpResponse(
        pieces,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{file_name}"',
            "Cache-Control": "private, no-store",
        },
    )
