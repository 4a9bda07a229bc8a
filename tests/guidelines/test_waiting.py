"""Waits: shares, medians and curves by what ended them, and the run chart by month."""

import random
from collections import Counter
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guidelines.incidence import incidences_of
from guidelines.run_chart import RunRule
from guidelines.waiting import CODES, Wait, WaitEnd, by_month, waiting_of

DECIDED, TREATED = WaitEnd.DECIDED, WaitEnd.TREATED
DIED, DETERIORATED = WaitEnd.DIED, WaitEnd.DETERIORATED
START = date(2025, 1, 1)
ON = date(2026, 11, 30)
ENDS = st.sampled_from([*WaitEnd, None])


def wait(days, ended=None, started_on=START, key="P"):
    return Wait(days, ended, started_on, key)


def waits(*pairs):
    return [
        Wait(days, ended, START, f"P{place}") for place, (days, ended) in enumerate(pairs, start=1)
    ]


SOME = waits(
    (10, TREATED), (20, DIED), (20, None), (30, TREATED), (40, DETERIORATED), (50, None),
)  # fmt: skip


# --- Shares --------------------------------------------------------------------------------------


def test_the_share_within_some_days_by_hand():
    """1/6, then S = 4/6 with three at risk at day 30: 1/6 + 4/6 · 1/3."""
    found = waiting_of(SOME).share_within(TREATED, 30)
    assert found.share == pytest.approx(1 / 6 + 4 / 6 / 3)
    assert found.low < found.share < found.high
    assert (found.reached, found.at_risk, found.started) == (2, 3, 6)


def test_the_last_day_counts():
    found = waiting_of(SOME)
    assert found.share_within(TREATED, 9).share == 0
    assert found.share_within(TREATED, 10).share == pytest.approx(1 / 6)


def test_a_share_of_0_has_no_interval():
    found = waiting_of(SOME).share_within(DECIDED, 30)
    assert (found.share, found.low, found.high) == (0, None, None)


def test_who_died_waiting_is_not_taken_for_still_waiting():
    found = waiting_of(waits(*[(5, DIED)] * 5, *[(10, TREATED)] * 5))
    assert found.share_within(TREATED, 10).share == pytest.approx(0.5)
    as_waiting = incidences_of([(5, 0)] * 5 + [(10, 1)] * 5)
    assert as_waiting.share(1, 10) == 1


def test_beyond_the_time_that_anybody_was_followed_it_is_not_known():
    found = waiting_of(SOME)
    assert found.share_within(TREATED, 50) is not None
    assert found.share_within(TREATED, 51) is None
    assert found.still_waiting_after(51) is None


def test_when_every_wait_has_ended_it_is_known_for_ever():
    found = waiting_of(waits((3, TREATED), (4, DIED)))
    assert found.share_within(TREATED, 1000).share == 0.5
    assert found.still_waiting_after(1000) == 0


def test_the_ends_and_the_waiting_add_up():
    found = waiting_of(SOME)
    assert found.ended == {DECIDED: 0, TREATED: 2, DIED: 1, DETERIORATED: 1}
    assert found.still_waiting == 2
    assert (found.at_risk(20), found.at_risk(21)) == (5, 3)
    shares = [found.share_within(end, 40).share for end in WaitEnd]
    assert sum(shares) + found.still_waiting_after(40) == pytest.approx(1)


def test_nobody_waiting_is_not_known():
    found = waiting_of([])
    assert found.started == found.still_waiting == 0
    assert found.share_within(TREATED, 0) is None
    assert found.days_to(TREATED).days is None
    assert found.curve(TREATED) == ()


def test_the_curve_has_a_step_for_each_day_on_which_a_wait_ended():
    found = waiting_of(SOME)
    steps = found.curve(TREATED)
    assert [step.days for step in steps] == [10, 20, 30, 40]
    assert steps == tuple(found.share_within(TREATED, step.days) for step in steps)


@given(st.lists(st.tuples(st.integers(0, 12), ENDS), max_size=20), st.integers(0, 13))
@settings(deadline=None)
def test_it_is_the_incidence_of_the_same_days(pairs, days):
    found = waiting_of(waits(*pairs))
    core = incidences_of((day, CODES[ended]) for day, ended in pairs)
    assert found.incidences == core
    for end in WaitEnd:
        within = found.share_within(end, days)
        assert (within is None) is not core.is_followed_to(days)
        assert within is None or within.share == core.share(CODES[end], days)


# --- The time to a share -------------------------------------------------------------------------


def test_the_median_is_the_day_by_which_half_of_all_who_wait_were_treated():
    found = waiting_of(waits((10, TREATED), (20, TREATED), (30, DIED), (40, TREATED)))
    assert found.days_to(TREATED).days == 20
    assert found.days_to(TREATED, 0.75).days == 40


def test_there_is_no_median_when_fewer_than_half_are_ever_treated():
    found = waiting_of(waits((10, TREATED), (20, DIED), (30, DIED)))
    assert found.days_to(TREATED).days is None


def test_the_median_has_an_interval():
    found = waiting_of(waits(*((day, TREATED) for day in range(1, 100)))).days_to(TREATED)
    assert found.days == 50
    assert 38 <= found.low < 50 < found.high <= 62


def test_the_median_of_few_has_an_open_interval():
    found = waiting_of(waits((1, TREATED), (2, TREATED))).days_to(TREATED)
    assert (found.days, found.high) == (1, None)


# --- The record of a wait ------------------------------------------------------------------------


def test_a_wait_cannot_be_negative():
    with pytest.raises(ValueError, match="a wait of -1 days: P"):
        wait(-1)


def test_every_end_has_a_code_of_its_own_and_none_is_censored():
    assert CODES[None] == 0
    assert sorted(CODES.values()) == list(range(len(WaitEnd) + 1))


# --- By month ------------------------------------------------------------------------------------


def month_of(chart, year, month):
    return next(each for each in chart.months if each.month == date(year, month, 1))


def test_a_month_holds_the_keys_behind_each_count():
    started = [
        wait(10, TREATED, date(2026, 1, 3), "in time"),
        wait(30, TREATED, date(2026, 1, 3), "on the last day"),
        wait(31, TREATED, date(2026, 1, 4), "late"),
        wait(5, DIED, date(2026, 1, 5), "died"),
        wait(40, DIED, date(2026, 1, 6), "died later"),
        wait(30, None, date(2026, 1, 31), "left on the last day"),
    ]
    chart = by_month(started, end=TREATED, within_days=30, on=ON)
    found = month_of(chart, 2026, 1)
    assert found.reached == ("in time", "on the last day")
    assert found.ended_otherwise == ("died",)
    assert found.longer == ("late", "died later", "left on the last day")
    assert found.waiting == ()
    assert found.started == 6
    assert found.share == pytest.approx(2 / 6)
    assert found.is_mature


def test_who_has_not_waited_so_long_yet_is_no_failure():
    started = [
        wait(10, TREATED, date(2026, 11, 1), "treated"),
        wait(29, None, date(2026, 11, 1), "waiting"),
    ]
    chart = by_month(started, end=TREATED, within_days=30, on=ON)
    found = month_of(chart, 2026, 11)
    assert (found.reached, found.waiting, found.longer) == (("treated",), ("waiting",), ())
    assert not found.is_mature
    assert found.share is None
    assert chart.center is None


@pytest.mark.parametrize(("on", "is_mature"), [(date(2026, 3, 1), False), (date(2026, 3, 2), True)])
def test_a_month_is_mature_when_its_last_day_is_so_long_ago(on, is_mature):
    """30 days after 31 January 2026 is 2 March."""
    chart = by_month([wait(1, TREATED, date(2026, 1, 1))], end=TREATED, within_days=30, on=on)
    found = month_of(chart, 2026, 1)
    assert found.is_mature is is_mature
    assert found.share == 1
    assert chart.center == (1 if is_mature else None)


def test_the_share_allows_for_who_left_while_waiting():
    started = [
        wait(5, None, date(2026, 1, 1), "left"),
        wait(10, TREATED, date(2026, 1, 1), "treated"),
        wait(50, TREATED, date(2026, 1, 1), "late"),
    ]
    found = month_of(by_month(started, end=TREATED, within_days=30, on=ON), 2026, 1)
    assert found.waiting == ("left",)
    assert found.share == pytest.approx(1 / 2)


def test_every_month_from_the_first_start_to_the_day_is_there():
    chart = by_month(
        [wait(1, TREATED, date(2025, 11, 30)), wait(1, TREATED, date(2026, 2, 1))],
        end=TREATED,
        within_days=7,
        on=date(2026, 3, 15),
    )
    assert [each.month for each in chart.months] == [
        date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1),
    ]  # fmt: skip
    assert [each.started for each in chart.months] == [1, 0, 0, 1, 0]
    assert [each.share for each in chart.months] == [1, None, None, 1, None]


def test_without_waits_there_is_no_month():
    chart = by_month([], end=TREATED, within_days=30, on=ON)
    assert (chart.months, chart.center, chart.runs) == ((), None, ())


def test_a_wait_beyond_the_day_is_refused():
    with pytest.raises(ValueError, match="a wait beyond 2026-11-30: P"):
        by_month([wait(1, None, ON)], end=TREATED, within_days=30, on=ON)
    with pytest.raises(ValueError, match="within -1 days"):
        by_month([], end=TREATED, within_days=-1, on=ON)


def months_with(*reached_of_ten):
    """Ten waits from the first of each month of 2025 on, so many of them treated in time."""
    months = [date(2025 + place // 12, place % 12 + 1, 1) for place in range(len(reached_of_ten))]
    keys = count(1)
    return [
        wait(10 if place < reached else 50, TREATED, month, f"{next(keys):04}")
        for month, reached in zip(months, reached_of_ten, strict=True)
        for place in range(10)
    ]


def test_a_shift_and_a_trend_are_found_by_the_places_of_the_months():
    reached = (2, 1, 2, 1, 2, 1, 5, 6, 7, 8, 9, 8, 9)
    chart = by_month(months_with(*reached), end=TREATED, within_days=30, on=ON)
    assert chart.center == 0.5
    assert [(run.rule, run.is_upward, run.places) for run in chart.runs] == [
        (RunRule.SHIFT, False, (0, 1, 2, 3, 4, 5)),
        (RunRule.SHIFT, True, (7, 8, 9, 10, 11, 12)),
        (RunRule.TREND, True, (5, 6, 7, 8, 9, 10)),
    ]


def test_immature_and_empty_months_count_for_neither_median_nor_rules():
    started = months_with(2, 4, 6)
    young = [wait(1, TREATED, date(2026, 11, 20), "young")]
    chart = by_month(started + young, end=TREATED, within_days=30, on=ON)
    assert chart.center == 0.4
    assert month_of(chart, 2026, 11).share == 1


STARTED = st.lists(
    st.tuples(st.integers(0, 100), ENDS, st.integers(0, 400)).map(
        lambda each: (each[0], each[1], START + timedelta(days=each[2]))
    ),
    max_size=30,
)


@given(STARTED, st.integers(0, 60), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_every_wait_is_in_one_group_of_one_month_whatever_the_order(started, within_days, chance):
    some = [wait(*each, key=f"{place:02}") for place, each in enumerate(started)]
    chart = by_month(some, end=TREATED, within_days=within_days, on=ON)
    keys = Counter(
        key
        for month in chart.months
        for group in (month.reached, month.ended_otherwise, month.longer, month.waiting)
        for key in group
    )
    assert keys == Counter(each.key for each in some)
    for month in chart.months:
        if month.started and not month.waiting:
            assert month.share == pytest.approx(len(month.reached) / month.started)
    chance.shuffle(some)
    assert by_month(some, end=TREATED, within_days=within_days, on=ON) == chart


def test_it_takes_ten_thousand_waits():
    chance = random.Random(3)
    some = [
        wait(chance.randint(0, 300), chance.choice([*WaitEnd, None]), key=str(place))
        for place in range(10_000)
    ]
    found = waiting_of(some)
    assert found.started == 10_000
    assert found.share_within(TREATED, 300).share == pytest.approx(0.25, abs=0.05)
