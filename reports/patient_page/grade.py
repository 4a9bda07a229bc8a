"""The grade with its reasons for, against and missing, and the reader's own beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from guidelines.facts import FACTS
from guidelines.gaps import SEVERE_FROM
from guidelines.severity import WAYS_TO_MEASURE, LineKind, Reason, Severity
from guidelines.vocabulary import Grade, GradeResult
from patients.days import spoken
from patients.study_sheet import upper_first
from reports.kinds import source_url
from treatments.record import PatientRecord

# What measures the regurgitation; the rest of what a grade misses says whether one is possible.
MEASUREMENTS = {name for ways in WAYS_TO_MEASURE.values() for name in ways} | set(SEVERE_FROM)


def grade_view(grade: Severity, record: PatientRecord) -> dict[str, Any]:
    """The grade with its reasons for, against and missing, and the reader's own beside it."""
    scale = {GradeResult.CANNOT_BE_GRADED, GradeResult.NOT_ON_THIS_SCALE}
    label, state = grade.result.label, grade.state.label
    asked = [] if record.has_died else grade.missing
    measured = [name for name in asked if name in MEASUREMENTS]
    needed_first = [name for name in asked if name not in MEASUREMENTS]
    return {
        "label": state if state.startswith(label) else label,
        "state_label": "" if state.startswith(label) else state,
        "is_graded": grade.result not in scale,
        "cannot_be_graded": grade.result is GradeResult.CANNOT_BE_GRADED,
        "reasons_for": _by_line(grade.reasons_for),
        "reasons_against": _by_line(grade.reasons_against),
        "missing": [upper_first(FACTS[name].label) for name in measured],
        "needed_first": [upper_first(FACTS[name].label) for name in needed_first],
        "notes": list(grade.notes),
        "reader_disagrees": reader_disagreement(grade, record),
    }


def _by_line(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Reasons under their line of evidence: what belongs to one measurement stands together."""
    lines: dict[tuple[str, date | None], list[dict[str, Any]]] = {}
    for reason in reasons:
        shown = {"text": upper_first(reason.text), "href": source_url(reason.source)}
        lines.setdefault((reason.line, reason.on), []).append(shown)
    return [
        {"name": _line_name(line), "on": on, "reasons": shown}
        for (line, on), shown in lines.items()
    ]


def _line_name(line: str) -> str:
    """The line's name, unless its one reason says the same."""
    try:
        kind = LineKind(line)
    except ValueError:
        return ""
    return "" if kind is LineKind.READER else kind.label.partition(" (")[0]


def reader_disagreement(grade: Severity, record: PatientRecord) -> str:
    """The newest reader's grade, in words, when it is not the grade that the numbers give."""
    for study in record.echo_studies:
        low, high = study.reader_grade_low, study.reader_grade_high
        if not study.counts or low is None or high is None:
            continue
        given = {Grade.of_rank(rank).value for rank in range(low, high + 1)}
        if grade.result.value in given:
            return ""
        words = study.get_reader_grade_low_display()
        if high != low:
            words = f"{words} to {study.get_reader_grade_high_display()}"
        return f"The reader's own grade of {spoken(study.performed_on)} is {words}."
    return ""
