"""Progressive on three studies or more (AHA-PI-05, as safety D10 defines it).

Of LVEF (falling), LVESD and LVEDD (rising): at least three final studies at rest, of one method,
three months or more apart, no event between; each step adverse or flat; last minus first more than
MDC95; the interval of the slope excludes no change. A rise through all of them that is within MDC95
is "met by the letter, within measurement error": noise adds words and changes no verdict
(safety A1, H11), so the answer is yes then too.

The studies are the latest ones: from the latest back as far as each step is adverse or flat. Of
studies less than three months apart the later one counts; the others are named. Where a range or a
method that was not stated leaves a step open, the answer is "cannot tell".
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from guidelines.change import Change, change_between, change_words, slope_of
from guidelines.days import spoken
from guidelines.definitions import Worse
from guidelines.noise import DEFAULT_NOISE, NEEDS_METHOD, NoiseModel
from guidelines.numbers import Number, compare
from guidelines.outlook import Limit
from guidelines.series import LeftOut, Measure, Point, Series, like_with_like
from guidelines.trend import Slope
from guidelines.vocabulary import Term

STUDIES = 3  # AHA-PI-05
MONTHS_APART = 3  # safety D10
BEYOND = {  # safety D10: then AHA-PI-02 applies
    "lvef_percent": Limit(Decimal(60), "LVEF ≤ 60 %", "AHA-PI-02"),
    "lvesd_mm": Limit(Decimal(40), "LVESD ≥ 40 mm", "AHA-PI-02"),
}
MEASURED = frozenset({"lvef_percent", "lvesd_mm", "lvedd_mm"})  # AHA-PI-05


class ProgressiveState(Term):
    """How the rule of three studies stands."""

    MET = "met", "Progressive"
    MET_BY_THE_LETTER = "met_by_the_letter", "Met by the letter, within measurement error"
    NOT_MET = "not_met", "Not progressive"
    CANNOT_TELL = "cannot_tell", "Cannot tell"
    TOO_FEW_STUDIES = "too_few_studies", "Fewer than three studies"


@dataclass(frozen=True, slots=True)
class Progressive:
    """The answer with its studies.

    ``answer``: yes, no or ``None`` for cannot tell; ``studies`` are the three or more that it rests
    on, ``left_out`` the others with reasons. ``is_beyond``: the latest value is at or past the
    limit of AHA-PI-02, which then applies instead; ``None`` where a range leaves it open.
    """

    measure: Measure
    on: date
    state: ProgressiveState
    studies: tuple[Point, ...]
    left_out: tuple[LeftOut, ...]
    change: Change | None
    slope: Slope | None
    is_beyond: bool | None
    words: str

    @property
    def answer(self) -> bool | None:
        """Whether it is progressive; noise leaves a yes a yes."""
        if self.state in (ProgressiveState.MET, ProgressiveState.MET_BY_THE_LETTER):
            return True
        return False if self.state is ProgressiveState.NOT_MET else None

    @property
    def is_within_error(self) -> bool:
        """Whether the yes is by the letter only: it asks to be confirmed."""
        return self.state is ProgressiveState.MET_BY_THE_LETTER

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "measure": self.measure.name,
            "on": self.on.isoformat(),
            "state": str(self.state),
            "answer": self.answer,
            "studies": [point.as_dict() for point in self.studies],
            "left_out": [each.as_dict() for each in self.left_out],
            "change": None if self.change is None else self.change.as_dict(),
            "slope": None if self.slope is None else self.slope.as_dict(),
            "is_beyond": self.is_beyond,
            "words": self.words,
        }


@dataclass(frozen=True, slots=True)
class _Run:
    """The latest so many studies, and how they answer."""

    studies: tuple[Point, ...]
    change: Change
    slope: Slope | None
    literal: bool | None
    real: bool | None


def is_progressive(series: Series, *, on: date, noise: NoiseModel | None = None) -> Progressive:
    """Whether the measure is progressive on that day; raises ``ValueError`` for another measure."""
    if series.measure not in MEASURED:
        raise ValueError(f"progression on three studies is not defined for {series.measure}")
    alike = like_with_like(series, on=on)
    counted, near = _apart(alike.used)
    left_out = (*alike.left_out, *near)
    runs = list(_runs(alike.measure, counted, noise or DEFAULT_NOISE))
    run, state = _decided(runs, counted)
    studies = run.studies if run else tuple(counted)
    return Progressive(
        alike.measure,
        on,
        state,
        studies,
        left_out,
        run.change if run else None,
        run.slope if run else None,
        _is_beyond(alike.measure, counted),
        _words(alike.measure, state, run, counted),
    )


def _apart(points: Sequence[Point]) -> tuple[list[Point], list[LeftOut]]:
    """The studies that are far enough apart, from the latest back; the others with the reason."""
    counted: list[Point] = []
    near: list[LeftOut] = []
    for point in reversed(points):
        if counted and not _months_apart(point.on, counted[-1].on):
            why = f"less than three months before the study of {spoken(counted[-1].on)}"
            near.append(LeftOut(point, why))
        else:
            counted.append(point)
    return counted[::-1], near[::-1]


def _months_apart(earlier: date, later: date) -> bool:
    """Whether three calendar months lie between; the end of a short month counts as the day."""
    months = 12 * (later.year - earlier.year) + later.month - earlier.month
    if months != MONTHS_APART:
        return months > MONTHS_APART
    return later.day >= min(earlier.day, monthrange(later.year, later.month)[1])


def _runs(measure: Measure, counted: Sequence[Point], noise: NoiseModel) -> Iterator[_Run]:
    """The latest three studies, the latest four, ... as long as no step is favorable."""
    for first in range(len(counted) - STUDIES, -1, -1):
        studies = tuple(counted[first:])
        run = _run(measure, studies, noise)
        if run.literal is False and not _may_be_flat(measure, studies):
            return
        yield run


def _run(measure: Measure, studies: tuple[Point, ...], noise: NoiseModel) -> _Run:
    change = change_between(measure, studies[0], studies[-1], noise)
    slope = slope_of(measure, studies)
    steps = [_is_adverse_or_flat(measure, *step) for step in pairwise(studies)]
    literal = _all(
        *steps, _is_adverse(measure, studies[0], studies[-1]), _one_method(measure, studies)
    )
    return _Run(studies, change, slope, literal, _all(literal, change.is_real, _is_clear(slope)))


def _may_be_flat(measure: Measure, studies: Sequence[Point]) -> bool:
    """Whether every step is adverse or flat, though last and first may be equal."""
    return all(_is_adverse_or_flat(measure, *step) is not False for step in pairwise(studies))


def _is_adverse_or_flat(measure: Measure, earlier: Point, later: Point) -> bool | None:
    """Three-valued: a step between ranges is certain only when every value in them agrees."""
    return _compared(measure, earlier, later, 0)


def _is_adverse(measure: Measure, earlier: Point, later: Point) -> bool | None:
    """The same without flat."""
    return _compared(measure, earlier, later, 1)


def _compared(measure: Measure, earlier: Point, later: Point, least: int) -> bool | None:
    before, after = (earlier, later) if measure.worse is Worse.HIGHER else (later, earlier)
    certain = _order(after.interval.low, before.interval.high)
    possible = _order(after.interval.high, before.interval.low)
    if certain is not None and certain >= least:
        return True
    return False if possible is not None and possible < least else None


def _order(one: Number | None, other: Number | None) -> int | None:
    return None if one is None or other is None else compare(one, other)


def _one_method(measure: Measure, studies: Sequence[Point]) -> bool | None:
    """Whether all are of one method; those that state another were left out before.

    A diameter is linear whether by 2D or M-mode (safety D3); the methods of LVEF differ by more.
    """
    if measure.name in NEEDS_METHOD and not all(point.knows_method for point in studies):
        return None
    return True


def _is_clear(slope: Slope | None) -> bool | None:
    """Whether the interval of the slope excludes no change, whatever the ranges hide."""
    if slope is None:
        return None
    if slope.excludes_zero:
        return True
    return False if slope.least == slope.most else None


def _all(*answers: bool | None) -> bool | None:
    """Kleene's "and"."""
    if any(answer is False for answer in answers):
        return False
    return None if any(answer is None for answer in answers) else True


def _decided(
    runs: Sequence[_Run], counted: Sequence[Point]
) -> tuple[_Run | None, ProgressiveState]:
    """The longest run that is really progressive, else by the letter, else one left open."""
    if len(counted) < STUDIES:
        return None, ProgressiveState.TOO_FEW_STUDIES
    for run in reversed(runs):
        if run.real:
            return run, ProgressiveState.MET
    for run in reversed(runs):
        if run.literal:
            return run, ProgressiveState.MET_BY_THE_LETTER
    for run in reversed(runs):
        if run.literal is None:
            return run, ProgressiveState.CANNOT_TELL
    return None, ProgressiveState.NOT_MET


def _is_beyond(measure: Measure, counted: Sequence[Point]) -> bool | None:
    limit = BEYOND.get(measure.name)
    if limit is None:
        return False
    return limit.is_beyond(counted[-1].interval, measure.worse) if counted else None


def _words(
    measure: Measure, state: ProgressiveState, run: _Run | None, counted: Sequence[Point]
) -> str:
    if state is ProgressiveState.TOO_FEW_STUDIES:
        return f"{len(counted)} of the {STUDIES} studies that it needs"
    if run is None:
        latest = ", ".join(_said(point) for point in counted[-STUDIES:])
        return f"not each step adverse or flat in the latest studies: {latest}"
    named = ", ".join(_said(point) for point in run.studies)
    words = f"{state.label}: {len(run.studies)} studies ({named}); "
    words += change_words(measure, run.change)
    if state is ProgressiveState.CANNOT_TELL:
        words += "; a range or a method that was not stated leaves a step open"
    return words


def _said(point: Point) -> str:
    return f"{point.interval} on {spoken(point.on)}"
