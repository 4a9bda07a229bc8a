"""When the record, as it was known, first showed a class 1 or I.

A record is known as of an instant: each row in its newest version by then (``patients.history``).
What was known on a day is what was known at its end, in the clinic's calendar. From one day on
which something was written to the next the rows stay as they are and only time passes. So each
such stretch is replayed as ``treatments.held`` replays a record: the days on which it says
something new, and the eve of the next writing.

What was known can only be added to: what was found for the days before one on which nothing more is
written stays true, and is gone on from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from guidelines.clock import Runs
from patients.models import AcuteEpisode, Patient
from treatments.facts.ageing import LIMITS
from treatments.held import Between
from treatments.latch import EditionsOf, days_on_record
from treatments.record import KINDS, Kind, PatientRecord, place_of, versions_of

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """One version of a row, or of the person, by when it was written; without ``row`` once gone."""

    at: datetime
    kind: Kind | None
    key: int
    row: Any


@dataclass(slots=True)
class History:
    """Everything that was ever written about one patient, in the order of writing."""

    patient: Patient
    zone: tzinfo
    changes: list[Change] = field(default_factory=list)

    def days(self) -> list[date]:
        """The days on which something was written."""
        return sorted({self.day_of(change) for change in self.changes})

    def day_of(self, change: Change) -> date:
        """The day of a change in the clinic's calendar."""
        return change.at.astimezone(self.zone).date()


def histories_of(
    patients: Iterable[Patient], *, at: datetime, zones: Mapping[int, tzinfo]
) -> dict[int, History]:
    """The histories of these patients up to an instant, in two queries and one for each kind.

    ``zones``: the calendar of the clinic that judges each of them.
    """
    found = {each.pk: History(each, zones.get(each.pk, UTC)) for each in patients}
    for kind, patient_id, version in versions_of(sorted(found), at):
        row = None if version.history_type == "-" else version.instance
        change = Change(version.history_date, kind, version.id, row)
        found[patient_id].changes.append(change)
    for history in found.values():
        history.changes.sort(key=lambda change: change.at)
    return found


@dataclass(slots=True)
class KnownRuns:
    """What was found by the end of a day and by the end of the day before it."""

    before: Runs
    now: Runs
    looked_from: date | None


def known_runs(
    history: History,
    *,
    on: date,
    editions_of: EditionsOf,
    limits: Mapping[str, int] = LIMITS,
    turns: Collection[date] = (),
    start: tuple[date, Runs] | None = None,
    most_days: int | None = None,
    alike: tuple[PatientRecord, Mapping[date, frozenset[str]]] | None = None,
) -> KnownRuns:
    """The record as known on each day up to ``on``, replayed.

    ``start``: what was found by the end of an earlier day, to go on from. ``most_days``: judge what
    was written on the newest days only; ``looked_from`` then says since when.
    """
    runs = start[1].copy() if start else Runs()
    through = start[0] if start else None
    days = [day for day in history.days() if day < on and (through is None or day > through)]
    looked_from = None
    if most_days is not None and len(days) > most_days:
        runs, through, days = Runs(), None, days[-most_days:]
        looked_from = days[0]
    firsts = [*days, on]
    if through is not None and through + ONE_DAY < firsts[0]:
        firsts.insert(0, through + ONE_DAY)
    before = Runs()
    written = _Written(history)
    for place, first in enumerate(firsts):
        if first == on:
            before = runs.copy()
        last = on if first == on else firsts[place + 1] - ONE_DAY
        record = written.record(first, last)
        between = Between(record, editions_of, limits, alike=alike)
        _replay_stretch(runs, between, through, first, last, turns)
        through = last
    return KnownRuns(before, runs, looked_from)


def _replay_stretch(
    runs: Runs,
    between: Between,
    through: date | None,
    first: date,
    last: date,
    turns: Collection[date],
) -> None:
    """The days from ``first`` to ``last``, on which the rows are known as they are."""
    record = between.record
    said = {day for day in {*days_on_record(record), *turns} if first < day <= last}
    for day in sorted({first, *said}):
        between.enter(runs, through, day, is_entry=True)
        through = day
    if through is not None:
        between.carry(runs, through, last)


class _Written:
    """The rows as they stood at the end of one day after another."""

    def __init__(self, history: History) -> None:
        self.history = history
        self._next = 0
        self._rows: dict[Kind, dict[int, Any]] = {kind: {} for kind in KINDS}
        self._person = history.patient
        self._of_rows: dict[tuple[str, int], Any] = {}

    def record(self, known_on: date, on: date) -> PatientRecord:
        """What was known at the end of ``known_on``, of the days up to ``on``."""
        self._go_on(known_on)
        record = PatientRecord(self._person, on, of_rows=self._of_rows)
        for kind, rows in self._rows.items():
            kept = [r for r in rows.values() if r.struck_at is None and kind.is_dated(r, on)]
            if kept and kind.model is AcuteEpisode:
                record.zone = self.history.zone
                kept = [row for row in kept if record.has_come(row.onset_at)]
            setattr(record, kind.name, sorted(kept, key=place_of, reverse=True))
        return record

    def _go_on(self, day: date) -> None:
        changes = self.history.changes
        while self._next < len(changes) and self.history.day_of(changes[self._next]) <= day:
            change = changes[self._next]
            self._next += 1
            if change.kind is None:
                self._person = change.row or self._person
            elif change.row is None:
                self._rows[change.kind].pop(change.key, None)
            else:
                self._rows[change.kind][change.key] = change.row
            # What was computed of a row may be of an older version of it.
            for each in [each for each in self._of_rows if each[1] == change.key]:
                del self._of_rows[each]
