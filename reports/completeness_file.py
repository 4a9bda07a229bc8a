"""The figures of completeness as a CSV file: one line for each measure of each clinic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.completeness import ClinicCompleteness
from reports.csv import BYTE_ORDER_MARK, lines, neutral

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
    return BYTE_ORDER_MARK + lines([HEADINGS, *_rows(found)])


def _rows(found: Sequence[ClinicCompleteness]) -> Iterator[Sequence[str]]:
    for each in found:
        for line in each.lines:
            measure = line.measure
            yield (
                neutral(each.clinic.code),
                measure.value,
                measure.label,
                str(line.has_it),
                str(line.asked),
                str(line.lacking),
                str(line.goal_percent),
                {None: "", True: "true", False: "false"}[line.is_met],
                neutral(measure.meaning.rows),
            )
