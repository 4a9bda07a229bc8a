"""The figures of completeness as a CSV file: one line for each measure of each clinic."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from reports.completeness import ClinicCompleteness
from reports.csv import BYTE_ORDER_MARK, neutral

HEADINGS = (
    "clinic",
    "measure",
    "measure_label",
    "has_it",
    "asked_of",
    "lacking",
    "goal_percent",
    "goal_met",
    "rows",
)


def completeness_lines(found: Sequence[ClinicCompleteness]) -> str:
    """The whole file. Where there is nobody to count, ``goal_met`` is empty, never "no"."""
    buffer = io.StringIO()
    write = csv.writer(buffer).writerow
    write(HEADINGS)
    for each in found:
        for line in each.lines:
            met = {None: "", True: "true", False: "false"}[line.is_met]
            measure = line.measure
            write(
                [
                    neutral(each.clinic.code),
                    measure.value,
                    measure.label,
                    line.has_it,
                    line.asked,
                    line.lacking,
                    line.goal_percent,
                    met,
                    neutral(measure.meaning.rows),
                ]
            )
    return BYTE_ORDER_MARK + buffer.getvalue()
