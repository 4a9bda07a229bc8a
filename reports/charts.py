"""Trend charts drawn as SVG text, in plain Python.

A chart is drawn with presentation attributes only: a style attribute is blocked by the pages'
content security policy, and style sheets do not reach inline SVG in every PDF writer. It stays
readable without color: what lies beyond a limit is a square, what is not final or not comparable
is hollow, a range is a bar. `table_rows` gives the same content as a table.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from html import escape
from itertools import pairwise
from typing import Literal

Number = Decimal | float | int
Direction = Literal["at_least", "above", "at_most", "below"]

INK, QUIET, GRID = "#17212b", "#55626f", "#dde3e8"
DATA, BEYOND, UNSURE, NOISE = "#0f5c6e", "#b42318", "#6b4fa0", "#9db4bd"
FONT_SIZE = 11
# Mean width of a character in a system font, as a part of its size: labels are placed by it.
CHARACTER = 0.56
LABEL_HEIGHT = 12
EVENT_ROWS = 4
EVENT_LETTERS = 30
# Values computed in floating point are equal to a limit within this relative difference.
RELATIVE_TOLERANCE = 1e-9
MINUS, EN_DASH, EM_SPACE = "\u2212", "\u2013", "\u2003"
AT_LEAST, AT_MOST = "\u2265", "\u2264"
# Beyond this a number is a mistake, and no axis can be drawn for it.
LARGEST = 1e15
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Svg(str):
    """SVG whose texts are escaped already: templates take it as it is."""

    __slots__ = ()

    def __html__(self) -> "Svg":
        return self


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One measurement: a `value`, or a range `low` to `high` (equal ends are a value).

    `low_open` means "> low" and `high_open` "< high": that end is not a possible value, and the
    other end is where the scale stops or None. `final` is false for a draft; `comparable` is
    false for a value that is stale or measured in another way, with the reason in `note`. `noise`
    is the half-width of its measurement error in the chart's unit.
    """

    on: date
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    low_open: bool = False
    high_open: bool = False
    final: bool = True
    comparable: bool = True
    method: str = ""
    note: str = ""
    noise: Number | None = None

    def __post_init__(self) -> None:
        if self.value is None and self.low is None and self.high is None:
            raise ValueError("A chart point needs a value or an end of a range.")
        if self.value is not None and (self.low is not None or self.high is not None):
            raise ValueError("A chart point is a value or a range, not both.")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("The low end of a range lies above its high end.")
        _require_finite(self.value, self.low, self.high, self.noise)

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
        """Whether it is drawn filled: final and comparable."""
        return self.final and self.comparable

    @property
    def drawn_values(self) -> list[float]:
        """All the values that the vertical axis must hold for this point."""
        values = [float(end) for end in self.ends if end is not None]
        if self.exact is not None and self.noise is not None:
            values += [values[0] - float(self.noise), values[0] + float(self.noise)]
        return values

    @property
    def text(self) -> str:
        """The value in words: "64", "55 to 60" with a dash, "> 60", "< 30"."""
        low, high = (None if end is None else number_text(end) for end in self.ends)
        if high is None:
            return f"{'>' if self.low_open else AT_LEAST} {low}"
        if low is None:
            return f"{'<' if self.high_open else AT_MOST} {high}"
        return low if low == high else f"{low}{EN_DASH}{high}"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit of a rule: values `direction` the `value` are beyond it ("at_most" 60: 60 is)."""

    value: Number
    direction: Direction
    label: str

    def __post_init__(self) -> None:
        _require_finite(self.value)

    @property
    def beyond_is_up(self) -> bool:
        """Whether the side beyond the limit is the upper one."""
        return self.direction in ("at_least", "above")

    def beyond(self, point: ChartPoint) -> bool | None:
        """Whether a point lies beyond the limit; None when its range lies on both sides."""
        may_be, may_not_be = self._far_end_is_beyond(point), self._near_end_is_within(point)
        return may_be if may_be != may_not_be else None

    def _far_end_is_beyond(self, point: ChartPoint) -> bool:
        up = self.beyond_is_up
        end = point.ends[1 if up else 0]
        is_open = point.high_open if up else point.low_open
        if end is None or not _equal(end, self.value):
            return end is None or (end > self.value) == up
        return self.direction in ("at_least", "at_most") and not is_open

    def _near_end_is_within(self, point: ChartPoint) -> bool:
        up = self.beyond_is_up
        end = point.ends[0 if up else 1]
        is_open = point.low_open if up else point.high_open
        if end is None or not _equal(end, self.value):
            return end is None or (end < self.value) == up
        return self.direction in ("above", "below") and not is_open


@dataclass(frozen=True, slots=True)
class EventMark:
    """Something that happened on a day, as a vertical line with a text.

    `breaks` ends the line between the points: values before and after an operation are not one
    course.
    """

    on: date
    label: str
    breaks: bool = True


@dataclass(frozen=True, slots=True)
class TrendChart:
    """One measurement over time.

    `ident` is unique on the page (letters, digits, hyphens); `from_on` and `until_on` widen the
    time axis so that charts beside each other share one. Rows of event labels add to `height`.
    """

    ident: str
    title: str
    unit: str
    points: Sequence[ChartPoint] = ()
    thresholds: Sequence[Threshold] = ()
    events: Sequence[EventMark] = ()
    from_on: date | None = None
    until_on: date | None = None
    width: int = 440
    height: int = 200

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", self.ident):
            raise ValueError(f"Not usable as an id: {self.ident!r}")

    @property
    def in_order(self) -> list[ChartPoint]:
        return sorted(self.points, key=lambda point: point.on)

    @property
    def latest(self) -> ChartPoint | None:
        """The newest final point, comparable or not; a draft only when there is nothing else."""
        order = self.in_order
        finals = [point for point in order if point.final]
        return next(reversed(finals or order), None)

    def beyond(self, point: ChartPoint) -> bool | None:
        """Whether a point lies beyond any limit; None when that depends on its range."""
        answers = [limit.beyond(point) for limit in self.thresholds]
        return True if True in answers else None if None in answers else False


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of the table twin: a point or, with an empty value, an event."""

    on: date
    value_text: str
    limit_text: str = ""
    method: str = ""
    note: str = ""

    @property
    def on_text(self) -> str:
        return date_text(self.on)


# The two things that pages call ------------------------------------------------------------------


def trend_chart(chart: TrendChart) -> Svg:
    """Draw a chart. All texts are escaped; the result needs no style sheet."""
    frame = _frame_of(chart)
    drawing = _measured(chart, frame) if chart.points else _nothing_yet(frame)
    return Svg("".join([_opening(chart, frame), *drawing, "</svg>"]))


def table_rows(chart: TrendChart) -> list[TableRow]:
    """Points and events of a chart, newest first: the rows of its table twin."""
    rows = [_point_row(chart, point) for point in chart.points]
    rows += [TableRow(event.on, "", note=event.label) for event in chart.events]
    return sorted(rows, key=lambda row: row.on, reverse=True)


def summary(chart: TrendChart) -> str:
    """What a chart shows, in one spoken paragraph."""
    latest = chart.latest
    if latest is None:
        return f"No {chart.title} recorded.{_events_said(chart)}"
    order = chart.in_order
    span = date_text(order[0].on)
    if order[-1].on != order[0].on:
        span = f"{span} to {date_text(order[-1].on)}"
    said = [f"{_count(len(order), 'value')}, {span}.", f"Latest: {_said(chart, latest)}."]
    said += [_limit_said(chart, limit) for limit in chart.thresholds]
    said += [f"{_count(n, word)}." for n, word in _exceptions(order) if n]
    return " ".join(said) + _events_said(chart)


# Words --------------------------------------------------------------------------------------------


def date_text(on: date) -> str:
    """A day as it reads everywhere in the product: 12 Nov 2026."""
    return f"{on.day} {on:%b %Y}"


def number_text(number: Number) -> str:
    """A number as it was entered, without trailing zeros or an exponent."""
    if isinstance(number, float):
        return f"{number:.12g}".replace("-", MINUS)
    text = format(Decimal(number), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", MINUS)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 or " " in word else f"{number} {word}s"


def _said(chart: TrendChart, point: ChartPoint) -> str:
    method = f" ({point.method})" if point.method else ""
    return f"{point.text} {chart.unit} on {date_text(point.on)}{method}".replace("  ", " ")


def _limit_said(chart: TrendChart, limit: Threshold) -> str:
    answers = [limit.beyond(point) for point in chart.points]
    maybe = answers.count(None)
    unsure = f", {maybe} with a range on both sides" if maybe else ""
    return f"Limit {limit.label}: {answers.count(True)} beyond{unsure}."


def _exceptions(points: Sequence[ChartPoint]) -> list[tuple[int, str]]:
    return [
        (sum(not point.final for point in points), "draft"),
        (sum(not point.comparable for point in points), "not comparable"),
    ]


def _events_said(chart: TrendChart) -> str:
    events = sorted(chart.events, key=lambda event: event.on)
    return "".join(f" {event.label} on {date_text(event.on)}." for event in events)


def _point_row(chart: TrendChart, point: ChartPoint) -> TableRow:
    words = {True: "beyond", None: "perhaps beyond"}
    limits = [(limit, limit.beyond(point)) for limit in chart.thresholds]
    said = [f"{words[answer]} {limit.label}" for limit, answer in limits if answer is not False]
    notes = [] if point.final else ["draft"]
    notes += [] if point.comparable else ["not comparable"]
    notes += [point.note] if point.note else []
    return TableRow(point.on, point.text, ", ".join(said), point.method, "; ".join(notes))


# Where things are ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Frame:
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
    step: float
    room_right: float
    event_rows: dict[int, int] = field(default_factory=dict)

    def x(self, on: date) -> float:
        days = max((self.last - self.first).days, 1)
        width = self.right - self.left - 8 - self.room_right
        return self.left + 8 + width * (on - self.first).days / days

    def y(self, value: float) -> float:
        part = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.bottom - (self.bottom - self.top) * part

    @property
    def ticks(self) -> list[float]:
        return [
            self.low + self.step * index
            for index in range(round((self.high - self.low) / self.step) + 1)
        ]


def _frame_of(chart: TrendChart) -> _Frame:
    low, high, step = _value_range(chart)
    first, last = _time_range(chart)
    latest = chart.latest
    axis_text = max(_width(_tick_text(value, step)) for value in (low, high, low + step))
    limit_text = max((_width(_limit_words(limit)) for limit in chart.thresholds), default=0)
    legend = LABEL_HEIGHT + 2 if _legend_words(chart) else 0
    frame = _Frame(
        left=axis_text + 8,
        right=chart.width - (limit_text + 8 if limit_text else 6),
        top=LABEL_HEIGHT + 4,
        bottom=chart.height - 18 - legend,
        height=chart.height,
        first=first,
        last=last,
        low=low,
        high=high,
        step=step,
        room_right=_width(latest.text, bold=True) + 10 if latest else 8,
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


def _value_range(chart: TrendChart) -> tuple[float, float, float]:
    """Lowest and highest value of the axis and the step between its ticks, all round numbers."""
    values = [value for point in chart.points for value in point.drawn_values]
    values += [float(limit.value) for limit in chart.thresholds]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    size = max(abs(low), abs(high))
    # A tenth of the values' own size at least, so that noise does not look like a fall.
    margin = max((high - low) * 0.12, size * 0.1) or 1.0
    floor = 0.0 if low >= 0 else -math.inf
    step = _round_step((high - low + 2 * margin) / 4)
    bottom = math.floor(max(low - margin, floor) / step) * step
    return bottom, max(math.ceil((high + margin) / step) * step, bottom + step), step


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next((m * power for m in (1, 2, 2.5, 5) if m * power >= rough), 10 * power)


def _time_range(chart: TrendChart) -> tuple[date, date]:
    days = [point.on for point in chart.points] + [event.on for event in chart.events]
    days += [day for day in (chart.from_on, chart.until_on) if day]
    if not days:
        return date(2000, 1, 1), date(2001, 1, 1)
    first, last = min(days), max(days)
    short = max(0, 180 - (last - first).days)
    return _days_after(first, -short // 2), _days_after(last, short // 2)


def _days_after(day: date, days: int) -> date:
    """A day some days later, kept within the calendar."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def _places(chart: TrendChart, frame: _Frame) -> list[tuple[ChartPoint, float]]:
    """Each point with its x; points of one day stand side by side."""
    places: list[tuple[ChartPoint, float]] = []
    seen: Counter[date] = Counter()
    for point in chart.in_order:
        before = seen[point.on]
        seen[point.on] += 1
        side = (before + 1) // 2 * (-1) ** before
        places.append((point, frame.x(point.on) + 7 * side))
    return places


def _event_rows(chart: TrendChart, frame: _Frame) -> dict[int, int]:
    """Row of each event's label, by its index: the first row in which it touches no other."""
    ends = [-math.inf] * EVENT_ROWS
    rows: dict[int, int] = {}
    for index in sorted(range(len(chart.events)), key=lambda index: chart.events[index].on):
        start, end = _event_span(chart.events[index], frame)
        free = [row for row in range(EVENT_ROWS) if ends[row] + 6 <= start]
        if free:
            rows[index] = free[0]
            ends[free[0]] = end
    return rows


def _event_span(event: EventMark, frame: _Frame) -> tuple[float, float]:
    """Where an event's label begins and ends: right of its line, or left of it near the edge."""
    x, width = frame.x(event.on), _width(_short(event.label))
    if x + 4 + width <= frame.right:
        return x + 4, x + 4 + width
    return max(x - 4 - width, 0), x - 4


# What is drawn ------------------------------------------------------------------------------------


def _measured(chart: TrendChart, frame: _Frame) -> Iterator[str]:
    places = _places(chart, frame)
    yield from _limit_zones(chart, frame)
    yield from _value_axis(chart, frame)
    yield from _time_axis(frame)
    yield from _event_lines(chart, frame)
    yield from _limit_lines(chart, frame)
    yield from _course(chart, places, frame)
    yield from _points(chart, places, frame)
    yield from _latest_label(chart, places, frame)
    yield from _legend(chart, frame)


def _nothing_yet(frame: _Frame) -> Iterator[str]:
    """No axis: it would show years and values in which nothing was measured."""
    yield _line(frame.left, frame.bottom, frame.right, frame.bottom, GRID)
    x, y = (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2
    yield _label(x, y, "not recorded", anchor="middle", fill=UNSURE)


def _opening(chart: TrendChart, frame: _Frame) -> str:
    ident, title = chart.ident, f"{chart.title} ({chart.unit})" if chart.unit else chart.title
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {chart.width} {_px(frame.height)}"'
        f' width="100%" role="img" aria-labelledby="{ident}-title {ident}-desc"'
        f' font-family="system-ui, sans-serif" font-size="{FONT_SIZE}">'
        f'<title id="{ident}-title">{_safe(title)}</title>'
        f'<desc id="{ident}-desc">{_safe(summary(chart))}</desc>'
    )


def _limit_zones(chart: TrendChart, frame: _Frame) -> Iterator[str]:
    for limit in chart.thresholds:
        y = frame.y(float(limit.value))
        top, bottom = (frame.top, y) if limit.beyond_is_up else (y, frame.bottom)
        yield (
            f'<rect x="{_px(frame.left)}" y="{_px(top)}" width="{_px(frame.right - frame.left)}"'
            f' height="{_px(bottom - top)}" fill="{BEYOND}" fill-opacity="0.06"/>'
        )


def _value_axis(chart: TrendChart, frame: _Frame) -> Iterator[str]:
    for value in frame.ticks:
        y = frame.y(value)
        yield _line(frame.left, y, frame.right, y, GRID)
        yield _label(frame.left - 5, y + 3.5, _tick_text(value, frame.step), anchor="end")
    if chart.unit:
        yield _label(0, frame.top - 7, chart.unit)


def _time_axis(frame: _Frame) -> Iterator[str]:
    for day, text in _time_ticks(frame):
        x = frame.x(day)
        yield _line(x, frame.bottom, x, frame.bottom + 3, QUIET)
        yield _label(x, frame.bottom + 14, text, anchor="middle")


def _time_ticks(frame: _Frame) -> list[tuple[date, str]]:
    """First days of years, or of months when less than two years are shown."""
    if (frame.last - frame.first).days < 730:
        return _month_ticks(frame)
    years = list(range(frame.first.year, frame.last.year + 1))
    years = years[frame.first > date(frame.first.year, 1, 1) :]
    room = max(2, int((frame.right - frame.left) // 42))
    steps = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
    step: int = next((step for step in steps if len(years) <= step * room), steps[-1])
    return [(date(year, 1, 1), str(year)) for year in years if year % step == 0]


def _month_ticks(frame: _Frame) -> list[tuple[date, str]]:
    first, last = (day.year * 12 + day.month for day in (frame.first, frame.last))
    days = [date(month // 12, month % 12 + 1, 1) for month in range(first, last)]
    every = next(n for n in (1, 2, 3, 6, 12) if len(days) / n <= 5 or n == 12)
    return [(day, f"{day:%b %Y}") for day in days if (day.month - 1) % every == 0]


def _event_lines(chart: TrendChart, frame: _Frame) -> Iterator[str]:
    for index, event in enumerate(chart.events):
        x, row = frame.x(event.on), frame.event_rows.get(index)
        hint = f"<title>{_safe(f'{date_text(event.on)}: {event.label}')}</title>"
        top = frame.top if row is None else 3 + LABEL_HEIGHT * row
        line = _line(x, top, x, frame.bottom, QUIET, extra=' stroke-dasharray="2 2"')
        yield f"<g>{hint}{line}{'' if row is None else _event_label(event, row, frame)}</g>"


def _event_label(event: EventMark, row: int, frame: _Frame) -> str:
    x, (start, end) = frame.x(event.on), _event_span(event, frame)
    y = 10 + LABEL_HEIGHT * row
    if start > x:
        return _label(start, y, _short(event.label), fill=INK)
    return _label(end, y, _short(event.label), anchor="end", fill=INK)


def _limit_lines(chart: TrendChart, frame: _Frame) -> Iterator[str]:
    limits = sorted(chart.thresholds, key=lambda limit: -float(limit.value))
    lowest = -math.inf
    for limit in limits:
        y = frame.y(float(limit.value))
        lowest = max(y + 3.5, lowest + LABEL_HEIGHT)
        yield _line(
            frame.left, y, frame.right, y, BEYOND, width=1.4, extra=' stroke-dasharray="5 3"'
        )
        yield _label(frame.right + 4, lowest, _limit_words(limit), fill=BEYOND, bold=True)


def _limit_words(limit: Threshold) -> str:
    """Never the sign alone: beside the newest value, "39 ≥ 40" would read as a statement."""
    return f"limit {limit.label}"


def _course(
    chart: TrendChart, places: Sequence[tuple[ChartPoint, float]], frame: _Frame
) -> Iterator[str]:
    """Thin lines between neighboring values; none over an event that breaks the course."""
    breaks = [event.on for event in chart.events if event.breaks]
    single = [(point, x) for point, x in places if point.filled]
    for (before, x1), (after, x2) in pairwise(single):
        broken = any(before.on <= day <= after.on for day in breaks)
        if broken or before.exact is None or after.exact is None:
            continue
        y1, y2 = frame.y(float(before.exact)), frame.y(float(after.exact))
        yield _line(x1, y1, x2, y2, DATA, width=1.2, extra=' stroke-opacity="0.6"')


def _points(
    chart: TrendChart, places: Sequence[tuple[ChartPoint, float]], frame: _Frame
) -> Iterator[str]:
    for point, x in places:
        beyond = chart.beyond(point)
        hint = f"<title>{_safe(_hint(chart, point))}</title>"
        shape = (_bar if point.exact is None else _dot)(point, x, beyond, frame)
        yield f"<g>{hint}{_noise_bar(point, x, frame)}{shape}</g>"


def _hint(chart: TrendChart, point: ChartPoint) -> str:
    row = _point_row(chart, point)
    words = [f"{row.on_text}: {row.value_text} {chart.unit}".strip(), row.limit_text, row.method]
    return "; ".join(word for word in [*words, row.note] if word)


def _noise_bar(point: ChartPoint, x: float, frame: _Frame) -> str:
    if point.noise is None or point.exact is None:
        return ""
    middle, noise = float(point.exact), float(point.noise)
    return _line(x, frame.y(middle - noise), x, frame.y(middle + noise), NOISE, width=2.5)


def _paint(point: ChartPoint, color: str) -> str:
    """Filled, hollow (not comparable), or hollow with a dashed edge (draft)."""
    fill = color if point.filled else "#fff"
    dashes = "" if point.final else ' stroke-dasharray="2 1.5"'
    return f' fill="{fill}" stroke="{color}" stroke-width="1.5"{dashes}'


def _dot(point: ChartPoint, x: float, beyond: bool | None, frame: _Frame) -> str:
    y = frame.y(float(point.exact or 0))
    if beyond:
        corner = f'x="{_px(x - 3.6)}" y="{_px(y - 3.6)}" width="7.2" height="7.2"'
        return f"<rect {corner}{_paint(point, BEYOND)}/>"
    return f'<circle cx="{_px(x)}" cy="{_px(y)}" r="3.4"{_paint(point, DATA)}/>'


def _bar(point: ChartPoint, x: float, beyond: bool | None, frame: _Frame) -> str:
    """A range as a bar from end to end, without a middle that nobody measured.

    Round ends inside the limits, square ones beyond, a question mark when it lies on both sides.
    An open end is an arrow.
    """
    top, bottom = _bar_ends(point, frame)
    color = BEYOND if beyond else UNSURE if beyond is None else DATA
    corner = f'x="{_px(x - 3)}" y="{_px(top)}" width="6" height="{_px(max(bottom - top, 3))}"'
    shape = f'<rect {corner} rx="{0 if beyond else 3}"{_paint(point, color)}/>'
    if point.ends[1] is None:
        shape += _arrow(x, top - 7, top, color)
    if point.ends[0] is None:
        shape += _arrow(x, bottom + 7, bottom, color)
    if beyond is None:
        shape += _label(x + 6, top + 4, "?", fill=UNSURE, bold=True)
    return shape


def _bar_ends(point: ChartPoint, frame: _Frame) -> tuple[float, float]:
    low, high = point.ends
    top = None if high is None else frame.y(float(high))
    bottom = None if low is None else frame.y(float(low))
    if top is None and bottom is not None:
        top = max(bottom - 14, frame.top)
    if bottom is None and top is not None:
        bottom = min(top + 14, frame.bottom)
    return top or 0.0, bottom or 0.0


def _arrow(x: float, tip: float, base: float, color: str) -> str:
    corners = f"{_px(x)},{_px(tip)} {_px(x - 5)},{_px(base)} {_px(x + 5)},{_px(base)}"
    return f'<polygon points="{corners}" fill="{color}"/>'


def _latest_label(
    chart: TrendChart, places: Sequence[tuple[ChartPoint, float]], frame: _Frame
) -> Iterator[str]:
    """The newest value in bold beside its point, edged in white against the lines."""
    latest = chart.latest
    place = next((x for point, x in reversed(places) if point is latest), None)
    if latest is None or place is None:
        return
    value = latest.drawn_values[0 if latest.exact is not None else -1]
    x, y = place + 7, max(frame.y(value) - 5, frame.top + 10)
    edge = ' stroke="#fff" stroke-width="3" stroke-linejoin="round"'
    yield _label(x, y, latest.text, fill="#fff", bold=True, size=12, extra=edge)
    yield _label(x, y, latest.text, fill=INK, bold=True, size=12)


def _legend_words(chart: TrendChart) -> str:
    """What the shapes mean that this chart uses."""
    used = [
        ("■ beyond a limit", any(chart.beyond(point) for point in chart.points)),
        ("? range on both sides", any(chart.beyond(point) is None for point in chart.points)),
        ("○ draft or not comparable", not all(point.filled for point in chart.points)),
        ("▮ range", any(point.exact is None for point in chart.points)),
        ("│ measurement error", any(point.noise is not None for point in chart.points)),
    ]
    return "    ".join(word for word, is_used in used if is_used)


def _legend(chart: TrendChart, frame: _Frame) -> Iterator[str]:
    if words := _legend_words(chart):
        words = words.replace("    ", EM_SPACE)
        yield _label(frame.left, frame.height - 3, words, size=10)


# Small parts --------------------------------------------------------------------------------------


def _label(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    fill: str = QUIET,
    bold: bool = False,
    size: float = FONT_SIZE,
    extra: str = "",
) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{_px(x)}" y="{_px(y)}" text-anchor="{anchor}" font-size="{size}"{weight}'
        f' fill="{fill}"{extra}>{_safe(text)}</text>'
    )


def _line(
    x1: float, y1: float, x2: float, y2: float, color: str, *, width: float = 1, extra: str = ""
) -> str:
    ends = f'x1="{_px(x1)}" y1="{_px(y1)}" x2="{_px(x2)}" y2="{_px(y2)}"'
    return f'<line {ends} stroke="{color}" stroke-width="{width}"{extra}/>'


def _px(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _width(text: str, *, bold: bool = False) -> float:
    """Width of a label in pixels, about."""
    return len(text) * FONT_SIZE * CHARACTER * (1.1 if bold else 1)


def _short(label: str) -> str:
    return label if len(label) <= EVENT_LETTERS else label[: EVENT_LETTERS - 1] + "…"


def _tick_text(value: float, step: float) -> str:
    if step >= 1e6 or (step < 1e-4 and step > 0):
        return f"{value:.3g}".replace("-", MINUS)
    decimals = max(0, -math.floor(math.log10(step)) + (f"{step:.0e}"[0] == "2"))
    text = f"{round(value, decimals):.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", MINUS)


def _safe(text: str) -> str:
    return escape(NOT_XML.sub("\ufffd", text), quote=True)


def _equal(one: Number, other: Number) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        return math.isclose(one, other, rel_tol=RELATIVE_TOLERANCE)
    return one == other


def _require_finite(*numbers: Number | None) -> None:
    for number in numbers:
        if number is None:
            continue
        if not (isinstance(number, int) or math.isfinite(number)) or abs(float(number)) > LARGEST:
            raise ValueError(f"Cannot be drawn: {number}")
