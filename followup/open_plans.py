"""Procedures that are planned or decided, and since when somebody must say what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from guidelines.concerns import Plan
from guidelines.latch import OpenTrigger
from guidelines.pathway import PathwaySettings
from patients.days import spoken
from patients.study_sheet import upper_first
from treatments.facts.plans import is_open
from treatments.facts.valve import was_aborted
from treatments.latch import ANSWERING_PROCEDURES, ANSWERS, LONGEST_WAIT_DAYS, answered_last
from treatments.models import Intervention, TeamReview
from treatments.record import PatientRecord

NOT_SAID = "not recorded as performed or cancelled"


def planned_of(record: PatientRecord) -> list[Intervention]:
    """What is planned and was not done since, also not under a row of its own."""
    return [row for row in record.interventions if is_open(record, row)]


def awaits_intervention(record: PatientRecord) -> bool:
    """A mitral procedure is planned, or was decided not long ago and not done since."""
    if any(row.kind in ANSWERING_PROCEDURES for row in planned_of(record)):
        return True
    decided = decided_and_not_done(record)
    return decided is not None and record.on < waits_until(decided)


def decided_and_not_done(record: PatientRecord) -> TeamReview | None:
    """The team's decision to intervene, while it is the newest and nothing came of it."""
    decided = next((row for row in record.team_reviews if row.decision in ANSWERS), None)
    if decided is None or decided.decision != TeamReview.Decision.INTERVENE:
        return None
    rows = [row for row in record.interventions if row.kind in ANSWERING_PROCEDURES]
    ended = [row.performed_on or row.decided_on for row in rows if not was_aborted(row)]
    done = any(day is not None and day >= decided.reviewed_on for day in ended)
    return None if done else decided


def answered_words(record: PatientRecord, triggers: Sequence[OpenTrigger]) -> str:
    """What was decided, or is awaited, once no trigger is open; "" while a decision is due."""
    if triggers:
        return ""
    if awaits_intervention(record):
        return _awaited(record)
    decided = next((row for row in record.team_reviews if row.decision in ANSWERS), None)
    if decided is None or answered_last(record) != decided.reviewed_on:
        return ""
    said = f"Decided on {spoken(decided.reviewed_on)}: {decided.get_decision_display().lower()}"
    return f"{said}; again by {spoken(decided.review_on)}" if decided.review_on else said


def _awaited(record: PatientRecord) -> str:
    rows = [row for row in planned_of(record) if row.kind in ANSWERING_PROCEDURES]
    days = [row.planned_on for row in rows if row.planned_on is not None]
    if days:
        return f"Intervention planned for {spoken(min(days))}"
    return "Intervention planned, no day yet" if rows else "Intervention decided, not planned yet"


def waits_until(decided: TeamReview) -> date:
    """Until when a decision to intervene is to be carried out (local)."""
    return decided.reviewed_on + timedelta(days=LONGEST_WAIT_DAYS)


def plans_of(record: PatientRecord, settings: PathwaySettings) -> Iterator[Plan]:
    """Each plan, of whatever procedure, with the day from which somebody must look at it.

    A plan without a day has as much time as a decision, from its entry. A decision is said where
    no plan followed it.
    """
    planned = planned_of(record)
    for row in planned:
        name = upper_first(row.get_kind_display())
        if row.planned_on is not None:
            words = f"{name} planned for {spoken(row.planned_on)}, {NOT_SAID}"
            yield Plan(words, row.planned_on + timedelta(days=settings.plan_overdue))
        else:
            entered_on = record.day_of(row.entered_at)
            words = f"{name} planned on {spoken(entered_on)} without a day, {NOT_SAID}"
            yield Plan(words, entered_on + timedelta(days=LONGEST_WAIT_DAYS))
    decided = decided_and_not_done(record)
    if decided is not None and not planned:
        words = f"Intervention decided on {spoken(decided.reviewed_on)}, {NOT_SAID}"
        yield Plan(words, waits_until(decided))
