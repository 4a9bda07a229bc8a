"""What a clock is as a wait, and which events belong to it."""

from datetime import date, timedelta

import pytest

from guidelines.clock import (
    Basis,
    Dates,
    Decided,
    Events,
    Until,
    class_1_rules,
    clocks_of,
    edition_behind,
    either_way,
    is_class_1,
    row_behind,
    wait_of,
)
from guidelines.registry import ALL_EDITIONS
from guidelines.waiting import WaitEnd

START = date(2026, 3, 12)
TODAY = date(2026, 9, 1)
KEY = "esc-eacts-2025/primary/symptoms"


def after(days):
    return START + timedelta(days=days)


def wait(until, on=TODAY, **dates):
    found = wait_of(Dates(START, **dates), until, on=on, key="1")
    return (found.days, found.ended) if found else None


def test_a_rule_of_class_1_and_an_edition_either_way_have_a_clock_and_no_others():
    assert is_class_1(KEY)
    assert row_behind(KEY) == "ESC25-P-02"
    assert not is_class_1("esc-eacts-2025/primary/atrial-fibrillation-or-pressure")
    assert all(rule.strength == 3 for rule, _edition in class_1_rules().values())
    for edition in ALL_EDITIONS:
        assert is_class_1(either_way(edition))
        assert edition_behind(either_way(edition)) is edition
        assert row_behind(either_way(edition)) == ""
    assert edition_behind("of an older program") is None


def test_a_wait_that_has_not_ended_lasts_until_today():
    assert wait(Until.DECISION) == ((TODAY - START).days, None)
    assert wait(Until.TREATMENT) == ((TODAY - START).days, None)


def test_it_ends_by_what_comes_first():
    dates = {"decided_on": after(20), "treated_on": after(61), "worsened_on": after(40)}
    assert wait(Until.DECISION, **dates) == (20, WaitEnd.DECIDED)
    assert wait(Until.TREATMENT, **dates) == (40, WaitEnd.DETERIORATED)
    assert wait(Until.TREATMENT, died_on=after(39), **dates) == (39, WaitEnd.DIED)


def test_a_decision_to_treat_goes_on_waiting_and_one_against_does_not():
    assert wait(Until.TREATMENT, decided_on=after(20), treated_on=after(61)) == (
        61,
        WaitEnd.TREATED,
    )
    against = {"decided_on": after(20), "against_on": after(20), "treated_on": after(61)}
    assert wait(Until.TREATMENT, **against) == (20, WaitEnd.DECIDED)


def test_a_treatment_without_a_decision_ends_the_wait_for_one():
    assert wait(Until.DECISION, treated_on=after(5)) == (5, WaitEnd.TREATED)


@pytest.mark.parametrize(
    ("dates", "end"),
    [
        ({"decided_on": 9, "treated_on": 9, "died_on": 9, "worsened_on": 9}, WaitEnd.DECIDED),
        ({"treated_on": 9, "died_on": 9, "worsened_on": 9}, WaitEnd.TREATED),
        ({"died_on": 9, "worsened_on": 9}, WaitEnd.DIED),
    ],
)
def test_of_two_on_one_day_one_counts(dates, end):
    on = {name: after(days) for name, days in dates.items()}
    assert wait(Until.DECISION, **on) == (9, end)


def test_what_is_not_seen_yet_does_not_end_it():
    assert wait(Until.DECISION, on=after(10), decided_on=after(11)) == (10, None)
    assert wait(Until.DECISION, on=after(-1)) is None, "it has not begun"


def test_an_answer_before_it_was_known_is_a_wait_of_no_days():
    assert wait(Until.DECISION, decided_on=after(-3)) == (0, WaitEnd.DECIDED)


def test_events_belong_to_the_course_they_fall_into():
    events = Events(
        referred=[after(-9), after(4), after(200)],
        decided=[Decided(after(20), "intervene", to_treat=True),
                 Decided(after(30), "watch", to_treat=False),
                 Decided(after(210), "intervene", to_treat=True)],
        treated=[(after(61), "mitral_repair"), (after(260), "mitral_mechanical")],
    )  # fmt: skip
    first, second = clocks_of({KEY: (START, after(190))}, {}, events)
    assert (first.referred_on, first.decided_on, first.treated_on) == (
        after(4),
        after(20),
        after(61),
    )
    assert (first.decision, first.against_on) == ("intervene", after(30))
    assert (second.referred_on, second.decided_on, second.treated_on) == (
        after(200),
        after(210),
        after(260),
    )
    assert second.against_on is None


def test_as_known_an_answer_counts_from_the_day_it_was_true():
    events = Events(decided=[Decided(after(2), "watch", to_treat=False)])
    known = [
        clock
        for clock in clocks_of({KEY: (START,)}, {KEY: (after(5),)}, events)
        if clock.basis is Basis.KNOWN
    ]
    assert [(clock.started_on, clock.counted_from) for clock in known] == [(after(5), START)]
    assert known[0].decided_on == after(2)


def test_what_the_record_no_longer_says_was_known_all_the_same():
    events = Events(decided=[Decided(after(2), "watch", to_treat=False)])
    (known,) = clocks_of({}, {KEY: (after(5),)}, events)
    assert known.counted_from == after(5)
    assert known.decided_on is None
