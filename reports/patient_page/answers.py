"""The five answers on top of the page: a short one each, with two or three lines of evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from followup.open_plans import answered_words
from followup.standing import assessment_of
from guidelines.assessment import Assessment
from guidelines.change import Direction
from guidelines.editions import EditionVerdict, HeadlineKind
from guidelines.gaps import MissingFact
from guidelines.progression import CourseVerdict, Progression
from guidelines.severity import Reason, Scheme, Severity
from guidelines.surveillance import CONTACT_REASON, FollowUp, FollowUpKind
from guidelines.vocabulary import Advice, Body, GradeResult, SeverityState
from patients.days import spoken
from patients.study_sheet import upper_first
from reports.kinds import source_url
from reports.patient_page.case import PageCase
from reports.patient_page.doubt import doubt_of
from reports.patient_page.grade import reader_disagreement
from reports.patient_page.verdicts import (
    NOT_SIGNED_OFF,
    class_words,
    died_words,
    met_and_open,
    possible_of,
    state_of,
)
from reports.patient_page.words import entry_link
from treatments.record import PatientRecord

Answer = dict[str, Any]

GRADE_STATES = {
    GradeResult.SEVERE: "beyond",
    GradeResult.MODERATE_TO_SEVERE: "attention",
    GradeResult.CANNOT_BE_GRADED: "unknown",
}
# States in which the newest evidence neither shows severe regurgitation nor excludes it.
UNDECIDED = {SeverityState.NOT_SEVERE_UNCONFIRMED, SeverityState.DISCORDANT}
# What stands between a finding and the reasons why it does not reassure.
CAVEAT = " (cannot exclude severe: "
LINES = 3
REASONS = 3  # of the grade, in the answer; the panel below has all
SHORT = 40  # letters of a value that stands in an answer
MOST_STAGES = 2  # more open stages than these say nothing
WHOLE_FROM = 10  # a rate of as much a year is said without a decimal
# An index does not stand beside what it is computed from.
SHOWN_COURSES = (
    "lvesd_mm",
    "lvef_percent",
    "eroa_mm2",
    "la_volume_index_ml_m2",
    "spap_mmhg",
    "nt_probnp_pg_ml",
    "lvedd_mm",
    "regurgitant_volume_ml",
)
SHORT_NAMES = {
    "la_volume_index_ml_m2": "LAVI",
    "spap_mmhg": "SPAP",
    "regurgitant_volume_ml": "RVol",
}
KINDS_SAID = {
    FollowUpKind.DECISION: "A decision is due now",
    FollowUpKind.QUESTION: "Ask now",
    FollowUpKind.NOW: "Now, not by an interval",
    FollowUpKind.EMERGENCY: "Emergency: no intervals",
}


def answers_of(case: PageCase) -> list[Answer]:
    """How severe, getting worse, is intervention advised, what is missing, when next."""
    return [
        _severity(case),
        _trend(case),
        _intervention(case),
        _missing(case),
        _next(case),
    ]


def _severity(case: PageCase) -> Answer:
    record, grade = case.record, case.assessment.grade
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
    lines += _evidence(reasons)
    lines += severe_before(record, case.assessment)
    if not reasons or grade.result is GradeResult.NOT_ON_THIS_SCALE:
        lines += list(grade.notes[:1])
    if grade.result is GradeResult.NOT_ON_THIS_SCALE:
        lines.append(reader_disagreement(grade, record))
    if grade.result is GradeResult.CANNOT_BE_GRADED and not reasons:
        lines.append("No measurement of the regurgitation is recorded.")
    lines += [_stage(case), _other_definition(case)]
    return {
        "question": "How severe",
        "answer": grade.result.label,
        "state": "quiet" if record.has_died else GRADE_STATES.get(grade.result, "quiet"),
        "lines": [line for line in lines if line],
    }


def _evidence(reasons: Sequence[Reason]) -> list[Any]:
    """The first reasons of each day in one line, with links to their studies.

    Why they do not exclude severe regurgitation is said once for all of them; the panel below
    has it beside each.
    """
    days: dict[date | None, list[dict[str, str]]] = {}
    caveats: dict[str, None] = {}
    for reason in reasons[:REASONS]:
        text, _, caveat = reason.text.removesuffix(")").partition(CAVEAT)
        if not caveat:
            text = reason.text
        caveats |= dict.fromkeys(caveat.split("; ") if caveat else ())
        part = {"text": upper_first(text), "href": source_url(reason.source)}
        days.setdefault(reason.on, []).append(part)
    lines: list[Any] = [{"parts": parts, "on": on} for on, parts in days.items()]
    if caveats:
        lines.append(f"Cannot exclude severe: {'; '.join(caveats)}")
    return lines


def _stage(case: PageCase) -> dict[str, Any] | None:
    """The ACC/AHA stage, where that edition may be shown and one is decided or left open."""
    staging = case.assessment.staging
    if is_hidden(case, Body.ACC_AHA) or not staging.stages or staging.may_not_apply:
        return None
    if len(staging.stages) > MOST_STAGES:
        return None
    names = " or ".join(stage.value for stage in staging.stages)
    graded = case.assessment.severities[0].graded_on
    return {"text": f"ACC/AHA stage {names}", "on": graded}


def is_hidden(case: PageCase, body: Body) -> bool:
    """Whether what this body's edition says may not be shown."""
    return any(edition.body is body for edition in case.hidden)


SCHEMES = {Scheme.ACC_AHA: Body.ACC_AHA, Scheme.ESC_EACTS: Body.ESC_EACTS}


def shown_severities(case: PageCase) -> list[Severity]:
    """Severity by each body's own definition, of the bodies whose edition may be shown."""
    return [s for s in case.assessment.severities if not is_hidden(case, SCHEMES[s.scheme])]


def _other_definition(case: PageCase) -> str:
    """That a body's own definition says otherwise than the grade."""
    said = {True: "severe", False: "not severe", None: "not decided"}
    grade = case.assessment.grade
    other = [s for s in shown_severities(case) if s.is_severe is not grade.is_severe]
    words = [f"{said[s.is_severe]} by {s.scheme.label}" for s in other]
    return upper_first(" and ".join(words))


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


def _trend(case: PageCase) -> Answer:
    """Which measures changed for real, against measurement error; no limit is read from it."""
    question = "Getting worse?"
    if case.record.open_episode is not None:
        return {
            "question": question,
            "answer": "Acute",
            "state": "beyond",
            "lines": ["No course over years is read while an acute episode stands."],
        }
    courses = [c for name in SHOWN_COURSES for c in case.whole.courses if c.measure.name == name]
    changed = [c for c in courses if c.verdict is CourseVerdict.CHANGED_FOR_REAL]
    worse = [c for c in changed if c.direction is Direction.WORSE]
    told = [c for c in courses if c.verdict is not CourseVerdict.TOO_FEW_STUDIES]
    within = [c for c in told if c not in changed]
    answer, state = "Too few studies", "unknown"
    if worse:
        answer, state = "Yes, for real", "attention"
    elif changed:
        answer, state = "No: better, for real", "quiet"
    elif told:
        answer, state = "Within measurement error", "quiet"
    lines: list[Any] = []
    if worse or changed:
        lines.append(", ".join(_rate(course) for course in (worse or changed)[:LINES]))
    if within:
        names = ", ".join(_short_name(course) for course in within[:LINES])
        lines.append(f"{names}: within measurement error" if worse or changed else names)
    elif not told:
        lines.append("No measure was taken often enough to tell a change from error.")
    doubt = doubt_of(case)
    if doubt is not None:
        lines.append(doubt.line)
        state = "attention"
    return {
        "question": question,
        "answer": answer,
        "state": "quiet" if case.record.has_died else state,
        "lines": lines,
    }


def _rate(course: Progression) -> str:
    """ "LVESD +0.9 mm a year"; the change since the first study where there is no slope."""
    name, change = _short_name(course), course.change_since_first or course.latest_change
    if course.slope is not None:
        unit = course.slope_unit.removesuffix(" per year").replace("% of the value", "%")
        return f"{name} {_signed(course.slope.value)} {unit} a year"
    if change is None:
        return name
    return f"{name} {change.earlier.interval} to {change.later.interval} {course.measure.unit}"


def _signed(value: float) -> str:
    places = 0 if abs(value) >= WHOLE_FROM else 1
    return f"{value:+.{places}f}".replace("-", "\N{MINUS SIGN}")


def _short_name(course: Progression) -> str:
    return SHORT_NAMES.get(course.measure.name, course.measure.label)


QUESTION = "Intervention: what each guideline says"
SILENCE = "Never read silence as advice against."


def _intervention(case: PageCase) -> Answer:
    if case.record.has_died:
        return {
            "question": QUESTION,
            "answer": "Not asked any more",
            "state": "quiet",
            "lines": [died_words(case)],
        }
    if case.hidden:
        return _not_signed_off(case)
    verdicts, triggers = case.assessment.editions, case.whole.triggers
    if not verdicts:
        return {
            "question": QUESTION,
            "answer": "No edition held",
            "state": "unknown",
            "lines": ["No guideline that this program holds was published by that day.", SILENCE],
        }
    closed = [v for v in verdicts if v.gates.is_closed and v.strongest_possible is None]
    lapsed = [trigger for trigger in triggers if not trigger.still_stands]
    states = [state_of(verdict) for verdict in verdicts]
    state = next((s for s in ("beyond", "attention", "unknown") if s in states), "quiet")
    lines: list[Any] = [f"{v.edition.title}: {_class_line(v)}" for v in verdicts]
    if verdicts and len(closed) == len(verdicts):
        answer, state = "Chronic rules switched off", "quiet"
        lines = [closed[0].gates.closed[0].message]
        asked = [f for f in case.assessment.alerts if f.rule.advice is Advice.HEART_TEAM]
        if asked:
            answer, state = "Outside the rules: heart team", "attention"
            lines = [asked[0].rule.message]
    elif any(v.headline for v in verdicts):
        answer = _said_together(verdicts)
    else:
        answer = "Cannot tell yet" if "unknown" in states else "No rule is met"
        lines.append(SILENCE)
    if lapsed:
        since = min(trigger.since for trigger in lapsed)
        answer, state = f"Met on {spoken(since)}, still open", "beyond"
        lines += [f"{t.said.partition(':')[0]} ({t.edition}): {met_and_open(t)}" for t in lapsed]
    elif triggers:
        since = min(trigger.since for trigger in triggers)
        lines.append(f"Met on {spoken(since)} and still open")
    return {"question": QUESTION, "answer": answer, "state": state, "lines": lines}


def _class_line(verdict: EditionVerdict) -> str:
    return ", ".join(filter(None, (class_words(verdict), possible_of(verdict))))


def _said_together(verdicts: Sequence[EditionVerdict]) -> str:
    """One short answer where the editions agree in strength; each class in its own alphabet."""
    strengths = {v.headline_class.strength if v.headline_class else 0 for v in verdicts}
    if len(strengths) != 1:
        return "Editions differ"
    names = [v.headline_class.label for v in verdicts if v.headline_class is not None]
    together = " / ".join([names[0], *(name.removeprefix("Class ") for name in names[1:])])
    kinds = {v.headline_kind for v in verdicts}
    if kinds == {HeadlineKind.MET}:
        return f"{together} by both" if len(verdicts) > 1 else together
    if kinds == {HeadlineKind.EITHER_WAY}:
        return f"{together} either way"
    if kinds == {HeadlineKind.PENDING_JUDGEMENT}:
        return f"{together} pending team judgement"
    if HeadlineKind.PENDING_JUDGEMENT in kinds:
        return f"{together}, one pending team judgement"
    return f"{together}, one either way"


def _not_signed_off(case: PageCase) -> Answer:
    lines = [
        f"{v.edition.title}: {NOT_SIGNED_OFF if v.edition in case.hidden else _class_line(v)}"
        for v in case.assessment.editions
    ]
    return {
        "question": QUESTION,
        "answer": "Not shown yet",
        "state": "unknown",
        "lines": [*lines, SILENCE],
    }


def _missing(case: PageCase) -> Answer:
    question, missing = "What is missing", case.assessment.missing
    quiet: Answer = {"question": question, "state": "quiet"}
    if case.record.has_died:
        return quiet | {"answer": "Nothing is asked", "lines": []}
    if not case.assessment.editions:
        words = "No edition was in force on that day, so nothing was asked for."
        return quiet | {"answer": "Not told", "state": "unknown", "lines": [words]}
    if not missing:
        if any(verdict.gates.is_closed for verdict in case.assessment.editions):
            words = "The chronic rules are switched off, so they ask for nothing."
            return quiet | {"answer": "Not asked", "lines": [words]}
        words = "Only the facts that these rules ask for are counted."
        return quiet | {"answer": "Nothing for these rules", "lines": [words]}
    number = len(missing)
    return {
        "question": question,
        "answer": f"{number} fact{'s' if number > 1 else ''} would decide",
        "state": "unknown",
        "lines": [
            {
                "text": upper_first(fact.label),
                "href": entry_link(fact.name, case.doors),
                "then": "" if case.hidden else would_do(fact, case),
            }
            for fact in in_order(missing)[:LINES]
        ],
    }


def in_order(missing: Sequence[MissingFact]) -> list[MissingFact]:
    """Those for the grade first, then as far as each could move the outcome."""
    return sorted(missing, key=lambda fact: not fact.for_grade)


def would_do(fact: MissingFact, case: PageCase) -> str:
    """The furthest that a missing fact alone could bring about, in a few words."""
    for title, text in fact.by_edition:
        value, found, outcome = text.split("; ")[0].partition(": ")
        if found:
            body = title.rpartition(" ")[0]
            said = outcome.partition(", ")[0].removesuffix(" pending team judgement")
            outcome_said = f"{body} {said[:1].lower()}{said[1:]}"
            return f"{outcome_said} if {value}" if len(value) <= SHORT else f"{outcome_said} by it"
    if fact.for_grade:
        return "a line of evidence"
    return _settles(fact, case) or "with other facts only"


def _settles(fact: MissingFact, case: PageCase) -> str:
    """That a measurement would settle severity by a body's own definition, where that is all."""
    if fact.by_edition:
        return ""
    schemes = [s.scheme.label for s in case.assessment.severities if fact.name in s.missing]
    return f"severity by {' and '.join(schemes)}" if schemes else ""


def _next(case: PageCase) -> Answer:
    """The next echo by each edition, the earliest first; a decision or a question before it."""
    question = "When next"
    if case.record.has_died:
        return {"question": question, "answer": "Nothing is due", "state": "quiet", "lines": []}
    found = [f for f in case.whole.follow_ups if f.edition not in case.hidden]
    dated = [(f, f.echo.by) for f in found if f.echo is not None and f.echo.by is not None]
    now = [f for f in found if f.kind is not FollowUpKind.INTERVAL]
    answer = KINDS_SAID.get(now[0].kind, now[0].kind.label) if now else "Not told"
    if now and now[0].kind is FollowUpKind.DECISION:
        answer = answered_words(case.record, case.whole.triggers) or answer
    if any(CONTACT_REASON in each.reasons for each in now):
        answer = "Contact today"
    is_late = False
    if dated and not now:
        earliest = min(day for _, day in dated)
        is_late = earliest < case.on
        answer = f"Echo by {spoken(earliest)}"
        if is_late:
            answer = f"Echo overdue since {spoken(earliest)}"
    lines: list[Any] = [_due_words(f, day) for f, day in sorted(dated, key=lambda pair: pair[1])]
    if not dated:
        lines = list(dict.fromkeys(text for f in found for text in f.reasons[:1]))
    if case.hidden and not found:
        lines = ["Intervals are not shown until your clinic has signed the editions off."]
    state = "attention" if now or is_late else "quiet" if dated else "unknown"
    return {"question": question, "answer": answer, "state": state, "lines": lines}


def _due_words(follow_up: FollowUp, day: date) -> str:
    row = follow_up.echo.rule.row if follow_up.echo is not None else ""
    by = "local default" if row == "local" else row
    return f"{follow_up.edition.title}: echo by {spoken(day)} ({by})"


def missing_rows(case: PageCase) -> list[dict[str, Any]]:
    """Every missing fact, those for the grade first: what it would decide, where to enter it."""
    if case.record.has_died:
        return []
    return [
        {
            "label": upper_first(fact.label),
            "texts": [] if case.hidden else _texts(fact, case),
            "href": entry_link(fact.name, case.doors),
            "is_judgement": fact.is_judgement,
        }
        for fact in in_order(case.assessment.missing)
    ]


def too_old_rows(case: PageCase) -> dict[str, Any] | None:
    """What to repeat before a procedure that is planned or decided; ``None`` when none is."""
    before = case.whole.before_operation
    if before is None:
        return None
    return {
        "why": upper_first(before.why),
        "rows": [
            {
                "values": upper_first(line.values),
                "why": line.why,
                "href": entry_link(line.names[0], case.doors),
            }
            for line in before.lines
        ],
        "to_confirm": ", ".join(before.to_confirm),
    }


def _texts(fact: MissingFact, case: PageCase) -> list[dict[str, str]]:
    """What it would decide: for the grade, and by each edition; once where both say the same."""
    said = dict(fact.by_edition)
    alike = len(set(said.values())) == 1 and len(said) > 1
    before, _, _ = fact.text.partition(next(iter(said), "\0") + ":")
    own = (fact.text or upper_first(_settles(fact, case))) if not said else ""
    if said and fact.for_grade:
        own = fact.text.partition(". ")[0] if alike else before.rstrip(". ")
    texts = [{"by": "", "text": own}] if own else []
    if alike:
        return [*texts, {"by": "", "text": next(iter(said.values()))}]
    return [*texts, *({"by": title, "text": text} for title, text in said.items())]
