"""Buckets: each with its border days, their precedence, always exactly one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guidelines.pathway import (
    AFTER_PROCEDURE_DAYS,
    DEFAULT_SETTINGS,
    Bucket,
    Leaving,
    PathwayCase,
    PathwaySettings,
    bucket_changes_on,
    bucket_of,
)

ON = date(2026, 11, 22)


def in_days(days: int) -> date:
    return ON + timedelta(days=days)


QUIET = PathwayCase(on=ON, is_graded=True, due_by=in_days(200))

# In the order in which they are asked: each case has everything that those after it have.
UP_TO_DATE: dict[str, Any] = {"is_graded": True, "due_by": in_days(200)}
OVERDUE: dict[str, Any] = {"is_graded": True, "due_by": in_days(-1)}
LADDER: tuple[tuple[Bucket, dict[str, Any]], ...] = (
    (Bucket.OVERDUE, OVERDUE),
    (Bucket.BOOKED, {"booked_on": in_days(3)}),
    (Bucket.FIRST_ASSESSMENT, {"is_graded": False}),
    (Bucket.AWAITING_DECISION, {"waits_for_decision": True}),
    (Bucket.AWAITING_INTERVENTION, {"plans_intervention": True}),
    (Bucket.AFTER_PROCEDURE, {"procedure_on": ON}),
    (Bucket.LOST, {"unanswered": 3}),
    (Bucket.DISCHARGED, {"left": Leaving.DISCHARGED}),
    (Bucket.DECLINED, {"left": Leaving.DECLINED}),
    (Bucket.MOVED, {"has_moved": True}),
    (Bucket.ACUTE, {"is_acute": True}),
    (Bucket.DIED, {"has_died": True}),
)


def test_each_goes_before_all_that_come_after_it():
    said: dict[str, Any] = {}
    for bucket, more in LADDER:
        said |= more
        assert bucket_of(PathwayCase(on=ON, **said)) is bucket


@pytest.mark.parametrize(("bucket", "more"), LADDER[1:])
def test_each_stands_alone(bucket, more):
    assert bucket_of(replace(QUIET, **more)) is bucket


def test_every_bucket_can_be_reached():
    reached = {bucket for bucket, _more in LADDER}
    assert reached | {Bucket.DUE, Bucket.UP_TO_DATE} == set(Bucket)


@pytest.mark.parametrize(
    ("due_by", "bucket"),
    [
        (-1, Bucket.OVERDUE),
        (0, Bucket.DUE),
        (DEFAULT_SETTINGS.due_soon - 1, Bucket.DUE),
        (DEFAULT_SETTINGS.due_soon, Bucket.DUE),
        (DEFAULT_SETTINGS.due_soon + 1, Bucket.UP_TO_DATE),
    ],
)
def test_due_begins_some_days_before_the_last_day_and_ends_with_it(due_by, bucket):
    assert bucket_of(replace(QUIET, due_by=in_days(due_by))) is bucket


@pytest.mark.parametrize(
    ("due_from", "bucket"), [(-1, Bucket.DUE), (0, Bucket.DUE), (1, Bucket.UP_TO_DATE)]
)
def test_a_window_that_has_begun_is_due(due_from, bucket):
    case = replace(QUIET, due_from=in_days(due_from), due_by=in_days(90))
    assert bucket_of(case) is bucket


def test_a_window_that_begins_late_is_due_in_time_all_the_same():
    case = replace(QUIET, due_from=in_days(20), due_by=in_days(20))
    assert bucket_of(case) is Bucket.DUE


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (0, Bucket.AFTER_PROCEDURE),
        (AFTER_PROCEDURE_DAYS - 1, Bucket.AFTER_PROCEDURE),
        (AFTER_PROCEDURE_DAYS, Bucket.AFTER_PROCEDURE),
        (AFTER_PROCEDURE_DAYS + 1, Bucket.UP_TO_DATE),
    ],
)
def test_thirty_days_after_a_procedure_count(days, bucket):
    assert bucket_of(replace(QUIET, procedure_on=in_days(-days))) is bucket


@pytest.mark.parametrize(
    ("attempts", "bucket"),
    [(0, Bucket.UP_TO_DATE), (2, Bucket.UP_TO_DATE), (3, Bucket.LOST), (4, Bucket.LOST)],
)
def test_three_attempts_without_an_answer_make_one_lost(attempts, bucket):
    assert bucket_of(replace(QUIET, unanswered=attempts)) is bucket


def test_a_clinic_that_counts_no_attempts_loses_nobody():
    never = PathwaySettings(lost_after=0)
    assert bucket_of(replace(QUIET, unanswered=9, settings=never)) is Bucket.UP_TO_DATE


@pytest.mark.parametrize(
    ("due_by", "booked_on", "bucket"),
    [
        (100, 0, Bucket.BOOKED),
        (100, 100, Bucket.BOOKED),
        (100, 129, Bucket.BOOKED),
        (100, 130, Bucket.BOOKED),
        (100, 131, Bucket.UP_TO_DATE),
        (10, 40, Bucket.BOOKED),
        (10, 41, Bucket.DUE),
        # Of what is overdue the slack counts from today.
        (-400, 30, Bucket.BOOKED),
        (-400, 31, Bucket.OVERDUE),
    ],
)
def test_a_booking_serves_when_it_is_in_time_or_soon_after(due_by, booked_on, bucket):
    case = replace(QUIET, due_by=in_days(due_by), booked_on=in_days(booked_on))
    assert bucket_of(case) is bucket


def test_a_leak_that_nobody_graded_is_no_answer_to_a_date():
    booked = replace(QUIET, is_graded=False, booked_on=in_days(3))
    assert bucket_of(booked) is Bucket.FIRST_ASSESSMENT
    assert bucket_of(replace(QUIET, is_graded=None)) is Bucket.UP_TO_DATE


def test_without_any_due_date_it_is_a_first_assessment():
    assert bucket_of(replace(QUIET, due_by=None)) is Bucket.FIRST_ASSESSMENT
    assert bucket_of(PathwayCase(on=ON)) is Bucket.FIRST_ASSESSMENT


# Over all cases ----------------------------------------------------------------------------------

near = st.integers(-100, 100).map(in_days)
maybe = st.none() | near
cases = st.builds(
    PathwayCase,
    on=st.just(ON),
    has_died=st.booleans(),
    is_acute=st.booleans(),
    has_moved=st.booleans(),
    left=st.none() | st.sampled_from(list(Leaving)),
    unanswered=st.integers(0, 5),
    procedure_on=st.none() | st.integers(-60, 0).map(in_days),
    plans_intervention=st.booleans(),
    waits_for_decision=st.booleans(),
    is_graded=st.none() | st.booleans(),
    due_from=maybe,
    due_by=maybe,
    booked_on=st.none() | st.integers(0, 100).map(in_days),
    settings=st.builds(
        PathwaySettings,
        due_soon=st.integers(0, 60),
        booking_slack=st.integers(0, 60),
        lost_after=st.integers(0, 4),
    ),
)
# Most of the cases above end early; these reach the dates.
dated = cases.map(
    lambda case: replace(
        case, has_died=False, is_acute=False, has_moved=False, left=None, unanswered=0,
        plans_intervention=False, waits_for_decision=False, is_graded=True,
    )
)  # fmt: skip


@given(case=cases | dated)
def test_everybody_is_in_exactly_one(case):
    assert [bucket for bucket in Bucket if bucket_of(case) is bucket] == [bucket_of(case)]


@given(case=cases | dated)
@settings(max_examples=300, deadline=None)
def test_time_alone_changes_it_on_no_day_before_the_one_that_is_said(case):
    """As long as the booking is not past: that is another case, and its day is one of the days."""
    changes = bucket_changes_on(case)
    assert changes is None or changes > case.on
    last = min(changes or date.max, case.booked_on + timedelta(days=1) if case.booked_on else
               date.max, in_days(200))  # fmt: skip
    for days in range((last - ON).days):
        assert bucket_of(replace(case, on=in_days(days))) is bucket_of(case), in_days(days)


@given(case=cases | dated)
def test_the_day_after_a_booking_is_looked_at(case):
    if case.booked_on is not None:
        changes = bucket_changes_on(case)
        assert changes is not None
        assert changes <= case.booked_on + timedelta(days=1)


@given(case=cases, other=cases)
def test_no_way_of_leaving_hides_an_emergency(case, other):
    left = replace(case, has_died=False, is_acute=True, has_moved=other.has_moved, left=other.left)
    assert bucket_of(left) is Bucket.ACUTE
