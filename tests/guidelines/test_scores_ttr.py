"""Time in therapeutic range: the vectors, the longest gap, results that are only a limit."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guidelines.facts import Interval
from guidelines.scores.ttr import Inr, is_labile, not_in_range, time_in_range
from tests.guidelines.score_inputs import between
from tests.guidelines.score_vectors import ROSENDAAL

START = date(2024, 1, 1)
TWO, THREE = Decimal(2), Decimal(3)


def series(*points):
    """INRs by days from the start."""
    return [
        Inr(value if isinstance(value, Interval) else Decimal(str(value)), START + timedelta(day))
        for day, value in points
    ]


def share(*points, low=TWO, high=THREE, **options):
    return time_in_range(series(*points), low=low, high=high, **options)


@pytest.mark.parametrize(("name", "points", "percent", "days"), ROSENDAAL)
def test_it_agrees_with_the_vectors(name, points, percent, days):
    inrs = [Inr(Decimal(value), date.fromisoformat(day)) for day, value in points]
    made = time_in_range(inrs, low=TWO, high=THREE)
    assert float(made.value) == pytest.approx(percent, abs=1e-4)
    assert made.parameters["days counted"] == str(days)


def test_it_says_its_variant_its_gap_and_its_range():
    said = share((0, 2.5), (10, 2.5)).parameters
    assert said["therapeutic range"] == "INR 2 to 3"
    assert said["longest gap"] == "56 days"
    assert said["variant"].startswith("continuous")
    assert (said["from"], said["until"]) == ("2024-01-01", "2024-01-11")


@pytest.mark.parametrize(("gap", "counted"), [(56, "66"), (57, "10")])
def test_results_further_apart_than_the_gap_say_nothing_of_the_time_between(gap, counted):
    made = share((0, 2.5), (10, 2.5), (10 + gap, 5))
    assert made.parameters["days counted"] == counted
    assert int(made.parameters["days left out"]) == 10 + gap - int(counted)
    assert share((0, 2.5), (43, 2.5), max_gap_days=42).not_computed


def test_the_order_of_entry_does_not_matter_and_a_second_result_of_a_day_adds_no_time():
    assert share((10, 3.5), (0, 1.5)).value == share((0, 1.5), (10, 3.5)).value
    assert share((0, 2.5), (0, 4), (10, 2.5)).parameters["days counted"] == "10"


@pytest.mark.parametrize("points", [[], [(0, 2.5)], [(0, 2.5), (0, 2.6)]])
def test_without_two_results_there_is_no_time(points):
    made = share(*points)
    assert made.missing == ("inr",)
    assert made.value is None
    assert is_labile(made) is None


@pytest.mark.parametrize(
    ("value", "percent"), [(2, 100), (3, 100), ("1.9", 0), ("3.1", 0), ("2.5", 100)]
)
def test_a_steady_inr_is_in_range_or_not_with_both_limits_in(value, percent):
    assert share((0, value), (10, value)).value == percent


def test_a_result_that_is_only_a_limit_gives_a_range():
    made = share((0, 2.5), (10, between(8, None)))
    assert (made.lowest, made.missing) == (0, ("inr",))
    assert float(made.highest) == pytest.approx(100 * 0.5 / 5.5)
    below = share((0, 2.5), (10, between(0, 1)))
    assert float(below.highest) == pytest.approx(100 / 3)
    inside = share((0, 2.5), (10, between(2.5, None)))
    assert (inside.lowest, inside.highest) == (0, 100)
    assert share((0, 2.5), (10, between(None, None))).highest == 100


def test_limits_in_disorder_are_an_error():
    with pytest.raises(ValueError, match="empty"):
        share(low=THREE, high=TWO)


@pytest.mark.parametrize(
    ("percent", "labile", "label"),
    [
        (Decimal("59.9"), True, "below 60 %"),
        (Decimal(60), False, "60 %"),
        (Decimal(70), False, "above 60 to 70 %"),
        (Decimal("70.1"), False, "above 70 %"),
    ],
)
def test_each_edition_has_its_own_label(percent, labile, label):
    made = share((0, 2.5), (10, 2.5))
    found = [each.label for each in made.definition.strata if each.meets(percent, percent)]
    assert found == [label]
    assert is_labile(replace(made, lowest=percent, highest=percent)) is labile


def test_labile_is_open_where_a_limit_leaves_it_open():
    assert is_labile(share((0, 1), (10, 1))) is True
    assert is_labile(share((0, 2.5), (10, between(2.5, None)))) is None


def test_no_plan_is_a_result_without_a_value():
    made = not_in_range("no plan", ("anticoagulation_plan",))
    assert made.text == "not computed: no plan"
    assert made.as_dict()["lowest"] is None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 40), st.decimals("0.8", "6", places=1)), min_size=2, max_size=8
    )
)
def test_it_lies_between_nothing_and_all_and_a_wider_range_never_lowers_it(steps):
    day, points = 0, []
    for gap, value in steps:
        day += gap
        points.append((day, value))
    narrow = share(*points)
    wide = share(*points, low=Decimal("1.8"), high=Decimal("3.2"))
    assert 0 <= narrow.value <= wide.value <= 100
