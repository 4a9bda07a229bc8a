"""Trend charts drawn as SVG text, in plain Python.

``marks`` says what a chart shows, ``spoken`` says it in words and as a table, ``frame`` finds the
place of each value and day, ``drawing`` draws. A chart carries presentation attributes only: a
style attribute is blocked by the pages' content security policy, and style sheets do not reach
inline SVG in every PDF writer. It stays readable without color: what lies beyond a limit is a
square, what is not used in the course is hollow, what belongs to an earlier part of the course is
small and gray, a range is a bar.
"""

from reports.charts.drawing import Svg, trend_chart
from reports.charts.marks import (
    BandPart,
    ChartPoint,
    EventMark,
    Threshold,
    TrendChart,
)
from reports.charts.spoken import TableRow, date_text, number_text, summary, table_rows

__all__ = [
    "BandPart",
    "ChartPoint",
    "EventMark",
    "Svg",
    "TableRow",
    "Threshold",
    "TrendChart",
    "date_text",
    "number_text",
    "summary",
    "table_rows",
    "trend_chart",
]
