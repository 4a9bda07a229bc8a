"""The simulated cohort agrees with the published figures."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import pytest

from demo.simulation.figures import (
    Figure,
    figures,
    hazard_of_orifice,
    kaplan_meier,
    printed,
    untreated,
)
from demo.simulation.simulating import simulate_repaired, simulate_untreated
from tests.source_tree import ROOT

TODAY = date(2026, 11, 22)
PATIENTS = 2500
ROWS = ("NH-01", "NH-02", "NH-03", "NH-04", "NH-05", "NH-06", "NH-07", "NH-08", "NH-09", "NH-10",
        "NH-13")  # fmt: skip


@lru_cache(maxsize=1)
def table() -> tuple[Figure, ...]:
    return tuple(figures(1, range(1, PATIENTS + 1), TODAY))


@pytest.mark.parametrize("row", ROWS)
def test_it_agrees_with_the_published_figure(row: str) -> None:
    """Within the stated bounds, less what so few patients cannot tell (two standard errors)."""
    found = [each for each in table() if each.row == row]
    assert found
    for each in found:
        assert each.low is not None
        assert each.high is not None
        assert each.low - 2 * each.error <= each.simulated <= each.high + 2 * each.error, each


def test_almost_all_figures_agree_without_allowance() -> None:
    judged = [each.within for each in table() if each.within is not None]
    assert sum(judged) >= len(judged) - 2


def test_the_table_says_which_agree() -> None:
    text = printed(table())
    assert len(text.splitlines()) == len(table()) + 1
    assert "within 5.1 to 9.7 (interval)" in text
    assert "for comparison only" in text


def test_the_page_on_the_demo_shows_every_figure() -> None:
    page = (ROOT / "docs/developers/demo.md").read_text(encoding="utf-8")
    for each in table():
        assert f"| {each.row} | {each.what.replace('mm2', 'mm²')} |" in page


def test_a_figure_outside_its_bounds_is_not_within() -> None:
    assert Figure("X", "x", "1", 0.5, 1.5, 1.5, 0.1, 9).within is True
    assert Figure("X", "x", "1", 0.5, 1.5, 1.6, 0.1, 9).within is False
    assert Figure("X", "x", "-", None, None, 1.6, 0.1, 9).within is None
    assert "NOT within" in printed([Figure("X", "x", "1", 0.5, 1.5, 1.8, 0.1, 9)])


def test_a_figure_near_its_bounds_says_so() -> None:
    """So few patients cannot tell."""
    near = Figure("X", "x", "1", 0.5, 1.5, 1.6, 0.1, 9)
    assert near.verdict == "within 2 standard errors of"
    assert near.within is False


def test_kaplan_meier_counts_the_censored_until_they_leave() -> None:
    free, error = kaplan_meier([(1.0, None), (None, 2.0), (3.0, None), (None, None)], 5.0)
    assert free == pytest.approx(3 / 4 * 1 / 2)
    assert error > 0


def test_an_event_after_censoring_does_not_count() -> None:
    assert kaplan_meier([(3.0, 2.0), (None, None)], 5.0)[0] == 1.0


def test_the_hazard_of_the_orifice_has_an_error() -> None:
    cohort = [untreated(1, index) for index in range(400)]
    slope, error = hazard_of_orifice([each for each in cohort if each.mechanism == "primary"])
    assert -0.5 < slope < 0.8
    assert 0 < error < 0.3


def test_the_untreated_are_never_operated() -> None:
    for index in range(100):
        course = simulate_untreated(1, index)
        assert {piece.valve_state for piece in course.truth} == {"native"}
        assert [p.values for p in simulate_untreated(1, index).truth] == [
            p.values for p in course.truth
        ]


def test_the_repaired_live_for_the_whole_time() -> None:
    for index in range(50):
        course = simulate_repaired(1, index)
        assert course.died is None
        years = (course.truth[-1].until_on - course.truth[0].from_on).days / 365.25
        assert years == pytest.approx(20, abs=0.01)
