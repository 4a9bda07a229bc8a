"""Real change or noise; limits, dates and the band of the next study; nothing is suppressed."""

import json
import math
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guidelines.noise import NoiseModel, NoiseSource, OwnNoise, Setting
from guidelines.numbers import Interval
from guidelines.progression import (
    CourseVerdict,
    Direction,
    Limit,
    progression_of,
)
from guidelines.series import LATEST, MEASURES, Event, Point, Series

D = Decimal
ON = date(2026, 1, 1)
LVEF_60 = Limit(D(60), "LVEF ≤ 60 %", "AHA-PI-02")
LVESD_40 = Limit(D(40), "LVESD ≥ 40 mm", "AHA-PI-02")
REAL, NOISE, FEW = CourseVerdict
WORSE, BETTER, NONE = Direction


def points(*values, first=2020, **more):
    given = {"method": "biplane", "laboratory": "North", **more}
    return tuple(
        Point(
            date(first + year, 1, 1),
            value if isinstance(value, Interval) else D(str(value)),
            f"echo:{first + year}",
            **given,
        )
        for year, value in enumerate(values)
    )


def course(measure, *values, limits=(), events=(), noise=None, horizon=None, on=ON, **more):
    series = Series(measure, points(*values, **more), events)
    return progression_of(series, on=on, limits=limits, noise=noise, horizon=horizon)


# Verdict ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "values", "verdict", "direction"),
    [
        ("lvef_percent", (), FEW, NONE),
        ("lvef_percent", (60,), FEW, NONE),
        ("lvef_percent", (66, "59.4"), NOISE, NONE),
        ("lvef_percent", (66, "59.3"), REAL, WORSE),
        ("lvef_percent", (58, 66), REAL, BETTER),
        ("lvesd_mm", (34, 37), NOISE, NONE),
        ("lvesd_mm", (34, 38), REAL, WORSE),
        ("lvesd_mm", (38, 34), REAL, BETTER),
        ("gls_percent", (-20, -18), NOISE, NONE),
        ("gls_percent", (-20, -16), REAL, WORSE),
        ("nt_probnp_pg_ml", (400, 599), NOISE, NONE),
        ("nt_probnp_pg_ml", (400, 601), REAL, WORSE),
        ("nt_probnp_pg_ml", (400, 201), NOISE, NONE),
        ("nt_probnp_pg_ml", (400, 199), REAL, BETTER),
        ("six_minute_walk_m", (400, 371), NOISE, NONE),
        ("six_minute_walk_m", (400, 369), REAL, WORSE),
        # no single step is more than noise, the whole way is
        ("lvesd_mm", (34, 36, 38), REAL, WORSE),
        # scores 11b, first row: the slope touches no change, yet 6 mm are 6 mm
        ("lvesd_mm", (34, 35, 34, 37, 38, 40), REAL, WORSE),
        ("lvesd_mm", (36, 37, 36, 37, 36), NOISE, NONE),
    ],
)
def test_a_change_is_real_when_it_is_more_than_noise(measure, values, verdict, direction):
    found = course(measure, *values)
    assert (found.verdict, found.direction) == (verdict, direction)


def test_a_slope_of_four_studies_is_a_signal_of_its_own():
    found = course("lvesd_mm", 34, 38, 42, 45)
    assert "scores 11c (b)" in [signal.rule for signal in found.signals]
    few = course("lvesd_mm", 34, 38, 42)
    assert "scores 11c (b)" not in [signal.rule for signal in few.signals]


def test_a_clear_slope_that_is_small_over_its_span_is_no_signal():
    found = course("lvef_percent", 63, 62, 61, 60, 59, 58)
    assert found.slope.excludes_zero
    assert found.verdict is NOISE


def test_what_got_worse_is_not_hidden_behind_the_latest_recovery():
    found = course("lvesd_mm", 34, 37, 40, 44, 40)
    assert {signal.direction for signal in found.signals} == {WORSE, BETTER}
    assert found.direction is WORSE
    assert any("adverse one" in words for words in found.words)


def test_the_words_name_the_change_its_noise_and_whose_it_is():
    found = course("lvesd_mm", 34, 35)
    assert any("34 to 35 mm (+1; two studies differ by up to 3.6 mm" in w for w in found.words)
    assert any("within measurement error" in words for words in found.words)
    assert any("published default" in words for words in found.words)
    assert any("2 studies says little" in words for words in found.words)
    falling = course("lvef_percent", 66, 56)
    assert any(
        "66 to 56 % (−10; two studies differ by up to 6.7 points" in w for w in falling.words
    )


def test_nothing_to_compare_is_said():
    found = course("lvef_percent")
    assert (found.band, found.noise, found.outlooks) == (None, None, ())
    assert found.band_at(ON) is None
    assert found.words == ("No study that can be compared.",)
    assert found.as_dict()["since"] is None


# Which noise --------------------------------------------------------------------------------------


def test_another_laboratory_is_compared_with_wider_noise():
    series = Series(
        "lvef_percent",
        points(66) + points(58, first=2021, laboratory="South"),
    )
    found = progression_of(series, on=ON)
    assert found.latest_change.mdc95 == pytest.approx(9.98, abs=0.01)
    assert found.verdict is NOISE
    assert any("laboratories or methods are mixed" in words for words in found.words)


def test_a_laboratorys_own_noise_decides_once_there_is_enough():
    key = ("lvef_percent", "biplane", "North")
    own = NoiseModel({key: OwnNoise(9.0, 500, 100)})
    found = course("lvef_percent", 66, 50, noise=own)
    assert found.verdict is NOISE
    assert found.noise.source is NoiseSource.OWN
    assert any("500 residuals of 100 patients" in words for words in found.words)
    setting = NoiseModel(settings={key: Setting(D(1), "repeats")})
    assert course("lvef_percent", 66, 62, noise=setting).verdict is REAL


def test_stress_draft_and_other_methods_are_never_used():
    series = Series(
        "lvef_percent",
        (
            *points(66, 65),
            *points(40, first=2022, is_rest=False),
            *points(40, first=2023, is_final=False),
            *points(40, first=2024, method="visual"),
        ),
    )
    found = progression_of(series, on=ON)
    assert found.verdict is NOISE
    assert [each.point.on.year for each in found.left_out] == [2022, 2023, 2024]
    assert any("1 Jan 2024" in words for words in found.words)


def test_an_intervention_starts_a_new_segment():
    repair = Event(date(2021, 6, 1), "mitral repair")
    found = course("lvef_percent", 66, 65, 56, 57, events=(repair,))
    assert found.verdict is NOISE
    assert [point.on.year for point in found.used] == [2022, 2023]
    assert (found.since, found.why_since) == (repair.on, "since mitral repair")


# Ranges -------------------------------------------------------------------------------------------


def between(low, high):
    return Interval(None if low is None else D(low), None if high is None else D(high))


@pytest.mark.parametrize(
    ("earlier", "later", "is_real"),
    [
        (66, between(50, 55), True),
        (66, between(55, 61), None),
        (66, between(62, 66), False),
        (66, between(None, 50), True),
        (66, between(None, 62), None),
        (50, between(60, None), True),
        (58, between(60, None), None),
        (between(60, None), between(60, None), None),
    ],
)
def test_a_range_counts_with_both_ends(earlier, later, is_real):
    found = course("lvef_percent", earlier, later)
    assert found.latest_change.is_real is is_real
    assert found.verdict is (REAL if is_real else NOISE)
    assert is_real is not None or any("leaves it open" in words for words in found.words)


def test_a_range_is_told_with_both_ends():
    texts = " ".join(
        words
        for later in (between(62, 66), between(None, 66), between(60, None))
        for words in course("lvef_percent", 66, later).words
    )
    assert "−4 to +0" in texts
    assert "at most +0" in texts
    assert "at least −6" in texts
    both = course("lvef_percent", between(None, 66), between(None, 66))
    assert any("(open;" in words for words in both.words)


def test_ranges_widen_the_slope_and_the_band():
    exact = course("lvef_percent", 66, 64, 62, 60, 58, 56)
    wide = course("lvef_percent", 66, 64, 62, 60, 58, between(52, 60))
    assert wide.slope.least < exact.slope.value < wide.slope.most
    assert wide.band.high - wide.band.low > exact.band.high - exact.band.low


def test_an_open_range_alone_gives_no_estimate():
    found = course("lvef_percent", between(60, None), limits=[LVEF_60])
    assert (found.band, found.estimated) == (None, None)
    (outlook,) = found.outlooks
    assert outlook.by_course is None
    assert outlook.by_latest == (0.0, 0.5)
    assert "fewer than 3" in outlook.why_no_date


# Limits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "limit", "value", "beyond", "probability"),
    [
        ("lvef_percent", LVEF_60, 60, True, 0.5),
        ("lvef_percent", LVEF_60, "60.1", False, 0.483),
        ("lvef_percent", LVEF_60, "57.6", True, 0.841),
        ("lvesd_mm", LVESD_40, 40, True, 0.5),
        ("lvesd_mm", LVESD_40, "39.9", False, 0.469),
        ("spap_mmhg", Limit(D(50), "SPAP > 50 mmHg", strict=True), 50, False, 0.5),
        ("spap_mmhg", Limit(D(50), "SPAP > 50 mmHg", strict=True), 51, True, 0.579),
        ("lvef_percent", Limit(D(60), "LVEF < 60 %", strict=True), 60, False, 0.5),
        ("lvef_percent", Limit(D(60), "LVEF < 60 %", strict=True), 59, True, 0.662),
    ],
)
def test_the_probability_beyond_a_limit_is_that_of_the_table(
    measure, limit, value, beyond, probability
):
    (outlook,) = course(measure, value, limits=[limit]).outlooks
    assert outlook.is_beyond is beyond
    assert outlook.by_latest[0] == pytest.approx(probability, abs=0.001)
    assert outlook.by_latest[0] == outlook.by_latest[1]
    assert outlook.by_course == pytest.approx(outlook.by_latest[0])


def test_a_range_on_both_sides_of_a_limit_leaves_it_open():
    (outlook,) = course("lvef_percent", between(57, 63), limits=[LVEF_60]).outlooks
    assert outlook.is_beyond is None
    assert outlook.by_latest[0] < 0.5 < outlook.by_latest[1]
    assert not outlook.confirm


@pytest.mark.parametrize(
    ("values", "confirm"),
    [
        ((39, 40), True),
        ((39, "41.3"), True),
        ((39, "41.4"), False),
        ((40, 40), False),
        ((38, 39), False),
        ((40,), True),
    ],
)
def test_a_single_crossing_within_one_sem_asks_to_be_confirmed_and_stays_met(values, confirm):
    found = course("lvesd_mm", *values, limits=[LVESD_40])
    (outlook,) = found.outlooks
    assert outlook.confirm is confirm
    assert outlook.is_beyond is (float(values[-1]) >= 40)
    assert any("confirm by repeat" in words for words in found.words) is confirm


# Dates --------------------------------------------------------------------------------------------


def test_a_limit_that_is_approached_has_a_date_with_an_interval():
    (outlook,) = course("lvesd_mm", 33, 34, 35, 36, 37, 38, limits=[LVESD_40]).outlooks
    assert ON <= outlook.earliest_on < outlook.expected_on < outlook.latest_on
    assert 2026 <= outlook.expected_on.year <= 2028
    assert outlook.why_no_date == ""


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ((38, 41), "already beyond"),
        ((36, 37), "fewer than 3"),
        ((38, 38, 38, 38), "not clearly heading there"),
        ((39, 38, 37, 36, 35), "not clearly heading there"),
        ((10, 11, 12, 13, 14, 15, 16), "not within 10 years"),
    ],
)
def test_without_a_clear_approach_there_is_no_date_and_a_reason(values, why):
    (outlook,) = course("lvesd_mm", *values, limits=[LVESD_40], on=date(2027, 1, 1)).outlooks
    assert (outlook.expected_on, outlook.earliest_on, outlook.latest_on) == (None, None, None)
    assert why in outlook.why_no_date


def test_a_date_is_never_before_the_day_asked_about():
    late = date(2035, 1, 1)
    (outlook,) = course("lvesd_mm", 33, 34, 35, 36, 37, 38, limits=[LVESD_40], on=late).outlooks
    assert outlook.earliest_on == outlook.expected_on == late


def test_the_latest_day_may_lie_beyond_ten_years():
    (outlook,) = course("lvef_percent", 70, 69, 67, 67, 66, 64, limits=[Limit(D(55), "x")]).outlooks
    assert outlook.expected_on is not None
    assert outlook.latest_on is None
    assert outlook.as_dict()["latest_on"] is None


# The next study -----------------------------------------------------------------------------------


def test_the_band_widens_with_time_and_with_its_share():
    found = course("lvef_percent", 62, 61, 62, 60)
    near, far = found.band_at(date(2023, 6, 1)), found.band_at(date(2028, 6, 1))
    assert far.high - far.low > near.high - near.low
    assert near.high - near.low > 2 * 1.28 * 2.4
    wide = found.band_at(date(2023, 6, 1), share=0.95)
    assert wide.low < near.low < near.middle < near.high < wide.high
    assert found.band.on == ON + timedelta(days=365)
    assert found.band.share == 0.8


def test_one_study_has_a_band_already():
    found = course("lvef_percent", 60, horizon=date(2027, 1, 1))
    assert found.verdict is FEW
    assert (found.band.on, found.band.middle) == (date(2027, 1, 1), 60)


def test_more_studies_make_the_band_narrower():
    widths = [
        found.band_at(date(2027, 1, 1))
        for found in (course("lvef_percent", *(60,) * n, first=2026 - n) for n in (1, 3, 6))
    ]
    sizes = [band.high - band.low for band in widths]
    assert sizes == sorted(sizes, reverse=True)


def test_a_band_keeps_to_what_is_possible():
    assert course("lvef_percent", 99).band.high == 100
    assert course("eroa_mm2", 3).band.low == 0
    assert course("gls_percent", -1).band.high == 0
    assert course("nt_probnp_pg_ml", 50).band.low > 0


def test_a_band_of_the_past_is_refused():
    with pytest.raises(ValueError, match="before the last study"):
        course("lvef_percent", 60, 61).band_at(date(2020, 6, 1))
    with pytest.raises(ValueError, match="horizon"):
        course("lvef_percent", 60, horizon=date(2025, 1, 1))


def test_computed_values_are_compared_too():
    series = Series("lvesd_index_mm_m2", (
        Point(date(2020, 1, 1), 36 / 1.8, laboratory="North"),
        Point(date(2021, 1, 1), D(24), laboratory="North"),
    ))  # fmt: skip
    assert progression_of(series, on=ON).verdict is REAL


def test_the_slope_of_a_peptide_is_in_percent_of_its_value():
    found = course("nt_probnp_pg_ml", 100, 200, 400, 800)
    assert found.slope.value == pytest.approx(100, rel=0.01)
    assert found.slope_unit == "% of the value per year"
    assert course("lvef_percent", 60, 59).slope_unit == "points per year"
    assert course("lvesd_mm", 34, 35).slope_unit == "mm per year"


def test_two_studies_of_one_day_have_no_slope():
    series = Series("lvesd_mm", points(34) + points(35))
    found = progression_of(series, on=ON)
    assert found.slope is None
    assert found.as_dict()["slope"] is None


# As a whole ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", sorted(MEASURES))
def test_every_measure_gives_a_course_that_can_be_stored(measure):
    values = (-20, -19, -18) if measure == "gls_percent" else (50, 52, 54)
    found = course(measure, *values, limits=[Limit(D(40), "x")])
    stored = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert stored["schema"] == 1
    assert stored["measure"] == measure
    assert [point["source"] for point in stored["used"]] == ["echo:2020", "echo:2021", "echo:2022"]
    assert stored["noise"]["words"]
    assert stored["why_since"]


studies = st.lists(st.integers(45, 65), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(studies)
def test_whatever_was_measured_the_limit_is_met_when_the_latest_value_meets_it(values):
    found = course("lvef_percent", *values, limits=[LVEF_60], first=2026 - len(values))
    (outlook,) = found.outlooks
    assert outlook.is_beyond is (values[-1] <= 60)
    assert 0 <= outlook.by_course <= 1
    assert found.band.low < found.band.middle < found.band.high
    json.dumps(found.as_dict(), allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(studies, st.integers(1, 10))
def test_a_sicker_latest_value_never_makes_a_limit_less_likely(values, worse):
    well = course("lvef_percent", *values, limits=[LVEF_60], first=2026 - len(values))
    sick = course(
        "lvef_percent", *values[:-1], values[-1] - worse, limits=[LVEF_60], first=2026 - len(values)
    )
    assert sick.outlooks[0].by_course >= well.outlooks[0].by_course
    assert sick.outlooks[0].by_latest >= well.outlooks[0].by_latest
    assert sick.band.middle < well.band.middle
    assert math.isclose(sick.band.high - sick.band.low, well.band.high - well.band.low)


def test_of_a_long_course_the_newest_studies_are_compared_and_that_is_said():
    first = date(2010, 1, 1)
    made = tuple(
        Point(
            first + timedelta(days=60 * number),
            D(40 + number % 3),
            f"echo:{number}",
            method="biplane",
            laboratory="North",
        )
        for number in range(LATEST + 5)
    )
    whole = progression_of(Series("lvesd_mm", made), on=ON)
    newest = progression_of(Series("lvesd_mm", made[5:]), on=ON)
    assert whole.used == newest.used == made[5:]
    assert (whole.slope, whole.verdict) == (newest.slope, newest.verdict)
    why = f"before the latest {LATEST} studies that are compared"
    assert [(each.point, each.why, each.is_earlier) for each in whole.left_out] == [
        (point, why, True) for point in made[:5]
    ]
    assert newest.left_out == ()
