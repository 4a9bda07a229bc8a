"""What asks for a person: each on both sides, in the order of the morning's list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidelines.concerns import (
    Concern,
    ConcernCase,
    ConcernKind,
    Plan,
    Trigger,
    concerns_change_on,
    concerns_of,
    mask_of,
    referred_by_itself_on,
    wait_days,
)
from guidelines.pathway import PathwaySettings

ON = date(2026, 11, 22)
CALM = ConcernCase(on=ON, is_symptomatic=False)
K = ConcernKind


def days_ago(days: int) -> date:
    return ON - timedelta(days=days)


def trigger(days: int | None = 1, *, stands: bool = True) -> Trigger:
    return Trigger("Class 1: surgery.", None if days is None else days_ago(days), stands)


def kinds(case: ConcernCase) -> list[ConcernKind]:
    return [concern.kind for concern in concerns_of(case)]


# One field each that makes a concern of its kind and of no other.
EACH: tuple[tuple[ConcernKind, dict[str, Any]], ...] = (
    (K.ACUTE, {"acute_since": days_ago(0)}),
    (K.DANGER, {"dangers": (("INR below 2.0", "Call today"),)}),
    (K.CLASS_1, {"triggers": (trigger(),)}),
    (K.STILL_OPEN, {"triggers": (trigger(stands=False),)}),
    (K.DISCUSS, {"discuss": ("Class 2a: surgery is reasonable.",)}),
    (K.TEAM, {"team_since": days_ago(3)}),
    (K.PLAN, {"plans": (Plan("Repair planned for 3 Mar 2026", days_ago(0)),)}),
    (K.INR, {"inr": (("INR below its range", "Adjust"),)}),
    (K.RESULT, {"unseen": 1, "unseen_since": days_ago(2)}),
    (K.DUE, {"due_words": "Echo", "due_by": days_ago(1)}),
    (K.NEAR, {"near_words": "LVESD 40 mm expected about May"}),
    (K.MISSING, {"missing": "LVESD"}),
)


@pytest.mark.parametrize(("kind", "said"), EACH)
def test_nothing_routine_is_asked_of_who_is_not_followed_and_every_alarm_is(kind, said):
    left = replace(CALM, is_followed=False, **said)
    assert kinds(left) == ([] if kind in (K.DUE, K.NEAR, K.MISSING) else [kind])


def test_a_plan_asks_from_its_day_on():
    ahead = replace(CALM, plans=(Plan("Repair planned", days_ago(-3)),))
    assert kinds(ahead) == []
    assert concerns_change_on(ahead) == days_ago(-3)
    assert kinds(replace(ahead, on=days_ago(-3))) == [K.PLAN]


@pytest.mark.parametrize(("kind", "said"), EACH)
def test_each_is_there_when_said_and_only_then(kind, said):
    assert kinds(CALM) == []
    assert kinds(replace(CALM, **said)) == [kind]


def test_all_of_them_come_in_the_order_of_the_list():
    case = CALM
    for _kind, said in EACH:
        merged = {
            name: (*getattr(case, name), *value) if name == "triggers" else value
            for name, value in said.items()
        }
        case = replace(case, **merged)
    assert kinds(case) == list(ConcernKind)
    assert [kind.rank for kind in ConcernKind] == list(range(1, len(EACH) + 1))


def test_what_stands_comes_before_what_is_only_open_whichever_body_speaks_first():
    case = replace(CALM, triggers=(trigger(stands=False), trigger()))
    assert kinds(case) == [K.CLASS_1, K.STILL_OPEN]


def test_death_ends_everything():
    for _kind, said in EACH:
        assert concerns_of(replace(CALM, has_died=True, **said)) == ()


def test_each_danger_has_its_own_act_and_none_is_to_refer():
    dangers = (("INR below 2.0", "Call today"), ("DOAC", "Call before the next dose"))
    found = concerns_of(replace(CALM, dangers=dangers))
    assert [(concern.words, concern.act) for concern in found] == list(dangers)


def test_several_kinds_are_one_number_and_each_is_found_in_it():
    mask = mask_of([K.ACUTE, K.MISSING, K.ACUTE])
    assert [kind for kind in ConcernKind if kind.bit & mask] == [K.ACUTE, K.MISSING]
    assert mask_of([]) == 0
    assert len({kind.bit for kind in ConcernKind}) == len(ConcernKind)


def test_its_stored_form_is_plain():
    concern = Concern(K.RESULT, "1 result", "Look at it", ON, 2)
    assert concern.as_dict() == {
        "kind": "result", "words": "1 result", "act": "Look at it", "since": "2026-11-22",
        "weight": 2,
    }  # fmt: skip
    assert Concern(K.DUE, "Echo", "Book").as_dict()["since"] is None


def test_an_emergency_that_nobody_acknowledged_comes_first():
    open_one = replace(CALM, acute_since=ON)
    weights = [
        concerns_of(replace(open_one, acute_acknowledged=said))[0].weight for said in (False, True)
    ]
    assert weights == [0, 1]


def test_results_are_counted():
    words = [concerns_of(replace(CALM, unseen=n))[0].words for n in (1, 2)]
    assert words == ["1 result nobody has seen", "2 results nobody has seen"]


def test_an_overdue_date_is_called_about_one_that_is_due_is_booked():
    due = replace(CALM, due_words="Echo", due_by=ON)
    (booked,) = concerns_of(due)
    (called,) = concerns_of(replace(due, is_overdue=True))
    assert (booked.act, called.act) == ("Book", "Call and book")
    assert called.weight < booked.weight


def test_nobody_is_reminded_of_a_date_against_the_goals_of_care():
    assert kinds(replace(CALM, due_words="Echo", due_by=days_ago(9), reminds=False)) == []


# A class 1 or I that nobody answers --------------------------------------------------------------

URGENT, USUAL = 7, 14


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ({"is_symptomatic": False}, USUAL),
        ({"is_symptomatic": True}, URGENT),
        ({"is_symptomatic": None}, URGENT),
        ({"lvef_percent": Decimal(49)}, URGENT),
        ({"lvef_percent": Decimal(50)}, URGENT),
        ({"lvef_percent": Decimal("50.1")}, USUAL),
        ({"lvef_percent": Decimal(51)}, USUAL),
        ({"acute_since": ON}, 0),
        ({"acute_since": ON, "is_symptomatic": True}, 0),
    ],
)
def test_how_long_it_waits(said, days):
    assert wait_days(replace(CALM, **said)) == days


def test_a_clinic_sets_the_days():
    own = PathwaySettings(refer_after=5, refer_after_urgent=2)
    assert wait_days(replace(CALM, settings=own)) == 5
    assert wait_days(replace(CALM, settings=own, is_symptomatic=True)) == 2


@pytest.mark.parametrize(
    ("since", "day"), [(USUAL - 1, None), (USUAL, ON), (USUAL + 1, days_ago(1)), (None, ON)]
)
def test_it_moves_to_the_team_by_itself_on_the_exact_day(since, day):
    case = replace(CALM, triggers=(trigger(since),))
    assert referred_by_itself_on(case, case.triggers[0]) == day
    (concern,) = concerns_of(case)
    assert ("heart team's list" in concern.act) is (day is not None)


def test_in_an_emergency_it_is_there_at_once():
    case = replace(CALM, triggers=(trigger(0),), acute_since=ON)
    assert referred_by_itself_on(case, case.triggers[0]) == ON


def test_symptomatic_patients_come_first_and_unknown_before_free_of_symptoms():
    weights = [
        concerns_of(replace(CALM, triggers=(trigger(),), is_symptomatic=said))[0].weight
        for said in (True, None, False)
    ]
    assert weights == sorted(set(weights))


# Over all cases ----------------------------------------------------------------------------------

pairs = st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=2).map(tuple)
triggers = st.lists(
    st.builds(
        Trigger,
        said=st.just("Class 1"),
        since=st.none() | st.integers(0, 20).map(days_ago),
        stands=st.booleans(),
    ),
    max_size=2,
).map(tuple)
cases = st.builds(
    ConcernCase,
    on=st.just(ON),
    acute_since=st.none() | st.just(ON),
    acute_acknowledged=st.booleans(),
    dangers=pairs,
    triggers=triggers,
    is_symptomatic=st.none() | st.booleans(),
    lvef_percent=st.none() | st.integers(20, 70).map(Decimal),
    discuss=st.lists(st.just("Class 2a"), max_size=1).map(tuple),
    team_since=st.none() | st.just(ON),
    plans=st.lists(
        st.builds(Plan, words=st.just("Repair planned"), look_on=st.integers(-9, 9).map(days_ago)),
        max_size=2,
    ).map(tuple),
    is_followed=st.booleans(),
    inr=pairs,
    unseen=st.integers(0, 2),
    due_words=st.sampled_from(["", "Echo"]),
    is_overdue=st.booleans(),
    near_words=st.sampled_from(["", "LVESD"]),
    missing=st.sampled_from(["", "LVEF"]),
)


def urgency(case: ConcernCase) -> tuple[int, int]:
    """Rank and weight of the first concern: lower comes first on the list."""
    first = next(iter(concerns_of(case)), None)
    return (first.kind.rank, first.weight) if first else (99, 0)


@given(case=cases)
def test_they_are_always_in_order(case):
    ranks = [(concern.kind.rank, concern.weight) for concern in concerns_of(case)]
    assert ranks == sorted(ranks)


@given(
    case=cases,
    sicker=st.sampled_from(
        [
            {"acute_since": ON},
            {"acute_acknowledged": False},
            {"dangers": (("INR 1.4", "Call"),)},
            {"triggers": (trigger(),)},
            {"is_symptomatic": True},
            {"lvef_percent": Decimal(30)},
            {"is_overdue": True},
            {"inr": (("INR 1.9", "Adjust"),)},
            {"missing": "LVESD"},
        ]
    ),
)
def test_the_sicker_is_never_further_down_and_never_waits_longer(case, sicker):
    for name in sicker.keys() & {"dangers", "triggers", "inr"}:
        sicker = {name: (*getattr(case, name), *sicker[name])}
    worse = replace(case, **sicker)
    assert urgency(worse) <= urgency(case)
    assert wait_days(worse) <= wait_days(case)


@given(case=cases)
def test_time_alone_changes_them_on_no_day_before_the_one_that_is_said(case):
    changes = concerns_change_on(case)
    assert changes is None or changes > ON
    known = replace(case, triggers=tuple(t for t in case.triggers if t.since is not None))
    now = concerns_of(known)
    for days in range(min(40, ((changes or date.max) - ON).days)):
        assert concerns_of(replace(known, on=ON + timedelta(days=days))) == now
    if changes is not None:
        assert concerns_of(replace(known, on=changes)) != now
