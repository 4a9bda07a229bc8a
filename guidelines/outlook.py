"""What is true behind the measurements, and what to expect: limits, dates, the next study.

Everything here rests on ``Estimated``: level and slope of the true value as far as the compared
studies tell (``guidelines.trend.filtered``), on a scale on which upward is worse.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from guidelines.change import end_of, scaled, years_of
from guidelines.definitions import Worse
from guidelines.noise import Noise
from guidelines.numbers import Interval, compare
from guidelines.series import DAYS_A_YEAR, Measure, Point
from guidelines.trend import NORMAL, Course, filtered, years_until

BAND = 0.8  # the share of next studies that the band is meant to hold
DATE_FROM = 3  # studies, local default: fewer give no date
HEADING = 0.9  # probability of a slope toward the limit, local default
LONGEST_YEARS = 10.0  # a limit further away has no date, local default
WANDER = 0.35  # of the usual slope: how far a course strays from its line in a year, local default


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of a rule. Beyond means at the limit or past it, ``strict`` only past it.

    ``label`` is how the rule names it ("LVEF ≤ 60 %"), ``source`` its row.
    """

    value: Decimal
    label: str
    source: str = ""
    strict: bool = False

    def is_beyond(self, value: Interval, worse: Worse) -> bool | None:
        """Whether the whole value is beyond; ``None`` where a range lies on both sides."""
        if worse is Worse.HIGHER:
            beyond = value.is_above if self.strict else value.is_at_least
            short_of = value.is_at_most if self.strict else value.is_below
        else:
            beyond = value.is_below if self.strict else value.is_at_most
            short_of = value.is_at_least if self.strict else value.is_above
        if beyond(self.value):
            return True
        return False if short_of(self.value) else None


@dataclass(frozen=True, slots=True)
class Band:
    """Where the next study on that day is expected, with this probability."""

    on: date
    low: float
    middle: float
    high: float
    share: float

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "on": self.on.isoformat(),
            "low": self.low,
            "middle": self.middle,
            "high": self.high,
            "share": self.share,
        }


@dataclass(frozen=True, slots=True)
class Outlook:
    """One limit: is it met, how surely, and when is it expected to be.

    ``by_latest`` is the probability that the true value is beyond, by the latest study alone
    (scores 11c c): two ends, which differ where that study is a range. ``by_course`` weighs all
    studies that are compared. ``confirm``: a single crossing within one SEM (scores 11c d, as
    corrected in safety A1). The dates are ``None`` with ``why_no_date``; ``latest_on`` is also
    ``None`` when the limit may not be met within ten years at all.
    """

    limit: Limit
    is_beyond: bool | None
    by_latest: tuple[float, float]
    by_course: float | None
    confirm: bool
    expected_on: date | None
    earliest_on: date | None
    latest_on: date | None
    why_no_date: str

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "limit": f"{self.limit.value:f}",
            "label": self.limit.label,
            "source": self.limit.source,
            "is_beyond": self.is_beyond,
            "by_latest": list(self.by_latest),
            "by_course": self.by_course,
            "confirm": self.confirm,
            "expected_on": _iso(self.expected_on),
            "earliest_on": _iso(self.earliest_on),
            "latest_on": _iso(self.latest_on),
            "why_no_date": self.why_no_date,
        }


@dataclass(frozen=True, slots=True)
class Estimated:
    """The true course as far as the studies tell, on the scale on which upward is worse."""

    course: Course
    on: date
    measure: Measure
    sem: float

    def band_at(self, day: date, share: float = BAND) -> Band:
        """The band of a study on that day; raises ``ValueError`` for a day before the last one."""
        mean, true = self.course.ahead(self.years_to(day))
        reach = NORMAL.inv_cdf((1 + share) / 2) * math.hypot(true, self.sem)
        ends = [_natural(self.measure, each) for each in (mean - reach, mean, mean + reach)]
        low, middle, high = (_possible(self.measure, each) for each in sorted(ends))
        return Band(day, low, middle, high, share)

    def years_to(self, day: date) -> float:
        """Years from the last study to that day."""
        if day < self.on:
            raise ValueError(f"{day.isoformat()} is before the last study, {self.on.isoformat()}")
        return (day - self.on).days / DAYS_A_YEAR


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _adverse(measure: Measure, value: float) -> float:
    """The value on the scale on which upward is worse."""
    return _worse_is_up(measure) * scaled(measure, value)


def _natural(measure: Measure, value: float) -> float:
    """Back from the adverse scale."""
    signed = _worse_is_up(measure) * value
    return math.exp(signed) if measure.is_relative else signed


def _worse_is_up(measure: Measure) -> int:
    return 1 if measure.worse is Worse.HIGHER else -1


def _possible(measure: Measure, value: float) -> float:
    low, high = measure.possible
    value = value if low is None else max(value, float(low))
    return value if high is None else min(value, float(high))


def estimated_of(
    measure: Measure, used: Sequence[Point], noises: Sequence[Noise]
) -> Estimated | None:
    """Level and slope from the studies that have a number; ``None`` when none has."""
    known = [(p, n) for p, n in zip(used, noises, strict=True) if p.is_bounded]
    if not known:
        return None
    usual = float(measure.course)
    course = filtered(
        [years_of(point) for point, _noise in known],
        [_adverse(measure, point.middle) for point, _noise in known],
        [noise.sem**2 + _variance_of_range(measure, point) for point, noise in known],
        usual_slope=usual,
        wander=WANDER * usual,
    )
    return Estimated(course, known[-1][0].on, measure, noises[-1].sem)


def _variance_of_range(measure: Measure, point: Point) -> float:
    """What a range adds: the value may be anywhere in it."""
    width = point.width / point.middle if measure.is_relative else point.width
    return width**2 / 12


def outlook_of(
    measure: Measure,
    limit: Limit,
    used: Sequence[Point],
    noises: Sequence[Noise],
    estimated: Estimated | None,
    on: date,
) -> Outlook:
    """What the studies say of one limit."""
    is_beyond = limit.is_beyond(used[-1].interval, measure.worse)
    at = _adverse(measure, float(limit.value))
    sem = noises[-1].sem
    by_course = None if estimated is None else estimated.course.probability_above(at)
    dates, why = _dates(used, is_beyond, at, estimated, on)
    return Outlook(
        limit,
        is_beyond,
        _by_latest(measure, used[-1], at, sem),
        by_course,
        _asks_to_confirm(measure, limit, used, at, sem),
        *dates,
        why,
    )


def _by_latest(measure: Measure, latest: Point, at: float, sem: float) -> tuple[float, float]:
    low, high = _adverse_ends(measure, latest.interval)
    return NORMAL.cdf((low - at) / sem), NORMAL.cdf((high - at) / sem)


def _adverse_ends(measure: Measure, value: Interval) -> tuple[float, float]:
    """The ends on the scale on which upward is worse, infinite where open."""
    low, high = end_of(measure, value.low, -math.inf), end_of(measure, value.high, math.inf)
    return (low, high) if measure.worse is Worse.HIGHER else (-high, -low)


def _asks_to_confirm(
    measure: Measure, limit: Limit, used: Sequence[Point], at: float, sem: float
) -> bool:
    """A single crossing within one SEM; the verdict stays as it is."""
    if not limit.is_beyond(used[-1].interval, measure.worse):
        return False
    if len(used) > 1 and limit.is_beyond(used[-2].interval, measure.worse):
        return False
    return compare(_adverse_ends(measure, used[-1].interval)[0] - at, sem) <= 0


Dates = tuple[date | None, date | None, date | None]
NO_DATES: Dates = (None, None, None)


def _dates(
    used: Sequence[Point],
    is_beyond: bool | None,
    at: float,
    estimated: Estimated | None,
    on: date,
) -> tuple[Dates, str]:
    """Expected, earliest and latest day of meeting the limit, or why there is none."""
    if is_beyond:
        return NO_DATES, "the latest study is already beyond it"
    if estimated is None or sum(point.is_bounded for point in used) < DATE_FROM:
        return NO_DATES, f"fewer than {DATE_FROM} studies with a number"
    if estimated.course.probability_rising() < HEADING:
        return NO_DATES, "not clearly heading there"
    days = [_day(estimated, at, chance, on) for chance in (0.5, 1 - HEADING, HEADING)]
    if days[0] is None:
        return NO_DATES, f"not within {LONGEST_YEARS:.0f} years at this pace"
    return (days[0], days[1], days[2]), ""


def _day(estimated: Estimated, at: float, probability: float, on: date) -> date | None:
    """The first day, not before ``on``, on which the true value is beyond so probably."""
    longest = estimated.years_to(on) + LONGEST_YEARS
    years = years_until(estimated.course, at, probability, longest)
    if years is None:
        return None
    return max(on, estimated.on + timedelta(days=math.ceil(years * DAYS_A_YEAR)))
