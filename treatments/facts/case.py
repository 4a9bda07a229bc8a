"""A record being read for facts, and how a fact is made from one of its rows.

A fact carries a value as entered (41, not 41.000), the day and the source it comes from, and
whether it may still reassure: not after its limit of days, and not after an event that voids it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from typing import TypeVar

from guidelines.definitions import FactDefinition
from guidelines.facts import FACTS, Fact, Interval, Number, Value
from guidelines.quantities import Quantity
from guidelines.vocabulary import StudyState
from patients.days import spoken
from patients.derived import quantities_of
from patients.models import ClinicalAnswer, ClinicalRecord, Comorbidity, EchoStudy, YesNoUnknown
from treatments.events import Event, event_after
from treatments.facts.ageing import LIMITS
from treatments.models import Intervention
from treatments.record import PatientRecord

Facts = dict[str, Fact]
_UNSAID = frozenset({"", YesNoUnknown.UNKNOWN.value})
# What an event in the patient does not change: the operators, the center, wishes and plans.
OUTLASTS_EVENTS = frozenset(
    {
        "medication_list_reconciled",
        "operator_mitral_surgeries_per_year",
        "operator_teer_total",
        "prosthesis_wish",
        "prosthesis_choice_shared",
        "self_monitoring_trained",
        "noncardiac_surgery_planned",
        "noncardiac_surgery_elective",
        "noncardiac_surgery_risk",
        "nondental_procedure_planned",
    }
)
Row = TypeVar("Row", bound=ClinicalRecord)
_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


def newest(rows: Iterable[Row], wanted: Callable[[Row], object]) -> Row | None:
    """The first row that is wanted, of rows that come newest first."""
    for row in rows:
        if wanted(row):
            return row
    return None


def put(facts: Facts, name: str, fact: Fact | None) -> None:
    """Store the fact when there is one: an absent fact is unknown."""
    if fact is not None:
        facts[name] = fact


def source_of(row: ClinicalRecord) -> str:
    """The source of a fact: kind and public id of its record."""
    kept = vars(row)  # a row names several facts, and its public id never changes
    source: str | None = kept.get("_source")
    if source is None:
        source = kept["_source"] = f"{_kind_of(type(row))}:{row.public_id}"
    return source


@cache
def _kind_of(model: type[ClinicalRecord]) -> str:
    return _WORD_START.sub("_", model.__name__).lower()


def exact(value: Value | None) -> Value | None:
    """The same value without the zeros that a database column adds: 41, not 41.000."""
    if isinstance(value, Interval):
        low, high = _plain(value.low), _plain(value.high)
        return Interval(low, high, value.low_open, value.high_open)
    return _plain(value) if isinstance(value, Decimal) else value


def _plain(value: Number | None) -> Number | None:
    if not isinstance(value, Decimal):
        return value
    short = value.normalize()
    # 1E+2 is written out as 100.
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


@dataclass(frozen=True)
class Case:
    """One patient's record with what every fact asks of it.

    ``procedure_on`` is the day of the newest procedure on the mitral valve, here or elsewhere:
    what was said of the valve and of symptoms before it speaks of another valve.
    """

    record: PatientRecord
    events: Sequence[Event]
    procedure: Intervention | None
    procedure_on: date | None
    limits: Mapping[str, int] = field(default_factory=lambda: LIMITS)
    _studies: dict[tuple[StudyState, ...], tuple[EchoStudy, ...]] = field(default_factory=dict)

    @property
    def on(self) -> date:
        """The day for which facts are made."""
        return self.record.on

    @cached_property
    def _counted(self) -> tuple[EchoStudy, ...]:
        return tuple(study for study in self.record.echo_studies if study.counts)

    @cached_property
    def _conditions(self) -> dict[str, Comorbidity]:
        """The newest row about each condition that was answered with more than "unknown"."""
        said = [row for row in self.record.comorbidities if row.present != YesNoUnknown.UNKNOWN]
        return {row.kind: row for row in reversed(said)}

    @cached_property
    def _answers(self) -> dict[str, list[ClinicalAnswer]]:
        """What was answered to each question, newest first."""
        said: dict[str, list[ClinicalAnswer]] = defaultdict(list)
        for row in self.record.clinical_answers:
            said[row.fact].append(row)
        return dict(said)

    def quantities_of(self, study: EchoStudy) -> dict[str, Quantity]:
        """What can be computed from the study, computed once."""
        return self.record.once("quantities", study, lambda: quantities_of(study))

    def studies(self, *states: StudyState) -> Iterator[EchoStudy]:
        """Final and amended studies in these states of the patient (at rest), newest first."""
        if states not in self._studies:
            wanted = {state.value for state in states or (StudyState.REST,)}
            self._studies[states] = tuple(s for s in self._counted if s.state in wanted)
        return iter(self._studies[states])

    def voided(self, day: date) -> str:
        """In words, the event that voids what reassured on a day; "" when there is none."""
        event = event_after(self.events, day)
        return event.words if event else ""

    def fact(
        self,
        row: ClinicalRecord,
        value: Value | None,
        *,
        days: int | None = None,
        method: str = "",
        reason: str = "",
        adverse_only: str = "",
        on: date | None = None,
        lasts_through_events: bool = False,
    ) -> Fact:
        """A fact from a row; after ``days``, or after an event, it no longer reassures.

        ``on`` is the value's own day where it is not the row's.
        """
        day: date = on or getattr(row, row.date_field)
        event = "" if days is None or lasts_through_events else self.voided(day)
        if event:
            reason = f"{reason}; before {event}" if reason else f"before {event}"
        return Fact(
            exact(value),
            day,
            source_of(row),
            method=method,
            reason=reason,
            too_old_to_reassure=days is not None and (bool(event) or (self.on - day).days > days),
            adverse_only=adverse_only,
        )

    def age(self, day: date) -> int:
        """Days from a day to the one for which facts are made."""
        return (self.on - day).days

    def condition(self, kind: str, days: int | None = None) -> Fact | None:
        """The newest answer about a condition; unknown says nothing. Yes stays, no grows old."""
        row = self._conditions.get(kind)
        if row is None:
            return None
        if row.present == YesNoUnknown.YES and days is None:
            return self.fact(row, True)
        limit = self.limits["condition"] if days is None else days
        return self.fact(row, row.present == YesNoUnknown.YES, days=limit)

    def answer(self, name: str) -> Fact | None:
        """What the clinic answered directly to a question, as old as the answer.

        A later "unknown" takes nothing back that was adverse, and lets nothing reassure.
        """
        said = self._answers.get(name)
        if said is None:
            return None
        row = newest(said, lambda each: each.number is not None or each.answer not in _UNSAID)
        question = FACTS.get(name)
        if row is None or question is None:
            return None
        value = _answered(question, row)
        if value is None:
            return None
        fact = self.fact(
            row,
            value,
            days=self.limits.get(name),
            lasts_through_events=name in OUTLASTS_EVENTS,
        )
        if said[0] is not row:
            asked = f"asked again on {spoken(said[0].answered_on)}: not known"
            return replace(fact, adverse_only=asked)
        return fact


def newer(*facts: Fact | None) -> Fact | None:
    """Of several statements the newest; of two of one day the one that says yes."""
    made = [fact for fact in facts if fact is not None]
    if len(made) < 2:
        return made[0] if made else None
    stated = [fact for fact in made if fact.value is not None]
    said = max(stated, key=lambda fact: (fact.on or date.min, fact.value is True), default=None)
    return said or made[0]


def yes_or_no(answer: str) -> bool | None:
    """A stored yes, no or unknown as a value."""
    return {YesNoUnknown.YES.value: True, YesNoUnknown.NO.value: False}.get(str(answer))


def _answered(question: FactDefinition, row: ClinicalAnswer) -> Value | None:
    """The answer as the fact's kind; None for one that no longer fits its question."""
    if question.kind is Decimal:
        return row.number
    if question.kind is bool:
        return yes_or_no(row.answer)
    terms = {str(term.value): term for term in question.kind}  # type: ignore[union-attr]
    return terms.get(row.answer)


def has_condition(case: Case, kind: Comorbidity.Kind) -> bool:
    """Whether the newest answer about a condition is yes."""
    known = case.condition(kind)
    return known is not None and known.value is True
