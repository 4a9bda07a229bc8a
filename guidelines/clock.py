"""When the disease facts met each class 1 or I recommendation, and what became of it since.

A *clock* starts on the first day on which a recommendation of class 1 or I stands: met, or met but
for the team's judgement (safety D7, H6), or, for an edition as a whole, either way (D11). It starts
once for each *course* of the disease: an intervention that treats the valve ends a course, and the
same recommendation starts another clock only when it has lapsed and stands again after that.

``Runs`` is the fold that finds the starts; ``Clock`` holds one start with the events after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from guidelines.registry import ALL_EDITIONS, RULES
from guidelines.rule import Edition, Rule
from guidelines.vocabulary import Term
from guidelines.waiting import Wait, WaitEnd

CLASS_1 = 3
"""The strength of a class 1 or I."""
_EITHER_WAY = "/either-way"


class Basis(Term):
    """By what a clock starts."""

    TRUE = "true", "as true: by the days of the examinations, with all that is recorded today"
    KNOWN = "known", "as known: by the day on which the record first showed it"


def either_way(edition: Edition) -> str:
    """The key under which an edition's "class 1 either way" is counted, which no one rule says."""
    return f"{edition.id}{_EITHER_WAY}"


def is_either_way(key: str) -> bool:
    """Whether a key stands for no single rule."""
    return key.endswith(_EITHER_WAY)


@cache
def class_1_rules() -> Mapping[str, tuple[Rule, Edition]]:
    """The rules of class 1 or I for an intervention, by their ids, each with its edition."""
    return {
        rule.id: (rule, edition)
        for edition in ALL_EDITIONS
        for rule in RULES[edition]
        if rule.is_timing and rule.strength == CLASS_1
    }


def is_class_1(key: str) -> bool:
    """Whether a clock is kept for this rule, or this edition either way."""
    return is_either_way(key) or key in class_1_rules()


def edition_behind(key: str) -> Edition | None:
    """The edition that speaks under this key; ``None`` for a rule that is no longer built."""
    if is_either_way(key):
        wanted = key.removesuffix(_EITHER_WAY)
        return next((edition for edition in ALL_EDITIONS if edition.id == wanted), None)
    found = class_1_rules().get(key)
    return found[1] if found else None


def row_behind(key: str) -> str:
    """The row of the rule tables, as "ESC25-P-02"; empty for an edition either way."""
    found = class_1_rules().get(key)
    return found[0].source.row if found else ""


@dataclass(slots=True)
class Runs:
    """What stands, since when, and on which days clocks started; a fold over the days of a record.

    ``held``: the first day of the run of whatever stands, rules of lower class too. ``begun``: of
    each recommendation of class 1 or I the start of its clock in each course of the disease.
    """

    held: dict[str, date] = field(default_factory=dict)
    begun: dict[str, tuple[date, ...]] = field(default_factory=dict)

    def enter(self, standing: Collection[str], on: date) -> None:
        """A day on which exactly these stand."""
        for key in self.held.keys() - standing:
            del self.held[key]
        for key in sorted(standing):
            self.held.setdefault(key, on)

    def note(self, treated: Sequence[date]) -> None:
        """Start the clocks of what stands; ``treated``: the days on which the valve was treated.

        An edition either way starts none where a rule of its body has started one in the course:
        the evidence of that rule grew old, and nothing new was met.
        """
        for key, since in self.held.items():
            if is_class_1(key) and not self._runs(self.begun.get(key, ()), since, treated):
                if is_either_way(key) and self._has_a_rule(key, since, treated):
                    continue
                self.begun[key] = (*self.begun.get(key, ()), since)

    @staticmethod
    def _runs(starts: Sequence[date], since: date, treated: Sequence[date]) -> bool:
        """Whether the last start and this day lie in one course."""
        return bool(starts) and not any(starts[-1] < day < since for day in treated)

    def _has_a_rule(self, key: str, since: date, treated: Sequence[date]) -> bool:
        rules = class_1_rules()
        edition = edition_behind(key)
        return edition is not None and any(
            rules[other][1].body is edition.body and self._runs(starts, since, treated)
            for other, starts in self.begun.items()
            if other in rules
        )

    def copy(self) -> Runs:
        """The same, to be gone on with apart from this."""
        return Runs(dict(self.held), dict(self.begun))

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form; ``from_dict`` reads it."""
        return {
            "held": {key: day.isoformat() for key, day in self.held.items()},
            "begun": {key: [d.isoformat() for d in days] for key, days in self.begun.items()},
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Runs:
        """The runs that ``as_dict`` wrote."""
        return cls(
            {key: date.fromisoformat(day) for key, day in stored["held"].items()},
            {key: tuple(map(date.fromisoformat, days)) for key, days in stored["begun"].items()},
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision that answers a trigger: its day, its code, and whether it is for treating."""

    on: date
    code: str
    to_treat: bool


@dataclass(frozen=True, slots=True)
class Events:
    """What happened to one patient, each list oldest first."""

    referred: Sequence[date] = ()
    decided: Sequence[Decided] = ()
    treated: Sequence[tuple[date, str]] = ()
    died: date | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """One start of one recommendation, and the first of each event from then on.

    ``counted_from``: the day from which an event answers it. As known it may be earlier than
    ``started_on``, for what was found on an examination may be acted on before it is entered; then
    the wait is 0 days. ``against_on``: the first decision not to treat. Nothing after the treatment
    belongs to this clock.
    """

    basis: Basis
    key: str
    started_on: date
    counted_from: date
    referred_on: date | None = None
    decided_on: date | None = None
    decision: str = ""
    against_on: date | None = None
    treated_on: date | None = None
    procedure: str = ""


def clocks_of(
    true: Mapping[str, Sequence[date]], known: Mapping[str, Sequence[date]], events: Events
) -> list[Clock]:
    """The clocks of one patient as true and as known, by basis, key and start."""
    found = [
        _clock(Basis.TRUE, key, start, start, events)
        for key, starts in true.items()
        for start in starts
    ]
    for key, starts in known.items():
        for start in starts:
            earlier = [day for day in true.get(key, ()) if day <= start]
            found.append(_clock(Basis.KNOWN, key, start, max(earlier, default=start), events))
    return sorted(found, key=lambda clock: (clock.basis.value, clock.key, clock.started_on))


def _clock(basis: Basis, key: str, start: date, since: date, events: Events) -> Clock:
    treated_on, procedure = next(
        ((day, words) for day, words in events.treated if day >= since), (None, "")
    )
    until = treated_on or date.max
    decided = [each for each in events.decided if since <= each.on <= until]
    first = decided[0] if decided else None
    return Clock(
        basis,
        key,
        start,
        since,
        referred_on=_first(day for day in events.referred if since <= day <= until),
        decided_on=first.on if first else None,
        decision=first.code if first else "",
        against_on=_first(each.on for each in decided if not each.to_treat),
        treated_on=treated_on,
        procedure=procedure,
    )


def _first(days: Iterable[date]) -> date | None:
    return next(iter(days), None)


# What a clock is as a wait ------------------------------------------------------------------------


class Until(Term):
    """What is waited for."""

    DECISION = "decision", "a decision"
    TREATMENT = "treatment", "an intervention"

    @property
    def end(self) -> WaitEnd:
        """The end that is wished for."""
        return WaitEnd.DECIDED if self is Until.DECISION else WaitEnd.TREATED


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of one course: its start, and the first of each event; ``None``: not recorded."""

    started_on: date
    decided_on: date | None = None
    against_on: date | None = None
    treated_on: date | None = None
    died_on: date | None = None
    worsened_on: date | None = None


def wait_of(dates: Dates, until: Until, *, on: date, key: str) -> Wait | None:
    """The wait from the start to its first end, as seen up to the day ``on``.

    Until a decision any decision ends it, and so does a treatment without one. Until a treatment a
    decision ends it that was not for treating. Of two on one day the decision counts before the
    treatment, that before a death, and a worsening last. An end before the start, of what was known
    late, is a wait of 0 days. ``None`` when the start lies after ``on``.
    """
    if dates.started_on > on:
        return None
    decided = dates.decided_on if until is Until.DECISION else dates.against_on
    ends = (
        (decided, WaitEnd.DECIDED),
        (dates.treated_on, WaitEnd.TREATED),
        (dates.died_on, WaitEnd.DIED),
        (dates.worsened_on, WaitEnd.DETERIORATED),
    )
    seen = [
        (max(day, dates.started_on), rank, end)
        for rank, (day, end) in enumerate(ends)
        if day is not None and day <= on
    ]
    if not seen:
        return Wait((on - dates.started_on).days, None, dates.started_on, key)
    day, _rank, end = min(seen, key=lambda each: each[:2])
    return Wait((day - dates.started_on).days, end, dates.started_on, key)
