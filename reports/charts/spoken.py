"""A chart in words: its summary, its table twin, and what each point says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from guidelines.days import spoken as date_text
from reports.charts.marks import ChartPoint, Threshold, TrendChart
from reports.charts.numbers import measured_text, number_text

__all__ = ["TableRow", "date_text", "hint_of", "number_text", "summary", "table_rows"]


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of the table twin: a point or, with an empty value, an event."""

    on: date
    value_text: str
    limit_text: str = ""
    method: str = ""
    use: str = ""
    note: str = ""

    @property
    def remarks(self) -> str:
        """Everything beside the value and its method, for a table with little room."""
        return "; ".join(filter(None, (self.use, self.limit_text, self.note)))

    @property
    def on_text(self) -> str:
        """The day as it is shown."""
        return date_text(self.on)


def table_rows(chart: TrendChart) -> list[TableRow]:
    """Points and events of a chart, newest first: the rows of its table twin."""
    rows = [row_of(chart, point) for point in chart.points]
    rows += [TableRow(event.on, "", note=event.label) for event in chart.events]
    return sorted(rows, key=lambda row: row.on, reverse=True)


def row_of(chart: TrendChart, point: ChartPoint) -> TableRow:
    """The row of one point."""
    words = {True: "beyond", None: "perhaps beyond"}
    limits = [(limit, limit.beyond(point)) for limit in chart.thresholds]
    said = [
        f"{words[answer]} {limit.full_label}" for limit, answer in limits if answer is not False
    ]
    return TableRow(point.on, point.text, ", ".join(said), point.method, use_of(point), point.note)


def use_of(point: ChartPoint) -> str:
    """Whether a point is part of the present course, in a word."""
    if not point.final:
        return "draft, not used"
    if not point.comparable:
        return "not used"
    if point.earlier:
        return "earlier part"
    return "used, but old" if point.stale else "used"


def hint_of(chart: TrendChart, point: ChartPoint) -> str:
    """What one point says when it is pointed at or focused."""
    row = row_of(chart, point)
    use = "" if row.use == "used" else row.use
    words = [f"{row.on_text}: {row.value_text} {chart.unit}".strip(), row.limit_text, row.method]
    return "; ".join(word for word in [*words, use, row.note] if word)


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
    if chart.band:
        last = chart.band[-1]
        low, high = (measured_text(float(f"{end:.3g}")) for end in (last.low, last.high))
        expected = f"{low} to {high} {chart.unit}".rstrip()
        said.append(f"A study on {date_text(last.on)} is expected between {expected}.")
    return " ".join(said) + _events_said(chart)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 or " " in word else f"{number} {word}s"


def _said(chart: TrendChart, point: ChartPoint) -> str:
    method = f" ({point.method})" if point.method else ""
    return f"{point.text} {chart.unit} on {date_text(point.on)}{method}".replace("  ", " ")


def _limit_said(chart: TrendChart, limit: Threshold) -> str:
    answers = [limit.beyond(point) for point in chart.points]
    maybe = answers.count(None)
    unsure = f", {maybe} with a range on both sides" if maybe else ""
    return f"Limit {limit.full_label}: {answers.count(True)} beyond{unsure}."


def _exceptions(points: Sequence[ChartPoint]) -> list[tuple[int, str]]:
    return [
        (sum(not point.final for point in points), "draft"),
        (sum(not point.comparable for point in points), "not comparable"),
        (sum(point.stale for point in points), "too old to reassure"),
    ]


def _events_said(chart: TrendChart) -> str:
    events = sorted(chart.events, key=lambda event: event.on)
    return "".join(f" {event.label} on {date_text(event.on)}." for event in events)
