"""A report as a file: a plain CSV, or a zip that says what is in it.

The zip holds the CSV, the dictionary of exactly its columns, their value sets and, last, the
receipt. It is written as it is sent, in constant memory. A stream that fails raises, so the server
breaks the connection; a zip that broke off has no receipt and no directory, and opens nowhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings
from django.utils import timezone

from accounts.models import Clinic, User
from accounts.permissions import allowing_role
from followup.clinic_rules import rules_of
from guidelines.assessment import ENGINE_VERSION
from reports.csv import BYTE_ORDER_MARK, Column, Kind, in_chunks, lines
from reports.report import Report, reading
from reports.scope import Scope

DICTIONARY = "data_dictionary.csv"
VALUE_SETS = "value_sets.csv"
RECEIPT = "receipt.json"
COMPRESSION = 1  # the quickest: text shrinks well all the same
BIG_FROM_ROWS = 250_000  # some programs do not open the larger format of zip, so only where needed
NO_ROWS = "No row fits what was asked for. The file holds its headings only."
ROWS_DIFFER = (
    "The record changed while this report was read: the rows written are those of the moment in "
    "which each was read."
)


@dataclass(frozen=True)
class Order:
    """One report as somebody takes it along: what, of which scope, who and what for."""

    report: Report
    scope: Scope
    by: User
    purpose: str
    has_byte_order_mark: bool = False
    ordered_at: datetime | None = None
    """When it was ordered, of one that is made later; ``scope.at`` is when it was read."""


@dataclass
class Written:
    """What was written of one file of a zip; the sum is of its bytes as they are unpacked."""

    name: str
    columns: int
    rows_expected: int
    rows_written: int
    bytes: int
    sha256: str

    def as_dict(self) -> dict[str, Any]:
        """As the receipt says it."""
        return dict(vars(self))


def csv_stream(report: Report, scope: Scope, *, mark: bool = False) -> Iterator[str]:
    """The file in pieces of many rows each, the headings first; ``mark`` for spreadsheets."""
    for _rows, piece in _pieces(report, scope, mark=mark):
        yield piece


def _pieces(report: Report, scope: Scope, *, mark: bool) -> Iterator[tuple[int, str]]:
    yield 0, (BYTE_ORDER_MARK if mark else "") + lines([report.headings])
    yield from report.pieces(scope)


def zip_stream(order: Order) -> Iterator[bytes]:
    """The zip in pieces, as it grows."""
    report, mark = order.report, order.has_byte_order_mark
    sent = _Outbox()
    with ZipFile(sent, "w", ZIP_DEFLATED, compresslevel=COMPRESSION) as archive:  # type: ignore[call-overload]
        with reading():
            expected = sum(report.count_by_clinic(order.scope).values())
            data = Written(report.file_name, len(report.columns), expected, 0, 0, "")
            pieces = _pieces(report, order.scope, mark=mark)
            for _ in _added(archive, data, pieces, is_big=expected >= BIG_FROM_ROWS):
                yield sent.taken()
        files = [data]
        for name, rows in (
            (DICTIONARY, dictionary_rows(report)),
            (VALUE_SETS, value_set_rows(report)),
        ):
            about = Written(name, len(rows[0]), len(rows) - 1, 0, 0, "")
            head = (0, (BYTE_ORDER_MARK if mark else "") + lines(rows[:1]))
            for _ in _added(archive, about, [head, *in_chunks(rows[1:])]):
                yield sent.taken()
            files.append(about)
        text = json.dumps(receipt(order, files), ensure_ascii=False, indent=2) + "\n"
        archive.writestr(_entry(RECEIPT), text)
    yield sent.taken()


def _added(
    archive: ZipFile, file: Written, pieces: Iterable[tuple[int, str]], *, is_big: bool = False
) -> Iterator[None]:
    """Write one file piece by piece, counting and summing up what was written."""
    summed = hashlib.sha256()
    with archive.open(_entry(file.name), "w", force_zip64=is_big) as entry:
        for rows, piece in pieces:
            encoded = piece.encode()
            entry.write(encoded)
            summed.update(encoded)
            file.rows_written += rows
            file.bytes += len(encoded)
            yield
    file.sha256 = summed.hexdigest()
    yield


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, timezone.localtime().timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


class _Outbox:
    """Takes what the zip writes, for whoever sends it; it cannot be gone back in."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Keep it until it is taken."""
        self.waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        waiting, self.waiting = self.waiting, []
        return b"".join(waiting)


# --- What describes the file ----------------------------------------------------------------------

DICTIONARY_HEADINGS = (
    "file",
    "position",
    "name",
    "label",
    "type",
    "unit",
    "value_set",
    "definition",
    "rule",
    "identity",
)
TYPES = {
    Kind.DATE: "ISO 8601 date.",
    Kind.INSTANT: "ISO 8601, universal time.",
    Kind.LABEL: "The label of the code in the column before.",
}


def dictionary_rows(report: Report) -> list[list[str]]:
    """The dictionary of exactly the report's columns, with its headings."""
    return [
        list(DICTIONARY_HEADINGS),
        *(
            [report.file_name, str(position), *_described(column)]
            for position, column in enumerate(report.columns, start=1)
        ),
    ]


def _described(column: Column) -> Iterator[str]:
    has_set = bool(column.values) or column.kind is Kind.BOOLEAN
    said = " ".join(filter(None, (column.definition, TYPES.get(column.kind, ""))))
    yield from (column.name, column.label, column.kind.value, column.unit)
    yield from (column.name if has_set else "", said, column.rule, column.identity)


def value_set_rows(report: Report) -> list[list[str]]:
    """The codes that may stand in each column of codes, with their labels and the headings."""
    rows = [["file", "value_set", "code", "label"]]
    for column in report.columns:
        values = {"true": "yes", "false": "no"} if column.kind is Kind.BOOLEAN else column.values
        rows += [
            [report.file_name, column.name, str(code), label]
            for code, label in values.items()
            if code not in (None, "")
        ]
    return rows


def receipt(order: Order, files: Sequence[Written]) -> dict[str, Any]:
    """Who took what, when, what for and by which rules, and the sum of each file."""
    report, scope, data = order.report, order.scope, files[0]
    notes = list(report.notes)
    if not data.rows_written:
        notes.insert(0, NO_ROWS)
    if data.rows_written != data.rows_expected:
        notes.insert(0, ROWS_DIFFER)
    ordered_at = order.ordered_at or scope.at
    return {
        "report": report.name,
        "title": report.title,
        "one_row_per": report.one_row_per,
        "by": order.by.get_username(),
        "purpose": order.purpose,
        "asked_at": ordered_at.isoformat(timespec="seconds"),
        "read_at": scope.at.isoformat(timespec="seconds"),
        "finished_at": timezone.now().isoformat(timespec="seconds"),
        "instance": settings.INSTANCE,
        "clinics": [_clinic(order, clinic) for clinic in scope.clinics],
        "filters": scope.filters(),
        "as_of": scope.as_of(),
        "application_version": str(settings.APP_VERSION),
        "engine_version": ENGINE_VERSION,
        "notes": notes,
        **report.more_in_receipt(),
        "files": [file.as_dict() for file in files],
    }


def _clinic(order: Order, clinic: Clinic) -> dict[str, Any]:
    """A clinic, in which role it was asked for, and by which editions it judges on the day."""
    day = order.scope.day
    rules = rules_of(clinic, day, order.scope.known_at)
    return {
        "code": clinic.code,
        "name": clinic.name,
        "role": allowing_role(order.by, order.report.action, clinic),
        "editions": [
            {
                "edition": edition.id,
                "title": edition.title,
                "signed_off": edition not in rules.hidden,
            }
            for edition in rules.editions_of(day)
        ],
    }
