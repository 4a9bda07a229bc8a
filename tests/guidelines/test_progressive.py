"""Progressive on three studies (AHA-PI-05, safety D10): both sides of each of its conditions."""

import json
from datetime import date
from decimal import Decimal

import pytest

from guidelines.noise import NoiseModel, Setting
from guidelines.numbers import Interval
from guidelines.progressive import ProgressiveState, is_progressive
from guidelines.series import Event, Point, Series

D = Decimal
ON = date(2026, 1, 1)
MET, LETTER, NOT_MET, CANNOT_TELL, FEW = ProgressiveState


def study(on, value, **more):
    given = {"method": "biplane", "laboratory": "North", **more}
    value = value if isinstance(value, Interval) else D(str(value))
    return Point(date.fromisoformat(on), value, f"echo:{on}", **given)


def yearly(*values, **more):
    return [study(f"{2018 + year}-01-01", value, **more) for year, value in enumerate(values)]


def answered(measure, *points, events=(), noise=None):
    return is_progressive(Series(measure, points, events), on=ON, noise=noise)


@pytest.mark.parametrize(
    ("measure", "values", "state"),
    [
        ("lvesd_mm", (34, 36, 38), MET),
        ("lvesd_mm", (34, 36, 37), LETTER),
        ("lvesd_mm", (34, 36, 36), LETTER),
        ("lvesd_mm", (34, 34, 38), LETTER),  # a flat step: the interval touches no change
        ("lvesd_mm", (36, 36, 36), NOT_MET),
        ("lvesd_mm", (34, 38, 37), NOT_MET),
        ("lvesd_mm", (38, 36, 34), NOT_MET),
        ("lvesd_mm", (34, 38), FEW),
        ("lvesd_mm", (), FEW),
        ("lvedd_mm", (50, 53, 56), MET),
        ("lvef_percent", (70, 66, 62), MET),
        ("lvef_percent", (70, 68, 66), LETTER),
        ("lvef_percent", (62, 66, 70), NOT_MET),
    ],
)
def test_three_studies_in_the_adverse_direction_are_progressive(measure, values, state):
    found = answered(measure, *yearly(*values))
    assert found.state is state
    assert found.answer is {MET: True, LETTER: True, NOT_MET: False}.get(state)
    assert found.is_within_error is (state is LETTER)


def test_noise_adds_words_and_leaves_the_yes():
    found = answered("lvesd_mm", *yearly(34, 35, 36))
    assert found.answer is True
    assert "Met by the letter, within measurement error" in found.words
    loud = NoiseModel(settings={("lvesd_mm", "", "North"): Setting(D(9), "repeats")})
    assert answered("lvesd_mm", *yearly(34, 36, 38), noise=loud).state is LETTER


def test_the_studies_are_named():
    found = answered("lvesd_mm", *yearly(40, 34, 35, 37, 39))
    assert [point.source for point in found.studies] == [
        "echo:2019-01-01",
        "echo:2020-01-01",
        "echo:2021-01-01",
        "echo:2022-01-01",
    ]
    assert "34 on 1 Jan 2019, 35 on 1 Jan 2020" in found.words
    assert found.change.low == 5
    assert found.slope.studies == 4


def test_earlier_better_studies_do_not_undo_the_latest_run():
    assert answered("lvesd_mm", *yearly(34, 35, 34, 37, 38, 40)).state is MET


def test_a_long_flat_beginning_leaves_the_run_that_follows():
    found = answered("lvesd_mm", *yearly(34, 34, 34, 36, 38))
    assert found.state is MET
    assert found.studies[-1].interval.low == 38


def test_a_recovery_at_the_end_ends_it():
    found = answered("lvesd_mm", *yearly(34, 36, 38, 36))
    assert found.answer is False
    assert "36 on 1 Jan 2019, 38 on 1 Jan 2020, 36 on 1 Jan 2021" in found.words


@pytest.mark.parametrize(
    ("days", "counts"),
    [
        (("2024-02-01", "2024-05-01", "2024-08-01"), True),
        (("2024-02-01", "2024-05-01", "2024-07-31"), False),
        (("2023-08-31", "2023-11-30", "2024-02-29"), True),
        (("2024-02-02", "2024-05-01", "2024-08-01"), False),
        (("2024-01-01", "2024-04-01", "2025-04-01"), True),
    ],
)
def test_studies_are_three_months_apart_or_more(days, counts):
    points = [study(day, value) for day, value in zip(days, (34, 36, 38), strict=True)]
    found = answered("lvesd_mm", *points)
    assert found.state is (MET if counts else FEW)
    assert counts or "less than three months before" in found.left_out[-1].why


def test_a_study_too_near_does_not_disturb_the_others():
    points = [*yearly(34, 36), study("2019-12-15", 30), study("2020-01-01", 38)]
    assert answered("lvesd_mm", *points).state is MET


def test_an_event_between_ends_it():
    repair = Event(date(2019, 6, 1), "mitral repair")
    found = answered("lvesd_mm", *yearly(34, 36, 38), events=(repair,))
    assert found.state is FEW
    assert found.answer is None
    assert "1 of the 3 studies" in found.words


@pytest.mark.parametrize("more", [{"is_final": False}, {"is_rest": False}, {"method": "visual"}])
def test_only_final_studies_at_rest_of_one_method_count(more):
    points = [*yearly(70, 66), study("2020-01-01", 62, **more)]
    assert answered("lvef_percent", *points).state is FEW


def test_a_method_that_was_not_stated_leaves_lvef_open_but_no_diameter():
    points = [study("2018-01-01", 70, method=""), *yearly(70, 66, 62)[1:]]
    found = answered("lvef_percent", *points)
    assert (found.state, found.answer) == (CANNOT_TELL, None)
    assert "not stated" in found.words
    assert answered("lvesd_mm", *yearly(34, 36, 38, method="")).state is MET


@pytest.mark.parametrize(
    ("last", "state"),
    [
        (Interval(D(38), D(40)), MET),
        (Interval(D(36), D(40)), LETTER),
        (Interval(D(35), D(40)), CANNOT_TELL),
        (Interval(None, D(40)), CANNOT_TELL),
        (Interval(D(38), None), MET),
        (Interval(D(30), D(35)), NOT_MET),
    ],
)
def test_a_range_counts_only_as_far_as_all_of_it_agrees(last, state):
    assert answered("lvesd_mm", *yearly(34, 36, last)).state is state


def test_open_ranges_alone_have_no_slope():
    above = [Interval(D(low), None) for low in (30, 34, 38)]
    found = answered("lvesd_mm", *yearly(*above))
    assert (found.state, found.slope) == (CANNOT_TELL, None)


def test_the_ranges_of_a_slope_may_leave_it_open():
    points = yearly(Interval(D(33), D(36)), 36, Interval(D(36), None))
    assert answered("lvesd_mm", *points).state is CANNOT_TELL


@pytest.mark.parametrize(
    ("measure", "values", "beyond"),
    [
        ("lvesd_mm", (34, 36, 39), False),
        ("lvesd_mm", (34, 36, 40), True),
        ("lvef_percent", (70, 66, 61), False),
        ("lvef_percent", (70, 66, 60), True),
        ("lvedd_mm", (50, 55, 60), False),
        ("lvesd_mm", (), None),
        ("lvesd_mm", (34, 36, Interval(D(39), D(41))), None),
    ],
)
def test_beyond_the_limit_another_rule_applies_and_it_says_so(measure, values, beyond):
    assert answered(measure, *yearly(*values)).is_beyond is beyond


def test_it_is_defined_for_three_measures_only():
    with pytest.raises(ValueError, match="eroa_mm2"):
        answered("eroa_mm2")


def test_studies_of_one_laboratory_and_another_are_held_against_wider_noise():
    points = [study("2018-01-01", 34, laboratory="South"), *yearly(34, 36, 38)[1:]]
    assert answered("lvesd_mm", *points).state is LETTER


@pytest.mark.parametrize("values", [(34, 36, 38), (38, 36, 34), ()])
def test_the_answer_can_be_stored(values):
    stored = json.loads(json.dumps(answered("lvesd_mm", *yearly(*values)).as_dict()))
    assert stored["state"] in set(map(str, ProgressiveState))
    assert len(stored["studies"]) <= 3
