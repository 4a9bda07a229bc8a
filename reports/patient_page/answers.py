"""The five answers on top of the page: a short one each, with two lines of evidence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from followup.standing import assessment_of
from guidelines.assessment import Assessment
from guidelines.rule import Edition
from guidelines.severity import Reason
from guidelines.vocabulary import GradeResult, SeverityState
from patients.days import spoken
from patients.models import EchoStudy
from patients.study_sheet import upper_first, value_text
from reports.kinds import Doors, source_url
from reports.patient_page.verdicts import NOT_SIGNED_OFF, badge_of, state_of
from reports.patient_page.words import entry_link
from treatments.facts import last_mitral_procedure
from treatments.record import PatientRecord

Answer = dict[str, Any]

GRADE_STATES = {
    GradeResult.SEVERE: "beyond",
    GradeResult.MODERATE_TO_SEVERE: "attention",
    GradeResult.CANNOT_BE_GRADED: "unknown",
}
# States in which the newest evidence neither shows severe regurgitation nor excludes it.
UNDECIDED = {SeverityState.NOT_SEVERE_UNCONFIRMED, SeverityState.DISCORDANT}
LINES = 3


def answers_of(
    record: PatientRecord,
    assessment: Assessment,
    doors: Doors,
    hidden: Collection[Edition] = frozenset(),
) -> list[Answer]:
    """How severe, getting worse, intervention, what is missing, when next."""
    return [
        _severity(assessment, record),
        _trend(record),
        _not_signed_off(assessment, hidden) if hidden else _intervention(assessment),
        _missing(assessment, doors),
        _next(record),
    ]


def _severity(assessment: Assessment, record: PatientRecord) -> Answer:
    grade = assessment.grade
    if record.open_episode is not None:
        return {
            "question": "How severe",
            "answer": "Acute: an emergency",
            "state": "beyond",
            "lines": [
                "The chronic scale reads falsely low in acute regurgitation and is not used.",
                *(upper_first(reason.text) for reason in grade.reasons_for[:2]),
            ],
        }
    reasons: list[Reason] = [*grade.reasons_for, *grade.reasons_against]
    lines: list[Any] = []
    if grade.state in {SeverityState.SEVERE_ONE_LINE, SeverityState.DISCORDANT}:
        lines.append(grade.state.label)
    lines += [
        {"text": upper_first(reason.text), "href": source_url(reason.source), "on": reason.on}
        for reason in reasons[: LINES - len(lines)]
    ]
    lines += severe_before(record, assessment)
    if not reasons:
        lines += list(grade.notes[:1])
    if grade.result is GradeResult.CANNOT_BE_GRADED and not reasons:
        lines.append("No measurement of the regurgitation is recorded.")
    return {
        "question": "How severe",
        "answer": grade.result.label,
        "state": GRADE_STATES.get(grade.result, "quiet"),
        "lines": lines,
    }


def severe_before(record: PatientRecord, assessment: Assessment) -> list[str]:
    """That an older study showed severe regurgitation, when the newest cannot say yes or no.

    One line of evidence never excludes; so a short newer study must not hide what a fuller one
    found. A newer study that does exclude it, by two lines, says so itself.
    """
    if assessment.grade.state not in UNDECIDED:
        return []
    older = list(record.echo_studies)
    while older:
        day = older[0].performed_on
        older = [study for study in older if study.performed_on < day]
        before = assessment_of(replace(record, echo_studies=older)).grade
        if before.result is GradeResult.SEVERE:
            found = max((reason.on for reason in before.reasons_for if reason.on), default=day)
            return [
                f"Severe by the study of {spoken(found)} ({before.state.label.lower()}); nothing "
                "newer excludes it"
            ]
        if before.is_severe is False or before.state is SeverityState.NOT_MEASURED:
            return []
    return []


def _trend(record: PatientRecord) -> Answer:
    """First and last values since the last operation; whether they differ is not judged yet."""
    question = "Getting worse?"
    if record.open_episode is not None:
        return {
            "question": question,
            "answer": "Acute",
            "state": "beyond",
            "lines": ["No course over years is read while an acute episode stands."],
        }
    procedure = last_mitral_procedure(record)
    since = procedure.performed_on if procedure is not None else None
    studies = [
        study
        for study in record.echo_studies
        if study.counts and (since is None or study.performed_on > since)
    ]
    lines = [
        line
        for line in (_first_and_last(studies, name) for name in ("lvef_percent", "lvesd_mm"))
        if line
    ]
    return {
        "question": question,
        "answer": "Not judged yet" if lines else "Too few studies",
        "state": "unknown",
        "lines": [*lines, "Trends against measurement error are not built in this version."],
    }


LABELS = {"lvef_percent": ("LVEF", "%"), "lvesd_mm": ("LVESD", "mm")}


def _first_and_last(studies: list[EchoStudy], name: str) -> str:
    values = [(study.performed_on, value_text(study, name)) for study in studies]
    recorded = [(day, text) for day, text in values if text]
    if len(recorded) < 2:
        return ""
    (last_day, last), (first_day, first) = recorded[0], recorded[-1]
    label, unit = LABELS[name]
    return f"{label} {first} → {last} {unit}, {spoken(first_day)} to {spoken(last_day)}"


def _not_signed_off(assessment: Assessment, hidden: Collection[Edition]) -> Answer:
    lines = [
        f"{v.edition.title}: {NOT_SIGNED_OFF if v.edition in hidden else badge_of(v)}"
        for v in assessment.editions
    ]
    return {
        "question": "Intervention: what each guideline says",
        "answer": "Not shown yet",
        "state": "unknown",
        "lines": [*lines, "Never read silence as advice against."],
    }


def _intervention(assessment: Assessment) -> Answer:
    verdicts = assessment.editions
    badges = {badge_of(verdict) for verdict in verdicts}
    states = [state_of(verdict) for verdict in verdicts]
    state = next((s for s in ("beyond", "attention", "unknown") if s in states), "quiet")
    closed = [v for v in verdicts if v.gates.is_closed and v.strongest_possible is None]
    if len(closed) == len(verdicts):
        return {
            "question": "Intervention: what each guideline says",
            "answer": "Chronic rules switched off",
            "state": "quiet",
            "lines": [closed[0].gates.closed[0].message],
        }
    strengths = {v.headline_class.strength if v.headline_class else 0 for v in verdicts}
    if any(v.headline for v in verdicts):
        answer = "Editions agree" if len(strengths) == 1 else "Editions differ"
        kinds = {v.headline_kind for v in verdicts}
        if len(strengths) == 1 and len(kinds) == 1 and len(badges) <= 2:
            answer = " and ".join(_short(v) for v in verdicts)
    else:
        answer = "Cannot tell yet" if "unknown" in states else "No rule is met"
    lines = [f"{verdict.edition.title}: {badge_of(verdict)}" for verdict in verdicts]
    return {
        "question": "Intervention: what each guideline says",
        "answer": answer,
        "state": state,
        "lines": [*lines, "Never read silence as advice against."],
    }


def _short(verdict: Any) -> str:
    return badge_of(verdict).removesuffix(", provisional")


def _missing(assessment: Assessment, doors: Doors) -> Answer:
    missing = assessment.missing
    closed = [verdict for verdict in assessment.editions if verdict.gates.is_closed]
    if closed and not missing:
        return {
            "question": "What is missing",
            "answer": "Not asked",
            "state": "quiet",
            "lines": ["The chronic rules are switched off, so they ask for nothing."],
        }
    if not missing:
        return {
            "question": "What is missing",
            "answer": "Nothing for these rules",
            "state": "quiet",
            "lines": ["Only the facts that these rules ask for are counted."],
        }
    number = len(missing)
    return {
        "question": "What is missing",
        "answer": f"{number} fact{'s' if number > 1 else ''} would decide",
        "state": "unknown",
        "lines": [
            {
                "text": upper_first(fact.label),
                "href": entry_link(fact.name, doors),
            }
            for fact in sorted(missing, key=lambda fact: not fact.for_grade)[:LINES]
        ],
    }


def _next(record: PatientRecord) -> Answer:
    counted = [study for study in record.echo_studies if study.counts]
    last: list[Any] = []
    if counted:
        last = [{"text": "Last echo", "on": counted[0].performed_on}]
    if record.symptom_logs:
        last.append({"text": "Last asked about symptoms", "on": record.symptom_logs[0].recorded_on})
    return {
        "question": "When next",
        "answer": "Not computed yet",
        "state": "unknown",
        "lines": [*last, "Follow-up intervals are not built in this version."],
    }


def missing_rows(
    assessment: Assessment, doors: Doors, hidden: Collection[Edition] = frozenset()
) -> list[dict[str, Any]]:
    """Every missing fact, those for the grade first: what it would decide, where to enter it."""
    return [
        {
            "label": upper_first(fact.label),
            "text": "" if hidden else fact.text,
            "href": entry_link(fact.name, doors),
            "is_judgement": fact.is_judgement,
        }
        for fact in sorted(assessment.missing, key=lambda fact: not fact.for_grade)
    ]
