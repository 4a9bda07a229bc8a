"""Since when each recommendation has held, and what is still open: the record, replayed once.

The replay judges each day of the record and folds what it found: the class 1 triggers that nobody
answered (``guidelines.latch``), and of each rule for an intervention the first day of the run that
goes on. Between two entries nothing is learned and evidence grows old: the day before each entry is
judged for the rules that stand, so that one which lapsed and returned with the entry has held since
that entry, and one that began to stand by the passing of time since the day on which it did.

It may begin at a ``Checkpoint``: what an earlier replay had found by the end of one day.
A checkpoint names the rows it rests on by key and version and the rules it was judged by, so it
serves any replay that sees the same rows up to that day, and no other: a row that was added,
amended or struck, dated on or before that day, puts it out of use by itself.

``most_days`` bounds the work: of a longer stretch the newest days are judged, and ``looked_from``
says from which day on. What was met earlier and never answered is then not known.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from guidelines.assessment import ENGINE_VERSION
from guidelines.clock import Runs, edition_behind, is_class_1
from guidelines.latch import Fold, OpenTrigger
from guidelines.registry import editions_in_force
from guidelines.vocabulary import Body
from treatments.facts.ageing import LIMITS
from treatments.latch import (
    EditionsOf,
    as_of,
    days_on_record,
    judged_days,
    standing_on,
    treatments_of,
)
from treatments.record import KINDS, PatientRecord

ONE_DAY = timedelta(days=1)
SCHEMA = 5
"""Of the stored form of checkpoints, and of how they were found: 2 judges the eve of each entry, 3
knows what was answered and keeps when each clock started, 4 whether a class 1 has lapsed since, 5
leaves open what a transcatheter valve that was not implanted did not answer."""
KEPT = (0, 1, 4, 16)
"""Which checkpoints are kept: after the last day of the record, the one before, and further back.

A row entered with a day of its own puts those after it out of use; the older ones still serve.
"""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a replay had found by the end of the day ``through``.

    ``rows``: the digest of what was dated on or before it. ``looked_from``: the first day that was
    judged, where older ones were left out.
    """

    through: date
    rows: str
    looked_from: date | None
    folds: Mapping[Body, Fold]
    runs: Runs

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "through": self.through.isoformat(),
            "rows": self.rows,
            "looked_from": self.looked_from.isoformat() if self.looked_from else None,
            "folds": {body.value: fold.as_dict() for body, fold in self.folds.items()},
            **self.runs.as_dict(),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Checkpoint:
        """The checkpoint that ``as_dict`` wrote."""
        looked_from = stored["looked_from"]
        return cls(
            date.fromisoformat(stored["through"]),
            stored["rows"],
            date.fromisoformat(looked_from) if looked_from else None,
            {Body(body): Fold.from_dict(fold) for body, fold in stored["folds"].items()},
            Runs.from_dict(stored),
        )


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay found on the record's day.

    ``held_since``: of each rule for an intervention that stands, and of each edition that says
    class 1 or I either way (``guidelines.clock``), the first day of its run.
    ``begun``: on which days the clock of each class 1 or I started, and ``stands``: which of them
    stand (``guidelines.clock``). ``looked_from``: ``None`` when every day was judged. ``judged``:
    how many days were, and ``judged_between``: how many more between entries.
    """

    triggers: tuple[OpenTrigger, ...]
    held_since: Mapping[str, date]
    begun: Mapping[str, tuple[date, ...]]
    stands: frozenset[str]
    looked_from: date | None
    judged: int
    judged_between: int = 0
    checkpoints: tuple[Checkpoint, ...] = field(default=(), repr=False)
    standings: Mapping[date, frozenset[str]] = field(default_factory=dict, repr=False)
    """What stood on each day that was judged."""


def replayed(
    record: PatientRecord,
    *,
    editions_of: EditionsOf = editions_in_force,
    limits: Mapping[str, int] = LIMITS,
    turns: Collection[date] = (),
    kept: Iterable[Checkpoint] = (),
    most_days: int | None = None,
    keeps: bool = False,
) -> Replay:
    """The record replayed up to its day.

    ``turns``: further days to judge, on which a clinic changed its editions. ``kept``: checkpoints
    of earlier replays by the same rules. ``keeps``: whether this one is to make checkpoints.
    """
    recorded = days_on_record(record)
    if recorded:
        recorded |= {day for day in turns if min(recorded) < day <= record.on}
    days = sorted({*recorded, record.on})
    start = _usable(record, kept, limits)
    ahead = [day for day in days if start is None or day > start.through]
    if most_days is not None and len(ahead) > most_days:
        start, ahead = None, days[-most_days:]
    looked_from = start.looked_from if start else ahead[0] if ahead != days else None
    folds: dict[Body, Fold] = dict(start.folds) if start else {}
    runs = start.runs.copy() if start else Runs()
    wanted = _to_keep(sorted(recorded)) if keeps else set()
    made = []
    if keeps and start and start.through in wanted:
        made.append(start)
    between = Between(record, editions_of, limits)
    before = start.through if start else None
    for judged in judged_days(
        record, ahead, editions_of=editions_of, limits=limits, entries=recorded
    ):
        between.found[judged.on] = judged.standing
        between.enter(runs, before, judged.on, is_entry=judged.on in recorded)
        for moment in judged.moments:
            was = folds.get(moment.body, Fold())
            folds[moment.body] = _since_it_stood(was, was.after(moment), runs, before)
        before = judged.on
        if judged.on in wanted:
            rows = digest(record, judged.on, limits)
            made.append(Checkpoint(judged.on, rows, looked_from, dict(folds), runs.copy()))
    return Replay(
        tuple(fold.standing for fold in folds.values() if fold.standing is not None),
        runs.held,
        runs.begun,
        frozenset(filter(is_class_1, runs.held)),
        looked_from,
        len(ahead),
        len(between.found) - len(ahead),
        tuple(made),
        between.found,
    )


def _since_it_stood(was: Fold, now: Fold, runs: Runs, before: date | None) -> Fold:
    """The fold; what began to stand by time alone since the day judged before is open since then.

    Else it would begin anew each day, and wait for nobody.
    """
    opened = now.standing if was.standing is None else None
    if opened is None or before is None:
        return now
    begun = [
        since
        for key, since in runs.held.items()
        if is_class_1(key) and _body_of(key) is opened.body and before < since < opened.since
    ]
    if not begun:
        return now
    return replace(now, standing=replace(opened, since=min(begun)))


def _body_of(key: str) -> Body | None:
    edition = edition_behind(key)
    return edition.body if edition is not None else None


@dataclass(slots=True)
class Between:
    """What befell the rules between two days on which something was recorded.

    With time alone evidence is lost and none is gained. So what stands on an entry and on the eve
    of the next has stood on all days between, and the first day on which something began to stand
    is found by halving. One more day is judged for each entry, and a few where something began.
    """

    record: PatientRecord
    editions_of: EditionsOf
    limits: Mapping[str, int]
    found: dict[date, frozenset[str]] = field(default_factory=dict)
    alike: tuple[PatientRecord, Mapping[date, frozenset[str]]] | None = None
    """Another record of the patient with what stood on its days: where it has the same rows up to a
    day, that day is not judged again."""
    treated: list[date] = field(init=False)

    def __post_init__(self) -> None:
        """Read once on which days the valve was treated."""
        self.treated = [day for day, _kind in treatments_of(self.record)]

    def enter(self, runs: Runs, before: date | None, on: date, *, is_entry: bool) -> None:
        """Bring the runs from one judged day to the next.

        Without an entry on it, a day is its own eve.
        """
        if before is not None:
            self.carry(runs, before, on - ONE_DAY if is_entry else on)
        runs.enter(self.standing(on), on)
        runs.note(self.treated)

    def carry(self, runs: Runs, before: date, last: date) -> None:
        """Bring the runs from a judged day to a later one by the passing of time alone."""
        if last <= before:
            return
        held, standing = runs.held, self.standing(last)
        for rule in held.keys() - standing:
            del held[rule]
        begun = standing - held.keys()
        while begun:
            before = self._first(begun, before, last)
            here = begun & self.standing(before)
            held.update(dict.fromkeys(sorted(here), before))
            begun -= here
        runs.note(self.treated)

    def _first(self, rules: frozenset[str], before: date, last: date) -> date:
        """The first day after ``before`` on which one of the rules stands; they do on ``last``."""
        while last - before > ONE_DAY:
            middle = before + (last - before) // 2
            if rules & self.standing(middle):
                last = middle
            else:
                before = middle
        return last

    def standing(self, day: date) -> frozenset[str]:
        """What stands on a day, each judged once."""
        if day not in self.found:
            self.found[day] = self._found_alike(day)
        return self.found[day]

    def _found_alike(self, day: date) -> frozenset[str]:
        if self.alike is not None and day in self.alike[1]:
            other, standings = self.alike
            if rows_up_to(self.record, day) == rows_up_to(other, day):
                return standings[day]
        return standing_on(self.record, day, editions_of=self.editions_of, limits=self.limits)


def _usable(
    record: PatientRecord, kept: Iterable[Checkpoint], limits: Mapping[str, int]
) -> Checkpoint | None:
    """The newest checkpoint whose rows are those of this record up to its day."""
    for checkpoint in sorted(kept, key=lambda each: each.through, reverse=True):
        if checkpoint.through > record.on:
            continue
        if checkpoint.rows == digest(record, checkpoint.through, limits):
            return checkpoint
    return None


def _to_keep(days: Sequence[date]) -> set[date]:
    return {days[-1 - back] for back in KEPT if back < len(days)}


def digest(record: PatientRecord, day: date, limits: Mapping[str, int] = LIMITS) -> str:
    """A mark of everything that a replay up to a day rests on, but the editions of each day.

    Rows by key and version, what of the person counts, the calendar, the limits, the engine.
    """
    parts = [
        [SCHEMA, ENGINE_VERSION, str(record.zone), sorted(limits.items())],
        *rows_up_to(record, day),
    ]
    return sha256(json.dumps(parts).encode()).hexdigest()


def rows_up_to(record: PatientRecord, day: date) -> list[Any]:
    """What a replay up to a day reads of the record: the person, and each row with its version."""
    then, patient = as_of(record, day), record.patient
    died = patient.deceased_on
    return [
        [patient.pk, str(patient.born_on), patient.sex, patient.pregnancy_possible],
        # A later death, or what ended an episode later, changes nothing of the days before.
        str(died) if died is not None and died <= day else "",
        [
            [kind.name, [[row.pk, row.version] for row in getattr(then, kind.name)]]
            for kind in KINDS
        ],
    ]


def stored_form(checkpoints: Sequence[Checkpoint], rules: str) -> dict[str, object]:
    """Checkpoints as they are kept in a database, with a mark of the rules they were made by."""
    return {
        "schema": SCHEMA,
        "engine": ENGINE_VERSION,
        "rules": rules,
        "checkpoints": [checkpoint.as_dict() for checkpoint in checkpoints],
    }


def from_stored(stored: Mapping[str, Any] | None, rules: str) -> tuple[Checkpoint, ...]:
    """The checkpoints that were kept; none when another program or other rules made them."""
    if not stored or stored.get("schema") != SCHEMA or stored.get("engine") != ENGINE_VERSION:
        return ()
    if stored.get("rules") != rules:
        return ()
    return tuple(Checkpoint.from_dict(each) for each in stored["checkpoints"])
