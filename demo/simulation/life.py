"""One simulated life: who it is, what was true on every day, and what the clinic wrote down."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date

DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Written:
    """One row of the record in its final state.

    ``kind`` is the model's label, ``values`` its columns except the patient; a column that is
    absent was not recorded. A complication's ``intervention`` is the position of that
    intervention's row in ``Life.rows``. ``entered_on`` is set where the row came in later than its
    own day, or (an intervention) was planned before it was performed. ``amended`` holds the
    earlier versions of an echo study: the day on which each was corrected, the former values of
    the corrected columns (``None``: was not recorded), why.
    """

    kind: str
    values: dict[str, object]
    by: str = "nurse"
    entered_on: date | None = None
    amended: tuple[tuple[date, dict[str, object], str], ...] = ()


@dataclass(frozen=True, slots=True)
class Truth:
    """One piece of a life in which everything that is measured changes linearly.

    ``until_on`` is exclusive. ``values`` maps the measure to its value on ``from_on`` and its
    change per year of 365.25 days; a measure without meaning (EROA of a prosthesis) is absent.
    """

    from_on: date
    until_on: date
    tempo: str
    mechanism: str
    etiology: str
    valve_state: str
    rhythm: str
    grade: str
    symptomatic: bool
    nyha: int
    values: dict[str, tuple[float, float]]

    def value_at(self, name: str, day: date) -> float | None:
        """The true value of one measure on one day of this piece; None where it has none."""
        known = self.values.get(name)
        if known is None:
            return None
        return known[0] + known[1] * (day - self.from_on).days / DAYS_A_YEAR


@dataclass(frozen=True, slots=True)
class TrueState:
    """Everything that was true on one day."""

    on: date
    tempo: str
    mechanism: str
    etiology: str
    valve_state: str
    rhythm: str
    grade: str
    symptomatic: bool
    nyha: int
    values: dict[str, float]


@dataclass(frozen=True, slots=True)
class Life:
    """One simulated patient, as the clinic knows them and as they truly are."""

    index: int
    clinic: str
    person: dict[str, object]
    record_number: str
    registered_on: date
    ended: tuple[date, str] | None = None
    moved_to: str = ""
    referring_doctor: str = ""
    rows: list[Written] = field(default_factory=list)
    truth: list[Truth] = field(default_factory=list)

    def true_at(self, day: date) -> TrueState | None:
        """The truth on one day, or None before the first piece and after the last."""
        at = bisect_right(self.truth, day, key=lambda piece: piece.from_on) - 1
        if at < 0 or day >= self.truth[at].until_on:
            return None
        piece = self.truth[at]
        years = (day - piece.from_on).days / DAYS_A_YEAR
        return TrueState(
            on=day,
            tempo=piece.tempo,
            mechanism=piece.mechanism,
            etiology=piece.etiology,
            valve_state=piece.valve_state,
            rhythm=piece.rhythm,
            grade=piece.grade,
            symptomatic=piece.symptomatic,
            nyha=piece.nyha,
            values={name: start + slope * years for name, (start, slope) in piece.values.items()},
        )
