"""Cumulative incidences against reference results, against brute force, and their properties."""

import csv
import importlib
import math
import os
import random
from collections import Counter
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guidelines.incidence import incidences_of, interval_of
from tests.guidelines.survival_vectors import (
    BMT,
    BMT_RESULTS,
    CGVHD,
    CGVHD_RESULTS,
    HEART_VALVE_RESULTS,
    WALTONS_RESULTS,
)

OBSERVATIONS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=30)
ENDED = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 3)), min_size=1, max_size=30)
TIMES = (-1, 0, 1, 2, 3, 5, 8, 12, 14)
CAUSES = (1, 2, 3)


def spread_out(counts):
    return [(time, cause) for time, cause, count in counts for _each in range(count)]


# --- Reference results ---------------------------------------------------------------------------


@pytest.mark.parametrize(("time", "first", "first_error", "second", "second_error"), BMT_RESULTS)
def test_it_agrees_with_the_reference_with_ties_and_an_end_at_time_zero(
    time, first, first_error, second, second_error
):
    found = incidences_of(spread_out(BMT))
    assert found.n == 35
    assert found.share(1, time) == pytest.approx(first, abs=1e-6)
    assert found.share(2, time) == pytest.approx(second, abs=1e-6)
    assert math.sqrt(found.variance(1, time)) == pytest.approx(first_error, abs=1e-8)
    assert math.sqrt(found.variance(2, time)) == pytest.approx(second_error, abs=1e-8)


@pytest.mark.parametrize(("cause", "share", "error"), CGVHD_RESULTS)
def test_it_agrees_with_the_reference_of_three_causes(cause, share, error):
    found = incidences_of(spread_out(CGVHD))
    assert found.n == 100
    assert found.share(cause, 1000) == pytest.approx(share, abs=1e-6)
    assert math.sqrt(found.variance(cause, 1000)) == pytest.approx(error, abs=1e-8)


@pytest.mark.parametrize(("counts", "free", "median"), WALTONS_RESULTS)
def test_with_one_cause_it_agrees_with_kaplan_meier(counts, free, median):
    found = incidences_of(spread_out(counts))
    for time, share in free.items():
        assert found.event_free_at(time) == pytest.approx(share, abs=1e-6)
    assert found.quantile(1) == median


def test_it_agrees_with_the_reference_of_500_patients_where_it_is_installed():
    try:
        datasets = importlib.import_module("sksurv.datasets")
    except ImportError:
        pytest.skip("scikit-survival is not installed; the other vectors are checked instead")
    _facts, ends = datasets.load_whas500()
    found = incidences_of((float(time), int(died)) for died, time in ends)
    for time, free in {365: 0.724, 730: 0.64158, 1096: 0.611676, 1826: 0.493815}.items():
        assert found.event_free_at(time) == pytest.approx(free, abs=1e-6)
    assert found.quantile(1) == 1627
    low, high = found.interval(1, 365)
    assert (1 - high, 1 - low) == pytest.approx((0.682576, 0.760989), abs=1e-6)


def rows_of(*names):
    """The rows of a real file, or skip: the folder of the heart-valve files or the one above it."""
    given_folder = os.environ.get("MRTRACK_TEST_DATA", "")
    for folder in (Path(given_folder), Path(given_folder).parent):
        path = folder.joinpath(*names)
        if given_folder and path.is_file():
            with path.open(encoding="utf-8") as file:
                return list(csv.DictReader(file))
    pytest.skip(f"MRTRACK_TEST_DATA does not lead to {names[-1]}")


def years(start, end):
    return (date.fromisoformat(end) - date.fromisoformat(start)).days / 365.25


@pytest.mark.parametrize(("prosthesis", "free"), HEART_VALVE_RESULTS)
def test_it_agrees_with_the_reference_of_the_heart_valve_file(prosthesis, free):
    operations = {row["mrn"]: row for row in rows_of("heart_valve", "operations.csv")}
    found = incidences_of(
        (
            years(operation["performed_on"], row["deceased_on"] or row["last_contact_on"]),
            int(bool(row["deceased_on"])),
        )
        for row in rows_of("heart_valve", "patients.csv")
        if (operation := operations[row["mrn"]])["prosthesis"] == prosthesis or not prosthesis
    )
    for time, share in free.items():
        assert found.event_free_at(time) == pytest.approx(share, abs=1e-6)


def test_it_agrees_with_the_reference_of_the_heart_failure_file():
    rows = rows_of("tabular", "heart_failure_clinical_records_299.csv")
    found = incidences_of((float(row["time"]), int(row["DEATH_EVENT"])) for row in rows)
    for time, share in {30: 0.88228, 90: 0.76268, 180: 0.654293, 240: 0.593695}.items():
        assert found.event_free_at(time) == pytest.approx(share, abs=1e-6)


# --- Brute force ---------------------------------------------------------------------------------


def redistributed(observations, cause, time):
    """The cumulative incidence without a product: each censored one gives its weight to the later.

    Exact, in fractions (Efron's redistribution to the right).
    """
    waiting = [[at, its_cause, Fraction(1, len(observations))] for at, its_cause in observations]
    share = Fraction(0)
    for at in sorted({each[0] for each in waiting}):
        here = [each for each in waiting if each[0] == at]
        later = [each for each in waiting if each[0] > at]
        if at <= time:
            share += sum(each[2] for each in here if each[1] == cause)
        given_on = sum((each[2] for each in here if each[1] == 0), Fraction(0))
        for each in later:
            each[2] += given_on / len(later)
    return share


def closed_variance(observations, cause, time):
    """The variance by the closed formula of the module's first lines, in fractions."""
    ends = sorted({at for at, its_cause in observations if its_cause and at <= time})
    rows, free, share = [], Fraction(1), Fraction(0)
    for at in ends:
        n = sum(each >= at for each, _cause in observations)
        d = sum(each == at and its_cause > 0 for each, its_cause in observations)
        own = sum(each == at and its_cause == cause for each, its_cause in observations)
        share += free * own / n
        rows.append((n, d, own, free, share))
        free *= Fraction(n - d, n)
    return sum(
        (
            ((share - so_far) ** 2 * Fraction(d, n * (n - d)) if n > d else 0)
            + before**2 * Fraction(own * (n - own), n**3)
            - 2 * (share - so_far) * before * Fraction(own, n**2)
            for n, d, own, before, so_far in rows
        ),
        Fraction(0),
    )


@given(OBSERVATIONS)
@settings(deadline=None)
def test_shares_agree_with_brute_force(observations):
    found = incidences_of(observations)
    for cause in CAUSES:
        for time in TIMES:
            exact = redistributed(observations, cause, time)
            assert found.share(cause, time) == pytest.approx(float(exact), abs=1e-12)


@given(OBSERVATIONS)
@settings(deadline=None)
def test_variances_agree_with_brute_force(observations):
    found = incidences_of(observations)
    for cause in CAUSES:
        for time in TIMES:
            exact = closed_variance(observations, cause, time)
            assert found.variance(cause, time) == pytest.approx(float(exact), abs=1e-12)


@given(OBSERVATIONS)
@settings(deadline=None)
def test_counts_agree_with_brute_force(observations):
    found = incidences_of(observations)
    for time in TIMES:
        assert found.at_risk_at(time) == sum(at >= time for at, _cause in observations)
        for cause in CAUSES:
            seen = sum(at <= time and its == cause for at, its in observations)
            assert found.ends_by(cause, time) == seen
    assert found.at_risk == tuple(map(found.at_risk_at, found.times))


@given(OBSERVATIONS, st.fractions(0, 1, max_denominator=10).filter(bool))
@settings(deadline=None)
def test_the_quantile_is_the_first_time_of_the_exact_share(observations, share):
    found = incidences_of(observations)
    for cause in CAUSES:
        reached = (at for at in found.times if redistributed(observations, cause, at) >= share)
        assert found.quantile(cause, float(share)) == next(reached, None)


# --- Properties ----------------------------------------------------------------------------------


@given(OBSERVATIONS)
@settings(deadline=None)
def test_the_shares_and_the_event_free_add_up_to_one(observations):
    found = incidences_of(observations)
    for time in TIMES:
        shares = [found.share(cause, time) for cause in CAUSES]
        assert sum(shares) + found.event_free_at(time) == pytest.approx(1, abs=1e-12)


@given(OBSERVATIONS)
@settings(deadline=None)
def test_shares_never_fall_and_the_event_free_never_rise(observations):
    found = incidences_of(observations)
    for before, after in pairwise(TIMES):
        assert found.event_free_at(before) >= found.event_free_at(after) >= 0
        assert found.event_free_before(after) == found.event_free_at(after - 1)
        for cause in CAUSES:
            assert 0 <= found.share(cause, before) <= found.share(cause, after) <= 1


@given(OBSERVATIONS)
@settings(deadline=None)
def test_one_cause_is_one_minus_kaplan_meier_with_greenwoods_variance(observations):
    single = [(time, int(cause > 0)) for time, cause in observations]
    found = incidences_of(single)
    for time in TIMES:
        free, sum_of_greenwood = Fraction(1), Fraction(0)
        for at, died in sorted(Counter(at for at, died in single if died and at <= time).items()):
            n = sum(each >= at for each, _died in single)
            free *= Fraction(n - died, n)
            sum_of_greenwood += Fraction(died, n * (n - died)) if n > died else 0
        assert found.event_free_at(time) == pytest.approx(float(free), abs=1e-12)
        assert found.share(1, time) == pytest.approx(1 - float(free), abs=1e-12)
        greenwood = float(free**2 * sum_of_greenwood)
        assert found.variance(1, time) == pytest.approx(greenwood, abs=1e-12)


@given(ENDED)
@settings(deadline=None)
def test_without_censoring_it_is_the_simple_proportion(observations):
    found, n = incidences_of(observations), len(observations)
    for cause in CAUSES:
        for time in TIMES:
            share = sum(at <= time and its == cause for at, its in observations) / n
            assert found.share(cause, time) == pytest.approx(share, abs=1e-12)
            assert found.variance(cause, time) == pytest.approx(share * (1 - share) / n, abs=1e-12)


@given(OBSERVATIONS.flatmap(lambda each: st.tuples(st.just(each), st.permutations(each))))
@settings(deadline=None)
def test_the_order_does_not_matter(both):
    assert incidences_of(both[0]) == incidences_of(both[1])


@given(OBSERVATIONS)
@settings(deadline=None)
def test_intervals_hold_the_share_and_stay_between_0_and_1(observations):
    found = incidences_of(observations)
    for cause in CAUSES:
        for time in TIMES:
            share, interval = found.share(cause, time), found.interval(cause, time)
            if interval is None:
                assert share in (0, pytest.approx(1))
            else:
                assert 0 <= interval[0] < share < interval[1] <= 1


@given(OBSERVATIONS)
@settings(deadline=None)
def test_the_quantile_lies_in_its_interval(observations):
    found = incidences_of(observations)
    for cause in CAUSES:
        time, (low, high) = found.quantile(cause), found.quantile_interval(cause)
        if time is not None and low is not None:
            assert low <= time
        if high is not None:
            assert time is not None
            assert time <= high


def test_the_interval_holds_the_truth_as_often_as_it_says():
    """Two causes with constant rates 1 and 0.5, censored at rate 0.5; the share at time 1."""
    chance, held = random.Random(7), 0
    truth = (1 - math.exp(-1.5)) / 1.5
    for _study in range(400):
        observations = []
        for _patient in range(80):
            ends = [(chance.expovariate(rate), cause) for cause, rate in ((1, 1), (2, 0.5))]
            observations.append(min(*ends, (chance.expovariate(0.5), 0)))
        low, high = incidences_of(observations).interval(1, 1)
        held += low <= truth <= high
    assert 0.92 <= held / 400 <= 0.98


# --- Edges ---------------------------------------------------------------------------------------


def test_who_is_censored_at_a_time_is_at_risk_at_that_time():
    found = incidences_of([(5, 1), (5, 0)])
    assert found.at_risk_at(5) == 2
    assert found.share(1, 5) == 0.5


def test_an_end_at_time_zero_counts():
    found = incidences_of([(0, 1), (0, 2), (3, 0), (4, 0)])
    assert found.share(1, 0) == found.share(2, 0) == 0.25
    assert (found.event_free_before(0), found.event_free_at(0)) == (1, 0.5)


def test_a_cause_that_nobody_had_is_0_and_has_no_quantile():
    found = incidences_of([(1, 1), (2, 0)])
    assert (found.share(2, 9), found.variance(2, 9), found.ends_by(2, 9)) == (0, 0, 0)
    assert found.interval(2, 9) is None
    assert found.quantile(2) is None
    assert found.quantile_interval(2) == (None, None)


def test_nobody_observed_says_nothing():
    found = incidences_of([])
    assert found.n == 0
    assert not found.is_followed_to(0)


def test_it_says_how_far_somebody_was_followed():
    found = incidences_of([(3, 1), (10, 0)])
    assert found.is_followed_to(10)
    assert not found.is_followed_to(11)
    assert incidences_of([(3, 1), (10, 2)]).is_followed_to(11)


def test_a_share_that_is_exactly_a_half_reaches_the_median():
    """In floating point 1/6 + 5/6·1/5 + … is a little less than a half."""
    for n in range(2, 60, 2):
        assert incidences_of((time, 1) for time in range(1, n + 1)).quantile(1) == n / 2


def test_the_interval_is_the_usual_one_of_kaplan_meier():
    """log(−log S) ± 1.96·se(log S)/|log S|, by hand: 8 of 10 free, none censored."""
    found = incidences_of([(1, 1)] * 2 + [(2, 0)] * 8)
    width = 1.959963985 * math.sqrt(2 / (10 * 8)) / -math.log(0.8)
    low, high = found.interval(1, 1)
    assert 1 - low == pytest.approx(0.8 ** math.exp(-width))
    assert 1 - high == pytest.approx(0.8 ** math.exp(width))


def test_a_wider_confidence_gives_a_wider_interval():
    narrow, wide = interval_of(0.4, 0.01, 0.8), interval_of(0.4, 0.01, 0.99)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


@pytest.mark.parametrize(
    "observation", [(-1, 1), (math.nan, 1), (math.inf, 0), (1, -1), (1, True), (1, 1.5)]
)
def test_it_refuses_what_is_no_time_or_no_cause(observation):
    with pytest.raises(ValueError, match="not a"):
        incidences_of([observation])


@pytest.mark.parametrize("share", [0, -0.1, 1.1, math.nan])
def test_it_refuses_what_is_no_share(share):
    with pytest.raises(ValueError, match="not a share"):
        incidences_of([(1, 1)]).quantile(1, share)
    with pytest.raises(ValueError, match="not a share"):
        incidences_of([(1, 1)]).quantile_interval(1, share)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_it_refuses_what_is_no_confidence(confidence):
    with pytest.raises(ValueError, match="not a confidence"):
        interval_of(0.5, 0.01, confidence)
