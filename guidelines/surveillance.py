"""When the next echo and the next visit are due, by each edition, with the row that says so.

A value counts as last recorded, whatever its age: its age is what a due date is about. An unknown
stands for each of its possible values and the earliest date of all holds, so an unknown never
gives a later date than any of its values would. A trend may bring a date forward, never back.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import product
from types import MappingProxyType
from typing import Any

from guidelines.days import spoken
from guidelines.intervals import (
    QUARTERLY,
    DueRule,
    Plan,
    Schedule,
    Situation,
    local_rule,
    plan_of,
    printed,
)
from guidelines.rule import Edition
from guidelines.vocabulary import Mechanism, MitralValveState, Term

MILESTONE_SLACK_DAYS = 183  # local: an echo this close before a fixed year stands for it
OUTSIDE_RULES_MONTHS = (6, 6)  # local default where the rules for regurgitation are off
UNDATED_DAYS = (30, 60)  # local: after an intervention without date the next is this close
CHANGED = "Symptoms or signs changed since the last echo: now"
OUTSIDE_RULES = local_rule("the rules for regurgitation do not apply: half-yearly")
CONTACT_TODAY = local_rule("an alarm asks to contact the patient today", "SAFE-20")
PREGNANT = local_rule("pregnant: in every trimester", "SAFE-09")
# Rows of elective timing; they do not speak in pregnancy or beside a stenosis or obstruction.
ELECTIVE_ROWS = frozenset({"AHA-PI-01", "AHA-PI-02", "ESC25-P-02", "ESC25-P-03"})
TEAM_IN_PREGNANCY = local_rule(
    "severe MR with symptoms or LV dysfunction in pregnancy: her team now, not an interval",
    "SAFE-09",
)
TEAM_OUTSIDE_RULES = local_rule(
    "severe MR with symptoms or LV dysfunction, outside the rules for regurgitation: the team "
    "now, not an interval"
)


CONTACT_REASON = "An alarm asks to contact the patient today."


class FollowUpKind(Term):
    """What sort of answer a due date is."""

    EMERGENCY = "emergency", "Emergency: intervals are switched off"
    DECISION = "decision", "Not an interval: a decision is due now"
    QUESTION = "question", "Ask now: what is missing may make a decision due"
    NOW = "now", "Now, not by an interval"
    INTERVAL = "interval", "By interval"
    NOT_SCHEDULED = "not_scheduled", "Not scheduled by adult rules"


@dataclass(frozen=True, slots=True)
class FollowUpCase:
    """What a due date depends on; ``None`` is unknown.

    Values as last recorded, whatever their age. ``echoes_on``: days of the final resting echoes.
    ``grade_low`` to ``grade_high``: 1 mild to 4 severe, the range the record leaves open.
    ``lv_normal``: LVEF above 60 % and LVESD below 40 mm. ``other_lesions``: another valve disease
    at least moderate, or mitral stenosis. ``lv_dysfunction_before_repair`` and
    ``arrhythmia_with_repair`` matter after surgical repair only.
    ``contact_today``: an alarm asks to contact the patient today.
    Events, true only when recorded: ``is_acute``, ``has_endocarditis``, ``symptoms_changed`` (since
    the last echo), ``decision_due`` (a rule of class 1 or I met, pending or either way),
    ``recurrent_mr`` (at least moderate to severe after an intervention), ``is_pregnant``,
    ``is_child``, ``outside_rules`` (assist device, transplant, stenosis, outflow obstruction),
    ``goals_of_care`` (declined, life expectancy below a year, severe frailty).
    ``expected_threshold_on``: the earliest day on which the trend expects a limit to be met.
    """

    on: date
    echoes_on: tuple[date, ...] = ()
    last_visit_on: date | None = None
    valve_state: MitralValveState | None = None
    intervention_on: date | None = None
    mechanism: Mechanism | None = None
    grade_low: int | None = None
    grade_high: int | None = None
    symptomatic: bool | None = None
    lv_normal: bool | None = None
    other_lesions: bool | None = None
    advanced_heart_failure: bool | None = None
    lv_dysfunction_before_repair: bool | None = None
    arrhythmia_with_repair: bool | None = None
    is_acute: bool = False
    has_endocarditis: bool = False
    symptoms_changed: bool = False
    contact_today: bool = False
    decision_due: bool = False
    recurrent_mr: bool = False
    is_pregnant: bool = False
    is_child: bool = False
    outside_rules: bool = False
    goals_of_care: bool = False
    expected_threshold_on: date | None = None

    @property
    def last_echo_on(self) -> date | None:
        """The newest echo that is not after the day itself."""
        return max((day for day in self.echoes_on if day <= self.on), default=None)


@dataclass(frozen=True, slots=True)
class Due:
    """From when and by when something is due, and by which rule; no dates: not due by routine."""

    since: date | None
    by: date | None
    rule: DueRule
    is_now: bool = field(default=False, compare=False)
    """Due whatever the day, so ``by`` is today every day; not an interval that ends today."""

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "from": self.since.isoformat() if self.since else None,
            "by": self.by.isoformat() if self.by else None,
            "rule": self.rule.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What one edition says of the next echo and visit.

    ``missing``: facts that, once known, could make it later. ``reminds``: whether an overdue date
    may be nagged about (SAFE-14); symptoms are followed either way.
    """

    edition: Edition
    kind: FollowUpKind
    echo: Due | None
    visit: Due | None
    reasons: tuple[str, ...]
    missing: tuple[str, ...] = ()
    reminds: bool = True

    @property
    def rules(self) -> tuple[DueRule, ...]:
        """The rows behind the dates, each once."""
        return tuple(dict.fromkeys(due.rule for due in (self.echo, self.visit) if due))

    @property
    def is_local(self) -> bool:
        """Whether any of the dates rests on a default of the clinic."""
        return any(rule.is_local for rule in self.rules)

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "edition": self.edition.id,
            "kind": self.kind.value,
            "kind_label": self.kind.label,
            "echo": self.echo.as_dict() if self.echo else None,
            "visit": self.visit.as_dict() if self.visit else None,
            "rules": [rule.as_dict() for rule in self.rules],
            "is_local": self.is_local,
            "reasons": list(self.reasons),
            "missing": list(self.missing),
            "reminds": self.reminds,
        }


def due_of(case: FollowUpCase, edition: Edition) -> FollowUp:
    """The next echo and visit by one edition."""
    if case.is_child:
        words = "Younger than 18: adult intervals do not apply (SAFE-01)."
        return FollowUp(edition, FollowUpKind.NOT_SCHEDULED, None, None, (words,))
    if case.is_acute or case.has_endocarditis:
        row = "SAFE-05" if case.is_acute else "SAFE-06"
        words = f"Acute regurgitation or endocarditis: intervals are switched off ({row})."
        return FollowUp(edition, FollowUpKind.EMERGENCY, None, None, (words,))
    return _scheduled(case, edition)


def _scheduled(case: FollowUpCase, edition: Edition) -> FollowUp:
    kind, echo, visit, reasons = _dates(case, edition)
    return FollowUp(
        edition=edition,
        kind=kind,
        echo=echo,
        visit=visit,
        reasons=(*reasons, *_notes(case, edition, (_end(echo), _end(visit)))),
        missing=_missing(case, edition),
        reminds=not case.goals_of_care,
    )


Dates = tuple[FollowUpKind, Due, Due, tuple[str, ...]]


def _dates(case: FollowUpCase, edition: Edition) -> Dates:
    """The answer's kind, echo and visit, and why they are not those of an interval."""
    plans = plans_of(edition, _open(case))
    echo, visit = _earliest(case, plans)
    for schedule in _shorter(case):
        echo = _first([echo, _echo_due(case, schedule)])
        visit = _first([visit, _visit_due(case, schedule)])
    visit = _without_elective_rows(case, visit)
    kind, reasons = _kind(plans, visit)
    if case.decision_due or case.recurrent_mr:
        row, words = _decision_words(case)
        visit = _today(case, local_rule(words, row))
        kind, reasons = FollowUpKind.DECISION, (f"{words} ({row}).",)
    if case.symptoms_changed:
        echo = visit = _today(case, printed(edition, "AHA-FU-04", CHANGED))
        kind = FollowUpKind.NOW if kind is not FollowUpKind.DECISION else kind
        reasons = (*reasons, f"{CHANGED} (AHA-FU-04).")
    if case.contact_today:
        visit = _today(case, CONTACT_TODAY)
        kind = FollowUpKind.NOW if kind is not FollowUpKind.DECISION else kind
        reasons = (*reasons, CONTACT_REASON)
    return kind, _sooner(case, echo), _sooner(case, visit), reasons


def _without_elective_rows(case: FollowUpCase, visit: Due) -> Due:
    """A visit due now stays due now, but not by a row that a gate has switched off."""
    if visit.rule.row not in ELECTIVE_ROWS:
        return visit
    if case.is_pregnant:
        return replace(visit, rule=TEAM_IN_PREGNANCY)
    return replace(visit, rule=TEAM_OUTSIDE_RULES) if case.outside_rules else visit


def _kind(plans: Plans, visit: Due) -> tuple[FollowUpKind, tuple[str, ...]]:
    said = (f"{visit.rule.words} ({visit.rule.row}).",)
    if plans.is_decision:
        return FollowUpKind.DECISION, said
    if plans.may_be_decision:
        return FollowUpKind.QUESTION, ("What is missing may make a decision due.",)
    return FollowUpKind.INTERVAL, ()


def _shorter(case: FollowUpCase) -> Iterator[Schedule]:
    """What shortens every interval."""
    if case.outside_rules:
        yield Schedule(OUTSIDE_RULES, OUTSIDE_RULES_MONTHS)
    if case.is_pregnant:
        yield Schedule(PREGNANT, QUARTERLY)


def _earliest(case: FollowUpCase, plans: Plans) -> tuple[Due, Due]:
    return (
        _first([_echo_due(case, schedule) for schedule in plans.echoes]),
        _first([_visit_due(case, schedule) for schedule in plans.visits]),
    )


def _first(dues: Sequence[Due]) -> Due:
    """The earliest of several windows: the earliest end, with the earliest start."""
    first = min(dues, key=lambda due: (_end(due), not due.is_now))
    starts = [due.since for due in dues if due.since]
    return replace(first, since=min(starts)) if starts else first


def _end(due: Due) -> date:
    return due.by or date.max


def _decision_words(case: FollowUpCase) -> tuple[str, str]:
    if case.recurrent_mr:
        return "SAFE-03", "Regurgitation is back after the intervention: heart team now"
    return "safety D11", "A rule of class 1 or I is open: a decision is due now, not an interval"


def _sooner(case: FollowUpCase, due: Due) -> Due:
    """Brought forward to the day on which the trend expects a limit to be met."""
    if case.expected_threshold_on is None:
        return due
    limit = max(case.expected_threshold_on, case.on)
    if _end(due) <= limit:
        return due
    start = min(due.since or limit, limit)
    return Due(start, limit, due.rule, is_now=case.expected_threshold_on <= case.on)


def _notes(case: FollowUpCase, edition: Edition, ends: tuple[date, date]) -> tuple[str, ...]:
    notes = []
    if case.last_echo_on is None:
        notes.append("No echo on record: due today.")
    expected = case.expected_threshold_on
    if expected is not None and _was_brought_forward(case, edition, ends):
        notes.append(
            f"The trend expects a limit to be met from {spoken(expected)}: "
            "a later date was brought forward to it."
        )
    if case.goals_of_care:
        notes.append("Goals of care: overdue dates are not nagged about; symptoms are followed.")
    return tuple(notes)


def _was_brought_forward(case: FollowUpCase, edition: Edition, ends: tuple[date, date]) -> bool:
    """Whether the trend moved a date; a far day that moved nothing is not said, it would lull."""
    if case.expected_threshold_on is None:
        return False
    return _is_later(_ends(replace(case, expected_threshold_on=None), edition), ends)


# Dates


def add_months(day: date, months: int) -> date:
    """The same day some months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _today(case: FollowUpCase, rule: DueRule) -> Due:
    return Due(case.on, case.on, rule, is_now=True)


def _echo_due(case: FollowUpCase, schedule: Schedule) -> Due:
    if schedule.once_done is not None and _looked_since_asked(case):
        schedule = schedule.once_done
    return _due(case, schedule, case.last_echo_on)


def _looked_since_asked(case: FollowUpCase) -> bool:
    """Whether an echo was done after the intervention, on or after the last day of a symptom log.

    Then the echo that symptoms ask for is done; what is left is the question and the decision.
    """
    echo, asked, operated = case.last_echo_on, case.last_visit_on, case.intervention_on
    if echo is None or operated is None or echo <= operated:
        return False
    return asked is None or asked <= echo


def _visit_due(case: FollowUpCase, schedule: Schedule) -> Due:
    return _due(case, schedule, case.last_visit_on)


def _due(case: FollowUpCase, schedule: Schedule, last: date | None) -> Due:
    if schedule.is_now:
        return _today(case, schedule.rule)
    baseline = _baseline_due(case, schedule, last)
    if baseline is not None:
        return baseline
    if schedule.months is None:
        return Due(None, None, schedule.rule)
    if last is None:
        return _today(case, schedule.rule)
    milestone = _milestone(case, schedule, last)
    if milestone is not None:
        return Due(milestone, milestone, schedule.rule)
    low, high = schedule.months
    return Due(add_months(last, low), add_months(last, high), schedule.rule)


def _baseline_due(case: FollowUpCase, schedule: Schedule, last: date | None) -> Due | None:
    """The window after the intervention, until something was done in it or later.

    An intervention without date may have come after the last echo, so the next is never far.
    """
    if schedule.baseline is None:
        return None
    if case.intervention_on is None:
        if last is None:
            return _today(case, schedule.baseline)
        soon, late = (last + timedelta(days=days) for days in UNDATED_DAYS)
        return Due(soon, late, schedule.baseline)
    start, end = (case.intervention_on + timedelta(days=days) for days in schedule.days)
    done = last is not None and last >= start
    return None if done else Due(start, end, schedule.baseline)


def _milestone(case: FollowUpCase, schedule: Schedule, last: date) -> date | None:
    """The next fixed year after the intervention that no echo stands for yet."""
    days = (
        add_months(case.intervention_on, 12 * years)
        for years in schedule.years
        if case.intervention_on
    )
    for day in days:
        if last < day - timedelta(days=MILESTONE_SLACK_DAYS):
            return day
    return None


# Unknowns


STATES = tuple(state for state in MitralValveState if state is not MitralValveState.UNKNOWN)
SINGLE_MECHANISMS = (
    Mechanism.PRIMARY,
    Mechanism.SECONDARY_VENTRICULAR,
    Mechanism.SECONDARY_ATRIAL,
)
BOTH = (True, False)
GRADES = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Open:
    """The values that the record leaves open for everything an interval depends on."""

    states: tuple[MitralValveState, ...]
    mechanisms: tuple[Mechanism, ...]
    grades: tuple[int, ...]
    symptomatic: tuple[bool, ...]
    lv_normal: tuple[bool, ...]
    other_lesions: tuple[bool, ...]
    advanced_heart_failure: tuple[bool, ...]
    clean_repair: tuple[bool, ...]


def _open(case: FollowUpCase) -> Open:
    state, mechanism = case.valve_state, case.mechanism
    return Open(
        states=STATES if state is None or state is MitralValveState.UNKNOWN else (state,),
        mechanisms=(
            SINGLE_MECHANISMS
            if mechanism is None or mechanism is Mechanism.UNKNOWN
            else (mechanism,)
        ),
        grades=_grades(case),
        symptomatic=_answers(case.symptomatic),
        lv_normal=_answers(case.lv_normal),
        other_lesions=_answers(case.other_lesions),
        advanced_heart_failure=_answers(case.advanced_heart_failure),
        clean_repair=_answers(_clean_repair(case)),
    )


def _grades(case: FollowUpCase) -> tuple[int, ...]:
    low = case.grade_low or GRADES[0]
    high = case.grade_high or GRADES[-1]
    return tuple(grade for grade in GRADES if low <= grade <= high) or GRADES


def _answers(answer: bool | None) -> tuple[bool, ...]:
    return BOTH if answer is None else (answer,)


def _clean_repair(case: FollowUpCase) -> bool | None:
    findings = (case.lv_dysfunction_before_repair, case.arrhythmia_with_repair)
    if True in findings:
        return False
    return None if None in findings else True


@dataclass(frozen=True, slots=True)
class Plans:
    """The different schedules of all the situations that the record allows."""

    echoes: tuple[Schedule, ...]
    visits: tuple[Schedule, ...]
    is_decision: bool
    may_be_decision: bool


@lru_cache(maxsize=4096)
def plans_of(edition: Edition, possible: Open) -> Plans:
    """Every schedule that may govern; remembered, because many patients lack the same facts."""
    plans = [plan for now in _situations(possible) for plan in _plans(edition, now)]
    decisions = [plan.is_decision for plan in plans]
    return Plans(
        echoes=tuple(dict.fromkeys(plan.echo for plan in plans)),
        visits=tuple(dict.fromkeys(plan.visit for plan in plans)),
        is_decision=all(decisions),
        may_be_decision=any(decisions),
    )


def _situations(possible: Open) -> Iterator[Situation]:
    values = (getattr(possible, each.name) for each in fields(possible))
    return (Situation(*combination) for combination in product(*values))


def _plans(edition: Edition, now: Situation) -> tuple[Plan, ...]:
    """Mixed regurgitation counts as primary and as ventricular, whichever is sooner (SAFE-10)."""
    if now.mechanism is not Mechanism.MIXED:
        return (plan_of(edition, now),)
    parts = [plan_of(edition, replace(now, mechanism=part)) for part in SINGLE_MECHANISMS[:2]]
    is_decision = any(part.is_decision for part in parts)
    return tuple(replace(part, is_decision=is_decision) for part in parts)


# What is asked for each unknown, by the names of the catalogue.
_ASKED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "valve_state": ("mitral_valve_state",),
        "mechanism": ("mechanism",),
        "symptomatic": ("symptomatic",),
        "lv_normal": ("lvef_percent", "lvesd_mm"),
        "other_lesions": ("other_valve_disease",),
        "advanced_heart_failure": ("advanced_heart_failure",),
        "lv_dysfunction_before_repair": ("lv_dysfunction_before_repair",),
        "arrhythmia_with_repair": ("arrhythmia_with_repair",),
    }
)
_VALUES: Mapping[str, tuple[object, ...]] = MappingProxyType(
    {"valve_state": STATES, "mechanism": SINGLE_MECHANISMS}
)


def _missing(case: FollowUpCase, edition: Edition) -> tuple[str, ...]:
    """The facts one of whose values alone would make the echo or the visit later."""
    now = _ends(case, edition)
    names: list[str] = []
    for name, asked in _ASKED.items():
        if getattr(case, name) is None:
            known = (_with(case, **{name: value}) for value in _VALUES.get(name, BOTH))
            if any(_is_later(_ends(each, edition), now) for each in known):
                names.extend(asked)
    graded = (_with(case, grade_low=grade, grade_high=grade) for grade in _grades(case))
    if any(_is_later(_ends(each, edition), now) for each in graded):
        names.append("mr_grade")
    if case.intervention_on is None and any(_is_treated(state) for state in _open(case).states):
        names.append("years_since_mitral_intervention")
    return tuple(names)


def _with(case: FollowUpCase, **changes: Any) -> FollowUpCase:
    return replace(case, **changes)


def _is_treated(state: MitralValveState) -> bool:
    return state is not MitralValveState.NATIVE


def _ends(case: FollowUpCase, edition: Edition) -> tuple[date, date]:
    _, echo, visit, _ = _dates(case, edition)
    return _end(echo), _end(visit)


def _is_later(one: tuple[date, date], other: tuple[date, date]) -> bool:
    return one[0] > other[0] or one[1] > other[1]
