"""Rows of the database each of which becomes several rows of the file, read once for all of them.

On PostgreSQL the database writes them as lines (``sql_lines``). On SQLite, which runs in our own
process, they are written a column at a time: what is stored as it stands in a file is not turned
into a value of Python and back, and what two rows of the file share is written out once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    F,
    IntegerField,
    QuerySet,
    TextField,
    UUIDField,
)

from reports.csv import (
    ROWS_PER_CHUNK,
    RUNS_AS_FORMULA,
    Column,
    Kind,
    Labels,
    in_chunks,
    lines,
)
from reports.report import READ_AT_ONCE, FromQueries, Queries
from reports.scope import Scope
from reports.sql_lines import can_write, written_rows

Reads = Mapping[str, str]
"""Where a row of the file finds the sources of its columns that each row has of its own."""
Cells = Sequence[Any]
Whole = Callable[[Cells], Iterable[Any]]


class FromWideRows(FromQueries):
    """Rows of one query, each of which becomes one row of the file for each of ``reads``."""

    def __init__(self, query: Queries, reads: Callable[[Scope], Sequence[Reads]]) -> None:
        super().__init__(query)
        self.reads = reads

    def count_by_clinic(self, scope: Scope) -> dict[int, int]:
        """Number of rows in the name of each clinic, counted by the database."""
        each = len(self.reads(scope))
        return {pk: each * number for pk, number in super().count_by_clinic(scope).items()}

    def rows(self, columns: Sequence[Column], scope: Scope) -> Iterator[list[str]]:
        """Each value written as its column says."""
        all_columns = self._columns(columns, scope)
        sources = _sources(all_columns)
        cells = [[(sources.index(c.source), c.writer()) for c in each] for each in all_columns]
        values = self.queries[0](scope).values_list(*sources)
        for row in values.iterator(chunk_size=READ_AT_ONCE):
            for each in cells:
                yield [write(row[place]) for place, write in each]

    def pieces(self, columns: Sequence[Column], scope: Scope) -> Iterator[tuple[int, str]]:
        """Written by the database where it can, else a column at a time where that can be done."""
        found, all_columns = self.queries[0](scope), self._columns(columns, scope)
        if can_write(columns):
            return written_rows(found, *all_columns)
        return written_by_column(found, all_columns) or in_chunks(self.rows(columns, scope))

    def statement(self, columns: Sequence[Column], scope: Scope) -> tuple[str, Sequence[Any]]:
        """The SQL that reads everything the columns need, one row for each of the database's."""
        return _statement(self.queries[0](scope), _sources(self._columns(columns, scope)))

    def _columns(self, columns: Sequence[Column], scope: Scope) -> list[list[Column]]:
        """The columns of each row of the file, with the sources that are its own."""
        return [
            [column.read_from(reads.get(column.source, column.source)) for column in columns]
            for reads in self.reads(scope)
        ]


def _sources(all_columns: Sequence[Sequence[Column]]) -> list[str]:
    return list(dict.fromkeys(column.source for each in all_columns for column in each))


def _statement(rows: QuerySet[Any, Any], sources: Sequence[str]) -> tuple[str, Sequence[Any]]:
    query = rows.values_list(*sources).query
    sql, parameters = query.get_compiler(connection=connection).as_sql()
    return sql, parameters


def written_by_column(
    rows: QuerySet[Any, Any], all_columns: Sequence[Sequence[Column]]
) -> Iterator[tuple[int, str]] | None:
    """The rows as lines; ``None`` where some column needs a value of Python."""
    if connection.vendor != "sqlite":
        return None
    sources = _sources(all_columns)
    fields = {name: _field_of(rows, name) for name in sources}
    ways: dict[tuple[str, Any, Any], Whole] = {}
    for column in chain.from_iterable(all_columns):
        way = _way(column, fields[column.source])
        if way is None:
            return None
        ways[_key(column)] = way
    return _written(rows, sources, [[_key(c) for c in each] for each in all_columns], ways)


def _key(column: Column) -> tuple[str, Kind, int]:
    """Columns of one key have the same cells; labels differ by what they are labels of."""
    return column.source, column.kind, id(column.read)


def _written(
    rows: QuerySet[Any, Any],
    sources: Sequence[str],
    all_keys: Sequence[Sequence[tuple[str, Any, Any]]],
    ways: Mapping[tuple[str, Any, Any], Whole],
) -> Iterator[tuple[int, str]]:
    try:
        sql, parameters = _statement(rows, sources)
    except EmptyResultSet:
        return
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while found := cursor.fetchmany(ROWS_PER_CHUNK):
            stored = dict(zip(sources, zip(*found, strict=True), strict=True))
            cells = {key: list(way(stored[key[0]])) for key, way in ways.items()}
            kinds = [zip(*(cells[key] for key in keys), strict=True) for keys in all_keys]
            in_order = chain.from_iterable(zip(*kinds, strict=True))
            yield len(found) * len(all_keys), lines(in_order)


def _field_of(rows: QuerySet[Any, Any], source: str) -> Any:
    return F(source).resolve_expression(rows.query.clone()).output_field


def _way(column: Column, field: Any) -> Whole | None:
    """How SQLite's own values of a field become cells; ``None`` where it is not known."""
    if isinstance(column.read, Labels):
        labels = {code: label for code, label in column.read.by_code.items() if code is not None}
        return lambda codes: map(labels.get, codes)
    if column.read is not None:
        return None
    for kind, stored, way in WAYS:
        if column.kind is kind and isinstance(field, stored):
            return None if isinstance(field, DateTimeField) else way
    return None


def _as_stored(values: Cells) -> Cells:
    return values


def _truths(values: Cells) -> Iterable[Any]:
    return map({1: "true", 0: "false"}.get, values)


def _guarded(values: Cells) -> Iterable[Any]:
    return [f"'{v}" if v and v[0] in RUNS_AS_FORMULA else v for v in values]


def _dashed(values: Cells) -> Iterable[Any]:
    return [v and f"{v[:8]}-{v[8:12]}-{v[12:16]}-{v[16:20]}-{v[20:]}" for v in values]


WAYS: Sequence[tuple[Kind, type[Any] | tuple[type[Any], ...], Whole]] = (
    (Kind.DATE, DateField, _as_stored),
    (Kind.BOOLEAN, BooleanField, _truths),
    (Kind.CODE, UUIDField, _dashed),
    (Kind.CODE, (CharField, TextField), _as_stored),
    (Kind.TEXT, (CharField, TextField), _guarded),
    (Kind.NUMBER, IntegerField, _as_stored),
)
"""By the kind of a column and the field that it reads: how a whole column is written."""
