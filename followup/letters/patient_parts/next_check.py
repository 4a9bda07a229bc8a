"""When the next check is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from followup.letters.case import LetterCase
from followup.letters.patient_parts.valve import is_alerted
from guidelines.surveillance import FollowUpKind
from guidelines.vocabulary import Advice
from patients.days import spoken

SOON = frozenset({FollowUpKind.DECISION, FollowUpKind.QUESTION, FollowUpKind.NOW})


def next_steps(case: LetterCase) -> Iterator[str]:
    """The earliest date of all editions that the clinic has signed off; a date is never given
    where something is to be settled first."""
    shown = [each for each in case.whole.follow_ups if each.edition not in case.whole.hidden]
    is_urgent = any(each.kind is FollowUpKind.EMERGENCY for each in shown)
    if is_urgent or is_alerted(case, Advice.SAME_DAY_CONTACT):
        yield "This needs attention today."
        yield "If you are not in a hospital and nobody has called you, please call us today."
        return
    if any(each.kind in SOON for each in shown):
        yield "We want to see you soon."
        yield "If you have no appointment in the next days, please call us."
        return
    echo = _earliest(each.echo.by for each in shown if each.echo is not None)
    visit = _earliest(each.visit.by for each in shown if each.visit is not None)
    if echo is None and visit is None:
        yield "The day of your next check is not in our record."
        yield "If you have no appointment, please call us."
        return
    if echo is not None and echo == visit:
        yield _due("Your next heart ultrasound and your next visit", "are", "were", echo, case.on)
    else:
        if echo is not None:
            yield _due("Your next heart ultrasound", "is", "was", echo, case.on)
        if visit is not None:
            yield _due("Your next visit", "is", "was", visit, case.on)
    yield "If you have no appointment by then, please call us."


def _earliest(days: Iterator[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _due(what: str, now: str, then: str, day: date, on: date) -> str:
    if day < on:
        return f"{what} {then} due by {spoken(day)}. Please call us to make it up."
    return f"{what} {now} due by {spoken(day)}."
