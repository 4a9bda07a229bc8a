"""The report of surgical timing as a plain CSV, read from stored standings."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from time import process_time
from typing import Any

from django.db import connection
from django.test import override_settings

from accounts.models import Clinic
from benchmarks.cohort import analyze, give_standings, make_patients, new_place
from benchmarks.figures import Part, best_of, per_second, times
from benchmarks.sizes import Size
from followup.models import Standing
from reports.scope import Scope
from reports.timing_report import OF_TODAY, SURGICAL_TIMING

ABOUT = (
    "The lines of the report for a clinic whose standings are stored: two rows for each patient, "
    "one for each edition. The baseline writes the bare rows of the table of standings with "
    "Python's CSV writer; on PostgreSQL also `COPY` of the same columns, one row for each patient, "
    "without labels."
)
TARGET_PER_SECOND = 20_000


def run(size: Size) -> Part:
    """Write the lines of a clinic; the second figure is the processor time of our process."""
    with override_settings(SHOWS_UNSIGNED_VERDICTS=True):
        return _measured(size)


def _measured(size: Size) -> Part:
    place = new_place()
    give_standings(make_patients(place, size.listed_patients, studies=1))
    analyze()
    patients, part = size.listed_patients, Part("Timing report", ABOUT)
    seconds = best_of(size.repeats, lambda: _lines(place.clinic))
    own = min(_own_seconds(lambda: _lines(place.clinic)) for _time in range(size.repeats))
    bare = best_of(size.repeats, lambda: _bare(place.clinic))
    part.add(
        f"surgical_timing.csv, {2 * patients:,} rows",
        f"{patients / seconds:,.0f} patients/s",
        ratio=f"{times(seconds / bare)} the time of the bare rows",
        target=f"≥ {TARGET_PER_SECOND:,} patients/s",
        met=patients / seconds >= TARGET_PER_SECOND,
    )
    part.add("the same, processor time of our process", f"{patients / own:,.0f} patients/s")
    if connection.vendor == "postgresql":
        copied = best_of(size.repeats, lambda: _copied(place.clinic))
        part.add("COPY of the bare columns", f"{patients / copied:,.0f} patients/s",
                 ratio=f"{times(seconds / copied)} for the report")  # fmt: skip
    part.remark(f"Bare rows: {per_second(patients, bare)}.")
    return part


def _lines(clinic: Clinic) -> int:
    return sum(len(piece) for _rows, piece in SURGICAL_TIMING.pieces(Scope([clinic])))


def _own_seconds(work: Callable[[], Any]) -> float:
    began = process_time()
    work()
    return process_time() - began


def _bare(clinic: Clinic) -> int:
    rows = Standing.objects.filter(patient__registrations__clinic=clinic).order_by()
    length = 0
    for row in rows.values_list().iterator(chunk_size=2000):
        buffer = io.StringIO()
        csv.writer(buffer).writerow(row)
        length += len(buffer.getvalue())
    return length


def _copied(clinic: Clinic) -> int:
    """The database's own way out, of the columns that the report reads."""
    sql, parameters = OF_TODAY.statement(SURGICAL_TIMING.columns, Scope([clinic]))
    out = _Counted()
    with connection.cursor() as cursor:
        statement = cursor.mogrify(sql, parameters).decode()
        cursor.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT csv)", out)
    return out.length


class _Counted:
    """A file that keeps nothing."""

    length = 0

    def write(self, data: str | bytes) -> int:
        """Count what came."""
        self.length += len(data)
        return len(data)
