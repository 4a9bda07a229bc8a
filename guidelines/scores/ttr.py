"""Time in therapeutic range (Rosendaal): between two INR results the INR is taken as a line.

The continuous variant: the exact share of time, not a count of days (which differs by up to six
points). Two results further apart than the longest gap say nothing of the time between them: it
leaves both numerator and denominator. The therapeutic range comes from the patient's plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from guidelines.numbers import Interval, Number, compare, plain
from guidelines.scores.score import (
    InputDefinition,
    ScoreDefinition,
    ScoreResult,
    Stratum,
    UsedInput,
    strata_of,
)
from guidelines.vocabulary import Verification

MAX_GAP_DAYS = 56
LABILE = Decimal(60)  # %, below it; HAS-BLED
GOOD_ESC_EACTS_2025 = Decimal(60)  # %, above it; safety A1
GOOD_ESC_AF_2024 = Decimal(70)  # %, above it
VARIANT = "continuous: a straight line between two results"

_INR = InputDefinition("inr", "INR", "Every result in the period, with its day.")

DEFINITION = ScoreDefinition(
    id="ttr-rosendaal",
    title="Time in therapeutic range (Rosendaal)",
    unit="%",
    population="Patients on a vitamin K antagonist.",
    citation="Rosendaal; LOINC 72281-9",
    rows=("scores 7", "safety A1"),
    verification=Verification.SECONDARY_SOURCE,
    inputs=(
        _INR,
        InputDefinition("inr_low", "INR, lower limit", "From the patient's plan."),
        InputDefinition("inr_high", "INR, upper limit", "From the patient's plan."),
    ),
    caveats=("Counting whole days instead gives up to six points more or less.",),
    strata=(
        Stratum("below 60 %", "labile in HAS-BLED", None, LABILE, high_open=True),
        Stratum(
            "60 %",
            "not labile in HAS-BLED, and not above the 60 % that ESC/EACTS 2025 calls the usual "
            "definition of good control",
            LABILE,
            GOOD_ESC_EACTS_2025,
        ),
        Stratum(
            "above 60 to 70 %",
            "good control as ESC/EACTS 2025 usually defines it, not as ESC AF 2024 does (above "
            "70 %)",
            GOOD_ESC_EACTS_2025,
            GOOD_ESC_AF_2024,
            low_open=True,
        ),
        Stratum(
            "above 70 %",
            "good control by ESC/EACTS 2025 and by ESC AF 2024",
            GOOD_ESC_AF_2024,
            None,
            low_open=True,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Inr:
    """One INR result; "more than 8" is an interval without an upper end."""

    value: Number | Interval
    on: date
    source: str = ""

    @property
    def interval(self) -> Interval:
        """The value as an interval."""
        return self.value if isinstance(self.value, Interval) else Interval.point(self.value)


@dataclass(frozen=True, slots=True)
class _Segment:
    """The time between two results, and the least and most share of it in range."""

    days: int
    least: Decimal
    most: Decimal


def time_in_range(
    inrs: Sequence[Inr], *, low: Decimal, high: Decimal, max_gap_days: int = MAX_GAP_DAYS
) -> ScoreResult:
    """Percent of the time with an INR from ``low`` to ``high``, both included.

    A range where a result is known only as "more than" or "less than". Not computed with fewer
    than two results close enough to each other. Raises ``ValueError`` for limits in disorder.
    """
    if low >= high:
        raise ValueError(f"the INR range {low} to {high} is empty")
    ordered = sorted(inrs, key=lambda each: each.on)
    segments = list(_segments(ordered, low, high, max_gap_days))
    days = sum(segment.days for segment in segments)
    parameters = _parameters(ordered, days, low, high, max_gap_days)
    used = tuple(_used(each) for each in ordered)
    if days == 0:
        why = f"no two INR results within {max_gap_days} days of each other"
        return ScoreResult(
            DEFINITION, None, None, used, missing=("inr",), not_computed=why, parameters=parameters
        )
    lowest = 100 * sum((s.days * s.least for s in segments), Decimal(0)) / days
    highest = 100 * sum((s.days * s.most for s in segments), Decimal(0)) / days
    return ScoreResult(
        DEFINITION,
        lowest,
        highest,
        used,
        missing=("inr",) if lowest != highest else (),
        strata=strata_of(DEFINITION, lowest, highest),
        parameters=parameters,
    )


def not_in_range(why: str, missing: tuple[str, ...] = ()) -> ScoreResult:
    """A result without a value: no plan, no therapeutic range, no vitamin K antagonist."""
    return ScoreResult(DEFINITION, None, None, (), missing=missing, not_computed=why)


def _segments(
    inrs: Sequence[Inr], low: Decimal, high: Decimal, max_gap_days: int
) -> Iterator[_Segment]:
    for first, second in pairwise(inrs):
        days = (second.on - first.on).days
        if 0 < days <= max_gap_days:
            yield _Segment(days, *_share(first.interval, second.interval, low, high))


def _share(
    first: Interval, second: Interval, low: Decimal, high: Decimal
) -> tuple[Decimal, Decimal]:
    """The least and the most share of a segment in range.

    A result beyond the range that is known only as "more" or "less" makes the line steeper the
    further away it lies: its limit gives the most.
    """
    ends = [_nearest(each, low, high) for each in (first, second)]
    if ends[0] is None or ends[1] is None:
        return Decimal(0), Decimal(1)
    most = _inside(ends[0], ends[1], low, high)
    exact = first.is_point and second.is_point
    return (most if exact else Decimal(0)), most


def _nearest(value: Interval, low: Decimal, high: Decimal) -> Decimal | None:
    """The value, or the end of it that is nearest to the range; ``None`` where it may be inside."""
    if value.is_point and value.low is not None:
        return Decimal(value.low)
    if value.low is not None and value.is_at_least(high):
        return Decimal(value.low)
    if value.high is not None and value.is_at_most(low):
        return Decimal(value.high)
    return None


def _inside(start: Decimal, end: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """The share of a straight line from start to end that lies from low to high."""
    return 1 - _below(start, end, low) - _below(-start, -end, -high)


def _below(start: Decimal, end: Decimal, limit: Decimal) -> Decimal:
    """The share of a straight line from start to end that lies below the limit."""
    if start == end:
        return Decimal(1) if start < limit else Decimal(0)
    reached = min(max((limit - start) / (end - start), Decimal(0)), Decimal(1))
    return reached if end > start else 1 - reached


def _parameters(
    inrs: Sequence[Inr], days: int, low: Decimal, high: Decimal, max_gap_days: int
) -> dict[str, str]:
    whole = (inrs[-1].on - inrs[0].on).days if inrs else 0
    said = {
        "therapeutic range": f"INR {plain(low)} to {plain(high)}",
        "variant": VARIANT,
        "longest gap": f"{max_gap_days} days",
        "results": str(len(inrs)),
        "days counted": str(days),
        "days left out": str(whole - days),
    }
    if inrs:
        said |= {"from": inrs[0].on.isoformat(), "until": inrs[-1].on.isoformat()}
    return said


def _used(inr: Inr) -> UsedInput:
    text = str(inr.interval)
    return UsedInput(_INR.name, _INR.label, _INR.meaning, text, True, inr.on, inr.source, "", "")


def is_labile(result: ScoreResult) -> bool | None:
    """Whether the time in range is below 60 %; unknown when not computed or on both sides."""
    if result.lowest is None or result.highest is None:
        return None
    if compare(result.highest, LABILE) < 0:
        return True
    return False if compare(result.lowest, LABILE) >= 0 else None
