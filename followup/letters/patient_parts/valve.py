"""The valve and its leak, in everyday words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from followup.letters.case import LetterCase
from guidelines.numbers import Interval
from guidelines.vocabulary import Advice, Grade, GradeResult, MitralValveState, SeverityState
from patients.days import spoken
from treatments.facts import valve_state_of
from treatments.facts.valve import MITRAL_PROCEDURES

REPLACED = frozenset(
    {
        MitralValveState.MECHANICAL,
        MitralValveState.SURGICAL_BIOPROSTHESIS,
        MitralValveState.TRANSCATHETER,
    }
)
REPAIRED = frozenset(
    {MitralValveState.SURGICAL_REPAIR, MitralValveState.TEER, MitralValveState.COMMISSUROTOMY}
)


def valve_lines(case: LetterCase) -> Iterator[str]:
    """What the valve is, what was done to it, and how large its leak is."""
    yield "The mitral valve is a gate between two chambers in the left side of your heart."
    state = valve_state_of(case.record).value
    if state in REPLACED:
        kind = "a mechanical valve" if state is MitralValveState.MECHANICAL else "a tissue valve"
        yield f"Your own valve was replaced by {kind}{_since(case)}."
    elif state in REPAIRED:
        yield f"Your own valve was repaired{_since(case)}."
    elif state is not MitralValveState.NATIVE:
        yield "Our record does not say whether this valve was ever operated on. Please tell us."
    yield from _leak(case)


def _since(case: LetterCase) -> str:
    """When it was done, where the record holds the day."""
    done = (row for row in case.record.performed if row.kind in MITRAL_PROCEDURES)
    row = next(done, None)
    return f" on {spoken(row.performed_on)}" if row is not None and row.performed_on else ""


LEAKS: Mapping[GradeResult, tuple[str, str]] = {
    GradeResult.MILD: ("small", "mild"),
    GradeResult.MODERATE: ("of medium size", "moderate"),
    GradeResult.MODERATE_TO_SEVERE: ("medium to large", "moderate to severe"),
    GradeResult.SEVERE: ("large", "severe"),
}
SURE = frozenset({SeverityState.SEVERE_CORROBORATED, SeverityState.NOT_SEVERE_CORROBORATED})
NOT_SURE: Mapping[SeverityState, str] = {
    SeverityState.SEVERE_ONE_LINE: "One measurement{day} points to a large leak. We want to "
    "confirm it with another one.",
    SeverityState.DISCORDANT: "Our measurements do not agree on how large the leak is. Another "
    "test can settle this.",
    SeverityState.INTERMEDIATE: "The leak may be large. We want to measure it again.",
    SeverityState.NOT_SEVERE_UNCONFIRMED: "We cannot say for sure yet how large the leak is. "
    "Nothing shows so far that it is large, and nothing rules it out.",
    SeverityState.NOT_MEASURED: "We have not yet measured whether it leaks, and how much.",
}


def _leak(case: LetterCase) -> Iterator[str]:
    """Its size, where several measurements agree; else what is not sure yet."""
    grade = case.whole.assessment.grade
    if grade.state is SeverityState.NOT_ON_THIS_SCALE:
        yield from _off_the_scale(case)
        return
    if grade.state is not SeverityState.NOT_MEASURED:
        yield "Your valve does not close fully, so some blood flows back with each heartbeat."
        yield "Doctors call this mitral regurgitation."
    day = f" on {spoken(grade.graded_on)}" if grade.graded_on else ""
    state = _agreed(case)
    if state in SURE and grade.result in LEAKS:
        size, called = LEAKS[grade.result]
        yield "Several measurements agree."
        yield f"The leak {'was' if day else 'is'} {size}{day}. Doctors call this {called}."
    elif state in NOT_SURE:
        yield NOT_SURE[state].format(day=day)
    if grade.reader_differs:
        yield "The doctor who read your scan judged the leak differently. We will look again."


def _agreed(case: LetterCase) -> SeverityState:
    """The state of the grade; less sure where not every definition comes to the same answer."""
    grade = case.whole.assessment.grade
    others = {each.is_severe for each in case.whole.assessment.severities}
    if grade.state not in SURE or others <= {grade.is_severe}:
        return grade.state
    if (not grade.is_severe) in others:
        return SeverityState.DISCORDANT
    return SeverityState.INTERMEDIATE if grade.is_severe else SeverityState.NOT_SEVERE_UNCONFIRMED


def _off_the_scale(case: LetterCase) -> Iterator[str]:
    """No size; but a leak that the reader saw, or a call for the heart team, is not kept back."""
    yield (
        "The usual scale does not fit your valve, so this letter does not say how large a leak is."
    )
    readings = case.whole.picture.readings()
    seen = (readings.get("reader_grade"), readings.get("prosthetic_regurgitation_grade"))
    large = Grade.MODERATE_TO_SEVERE.rank
    if any(isinstance(each, Interval) and each.is_at_least(large) for each in seen):
        yield "It leaks; our heart team looks at it."
    elif is_alerted(case, Advice.HEART_TEAM):
        yield "Our heart team looks at your valve."


def is_alerted(case: LetterCase, advice: Advice) -> bool:
    """Whether a rule that is met gives this advice."""
    return any(finding.rule.advice is advice for finding in case.whole.assessment.alerts)
