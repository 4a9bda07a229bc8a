"""Outcomes after a mitral intervention at the time points of MVARC (rows MV-01 to MV-07)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise, product

import pytest

from guidelines.outcomes import Event, Result, nearest, outcomes_of, result_words, time_points
from guidelines.registry import ACC_AHA_2020, EDITIONS, ESC_EACTS_2025
from guidelines.schedule import schedule_after
from guidelines.surveillance import FollowUpCase
from guidelines.vocabulary import Mechanism, MitralValveState

ON = date(2024, 3, 1)
PROCEDURE, EARLY, YEAR, TWO, *_ = time_points(ON, ON)
GOOD = Result(
    performed_on=ON,
    is_prosthesis=False,
    by_catheter=True,
    is_alive=True,
    in_place=True,
    converted=False,
    grade=(1, 1),
    grade_before=(4, 4),
    gradient_mmhg=Decimal("4.9"),
    area_cm2=Decimal("1.5"),
    nyha=(1, 1),
    nyha_before=(3, 3),
    walk_m=Decimal(400),
    walk_before_m=Decimal(350),
    kccq=Decimal(80),
    kccq_before=Decimal(70),
)
PROSTHESIS = replace(GOOD, is_prosthesis=True, by_catheter=False, in_place=None, leak=1)


def after(days):
    return ON + timedelta(days=days)


def named(result, point):
    return {outcome.row: outcome for outcome in outcomes_of(result, point)}


def test_the_time_points_go_on_for_as_long_as_somebody_lives():
    labels = [point.label for point in time_points(ON, ON)]
    assert labels == [
        "Procedure", "30 days", "1 year", "2 years", "3 years", "4 years", "5 years"
    ]  # fmt: skip
    late = time_points(ON, date(2034, 1, 1))
    assert late[-1].label == "10 years"
    assert late[-1].target == date(2034, 3, 1)


def test_the_windows_do_not_overlap():
    points = time_points(ON, date(2050, 1, 1))
    assert all(one.closes < other.opens for one, other in pairwise(points))
    assert (EARLY.opens, EARLY.closes) == (after(15), after(90))
    assert EARLY.holds(after(90))
    assert not EARLY.holds(after(91))


def test_the_nearest_day_within_the_window_stands_for_the_point():
    days = [after(10), after(27), after(34), after(91)]
    assert nearest(days, EARLY) == after(27)
    assert nearest([after(29), after(31)], EARLY) == after(31)
    assert nearest([after(5)], EARLY) is None


def test_each_point_has_its_own_outcomes():
    assert list(named(GOOD, PROCEDURE)) == ["MV-01"]
    assert list(named(GOOD, EARLY)) == ["MV-02", "MV-05"]
    assert list(named(GOOD, YEAR)) == ["MV-02", "MV-06"]
    assert list(named(GOOD, TWO)) == ["MV-02"]
    for result in (GOOD, PROSTHESIS):
        for point in (PROCEDURE, EARLY, YEAR, TWO):
            assert all(outcome.is_reached for outcome in outcomes_of(result, point))


BROKEN = [
    ({"is_alive": False}, "died"),
    ({"grade": (3, 3)}, "regurgitation not acceptable"),
    ({"grade": (2, 2), "grade_before": (2, 2)}, "regurgitation not acceptable"),
    ({"gradient_mmhg": Decimal("5.000")}, "mean gradient of 5 mmHg"),
    ({"gradient_mmhg": Decimal("10.50")}, "mean gradient of 10.5 mmHg"),
    ({"area_cm2": Decimal("1.4")}, "valve area of 1.4 cm²"),
    ({"in_place": False}, "no device was left in"),
    ({"events": ((Event.STROKE, ON),)}, "stroke"),
    ({"events": ((Event.REINTERVENTION, after(20)),)}, "reintervention on the valve"),
    ({"events": ((Event.HEMOLYSIS, after(30)),)}, "hemolysis"),
]


@pytest.mark.parametrize(("changes", "against"), BROKEN)
def test_one_broken_condition_decides_it_whatever_is_missing(changes, against):
    for base in (GOOD, replace(GOOD, nyha=None, converted=None, kccq=None)):
        outcome = named(replace(base, **changes), EARLY)["MV-02"]
        assert outcome.is_reached is False
        assert against in outcome.against
        assert outcome.missing == ()


MISSING = [
    ({"is_alive": None}, "whether the patient lived"),
    ({"grade": None}, "MR grade"),
    ({"grade": (2, 3)}, "one MR grade, not a range"),
    ({"grade_before": None}, "MR grade before the procedure"),
    ({"gradient_mmhg": None}, "mean gradient"),
    ({"area_cm2": None}, "valve area"),
    ({"in_place": None}, "whether a device was implanted"),
]


@pytest.mark.parametrize(("changes", "missing"), MISSING)
def test_what_is_missing_leaves_it_open(changes, missing):
    outcome = named(replace(GOOD, **changes), EARLY)["MV-02"]
    assert outcome.is_reached is None
    assert (outcome.against, outcome.missing) == ((), (missing,))


@pytest.mark.parametrize(("leak", "reached"), [(0, True), (1, True), (2, False), (None, None)])
def test_beside_a_prosthesis_the_leak_counts(leak, reached):
    result = replace(PROSTHESIS, leak=leak, grade=None)
    assert named(result, EARLY)["MV-02"].is_reached is reached


@pytest.mark.parametrize(
    ("grade", "before", "words"),
    [
        ((0, 0), None, "optimal"),
        ((2, 2), (3, 3), "acceptable"),
        ((2, 2), (2, 3), ""),
        ((3, 4), (4, 4), "not acceptable"),
        (None, (4, 4), ""),
    ],
)
def test_the_result_in_words(grade, before, words):
    assert result_words(replace(GOOD, grade=grade, grade_before=before)) == words


def test_only_events_by_the_day_of_the_point_count():
    late = replace(GOOD, events=((Event.BLEEDING, after(31)),))
    assert named(late, EARLY)["MV-05"].is_reached is True
    in_time = replace(GOOD, events=((Event.BLEEDING, after(30)),))
    assert named(in_time, EARLY)["MV-05"].is_reached is False
    assert named(in_time, EARLY)["MV-02"].is_reached is True


def test_technical_success_asks_for_the_day_itself():
    assert named(replace(GOOD, converted=True), PROCEDURE)["MV-01"].is_reached is False
    assert named(replace(GOOD, converted=None), PROCEDURE)["MV-01"].is_reached is None
    later = replace(GOOD, events=((Event.REINTERVENTION, after(1)),))
    assert named(later, PROCEDURE)["MV-01"].is_reached is True


@pytest.mark.parametrize(
    ("changes", "reached"),
    [
        ({"nyha": (2, 2)}, True),
        ({"nyha": (2, 3)}, None),
        ({"nyha": (3, 3)}, False),
        ({"nyha_before": (1, 1)}, True),
        ({"nyha": (1, 2), "nyha_before": (1, 1)}, None),
        ({"nyha": (2, 2), "nyha_before": (1, 1)}, False),
        ({"walk_m": Decimal("399.9")}, False),
        ({"kccq": Decimal("79.9")}, False),
        ({"kccq_before": None}, None),
        ({"events": ((Event.ADMISSION, after(200)),)}, False),
    ],
)
def test_patient_success_asks_how_the_patient_fares(changes, reached):
    assert named(replace(GOOD, **changes), YEAR)["MV-06"].is_reached is reached


GRADES = [None, *((low, high) for high in range(5) for low in range(high + 1))]


@pytest.mark.parametrize("alive", [None, True, False])
@pytest.mark.parametrize("gradient", [None, Decimal(4), Decimal(5)])
def test_more_knowledge_never_turns_an_answer_round(alive, gradient):
    for grade, before in product(GRADES, GRADES):
        result = replace(
            GOOD, grade=grade, grade_before=before, is_alive=alive, gradient_mmhg=gradient
        )
        known = named(result, EARLY)["MV-02"].is_reached
        less = named(replace(result, grade=None), EARLY)["MV-02"].is_reached
        assert less is None or less is known


CASE = FollowUpCase(
    on=date(2025, 1, 1),
    valve_state=MitralValveState.SURGICAL_REPAIR,
    intervention_on=ON,
    mechanism=Mechanism.PRIMARY,
    lv_dysfunction_before_repair=False,
    arrhythmia_with_repair=False,
)


def days_of(edition, **changes):
    dues = schedule_after(replace(CASE, **changes), edition, until=date(2030, 3, 1))
    return [(due.by, due.rule.row) for due in dues]


def test_the_schedule_after_a_repair_is_that_of_each_edition():
    assert days_of(ACC_AHA_2020) == [
        (after(90), "AHA-FU-05"), (date(2025, 3, 1), "AHA-FU-09"), (date(2028, 3, 1), "AHA-FU-09"),
    ]  # fmt: skip
    assert [row for _, row in days_of(ESC_EACTS_2025)] == ["local", "ESC25-F-03"]


def test_a_mechanical_valve_has_a_baseline_and_then_no_routine_echo_by_acc_aha():
    mechanical = {"valve_state": MitralValveState.MECHANICAL}
    assert days_of(ACC_AHA_2020, **mechanical) == [(after(90), "AHA-FU-05")]
    assert {row for _, row in days_of(ESC_EACTS_2025, **mechanical)} == {"local", "ESC25-F-04"}


def test_what_happened_since_does_not_move_the_schedule_and_no_day_gives_none():
    for edition in EDITIONS:
        quiet = days_of(edition)
        assert days_of(edition, is_acute=True, symptomatic=True, decision_due=True) == quiet
        assert days_of(edition, intervention_on=None) == []
