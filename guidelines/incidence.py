"""How many had reached which end by which time, when ends compete and some are still waiting.

The Aalen–Johansen estimator for integer cause codes; 0 is still waiting (censored). With n(u) at
risk just before u, d_k(u) ends by cause k and d(u) ends by any cause at u:

    S(t) = Π over u ≤ t of (n(u) − d(u)) / n(u)          free of every end, Kaplan–Meier
    F_k(t) = Σ over u ≤ t of S(u−) · d_k(u) / n(u)       cumulative incidence of cause k

Ties are exact: what happens at one time is counted together, and who is censored at a time is at
risk at that time. An end at time 0 counts.

Variance: the delta method with the multinomial variance of the increments, of Greenwood's kind
(Dinse & Larson, Biometrika 1986; 73:379, section 4, formula 6). With D = F_k(t) − F_k(u):

    var F_k(t) = Σ over u ≤ t of  D²·d/(n(n−d)) + S(u−)²·d_k(n−d_k)/n³ − 2·D·S(u−)·d_k/n²

computed here as a recursion of var F_k, cov(F_k, S) and var S. With one cause it is Greenwood's
formula; without censoring it is F(1−F)/n.

Interval: complementary log-log transformed (Beyersmann, Allignol & Schumacher, Competing Risks and
Multistate Models with R, 2012, formula 4.21): 1 − (1−F)^exp(±z·se / ((1−F)·ln(1−F))). With one
cause it is the usual log-log interval of Kaplan–Meier.

Counts are integers and the rest is ``float``: fractions would be exact, but their denominators grow
with each distinct time. Each F_k is a sum of products of ratios of integers, whose error stays
near 1e-15 for each step; a comparison with a level (a quantile) is within 1e-9, relative.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from statistics import NormalDist

from guidelines.numbers import compare

CENSORED = 0
CONFIDENCE = 0.95
LARGEST_EXPONENT = 700.0  # of exp() in floating point


@dataclass(frozen=True, slots=True)
class Curve:
    """One cause at each of ``Incidences.times``, that time included.

    How many were ``seen`` to end so, the cumulative incidence, and its variance.
    """

    cause: int
    seen: tuple[int, ...]
    shares: tuple[float, ...]
    variances: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Incidences:
    """Cumulative incidences of all causes, as the module describes.

    ``times`` are the distinct times at which somebody reached an end, with who was ``at_risk`` just
    before and the share ``event_free`` just after; ``observed`` are all times, in order.
    """

    observed: tuple[float, ...]
    times: tuple[float, ...]
    at_risk: tuple[int, ...]
    event_free: tuple[float, ...]
    curves: Mapping[int, Curve]

    @property
    def n(self) -> int:
        """How many were observed."""
        return len(self.observed)

    def at_risk_at(self, time: float) -> int:
        """How many had neither reached an end nor been censored just before this time."""
        return self.n - bisect_left(self.observed, time)

    def is_followed_to(self, time: float) -> bool:
        """Whether the estimate says something here: somebody was at risk, or nobody is left."""
        return self.at_risk_at(time) > 0 or (self.n > 0 and self.event_free_at(time) == 0)

    def event_free_at(self, time: float) -> float:
        """S(t): the share without any end up to and at this time."""
        at = bisect_right(self.times, time)
        return self.event_free[at - 1] if at else 1.0

    def event_free_before(self, time: float) -> float:
        """S(t−): the share without any end before this time."""
        at = bisect_left(self.times, time)
        return self.event_free[at - 1] if at else 1.0

    def share(self, cause: int, time: float) -> float:
        """F(t): the share that reached this end by this time; 0 for a cause that nobody had."""
        at, curve = bisect_right(self.times, time), self.curves.get(cause)
        return curve.shares[at - 1] if at and curve else 0.0

    def variance(self, cause: int, time: float) -> float:
        """The variance of ``share``."""
        at, curve = bisect_right(self.times, time), self.curves.get(cause)
        return curve.variances[at - 1] if at and curve else 0.0

    def ends_by(self, cause: int, time: float) -> int:
        """How many were seen to reach this end by this time."""
        at, curve = bisect_right(self.times, time), self.curves.get(cause)
        return curve.seen[at - 1] if at and curve else 0

    def interval(
        self, cause: int, time: float, confidence: float = CONFIDENCE
    ) -> tuple[float, float] | None:
        """The confidence interval of ``share``; ``None`` where the share is 0 or 1."""
        return interval_of(self.share(cause, time), self.variance(cause, time), confidence)

    def quantile(self, cause: int, share: float = 0.5) -> float | None:
        """The first time by which the cumulative incidence is at least this share.

        ``None`` when it never is: of those who wait, not everybody reaches this end.
        """
        _check_share(share)
        curve = self.curves.get(cause)
        return self._first_time(curve.shares if curve else (), share)

    def quantile_interval(
        self, cause: int, share: float = 0.5, confidence: float = CONFIDENCE
    ) -> tuple[float | None, float | None]:
        """The first times at which the upper and the lower end of the interval are at the share.

        ``None`` for an end that never is; a share of 0 or 1 has no interval and reaches nothing.
        """
        _check_share(share)
        curve = self.curves.get(cause)
        if curve is None:
            return None, None
        found = [
            interval_of(each, variance, confidence) or (0.0, 0.0)
            for each, variance in zip(curve.shares, curve.variances, strict=True)
        ]
        lows, highs = (tuple(pair[end] for pair in found) for end in (0, 1))
        return self._first_time(highs, share), self._first_time(lows, share)

    def _first_time(self, shares: tuple[float, ...], share: float) -> float | None:
        reached = (
            time
            for time, each in zip(self.times, shares, strict=False)
            if compare(each, share) >= 0
        )
        return next(reached, None)


def _check_share(share: float) -> None:
    if not 0 < share <= 1:
        raise ValueError(f"not a share above 0 and up to 1: {share!r}")


def interval_of(
    share: float, variance: float, confidence: float = CONFIDENCE
) -> tuple[float, float] | None:
    """The complementary log-log interval; ``None`` where the transformation has no value (0, 1)."""
    if not 0 < confidence < 1:
        raise ValueError(f"not a confidence between 0 and 1: {confidence!r}")
    if share <= 0 or compare(share, 1.0) >= 0:
        return None
    log_free = math.log1p(-share)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    width = min(z * math.sqrt(variance) / ((1 - share) * -log_free), LARGEST_EXPONENT)
    return -math.expm1(log_free * math.exp(-width)), -math.expm1(log_free * math.exp(width))


def incidences_of(observations: Iterable[tuple[float, int]]) -> Incidences:
    """Cumulative incidences of pairs of a time and a cause (0 is censored), in any order.

    Raises ``ValueError`` for a time that is negative or not finite, or a cause below 0.
    """
    counted = Counter(observations)
    for time, cause in counted:
        _check(time, cause)
    ends: dict[float, Counter[int]] = {}
    observed: list[float] = []
    for (time, cause), count in sorted(counted.items()):
        observed += [time] * count
        if cause != CENSORED:
            ends.setdefault(time, Counter())[cause] += count
    at_risk = tuple(len(observed) - bisect_left(observed, time) for time in ends)
    causes = sorted({cause for at_once in ends.values() for cause in at_once})
    steps = [
        (n, at_once.total(), at_once) for n, at_once in zip(at_risk, ends.values(), strict=True)
    ]
    return Incidences(
        tuple(observed),
        tuple(ends),
        at_risk,
        _event_free(steps),
        {cause: _curve(cause, steps) for cause in causes},
    )


def _check(time: float, cause: int) -> None:
    if not math.isfinite(time) or time < 0:
        raise ValueError(f"not a time since the start: {time!r}")
    if isinstance(cause, bool) or not isinstance(cause, int) or cause < CENSORED:
        raise ValueError(f"not a code of a cause: {cause!r}")


Step = tuple[int, int, Counter[int]]  # at risk, ends of any cause, ends by cause


def _event_free(steps: list[Step]) -> tuple[float, ...]:
    free, found = 1.0, []
    for n, ended, _by_cause in steps:
        free *= (n - ended) / n
        found.append(free)
    return tuple(found)


def _curve(cause: int, steps: list[Step]) -> Curve:
    """One cause: the share and its variance, step by step.

    At each step F' = F + S·h and S' = S·(1−H), with h = d_k/n and H = d/n; the three (co)variances
    follow by the delta method from var h = h(1−h)/n, var H = H(1−H)/n, cov(h, H) = h(1−H)/n.
    """
    share, free = 0.0, 1.0
    var_share = var_free = cov = 0.0
    shares, variances = [], []
    for n, ended, by_cause in steps:
        own, every, rest = by_cause[cause] / n, ended / n, (n - ended) / n
        spread = free * free / n
        var_share = max(
            0.0,
            var_share + 2 * own * cov + own * own * var_free + spread * own * (1 - own),
        )
        cov = rest * (cov + own * var_free - spread * own)
        var_free = rest * (rest * var_free + spread * every)
        share = min(1.0, share + free * own)
        free *= rest
        shares.append(share)
        variances.append(var_share)
    seen = accumulate(by_cause[cause] for _n, _ended, by_cause in steps)
    return Curve(cause, tuple(seen), tuple(shares), tuple(variances))
