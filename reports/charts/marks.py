"""What a chart shows: points, limits, events, a trend with what is expected next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from reports.charts.numbers import (
    EN_DASH,
    Number,
    is_equal,
    measured_text,
    require_finite,
)

Direction = Literal["at_least", "above", "at_most", "below"]
AT_LEAST, AT_MOST = "\u2265", "\u2264"


@dataclass(frozen=True)
class ChartPoint:
    """One measurement: a `value`, or a range `low` to `high` (equal ends are a value).

    `low_open` means "> low" and `high_open` "< high": that end is not a possible value, and the
    other end is where the scale stops or None. `final` is false for a draft, `comparable` for a
    value that is not compared with the others, `stale` is true for one that is too old to
    reassure, each with the reason in `note`. `earlier`: it counts, for the part of the course
    before the last event. `error` is the range of its measurement error. `words` stand for the
    value where the number is only its place ("II").
    """

    on: date
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    low_open: bool = False
    high_open: bool = False
    final: bool = True
    comparable: bool = True
    stale: bool = False
    earlier: bool = False
    method: str = ""
    note: str = ""
    words: str = ""
    error: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.value is None and self.low is None and self.high is None:
            raise ValueError("A chart point needs a value or an end of a range.")
        if self.value is not None and (self.low is not None or self.high is not None):
            raise ValueError("A chart point is a value or a range, not both.")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("The low end of a range lies above its high end.")
        require_finite(self.value, self.low, self.high, *(self.error or ()))

    @property
    def exact(self) -> Number | None:
        """The one value, or None for a range."""
        return self.low if self.value is None and self.low == self.high else self.value

    @property
    def ends(self) -> tuple[Number | None, Number | None]:
        """Lowest and highest end that were stated; None for an end that was left open."""
        if self.value is not None:
            return self.value, self.value
        open_up = self.low_open and not self.high_open
        open_down = self.high_open and not self.low_open
        return None if open_down else self.low, None if open_up else self.high

    @property
    def filled(self) -> bool:
        """Whether it is drawn filled: final, comparable, and not too old to reassure."""
        return self.final and self.comparable and not self.stale

    @property
    def drawn_values(self) -> list[float]:
        """All the values that the vertical axis must hold for this point."""
        values = [float(end) for end in self.ends if end is not None]
        return [*values, *(self.error or ())]

    @property
    def text(self) -> str:
        """The value in words: "64", "55 to 60" with a dash, "> 60", "< 30"."""
        if self.words:
            return self.words
        low, high = (None if end is None else measured_text(end) for end in self.ends)
        if high is None:
            return f"{'>' if self.low_open else AT_LEAST} {low}"
        if low is None:
            return f"{'<' if self.high_open else AT_MOST} {high}"
        return low if low == high else f"{low}{EN_DASH}{high}"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit of a rule: values `direction` the `value` are beyond it ("at_most" 60: 60 is).

    `label` names it beside the line; `note` is a short second line ("ESC/EACTS", where the other
    edition has no such limit).
    """

    value: Number
    direction: Direction
    label: str
    note: str = ""

    def __post_init__(self) -> None:
        require_finite(self.value)

    @property
    def beyond_is_up(self) -> bool:
        """Whether the side beyond the limit is the upper one."""
        return self.direction in ("at_least", "above")

    @property
    def full_label(self) -> str:
        """The label with whose limit it is."""
        return f"{self.label} ({self.note})" if self.note else self.label

    def beyond(self, point: ChartPoint) -> bool | None:
        """Whether a point lies beyond the limit; None when its range lies on both sides."""
        may_be, may_not_be = self._far_end_is_beyond(point), self._near_end_is_within(point)
        return may_be if may_be != may_not_be else None

    def _far_end_is_beyond(self, point: ChartPoint) -> bool:
        up = self.beyond_is_up
        end = point.ends[1 if up else 0]
        is_open = point.high_open if up else point.low_open
        if end is None or not is_equal(end, self.value):
            return end is None or (end > self.value) == up
        return self.direction in ("at_least", "at_most") and not is_open

    def _near_end_is_within(self, point: ChartPoint) -> bool:
        up = self.beyond_is_up
        end = point.ends[0 if up else 1]
        is_open = point.low_open if up else point.high_open
        if end is None or not is_equal(end, self.value):
            return end is None or (end < self.value) == up
        return self.direction in ("above", "below") and not is_open


@dataclass(frozen=True, slots=True)
class EventMark:
    """Something that happened on a day, as a vertical line.

    `sign` is written at the line instead of the label where a key names the signs ("A").
    """

    on: date
    label: str
    sign: str = ""

    @property
    def written(self) -> str:
        """What stands at the line."""
        return self.sign or self.label


@dataclass(frozen=True, slots=True)
class BandPart:
    """Where a measurement is expected on one day; several make the band of a chart."""

    on: date
    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class TrendChart:
    """One measurement over time.

    `ident` is unique on the page (letters, digits, hyphens); `from_on` and `until_on` widen the
    time axis so that charts beside each other share one, and `margins` (left, right) give them one
    width. Rows of event labels add to `height`. `trend` is the line of the present course by days
    and values, `band` what is expected after it. `is_log`: equal ratios are equal distances.
    `steps`: a value holds until the next one. `names` are the words of a scale without numbers,
    by value.
    """

    ident: str
    title: str
    unit: str
    points: Sequence[ChartPoint] = ()
    thresholds: Sequence[Threshold] = ()
    events: Sequence[EventMark] = ()
    trend: Sequence[tuple[date, float]] = ()
    band: Sequence[BandPart] = ()
    from_on: date | None = None
    until_on: date | None = None
    width: int = 440
    height: int = 200
    margins: tuple[float, float] | None = None
    is_log: bool = False
    steps: bool = False
    names: Sequence[str] = ()
    has_legend: bool = True

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", self.ident):
            raise ValueError(f"Not usable as an id: {self.ident!r}")

    @cached_property
    def in_order(self) -> list[ChartPoint]:
        """The points, oldest first."""
        return sorted(self.points, key=lambda point: point.on)

    @cached_property
    def latest(self) -> ChartPoint | None:
        """The newest final point, comparable or not; a draft only when there is nothing else."""
        order = self.in_order
        finals = [point for point in order if point.final]
        return next(reversed(finals or order), None)

    def beyond(self, point: ChartPoint) -> bool | None:
        """Whether a point lies beyond any limit; None when that depends on its range."""
        answers = [limit.beyond(point) for limit in self.thresholds]
        return True if True in answers else None if None in answers else False
