"""Where things are: the place of each value, day and label in the picture."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from reports.charts.marks import ChartPoint, EventMark, TrendChart
from reports.charts.numbers import MINUS, number_text

FONT_SIZE = 11
NOTE_SIZE = 9
# Mean width of a character in a system font, as a part of its size: labels are placed by it.
CHARACTER = 0.56
LABEL_HEIGHT = 12
EVENT_ROWS = 4
EVENT_LETTERS = 30
EDGE = 8  # between the frame and the first day
# On a logarithmic axis the ends are at least this far apart, so that two round numbers fit.
LEAST_RATIO = 6.25


@dataclass(frozen=True, slots=True)
class Frame:
    """The plot's corners in pixels, and the times and values that they stand for."""

    left: float
    right: float
    top: float
    bottom: float
    height: float
    first: date
    last: date
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    is_log: bool
    room_right: float
    event_rows: dict[int, int] = field(default_factory=dict)

    def x(self, on: date) -> float:
        """The place of a day."""
        days = max((self.last - self.first).days, 1)
        width = self.right - self.left - EDGE - self.room_right
        return self.left + EDGE + width * (on - self.first).days / days

    def y(self, value: float) -> float:
        """The place of a value, kept inside the frame."""
        if self.is_log:
            value = min(max(value, self.low), self.high)
            part = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            part = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.bottom - (self.bottom - self.top) * part


def frame_of(chart: TrendChart, legend_lines: int) -> Frame:
    """The frame that holds everything the chart shows."""
    is_log = chart.is_log and all(value > 0 for value in _values_of(chart)) and bool(chart.points)
    low, high, ticks = _named_range(chart) or (_log_range if is_log else _value_range)(chart)
    first, last = _time_range(chart)
    left, right = chart.margins or _margins(chart, ticks)
    latest = chart.latest
    has_room = chart.until_on is not None and latest is not None and chart.until_on > latest.on
    frame = Frame(
        left=left,
        right=chart.width - right,
        top=LABEL_HEIGHT + 4,
        bottom=chart.height - 18 - (LABEL_HEIGHT + 2) * legend_lines,
        height=chart.height,
        first=first,
        last=last,
        low=low,
        high=high,
        ticks=ticks,
        is_log=is_log,
        room_right=EDGE
        if has_room or chart.margins or latest is None
        else width_of(latest.text, bold=True) + 10,
    )
    rows = _event_rows(chart, frame)
    room = LABEL_HEIGHT * (max(rows.values(), default=-1) + 1)
    return replace(
        frame,
        top=frame.top + room,
        bottom=frame.bottom + room,
        height=frame.height + room,
        event_rows=rows,
    )


def _margins(chart: TrendChart, ticks: tuple[tuple[float, str], ...]) -> tuple[float, float]:
    axis = max((width_of(text) for _value, text in ticks), default=0)
    limits = [max(width_of(t.label, bold=True), width_of(t.note)) for t in chart.thresholds]
    return axis + 8, max(limits) + 8 if limits else 6


# Values -------------------------------------------------------------------------------------------


def _values_of(chart: TrendChart) -> list[float]:
    values = [value for point in chart.points for value in point.drawn_values]
    values += [float(limit.value) for limit in chart.thresholds]
    values += [value for _day, value in chart.trend]
    return values + [end for part in chart.band for end in (part.low, part.high)]


Range = tuple[float, float, tuple[tuple[float, str], ...]]
NARROWEST_ZONE = 0.03
"""Of the axis: how much of it lies beyond each limit at least."""


def _named_range(chart: TrendChart) -> Range | None:
    """A scale of words: one place for each, the first at 1."""
    if not chart.names:
        return None
    count = len(chart.names)
    return 0.5, count + 0.5, tuple(enumerate(chart.names, start=1))


def _value_range(chart: TrendChart) -> Range:
    """Ends of the axis, ticks at round numbers; no limit lies on the frame's edge."""
    values = _values_of(chart)
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    size = max(abs(low), abs(high))
    # A tenth of the values' own size at least, so that noise does not look like a fall.
    margin = max((high - low) * 0.08, size * 0.08) or 1.0
    floor = 0.0 if low >= 0 else -math.inf
    step = _round_step((high - low + 2 * margin) / 4)
    half = step / 2
    bottom = math.floor(max(low - margin, floor) / half) * half
    top = max(math.ceil((high + margin) / half) * half, bottom + step)
    limits = [float(limit.value) for limit in chart.thresholds]
    # Closer than this to the frame, the zone beyond a limit could not be seen.
    near = (top - bottom) * NARROWEST_ZONE
    bottom, top = (
        bottom - (half if any(limit <= bottom + near for limit in limits) else 0),
        top + (half if any(limit >= top - near for limit in limits) else 0),
    )
    first = math.ceil(bottom / step - 1e-9)
    count = math.floor(top / step + 1e-9) - first + 1
    ticks = [(first + index) * step for index in range(count)]
    return bottom, top, tuple((value, tick_text(value, step)) for value in ticks)


def _log_range(chart: TrendChart) -> Range:
    """Ends a little beyond the values; ticks at round numbers, at most seven."""
    values = _values_of(chart)
    low, high = min(values) / 1.3, max(values) * 1.3
    if high / low < LEAST_RATIO:
        wider = math.sqrt(LEAST_RATIO * low / high)
        low, high = low / wider, high * wider
    for digits in ((1, 2, 5), (1, 3), (1,)):
        ticks = [value for value in _round_numbers(low, high, digits) if low <= value <= high]
        if len(ticks) <= 7:
            break
    every = math.ceil(len(ticks) / 7) or 1
    return low, high, tuple((value, _plain_tick(value)) for value in ticks[::every])


def _round_numbers(low: float, high: float, digits: tuple[int, ...]) -> Iterator[float]:
    for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1):
        yield from (digit * 10.0**power for digit in digits)


def _plain_tick(value: float) -> str:
    return number_text(value) if 1e-4 <= value < 1e7 else f"{value:.0e}"


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next((m * power for m in (1, 2, 2.5, 5) if m * power >= rough), 10 * power)


def tick_text(value: float, step: float) -> str:
    """The number beside a line of the axis."""
    if step >= 1e6 or (step < 1e-4 and step > 0):
        return f"{value:.3g}".replace("-", MINUS)
    decimals = max(0, -math.floor(math.log10(step)) + (f"{step:.0e}"[0] == "2"))
    text = f"{round(value, decimals):.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", MINUS)


# Days ---------------------------------------------------------------------------------------------


def _time_range(chart: TrendChart) -> tuple[date, date]:
    days = [point.on for point in chart.points] + [event.on for event in chart.events]
    days += [part.on for part in chart.band]
    days += [day for day in (chart.from_on, chart.until_on) if day]
    if not days:
        return date(2000, 1, 1), date(2001, 1, 1)
    first, last = min(days), max(days)
    short = max(0, 180 - (last - first).days)
    return _days_after(first, -short // 2), _days_after(last, short // 2)


def _days_after(day: date, days: int) -> date:
    """A day some days later, kept within the calendar."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def places_of(chart: TrendChart, frame: Frame) -> list[tuple[ChartPoint, float]]:
    """Each point with its x; points of one day stand side by side."""
    places: list[tuple[ChartPoint, float]] = []
    seen: Counter[date] = Counter()
    for point in chart.in_order:
        before = seen[point.on]
        seen[point.on] += 1
        side = (before + 1) // 2 * (-1) ** before
        places.append((point, frame.x(point.on) + 7 * side))
    return places


def time_ticks(frame: Frame) -> list[tuple[date, str]]:
    """First days of years, or of months when less than two years are shown."""
    if (frame.last - frame.first).days < 730:
        return _month_ticks(frame)
    years = list(range(frame.first.year, frame.last.year + 1))
    years = years[frame.first > date(frame.first.year, 1, 1) :]
    room = max(2, int((frame.right - frame.left) // 42))
    steps = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
    step: int = next((step for step in steps if len(years) <= step * room), steps[-1])
    return [(date(year, 1, 1), str(year)) for year in years if year % step == 0]


def _month_ticks(frame: Frame) -> list[tuple[date, str]]:
    first, last = (day.year * 12 + day.month for day in (frame.first, frame.last))
    days = [date(month // 12, month % 12 + 1, 1) for month in range(first, last)]
    every = next(n for n in (1, 2, 3, 6, 12) if len(days) / n <= 5 or n == 12)
    return [(day, f"{day:%b %Y}") for day in days if (day.month - 1) % every == 0]


# Events -------------------------------------------------------------------------------------------


def _event_rows(chart: TrendChart, frame: Frame) -> dict[int, int]:
    """Row of each event's label, by its index: the first row in which it touches no other."""
    ends = [-math.inf] * EVENT_ROWS
    rows: dict[int, int] = {}
    for index in sorted(range(len(chart.events)), key=lambda index: chart.events[index].on):
        start, end = event_span(chart.events[index], frame)
        free = [row for row in range(EVENT_ROWS) if ends[row] + 6 <= start]
        if free:
            rows[index] = free[0]
            ends[free[0]] = end
    return rows


def event_span(event: EventMark, frame: Frame) -> tuple[float, float]:
    """Where an event's label begins and ends: right of its line, or left of it near the edge."""
    x, width = frame.x(event.on), width_of(shortened(event.written))
    if x + 4 + width <= frame.right:
        return x + 4, x + 4 + width
    return max(x - 4 - width, 0), x - 4


def width_of(text: str, *, bold: bool = False) -> float:
    """Width of a label in pixels, about."""
    return len(text) * FONT_SIZE * CHARACTER * (1.1 if bold else 1)


def shortened(label: str) -> str:
    """A label that fits beside its line."""
    return label if len(label) <= EVENT_LETTERS else label[: EVENT_LETTERS - 1] + "…"
