"""How a clinic's waits ended, drawn: the curves of all ends, and the run chart by month.

As in the trend charts, presentation attributes only, and nothing by color alone: each curve has its
own dash and its name, a month that is too young is hollow, one that a rule names is a square. The
tables beside them hold every number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from guidelines.run_chart import Run
from guidelines.waiting import CODES, RunChart, WaitEnd, Waiting
from reports.charts.drawing import (
    BEYOND,
    DATA,
    EARLIER,
    FONT_SIZE,
    GRID,
    INK,
    QUIET,
    UNSURE,
    Svg,
    line_from,
    path_through,
    px,
    safe,
    text_at,
)

WIDTH, HEIGHT = 520, 250
LEFT, RIGHT, TOP, BOTTOM = 42, 112, 12, 40
LONGEST_SHOWN = 730  # days
MOST_MONTH_NAMES = 7
STYLES = {
    WaitEnd.DECIDED: (DATA, ""),
    WaitEnd.TREATED: (INK, "7 3"),
    WaitEnd.DIED: (BEYOND, "2 3"),
    WaitEnd.DETERIORATED: (UNSURE, "10 3 2 3"),
}


@dataclass(frozen=True, slots=True)
class _Plot:
    """The place of a share and of a day or month in the picture."""

    last: float
    width: float = WIDTH - LEFT - RIGHT
    height: float = HEIGHT - TOP - BOTTOM

    def x(self, at: float) -> float:
        return LEFT + self.width * at / max(self.last, 1)

    def y(self, share: float) -> float:
        return TOP + self.height * (1 - share)


def curves(
    waiting: Waiting,
    *,
    ident: str,
    title: str,
    said: str,
    within_days: int,
    names: Mapping[WaitEnd, str],
) -> Svg:
    """The share that reached each end by each day, from 0 to two years or the longest wait."""
    times = [int(day) for day in waiting.incidences.times]
    last = min(max([within_days, *times]), LONGEST_SHOWN)
    followed = min(last, max(waiting.incidences.observed, default=0))
    plot = _Plot(last)
    parts = [*_frame(plot), *_days(plot, last, within_days)]
    named: list[tuple[float, str, str]] = []
    for end, (color, dash) in STYLES.items():
        shares = zip(times, _shares(waiting, end), strict=True)
        steps = [(day, share) for day, share in shares if day <= last]
        if not any(share for _day, share in steps):
            continue
        parts.append(
            path_through(
                [(plot.x(day), plot.y(share)) for day, share in _staircase(steps, followed)],
                color,
                width=2,
                extra=f' stroke-dasharray="{dash}"' if dash else "",
            )
        )
        named.append((plot.y(steps[-1][1]), f"{names[end]} {_percent(steps[-1][1])}", color))
    parts += _names(named, plot)
    return _svg(ident, title, said, parts)


def _shares(waiting: Waiting, end: WaitEnd) -> Sequence[float]:
    """The share of one end by each time on which some wait ended; 0 for an end nobody reached."""
    curve = waiting.incidences.curves.get(CODES[end])
    return curve.shares if curve else [0.0] * len(waiting.incidences.times)


def _staircase(steps: Sequence[tuple[int, float]], last: float) -> Iterator[tuple[float, float]]:
    before = 0.0
    yield 0, 0.0
    for day, share in steps:
        yield day, before
        yield day, share
        before = share
    yield last, before


def _names(named: Sequence[tuple[float, str, str]], plot: _Plot) -> Iterator[str]:
    """The curves' names beside their ends, apart from each other."""
    lowest = TOP - 20.0
    for y, words, color in sorted(named):
        lowest = max(y + 4, lowest + 13)
        yield text_at(plot.x(plot.last) + 6, lowest, words, fill=color, bold=True)


def run_chart(
    chart: RunChart,
    runs: Sequence[Run],
    *,
    ident: str,
    title: str,
    said: str,
    hrefs: Sequence[str],
) -> Svg:
    """A dot for each month, their median as a line; months of ``runs`` are squares.

    ``hrefs``: where a click on each month's mark leads, "" for nowhere. The tab key leads through
    the table instead: a stop for each month would be many.
    """
    months = chart.months
    plot = _Plot(len(months))
    shifted = {place for run in runs for place in run.places}
    parts = [*_frame(plot)]
    if chart.center is not None:
        y, end = plot.y(chart.center), LEFT + plot.width
        parts.append(line_from(LEFT, y, end, y, EARLIER, extra=' stroke-dasharray="6 3"'))
        parts.append(text_at(end + 6, y + 4, f"median {_percent(chart.center)}", fill=QUIET))
    counted = [
        (plot.x(place + 0.5), plot.y(month.share))
        for place, month in enumerate(months)
        if month.is_mature and month.share is not None
    ]
    if len(counted) > 1:
        parts.append(path_through(counted, DATA, width=1))
    every = max(1, -(-len(months) // MOST_MONTH_NAMES))
    for place, month in enumerate(months):
        x = plot.x(place + 0.5)
        if place % every == 0:
            label = f"{month.month:%b %y}"
            parts.append(text_at(x, HEIGHT - 24, label, anchor="middle", size=9))
        if month.share is None:
            continue
        mark = _mark(x, plot.y(month.share), month.is_mature, place in shifted)
        name = f"{month.month:%b %Y}: {_percent(month.share)} of {month.started}"
        parts.append(_linked(mark, name, hrefs[place]))
    legend = ["● a month"]
    if any(not month.is_mature and month.share is not None for month in months):
        legend.append("○ too young to judge")
    if runs:
        legend.append("■ named by a rule")
    parts.append(text_at(LEFT, HEIGHT - 5, "\u2003".join(legend), size=10))
    return _svg(ident, title, said, parts, role="group")


def _mark(x: float, y: float, is_mature: bool, is_named: bool) -> str:
    if is_named:
        corner = f'x="{px(x - 4)}" y="{px(y - 4)}"'
        return f'<rect {corner} width="8" height="8" fill="{BEYOND}"/>'
    fill = DATA if is_mature else "#ffffff"
    return f'<circle cx="{px(x)}" cy="{px(y)}" r="4" fill="{fill}" stroke="{DATA}"/>'


def _linked(mark: str, name: str, href: str) -> str:
    """The mark with its name, which a click on it leads from."""
    title = f"<title>{safe(name)}</title>"
    if not href:
        return f"<g>{title}{mark}</g>"
    return f'<a href="{safe(href)}" tabindex="-1" aria-label="{safe(name)}">{title}{mark}</a>'


def _frame(plot: _Plot) -> Iterator[str]:
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = plot.y(share)
        yield line_from(LEFT, y, LEFT + plot.width, y, GRID)
        yield text_at(LEFT - 6, y + 4, _percent(share), anchor="end")


def _days(plot: _Plot, last: int, within_days: int) -> Iterator[str]:
    step = next(each for each in (30, 60, 90, 180, 365) if last / each <= 8 or each == 365)
    for day in range(0, last + 1, step):
        yield text_at(plot.x(day), HEIGHT - 24, str(day), anchor="middle")
    middle, words = LEFT + plot.width / 2, "days since class 1 or I was met"
    yield text_at(middle, HEIGHT - 5, words, anchor="middle", size=10)
    x = plot.x(within_days)
    yield line_from(x, TOP, x, TOP + plot.height, EARLIER, extra=' stroke-dasharray="4 3"')
    yield text_at(x + 3, TOP + 10, f"{within_days} d", size=10)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _svg(ident: str, title: str, said: str, parts: Sequence[str], role: str = "img") -> Svg:
    return Svg(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="100%"'
        f' role="{role}" aria-labelledby="{ident}-title {ident}-desc"'
        f' font-family="system-ui, sans-serif" font-size="{FONT_SIZE}">'
        f'<title id="{ident}-title">{safe(title)}</title>'
        f'<desc id="{ident}-desc">{safe(said)}</desc>{"".join(parts)}</svg>'
    )
