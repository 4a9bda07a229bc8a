"""The measures of completeness: of whom each is asked, its limits, and the goals."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from guidelines.completeness import (
    DEFAULT_GOALS,
    MEANINGS,
    CompletenessCase,
    Measure,
    completeness_changes_on,
    completeness_of,
    goals_with,
    is_met,
)
from guidelines.vocabulary import Mechanism

M = Measure
ON = date(2026, 3, 1)
BARE = CompletenessCase(on=ON)
EVERYBODY = {M.SEEN, M.SYMPTOMS, M.RHYTHM, M.PERSON, M.BODY, M.CAUSE, M.BASELINE}


def ago(days):
    return ON - timedelta(days=days)


def asked(case):
    mask = completeness_of(case).asked
    return {measure for measure in Measure if mask & measure.bit}


def lacking(case):
    mask = completeness_of(case).lacking
    return {measure for measure in Measure if mask & measure.bit}


def test_each_measure_has_its_own_bit_and_says_what_it_means():
    assert len({measure.bit for measure in Measure}) == len(Measure)
    assert max(measure.bit for measure in Measure) < 2**31
    assert set(MEANINGS) == set(DEFAULT_GOALS) == set(Measure)
    assert all(m.meaning.asked_of and m.meaning.has_it and m.meaning.rows for m in Measure)


def test_an_empty_record_lacks_what_is_asked_of_everybody_and_nothing_else():
    assert asked(BARE) == lacking(BARE) == EVERYBODY


def test_nothing_is_asked_of_somebody_who_is_not_followed():
    assert completeness_of(replace(BARE, is_counted=False)).asked == 0


def test_nobody_lacks_what_is_not_asked_of_them():
    full = replace(
        BARE, echo_by=(ago(1),), takes_vka=True, has_grade=False, is_severe=True,
        is_symptomatic=False, mechanism=Mechanism.PRIMARY, has_class_1=True,
    )  # fmt: skip
    for case in (BARE, full, replace(full, is_acute=True), replace(full, is_treated=True)):
        assert lacking(case) <= asked(case)


@pytest.mark.parametrize(
    ("field", "days", "measure", "further"),
    [
        ("seen_on", 730, M.SEEN, {}),
        ("symptoms_on", 365, M.SYMPTOMS, {}),
        ("wish_on", 365, M.WISH, {"has_class_1": True}),
    ],
)
def test_the_last_day_still_counts_and_the_next_does_not(field, days, measure, further):
    last = replace(BARE, **{field: ago(days)}, **further)
    assert measure in asked(last) - lacking(last)
    assert measure in lacking(replace(last, **{field: ago(days + 1)}))
    # Nothing else may turn later than it says.
    assert completeness_changes_on(last) == ON + timedelta(days=1)


def test_the_echo_is_in_time_until_its_last_day_is_over_by_the_earliest_edition():
    case = replace(BARE, echo_by=(ON, ON + timedelta(days=90)))
    assert M.ECHO in asked(case) - lacking(case)
    assert completeness_changes_on(case) == ON + timedelta(days=1)
    late = replace(BARE, echo_by=(ago(1), ON + timedelta(days=90)))
    assert M.ECHO in lacking(late)
    treated = replace(late, is_treated=True)
    assert M.ECHO_AFTER in lacking(treated)
    assert M.ECHO not in asked(treated)


def test_the_valve_is_asked_about_only_where_the_native_rules_speak():
    graded = replace(BARE, has_grade=True, is_severe=True, mechanism=Mechanism.PRIMARY)
    assert asked(graded) - EVERYBODY == {M.GRADE, M.MECHANISM, M.VENTRICLE}
    assert lacking(graded) - EVERYBODY == {M.VENTRICLE}
    assert asked(replace(graded, is_acute=True)) == EVERYBODY
    assert asked(replace(graded, has_grade=None)) == EVERYBODY


@pytest.mark.parametrize(
    ("mechanism", "symptomatic", "severe", "expected"),
    [
        (Mechanism.PRIMARY, False, True, {M.PRESSURE, M.BNP}),
        (Mechanism.PRIMARY, False, False, {M.PRESSURE}),
        (Mechanism.PRIMARY, None, True, set()),
        (Mechanism.PRIMARY, True, True, set()),
        (Mechanism.SECONDARY_VENTRICULAR, True, True, {M.BNP}),
        (Mechanism.SECONDARY_VENTRICULAR, True, False, set()),
        (None, False, True, {M.BNP}),
    ],
)
def test_pressure_and_bnp_are_asked_where_a_rule_asks(mechanism, symptomatic, severe, expected):
    case = replace(
        BARE, has_grade=True, mechanism=mechanism, is_symptomatic=symptomatic, is_severe=severe
    )
    assert asked(case) & {M.PRESSURE, M.BNP} == expected
    known = replace(case, knows_pressure=True, bnp_counts=True)
    assert not lacking(known) & {M.PRESSURE, M.BNP}


def test_an_inr_is_asked_of_who_takes_a_vitamin_k_antagonist():
    assert M.INR not in asked(BARE)
    assert M.INR in lacking(replace(BARE, takes_vka=True))
    assert M.INR not in lacking(replace(BARE, takes_vka=True, inr_counts=True))


@pytest.mark.parametrize(
    ("has_it", "of", "goal", "expected"),
    [(0, 0, 90, None), (9, 10, 90, True), (8, 10, 90, False), (899, 1000, 90, False),
     (0, 5, 0, True), (5, 5, 100, True)],
)  # fmt: skip
def test_a_goal_is_compared_exactly_and_of_nobody_nothing_is_said(has_it, of, goal, expected):
    assert is_met(has_it, of, goal) is expected


def test_a_clinic_sets_some_goals_and_keeps_the_others():
    goals = goals_with({"seen": 80})
    assert (goals[M.SEEN], goals[M.ECHO]) == (80, DEFAULT_GOALS[M.ECHO])
    assert goals_with(None) == goals_with({}) == DEFAULT_GOALS


@pytest.mark.parametrize(
    "wrong", [[], "90", {"sene": 90}, {"seen": 101}, {"seen": -1}, {"seen": 90.5}, {"seen": True}]
)
def test_a_slip_in_the_goals_is_refused(wrong):
    if wrong == []:
        wrong = [90]
    with pytest.raises(ValueError, match="goal"):
        goals_with(wrong)
