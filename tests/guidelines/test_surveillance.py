"""Due dates: every row on both sides, unknowns at their shortest, trends that only shorten."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guidelines.days import spoken
from guidelines.facts import FACTS
from guidelines.registry import ACC_AHA_2020, ALL_EDITIONS, ESC_EACTS_2021, ESC_EACTS_2025
from guidelines.rule import Edition
from guidelines.surveillance import (
    GRADES,
    SINGLE_MECHANISMS,
    STATES,
    FollowUp,
    FollowUpCase,
    FollowUpKind,
    add_months,
    due_of,
)
from guidelines.vocabulary import Mechanism, MitralValveState, Verification

ON = date(2026, 11, 22)
ECHO = date(2026, 9, 1)
VISIT = date(2026, 9, 15)
OPERATED = date(2024, 3, 1)
S, M = MitralValveState, Mechanism

QUIET = FollowUpCase(
    on=ON,
    echoes_on=(ECHO,),
    last_visit_on=VISIT,
    valve_state=S.NATIVE,
    mechanism=M.PRIMARY,
    grade_low=2,
    grade_high=2,
    symptomatic=False,
    lv_normal=True,
    other_lesions=False,
    advanced_heart_failure=False,
    lv_dysfunction_before_repair=False,
    arrhythmia_with_repair=False,
)
TREATED = replace(QUIET, valve_state=S.SURGICAL_REPAIR, intervention_on=OPERATED)


def case(base: FollowUpCase = QUIET, *, grade: int | None = None, **changes: Any) -> FollowUpCase:
    """The base with these changes; ``grade`` sets both ends."""
    graded = {} if grade is None else {"grade_low": grade, "grade_high": grade}
    return replace(base, **graded, **changes)


def months_of(due: FollowUp) -> tuple[int, int, int]:
    """Months from the last echo to the window's ends, and from the last visit to its end."""
    assert due.echo
    assert due.visit
    assert due.echo.since
    assert due.echo.by
    assert due.visit.by
    return _months(ECHO, due.echo.since), _months(ECHO, due.echo.by), _months(VISIT, due.visit.by)


def _months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month


def rows_of(due: FollowUp) -> set[str]:
    """The rows behind the dates."""
    return {rule.row for rule in due.rules}


AHA, ESC21, ESC25 = ACC_AHA_2020, ESC_EACTS_2021, ESC_EACTS_2025
NATIVE = [
    (AHA, {"grade": 1}, "AHA-FU-01", (36, 60, 24)),
    (AHA, {"grade": 2}, "AHA-FU-02", (12, 24, 12)),
    (AHA, {"grade": 3}, "AHA-PD-06", (6, 12, 12)),
    (AHA, {"grade": 4}, "AHA-PD-06", (6, 12, 12)),
    (AHA, {"grade": 4, "mechanism": M.SECONDARY_ATRIAL}, "AHA-FU-03", (6, 12, 12)),
    (AHA, {"grade": 1, "symptomatic": True}, "local", (12, 12, 12)),
    (AHA, {"grade": 1, "other_lesions": True}, "local", (12, 12, 12)),
    (AHA, {"grade": 2, "lv_normal": False}, "local", (6, 6, 6)),
    (AHA, {"grade": 2, "other_lesions": True}, "local", (6, 6, 6)),
    (AHA, {"grade": 3, "other_lesions": True}, "local", (6, 6, 6)),
    (
        AHA,
        {"grade": 4, "mechanism": M.SECONDARY_VENTRICULAR, "symptomatic": True},
        "ESC25-F-11",
        (3, 3, 3),
    ),
    (ESC25, {"grade": 1}, "ESC25-F-10", (36, 60, 24)),
    (ESC25, {"grade": 2}, "ESC25-F-02", (12, 24, 12)),
    (ESC25, {"grade": 3}, "ESC25-F-01", (6, 6, 6)),
    (ESC21, {"grade": 4}, "ESC25-F-01", (6, 6, 6)),
    (ESC25, {"grade": 2, "symptomatic": True}, "local", (6, 6, 6)),
    (ESC25, {"grade": 2, "lv_normal": False}, "local", (6, 6, 6)),
    (ESC25, {"grade": 2, "mechanism": M.SECONDARY_VENTRICULAR}, "ESC25-F-07", (6, 6, 6)),
    (
        ESC25,
        {"grade": 2, "mechanism": M.SECONDARY_VENTRICULAR, "symptomatic": True},
        "ESC25-F-07",
        (6, 6, 6),
    ),
    (ESC25, {"grade": 4, "mechanism": M.SECONDARY_VENTRICULAR}, "ESC25-F-07", (6, 6, 6)),
    (
        ESC25,
        {"grade": 4, "mechanism": M.SECONDARY_VENTRICULAR, "symptomatic": True},
        "ESC25-F-11",
        (3, 3, 3),
    ),
    (ESC25, {"grade": 4, "mechanism": M.SECONDARY_ATRIAL}, "ESC25-F-08", (12, 12, 12)),
    (
        ESC25,
        {"grade": 4, "mechanism": M.SECONDARY_ATRIAL, "other_lesions": True},
        "local",
        (6, 6, 6),
    ),
    (ESC25, {"grade": 2, "mechanism": M.SECONDARY_ATRIAL}, "local", (12, 12, 12)),
    (ESC25, {"grade": 2, "mechanism": M.MIXED}, "ESC25-F-07", (6, 6, 6)),
]


@pytest.mark.parametrize(("edition", "changes", "row", "months"), NATIVE)
def test_a_native_valve_has_the_interval_of_its_row(
    edition: Edition, changes: dict[str, Any], row: str, months: tuple[int, int, int]
) -> None:
    due = due_of(case(**changes), edition)
    assert row in rows_of(due)
    assert months_of(due) == months
    assert due.kind is FollowUpKind.INTERVAL


def test_an_interval_that_no_guideline_prints_is_marked_as_local() -> None:
    printed = due_of(case(grade=3), AHA)
    assert not printed.is_local
    assert printed.rules[0].verification is Verification.FROM_KNOWLEDGE
    assert due_of(case(grade=1), ESC25).is_local
    secondary = case(grade=2, mechanism=M.SECONDARY_VENTRICULAR)
    assert not due_of(secondary, ESC25).is_local
    assert due_of(secondary, ESC21).is_local


@pytest.mark.parametrize("edition", ALL_EDITIONS)
@pytest.mark.parametrize("changes", [{"symptomatic": True}, {"lv_normal": False}])
@pytest.mark.parametrize("grade", [3, 4])
@pytest.mark.parametrize("mechanism", [M.PRIMARY, M.MIXED])
def test_stages_c2_and_d_are_a_decision_now_and_not_an_interval(
    edition: Edition, changes: dict[str, Any], grade: int, mechanism: Mechanism
) -> None:
    due = due_of(case(grade=grade, mechanism=mechanism, **changes), edition)
    assert due.kind is FollowUpKind.DECISION
    assert due.visit
    assert due.visit.by == ON
    assert "not an interval" in due.reasons[0]


@pytest.mark.parametrize("edition", ALL_EDITIONS)
def test_a_met_class_1_is_a_decision_now(edition: Edition) -> None:
    due = due_of(case(grade=1, decision_due=True), edition)
    assert (due.kind, due.visit and due.visit.by) == (FollowUpKind.DECISION, ON)
    both = due_of(case(grade=1, decision_due=True, symptoms_changed=True), edition)
    assert (both.kind, both.echo and both.echo.by) == (FollowUpKind.DECISION, ON)


@pytest.mark.parametrize("edition", ALL_EDITIONS)
def test_changed_symptoms_are_now(edition: Edition) -> None:
    due = due_of(case(grade=1, symptoms_changed=True), edition)
    assert due.kind is FollowUpKind.NOW
    assert due.echo
    assert due.visit
    assert due.echo.by == due.visit.by == ON
    assert rows_of(due) == {"AHA-FU-04"}
    assert due.is_local is (edition is not AHA)


TREATED_ROWS = [
    (AHA, {"valve_state": S.MECHANICAL}, "AHA-FU-06", None),
    (AHA, {"valve_state": S.SURGICAL_BIOPROSTHESIS}, "AHA-FU-07", date(2029, 3, 1)),
    (AHA, {"valve_state": S.TRANSCATHETER}, "AHA-FU-08", date(2027, 9, 1)),
    (AHA, {}, "AHA-FU-09", date(2029, 9, 1)),
    (AHA, {"valve_state": S.TEER}, "AHA-FU-10", date(2027, 9, 1)),
    (AHA, {"valve_state": S.COMMISSUROTOMY}, "local", date(2027, 9, 1)),
    (ESC25, {}, "ESC25-F-03", date(2029, 9, 1)),
    (ESC25, {"lv_dysfunction_before_repair": True}, "local", date(2027, 9, 1)),
    (ESC25, {"arrhythmia_with_repair": True}, "local", date(2027, 9, 1)),
    (ESC25, {"arrhythmia_with_repair": None}, "local", date(2027, 9, 1)),
    (ESC21, {}, "local", date(2027, 9, 1)),
    (ESC25, {"valve_state": S.MECHANICAL}, "ESC25-F-04", date(2027, 9, 1)),
    (ESC25, {"valve_state": S.TEER}, "ESC25-F-05", date(2027, 9, 1)),
    (ESC25, {"valve_state": S.SURGICAL_BIOPROSTHESIS}, "ESC25-F-09", date(2027, 9, 1)),
    (
        ESC25,
        {"valve_state": S.TEER, "mechanism": M.SECONDARY_VENTRICULAR},
        "ESC25-F-06",
        date(2027, 3, 1),
    ),
    (
        ESC25,
        {
            "valve_state": S.TEER,
            "mechanism": M.SECONDARY_VENTRICULAR,
            "advanced_heart_failure": True,
        },
        "ESC25-F-06",
        date(2026, 12, 1),
    ),
    (
        ESC25,
        {"valve_state": S.TEER, "mechanism": M.SECONDARY_ATRIAL},
        "ESC25-F-08",
        date(2027, 9, 1),
    ),
]


@pytest.mark.parametrize(("edition", "changes", "row", "by"), TREATED_ROWS)
def test_a_treated_valve_has_the_interval_of_its_row(
    edition: Edition, changes: dict[str, Any], row: str, by: date | None
) -> None:
    due = due_of(case(TREATED, **changes), edition)
    assert due.echo
    assert (due.echo.rule.row, due.echo.by) == (row, by)


def test_acc_aha_sees_everybody_yearly_after_an_intervention() -> None:
    due = due_of(TREATED, AHA)
    assert due.visit
    assert (due.visit.rule.row, due.visit.by) == ("AHA-FU-11", date(2027, 9, 15))


BASELINES = [
    (AHA, S.TEER, "AHA-FU-05", 30, 90),
    (AHA, S.MECHANICAL, "AHA-FU-05", 30, 90),
    (ESC25, S.SURGICAL_BIOPROSTHESIS, "ESC25-F-09", 1, 90),
    (ESC21, S.TRANSCATHETER, "ESC25-F-09", 1, 30),
    (ESC25, S.SURGICAL_REPAIR, "local", 30, 90),
]


@pytest.mark.parametrize(("edition", "state", "row", "start", "end"), BASELINES)
def test_the_baseline_echo_has_its_window_until_it_is_done(
    edition: Edition, state: MitralValveState, row: str, start: int, end: int
) -> None:
    operated = ON - timedelta(days=10)
    before = case(TREATED, valve_state=state, intervention_on=operated)
    due = due_of(before, edition)
    assert due.echo
    assert due.echo.rule.row == row
    assert due.echo.since == operated + timedelta(days=start)
    assert due.echo.by == operated + timedelta(days=end)
    for days, is_done in ((start - 1, False), (start, True)):
        echo = operated + timedelta(days=days)
        later = replace(before, on=operated + timedelta(days=120), echoes_on=(echo,))
        after = due_of(later, edition).echo
        assert after
        assert (after.by != due.echo.by) is is_done


def test_fixed_years_come_before_the_yearly_echo_of_a_bioprosthesis() -> None:
    base = case(TREATED, valve_state=S.SURGICAL_BIOPROSTHESIS, intervention_on=date(2010, 1, 1))
    for echo, by in (
        (date(2010, 3, 1), date(2015, 1, 1)),
        (date(2014, 6, 30), date(2015, 1, 1)),
        (date(2014, 7, 2), date(2020, 1, 1)),
        (date(2019, 9, 1), date(2020, 9, 1)),
    ):
        due = due_of(replace(base, echoes_on=(echo,)), AHA).echo
        assert due
        assert due.by == by


def test_a_repair_is_seen_at_one_year_first() -> None:
    young = case(TREATED, intervention_on=date(2026, 6, 1))
    due = due_of(young, AHA).echo
    assert due
    assert due.by == date(2027, 6, 1)


@pytest.mark.parametrize("symptomatic", [True, None])
@pytest.mark.parametrize("edition", ALL_EDITIONS)
def test_an_echo_that_symptoms_ask_for_after_an_intervention_is_due_until_it_is_done(
    edition: Edition, symptomatic: bool | None
) -> None:
    asked = ON - timedelta(days=20)
    base = case(TREATED, symptomatic=symptomatic, last_visit_on=asked)
    for echo, is_now in ((asked - timedelta(days=1), True), (asked, False)):
        due = due_of(replace(base, echoes_on=(echo,)), edition)
        assert due.echo
        assert due.visit
        assert (due.echo.by == ON) is is_now
        assert due.visit.by == ON


@pytest.mark.parametrize("edition", [ESC21, ESC25])
@pytest.mark.parametrize("state", [S.SURGICAL_BIOPROSTHESIS, S.TRANSCATHETER])
def test_a_biological_prosthesis_is_seen_one_year_after_the_operation(
    edition: Edition, state: MitralValveState
) -> None:
    base = case(TREATED, valve_state=state, intervention_on=date(2026, 3, 1))
    for echo, by in (
        (date(2026, 5, 20), date(2027, 3, 1)),
        (date(2026, 10, 1), date(2027, 10, 1)),
        (date(2027, 3, 1), date(2028, 3, 1)),
    ):
        due = due_of(replace(base, on=echo, echoes_on=(echo,)), edition).echo
        assert due
        assert (due.rule.row, due.by) == ("ESC25-F-09", by)


@pytest.mark.parametrize("edition", ALL_EDITIONS)
def test_symptoms_or_recurrence_after_an_intervention_are_no_interval(edition: Edition) -> None:
    symptomatic = due_of(case(TREATED, symptomatic=True), edition)
    assert symptomatic.kind is FollowUpKind.DECISION
    assert symptomatic.echo
    assert symptomatic.echo.by == ON
    recurrent = due_of(case(TREATED, recurrent_mr=True), edition)
    assert (recurrent.kind, recurrent.visit and recurrent.visit.by) == (FollowUpKind.DECISION, ON)


@pytest.mark.parametrize("edition", ALL_EDITIONS)
@pytest.mark.parametrize("event", ["is_acute", "has_endocarditis"])
def test_an_emergency_has_no_interval(edition: Edition, event: str) -> None:
    due = due_of(case(**{event: True}), edition)
    assert due.kind is FollowUpKind.EMERGENCY
    assert (due.echo, due.visit, due.rules) == (None, None, ())


def test_a_child_is_not_scheduled_by_adult_rules() -> None:
    assert due_of(case(is_child=True), AHA).kind is FollowUpKind.NOT_SCHEDULED


@pytest.mark.parametrize("edition", ALL_EDITIONS)
def test_pregnancy_and_what_is_outside_the_rules_shorten_the_interval(edition: Edition) -> None:
    pregnant = due_of(case(grade=1, is_pregnant=True), edition)
    assert months_of(pregnant) == (3, 3, 3)
    assert "SAFE-09" in rows_of(pregnant)
    outside = due_of(case(grade=1, outside_rules=True), edition)
    assert months_of(outside) == (6, 6, 6)


@pytest.mark.parametrize("edition", ALL_EDITIONS)
def test_no_row_of_elective_timing_is_cited_where_a_gate_has_switched_it_off(
    edition: Edition,
) -> None:
    severe: dict[str, Any] = {"grade": 4, "symptomatic": True}
    for state, row in (({"is_pregnant": True}, "SAFE-09"), ({"outside_rules": True}, "local")):
        due = due_of(case(**severe, **state), edition)
        assert due.kind is FollowUpKind.DECISION
        assert due.visit
        assert (due.visit.by, due.visit.rule.row) == (ON, row)
    native = due_of(case(**severe), edition)
    assert native.visit
    assert native.visit.rule.row in {"AHA-PI-01", "ESC25-P-02"}


def test_a_far_expected_date_that_moves_nothing_is_not_said_so_that_it_cannot_lull() -> None:
    far, near = date(2035, 9, 5), ON + timedelta(days=20)
    due = due_of(case(grade=4, expected_threshold_on=far), ESC25)
    assert not any("2035" in reason for reason in due.reasons)
    moved = due_of(case(grade=4, expected_threshold_on=near), ESC25)
    assert any(spoken(near) in reason for reason in moved.reasons)


def test_a_declined_intervention_keeps_its_dates_without_nagging() -> None:
    due = due_of(case(grade=4, symptomatic=True, goals_of_care=True), ESC25)
    assert not due.reminds
    assert due.visit
    assert due.visit.by == ON
    assert due_of(case(), ESC25).reminds


def test_no_echo_on_record_is_due_today() -> None:
    due = due_of(case(echoes_on=(), last_visit_on=None), AHA)
    assert due.echo
    assert due.visit
    assert due.echo.by == due.visit.by == ON
    assert any("No echo" in reason for reason in due.reasons)
    future = due_of(case(echoes_on=(ON + timedelta(days=3),)), AHA)
    assert future.echo
    assert future.echo.by == ON
    treated = due_of(case(TREATED, echoes_on=(), intervention_on=None), AHA)
    assert treated.echo
    assert treated.echo.by == ON


def test_an_unknown_grade_gets_the_shortest_plausible_interval() -> None:
    unknown = due_of(case(grade_low=None, grade_high=None), AHA)
    assert months_of(unknown) == (6, 12, 12)
    assert "mr_grade" in unknown.missing
    between = due_of(case(grade_low=1, grade_high=2), AHA)
    assert months_of(between) == (12, 24, 12)


def test_unknown_symptoms_of_a_severe_leak_are_asked_now() -> None:
    due = due_of(case(grade=4, symptomatic=None), ESC25)
    assert due.kind is FollowUpKind.QUESTION
    assert due.visit
    assert due.visit.by == ON
    assert due.missing == ("symptomatic",)


def test_nothing_known_is_due_soon_and_says_what_is_missing() -> None:
    due = due_of(FollowUpCase(on=ON, echoes_on=(ECHO,), last_visit_on=VISIT), AHA)
    assert due.echo
    assert due.echo.by
    assert due.echo.by <= ON
    # Several answers are needed at once; no single one makes it later.
    assert all(name in FACTS for name in due.missing)
    undated = due_of(case(TREATED, intervention_on=None), AHA)
    assert "years_since_mitral_intervention" in undated.missing
    assert undated.echo
    assert undated.echo.by == ECHO + timedelta(days=60)


def test_a_trend_brings_a_date_forward_and_says_so() -> None:
    expected = date(2027, 5, 1)
    due = due_of(case(expected_threshold_on=expected), AHA)
    assert due.echo
    assert due.visit
    assert (due.echo.since, due.echo.by, due.visit.by) == (expected, expected, expected)
    assert any("1 May 2027" in reason for reason in due.reasons)
    past = due_of(case(expected_threshold_on=date(2026, 1, 1)), AHA).echo
    assert past
    assert past.by == ON
    mechanical = case(TREATED, valve_state=S.MECHANICAL, expected_threshold_on=expected)
    none = due_of(mechanical, AHA).echo
    assert none
    assert none.by == expected


def test_months_end_on_the_last_day_of_a_shorter_month() -> None:
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert add_months(date(2026, 12, 15), 12) == date(2027, 12, 15)


def test_it_serializes() -> None:
    for each in (case(), case(is_acute=True), case(TREATED, valve_state=S.MECHANICAL)):
        written = json.loads(json.dumps(due_of(each, AHA).as_dict()))
        assert written["edition"] == "acc-aha-2020"


maybe = st.sampled_from([None, True, False])
days = st.dates(min_value=date(2016, 1, 1), max_value=ON)
FREE = ("symptomatic", "lv_normal", "other_lesions", "advanced_heart_failure")
AFTER = ("lv_dysfunction_before_repair", "arrhythmia_with_repair")
cases = st.builds(
    FollowUpCase,
    on=st.just(ON),
    echoes_on=st.lists(days, max_size=2).map(tuple),
    last_visit_on=st.none() | days,
    valve_state=st.none() | st.sampled_from(STATES),
    intervention_on=st.none() | days,
    mechanism=st.none() | st.sampled_from(list(Mechanism)),
    grade_low=st.none() | st.sampled_from(GRADES),
    grade_high=st.none(),
    **dict.fromkeys((*FREE, *AFTER), maybe),
    is_pregnant=st.booleans(),
    outside_rules=st.booleans(),
    symptoms_changed=st.booleans(),
    recurrent_mr=st.booleans(),
    expected_threshold_on=st.none() | st.dates(date(2026, 1, 1), date(2030, 1, 1)),
)
VALUES: dict[str, tuple[object, ...]] = {
    "valve_state": STATES,
    "mechanism": (*SINGLE_MECHANISMS, Mechanism.MIXED),
    "grade_high": GRADES,
    "last_visit_on": (date(2016, 1, 1), VISIT, ON),
    "intervention_on": (date(2016, 1, 1), OPERATED, date(2026, 8, 1), ON),
    **dict.fromkeys((*FREE, *AFTER), (True, False)),
}


def _ends(due: FollowUp) -> tuple[date, date]:
    """Ends of both windows; an overdue one is due today, none at all comes last."""
    ends = [(each.by if each else None) or date.max for each in (due.echo, due.visit)]
    return max(ends[0], ON), max(ends[1], ON)


@settings(max_examples=70, deadline=None)
@given(cases, st.sampled_from(ALL_EDITIONS), st.sampled_from(sorted(VALUES)), st.data())
def test_an_unknown_never_gives_a_later_date_than_any_of_its_values(
    one: FollowUpCase, edition: Edition, name: str, data: st.DataObject
) -> None:
    unknown = replace(one, **{name: None})
    value = data.draw(st.sampled_from(VALUES[name]))
    known = replace(one, **{name: value})
    if name == "grade_high" and isinstance(value, int):
        known = replace(known, grade_low=min(value, one.grade_low or value))
        unknown = replace(unknown, grade_low=known.grade_low)
    echo, visit = _ends(due_of(unknown, edition))
    known_echo, known_visit = _ends(due_of(known, edition))
    assert echo <= known_echo
    assert visit <= known_visit


@settings(max_examples=100, deadline=None)
@given(cases, st.sampled_from(ALL_EDITIONS), st.dates(date(2026, 1, 1), date(2040, 1, 1)))
def test_a_trend_never_lengthens_an_interval(
    one: FollowUpCase, edition: Edition, expected: date
) -> None:
    without = _ends(due_of(replace(one, expected_threshold_on=None), edition))
    with_trend = _ends(due_of(replace(one, expected_threshold_on=expected), edition))
    assert with_trend[0] <= without[0]
    assert with_trend[1] <= without[1]


@settings(max_examples=100, deadline=None)
@given(cases, st.sampled_from(ALL_EDITIONS))
def test_a_window_never_ends_before_it_starts_and_every_missing_fact_exists(
    one: FollowUpCase, edition: Edition
) -> None:
    due = due_of(one, edition)
    for each in (due.echo, due.visit):
        assert each is None or not (each.since and each.by) or each.since <= each.by
    assert all(name in FACTS for name in due.missing)


@settings(max_examples=60, deadline=None)
@given(cases, st.sampled_from(ALL_EDITIONS))
def test_a_worse_grade_or_new_symptoms_never_lengthen_an_interval(
    one: FollowUpCase, edition: Edition
) -> None:
    mild = replace(one, grade_low=1, grade_high=1, symptomatic=False, lv_normal=True)
    for worse in (
        replace(mild, grade_low=2, grade_high=2),
        replace(mild, symptomatic=True),
        replace(mild, lv_normal=False),
        replace(mild, other_lesions=True),
    ):
        better = replace(mild, other_lesions=False) if worse.other_lesions else mild
        sooner, later = _ends(due_of(worse, edition)), _ends(due_of(better, edition))
        assert sooner[0] <= later[0]
        assert sooner[1] <= later[1]
