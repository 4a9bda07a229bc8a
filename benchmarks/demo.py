"""Making the demo: simulated patients with their histories, written in bulk."""

from __future__ import annotations

import os
import resource
import sys

from django.db import connection
from django.test import override_settings

from benchmarks.figures import Part, seconds_of, times
from benchmarks.sizes import Size
from demo.clinics import make_cast
from demo.making import HAND_WRITTEN, Chunk, Order, chunks_of, written
from demo.simulation.simulating import simulate
from followup.models import Standing
from patients.models import Patient

ABOUT = (
    "Simulated patients the whole way: simulated, written with every version of every row, their "
    "standings computed; about 35 rows and 38 versions a patient. PostgreSQL is written to by as "
    "many processes as there are cores, SQLite by one. The baseline is the simulation alone."
)
TARGET_PER_SECOND = 300
MOST_MEGABYTES = 500


def run(size: Size) -> Part:
    """Write a cohort; how quickly, and with how much memory."""
    make_cast()
    order = Order(patients=HAND_WRITTEN + size.demo_patients)
    day = order.day()
    chunks = list(chunks_of(order, day, with_truth=True))
    alone = seconds_of(lambda: _simulated(chunks))
    jobs = _jobs()
    before = Patient.objects.count()
    with override_settings(DEBUG=True):
        seconds = seconds_of(lambda: _written(chunks, jobs))
    made = Patient.objects.count() - before
    assert made == size.demo_patients <= Standing.objects.count()
    part = Part("Demo", ABOUT)
    rate = made / seconds
    on_postgresql = connection.vendor == "postgresql"
    part.add(
        f"{made:,} patients, {jobs} at once",
        f"{rate:,.0f} patients/s",
        ratio=f"{times(seconds / alone)} the time of the simulation",
        target=f"≥ {TARGET_PER_SECOND} patients/s" if on_postgresql else "",
        met=rate >= TARGET_PER_SECOND if on_postgresql else None,
    )
    most = _megabytes(resource.RUSAGE_SELF), _megabytes(resource.RUSAGE_CHILDREN)
    part.add(
        "most memory of one process",
        f"{max(most):,.0f} MB",
        target=f"≤ {MOST_MEGABYTES} MB, however many patients",
        met=max(most) <= MOST_MEGABYTES,
    )
    part.remark(f"The simulation alone: {made / alone:,.0f} patients/s.")
    return part


def _simulated(chunks: list[Chunk]) -> None:
    for chunk in chunks:
        for index in chunk.indexes:
            simulate(chunk.seed, index, chunk.today)


def _written(chunks: list[Chunk], jobs: int) -> None:
    for _lines in written(chunks, jobs):
        pass


def _jobs() -> int:
    """As the command chooses for many patients; inside a test's transaction one."""
    alone = connection.vendor != "postgresql" or connection.in_atomic_block
    return 1 if alone else os.cpu_count() or 1


def _megabytes(whose: int) -> float:
    """The peak since the process began; Linux counts in kilobytes, macOS in bytes."""
    peak = resource.getrusage(whose).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
