"""Each study measures the truth with the noise that section 11c of the score tables suggests."""

from __future__ import annotations

from decimal import Decimal
from math import pi
from statistics import fmean, pstdev
from typing import Any

import pytest

from demo.simulation import measuring
from demo.simulation.chance import five, half, hundredth, stream, tenth, whole
from demo.simulation.heart import Heart
from demo.simulation.measuring import (
    NORTH_LABORATORY,
    OUTSIDE,
    OUTSIDE_READERS,
    Laboratory,
    Reader,
    measured_eroa,
    study,
)

PLAIN = Reader("Dr Plain", 0.0, 0.0, 0.0, 0.0, 1.0)
ROUNDING = 12**-0.5
"""Standard deviation that rounding to the whole number adds: 1 over the root of 12."""
STUDIES = 4000


def a_heart() -> Heart:
    heart = Heart(male=True, age=60, mechanism="primary", etiology="degenerative")
    heart.eroa = 45.0
    heart.lvef, heart.lvedd, heart.lavi, heart.spap = 62.0, 58.0, 52.0, 38.0
    return heart


def studies(
    laboratory: Laboratory = NORTH_LABORATORY, reader: Reader = PLAIN
) -> list[dict[str, Any]]:
    heart, rng = a_heart(), stream(1, 2, 3)
    state = heart.state()
    return [
        study(heart, state, rng, laboratory, reader, year=2020, bsa=Decimal("1.9"))[0]
        for _ in range(STUDIES)
    ]


SAME_LABORATORY = studies()


@pytest.mark.parametrize(
    ("column", "true", "sem"),
    [
        ("lvef_percent_low", 62.0, measuring.LVEF_SEM),
        ("lvedd_mm", 58.0, measuring.LVEDD_SEM),
        ("la_volume_index_ml_m2", 52.0, measuring.LAVI_SEM),
        ("eroa_mm2", 45.0, measuring.EROA_SEM),
        ("spap_mmhg", 38.0, measuring.SPAP_SEM),
        ("lvesd_mm", a_heart().state()[4], measuring.LVESD_SEM),
    ],
)
def test_a_study_measures_the_truth_with_its_noise(column: str, true: float, sem: float) -> None:
    values = [float(each[column]) for each in SAME_LABORATORY if column in each]
    assert len(values) > STUDIES / 4
    expected = (sem**2 + ROUNDING**2) ** 0.5
    assert fmean(values) == pytest.approx(true, abs=4 * expected / len(values) ** 0.5 + 0.15)
    assert pstdev(values) == pytest.approx(expected, rel=0.08)


def test_the_suggested_noise_is_the_table_s() -> None:
    found = (measuring.LVEF_SEM, measuring.LVESD_SEM, measuring.LVEDD_SEM, measuring.EROA_SEM,
             measuring.LAVI_SEM, measuring.SPAP_SEM, measuring.GLS_SEM)  # fmt: skip
    assert found == (2.4, 1.3, 1.6, 6.0, 2.5, 5.0, 1.0)


def test_another_laboratory_differs_more() -> None:
    elsewhere = studies(OUTSIDE[1], PLAIN)
    lvef = [float(each["lvef_percent_low"]) for each in elsewhere if "lvef_percent_low" in each]
    lvesd = [float(each["lvesd_mm"]) for each in elsewhere if "lvesd_mm" in each]
    assert pstdev(lvef) == pytest.approx(3.6, rel=0.1)
    assert pstdev(lvesd) == pytest.approx(2.2, rel=0.1)


def test_an_eyeballed_lvef_says_so_and_is_rounded_or_a_range() -> None:
    seen = [each for each in studies(OUTSIDE[0], OUTSIDE_READERS[1]) if "lvef_method" in each]
    visual = [each for each in seen if each["lvef_method"] == "visual"]
    assert 0.2 < len(visual) / len(seen) < 0.7
    ranges = [each for each in visual if each.get("lvef_percent_high") != each["lvef_percent_low"]]
    assert ranges
    assert all(each["lvef_percent_low"] % 5 == 0 for each in visual)


def test_a_small_orifice_has_a_small_error_and_is_never_zero() -> None:
    rng = stream(1, 1, 1)
    values = [measured_eroa(5.0, rng) for _ in range(2000)]
    assert min(values) > 0
    assert pstdev(values) < 2


def test_the_inputs_of_flow_convergence_give_the_printed_orifice() -> None:
    printed = [each for each in SAME_LABORATORY if "pisa_radius_mm" in each]
    assert len(printed) > 500
    for each in printed:
        flow = 2 * pi * float(each["pisa_radius_mm"]) ** 2 * float(each["aliasing_velocity_cm_s"])
        orifice = flow / (float(each["mr_peak_velocity_m_s"]) * 100)
        assert float(each["eroa_mm2"]) == pytest.approx(orifice, abs=0.51)


def test_a_volumetric_volume_follows_from_its_inputs() -> None:
    heart, rng = a_heart(), stream(4, 4, 4)
    for _ in range(200):
        values: dict[str, Any] = {}
        measuring._volumetric(values, heart.state(), rng)
        if not values:
            continue
        forward = pi / 400 * float(values["lvot_diameter_mm"]) ** 2 * float(values["lvot_vti_cm"])
        area = float(values["mitral_annulus_ap_mm"]) * float(values["mitral_annulus_ic_mm"])
        inflow = pi / 400 * area * float(values["mitral_annulus_vti_cm"])
        assert float(values["regurgitant_volume_ml"]) == pytest.approx(inflow - forward, abs=0.51)


def test_readers_do_not_always_agree_on_the_grade() -> None:
    grades = [each["reader_grade_high"] for each in SAME_LABORATORY if "reader_grade_high" in each]
    severe = sum(grade == 4 for grade in grades) / len(grades)
    assert 0.6 < severe < 0.98


def test_rounding_is_what_reports_print() -> None:
    assert whole(39.5) == 40
    assert tenth(6.44) == Decimal("6.4")
    assert half(6.3) == Decimal("6.5")
    assert five(57.4) == 55
    assert hundredth(2.345) in {Decimal("2.34"), Decimal("2.35")}


def test_a_wide_jet_is_no_wider_than_a_circle_of_its_area() -> None:
    assert measuring.true_width(15) == pytest.approx(3, abs=0.05)
    assert measuring.true_width(40) == pytest.approx(7, abs=0.05)
    assert measuring.true_width(100) == pytest.approx(2 * (100 / pi) ** 0.5, abs=0.3)


def test_pressure_and_rate_are_those_of_the_visit() -> None:
    heart, rng = a_heart(), stream(1, 2, 4)
    found = [
        study(heart, heart.state(), rng, NORTH_LABORATORY, PLAIN, year=2020, bsa=None,
              at_the_desk=(150.0, 90.0))[0]
        for _ in range(200)
    ]  # fmt: skip
    for column, told in (("systolic_bp_mmhg", 150), ("heart_rate_bpm", 90)):
        values = [float(each[column]) for each in found if column in each]  # type: ignore[arg-type]
        assert fmean(values) == pytest.approx(told, abs=2.5)


def test_a_narrowed_valve_stays_as_wide_as_it_is() -> None:
    heart, rng = a_heart(), stream(1, 2, 5)
    heart.etiology, heart.valve_area = "rheumatic", 2.4
    areas = []
    for _ in range(300):
        values, _ = study(heart, heart.state(), rng, NORTH_LABORATORY, PLAIN, year=2020, bsa=None)
        if "mitral_valve_area_cm2" in values:
            areas.append(float(values["mitral_valve_area_cm2"]))  # type: ignore[arg-type]
    assert len(areas) > 100
    assert fmean(areas) == pytest.approx(2.4, abs=0.05)
    assert max(areas) - min(areas) < 1.1
