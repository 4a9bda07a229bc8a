"""The round over the standings: everybody, after a bulk write and in every later night."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_SELF, getpagesize, getrusage
from time import process_time

from django.db import connection
from django.test import override_settings
from django.utils import timezone

from benchmarks.figures import Part, milliseconds, seconds_of, times
from benchmarks.sizes import Size
from demo.clinics import make_cast
from demo.making import HAND_WRITTEN, Order, chunks_of, written
from followup.reassessing import Order as Round
from followup.reassessing import processes_possible, reassess
from followup.standing_changes import Outcome
from patients.models import Patient
from treatments.record import record_of

ABOUT = (
    "`manage.py reassess --all` over simulated patients, of about 35 rows each: the first round "
    "after they were written in bulk, which replays their records, and every later one. The "
    "baseline is reading the records alone."
)
TARGET_PER_SECOND, TARGET_TWICE = 250, 1.8
MOST_GROWTH = 1.1
AT_ONCE = 200


def run(size: Size) -> Part:
    """Write a cohort, visit it for the first time, then again, by one process and by two."""
    _make(size)
    patients = Patient.objects.count()
    part = Part("Reassess", ABOUT)
    reading = seconds_of(_read)
    first = seconds_of(_visit)
    part.add("first round", _rate(patients, first), ratio=_of(first, reading))
    memory = _Memory()
    began = process_time()
    steady = seconds_of(lambda: _visit(tell=memory.note))
    own = process_time() - began
    steady = min(steady, seconds_of(_visit))
    on_postgresql = connection.vendor == "postgresql"
    part.add(
        "steady, one process",
        _rate(patients, steady),
        ratio=_of(steady, reading),
        target=f"≥ {TARGET_PER_SECOND} patients/s" if on_postgresql else "",
        met=patients / steady >= TARGET_PER_SECOND if on_postgresql else None,
    )
    part.add(
        "memory after a quarter, at the end",
        f"{memory.quarter:,.0f} MB, {memory.end:,.0f} MB",
        target=f"≤ {MOST_GROWTH} times",
        met=memory.end <= MOST_GROWTH * memory.quarter,
    )
    if processes_possible(2) == 2:
        twice = min(seconds_of(lambda: _visit(2)) for _time in range(2))
        part.add(
            "steady, two processes",
            _rate(patients, twice),
            ratio=f"{times(steady / twice)} one process",
            target=f"≥ {TARGET_TWICE} × one process",
            met=steady / twice >= TARGET_TWICE,
        )
    part.remark(
        f"Of a steady round the process itself takes {milliseconds(own / patients)} a patient, the "
        "database and other programs the rest."
    )
    return part


def _make(size: Size) -> None:
    """Simulated patients, unless a benchmark before this one left some."""
    if Patient.objects.filter(registrations__clinic__code__startswith="demo").exists():
        return
    make_cast()
    order = Order(patients=HAND_WRITTEN + size.reassessed_patients)
    chunks = list(chunks_of(order, order.day(), with_truth=False))
    with override_settings(DEBUG=True):
        for _lines in written(chunks, 1):
            pass


def _read() -> None:
    """What every round does at least."""
    keys = list(Patient.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        patients = Patient.objects.filter(pk__in=keys[start : start + AT_ONCE])
        record_of(patients, on=timezone.localdate())


def _visit(processes: int = 1, tell: Callable[[Outcome, int], None] | None = None) -> None:
    outcome = reassess(Round(everybody=True, processes=processes), tell or _quiet)
    assert not outcome.failed


def _quiet(outcome: Outcome, of: int) -> None:
    """Nothing is said."""


class _Memory:
    """What the process takes up, in megabytes, after a quarter of the patients and at the end."""

    def __init__(self) -> None:
        self.quarter = self.end = 0.0

    def note(self, outcome: Outcome, of: int) -> None:
        """Called after each batch."""
        self.end = _megabytes()
        if not self.quarter and outcome.visited * 4 >= of:
            self.quarter = self.end


def _megabytes() -> float:
    """What is resident now; where Linux does not say, the peak."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return getrusage(RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    return pages * getpagesize() / 1024**2


def _rate(patients: int, seconds: float) -> str:
    return f"{patients / seconds:,.0f} patients/s ({patients:,})"


def _of(seconds: float, reading: float) -> str:
    return f"{times(seconds / reading)} reading"
