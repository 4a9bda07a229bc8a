"""Where the patient stands: grade, ACC/AHA stage, symptom status, and what puts it in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from guidelines.facts import FACTS
from guidelines.gaps import SEVERE_FROM
from guidelines.local.symptoms import REALLY_ASYMPTOMATIC
from guidelines.rule import ShownFact
from guidelines.severity import WAYS_TO_MEASURE, LineKind, Reason, Severity
from guidelines.vocabulary import Advice, Body, Grade, GradeResult
from patients.days import spoken
from patients.models import SymptomLog
from patients.study_sheet import upper_first
from reports.kinds import source_url
from reports.patient_page.answers import is_hidden
from reports.patient_page.case import PageCase
from reports.patient_page.doubt import doubt_of
from reports.patient_page.explain import explanations_of
from reports.patient_page.words import age_of, entry_link, notes_of
from treatments.record import PatientRecord

# What measures the regurgitation; the rest of what a grade misses says whether one is possible.
MEASUREMENTS = {name for ways in WAYS_TO_MEASURE.values() for name in ways} | set(SEVERE_FROM)
SAID_ELSEWHERE = (Advice.SAME_DAY_CONTACT, Advice.DRUG_WARNING)


def stance_of(case: PageCase) -> dict[str, Any]:
    """What the panel shows."""
    return {
        "grade": grade_view(case.assessment.grade, case.record),
        "definitions": _definitions(case),
        "stage": _stage(case),
        "symptoms": _symptoms(case),
        "doubt": doubt_of(case),
        "notes": _local_notes(case),
        "numbers": explanations_of(case.picture, case.record),
    }


def grade_view(grade: Severity, record: PatientRecord) -> dict[str, Any]:
    """The grade with its reasons for, against and missing, and the reader's own beside it."""
    scale = {GradeResult.CANNOT_BE_GRADED, GradeResult.NOT_ON_THIS_SCALE}
    label, state = grade.result.label, grade.state.label
    measured = [name for name in grade.missing if name in MEASUREMENTS]
    needed_first = [name for name in grade.missing if name not in MEASUREMENTS]
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


def _definitions(case: PageCase) -> list[str]:
    """Severity by ACC/AHA and by ESC/EACTS, where one of them says otherwise than ASE."""
    grade, severities = case.assessment.grade, case.assessment.severities
    if all(s.is_severe is grade.is_severe and s.result is grade.result for s in severities):
        return []
    return [f"By {s.scheme.label}: {s.explanation}." for s in severities]


def _stage(case: PageCase) -> dict[str, Any] | None:
    """The ACC/AHA stage with its reasons; ``None`` while that edition is not signed off."""
    if is_hidden(case, Body.ACC_AHA):
        return None
    staging = case.assessment.staging
    return {
        "text": staging.text,
        "is_decided": staging.stage is not None,
        "reasons": [upper_first(reason) for reason in staging.reasons],
        "missing": [
            {
                "label": upper_first(FACTS[name].label),
                "href": "" if case.record.has_died else entry_link(name, case.doors),
            }
            for name in staging.missing
            if name in FACTS
        ],
        "rows": ", ".join(staging.rows),
        "notes": [note for note in staging.notes if note not in case.assessment.notes],
    }


def _symptoms(case: PageCase) -> dict[str, Any]:
    """Whether there are symptoms of the regurgitation, why, since when, and the newest log."""
    fact = next((f for f in case.assessment.facts if f.name == "symptomatic"), None)
    log = next(iter(case.record.symptom_logs), None)
    known = case.picture.reading("symptomatic")
    words = {True: "Symptoms of the regurgitation", False: "No symptoms of the regurgitation"}
    return {
        "text": words[known] if isinstance(known, bool) else "Not known",
        "is_known": isinstance(known, bool),
        "reason": upper_first(fact.reason) if fact is not None and fact.reason else "",
        "note": notes_of(fact, case.on) if fact is not None else "",
        "on": fact.on if fact is not None else None,
        "age": _age(fact, case),
        "href": source_url(fact.source) if fact is not None else "",
        "log": _log_words(log) if log is not None else "",
        "log_on": log.recorded_on if log is not None else None,
        "log_href": source_url(f"symptom_log:{log.public_id}") if log is not None else "",
        "add_href": "" if case.record.has_died else entry_link("symptomatic", case.doors),
    }


def _age(fact: ShownFact | None, case: PageCase) -> str:
    return age_of(fact.on, case.on) if fact is not None and fact.on is not None else ""


def _log_words(log: SymptomLog) -> str:
    if log.nyha_low is None:
        return "NYHA class not recorded"
    words = log.get_nyha_low_display()
    if log.nyha_high is not None and log.nyha_high != log.nyha_low:
        words = f"{words} to {log.get_nyha_high_display()}"
    return f"NYHA {words}"


def _local_notes(case: PageCase) -> list[str]:
    """Local safety rules that neither ask for an act today nor are the question of symptoms."""
    if case.record.has_died:
        return []
    return [
        f"{finding.rule.message} ({finding.rule.source.row})"
        for finding in case.assessment.alerts
        if finding.rule.advice not in SAID_ELSEWHERE and finding.rule.id != REALLY_ASYMPTOMATIC.id
    ]
