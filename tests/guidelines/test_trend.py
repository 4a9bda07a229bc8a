"""Slopes against the vectors of scores 11b; the filter against least squares; dates."""

import importlib
import math
import random

import pytest

from guidelines.trend import NORMAL, Course, filtered, theil_sen, years_until

TIMES = (0.0, 0.5, 1.1, 2.0, 2.9, 4.1)
LVESD = (34, 35, 34, 37, 38, 40)
LVEF = (66, 64, 65, 61, 60, 57)
OUTLIER = (34, 35, 34, 37, 47, 40)


@pytest.mark.parametrize(
    ("values", "slope", "low", "high"),
    [
        (LVESD, 1.4285714286, 0.0, 2.2222222222),
        (LVEF, -2.0689655172, -4.0, -0.9090909091),
        (OUTLIER, 1.5, -1.6666666667, 7.2222222222),
    ],
)
def test_the_slope_and_its_interval_agree_with_the_vectors(values, slope, low, high):
    found = theil_sen(TIMES, values)
    assert found.value == pytest.approx(slope)
    assert found.low == pytest.approx(low, abs=1e-9)
    assert found.high == pytest.approx(high)
    assert found.least == found.most == found.value


def test_the_slope_agrees_with_scipy_where_it_is_installed():
    try:
        stats = importlib.import_module("scipy.stats")
    except ImportError:
        pytest.skip("scipy is not installed; the vectors of scores 11b are checked instead")
    chance = random.Random(1)
    for n in range(3, 30):
        times = sorted(chance.uniform(0, 10) for _each in range(n))
        values = [float(chance.randint(30, 70)) for _each in range(n)]
        slope, _intercept, low, high = stats.theilslopes(values, times, 0.95)
        found = theil_sen(times, values)
        assert (found.value, found.low, found.high) == pytest.approx((slope, low, high))


def test_a_visible_rise_of_six_studies_may_still_touch_no_change():
    assert not theil_sen(TIMES, LVESD).excludes_zero
    assert theil_sen(TIMES, LVEF).excludes_zero
    assert theil_sen((0.0, 1.0, 2.0), (1, 2, 4)).excludes_zero


def test_one_wild_study_hardly_moves_the_slope():
    assert theil_sen(TIMES, OUTLIER).value - theil_sen(TIMES, LVESD).value < 0.1


@pytest.mark.parametrize(("studies", "informative"), [(4, False), (5, True)])
def test_the_interval_of_fewer_than_five_studies_is_flagged(studies, informative):
    found = theil_sen(TIMES[:studies], LVESD[:studies])
    assert found.is_informative is informative
    assert found.as_dict()["is_informative"] is informative


def test_studies_of_one_day_have_no_slope():
    assert theil_sen((1.0, 1.0), (3, 4)) is None
    assert theil_sen((), ()) is None


def test_two_studies_of_one_day_do_not_disturb():
    assert theil_sen((0.0, 1.0, 1.0), (1, 3, 3)).value == 2


def test_ranges_widen_the_slope_and_its_interval():
    exact = theil_sen(TIMES, LVESD)
    lows, highs = [value - 1 for value in LVESD], [value + 1 for value in LVESD]
    wide = theil_sen(TIMES, LVESD, lows=lows, highs=highs)
    assert wide.value == exact.value
    assert wide.least < exact.value < wide.most
    assert wide.low < exact.low
    assert wide.high > exact.high


def test_an_open_range_has_no_middle_but_takes_away_certainty():
    values = (60.0, 61.0, math.nan)
    found = theil_sen((0.0, 1.0, 2.0), values, lows=(60, 61, 60), highs=(60, 61, math.inf))
    assert found.value == 1
    assert found.high == math.inf
    assert found.as_dict()["high"] is None
    assert found.as_dict()["low"] == -1


def test_an_open_range_alone_gives_no_slope():
    assert theil_sen((0.0, 1.0), (1.0, math.nan), lows=(1, 0), highs=(1, math.inf)) is None


def least_squares(times, values):
    n, mean_t, mean_y = len(times), sum(times) / len(times), sum(values) / len(values)
    slope = sum((t - mean_t) * (y - mean_y) for t, y in zip(times, values, strict=True))
    slope /= sum((t - mean_t) ** 2 for t in times)
    assert n > 2
    return mean_y + slope * (times[-1] - mean_t), slope


def test_without_prior_and_wander_the_filter_is_least_squares():
    found = filtered(TIMES, LVEF, [1.0] * 6, usual_slope=1000.0, wander=0.0)
    level, slope = least_squares(TIMES, LVEF)
    assert found.level == pytest.approx(level, abs=1e-4)
    assert found.slope == pytest.approx(slope, abs=1e-4)
    assert math.sqrt(found.var_slope) == pytest.approx(
        1 / math.sqrt(sum((t - sum(TIMES) / 6) ** 2 for t in TIMES)), rel=1e-4
    )


def test_a_slope_from_two_noisy_studies_is_held_back():
    held = filtered((0.0, 1.0), (60.0, 54.0), (5.8, 5.8), usual_slope=1.26, wander=0.0)
    free = filtered((0.0, 1.0), (60.0, 54.0), (5.8, 5.8), usual_slope=100.0, wander=0.0)
    assert -1.5 < held.slope < 0
    assert free.slope < -5


def test_one_study_knows_only_its_level():
    found = filtered((0.0,), (60.0,), (4.0,), usual_slope=1.0, wander=0.5)
    assert found.ahead(0) == (60.0, 2.0)
    assert found.ahead(2) == (60.0, pytest.approx(math.sqrt(4 + 4 + 0.5)))
    assert found.probability_above(60) == 0.5
    assert found.probability_rising() == 0.5


RISING = Course(level=35.0, slope=1.0, var_level=1.0, covariance=0.0, var_slope=0.01, wander=0.1)


def test_the_day_of_a_limit_is_where_the_probability_reaches_it():
    for probability in (0.1, 0.5, 0.9):
        years = years_until(RISING, 40.0, probability, 20.0)
        assert RISING.probability_above(40.0, years) == pytest.approx(probability, abs=1e-3)
    assert years_until(RISING, 40.0, 0.5, 20.0) == pytest.approx(5, abs=1e-2)


def test_a_limit_that_is_passed_already_takes_no_time():
    assert years_until(RISING, 35.0, 0.5, 20.0) == 0


def test_a_limit_beyond_the_longest_span_has_no_day():
    assert years_until(RISING, 40.0, 0.5, 4.0) is None


def test_the_reach_of_a_share_is_that_of_the_normal_distribution():
    assert NORMAL.inv_cdf(0.9) == pytest.approx(1.2815515655)
