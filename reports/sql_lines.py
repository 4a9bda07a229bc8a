# Names, labels and codes come from the code; every value of a filter is a parameter.
# ruff: noqa: S608
"""Rows that PostgreSQL itself writes as lines of CSV, where it can write every column.

In a report of many columns most of the time goes into writing cells in Python. Here the query of
the rows stands inside another that gives one text per row, cell for cell what ``Column.writer``
writes; a test holds both against each other. A column with a ``read`` of its own that is not known
here leaves the report to Python. So does SQLite, which runs in our own process: it was no quicker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet, UUIDField

from reports.csv import (
    ROWS_PER_CHUNK,
    Column,
    Entry,
    Kind,
    Labels,
    formulas,
    joined,
    lines,
    ticked,
)

READS = (joined, ticked, formulas)
Writers = Mapping[Kind, Callable[[str], str]]


def can_write(columns: Sequence[Column]) -> bool:
    """Whether the database in use can write all of these columns."""
    return connection.vendor == "postgresql" and all(
        column.read is None or column.read in READS or isinstance(column.read, Labels | Entry)
        for column in columns
    )


def written_rows(
    rows: QuerySet[Any, Any], *all_columns: Sequence[Column]
) -> Iterator[tuple[int, str]]:
    """The rows as lines, in pieces of many, every piece with its number of lines.

    Each row gives a line for each of ``all_columns``.
    """
    within, all_cells, parameters = cells_of(rows, all_columns, WRITERS)
    written = " || E'\\r\\n' || ".join(
        f"array_to_string(ARRAY[{', '.join(cells)}], ',', '')" for cells in all_cells
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"{within} SELECT {written} FROM t", parameters)
        while found := cursor.fetchmany(ROWS_PER_CHUNK):
            lines_of_all = "".join(f"{line}\r\n" for (line,) in found)
            yield len(found) * len(all_columns), lines_of_all


def cells_of(
    rows: QuerySet[Any, Any], all_columns: Sequence[Sequence[Column]], writers: Writers
) -> tuple[str, list[list[str]], Sequence[Any]]:
    """The query of the rows as ``WITH t``, what to select of it for each line, the parameters."""
    sources = list(dict.fromkeys(column.source for each in all_columns for column in each))
    inner, parameters = (
        rows.values_list(*sources).query.get_compiler(connection=connection).as_sql()
    )
    ids = {each for each in sources if isinstance(_field_of(rows, each), UUIDField)}
    names = {source: f"c{place}" for place, source in enumerate(sources)}
    cells = [
        [
            f"({_cell(column, names[column.source], column.source in ids, writers)})::text"
            for column in columns
        ]
        for columns in all_columns
    ]
    return f"WITH t({', '.join(names.values())}) AS ({inner})", cells, parameters


def _field_of(rows: QuerySet[Any, Any], source: str) -> Any:
    return F(source).resolve_expression(rows.query.clone()).output_field


def _cell(column: Column, value: str, is_id: bool, writers: Writers) -> str:
    """The text of a cell in SQL, NULL where it is empty; ``value`` is the name of its source."""
    read = column.read
    if isinstance(read, Labels):
        return _label(read, value)
    if isinstance(read, Entry):
        return _trimmed(f"({value} #>> '{{{','.join(read.path)}}}')")
    if read is formulas:
        # Names and rows of formulas: nothing that runs, nothing that needs quotes.
        return _formulas(value)
    if read is ticked:
        return f"CASE WHEN {value} THEN 'true' END"
    if read is joined:
        value = f"(SELECT string_agg(e, ' ') FROM jsonb_array_elements_text({value}) AS e)"
    if is_id:
        return value
    return writers[column.kind](value)


def _label(read: Labels, value: str) -> str:
    whens = " ".join(
        f"WHEN {_literal(code)} THEN {_literal(_as_it_stands(str(label)))}"
        for code, label in read.by_code.items()
        if code is not None
    )
    return f"CASE {value}::text {whens} END" if whens else "NULL"


def _literal(text: object) -> str:
    """A text as SQL writes it; the percent sign is that of a statement with parameters."""
    return "'" + str(text).replace("'", "''").replace("%", "%%") + "'"


def _as_it_stands(label: str) -> str:
    """A label as it stands in the file, with quotes where it needs them."""
    return lines([[label, ""]])[: -len(",\r\n")]


def _trimmed(value: str) -> str:
    """A number that is kept as text, without trailing zeros."""
    shorter = f"rtrim(rtrim({value}, '0'), '.')"
    return (
        f"CASE WHEN {value} LIKE '%%.%%0' AND {value} NOT LIKE '%%e%%' THEN {shorter} "
        f"ELSE {value} END"
    )


def _formulas(value: str) -> str:
    said = "k || ': ' || (v ->> 'formula') || ' version ' || (v ->> 'version')"
    return f"(SELECT string_agg({said}, '; ') FROM jsonb_each({value}) AS e(k, v))"


def guarded(value: str) -> str:
    """Text with an apostrophe before what a spreadsheet program would run as a formula."""
    return rf"CASE WHEN {value} ~ '^[-=+@\t\r]' THEN '''' || {value} ELSE {value} END"


def _quoted(value: str) -> str:
    """Text in quotes where it holds a comma, a quote or a line break."""
    doubled = f"""'"' || replace({value}, '"', '""') || '"'"""
    return rf"""CASE WHEN ({value}) ~ '[,"\r\n]' THEN {doubled} ELSE {value} END"""


def _text(value: str) -> str:
    plain = rf"""CASE WHEN {value} ~ '^[-=+@\t\r]|[,"\r\n]' THEN {_quoted(guarded(value))} """
    return f"{plain} ELSE {value} END"


WRITERS: Writers = {
    Kind.TEXT: _text,
    Kind.NUMBER: lambda value: f"trim_scale({value}::numeric)",
    Kind.DATE: lambda value: f"to_char({value}, 'YYYY-MM-DD')",
    Kind.INSTANT: lambda value: (
        f"""to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
    ),
    Kind.CODE: lambda value: _quoted(f"{value}::text"),
    Kind.LABEL: lambda value: _quoted(f"{value}::text"),
    Kind.BOOLEAN: lambda value: f"CASE WHEN {value} THEN 'true' WHEN NOT {value} THEN 'false' END",
}
