"""Where a patient stands in the follow-up: one bucket each, and what asks for a person now.

Both are computed from the record, never flagged by hand. The buckets are disjoint and the first
that fits, in the order of ``Bucket``, holds; so they add up to the cohort. The concerns stand
outside the buckets: a patient who declined, moved or was lost keeps every one of them (hazard H12).

The day limits are local defaults that a clinic sets; no guideline prints them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from guidelines.vocabulary import Term

AFTER_PROCEDURE_DAYS = 30
"""MVARC: the first of the time points after a procedure."""


class Bucket(Term):
    """Where a patient stands, each in exactly one; in the order in which they are asked."""

    DIED = "died", "Died"
    ACUTE = "acute", "Acute"
    MOVED = "moved", "Moved away"
    DECLINED = "declined", "Declined follow-up"
    DISCHARGED = "discharged", "Discharged, returns on own initiative"
    LOST = "lost", "Lost after contact attempts"
    AFTER_PROCEDURE = "after_procedure", "Within 30 days of a procedure"
    AWAITING_INTERVENTION = "awaiting_intervention", "Awaiting intervention"
    AWAITING_DECISION = "awaiting_decision", "Awaiting decision"
    FIRST_ASSESSMENT = "first_assessment", "First assessment, or cannot be graded"
    BOOKED = "booked", "Booked"
    OVERDUE = "overdue", "Overdue"
    DUE = "due", "Due"
    UP_TO_DATE = "up_to_date", "Up to date"


NOT_FOLLOWED = (Bucket.DIED, Bucket.MOVED, Bucket.DECLINED, Bucket.DISCHARGED)
"""Whose follow-up has ended, whatever the reason."""


class Leaving(Term):
    """Why somebody is no longer called, by a clinician's named act."""

    DECLINED = "declined", "The patient declines follow-up"
    DISCHARGED = "discharged", "Discharged, returns on own initiative"


@dataclass(frozen=True, slots=True)
class PathwaySettings:
    """A clinic's limits. Days until an unanswered class 1 or I goes to the team by itself:
    ``refer_after``, ``refer_after_urgent`` with symptoms or LVEF of 50 % or below; an acute one at
    once. ``due_soon``: days before its last day from which something counts as due.
    ``booking_slack``: days by which a booking may follow the last day and still serve it.
    ``lost_after``: days with an attempt and without an answer. ``plan_overdue``: days after the
    planned day of a procedure from which somebody must say what became of it.
    """

    refer_after: int = 14
    refer_after_urgent: int = 7
    due_soon: int = 30
    booking_slack: int = 30
    lost_after: int = 3
    plan_overdue: int = 7


DEFAULT_SETTINGS = PathwaySettings()


@dataclass(frozen=True, slots=True)
class PathwayCase:
    """What the bucket depends on.

    ``has_moved``: no clinic follows the patient any more. ``left``: an act that ended the follow-up
    and was not taken back. ``unanswered``: days with a contact attempt since the patient was last
    reached or seen. ``procedure_on``: the newest performed procedure. ``plans_intervention``: one
    is planned, or decided and not done. ``waits_for_decision``: a class 1 or I stands or is still
    open, or the team was asked, and nobody decided. ``is_graded``: whether the leak could be
    graded; ``None`` where no grade is asked (a prosthesis). ``due_from`` to ``due_by``: when the
    next visit or echo is due, the earliest of all editions; ``None`` when nothing says when.
    ``booked_on``: the next booked appointment that is not past.
    """

    on: date
    has_died: bool = False
    is_acute: bool = False
    has_moved: bool = False
    left: Leaving | None = None
    unanswered: int = 0
    procedure_on: date | None = None
    plans_intervention: bool = False
    waits_for_decision: bool = False
    is_graded: bool | None = None
    due_from: date | None = None
    due_by: date | None = None
    booked_on: date | None = None
    settings: PathwaySettings = DEFAULT_SETTINGS

    @property
    def is_past_due(self) -> bool:
        """Whether the last day for the next visit or echo is over."""
        return self.due_by is not None and self.due_by < self.on

    @property
    def due_starts_on(self) -> date | None:
        """From which day on the next visit or echo counts as due."""
        if self.due_by is None:
            return None
        soon = self.due_by - timedelta(days=self.settings.due_soon)
        return min(soon, self.due_from) if self.due_from is not None else soon

    @property
    def is_due(self) -> bool:
        """Whether the time for the next visit or echo has come and is not over."""
        starts = self.due_starts_on
        return starts is not None and starts <= self.on and not self.is_past_due

    @property
    def booking_serves(self) -> bool:
        """Whether what is booked comes in time, or soon enough after it."""
        if self.booked_on is None:
            return False
        if self.due_by is None:
            return True
        last = max(self.due_by, self.on) + timedelta(days=self.settings.booking_slack)
        return self.booked_on <= last


def bucket_of(case: PathwayCase) -> Bucket:
    """The one bucket of this patient on this day.

    A grade that is missing goes before due dates: a date is no answer to a leak nobody measured.
    A booking too late to serve the due date does not hide that the date is over.
    """
    if case.has_died:
        return Bucket.DIED
    if case.is_acute:
        return Bucket.ACUTE
    if case.has_moved:
        return Bucket.MOVED
    if case.left is not None:
        return Bucket.DECLINED if case.left is Leaving.DECLINED else Bucket.DISCHARGED
    return _of_followed(case)


def _of_followed(case: PathwayCase) -> Bucket:
    if 0 < case.settings.lost_after <= case.unanswered:
        return Bucket.LOST
    if _is_fresh(case):
        return Bucket.AFTER_PROCEDURE
    if case.plans_intervention:
        return Bucket.AWAITING_INTERVENTION
    if case.waits_for_decision:
        return Bucket.AWAITING_DECISION
    if case.is_graded is False or case.due_by is None:
        return Bucket.FIRST_ASSESSMENT
    if case.booking_serves:
        return Bucket.BOOKED
    if case.is_past_due:
        return Bucket.OVERDUE
    return Bucket.DUE if case.is_due else Bucket.UP_TO_DATE


def _is_fresh(case: PathwayCase) -> bool:
    if case.procedure_on is None:
        return False
    return case.on <= case.procedure_on + timedelta(days=AFTER_PROCEDURE_DAYS)


def bucket_changes_on(case: PathwayCase) -> date | None:
    """The first later day on which time alone may change the bucket; ``None`` for never."""
    return min((day for day in _turns(case) if day > case.on), default=None)


def _turns(case: PathwayCase) -> Iterator[date]:
    day = timedelta(days=1)
    if case.procedure_on is not None:
        yield case.procedure_on + timedelta(days=AFTER_PROCEDURE_DAYS) + day
    if case.booked_on is not None:
        yield case.booked_on + day
    if case.due_by is not None:
        starts = case.due_starts_on
        if starts is not None:
            yield starts
        yield case.due_by + day
        if case.booked_on is not None:
            # A booking beyond what the due date bears begins to serve once it is near enough.
            yield case.booked_on - timedelta(days=case.settings.booking_slack)
