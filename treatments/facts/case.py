"""A record being read for facts, and how a fact is made from one of its rows.

A fact carries a value as entered (41, not 41.000), the day and the source it comes from, and
whether it may still reassure: not after its limit of days, and not after an event that voids it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from guidelines.facts import Fact, Interval, Number, Value
from guidelines.quantities import Quantity
from guidelines.vocabulary import StudyState
from patients.derived import quantities_of
from patients.models import ClinicalRecord, Comorbidity, EchoStudy, YesNoUnknown
from treatments.events import Event, event_after
from treatments.models import Intervention
from treatments.record import PatientRecord

JUDGMENT_DAYS = 365

Facts = dict[str, Fact]
Row = TypeVar("Row", bound=ClinicalRecord)
_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


def newest(rows: Iterable[Row], wanted: Callable[[Row], object]) -> Row | None:
    """The first row that is wanted, of rows that come newest first."""
    return next((row for row in rows if wanted(row)), None)


def put(facts: Facts, name: str, fact: Fact | None) -> None:
    """Store the fact when there is one: an absent fact is unknown."""
    if fact is not None:
        facts[name] = fact


def source_of(row: ClinicalRecord) -> str:
    """The source of a fact: kind and public id of its record."""
    return f"{_WORD_START.sub('_', type(row).__name__).lower()}:{row.public_id}"


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
    _quantities: dict[int, dict[str, Quantity]] = field(default_factory=dict)

    @property
    def on(self) -> date:
        """The day for which facts are made."""
        return self.record.on

    def quantities_of(self, study: EchoStudy) -> dict[str, Quantity]:
        """What can be computed from the study, computed once."""
        if study.pk not in self._quantities:
            self._quantities[study.pk] = quantities_of(study)
        return self._quantities[study.pk]

    def studies(self, *states: StudyState) -> Iterator[EchoStudy]:
        """Final and amended studies in these states of the patient (at rest), newest first."""
        wanted = {state.value for state in states or (StudyState.REST,)}
        for study in self.record.echo_studies:
            if study.counts and study.state in wanted:
                yield study

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
        reasons = filter(None, (reason, f"before {event}" if event else ""))
        return Fact(
            exact(value),
            day,
            source_of(row),
            method=method,
            reason="; ".join(reasons),
            too_old_to_reassure=days is not None and (bool(event) or (self.on - day).days > days),
            adverse_only=adverse_only,
        )

    def condition(self, kind: str, days: int = JUDGMENT_DAYS) -> Fact | None:
        """The newest answer about a condition; unknown says nothing. Yes stays, no grows old."""
        row = newest(
            self.record.comorbidities,
            lambda known: known.kind == kind and known.present != YesNoUnknown.UNKNOWN,
        )
        if row is None:
            return None
        return self.fact(row, row.present == YesNoUnknown.YES, days=days)


def has_condition(case: Case, kind: Comorbidity.Kind) -> bool:
    """Whether the newest answer about a condition is yes."""
    known = case.condition(kind)
    return known is not None and known.value is True
