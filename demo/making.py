"""Making the demo, and refusing where real patients might be.

A small demo is made in one transaction: all of it, or none. A large one is written in chunks, each
in a transaction of its own; a setting of the northern clinic says from the first moment on that it
is incomplete, and the same command completes it after an interruption.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, connections, reset_queries, transaction
from django.utils import timezone

from accounts.actions import set_clinic_setting
from accounts.models import Clinic, ClinicSetting, User
from demo.book import Book
from demo.clinics import NORTH_CODE, SOUTH_CODE, TIME_ZONES, make_cast
from demo.lives import Place, Places, write_lives
from demo.past import Desk, last_moment
from demo.patients import NORTH, SOUTH, Story
from demo.simulation.simulating import simulate
from demo.truth import heading, lines_of, recorded_lines
from patients.models import Patient, Registration
from patients.past import (
    PastRefusedError,
    derived_at_the_end,
    refuse_where_patients_may_be_real,
)

DEMO_CODES = (NORTH_CODE, SOUTH_CODE)
HAND_WRITTEN = len(NORTH) + len(SOUTH)
DEFAULT_PATIENTS = 150
DEFAULT_SEED = 1
CHUNK = 250
"""Simulated patients in one transaction: enough for bulk, few enough for little memory."""
AT_ONCE = 1000
"""A demo of at most so many simulated patients is one transaction."""
MANY = 2000
"""From so many on PostgreSQL, all cores are used unless ``jobs`` says otherwise."""
MARK = "demo"

Tell = Callable[[int, int], None]
"""Called with the number of patients made and of all."""


class DemoRefusedError(Exception):
    """The demo may not be made here, or not like this; the text says why."""


@dataclass(frozen=True)
class Order:
    """What demo is wanted. ``today`` is its day: the earlier of its clinics' own by default.

    ``north`` and ``south`` write the hand-written patients; a test may do with fewer.
    """

    patients: int = DEFAULT_PATIENTS
    seed: int = DEFAULT_SEED
    today: date | None = None
    truth: Path | None = None
    jobs: int | None = None
    north: tuple[Story, ...] = NORTH
    south: tuple[Story, ...] = SOUTH

    @property
    def hand_written(self) -> int:
        """How many patients are hand-written."""
        return len(self.north) + len(self.south)

    @property
    def simulated(self) -> int:
        """How many patients are simulated: all but the hand-written."""
        return self.patients - self.hand_written

    def day(self) -> date:
        """The day of the demo: the one that was asked for, else the clinics' own."""
        return self.today or _own_today()


def refuse_on_live_instance() -> None:
    """Raise ``DemoRefusedError`` on a live instance, also where nothing would be made."""
    if settings.INSTANCE == "live":
        refuse_where_it_may_not_be()


def refuse_where_it_may_not_be() -> None:
    """Raise ``DemoRefusedError`` on a live instance, and where DEBUG is off."""
    try:
        refuse_where_patients_may_be_real()
    except PastRefusedError as refusal:
        raise DemoRefusedError(str(refusal)) from refusal


def refuse_beside_other_data() -> None:
    """Raise ``DemoRefusedError`` where data lies that is not the demo's."""
    if holds_other_data():
        raise DemoRefusedError(
            "This database holds clinics or patients that are not the demo's: the demo is made "
            "in an empty database only."
        )


def holds_other_data() -> bool:
    """Whether there is a clinic or a patient that the demo did not make."""
    if Clinic.objects.exclude(code__in=DEMO_CODES).exists():
        return True
    return Patient.objects.exclude(registrations__clinic__code__in=DEMO_CODES).exists()


def demo_exists() -> bool:
    """Whether the demo was made, or begun, before."""
    return Clinic.objects.filter(code__in=DEMO_CODES).exists()


def is_empty() -> bool:
    """Whether nobody has begun to work with this database."""
    return not (Clinic.objects.exists() or Patient.objects.exists())


def unfinished() -> str:
    """The command that completes a demo that was interrupted; "" when there is none."""
    mark = _mark()
    return "" if mark is None or mark["complete"] else _command(mark)


def make_demo(order: Order, tell: Tell = lambda made, of: None) -> int:
    """Make both clinics with their people and patients, or complete what was interrupted.

    Gives the number of patients. Everything that can be refused is refused before anything is
    made; raises ``DemoRefusedError`` with the reason.
    """
    refuse_where_it_may_not_be()
    refuse_beside_other_data()
    _check(order)
    jobs = _jobs(order)
    begun = _begun(order)
    with _truth_file(order.truth) as truth:
        if order.simulated <= AT_ONCE and jobs == 1:
            with transaction.atomic():
                _make(begun or _begin(order), order, jobs, truth, tell)
        else:
            _make(begun or _begin(order), order, jobs, truth, tell)
    return order.patients


def _check(order: Order) -> None:
    if order.patients < order.hand_written:
        raise DemoRefusedError(
            f"The demo has at least {order.hand_written} patients: the hand-written ones are "
            f"always among them. {order.patients} are too few."
        )
    if order.jobs is not None and order.jobs < 1:
        raise DemoRefusedError("At least one job is needed (--jobs 1).")
    if order.today is not None and order.today > _own_today():
        raise DemoRefusedError(
            "The demo cannot be dated in the future: its newest records would lie there."
        )


def _own_today() -> date:
    """The day of the demo: the earliest today of its clinics, so that no row lies in the future."""
    return min(timezone.localdate(timezone=ZoneInfo(zone)) for zone in TIME_ZONES.values())


def _jobs(order: Order) -> int:
    """How many processes write: one, unless PostgreSQL and many patients make more worth it."""
    can_share = connection.vendor == "postgresql" and "fork" in (
        multiprocessing.get_all_start_methods()
    )
    if order.jobs is not None:
        if order.jobs > 1 and not can_share:
            raise DemoRefusedError(
                "Several jobs need PostgreSQL: SQLite takes one writer at a time (--jobs 1)."
            )
        return order.jobs
    return (os.cpu_count() or 1) if can_share and order.simulated >= MANY else 1


def _begun(order: Order) -> date | None:
    """The day of a demo that was interrupted and is now completed; None for a new one."""
    if not demo_exists():
        return None
    mark = _mark()
    if mark is None or mark["complete"]:
        raise DemoRefusedError("The demo clinics exist already.")
    day = date.fromisoformat(mark["today"])
    if (order.patients, order.seed, order.today or day) != (mark["patients"], mark["seed"], day):
        raise DemoRefusedError(
            "A demo was begun here and is incomplete. Complete it as it was begun, with\n"
            f"  {_command(mark)}\nor begin anew in an empty database."
        )
    return day


def _begin(order: Order) -> date:
    """The clinics with their people and the hand-written patients, marked incomplete."""
    day = order.day()
    with derived_at_the_end():
        cast = make_cast()
        _set_mark(order, day, complete=False)
        alice, charlie = cast.users["alice"], cast.users["charlie"]
        north = _book(cast.north, order.today, alice, cast.users["nina"], cast.users["clara"])
        south = _book(cast.south, order.today, charlie, charlie, charlie)
        for write in order.north:
            write(north)
        for write in order.south:
            write(south)
    return day


def _book(clinic: Clinic, today: date | None, clinician: User, nurse: User, clerk: User) -> Book:
    # East and west may differ by a day: no record may lie in the future of its own clinic.
    own_today = clinic.today()
    return Book(
        clinic=clinic,
        today=min(today, own_today) if today else own_today,
        clinician=clinician,
        nurse=nurse,
        clerk=clerk,
    )


def _make(day: date, order: Order, jobs: int, truth: TextIO | None, tell: Tell) -> None:
    """The simulated patients, chunk after chunk, and the truth; then the demo is complete."""
    if truth is not None:
        truth.write(heading())
        truth.writelines(_hand_written_truth(order, day))
    made = order.hand_written
    tell(made, order.patients)
    chunks = list(chunks_of(order, day, with_truth=truth is not None))
    for chunk, lines in zip(chunks, written(chunks, jobs), strict=True):
        if truth is not None:
            truth.write(lines)
        made += len(chunk.indexes)
        tell(made, order.patients)
    _set_mark(order, day, complete=True)
    if not connection.in_atomic_block:
        _analyze()


def _hand_written_truth(order: Order, day: date) -> Iterator[str]:
    """Hand-written patients were made first, with the clinics."""
    for patient in Patient.objects.order_by("id")[: order.hand_written]:
        yield recorded_lines(patient, NAMES, day)


def _analyze() -> None:
    """Let the database look at what it holds, as it would in the night after so many writes."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


# The mark -----------------------------------------------------------------------------------------


def _mark() -> dict[str, Any] | None:
    """What the newest mark says: how the demo was ordered, and whether it is complete."""
    rows = ClinicSetting.objects.filter(clinic__code=NORTH_CODE, name=MARK).order_by("-id")
    return rows.values_list("value", flat=True).first()


def _set_mark(order: Order, day: date, *, complete: bool) -> None:
    mark = {
        "patients": order.patients,
        "seed": order.seed,
        "today": day.isoformat(),
        "complete": complete,
    }
    clinic = Clinic.objects.get(code=NORTH_CODE)
    by = User.objects.get(username="ada")
    set_clinic_setting(clinic=clinic, name=MARK, value=mark, from_on=day, by=by)


def _command(mark: dict[str, Any]) -> str:
    options = f"--patients {mark['patients']} --seed {mark['seed']} --today {mark['today']}"
    return f"manage.py demo {options}"


# Chunks -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chunk:
    """Simulated patients that are written together."""

    indexes: range
    seed: int
    today: date
    with_truth: bool


def chunks_of(order: Order, day: date, *, with_truth: bool) -> Iterator[Chunk]:
    """The simulated patients of a demo, in the pieces in which they are written."""
    for start in range(1, order.simulated + 1, CHUNK):
        indexes = range(start, min(start + CHUNK, order.simulated + 1))
        yield Chunk(indexes, order.seed, day, with_truth)


def written(chunks: list[Chunk], jobs: int) -> Iterator[str]:
    """Write the chunks; the lines of their truth come in the chunks' order."""
    if jobs == 1 or len(chunks) < 2:
        yield from map(write_chunk, chunks)
        return
    # A connection does not survive in two processes: each opens its own.
    connections.close_all()
    pool = ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("fork"),
        initializer=_begin_to_work,
    )
    waiting: deque[Future[str]] = deque()
    try:
        for chunk in chunks:
            waiting.append(pool.submit(_work, chunk))
            # Few at once: what is finished and not fetched takes memory.
            if len(waiting) > 2 * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _begin_to_work() -> None:
    """What a process does that writes chunks and nothing else."""
    # Ctrl-C reaches every process: the parent alone decides what follows.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The collector would look again and again at rows that are needed until the chunk is written.
    gc.freeze()
    gc.disable()


def _work(chunk: Chunk) -> str:
    lines = write_chunk(chunk)
    gc.collect()
    # What is left is remembered from chunk to chunk: the next look need not pass over it again.
    gc.freeze()
    return lines


def write_chunk(chunk: Chunk) -> str:
    """Write a chunk in one transaction, unless it was written before; the lines of its truth."""
    seed, today = chunk.seed, chunk.today
    first = simulate(seed, chunk.indexes[0], today)
    missing = not Registration.objects.filter(
        record_number=first.record_number, clinic__code=CODES[first.clinic]
    ).exists()
    if not (missing or chunk.with_truth):
        return ""
    lives = [first, *(simulate(seed, index, today) for index in chunk.indexes[1:])]
    if missing:
        now = timezone.now()
        write_lives(lives, places_on(today, now), seed, now=now)
    if settings.DEBUG:
        # Django remembers the statements of a process under DEBUG.
        reset_queries()
    return "".join(map(lines_of, lives)) if chunk.with_truth else ""


def places_on(today: date, now: datetime) -> Places:
    """The demo's clinics and the desks of its people, on the demo's day."""
    clinics = {clinic.code: clinic for clinic in Clinic.objects.filter(code__in=DEMO_CODES)}
    users = dict(User.objects.values_list("username", "pk"))

    def place(code: str, *teams: tuple[str, str, str]) -> Place:
        clinic = clinics[code]
        zone = ZoneInfo(clinic.time_zone)
        last = last_moment(today, zone, now)
        desks = (
            Desk(zone, users[clinician], users[nurse], users[clerk], last)
            for clinician, nurse, clerk in teams
        )
        return Place(clinic, tuple(desks))

    return {
        "north": place(NORTH_CODE, ("alice", "nina", "clara"), ("bob", "nina", "clara")),
        "south": place(SOUTH_CODE, ("charlie", "charlie", "charlie")),
    }


# How lives name the clinics.
CODES = {"north": NORTH_CODE, "south": SOUTH_CODE}
NAMES = {code: name for name, code in CODES.items()}


# The truth's file ---------------------------------------------------------------------------------


@contextmanager
def _truth_file(path: Path | None) -> Iterator[TextIO | None]:
    """A file beside the one that is wanted, which takes its name when all is written."""
    if path is None:
        yield None
        return
    part = path.with_name(f"{path.name}.part")
    with ExitStack() as stack:
        try:
            if path.is_dir():
                raise IsADirectoryError(None, "it is a folder")
            file = stack.enter_context(part.open("w", encoding="utf-8", newline=""))
        except OSError as error:
            raise DemoRefusedError(
                f"The truth cannot be written to {path} ({error.strerror})."
            ) from error
        try:
            yield file
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    part.replace(path)
