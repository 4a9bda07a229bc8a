"""Handing out a report as a file: first the audit, then the bytes."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from uuid import UUID

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
CONTENT_TYPES = {CSV: "text/csv; charset=utf-8", ZIP: "application/zip"}
NOT_CACHED = "private, no-store"
LONGEST_PURPOSE = 200


def note_export(
    user: User,
    report: Report,
    rows_by_clinic: Mapping[int, int],
    *,
    note: str = "",
    record_id: str | UUID = "",
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
                "record_id": record_id,
                "counts": {"rows": rows},
                "note": note,
            }
            for clinic_id, rows in rows_by_clinic.items()
        )


def note_order(order: Order, form: str) -> None:
    """Write that a report leaves: to whom, what for, how narrowed, as of when."""
    rows = order.report.count_by_clinic(order.scope)
    note_export(order.by, order.report, rows, note=asked_words(order, form))


def asked_words(order: Order, form: str) -> str:
    """What was asked for, as the audit keeps it: purpose, form, filters, as of when."""
    said = {"form": form, **order.scope.filters()}
    if order.scope.is_then:
        said |= order.scope.as_of()
    asked = ", ".join(f"{name} {value}" for name, value in said.items())
    return f"purpose: {order.purpose[:LONGEST_PURPOSE]}; {asked}"


def pieces_of(order: Order, form: str) -> Iterator[bytes]:
    """The ordered file on its way to somebody; what breaks off is told to the audit and raised."""
    try:
        yield from file_of(order, form)
    except GeneratorExit:
        _note_broken_off(order, "the file was not fetched to its end")
        raise
    except Exception:
        _note_broken_off(order, "the file broke off: it could not be read to its end")
        raise


def file_of(order: Order, form: str) -> Generator[bytes, None, None]:
    """The bytes of the ordered file, in pieces."""
    if form == ZIP:
        yield from zip_stream(order)
        return
    for piece in csv_stream(order.report, order.scope, mark=order.has_byte_order_mark):
        yield piece.encode()


def _note_broken_off(order: Order, why: str) -> None:
    for clinic in order.scope.clinics:
        record_failure(
            by=order.by, clinic_id=clinic.pk, record_kind=order.report.name, note=f"export: {why}"
        )


def file_response(order: Order, form: str) -> StreamingHttpResponse:
    """The order as an attachment, after it was noted."""
    note_order(order, form)
    name = f"{order.report.name}_{order.scope.today.isoformat()}.{form}"
    return _attachment(pieces_of(order, form), form, name)


def csv_response(report: Report, scope: Scope, *, file_name: str) -> StreamingHttpResponse:
    """A list of the product as it is shown, for a spreadsheet; the caller has noted it."""
    pieces = csv_stream(report, scope, mark=True)
    return _attachment(pieces, CSV, file_name)


def _attachment(
    pieces: Iterator[str] | Iterator[bytes], form: str, file_name: str
) -> StreamingHttpResponse:
    """A file that no cache keeps."""
    disposition = f'attachment; filename="{file_name}"'
    return StreamingHttpResponse(
        pieces,
        content_type=CONTENT_TYPES[form],
        headers={"Content-Disposition": disposition, "Cache-Control": NOT_CACHED},
    )
