"""The statistics of a course: a robust slope with its interval, and what to expect next.

Two things are computed of the same studies, because they answer two questions:

``theil_sen`` describes what was measured: the median of the slopes between all pairs of studies,
with the interval of Sen's rank method (scores 11a). It takes ranges: every pair then has a lowest
and a highest slope, and the interval is widened accordingly.

``filtered`` estimates what is true behind it: a level and a slope, each study weighted by its
noise, the slope held back by how much hearts usually change in a year, and old studies forgotten
slowly because a course does not stay the same (a Kalman filter of a level and its slope). It gives
the probability that the true value is beyond a limit, and the band of the next study.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import sub, truediv
from statistics import NormalDist

NORMAL = NormalDist()
INFORMATIVE_FROM = 5  # studies; the interval of fewer says little (scores 11a, last row)


@dataclass(frozen=True, slots=True)
class Slope:
    """A change per unit of time with its interval; ``low`` and ``high`` may be infinite.

    ``least`` and ``most`` are the slope's own bounds where values are ranges; both equal ``value``
    where all are exact.
    """

    value: float
    low: float
    high: float
    least: float
    most: float
    studies: int

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of no change."""
        return self.low > 0 or self.high < 0

    @property
    def is_informative(self) -> bool:
        """Whether there are enough studies for the interval to say something."""
        return self.studies >= INFORMATIVE_FROM

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form; an infinite end is ``None``."""
        return {
            "value": self.value,
            "low": _finite(self.low),
            "high": _finite(self.high),
            "least": _finite(self.least),
            "most": _finite(self.most),
            "studies": self.studies,
            "is_informative": self.is_informative,
        }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def theil_sen(
    times: Sequence[float],
    values: Sequence[float],
    *,
    lows: Sequence[float] | None = None,
    highs: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> Slope | None:
    """The median slope between pairs, with Sen's interval; ``None`` when all times are equal.

    ``lows`` and ``highs`` are the ends of values that are ranges (infinite where open); then
    ``values`` are their middles. An open range has no middle: ``nan``, and it only widens.
    """
    exact = sorted(_slopes(times, values, values))
    if not exact:
        return None
    least = exact if lows is None or highs is None else sorted(_slopes(times, highs, lows))
    most = exact if lows is None or highs is None else sorted(_slopes(times, lows, highs))
    first, last = _ranks(times, values, len(least), confidence)
    value = _middle(exact)
    return Slope(value, least[first], most[last], _middle(least), _middle(most), len(times))


def _middle(ordered: Sequence[float]) -> float:
    """The median of sorted values."""
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _slopes(
    times: Sequence[float], earlier: Sequence[float], later: Sequence[float]
) -> list[float]:
    """Slopes of all pairs whose times differ and whose values have a number; times ascend."""
    known = [(time, value) for time, value in zip(times, later, strict=True) if value == value]
    when, then = [time for time, _value in known], [value for _time, value in known]
    found: list[float] = []
    first = 0
    for time, value in zip(times, earlier, strict=True):
        if value == value:  # "not a number" is not equal to itself
            first = bisect_right(when, time, first)
            rises = map(sub, then[first:], repeat(value))
            found += map(truediv, rises, map(sub, when[first:], repeat(time)))
    return found


def _ranks(
    times: Sequence[float], values: Sequence[float], pairs: int, confidence: float
) -> tuple[int, int]:
    """Positions of the interval's ends among the sorted slopes (Sen 1968, equation 2.6)."""
    n = len(times)
    spread = n * (n - 1) * (2 * n + 5) - _ties(times) - _ties(values)
    reach = NORMAL.inv_cdf((1 + confidence) / 2) * math.sqrt(max(0, spread) / 18)
    first = max(round((pairs - reach) / 2) - 1, 0)
    last = min(round((pairs + reach) / 2), pairs - 1)
    return first, last


def _ties(values: Sequence[float]) -> int:
    counts = Counter(values).values()
    return sum(k * (k - 1) * (2 * k + 5) for k in counts if k > 1)


@dataclass(frozen=True, slots=True)
class Course:
    """The true level and slope on the day of the last study, as far as the studies tell.

    Times are years; ``wander`` is how far the level strays from its line in one year.
    """

    level: float
    slope: float
    var_level: float
    covariance: float
    var_slope: float
    wander: float

    def ahead(self, years: float) -> tuple[float, float]:
        """Mean and standard deviation of the true value so many years after the last study."""
        mean = self.level + self.slope * years
        variance = self.var_level + 2 * years * self.covariance + years * years * self.var_slope
        return mean, math.sqrt(variance + self.wander**2 * years)

    def probability_above(self, limit: float, years: float = 0.0) -> float:
        """The probability that the true value is above the limit then."""
        mean, deviation = self.ahead(years)
        return NORMAL.cdf((mean - limit) / deviation)

    def probability_rising(self) -> float:
        """The probability that the true slope is upward."""
        return NORMAL.cdf(self.slope / math.sqrt(self.var_slope))


def filtered(
    times: Sequence[float],
    values: Sequence[float],
    variances: Sequence[float],
    *,
    usual_slope: float,
    wander: float,
) -> Course:
    """Level and slope after the last of these studies; times ascend, at least one study."""
    level, slope = values[0], 0.0
    p, c, v = variances[0], 0.0, usual_slope**2
    before = times[0]
    for time, value, variance in zip(times[1:], values[1:], variances[1:], strict=True):
        years, before = time - before, time
        level += slope * years
        p += years * (2 * c + years * v + wander**2)
        c += years * v
        surprise, total = value - level, p + variance
        by_level, by_slope = p / total, c / total
        level += by_level * surprise
        slope += by_slope * surprise
        p, c, v = p * (1 - by_level), c * (1 - by_level), v - by_slope * c
    return Course(level, slope, p, c, v, wander)


def years_until(course: Course, limit: float, probability: float, longest: float) -> float | None:
    """Years after the last study until the true value is above the limit with that probability.

    0 when it already is; ``None`` when it is not within the ``longest`` years. For a course that
    rises the probability only grows with time, so halving the span finds the first such day.
    """
    if course.probability_above(limit) >= probability:
        return 0.0
    if course.probability_above(limit, longest) < probability:
        return None
    early, late = 0.0, longest
    while late - early > 1 / 1000:
        middle = (early + late) / 2
        if course.probability_above(limit, middle) < probability:
            early = middle
        else:
            late = middle
    return late
