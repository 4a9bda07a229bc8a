"""The difference between two studies beside measurement noise, and the slope of several.

Changes are kept in the measure's unit and exact between entered decimals; a relative measure
(a natriuretic peptide) changes by a share of its earlier value. Ranges give differences with two
ends: real when the whole difference is more than noise, open when only a part of it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from guidelines.definitions import Worse
from guidelines.noise import TWO_STUDIES_95, NoiseModel, is_mixed
from guidelines.numbers import Number, compare, plain
from guidelines.series import DAYS_A_YEAR, Measure, Point
from guidelines.trend import Slope, theil_sen
from guidelines.vocabulary import Term


class Direction(Term):
    """In which direction a measure changed."""

    WORSE = "worse", "Worse"
    BETTER = "better", "Better"
    NONE = "none", "No direction"


@dataclass(frozen=True, slots=True)
class Change:
    """The difference between two studies beside the noise of two studies.

    ``low`` and ``high`` are later minus earlier; they differ where a value is a range, ``None`` is
    no end. ``is_real`` is ``None`` where a range leaves it open.
    """

    earlier: Point
    later: Point
    low: Number | None
    high: Number | None
    mdc95: float
    is_real: bool | None
    direction: Direction

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "from": self.earlier.as_dict(),
            "to": self.later.as_dict(),
            "low": None if self.low is None else plain(self.low),
            "high": None if self.high is None else plain(self.high),
            "mdc95": self.mdc95,
            "is_real": self.is_real,
            "direction": str(self.direction),
        }


def scaled(measure: Measure, value: float) -> float:
    """The value on the scale of the statistics: relative measures by their logarithm."""
    return math.log(value) if measure.is_relative else value


def years_of(point: Point) -> float:
    """The day of a study as a number of years."""
    return point.on.toordinal() / DAYS_A_YEAR


def end_of(measure: Measure, end: Number | None, otherwise: float) -> float:
    """One end of a value on the scale of the statistics; ``otherwise`` where it is open."""
    return otherwise if end is None else scaled(measure, float(end))


def slope_of(measure: Measure, used: Sequence[Point]) -> Slope | None:
    """The robust slope of these studies per year; ``None`` when they are of one day."""
    times = [years_of(point) for point in used]
    if all(point.is_bounded and not point.width for point in used):
        return theil_sen(times, [scaled(measure, point.middle) for point in used])
    middles = [scaled(measure, p.middle) for p in used]
    lows = [end_of(measure, point.interval.low, -math.inf) for point in used]
    highs = [end_of(measure, point.interval.high, math.inf) for point in used]
    return theil_sen(times, middles, lows=lows, highs=highs)


def slope_unit(measure: Measure) -> str:
    """The unit of a slope as it is shown."""
    return "% of the value per year" if measure.is_relative else f"{_points(measure)} per year"


def _points(measure: Measure) -> str:
    """The unit of a difference: points where the value itself is in percent."""
    return "points" if measure.unit == "%" else measure.unit


def in_percent(slope: Slope) -> Slope:
    """A slope of logarithms as percent per year."""
    low, value, high, least, most = (
        100 * math.expm1(min(each, 700.0))
        for each in (slope.low, slope.value, slope.high, slope.least, slope.most)
    )
    return Slope(value, low, high, least, most, slope.studies)


def change_between(measure: Measure, earlier: Point, later: Point, noise: NoiseModel) -> Change:
    """Later minus earlier beside MDC95 of two studies of these laboratories and methods."""
    mixed = is_mixed(earlier, later)
    sems = [noise.of_point(measure, each, mixed=mixed).sem for each in (earlier, later)]
    mdc95 = TWO_STUDIES_95 * math.sqrt((sems[0] ** 2 + sems[1] ** 2) / 2)
    if measure.is_relative:
        low = earlier.interval.low
        mdc95 *= 0.0 if low is None else float(low)
    difference = (
        _minus(later.interval.low, earlier.interval.high),
        _minus(later.interval.high, earlier.interval.low),
    )
    return Change(
        earlier,
        later,
        *difference,
        mdc95,
        _is_beyond_noise(*difference, mdc95),
        direction_of(measure, *difference),
    )


def _minus(one: Number | None, other: Number | None) -> Number | None:
    if one is None or other is None:
        return None
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return one - other
    return float(one) - float(other)


def _is_beyond_noise(low: Number | None, high: Number | None, mdc95: float) -> bool | None:
    if low is not None and compare(low, mdc95) > 0:
        return True
    if high is not None and compare(high, -mdc95) < 0:
        return True
    if low is None or high is None:
        return None
    inside = compare(low, -mdc95) >= 0 and compare(high, mdc95) <= 0
    return False if inside else None


def direction_of(measure: Measure, low: Number | None, high: Number | None) -> Direction:
    """The direction of a difference or slope between these two ends."""
    if low is not None and low > 0:
        return Direction.WORSE if measure.worse is Worse.HIGHER else Direction.BETTER
    if high is not None and high < 0:
        return Direction.WORSE if measure.worse is Worse.LOWER else Direction.BETTER
    return Direction.NONE


def change_words(measure: Measure, change: Change) -> str:
    """ "LVESD 34 to 40 mm (+6; two studies differ by up to 3.6 mm by chance)"."""
    earlier, later = change.earlier.interval, change.later.interval
    difference = _signed(change.low, change.high)
    unit = f" {measure.unit}"
    up_to = f"{change.mdc95:.2g}" if change.mdc95 < 10 else f"{change.mdc95:.0f}"
    chance = f"two studies differ by up to {up_to} {_points(measure)} by chance"
    return f"{measure.label} {earlier} to {later}{unit} ({difference}; {chance})"


def _signed(low: Number | None, high: Number | None) -> str:
    if low is None and high is None:
        return "open"
    if low is None or high is None:
        known = high if low is None else low
        sign = "at most" if low is None else "at least"
        return f"{sign} {_with_sign(known)}"
    if compare(low, high) == 0:
        return _with_sign(low)
    return f"{_with_sign(low)} to {_with_sign(high)}"


def _with_sign(value: Number | None) -> str:
    text = "0" if not value else plain(value)
    return f"\N{MINUS SIGN}{text[1:]}" if text.startswith("-") else f"+{text}"
