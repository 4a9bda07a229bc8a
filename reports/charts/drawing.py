"""A chart as SVG text.

For who listens instead of looking the drawing is a group with a title and a description; in it
each point is an image of its own that says its value. One point, the newest, is reached by the tab
key, and static/charts.js leads from it to the others by the arrow keys: a tab stop for each point
would put hundreds of them into a page. Without the script the table twin has them all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import pairwise

from guidelines.days import spoken as date_text
from reports.charts.frame import (
    FONT_SIZE,
    LABEL_HEIGHT,
    NOTE_SIZE,
    Frame,
    event_span,
    frame_of,
    places_of,
    shortened,
    time_ticks,
    width_of,
)
from reports.charts.marks import ChartPoint, EventMark, Threshold, TrendChart
from reports.charts.spoken import hint_of, summary

INK, QUIET, GRID = "#17212b", "#55626f", "#dde3e8"
DATA, BEYOND, UNSURE, NOISE = "#0f5c6e", "#b42318", "#6b4fa0", "#9db4bd"
BAND = "#c9d3da"
EARLIER = "#6f7d89"
EM_SPACE = "\u2003"
CROWDED = 24  # points; more are drawn smaller
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Places = Sequence[tuple[ChartPoint, float]]


class Svg(str):
    """SVG whose texts are escaped already: templates take it as it is."""

    __slots__ = ()

    def __html__(self) -> Svg:
        return self


def trend_chart(chart: TrendChart) -> Svg:
    """Draw a chart. All texts are escaped; the result needs no style sheet."""
    legend = _legend_lines(chart)
    frame = frame_of(chart, len(legend))
    drawing = _measured(chart, frame, legend) if chart.points else _nothing_yet(frame)
    return Svg("".join([_opening(chart, frame), *drawing, "</svg>"]))


def _measured(chart: TrendChart, frame: Frame, legend: Sequence[str]) -> Iterator[str]:
    places = places_of(chart, frame)
    yield '<g aria-hidden="true">'
    yield from _limit_zones(chart, frame)
    yield from _value_axis(chart, frame)
    yield from _time_axis(frame)
    yield from _band(chart, frame)
    yield "</g>"
    yield from _event_lines(chart, frame)
    yield '<g aria-hidden="true">'
    yield from _limit_lines(chart, frame)
    yield from _trend(chart, frame)
    yield from _steps(chart, places, frame)
    yield "</g>"
    yield from _points(chart, places, frame)
    yield '<g aria-hidden="true">'
    yield from _latest_label(chart, places, frame)
    yield from _legend(frame, legend)
    yield "</g>"


def _nothing_yet(frame: Frame) -> Iterator[str]:
    """No axis: it would show years and values in which nothing was measured."""
    yield line_from(frame.left, frame.bottom, frame.right, frame.bottom, GRID)
    x, y = (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2
    yield text_at(x, y, "not recorded", anchor="middle", fill=UNSURE)


def _opening(chart: TrendChart, frame: Frame) -> str:
    ident, title = chart.ident, f"{chart.title} ({chart.unit})" if chart.unit else chart.title
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {chart.width} {px(frame.height)}"'
        f' width="100%" role="group" aria-labelledby="{ident}-title"'
        f' aria-describedby="{ident}-desc"'
        f' font-family="system-ui, sans-serif" font-size="{FONT_SIZE}">'
        f'<title id="{ident}-title">{safe(title)}</title>'
        f'<desc id="{ident}-desc">{safe(summary(chart))}</desc>'
    )


# Axes, limits, events -----------------------------------------------------------------------------


def _limit_zones(chart: TrendChart, frame: Frame) -> Iterator[str]:
    for limit in chart.thresholds:
        y = frame.y(float(limit.value))
        top, bottom = (frame.top, y) if limit.beyond_is_up else (y, frame.bottom)
        yield (
            f'<rect x="{px(frame.left)}" y="{px(top)}" width="{px(frame.right - frame.left)}"'
            f' height="{px(bottom - top)}" fill="{BEYOND}" fill-opacity="0.06"/>'
        )


def _value_axis(chart: TrendChart, frame: Frame) -> Iterator[str]:
    yield line_from(frame.left, frame.bottom, frame.right, frame.bottom, GRID)
    for value, text in frame.ticks:
        y = frame.y(value)
        yield line_from(frame.left, y, frame.right, y, GRID)
        yield text_at(frame.left - 5, y + 3.5, text, anchor="end")
    if chart.unit and chart.margins is None:
        yield text_at(0, max(frame.top - 11, 9), chart.unit)


def _time_axis(frame: Frame) -> Iterator[str]:
    for day, text in time_ticks(frame):
        x = frame.x(day)
        yield line_from(x, frame.bottom, x, frame.bottom + 3, QUIET)
        yield text_at(x, frame.bottom + 14, text, anchor="middle")


def _event_lines(chart: TrendChart, frame: Frame) -> Iterator[str]:
    for index, event in enumerate(chart.events):
        x, row = frame.x(event.on), frame.event_rows.get(index)
        hint = f"<title>{safe(f'{date_text(event.on)}: {event.label}')}</title>"
        top = frame.top if row is None else 3 + LABEL_HEIGHT * row
        line = line_from(x, top, x, frame.bottom, QUIET, extra=' stroke-dasharray="2 2"')
        label = "" if row is None else _event_label(event, row, frame)
        yield f'<g role="img">{hint}{line}{label}</g>'


def _event_label(event: EventMark, row: int, frame: Frame) -> str:
    x, (start, end) = frame.x(event.on), event_span(event, frame)
    y, bold = 10 + LABEL_HEIGHT * row, bool(event.sign)
    if start > x:
        return text_at(start, y, shortened(event.written), fill=INK, bold=bold)
    return text_at(end, y, shortened(event.written), anchor="end", fill=INK, bold=bold)


def _limit_lines(chart: TrendChart, frame: Frame) -> Iterator[str]:
    limits = sorted(chart.thresholds, key=lambda limit: -float(limit.value))
    lowest = -math.inf
    for limit in limits:
        y = frame.y(float(limit.value))
        yield line_from(
            frame.left, y, frame.right, y, BEYOND, width=1.4, extra=' stroke-dasharray="5 3"'
        )
        lines = _limit_words(limit)
        # The label's middle at the line's height, unless another label is there.
        first = max(y + 3.5 - LABEL_HEIGHT / 2 * (len(lines) - 1), lowest + LABEL_HEIGHT)
        for index, (words, bold) in enumerate(lines):
            lowest = first + LABEL_HEIGHT * index
            size = FONT_SIZE if bold else NOTE_SIZE
            yield text_at(frame.right + 4, lowest, words, fill=BEYOND, bold=bold, size=size)


def _limit_words(limit: Threshold) -> list[tuple[str, bool]]:
    """Never the sign alone: beside the newest value, "39 ≥ 40" would read as a statement."""
    lines = [("limit", False), (limit.label, True)]
    return [*lines, (limit.note, False)] if limit.note else lines


# The course ---------------------------------------------------------------------------------------


def _band(chart: TrendChart, frame: Frame) -> Iterator[str]:
    """Where the next studies are expected, behind everything else; its edges print in gray."""
    if len(chart.band) < 2:
        return
    upper = [(frame.x(part.on), frame.y(part.high)) for part in chart.band]
    lower = [(frame.x(part.on), frame.y(part.low)) for part in chart.band]
    corners = _corners([*upper, *lower[::-1]])
    yield f'<polygon points="{corners}" fill="{BAND}" fill-opacity="0.55"/>'
    for edge in (upper, lower):
        yield path_through(edge, NOISE, width=0.8)
    middle = [(frame.x(part.on), frame.y(part.middle)) for part in chart.band]
    yield path_through(middle, DATA, width=1.3, extra=' stroke-dasharray="1.5 3"')


def _trend(chart: TrendChart, frame: Frame) -> Iterator[str]:
    if len(chart.trend) > 1:
        places = [(frame.x(day), frame.y(value)) for day, value in chart.trend]
        yield path_through(places, DATA, width=1.5)


def _steps(chart: TrendChart, places: Places, frame: Frame) -> Iterator[str]:
    """A value holds until the next one was asked; a range holds as two lines."""
    if not chart.steps:
        return
    counted = [(point, x) for point, x in places if point.final]
    for (point, x), (after, until) in pairwise(counted):
        for end in {float(end) for end in point.ends if end is not None}:
            yield line_from(x, frame.y(end), until, frame.y(end), DATA, width=1.4)
        low, high = point.drawn_values[-1], after.drawn_values[-1]
        if low != high:
            yield line_from(until, frame.y(low), until, frame.y(high), DATA, width=0.8)


def _points(chart: TrendChart, places: Places, frame: Frame) -> Iterator[str]:
    size = 2.6 if len(places) > CROWDED else 3.4
    latest = chart.latest
    for point, x in places:
        beyond = chart.beyond(point)
        shape = (_bar if point.exact is None else _dot)(point, x, beyond, frame, size)
        error = _error_bar(point, x, frame, size)
        stop = "0" if point is latest else "-1"
        hint = safe(hint_of(chart, point))
        yield f'<g role="img" tabindex="{stop}"><title>{hint}</title>{error}{shape}</g>'


def _error_bar(point: ChartPoint, x: float, frame: Frame, size: float) -> str:
    if point.error is None:
        return ""
    low, high = point.error
    return line_from(x, frame.y(low), x, frame.y(high), NOISE, width=2.5 if size > 3 else 1.2)


def _color(point: ChartPoint, beyond: bool | None) -> str:
    if beyond:
        return BEYOND
    return EARLIER if point.earlier else DATA


def _paint(point: ChartPoint, color: str) -> str:
    """Filled, hollow (not comparable, or old), or hollow with a dashed edge (draft)."""
    fill = color if point.filled else "#fff"
    dashes = "" if point.final else ' stroke-dasharray="2 1.5"'
    return f' fill="{fill}" stroke="{color}" stroke-width="1.5"{dashes}'


def _dot(point: ChartPoint, x: float, beyond: bool | None, frame: Frame, size: float) -> str:
    y, color = frame.y(float(point.exact or 0)), _color(point, beyond)
    size = size - 0.9 if point.earlier else size
    if beyond:
        half = size + 0.2
        side = f'width="{px(2 * half)}" height="{px(2 * half)}"'
        corner = f'x="{px(x - half)}" y="{px(y - half)}" {side}'
        return f"<rect {corner}{_paint(point, color)}/>"
    return f'<circle cx="{px(x)}" cy="{px(y)}" r="{px(size)}"{_paint(point, color)}/>'


def _bar(point: ChartPoint, x: float, beyond: bool | None, frame: Frame, size: float) -> str:
    """A range as a bar from end to end, without a middle that nobody measured.

    Round ends inside the limits, square ones beyond, a question mark when it lies on both sides.
    An open end is an arrow.
    """
    top, bottom = _bar_ends(point, frame)
    color = UNSURE if beyond is None else _color(point, beyond)
    half = size - 0.4
    corner = (
        f'x="{px(x - half)}" y="{px(top)}" width="{px(2 * half)}"'
        f' height="{px(max(bottom - top, 3))}"'
    )
    shape = f'<rect {corner} rx="{0 if beyond else px(half)}"{_paint(point, color)}/>'
    if point.ends[1] is None:
        shape += _arrow(x, top - 7, top, color)
    if point.ends[0] is None:
        shape += _arrow(x, bottom + 7, bottom, color)
    if beyond is None:
        shape += text_at(x + 6, top + 4, "?", fill=UNSURE, bold=True)
    return shape


def _bar_ends(point: ChartPoint, frame: Frame) -> tuple[float, float]:
    low, high = point.ends
    top = None if high is None else frame.y(float(high))
    bottom = None if low is None else frame.y(float(low))
    if top is None and bottom is not None:
        top = max(bottom - 14, frame.top)
    if bottom is None and top is not None:
        bottom = min(top + 14, frame.bottom)
    return top or 0.0, bottom or 0.0


def _arrow(x: float, tip: float, base: float, color: str) -> str:
    corners = _corners([(x, tip), (x - 5, base), (x + 5, base)])
    return f'<polygon points="{corners}" fill="{color}"/>'


def _latest_label(chart: TrendChart, places: Places, frame: Frame) -> Iterator[str]:
    """The newest value in bold beside its point, edged in white against the lines."""
    latest = chart.latest
    place = next((x for point, x in reversed(places) if point is latest), None)
    if latest is None or place is None:
        return
    ends = [float(end) for end in latest.ends if end is not None]
    x, y = place + 7, max(frame.y(ends[-1]) - 6, frame.top + 10)
    width = width_of(latest.text, bold=True) * 12 / FONT_SIZE
    anchor = "start"
    if x + width > frame.right:
        x, anchor = place - 7, "end"
    edge = ' stroke="#fff" stroke-width="3" stroke-linejoin="round"'
    yield text_at(x, y, latest.text, fill="#fff", bold=True, size=12, extra=edge, anchor=anchor)
    yield text_at(x, y, latest.text, fill=INK, bold=True, size=12, anchor=anchor)


# The key ------------------------------------------------------------------------------------------


def _legend_lines(chart: TrendChart) -> list[str]:
    """What the shapes mean that this chart uses, in lines that fit."""
    if not chart.has_legend:
        return []
    points = chart.points
    used = [
        ("■ beyond a limit", any(chart.beyond(point) for point in points)),
        ("? range on both sides", any(chart.beyond(point) is None for point in points)),
        (
            "○ draft, old or not comparable"
            if any(point.stale for point in points)
            else "○ draft or not comparable",
            not all(point.filled for point in points),
        ),
        ("• small: before the last event", any(point.earlier for point in points)),
        ("▮ range", any(point.exact is None for point in points)),
        ("│ measurement error", any(point.error is not None for point in points)),
        ("— trend", len(chart.trend) > 1),
        ("▒ next studies", len(chart.band) > 1),
    ]
    lines: list[str] = []
    for word in (word for word, is_used in used if is_used):
        longer = f"{lines[-1]}{EM_SPACE}{word}" if lines else word
        if lines and width_of(longer) * 10 / FONT_SIZE <= chart.width - 40:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _legend(frame: Frame, lines: Sequence[str]) -> Iterator[str]:
    for index, words in enumerate(reversed(lines)):
        yield text_at(frame.left, frame.height - 3 - LABEL_HEIGHT * index, words, size=10)


# Small parts --------------------------------------------------------------------------------------


def text_at(
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
    side = "" if anchor == "start" else f' text-anchor="{anchor}"'
    own = "" if size == FONT_SIZE else f' font-size="{size}"'
    return (
        f'<text x="{px(x)}" y="{px(y)}"{side}{own}{weight} fill="{fill}"{extra}>{safe(text)}</text>'
    )


def line_from(
    x1: float, y1: float, x2: float, y2: float, color: str, *, width: float = 1, extra: str = ""
) -> str:
    ends = f'x1="{px(x1)}" y1="{px(y1)}" x2="{px(x2)}" y2="{px(y2)}"'
    return f'<line {ends} stroke="{color}" stroke-width="{width}"{extra}/>'


def path_through(
    places: Sequence[tuple[float, float]], color: str, *, width: float, extra: str = ""
) -> str:
    ends = f'points="{_corners(places)}" fill="none"'
    return f'<polyline {ends} stroke="{color}" stroke-width="{width}"{extra}/>'


def _corners(places: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{px(x)},{px(y)}" for x, y in places)


def px(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def safe(text: str) -> str:
    return escape(NOT_XML.sub("\ufffd", text), quote=True)
