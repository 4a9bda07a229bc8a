"""A small picture of the INR over time, for the eye only: the table beside it holds the values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from guidelines.scores.ttr import MAX_GAP_DAYS
from reports.charts.drawing import BEYOND, DATA, GRID, QUIET, Svg

WIDTH, HEIGHT, MARGIN, LABELS = 360, 84, 8, 26
LEAST_TOP, LEAST_BOTTOM = 4.0, 1.5


@dataclass(frozen=True, slots=True)
class InrPoint:
    """One result: its day, number, "<" or ">" before it, and where it lies by the plan."""

    on: date
    value: Decimal
    comparator: str
    place: str


def inr_sparkline(
    points: Sequence[InrPoint], limits: tuple[Decimal, Decimal] | None, until: date
) -> Svg | None:
    """The results, oldest first, over the band of the plan; ``None`` for fewer than two days.

    Results further apart than the longest gap of the time in range are not joined. A square lies
    outside of the plan's range, a hollow mark is known only as "more than" or "less than".
    """
    if len({point.on for point in points}) < 2:
        return None
    first, days = points[0].on, max((until - points[0].on).days, 1)
    ends = [float(point.value) for point in points] + [float(end) for end in limits or ()]
    low, high = min(*ends, LEAST_BOTTOM) - 0.2, max(*ends, LEAST_TOP) + 0.2

    def x(day: date) -> float:
        return LABELS + (WIDTH - LABELS - MARGIN) * (day - first).days / days

    def y(value: float) -> float:
        return MARGIN + (HEIGHT - 2 * MARGIN) * (high - value) / (high - low)

    parts: list[str] = []
    for limit in limits or ():
        at = y(float(limit))
        parts.append(
            f'<text x="0" y="{at + 4:.1f}" font-size="11" fill="{QUIET}">{float(limit):.1f}</text>'
        )
    if limits:
        top, bottom = y(float(limits[1])), y(float(limits[0]))
        parts.append(
            f'<rect x="{LABELS}" y="{top:.1f}" width="{WIDTH - LABELS}" '
            f'height="{bottom - top:.1f}" fill="#eaf2f4" stroke="{GRID}"/>'
        )
    for before, after in pairwise(points):
        if (after.on - before.on).days <= MAX_GAP_DAYS:
            parts.append(
                f'<line x1="{x(before.on):.1f}" y1="{y(float(before.value)):.1f}" '
                f'x2="{x(after.on):.1f}" y2="{y(float(after.value)):.1f}" '
                f'stroke="{DATA}" stroke-width="1.25"/>'
            )
    parts += [_mark(point, x(point.on), y(float(point.value))) for point in points]
    return Svg(
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" focusable="false" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def _mark(point: InrPoint, x: float, y: float) -> str:
    if point.place in {"below", "above"}:
        fill = "#ffffff" if point.comparator else BEYOND
        return (
            f'<rect x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6" fill="{fill}" '
            f'stroke="{BEYOND}"/>'
        )
    fill = "#ffffff" if point.comparator else DATA
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{fill}" stroke="{DATA}"/>'
