"""The report of echo studies: as a plain CSV, against other ways to the same rows; a big one."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.urls import reverse

from benchmarks import big_download, pages
from benchmarks.cohort import Place, analyze, make_patients, multiply, new_place
from benchmarks.figures import Part, best_of, milliseconds, per_second, seconds_of, times
from benchmarks.rival import rival_csv
from benchmarks.sizes import Size
from patients.models import EchoStudy
from reports.csv import Kind
from reports.echo_report import ECHO_STUDIES
from reports.scope import Scope
from reports.sql_lines import WRITERS, Writers, cells_of, guarded

ABOUT = (
    "The file is downloaded through the page and the whole middleware, to its last byte. Baselines "
    "on the same rows: Python's CSV writer over the bare rows of the table; django-import-export "
    "with the same columns, labels and guards; on PostgreSQL `COPY` of the same cells, and of the "
    "bare columns. The big file is downloaded in a process of its own."
)
STUDIES_EACH = 20
MOST_MADE_BY_HAND = 2000  # the others are copies of them
TAKE = {"take": "yes", "purpose": "a benchmark", "form": "csv"}
LEAST_OF_COPY = 0.5
LEAST_OF_RIVAL = {"postgresql": 30, "sqlite": 6}
MOST_TO_FIRST_BYTE = 0.3  # seconds
MOST_MEMORY = 30  # megabytes above a process at rest
UNQUOTED: Writers = {
    **WRITERS,
    Kind.TEXT: guarded,
    Kind.CODE: lambda value: f"{value}::text",
    Kind.LABEL: lambda value: f"{value}::text",
}
"""COPY writes the quotes itself."""


def run(size: Size) -> Part:
    """Download the file of a clinic, and of one with very many studies."""
    place = new_place()
    rows = _make(place, size.report_rows)
    part = Part("Echo report", ABOUT)
    address = reverse("reports:report-page", args=["echo_studies"])
    with pages.logged_in(place.user) as client:
        length = sum(map(len, _download(client, address)))
        first = best_of(size.repeats, lambda: next(iter(_download(client, address))))
        seconds = best_of(size.repeats, lambda: sum(map(len, _download(client, address))))
    part.add(f"echo_studies.csv, {rows:,} rows", per_second(rows, seconds))
    _against(part, place, rows, seconds, size.repeats)
    _first_byte(part, rows, first)
    part.remark(f"The file has {length / 1e6:.1f} MB.")
    if size.big_report_rows:
        _big(part, place, size.big_report_rows)
    return part


def _make(place: Place, rows: int) -> int:
    """So many studies of the place's patients; how many there are."""
    by_hand = min(rows, MOST_MADE_BY_HAND)
    make_patients(place, by_hand // STUDIES_EACH, studies=STUDIES_EACH)
    if rows > by_hand:
        multiply(place, rows // by_hand - 1)
    _settle()
    return EchoStudy.objects.filter(patient__registrations__clinic=place.clinic).count()


def _settle() -> None:
    """As a database is that was filled long ago."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    else:
        analyze()


def _download(client: Any, address: str, form: str = "csv") -> Any:
    response = client.post(address, TAKE | {"form": form})
    assert response.status_code == 200, response.status_code
    return response.streaming_content


def _against(part: Part, place: Place, rows: int, seconds: float, repeats: int) -> None:
    """The same rows in other ways."""
    scope = Scope([place.clinic])
    least = LEAST_OF_RIVAL[connection.vendor]
    _beside(part, "django-import-export", rows, seconds, least,
            seconds_of(lambda: rival_csv(ECHO_STUDIES, scope)))  # fmt: skip
    if connection.vendor == "postgresql":
        for name, writers, least_of in (
            ("COPY of the same cells", UNQUOTED, LEAST_OF_COPY),
            ("COPY of the bare columns", None, None),
        ):
            taken = best_of(repeats, _copying(scope, writers))
            _beside(part, name, rows, seconds, least_of, taken)
    _beside(part, "bare rows by Python", rows, seconds, None,
            best_of(repeats, lambda: _plain(place)))  # fmt: skip


def _beside(
    part: Part, name: str, rows: int, seconds: float, least: float | None, other: float
) -> None:
    """How many times as quick the report is as another way."""
    part.add(
        f"beside {name}",
        per_second(rows, other),
        ratio=f"the report: {times(other / seconds)}",
        target=f"≥ {least} ×" if least else "",
        met=other / seconds >= least if least else None,
    )


def _copying(scope: Scope, writers: Writers | None) -> Callable[[], None]:
    """PostgreSQL's own way out: the cells that the report has, or what they are made of."""
    [query] = ECHO_STUDIES.source.queries  # type: ignore[attr-defined]
    within, [cells], parameters = cells_of(query(scope), [ECHO_STUDIES.columns], writers or WRITERS)
    selected = ", ".join(cells) if writers else "*"

    def copy() -> None:
        with connection.cursor() as cursor:
            statement = f"COPY ({within} SELECT {selected} FROM t) TO STDOUT WITH CSV"  # noqa: S608
            cursor.copy_expert(cursor.mogrify(statement, parameters), _Nowhere())

    return copy


class _Nowhere:
    """Takes what is written and forgets it."""

    def write(self, data: bytes | str) -> int:
        return len(data)


def _plain(place: Place) -> int:
    rows = EchoStudy.objects.filter(patient__registrations__clinic=place.clinic)
    length = 0
    for row in rows.order_by().values_list().iterator(chunk_size=2000):
        buffer = io.StringIO()
        csv.writer(buffer).writerow(row)
        length += len(buffer.getvalue())
    return length


def _first_byte(part: Part, rows: int, seconds: float) -> None:
    part.add(
        f"first byte, {rows:,} rows",
        milliseconds(seconds),
        target=f"≤ {MOST_TO_FIRST_BYTE * 1000:.0f} ms",
        met=seconds <= MOST_TO_FIRST_BYTE,
    )


def _big(part: Part, place: Place, wanted: int) -> None:
    """The same with very many rows, each form in a process of its own."""
    have = EchoStudy.objects.filter(patient__registrations__clinic=place.clinic).count()
    multiply(place, wanted // have - 1)
    _settle()
    for form in ("csv", "zip"):
        found = big_download.measured(place.user.get_username(), form)
        rows = f"{found.rows:,} rows as {form}"
        part.add(rows, per_second(found.rows, found.seconds))
        _first_byte(part, found.rows, found.first_byte) if form == "csv" else None
        part.add(
            f"{rows}: memory",
            f"{found.memory:.1f} MB",
            target=f"≤ {MOST_MEMORY} MB above rest",
            met=found.memory <= MOST_MEMORY,
        )
        part.remark(f"{rows}: {found.bytes / 1e6:,.0f} MB.")
