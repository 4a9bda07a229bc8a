"""Reports as CSV files: a report is one definition, streamed for any number of rows.

Text that a spreadsheet program would run as a formula stays text. Numbers keep every digit that
was entered and no trailing zeros. An empty cell is not recorded, never zero and never no.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, QuerySet

BYTE_ORDER_MARK = "\ufeff"  # tells Excel that the file is UTF-8
READ_AT_ONCE = 2000
ROWS_PER_CHUNK = 1000
RUNS_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Kind(Enum):
    """What stands in a column, and so how it is written."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    INSTANT = "instant"
    CODE = "code"
    LABEL = "label"
    BOOLEAN = "boolean"


@dataclass(frozen=True)
class Column:
    """One column: heading, meaning, kind, and where its value comes from.

    ``source`` is a column or annotation of the report's rows; ``read`` takes the value out of it
    where the source holds more (a label of a code, one entry of a JSON object).
    """

    name: str
    label: str
    kind: Kind
    source: str
    read: Callable[[Any], Any] | None = None

    def writer(self) -> Callable[[Any], str]:
        """The function that turns a value of the source into the text of a cell."""
        write, read = WRITERS[self.kind], self.read

        def cell(value: Any) -> str:
            if read is not None and value is not None:
                value = read(value)
            return "" if value is None else write(value)

        return cell


@dataclass(frozen=True)
class Report:
    """A file that can be downloaded: its columns, and its rows in given clinics.

    ``queryset`` takes the ids of clinics; its rows carry ``listed_clinic_id``, the clinic in whose
    name each is exported.
    """

    name: str
    title: str
    one_row_per: str
    columns: Sequence[Column]
    queryset: Callable[[Sequence[int]], QuerySet[Any, Any]]
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def file_name(self) -> str:
        """Name of the downloaded file."""
        return f"{self.name}.csv"

    def count_by_clinic(self, clinic_ids: Sequence[int]) -> dict[int, int]:
        """Number of rows in the name of each clinic; 0 where there are none."""
        counted = (
            self.queryset(clinic_ids)
            .order_by()
            .values("listed_clinic_id")
            .annotate(rows=Count("pk"))
            .values_list("listed_clinic_id", "rows")
        )
        return dict.fromkeys(clinic_ids, 0) | dict(counted)

    def stream(self, clinic_ids: Sequence[int]) -> Iterator[str]:
        """The file in pieces of many rows each."""
        rows = self.queryset(clinic_ids).values_list(*_sources(self.columns))
        with _reading():
            yield from _pieces(self.columns, rows.iterator(chunk_size=READ_AT_ONCE))


@dataclass(frozen=True)
class ListedReport:
    """A file of rows that were computed: each names its clinic and has a value for each source."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[tuple[int, Mapping[str, Any]]]

    @property
    def file_name(self) -> str:
        """Name of the downloaded file."""
        return f"{self.name}.csv"

    def count_by_clinic(self, clinic_ids: Sequence[int]) -> dict[int, int]:
        """Number of rows in the name of each clinic; 0 where there are none."""
        return {pk: sum(clinic == pk for clinic, _row in self.rows) for pk in clinic_ids}

    def stream(self, clinic_ids: Sequence[int]) -> Iterator[str]:
        """The file in pieces of many rows each."""
        sources = _sources(self.columns)
        wanted = set(clinic_ids)
        yield from _pieces(
            self.columns,
            ([row[name] for name in sources] for clinic, row in self.rows if clinic in wanted),
        )


def _sources(columns: Sequence[Column]) -> list[str]:
    return list(dict.fromkeys(column.source for column in columns))


def _pieces(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    sources = _sources(columns)
    cells = [(sources.index(column.source), column.writer()) for column in columns]
    yield BYTE_ORDER_MARK + _lines([[column.name for column in columns]])
    waiting: list[list[str]] = []
    for row in rows:
        waiting.append([write(row[place]) for place, write in cells])
        if len(waiting) == ROWS_PER_CHUNK:
            yield _lines(waiting)
            waiting = []
    if waiting:
        yield _lines(waiting)


def _reading() -> Any:
    """A transaction where the database reads by a cursor of its own.

    Outside of one, PostgreSQL builds the whole result before the first row. SQLite needs none, and
    there a transaction would keep everybody else from writing until the file is sent.
    """
    return transaction.atomic() if connection.vendor == "postgresql" else nullcontext()


def _lines(rows: Sequence[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()


def neutral(value: Any) -> str:
    """Text with an apostrophe before what a spreadsheet program would run as a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(RUNS_AS_FORMULA) else text


def number(value: Decimal | float | str) -> str:
    """A number as entered, without exponent and trailing zeros; -1 stays a number."""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _date(value: date) -> str:
    return value.isoformat()


def _boolean(value: bool) -> str:
    return "true" if value else "false"


WRITERS: Mapping[Kind, Callable[[Any], str]] = {
    Kind.TEXT: neutral,
    Kind.NUMBER: number,
    Kind.DATE: _date,
    Kind.INSTANT: _instant,
    Kind.CODE: str,
    Kind.LABEL: str,
    Kind.BOOLEAN: _boolean,
}
