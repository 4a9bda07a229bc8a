"""A round over the patients' standings: those that are due, or everybody, renewed or compared.

Each batch is one transaction: the patients' rows are locked as every clinical write locks them, the
records are read after that, and what follows from them is stored. So a standing never says less
than the record did when it was stored, whoever writes meanwhile; a clinician waits for one batch
at most, which is cut so that it takes about a second. A round that is stopped loses one batch; the
next one goes on where standings are still due.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import (
    DatabaseError,
    OperationalError,
    connection,
    connections,
    reset_queries,
    transaction,
)
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Clinic
from followup.clinic_rules import DEFAULT_RULES, ClinicRules, as_if_adopted, rules_of
from followup.clock import ToRenew, renew_clocks
from followup.models import ReassessRun, Standing
from followup.pathway_rows import NO_ROWS, PathwayRows
from followup.selectors import outdated_patients
from followup.standing import (
    MOST_DAYS_AT_A_WRITE,
    Found,
    by_day,
    gathered,
    standing_of,
    store,
    zone_of,
)
from followup.standing_changes import Outcome, changes_of, is_different
from guidelines.assessment import ENGINE_VERSION, Outline, graded_picture
from guidelines.facts import ClinicalPicture
from guidelines.latch import CLASS_1
from guidelines.rule import Edition
from patients.models import Patient, Registration
from patients.writing import locked
from treatments.carried import Carried, open_today
from treatments.held import Checkpoint, Replay, from_stored, replayed, stored_form
from treatments.record import PatientRecord

logger = logging.getLogger(__name__)

LARGEST_BATCH, FIRST_BATCH, SMALLEST_BATCH = 200, 25, 5
SECONDS_OF_A_BATCH = 1.0
"""How long a clinician who writes to one of its patients may wait, about."""
PAGE = 1000
"""Keys that are read at once."""
TRIES_AFTER_SECONDS = (0.5, 2.0)
"""Waits before a batch is tried again whose transaction the database refused (a deadlock)."""

EVERYBODY = "everybody"
"""How the note of a round over everybody begins."""
GOES_ON_WITHIN = timedelta(hours=12)
"""How long after it was begun a round over everybody is gone on with instead of begun anew."""

Tell = Callable[[Outcome, int], None]
"""Called after each batch with what was found so far, and how many patients there are in all."""


@dataclass(frozen=True)
class Order:
    """What round is wanted.

    ``everybody``: not only those whose standing is out of date. ``what_if``: compare and write
    nothing; with an ``edition``, what the clinic's adopting it would change. ``clinic``: only who
    is followed there. ``lists``: keep the record numbers of those who changed.
    """

    everybody: bool = False
    what_if: bool = False
    edition: Edition | None = None
    clinic: Clinic | None = None
    lists: bool = False
    processes: int = 1


def patients_of(order: Order, now: datetime, since: datetime | None = None) -> QuerySet[Patient]:
    """Whom a round visits; ``since``: nobody who was assessed after that instant."""
    found = Patient.objects.all() if order.everybody or order.what_if else outdated_patients(now)
    if since is not None:
        found = found.exclude(standing__assessed_at__gte=since)
    if order.clinic is not None:
        followed = Registration.objects.filter(clinic=order.clinic, until_on__isnull=True)
        found = found.filter(pk__in=followed.values("patient_id"))
    return found


def reassess(order: Order, tell: Tell = lambda outcome, of: None) -> Outcome:
    """Visit the patients; keep what was found in a ``ReassessRun``, unless nothing is written."""
    now = timezone.now()
    run = since = None
    if not order.what_if:
        since = _begun_before(now) if order.everybody else None
        run = ReassessRun.objects.create(
            started_at=now,
            engine_version=ENGINE_VERSION,
            note=EVERYBODY if order.everybody else "",
        )
    outcome = Outcome()
    try:
        of = patients_of(order, now, since).count()
        with closing(_visits(order, now, since)) as visits:
            for found in visits:
                outcome.add(found)
                tell(outcome, of)
    except BaseException as reason:
        if run is not None:
            by_hand = isinstance(reason, KeyboardInterrupt)
            why = "stopped by hand" if by_hand else f"stopped by {type(reason).__name__}"
            note = ", ".join(filter(None, (run.note, why)))
            with suppress(DatabaseError):
                _keep(run, outcome, stopped_at=timezone.now(), note=note)
        raise
    if run is not None:
        _keep(run, outcome, finished_at=timezone.now())
    return outcome


def _begun_before(now: datetime) -> datetime | None:
    """When a round over everybody was begun that never ended: this one goes on with it."""
    begun = None
    rows = ReassessRun.objects.filter(started_at__gte=now - GOES_ON_WITHIN)
    for run in rows.order_by("-started_at", "-id"):
        if not run.note.startswith(EVERYBODY):
            continue
        if run.finished_at is not None or run.engine_version != ENGINE_VERSION:
            break
        begun = run.started_at
    return begun


def _keep(run: ReassessRun, outcome: Outcome, **ended: Any) -> None:
    counts = {"visited": outcome.visited, "changed": outcome.changed}
    ReassessRun.objects.filter(pk=run.pk).update(**counts, failed=len(outcome.failed), **ended)


# By one process or several ------------------------------------------------------------------------


def processes_possible(wanted: int) -> int:
    """SQLite takes one writer at a time; and what is inside a transaction stays in its process."""
    alone = connection.vendor != "postgresql" or connection.in_atomic_block
    return 1 if alone or "fork" not in multiprocessing.get_all_start_methods() else wanted


def _visits(order: Order, now: datetime, since: datetime | None) -> Generator[Outcome, None, None]:
    processes = processes_possible(order.processes)
    if processes > 1:
        yield from _visits_of_many(order, now, since, processes)
        return
    pace = Pace()
    with _collecting_seldom():
        for keys in _pages(order, now, since, PAGE):
            for found in pace.batches(keys, order):
                yield found
                # Django remembers the statements of a process under DEBUG.
                if settings.DEBUG:
                    reset_queries()
            gc.collect()


def _pages(order: Order, now: datetime, since: datetime | None, size: int) -> Iterator[list[int]]:
    """The keys of the patients in their order, some at a time: never all of them in memory."""
    last = 0
    while True:
        found = patients_of(order, now, since).filter(pk__gt=last).order_by("pk")
        keys = list(found.values_list("pk", flat=True)[:size])
        if not keys:
            return
        yield keys
        last = keys[-1]


def _visits_of_many(
    order: Order, now: datetime, since: datetime | None, processes: int
) -> Iterator[Outcome]:
    """Several processes, each taking the next keys from one queue."""
    waiting: deque[Future[Outcome]] = deque()
    pool = ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("fork"),
        initializer=_begin_to_work,
        initargs=(os.getpid(),),
    )
    try:
        for keys in _pages(order, now, since, LARGEST_BATCH):
            if not waiting:
                # A connection does not survive in two processes: each opens its own.
                connections.close_all()
            waiting.append(pool.submit(_work, keys, order))
            if len(waiting) > 2 * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


_pace_of_worker: Pace


def _begin_to_work(parent: int) -> None:
    """What a process does that visits patients and nothing else."""
    # Ctrl-C reaches every process: the parent alone decides what follows.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    gc.freeze()
    gc.disable()
    global _pace_of_worker
    _pace_of_worker = Pace()


def _end_with(parent: int) -> None:
    """End when the parent was killed: a queue that nobody fills would be waited for for ever."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _work(keys: list[int], order: Order) -> Outcome:
    outcome = Outcome()
    for found in _pace_of_worker.batches(keys, order):
        outcome.add(found)
    gc.collect()
    if settings.DEBUG:
        reset_queries()
    return outcome


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """The collector would look again and again at rows that are needed until a batch is stored."""
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


@dataclass
class Pace:
    """How many patients make a batch of about ``SECONDS_OF_A_BATCH``: as quick as the last were."""

    size: int = FIRST_BATCH

    def batches(self, keys: Sequence[int], order: Order) -> Iterator[Outcome]:
        """Visit all of them, a batch at a time."""
        start = 0
        while start < len(keys):
            batch = keys[start : start + self.size]
            began = time.perf_counter()
            yield visit(batch, order)
            self._measured(len(batch), time.perf_counter() - began)
            start += len(batch)

    def _measured(self, patients: int, seconds: float) -> None:
        fitting = int(patients * SECONDS_OF_A_BATCH / max(seconds, 0.001))
        self.size = max(SMALLEST_BATCH, min(LARGEST_BATCH, fitting, 2 * self.size))


# One batch ----------------------------------------------------------------------------------------


def visit(keys: Sequence[int], order: Order) -> Outcome:
    """Visit these patients; when it fails for one of them, the others are visited nevertheless.

    Raises ``OperationalError`` when the database cannot be worked with.
    """
    try:
        return _tried_again(keys, order)
    except OperationalError:
        raise
    except Exception as error:
        if len(keys) > 1:
            outcome = Outcome()
            for key in keys:
                outcome.add(visit([key], order))
            return outcome
        return Outcome(visited=1, failed=[_failed(keys[0], error, order)])


def _tried_again(keys: Sequence[int], order: Order) -> Outcome:
    for seconds in TRIES_AFTER_SECONDS:
        try:
            return _visited_together(keys, order)
        except OperationalError:
            if connection.in_atomic_block:
                raise
            time.sleep(seconds)
            connection.close_if_unusable_or_obsolete()
    return _visited_together(keys, order)


def _failed(key: int, error: Exception, order: Order) -> str:
    """Say where it failed and for whom, by opaque id; the error's own words may hold anything.

    The patient stays due, so that every round says it until the reason is gone.
    """
    if not order.what_if:
        yesterday = timezone.localdate() - timedelta(days=1)
        Standing.objects.filter(patient_id=key).update(valid_until_on=yesterday)
    found = Patient.objects.filter(pk=key).values_list("public_id", flat=True)
    public_id = str(found.first())
    where = traceback.extract_tb(error.__traceback__)[-1]
    logger.error(
        "patient %s was not assessed: %s in %s, line %s",
        public_id,
        type(error).__name__,
        where.name,
        where.lineno,
    )
    return public_id


@dataclass
class _Pair:
    """What stood and what follows now, of one patient."""

    before: Standing | None
    after: Standing
    clinic: Clinic | None
    keeps_replay: bool
    to_renew: ToRenew


def _visited_together(keys: Sequence[int], order: Order) -> Outcome:
    outcome = Outcome(visited=len(keys))
    pairs: list[_Pair] = []
    with nullcontext() if order.what_if else transaction.atomic():
        at = timezone.now()
        found = Patient.objects.filter(pk__in=keys) if order.what_if else locked(keys)
        patients = {patient.pk: patient for patient in found}
        stored = {each.patient_id: each for each in Standing.objects.filter(patient_id__in=keys)}
        groups = by_day(patients, at)
        records, rows = gathered(groups)
        for (day, clinic), group in groups.items():
            rules = DEFAULT_RULES if clinic is None else rules_of(clinic, day)
            for key in (patient.pk for patient in group):
                reading = _Reading(records[key], rows.get(key, NO_ROWS), rules, clinic, at)
                try:
                    pairs.append(_pair(reading, stored.get(key), order))
                except DatabaseError:
                    raise
                except Exception as error:
                    outcome.failed.append(_failed(key, error, order))
        if not order.what_if:
            renew_clocks([pair.to_renew for pair in pairs], at=at)
            _store(pairs)
    _count(outcome, pairs, order)
    return outcome


@dataclass(frozen=True)
class _Reading:
    """One gathered record and by what it is judged."""

    record: PatientRecord
    rows: PathwayRows
    rules: ClinicRules
    clinic: Clinic | None
    at: datetime

    def judged(self, finds: _FindsOpen) -> Standing:
        return standing_of(self.record, self.at, finds.rules, self.rows, found=finds)


def _pair(reading: _Reading, stored: Standing | None, order: Order) -> _Pair:
    kept = stored.replay if stored is not None else None
    rules, record = reading.rules, reading.record
    # A comparison replays whose record was replayed for what is stored, and nobody else.
    may_replay = not order.what_if or kept is not None
    if order.edition is None or reading.clinic != order.clinic:
        finds = _FindsOpen(record, rules, kept, may_replay=may_replay)
        before, after = stored, reading.judged(finds)
    else:
        finds = _FindsOpen(record, rules, kept, may_replay=may_replay)
        before = reading.judged(finds)
        adopting = as_if_adopted(rules, order.edition, record.on)
        finds = _FindsOpen(record, adopting, kept, may_replay=may_replay, until=record.on)
        after = reading.judged(finds)
    if finds.replay is not None:
        after.replay = stored_form(finds.replay.checkpoints, rules.mark)
    to_renew = ToRenew(
        record=record,
        rows=reading.rows,
        rules=rules,
        zone=zone_of(reading.clinic),
        standing=after,
        kept=stored.clock if stored is not None else None,
        found=finds.replay or finds.carried,
    )
    return _Pair(before, after, reading.clinic, finds.replay is None, to_renew)


@dataclass
class _FindsOpen:
    """Finds what is open: carried on from what was kept, or by a replay, where one is worth it.

    Not worth it is the replay of a record without a study in which no class 1 or I stands or stood:
    then what stands today is what is open. ``until``: what was kept of this day and later ones does
    not serve.
    """

    record: PatientRecord
    rules: ClinicRules
    kept: dict[str, Any] | None
    may_replay: bool
    until: date | None = None
    replay: Replay | None = field(default=None, init=False)
    carried: Carried = field(default_factory=Carried, init=False)

    def __call__(self, picture: ClinicalPicture, said: Outline) -> Found | None:
        kept = self._checkpoints()
        # A replay judges the picture as it is, an outline leaves impossible pairs of values out.
        if said.graded is graded_picture(picture):
            found = open_today(
                self.record,
                said.editions,
                said.graded.picture,
                kept,
                limits=self.rules.limits,
                turns=self.rules.turns,
            )
            if found is not None:
                self.carried = found
                return found
        if not self.may_replay or not self._is_worth_it(said):
            return None
        self.replay = replayed(
            self.record,
            editions_of=self.rules.editions_of,
            limits=self.rules.limits,
            turns=self.rules.turns,
            kept=kept,
            most_days=MOST_DAYS_AT_A_WRITE,
            keeps=True,
        )
        return self.replay

    def _checkpoints(self) -> list[Checkpoint]:
        kept = from_stored(self.kept, self.rules.mark)
        return [each for each in kept if self.until is None or each.through < self.until]

    def _is_worth_it(self, said: Outline) -> bool:
        if any(study.counts for study in self.record.echo_studies):
            return True
        if any(verdict.standing.headline == CLASS_1 for verdict in said.editions):
            return True
        return self.kept is not None and _had_something_open(self.kept)


def _had_something_open(kept: dict[str, Any]) -> bool:
    """Whether a replay, of whatever program, had found anything open."""
    folds = (fold for each in kept.get("checkpoints", ()) for fold in each["folds"].values())
    return any(fold.get("standing") for fold in folds)


def _store(pairs: Iterable[_Pair]) -> None:
    """Those without a new replay keep what they have, which is the larger part of a row."""
    keeping = [pair.after for pair in pairs if pair.keeps_replay]
    renewed = [pair.after for pair in pairs if not pair.keeps_replay]
    if keeping:
        store(keeping, except_for=frozenset({"replay"}))
    if renewed:
        store(renewed)


def _count(outcome: Outcome, pairs: Sequence[_Pair], order: Order) -> None:
    different = [pair for pair in pairs if is_different(pair.before, pair.after)]
    numbers = _record_numbers(different) if order.lists else {}
    for pair in different:
        outcome.changed += 1
        outcome.was_due += _was_due(pair)
        found = list(changes_of(pair.before, pair.after))
        outcome.otherwise += not found
        for change in found:
            outcome.changes[change] += 1
            if order.lists:
                number = numbers.get(pair.after.patient_id, "without a registration")
                outcome.numbers.setdefault(change, []).append(number)


def _was_due(pair: _Pair) -> bool:
    due_on = pair.before.valid_until_on if pair.before is not None else None
    return due_on is None or due_on <= pair.after.assessed_for_on


def _record_numbers(pairs: Sequence[_Pair]) -> dict[int, str]:
    """The numbers by which the clinics that judged them know these patients."""
    judging = {pair.after.patient_id: pair.clinic.pk for pair in pairs if pair.clinic is not None}
    rows = Registration.objects.filter(patient_id__in=judging).select_related("clinic")
    return {
        row.patient_id: f"{row.clinic.code} {row.record_number}"
        for row in rows.order_by("id")
        if judging[row.patient_id] == row.clinic_id
    }
