"""What a record should hold, measure by measure: of whom it is asked, and who lacks it.

A measure is asked of some patients and of others it is not; nobody lacks what was never asked of
them. What each one means, with the rows of the rule tables it rests on, stands in ``MEANINGS`` and
on the page for clinicians. The goals are local defaults that a clinic sets; no guideline prints
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from guidelines.vocabulary import Mechanism, Term

SEEN_WITHIN_DAYS = 730
"""Local: the span of the registries' follow-up goal, two years."""
ASKED_WITHIN_DAYS = 365
"""Local: symptoms and the wish of the patient are asked about once a year."""
MOST_PERCENT = 100


class Measure(Term):
    """One thing that a record should hold; in the order of the page."""

    SEEN = "seen", "Seen within two years"
    ECHO = "echo", "Echo within its interval"
    ECHO_AFTER = "echo_after", "Echo after a mitral procedure within its schedule"
    SYMPTOMS = "symptoms", "Symptoms asked within a year"
    INR = "inr", "INR within its interval, on a vitamin K antagonist"
    GRADE = "grade", "Severity can be graded"
    VENTRICLE = "ventricle", "LVEF and LVESD known and current, severe"
    MECHANISM = "mechanism", "Mechanism known"
    RHYTHM = "rhythm", "Rhythm known"
    PRESSURE = "pressure", "Blood pressure known, where a rule asks"
    BNP = "bnp", "BNP or NT-proBNP current, where a rule asks"
    WISH = "wish", "Wish of the patient recorded, class 1 or I"
    PERSON = "person", "Birth date and sex"
    BODY = "body", "Height and weight"
    CAUSE = "cause", "Cause of the regurgitation"
    BASELINE = "baseline", "A first echo and a first symptom log"

    @property
    def bit(self) -> int:
        """Its place in a mask of several."""
        return 1 << _PLACES[self]

    @property
    def meaning(self) -> Meaning:
        """Of whom it is asked, who has it, and on which rows that rests."""
        return MEANINGS[self]


_PLACES = {measure: place for place, measure in enumerate(Measure)}


@dataclass(frozen=True, slots=True)
class Meaning:
    """A measure in words: of whom it is asked, who has it, and the rows it rests on."""

    asked_of: str
    has_it: str
    rows: str


EVERYBODY, LOCAL = "everybody who is counted", "local"
UNTREATED = "no mitral procedure, and an edition says when the next echo is due"
TREATED = "a mitral procedure, and an edition says when the next echo is due"
IN_TIME = "the last day for the next echo is not over, by any of the editions"
NATIVE = "a native valve, or one of which it is not known; not acute"
MEANINGS: Mapping[Measure, Meaning] = MappingProxyType(
    {
        Measure.SEEN: Meaning(
            EVERYBODY,
            f"a visit, study, procedure or attended appointment in the last {SEEN_WITHIN_DAYS} "
            "days",
            LOCAL,
        ),
        Measure.ECHO: Meaning(
            UNTREATED,
            IN_TIME,
            "AHA-FU-01..04, ESC25-F-01, 02, 07, 08, 10; local where none is printed",
        ),
        Measure.ECHO_AFTER: Meaning(
            TREATED, IN_TIME, "AHA-FU-05..10, ESC25-F-03..06, 08, 09; local where none is printed"
        ),
        Measure.SYMPTOMS: Meaning(
            EVERYBODY, f"a symptom log of the last {ASKED_WITHIN_DAYS} days", LOCAL
        ),
        Measure.INR: Meaning(
            "an anticoagulation plan with a vitamin K antagonist, or one is taken",
            "the last INR is not too old to count",
            "safety C",
        ),
        Measure.GRADE: Meaning(NATIVE, "the integrative grade can be told today", "ASE-A-1..9"),
        Measure.VENTRICLE: Meaning(
            "severe by ACC/AHA or by ESC/EACTS; not acute",
            "LVEF and LVESD are both recorded and not too old to reassure",
            "AHA-PI-02, ESC25-P-03; safety C",
        ),
        Measure.MECHANISM: Meaning(NATIVE, "a mechanism is stated or follows", "SAFE-11"),
        Measure.RHYTHM: Meaning(
            EVERYBODY, "atrial fibrillation is known, or excluded by a current ECG", "safety C"
        ),
        Measure.PRESSURE: Meaning(
            "primary regurgitation without symptoms",
            "enough current readings to tell whether it is normal",
            "AHA-PM-02",
        ),
        Measure.BNP: Meaning(
            "severe without symptoms, or severe secondary",
            "BNP or NT-proBNP is recorded and not too old to reassure",
            "AHA-PD-07, ESC25-T7-05",
        ),
        Measure.WISH: Meaning(
            "a class 1 or I stands or is still open",
            "what the patient wants was noted by a team review or with the goals of care in the "
            f"last {ASKED_WITHIN_DAYS} days",
            LOCAL,
        ),
        Measure.PERSON: Meaning(EVERYBODY, "both are recorded", LOCAL),
        Measure.BODY: Meaning(EVERYBODY, "both are recorded, however long ago", LOCAL),
        Measure.CAUSE: Meaning(EVERYBODY, "a diagnosis names the cause", LOCAL),
        Measure.BASELINE: Meaning(
            EVERYBODY, "a final echo study and a symptom log, however long ago", LOCAL
        ),
    }
)


@dataclass(frozen=True, slots=True)
class CompletenessCase:
    """What the measures depend on; a day that is ``None`` is one that never was.

    ``is_counted``: the patient lives and is followed. ``has_grade``: ``None`` where no grade is
    asked. ``is_severe``: by either body. ``echo_by``: the last days for the next echo by the
    editions. ``has_class_1``: one stands or is still open.
    """

    on: date
    is_counted: bool = True
    is_acute: bool = False
    is_treated: bool = False
    seen_on: date | None = None
    echo_by: tuple[date, ...] = ()
    symptoms_on: date | None = None
    takes_vka: bool = False
    inr_counts: bool = False
    has_grade: bool | None = None
    is_severe: bool = False
    ventricle_counts: bool = False
    mechanism: Mechanism | None = None
    knows_rhythm: bool = False
    is_symptomatic: bool | None = None
    knows_pressure: bool = False
    bnp_counts: bool = False
    has_class_1: bool = False
    wish_on: date | None = None
    has_person: bool = False
    has_body: bool = False
    has_cause: bool = False
    has_baseline: bool = False


@dataclass(frozen=True, slots=True)
class Completeness:
    """Which measures are asked of a patient, and which of them they lack, as masks of bits."""

    asked: int = 0
    lacking: int = 0


SECONDARY = (
    Mechanism.SECONDARY_VENTRICULAR,
    Mechanism.SECONDARY_ATRIAL,
    Mechanism.MIXED,
)


def completeness_of(case: CompletenessCase) -> Completeness:
    """What is asked of this patient and lacking; nothing of somebody who died or left."""
    if not case.is_counted:
        return Completeness()
    asked = lacking = 0
    for measure, has_it in _answers(case):
        asked |= measure.bit
        lacking |= 0 if has_it else measure.bit
    return Completeness(asked, lacking)


def _answers(case: CompletenessCase) -> Iterator[tuple[Measure, bool]]:
    """The measures that are asked of this patient, each with whether the record has it."""
    yield Measure.SEEN, _is_within(case, case.seen_on, SEEN_WITHIN_DAYS)
    if case.echo_by:
        echo = Measure.ECHO_AFTER if case.is_treated else Measure.ECHO
        yield echo, min(case.echo_by) >= case.on
    yield Measure.SYMPTOMS, _is_within(case, case.symptoms_on, ASKED_WITHIN_DAYS)
    if case.takes_vka:
        yield Measure.INR, case.inr_counts
    yield from _of_the_valve(case)
    yield Measure.RHYTHM, case.knows_rhythm
    if case.has_class_1:
        yield Measure.WISH, _is_within(case, case.wish_on, ASKED_WITHIN_DAYS)
    yield Measure.PERSON, case.has_person
    yield Measure.BODY, case.has_body
    yield Measure.CAUSE, case.has_cause
    yield Measure.BASELINE, case.has_baseline


def _of_the_valve(case: CompletenessCase) -> Iterator[tuple[Measure, bool]]:
    """What the rules for chronic regurgitation of a native valve ask."""
    if case.is_acute or case.has_grade is None:
        return
    yield Measure.GRADE, case.has_grade
    yield Measure.MECHANISM, case.mechanism is not None
    if case.is_severe:
        yield Measure.VENTRICLE, case.ventricle_counts
    if case.mechanism is Mechanism.PRIMARY and case.is_symptomatic is False:
        yield Measure.PRESSURE, case.knows_pressure
    if case.is_severe and (case.is_symptomatic is False or case.mechanism in SECONDARY):
        yield Measure.BNP, case.bnp_counts


def _is_within(case: CompletenessCase, day: date | None, days: int) -> bool:
    return day is not None and day >= case.on - timedelta(days=days)


def completeness_changes_on(case: CompletenessCase) -> date | None:
    """The first later day on which time alone may change it, by what is dated here."""
    ends = [day + timedelta(days=1) for day in case.echo_by]
    for day, days in (
        (case.seen_on, SEEN_WITHIN_DAYS),
        (case.symptoms_on, ASKED_WITHIN_DAYS),
        (case.wish_on, ASKED_WITHIN_DAYS),
    ):
        if day is not None:
            ends.append(day + timedelta(days=days + 1))
    return min((day for day in ends if day > case.on), default=None)


# Goals -------------------------------------------------------------------------------------------

DEFAULT_GOAL_PERCENT = 90
"""Local: no guideline prints a goal."""
DEFAULT_GOALS: Mapping[Measure, int] = MappingProxyType(
    dict.fromkeys(Measure, DEFAULT_GOAL_PERCENT)
)


def goals_with(setting: Any) -> Mapping[Measure, int]:
    """The goals in percent with those of a clinic's setting in their place.

    ``setting`` is the value of ``completeness``: codes of measures with whole numbers from 0 to
    100. Raises ``ValueError`` naming what is none.
    """
    if setting in (None, {}):
        return DEFAULT_GOALS
    if not isinstance(setting, dict):
        raise ValueError("the goals are codes of measures with whole numbers")
    codes = {measure.value for measure in Measure}
    wrong = [code for code, goal in setting.items() if code not in codes or not _is_percent(goal)]
    if wrong:
        raise ValueError(f"not a goal in percent: {', '.join(sorted(map(str, wrong)))}")
    set_here = {Measure(code): goal for code, goal in setting.items()}
    return MappingProxyType({**DEFAULT_GOALS, **set_here})


def _is_percent(goal: object) -> bool:
    return isinstance(goal, int) and not isinstance(goal, bool) and 0 <= goal <= MOST_PERCENT


def is_met(has_it: int, asked: int, goal_percent: int) -> bool | None:
    """Whether the share reaches the goal, compared exactly; ``None`` with nobody to count."""
    return None if asked == 0 else has_it * MOST_PERCENT >= goal_percent * asked
