"""A report: its columns, and where its rows come from. See docs/developers/reports.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import Count, QuerySet

from accounts.permissions import Action
from patients.data_classes import DataClass
from patients.models import Patient
from reports.csv import Column, in_chunks
from reports.scope import Scope
from reports.sql_lines import can_write, written_rows

READ_AT_ONCE = 500
PATIENTS_AT_ONCE = 50
Queries = Callable[[Scope], QuerySet[Any, Any]]


class Filter(StrEnum):
    """What a report can be narrowed to, besides the clinic."""

    DAYS = "days"
    MECHANISM = "mechanism"
    STAGE = "stage"
    EDITION = "edition"
    ACTS = "acts"


class Source(Protocol):
    """Where the rows of a report come from."""

    def count_by_clinic(self, scope: Scope) -> dict[int, int]:
        """Number of rows in the name of each clinic; 0 where there are none."""

    def rows(self, columns: Sequence[Column], scope: Scope) -> Iterator[list[str]]:
        """The rows as texts of cells, in constant memory."""

    def pieces(self, columns: Sequence[Column], scope: Scope) -> Iterator[tuple[int, str]]:
        """The same as lines of a file, in pieces of many rows, each with its number of rows."""


class FromQueries:
    """Rows that the database gives as they are: of one query, or of several one after the other.

    They carry ``listed_clinic_id``, the clinic in whose name each leaves, and what the columns name
    as their source.
    """

    def __init__(self, *queries: Queries) -> None:
        self.queries = queries

    def count_by_clinic(self, scope: Scope) -> dict[int, int]:
        """Number of rows in the name of each clinic, counted by the database."""
        counted = Counter(dict.fromkeys(scope.clinic_ids, 0))
        for query in self.queries:
            counted.update(_counted(query(scope), scope))
        return dict(counted)

    def rows(self, columns: Sequence[Column], scope: Scope) -> Iterator[list[str]]:
        """Each value written as its column says."""
        sources = list(dict.fromkeys(column.source for column in columns))
        cells = [(sources.index(column.source), column.writer()) for column in columns]
        for query in self.queries:
            values = query(scope).values_list(*sources)
            for row in values.iterator(chunk_size=READ_AT_ONCE):
                yield [write(row[place]) for place, write in cells]

    def pieces(self, columns: Sequence[Column], scope: Scope) -> Iterator[tuple[int, str]]:
        """Written by the database where it can."""
        if not can_write(columns):
            yield from in_chunks(self.rows(columns, scope))
            return
        for query in self.queries:
            yield from written_rows(query(scope), columns)

    def listed(self, scope: Scope) -> Iterator[int]:
        """The keys of the patients with a row."""
        for query in self.queries:
            yield from _listed(query(scope))


def _counted(rows: QuerySet[Any, Any], scope: Scope) -> dict[int, int]:
    if len(scope.clinics) == 1:  # no row is of another: nothing is asked of each
        return {scope.clinics[0].pk: rows.order_by().count()}
    by_clinic = rows.order_by().values("listed_clinic_id").annotate(rows=Count("pk"))
    return dict(by_clinic.values_list("listed_clinic_id", "rows"))


def _listed(rows: QuerySet[Any, Any]) -> Iterable[int]:
    patient = "pk" if rows.model is Patient else "patient_id"
    return rows.order_by().values_list(patient, flat=True).distinct()


class FromPatients:
    """Rows that are computed of the records of patients, some dozens at a time.

    ``patients`` are those of the scope, with ``listed_clinic_id``; ``expected`` has the rows that
    will come, so that they can be counted before anything is computed, ``each`` times; ``compute``
    makes the rows of a batch, by the source of each column.
    """

    def __init__(
        self,
        *,
        patients: Queries,
        compute: Callable[[Sequence[Any], Scope], Iterator[Mapping[str, Any]]],
        expected: Queries | None = None,
        each: int = 1,
    ) -> None:
        self.patients, self.compute = patients, compute
        self.expected, self.each = expected or patients, each

    def count_by_clinic(self, scope: Scope) -> dict[int, int]:
        """Number of rows in the name of each clinic, without computing any."""
        counted = _counted(self.expected(scope), scope)
        return {pk: counted.get(pk, 0) * self.each for pk in scope.clinic_ids}

    def rows(self, columns: Sequence[Column], scope: Scope) -> Iterator[list[str]]:
        """Each value written as its column says."""
        cells = [(column.source, column.writer()) for column in columns]
        found = self.patients(scope).iterator(chunk_size=READ_AT_ONCE)
        while patients := list(islice(found, PATIENTS_AT_ONCE)):
            for row in self.compute(patients, scope):
                yield [write(row[source]) for source, write in cells]

    def pieces(self, columns: Sequence[Column], scope: Scope) -> Iterator[tuple[int, str]]:
        """The rows as lines."""
        return in_chunks(self.rows(columns, scope))

    def listed(self, scope: Scope) -> Iterator[int]:
        """The keys of the patients with a row."""
        yield from _listed(self.expected(scope))


class FromRows:
    """Rows that were computed before: each names its clinic, with a value for each source."""

    def __init__(self, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
        self.found = rows

    def count_by_clinic(self, scope: Scope) -> dict[int, int]:
        """Number of rows in the name of each clinic."""
        counted = Counter(clinic for clinic, _row in self.found)
        return {pk: counted[pk] for pk in scope.clinic_ids}

    def rows(self, columns: Sequence[Column], scope: Scope) -> Iterator[list[str]]:
        """Each value written as its column says."""
        cells = [(column.source, column.writer()) for column in columns]
        wanted = set(scope.clinic_ids)
        for clinic, row in self.found:
            if clinic in wanted:
                yield [write(row[source]) for source, write in cells]

    def pieces(self, columns: Sequence[Column], scope: Scope) -> Iterator[tuple[int, str]]:
        """The rows as lines."""
        return in_chunks(self.rows(columns, scope))


@dataclass(frozen=True)
class Report:
    """A file that can be downloaded: its columns, and its rows in what is asked for.

    ``name`` is what people's own programs know it by, and never changes. ``now_only`` says why it
    cannot speak of another day; empty where it can. ``action`` is the right that it asks for.
    ``more_in_receipt`` is what a receipt says of it beyond the usual, asked for when it was read.
    """

    name: str
    title: str
    one_row_per: str
    columns: Sequence[Column]
    source: Source
    filters: Collection[Filter] = ()
    now_only: str = ""
    notes: Sequence[str] = ()
    action: Action = Action.EXPORT_IDENTIFIED
    more_in_receipt: Callable[[], Mapping[str, Any]] = dict

    @property
    def file_name(self) -> str:
        """Name of the downloaded file."""
        return f"{self.name}.csv"

    @property
    def identifies(self) -> bool:
        """Whether any column names a person."""
        return any(column.data_class is DataClass.IDENTIFYING for column in self.columns)

    @property
    def headings(self) -> list[str]:
        """The names of the columns, in their order."""
        return [column.name for column in self.columns]

    def count_by_clinic(self, scope: Scope) -> dict[int, int]:
        """Number of rows in the name of each clinic; 0 where there are none."""
        return self.source.count_by_clinic(scope)

    def rows(self, scope: Scope) -> Iterator[list[str]]:
        """The rows as texts of cells, without the headings."""
        with reading():
            yield from self.source.rows(self.columns, scope)

    def pieces(self, scope: Scope) -> Iterator[tuple[int, str]]:
        """The rows as lines of a file, without the headings, each piece with its number of rows."""
        with reading():
            yield from self.source.pieces(self.columns, scope)


@contextmanager
def reading() -> Iterator[None]:
    """One state of the database for everything that is read inside, by a cursor of its own.

    Outside of a transaction PostgreSQL builds the whole result before the first row. SQLite needs
    none, and there it would keep everybody else from writing until the file is sent; a count and
    the rows that follow may then differ by what was written between them, and the receipt says so.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
