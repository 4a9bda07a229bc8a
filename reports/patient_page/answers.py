"""The five answers on top of the page: a short one each, with two lines of evidence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from followup.standing import assessment_of
from followup.whole import courses_of
from guidelines.assessment import Assessment
from guidelines.change import Direction
from guidelines.facts import ClinicalPicture
from guidelines.progression import CourseVerdict, Progression
from guidelines.rule import Edition
from guidelines.severity import Reason
from guidelines.surveillance import FollowUpKind
from guidelines.vocabulary import GradeResult, SeverityState
from patients.days import spoken
from patients.study_sheet import upper_first
from reports.kinds import Doors, source_url
from reports.patient_page.verdicts import NOT_SIGNED_OFF, badge_of, state_of
from reports.patient_page.words import entry_link
from treatments.follow_up import follow_ups_of
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
    picture: ClinicalPicture,
    doors: Doors,
    hidden: Collection[Edition] = frozenset(),
) -> list[Answer]:
    """How severe, getting worse, intervention, what is missing, when next."""
    return [
        _severity(assessment, record),
        _trend(record),
        _not_signed_off(assessment, hidden) if hidden else _intervention(assessment),
        _missing(assessment, doors),
        _next(record, assessment, picture, hidden),
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


SHOWN_COURSES = ("lvef_percent", "lvesd_mm", "eroa_mm2")


def _trend(record: PatientRecord) -> Answer:
    """Which measures changed for real, against measurement error; no limit is read from it."""
    question = "Getting worse?"
    if record.open_episode is not None:
        return {
            "question": question,
            "answer": "Acute",
            "state": "beyond",
            "lines": ["No course over years is read while an acute episode stands."],
        }
    courses = courses_of(record, ())
    changed = [c for c in courses if c.verdict is CourseVerdict.CHANGED_FOR_REAL]
    worse = [c.measure.label for c in changed if c.direction is Direction.WORSE]
    told = [c for c in courses if c.verdict is not CourseVerdict.TOO_FEW_STUDIES]
    answer, state = "Too few studies", "unknown"
    if worse:
        answer, state = f"Yes: {', '.join(worse[:LINES])}", "attention"
    elif told:
        answer, state = "Within measurement error", "quiet"
    shown = [c for c in courses if c.measure.name in SHOWN_COURSES]
    lines = [line for line in map(_first_and_last, shown) if line]
    return {"question": question, "answer": answer, "state": state, "lines": lines}


def _first_and_last(course: Progression) -> str:
    """ "LVESD 34 to 39 mm: changed for real"; nothing without two studies to compare."""
    change = course.change_since_first or course.latest_change
    if change is None:
        return ""
    ends = f"{change.earlier.interval} to {change.later.interval} {course.measure.unit}"
    return f"{course.measure.label} {ends}: {course.verdict.label.lower()}"


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
    if not verdicts:
        return {
            "question": "Intervention: what each guideline says",
            "answer": "No edition held",
            "state": "unknown",
            "lines": [
                "No guideline that this program holds was published by that day.",
                "Never read silence as advice against.",
            ],
        }
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


def _next(
    record: PatientRecord,
    assessment: Assessment,
    picture: ClinicalPicture,
    hidden: Collection[Edition],
) -> Answer:
    """The next echo and visit by each edition, the earliest first, with the row that says so."""
    if record.has_died:
        return {"question": "When next", "answer": "Nothing is due", "state": "quiet", "lines": []}
    found = [
        follow_up
        for follow_up in follow_ups_of(record, picture, assessment)
        if follow_up.edition not in hidden
    ]
    days = [f.echo.by for f in found if f.echo is not None and f.echo.by is not None]
    now = [f for f in found if f.kind is not FollowUpKind.INTERVAL]
    answer = now[0].kind.label if now else "Not told"
    if days and not now:
        answer = f"Echo by {spoken(min(days))}"
    lines = [
        f"{f.edition.title}: echo by {spoken(f.echo.by)} ({f.echo.rule.row})"
        for f in found
        if f.echo is not None and f.echo.by is not None
    ]
    is_late = bool(now) or (bool(days) and min(days) < record.on)
    state = "attention" if is_late else "quiet" if days else "unknown"
    return {"question": "When next", "answer": answer, "state": state, "lines": lines}


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
