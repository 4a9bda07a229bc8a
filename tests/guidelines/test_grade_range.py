"""The grade as a range: one line of evidence never excludes severe."""

from __future__ import annotations

from decimal import Decimal

import pytest

from guidelines.assessment import assess
from guidelines.facts import Interval
from guidelines.grade_range import grade_fact, grade_range
from guidelines.severity import Severity
from tests.guidelines.pictures import NOT_SEVERE, TODAY, Given, quiet


def graded(**changes: Given) -> tuple[Severity, ...]:
    """By ASE and by the two bodies."""
    found = assess(quiet(**changes), on=TODAY)
    return (found.grade, *found.severities)


NOTHING: dict[str, Given] = {"eroa_mm2": None, "vena_contracta_mm": None}
CASES: list[tuple[dict[str, Given], tuple[int, int] | None]] = [
    ({}, (4, 4)),
    (NOTHING, None),
]


@pytest.mark.parametrize(("changes", "ends"), CASES)
def test_it_is_a_point_only_when_it_is_settled(
    changes: dict[str, Given], ends: tuple[int, int] | None
) -> None:
    assert grade_range(*graded(**changes)) == ends


def test_a_single_small_number_leaves_severe_open() -> None:
    ends = grade_range(*graded(**{**NOTHING, "eroa_mm2": 10}))
    assert ends is None or ends[1] == 4
    one = graded(**{**NOTHING, "vena_contracta_mm": 2})
    assert grade_range(*one) is None or grade_range(*one)[1] == 4  # type: ignore[index]


def test_a_corroborated_lesser_grade_is_below_severe() -> None:
    found = graded(**NOT_SEVERE)
    ends = grade_range(*found)
    assert ends is not None
    if all(each.is_severe is False for each in found[1:]):
        assert ends[1] < 4


def test_severe_by_every_body_counts_where_the_algorithm_gives_no_grade() -> None:
    severe = graded()[1:]
    ungraded = graded(**NOTHING)[0]
    assert grade_range(ungraded, *severe) == (4, 4)


def test_the_fact_is_a_range_or_nothing() -> None:
    assert grade_fact(*graded()).value == Interval.point(Decimal(4))
    assert grade_fact(*graded(**NOTHING)).value is None
