"""Where the patient stands: grade, ACC/AHA stage, symptom status, and what puts it in doubt."""

from __future__ import annotations

from typing import Any

from guidelines.atrial import ROWS
from guidelines.facts import FACTS
from guidelines.local.symptoms import REALLY_ASYMPTOMATIC
from guidelines.rule import ShownFact
from guidelines.staging import Staging
from guidelines.vocabulary import Advice, Body
from patients.models import SymptomLog
from patients.study_sheet import upper_first
from reports.kinds import source_url
from reports.patient_page.answers import is_hidden, shown_severities
from reports.patient_page.case import PageCase
from reports.patient_page.doubt import doubt_of
from reports.patient_page.explain import explanations_of
from reports.patient_page.grade import grade_view
from reports.patient_page.words import age_of, entry_link, notes_of

SAID_ELSEWHERE = (Advice.SAME_DAY_CONTACT, Advice.DRUG_WARNING)


LONG = 64  # letters of a stage's words from which the rest stands under them


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


def _definitions(case: PageCase) -> list[str]:
    """Severity by ACC/AHA and by ESC/EACTS, where one of them says otherwise than ASE."""
    grade, severities = case.assessment.grade, shown_severities(case)
    if all(s.is_severe is grade.is_severe and s.result is grade.result for s in severities):
        return []
    return [f"By {s.scheme.label}: {s.explanation}." for s in severities]


def _stage(case: PageCase) -> dict[str, Any] | None:
    """The ACC/AHA stage with its reasons; ``None`` while that edition is not signed off."""
    if is_hidden(case, Body.ACC_AHA):
        return None
    staging = case.assessment.staging
    words, detail = _stage_words(staging), ""
    if len(words) > LONG and staging.stage is None:
        words, _, detail = words.partition(": " if ": " in words else ". ")
    return {
        "text": words,
        "detail": detail,
        "is_decided": staging.stage is not None,
        "is_open": bool(staging.stages) and staging.stage is None,
        "reasons": [upper_first(reason) for reason in staging.reasons],
        "missing": [
            {
                "label": upper_first(FACTS[name].label),
                "href": entry_link(name, case.doors),
            }
            for name in ([] if case.record.has_died else staging.missing)
            if name in FACTS
        ],
        "rows": ", ".join(staging.rows),
        "notes": [note for note in staging.notes if note not in case.assessment.notes],
    }


def _stage_words(staging: Staging) -> str:
    """The stage, or why there is none; where a gate is unknown, that it cannot be told."""
    if staging.may_not_apply:
        return staging.text.replace("Cannot tell whether a stage applies.", "Cannot tell.")
    return staging.text


def _symptoms(case: PageCase) -> dict[str, Any]:
    """Whether there are symptoms of the regurgitation, why, since when, and the newest log."""
    fact = next((f for f in case.assessment.facts if f.name == "symptomatic"), None)
    log = next(iter(case.record.symptom_logs), None)
    known = case.picture.reading("symptomatic")
    words = {True: "Symptoms of the regurgitation", False: "No symptoms of the regurgitation"}
    return {
        "text": words[known] if isinstance(known, bool) else "Not known",
        "is_known": isinstance(known, bool),
        "reason": _why(fact),
        "note": notes_of(fact, case.on) if fact is not None else "",
        "on": fact.on if fact is not None else None,
        "age": _age(fact, case),
        "href": source_url(fact.source) if fact is not None else "",
        "log": _log_words(log) if log is not None else "",
        "log_on": log.recorded_on if log is not None else None,
        "log_href": source_url(f"symptom_log:{log.public_id}") if log is not None else "",
        "add_href": "" if case.record.has_died else entry_link("symptomatic", case.doors),
    }


def _why(fact: ShownFact | None) -> str:
    if fact is None:
        return ""
    return upper_first(fact.reason or (fact.text if fact.on is not None else ""))


def _age(fact: ShownFact | None, case: PageCase) -> str:
    return age_of(fact.on, case.on) if fact is not None and fact.on is not None else ""


def _log_words(log: SymptomLog) -> str:
    if log.nyha_low is None:
        return "NYHA class not recorded"
    words = log.get_nyha_low_display()
    if log.nyha_high is not None and log.nyha_high != log.nyha_low:
        words = f"{words} to {log.get_nyha_high_display()}"
    return f"NYHA {words}"


def _local_notes(case: PageCase) -> list[dict[str, Any]]:
    """Local safety rules that neither ask for an act today nor are the question of symptoms."""
    if case.record.has_died:
        return []
    return _beside_what_was_entered(case) + [
        {
            "text": f"{finding.rule.message} ({finding.rule.source.row})",
            "is_act": finding.rule.advice is Advice.HEART_TEAM,
        }
        for finding in case.assessment.alerts
        if finding.rule.advice not in SAID_ELSEWHERE and finding.rule.id != REALLY_ASYMPTOMATIC.id
    ]


def _beside_what_was_entered(case: PageCase) -> list[dict[str, Any]]:
    """Where the record does not fit the mechanism or the risk class that was entered."""
    atrial, risk = case.whole.atrial, case.whole.risk
    said = [f"{flag} ({ROWS})" for flag in atrial.flags] if atrial is not None else []
    if risk is not None and risk.differs:
        said.append(risk.differs)
    return [{"text": text, "is_act": False} for text in said]
