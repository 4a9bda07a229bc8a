"""The table of noise; whose noise is used and why; a laboratory's own noise."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from guidelines.noise import (
    DEFAULTS,
    ENOUGH_PATIENTS,
    ENOUGH_RESIDUALS,
    NoiseModel,
    NoiseSource,
    OwnNoise,
    Setting,
    default_mdc95,
    estimated_noise,
    is_mixed,
    key_of,
)
from guidelines.numbers import Interval
from guidelines.series import MEASURES, Event, Point, Series, measure_of

D = Decimal
DAY = date(2020, 1, 1)
LVEF = ("lvef_percent", "biplane", "North")


@pytest.mark.parametrize(
    ("measure", "mdc95"),
    [
        ("lvef_percent", 6.6),
        ("lvesd_mm", 3.6),
        ("lvedd_mm", 4.5),
        ("eroa_mm2", 17),
        ("la_volume_index_ml_m2", 7),
        ("spap_mmhg", 14),
        ("gls_percent", 2.8),
        ("nt_probnp_pg_ml", 0.5),
        ("six_minute_walk_m", 30),
        ("lvesd_index_mm_m2", 2.0),
    ],
)
def test_the_defaults_are_those_of_the_table(measure, mdc95):
    assert float(default_mdc95(measure)) == pytest.approx(mdc95, rel=0.03)


def test_every_measure_has_a_figure_and_every_figure_a_measure():
    assert set(DEFAULTS) == set(MEASURES)
    assert all(figure.row and figure.between >= figure.sem > 0 for figure in DEFAULTS.values())


def test_a_measure_without_a_figure_is_refused():
    with pytest.raises(LookupError, match="lvef_pct"):
        default_mdc95("lvef_pct")


@pytest.mark.parametrize(
    ("method", "laboratory", "mixed", "sem", "why"),
    [
        ("biplane", "North", False, 2.4, ""),
        ("3d", "North", False, 2.2, ""),
        ("biplane", "North", True, 3.6, "laboratories or methods are mixed"),
        ("biplane", "", False, 3.6, "the laboratory was not stated"),
        ("not_stated", "North", False, 3.6, "the method was not stated"),
        ("visual", "North", False, 3.6, "visual estimate"),
    ],
)
def test_the_wider_default_is_used_where_laboratory_or_method_may_differ(
    method, laboratory, mixed, sem, why
):
    noise = NoiseModel().of("lvef_percent", 60.0, method, laboratory, mixed=mixed)
    assert (noise.sem, noise.source) == (sem, NoiseSource.DEFAULT)
    assert why in noise.words
    assert ("wider" in noise.words) is bool(why)
    assert noise.mdc95 == pytest.approx(2.7719 * sem, rel=1e-4)


def test_a_diameter_needs_no_method_and_a_walk_no_laboratory():
    assert NoiseModel().of("lvesd_mm", 36.0, "", "North").sem == 1.3
    assert NoiseModel().of("six_minute_walk_m", 400.0, "", "", mixed=True).sem == 10.82


def test_the_noise_of_strain_is_never_less_than_its_share():
    assert NoiseModel().of("gls_percent", -15.0, "", "North").sem == 1.0
    assert NoiseModel().of("gls_percent", -22.0, "", "North").sem == pytest.approx(1.166)


def test_a_setting_of_the_clinic_goes_before_everything():
    model = NoiseModel(
        {LVEF: OwnNoise(2.0, 500, 100)},
        {("lvef_percent", "", "North"): Setting(D("3.1"), "30 repeats, 2025")},
    )
    noise = model.of(*LVEF[:1], 60.0, *LVEF[1:])
    assert (noise.sem, noise.source) == (3.1, NoiseSource.SETTING)
    assert "30 repeats, 2025" in noise.words
    assert model.of("lvef_percent", 60.0, "biplane", "South").sem == 2.4


def test_a_setting_without_noise_is_refused():
    for sem in ("0", "-1", "NaN"):
        with pytest.raises(ValueError, match="without noise"):
            Setting(D(sem), "x")


@pytest.mark.parametrize(
    ("residuals", "patients", "source"),
    [
        (ENOUGH_RESIDUALS, ENOUGH_PATIENTS, NoiseSource.OWN),
        (ENOUGH_RESIDUALS - 1, ENOUGH_PATIENTS, NoiseSource.DEFAULT),
        (ENOUGH_RESIDUALS, ENOUGH_PATIENTS - 1, NoiseSource.DEFAULT),
    ],
)
def test_own_noise_is_used_once_there_is_enough_of_it(residuals, patients, source):
    model = NoiseModel({LVEF: OwnNoise(4.0, residuals, patients)})
    noise = model.of("lvef_percent", 60.0, "biplane", "North")
    assert noise.source is source
    assert noise.sem == (4.0 if source is NoiseSource.OWN else 2.4)
    assert f"{residuals} residuals of {patients} patients" in noise.words
    assert noise.as_dict()["source"] == str(source)


def test_own_noise_is_widened_between_laboratories():
    model = NoiseModel({LVEF: OwnNoise(4.0, 500, 100)})
    noise = model.of("lvef_percent", 60.0, "biplane", "North", mixed=True)
    assert noise.sem == pytest.approx((4.0**2 + 3.6**2 - 2.4**2) ** 0.5)
    assert "wider" in noise.words


def test_own_noise_of_an_unnamed_laboratory_holds_the_mixture_already():
    model = NoiseModel({key_of("lvef_percent", "not_stated", ""): OwnNoise(9.0, 500, 100)})
    assert model.of("lvef_percent", 60.0, "", "", mixed=True).sem == 9.0


def test_the_model_can_be_stored():
    model = NoiseModel({LVEF: OwnNoise(4.0, 50, 20)}, {LVEF: Setting(D("3.1"), "x")})
    assert model.as_dict() == {
        "own": [{"key": list(LVEF), "sem": 4.0, "residuals": 50, "patients": 20}],
        "settings": [{"key": list(LVEF), "sem": "3.1", "why": "x"}],
    }


def point(days, value, **more):
    given = {"method": "biplane", "laboratory": "North", **more}
    return Point(DAY + timedelta(days=days), value, f"echo:{days}", **given)


def test_two_laboratories_or_a_method_not_stated_are_mixed():
    one = point(0, D(60))
    assert not is_mixed(one, point(1, D(60)))
    assert is_mixed(one, point(1, D(60), laboratory="South"))
    assert is_mixed(one, point(1, D(60), method=""))


def test_the_noise_of_many_points_is_that_of_each():
    lvef, gls = measure_of("lvef_percent"), measure_of("gls_percent")
    points = [point(0, D(60)), point(1, D(60), laboratory="South"), point(2, D(61))]
    assert [n.sem for n in NoiseModel().of_points(lvef, points, points[-1])] == [2.4, 3.6, 2.4]
    strains = [point(0, D(-22)), point(1, D(-15)), point(2, Interval(None, D(-12)))]
    found = [n.sem for n in NoiseModel().of_points(gls, strains, strains[-1])]
    assert found == pytest.approx([1.166, 1.0, 1.0])


def histories(patients, studies, sem, *, slope=2.0, measure="lvef_percent", start=60.0, **more):
    """Series with a course of their own, and noise."""
    chance = random.Random(4)
    for _patient in range(patients):
        level, pace = start + chance.uniform(-5, 5), chance.uniform(-slope, slope)
        points = tuple(
            point(365 * n, round(level + pace * n + chance.gauss(0, sem), 3), **more)
            for n in range(studies)
        )
        yield Series(measure, points)


@pytest.mark.parametrize("sem", [1.0, 2.4, 9.0])
def test_own_noise_is_found_whatever_the_course(sem):
    model = estimated_noise(histories(150, 6, sem))
    own = model.own[LVEF]
    assert own.sem == pytest.approx(sem, rel=0.12)
    assert (own.residuals, own.patients) == (600, 150)


def test_one_wild_study_in_ten_hardly_moves_it():
    wild = [
        Series("lvef_percent", (*s.points[:3], point(1095, D(20)), *s.points[4:]))
        if i % 4 == 0
        else s
        for i, s in enumerate(histories(200, 10, 2.4))
    ]
    assert estimated_noise(wild).own[LVEF].sem < 4


def test_numbers_that_never_change_are_not_free_of_noise():
    still = [Series("lvef_percent", tuple(point(365 * n, D(60)) for n in range(5)))] * 30
    assert estimated_noise(still).own[LVEF].sem == pytest.approx(0.6)


def test_a_relative_measure_is_estimated_as_a_share():
    chance = random.Random(2)
    series = [
        Series(
            "nt_probnp_pg_ml",
            tuple(point(90 * n, 400 * 2.718 ** chance.gauss(0, 0.2)) for n in range(6)),
        )
        for _patient in range(100)
    ]
    (own,) = estimated_noise(series).own.values()
    assert own.sem == pytest.approx(0.2, rel=0.15)


def only(*points, events=()):
    return estimated_noise([Series("lvef_percent", points, events)])


def test_two_studies_show_no_noise():
    assert only(point(0, D(60)), point(365, D(50))).own == {}


def test_studies_of_one_day_show_no_noise():
    assert only(point(0, D(60)), point(0, D(62)), point(0, D(50))).own == {}


@pytest.mark.parametrize(
    "more",
    [
        {"is_final": False},
        {"is_rest": False},
        {"is_comparable": False},
        {"laboratory": "South"},
        {"method": "visual"},
        {"rhythm": "paced"},
    ],
)
def test_only_studies_of_one_kind_show_a_laboratorys_noise(more):
    assert only(point(0, D(60)), point(365, D(50), **more), point(730, D(60))).own == {}


def test_a_range_an_impossible_value_and_an_event_show_no_noise():
    first, last = point(0, D(60)), point(730, D(60))
    assert only(first, point(365, Interval(D(50), D(55))), last).own == {}
    assert only(first, point(365, D(160)), last).own == {}
    event = Event(DAY + timedelta(days=400), "repair")
    assert only(first, point(365, D(50)), last, events=(event,)).own == {}


def test_flutter_and_fibrillation_are_one_rhythm():
    rhythms = ("atrial_fibrillation", "atrial_flutter", "atrial_fibrillation")
    points = [point(365 * n, D(60), rhythm=rhythm) for n, rhythm in enumerate(rhythms)]
    assert only(*points).own[LVEF].residuals == 1


def test_settings_are_taken_over():
    settings = {LVEF: Setting(D("3.1"), "x")}
    assert estimated_noise([], settings=settings).settings == settings
