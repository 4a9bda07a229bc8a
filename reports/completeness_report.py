"""The figures of completeness as a file: one row for each measure of each clinic.

Nobody is named, and no count is hidden: a clinic needs to know that two patients lack an INR, and
the page says it. But a count below five, beside the clinic's code and a day, speaks of few people
whom somebody there may recognize. So the file leaves as those do that identify: by the same right,
and kept in the audit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from guidelines.completeness import Measure
from patients.data_classes import DataClass
from reports.columns import CLINIC
from reports.completeness import ClinicCompleteness
from reports.csv import Column, Kind, coded
from reports.report import FromRows, Report

CLINICAL = DataClass.CLINICAL


def _count(name: str, label: str, unit: str = "") -> Column:
    return Column(name, label, Kind.NUMBER, name, None, CLINICAL, unit)


COLUMNS = (
    CLINIC,
    *coded("measure", "Measure", "measure", {m.value: m.label for m in Measure}, CLINICAL),
    _count("has_it", "Patients of whom the record holds it"),
    _count("asked_of", "Patients of whom it is asked"),
    _count("lacking", "Patients who lack it"),
    _count("goal_percent", "Goal of the clinic", "%"),
    Column(
        "goal_met",
        "Goal met",
        Kind.BOOLEAN,
        "goal_met",
        None,
        CLINICAL,
        definition="By the exact counts. Empty where there is nobody to count.",
    ),
    Column("rows", "Rows of the rule tables", Kind.TEXT, "rows", None, CLINICAL),
)


def completeness_report(found: Sequence[ClinicCompleteness]) -> Report:
    """The figures that were counted, as a report."""
    return Report(
        name="completeness",
        title="Completeness",
        one_row_per="measure of a clinic",
        columns=COLUMNS,
        source=FromRows([(each.clinic.pk, row) for each in found for row in _rows(each)]),
    )


def _rows(each: ClinicCompleteness) -> list[Mapping[str, Any]]:
    return [
        {
            "listed_clinic_code": each.clinic.code,
            "measure": line.measure.value,
            "has_it": line.has_it,
            "asked_of": line.asked,
            "lacking": line.lacking,
            "goal_percent": line.goal_percent,
            "goal_met": line.is_met,
            "rows": line.measure.meaning.rows,
        }
        for line in each.lines
    ]
