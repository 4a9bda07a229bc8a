"""Shifts and trends of a run chart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidelines.run_chart import Run, RunRule, runs_of

SIX_ABOVE = (1, 1, 1, 1, 1, 1)


def shifts(values, center=0):
    return [run for run in runs_of(values, center) if run.rule is RunRule.SHIFT]


def trends(values):
    return [run for run in runs_of(values, 0) if run.rule is RunRule.TREND]


def test_six_in_a_row_on_one_side_are_a_shift():
    assert shifts((-1, *SIX_ABOVE, -1)) == [Run(RunRule.SHIFT, True, (1, 2, 3, 4, 5, 6))]
    assert shifts([-value for value in SIX_ABOVE])[0].is_upward is False


def test_five_in_a_row_are_no_shift():
    assert shifts((-1, 1, 1, 1, 1, 1, -1)) == []


def test_a_longer_shift_is_one():
    assert [len(run.places) for run in shifts((1,) * 9 + (-1,) * 7)] == [9, 7]


def test_a_value_on_the_median_neither_breaks_a_shift_nor_counts():
    assert shifts((1, 1, 1, 0, 1, 1, 1))[0].places == (0, 1, 2, 4, 5, 6)
    assert shifts((1, 1, 1, 0, 0, 0, 0)) == []


def test_a_value_that_computing_put_beside_the_median_is_on_it():
    assert shifts((0.1 + 0.2,) * 6, 0.3) == []


def test_five_rising_in_a_row_are_a_trend():
    assert trends((5, 1, 2, 3, 4, 5, 0)) == [Run(RunRule.TREND, True, (1, 2, 3, 4, 5))]
    assert trends((1, 5, 4, 3, 2, 1, 9)) == [Run(RunRule.TREND, False, (1, 2, 3, 4, 5))]


def test_four_rising_in_a_row_are_no_trend():
    assert trends((5, 1, 2, 3, 4, 0)) == []


def test_an_equal_value_neither_breaks_a_trend_nor_counts():
    assert trends((1, 2, 2, 3, 4, 5))[0].places == (0, 1, 3, 4, 5)
    assert trends((1, 2, 2, 2, 3, 4)) == []


def test_a_turning_point_ends_one_trend_and_begins_the_next():
    found = trends((1, 2, 3, 4, 5, 4, 3, 2, 1))
    assert [(run.is_upward, run.places) for run in found] == [
        (True, (0, 1, 2, 3, 4)),
        (False, (4, 5, 6, 7, 8)),
    ]


@pytest.mark.parametrize("values", [(), (1,), (0, 0, 0, 0, 0, 0, 0)])
def test_too_little_says_nothing(values):
    assert runs_of(values, 0) == ()


def test_a_run_says_what_is_seen():
    assert [run.words for run in runs_of((1, 2, 3, 4, 5, 6), 0)] == [
        "6 in a row above the median",
        "6 in a row rising",
    ]
    assert [run.words for run in runs_of((-1, -2, -3, -4, -5, -6), 0)] == [
        "6 in a row below the median",
        "6 in a row falling",
    ]


@given(st.lists(st.integers(-2, 2), max_size=30))
def test_upside_down_the_same_runs_point_the_other_way(values):
    turned = [
        Run(run.rule, not run.is_upward, run.places)
        for run in runs_of([-value for value in values], 0)
    ]
    assert list(runs_of(values, 0)) == turned
