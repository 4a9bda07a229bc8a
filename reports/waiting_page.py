"""What the page of waiting times shows: numbers with the lists behind them, curves, months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from guidelines.clock import Until
from guidelines.days import spoken
from guidelines.run_chart import Run, RunRule
from guidelines.waiting import DaysToShare, MonthOfWaits, RunChart, WaitEnd, Within
from reports.charts.drawing import Svg
from reports.charts.waiting import curves, run_chart
from reports.waiting import STEPS, WITHIN_DAYS, Waits

# What an end is called when this is waited for.
LABELS = {
    Until.DECISION: {
        WaitEnd.DECIDED: "Decided",
        WaitEnd.TREATED: "Treated without a recorded decision",
        WaitEnd.DIED: "Died while waiting",
        WaitEnd.DETERIORATED: "Got worse while waiting",
    },
    Until.TREATMENT: {
        WaitEnd.DECIDED: "Decided not to treat",
        WaitEnd.TREATED: "Treated",
        WaitEnd.DIED: "Died while waiting",
        WaitEnd.DETERIORATED: "Got worse while waiting",
    },
}
SHORT = {
    Until.DECISION: {
        WaitEnd.DECIDED: "Decided",
        WaitEnd.TREATED: "Treated",
        WaitEnd.DIED: "Died",
        WaitEnd.DETERIORATED: "Got worse",
    },
    Until.TREATMENT: {
        WaitEnd.DECIDED: "Not to treat",
        WaitEnd.TREATED: "Treated",
        WaitEnd.DIED: "Died",
        WaitEnd.DETERIORATED: "Got worse",
    },
}
"""The same beside a curve, where there is little room."""
PARTS = {"all": "All who waited", "waiting": "Still waiting", "risk": "Followed and still waiting"}
MONTH_PARTS = {
    "all": "All who began to wait",
    "reached": f"Reached it within {WITHIN_DAYS} days",
    "otherwise": f"Ended otherwise within {WITHIN_DAYS} days",
    "longer": f"Waited longer than {WITHIN_DAYS} days",
    "unknown": f"Not yet followed for {WITHIN_DAYS} days",
}


@dataclass(frozen=True)
class Number:
    """One number, what it counts, and the list behind it; ``href`` is empty where none may open."""

    label: str
    count: int
    href: str = ""


@dataclass(frozen=True)
class Step:
    """The curve at one day: of each end the share with its interval and the number behind it."""

    days: int
    cells: tuple[tuple[str, Number], ...]
    at_risk: Number


@dataclass(frozen=True)
class Month:
    """One month of the run chart."""

    name: str
    share: str
    is_mature: bool
    numbers: tuple[Number, ...]


@dataclass(frozen=True)
class Panel:
    """All that is shown of the waits for one end."""

    code: str
    title: str
    numbers: tuple[Number, ...]
    within: str
    within_href: str
    median: str
    curve: Svg
    ends: tuple[str, ...]
    steps: tuple[Step, ...]
    chart: Svg
    months: tuple[Month, ...]
    runs: tuple[str, ...]
    no_shift: bool


@dataclass(frozen=True)
class Links:
    """Where the lists are, for who may open them."""

    query: str
    may_open: bool

    def to(self, until: Until, part: str, **more: Any) -> str:
        """The list behind one number."""
        if not self.may_open:
            return ""
        asked = urlencode({"until": until.value, "part": part, **more})
        choices = f"{self.query}&" if self.query else ""
        return f"{reverse('reports:waiting-patients')}?{choices}{asked}"


def panel_of(waits: Waits, links: Links) -> Panel:
    """The panel of one end."""
    until, waiting, end = waits.until, waits.waiting, waits.until.end
    labels = LABELS[until]
    within = waiting.share_within(end, WITHIN_DAYS)
    ends = [each for each in WaitEnd if waiting.ended[each]]
    numbers = [Number("Began to wait", len(waits.waits), links.to(until, "all"))]
    numbers += [
        Number(labels[each], waiting.ended[each], links.to(until, each.value)) for each in WaitEnd
    ]
    numbers.append(Number("Still waiting", waiting.still_waiting, links.to(until, "waiting")))
    months = waits.months
    runs = told_runs(months)
    title = f"To {until.label}"
    return Panel(
        code=until.value,
        title=title,
        numbers=tuple(numbers),
        within=_within_text(within),
        within_href=links.to(until, end.value, by=WITHIN_DAYS),
        median=_median_text(waiting.days_to(end), end, until) if waits.waits else "not known",
        curve=curves(
            waiting,
            ident=f"curve-{until.value}",
            title=f"{title}: shares by day",
            said=f"{_within_text(within)} within {WITHIN_DAYS} days. The table has each number.",
            within_days=WITHIN_DAYS,
            names=SHORT[until],
        ),
        ends=tuple(labels[each] for each in ends),
        steps=tuple(_step(waits, days, ends, links) for days in STEPS),
        chart=run_chart(
            months,
            runs,
            ident=f"months-{until.value}",
            title=f"{title}: share within {WITHIN_DAYS} days, by month in which the wait began",
            said="The table has each number.",
            hrefs=[links.to(until, "all", month=each.month.isoformat()) for each in months.months],
        ),
        months=tuple(_month(until, month, links) for month in reversed(months.months)),
        runs=tuple(_run_text(run, months) for run in runs),
        no_shift=months.center in {0, 1},
    )


def told_runs(chart: RunChart) -> list[Run]:
    """The runs that say something: with a median of 0 or 1 all other months lie on one side."""
    is_at_an_end = chart.center in {0, 1}
    return [run for run in chart.runs if not (is_at_an_end and run.rule is RunRule.SHIFT)]


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _within_text(found: Within | None) -> str:
    if found is None:
        return "not known"
    if found.low is None or found.high is None:
        return _percent(found.share)
    return f"{_percent(found.share)} ({100 * found.low:.0f} to {_percent(found.high)})"


def _median_text(found: DaysToShare, end: WaitEnd, until: Until) -> str:
    if found.days is None:
        return f"not reached: fewer than half were {LABELS[until][end].lower()}"
    low = "0" if found.low is None else str(found.low)
    high = "not known" if found.high is None else str(found.high)
    return f"{found.days} days ({low} to {high})"


def _step(waits: Waits, days: int, ends: Sequence[WaitEnd], links: Links) -> Step:
    until, waiting = waits.until, waits.waiting
    cells = []
    for end in ends:
        found = waiting.share_within(end, days)
        seen = len(waits.group(end.value, by=days))
        number = Number(LABELS[until][end], seen, links.to(until, end.value, by=days))
        cells.append((_within_text(found), number))
    at_risk = Number("", waiting.at_risk(days), links.to(until, "risk", by=days))
    return Step(days, tuple(cells), at_risk)


def _month(until: Until, month: MonthOfWaits, links: Links) -> Month:
    day = month.month.isoformat()
    counts = {
        "all": month.started,
        "reached": len(month.reached),
        "otherwise": len(month.ended_otherwise),
        "longer": len(month.longer),
        "unknown": len(month.waiting),
    }
    return Month(
        name=f"{month.month:%b %Y}",
        share="" if month.share is None else _percent(month.share),
        is_mature=month.is_mature,
        numbers=tuple(
            Number(MONTH_PARTS[part], count, links.to(until, part, month=day))
            for part, count in counts.items()
        ),
    )


def _run_text(run: Run, chart: RunChart) -> str:
    first, last = (chart.months[place].month for place in (run.places[0], run.places[-1]))
    return f"{run.words}: {first:%b %Y} to {last:%b %Y}"


def part_title(until: Until, part: str, by: int | None, month: date | None) -> str:
    """What a list holds, in words."""
    if month is not None:
        return f"{MONTH_PARTS[part]}, began in {month:%B %Y}"
    title = PARTS.get(part) or {end.value: words for end, words in LABELS[until].items()}[part]
    if by is None:
        return title
    return f"{title} when day {by} began" if part == "risk" else f"{title} by day {by}"


def days_text(first: date, second: date | None) -> str:
    """A day with the days since the first, as "12 Mar 2026, after 4 days"; empty without one."""
    return "" if second is None else f"{spoken(second)}, {after_text(first, second)}"


def after_text(first: date, second: date) -> str:
    """How long after the first day the second came; what came before it counts as the same day."""
    days = max((second - first).days, 0)
    return "the same day" if days == 0 else f"after {days} day{'' if days == 1 else 's'}"
