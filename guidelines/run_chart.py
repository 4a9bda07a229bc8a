"""A run chart: one value for each month, their median as centre line, and what is not by chance.

Two rules, local defaults and no guideline's (the usual ones of run charts, Perla, Provost & Murray,
BMJ Quality & Safety 2011; 20:46, from expert knowledge):

- *shift*: six or more values in a row on one side of the median; a value on the median is skipped;
- *trend*: five or more values in a row, each above, or each below, the one before; a value equal to
  the one before is skipped.

They say "ask why", and nothing about a patient. The trend rule rarely finds a slow drift (Anhøj &
Olesen, PLoS ONE 2014; 9:e113825): that there is no trend is no finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from guidelines.numbers import compare
from guidelines.vocabulary import Term

SHIFT_FROM = 6  # values in a row, local default
TREND_FROM = 5  # values in a row, local default


class RunRule(Term):
    """Why a run of values is not taken for chance."""

    SHIFT = "shift", "Shift"
    TREND = "trend", "Trend"


@dataclass(frozen=True, slots=True)
class Run:
    """Values in a row that a rule names, by their places; skipped values are left out.

    ``is_upward``: above the median (shift), or rising (trend).
    """

    rule: RunRule
    is_upward: bool
    places: tuple[int, ...]

    @property
    def words(self) -> str:
        """What is seen, as a phrase."""
        n = len(self.places)
        if self.rule is RunRule.SHIFT:
            return f"{n} in a row {'above' if self.is_upward else 'below'} the median"
        return f"{n} in a row {'rising' if self.is_upward else 'falling'}"


def runs_of(values: Sequence[float], center: float) -> tuple[Run, ...]:
    """Every shift and every trend, as long as it lasts; shifts first."""
    return (*_shifts(values, center), *_trends(values))


def _shifts(values: Sequence[float], center: float) -> Iterable[Run]:
    sides = [(place, compare(value, center)) for place, value in enumerate(values)]
    run: list[int] = []
    before = 0
    for place, side in [*((at, side) for at, side in sides if side), (-1, 0)]:
        if side != before:
            if len(run) >= SHIFT_FROM:
                yield Run(RunRule.SHIFT, before > 0, tuple(run))
            run, before = [], side
        run.append(place)


def _trends(values: Sequence[float]) -> Iterable[Run]:
    kept = [
        place
        for place, value in enumerate(values)
        if place == 0 or compare(value, values[place - 1])
    ]
    run, before = kept[:1], 0
    steps = [(later, compare(values[later], values[first])) for first, later in pairwise(kept)]
    for place, step in [*steps, (-1, 0)]:
        if step != before:
            if len(run) >= TREND_FROM:
                yield Run(RunRule.TREND, before > 0, tuple(run))
            run, before = run[-1:], step
        run.append(place)
