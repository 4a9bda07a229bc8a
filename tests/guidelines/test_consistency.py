"""Numbers of one study that do not fit: each slip is found, named in words, and nothing changed."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guidelines.consistency import check_study
from guidelines.facts import Interval
from guidelines.study_measures import MEASURES, slips_of
from guidelines.study_relations import BALANCE, ORIFICE_AND_VOLUME, RELATIONS
from guidelines.vocabulary import RegurgitationMethod
from tests.guidelines.score_inputs import between

# A study in which everything fits.
SOUND = {
    name: Decimal(value)
    for name, value in {
        "height_cm": "170", "weight_kg": "70", "bsa_m2": "1.8",
        "lvesd_mm": "38", "lvedd_mm": "60", "septum_mm": "10", "posterior_wall_mm": "10",
        "lv_mass_index_g_m2": "137", "lvedv_ml": "180", "lvesv_ml": "60", "lvef_percent": "66",
        "lvedv_index_ml_m2": "100", "la_volume_ml": "110", "la_volume_index_ml_m2": "61",
        "la_area_four_chamber_cm2": "28", "la_area_two_chamber_cm2": "27", "la_length_cm": "5.8",
        "pisa_radius_mm": "9", "aliasing_velocity_cm_s": "40", "mr_peak_velocity_m_s": "5",
        "eroa_mm2": "40", "mr_vti_cm": "150", "regurgitant_volume_ml": "60",
        "regurgitant_fraction_percent": "49", "lvot_diameter_mm": "20", "lvot_vti_cm": "20",
        "mitral_annulus_ap_mm": "33", "mitral_annulus_vti_cm": "14",
        "tr_peak_velocity_m_s": "3", "right_atrial_pressure_mmhg": "8", "spap_mmhg": "44",
    }.items()
}  # fmt: skip


def found(**changes):
    values = {
        name: Decimal(value) if isinstance(value, str) else value
        for name, value in (SOUND | changes).items()
        if value is not None
    }
    return check_study(values)


def checks(findings):
    return {each.check for each in findings}


def slips(findings):
    return {each.slip for each in findings}


def test_a_sound_study_raises_no_question():
    assert found() == ()
    assert check_study({}) == ()


@pytest.mark.parametrize(
    ("name", "typed", "meant"),
    [
        ("lvesd_mm", "3.8", "centimeters typed instead: 38 mm"),
        ("lvedd_mm", "6.0", "centimeters typed instead: 60 mm"),
        ("eroa_mm2", "0.4", "square centimeters typed instead: 40 mm²"),
        ("pisa_radius_mm", "0.9", "centimeters typed instead: 9 mm"),
        ("lvot_diameter_mm", "2", "centimeters typed instead: 20 mm"),
        ("la_length_cm", "58", "millimeters typed instead: 5.8 cm"),
        ("la_area_four_chamber_cm2", "2800", "square millimeters typed instead: 28 cm²"),
        ("mr_peak_velocity_m_s", "500", "centimeters per second typed instead: 5 m/s"),
        ("tr_peak_velocity_m_s", "300", "centimeters per second typed instead: 3 m/s"),
        ("aliasing_velocity_cm_s", "0.4", "meters per second typed instead: 40 cm/s"),
        ("lvot_vti_cm", "0.2", "meters typed instead: 20 cm"),
        ("lvef_percent", "0.66", "a fraction typed instead: 66 %"),
        ("spap_mmhg", "440", "the decimal point one place off: 44 mmHg"),
    ],
)
def test_a_slip_of_unit_is_found_and_reported_once(name, typed, meant):
    (one,) = found(**{name: typed})
    assert (one.check, one.facts) == ("unit", (name,))
    assert f"is probably {meant} was meant." in one.slip
    assert one.entered == Decimal(typed)
    assert "not plausible" in one.words


def test_a_value_that_no_slip_explains_is_left_to_the_question_of_the_form():
    assert "unit" not in checks(check_study({"weight_kg": Decimal("3000000")}))


@pytest.mark.parametrize(
    ("one", "other", "label"),
    [("lvesd_mm", "lvedd_mm", "LVESD and LVEDD"), ("lvesv_ml", "lvedv_ml", "LV end-systolic")],
)
def test_two_values_swapped_are_an_impossible_pair(one, other, label):
    findings = found(**{one: SOUND[other], other: SOUND[one]})
    pair = next(each for each in findings if each.facts == (one, other) and each.is_impossible)
    assert pair.slip.startswith(label)
    assert pair.slip.endswith("are probably swapped.")


def test_a_pair_out_of_order_by_a_slip_names_that_slip():
    pair = next(each for each in check_study({"lvesd_mm": Decimal(410), "lvedd_mm": Decimal(60)})
                if each.check == "unit")  # fmt: skip
    assert "41 mm was meant" in pair.slip
    (equal,) = check_study({"lvesd_mm": Decimal(50), "lvedd_mm": Decimal(50)})
    assert not equal.is_impossible
    assert equal.slip.startswith("One of the two was mistyped")
    (indexed,) = check_study(
        {"lvesd_mm": Decimal(50), "lvedd_mm": Decimal(50), "bsa_m2": Decimal("1.8")}
    )
    assert "LVEDD 50 mm is probably the index" in indexed.slip


def test_an_index_in_the_place_of_an_absolute_value_is_named():
    (diameter,) = [each for each in found(lvesd_mm="21") if each.check == "shortening"]
    assert "LVESD 21 mm is probably the index (per m²)" in diameter.slip
    assert "at least 24 mm" in diameter.words
    volumes = found(lvedv_ml="100")
    assert {each.slip for each in volumes} == {
        "LV end-diastolic volume 100 mL is probably the index (per m²) in the place of the "
        "absolute value: 180 mL was meant."
    }
    (atrium,) = found(la_volume_index_ml_m2="110")
    assert "the absolute value in the place of the index: 61.11 mL/m²" in atrium.slip


def test_two_slips_that_explain_it_equally_well_are_both_named():
    (one,) = check_study(
        {name: Decimal(value) for name, value in
         {"la_volume_ml": "61", "la_volume_index_ml_m2": "61", "bsa_m2": "1.8"}.items()}
    )  # fmt: skip
    assert " Or: " in one.slip


def test_a_decimal_point_explains_every_relation_that_it_breaks():
    findings = found(regurgitant_volume_ml="6")
    assert {"orifice-and-volume", "stroke-volume-balance-mitral"} <= checks(findings)
    assert slips(findings) == {
        "regurgitant volume 6 mL is probably the decimal point one place off: 60 mL was meant."
    }


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"regurgitant_volume_ml": "80"}, "orifice-and-volume"),
        ({"lvef_percent": "55"}, "ejection-fraction"),
        ({"eroa_mm2": "65"}, "orifice-by-pisa"),
        ({"spap_mmhg": "60"}, "pulmonary-pressure"),
        ({"la_volume_index_ml_m2": "75"}, "atrial-index"),
        ({"lvedv_index_ml_m2": "80"}, "ventricular-index"),
        ({"lv_mass_index_g_m2": "230"}, "mass-index"),
        ({"bsa_m2": "2.3"}, "body-surface"),
        ({"la_volume_ml": "180"}, "atrial-volume"),
        ({"regurgitant_fraction_percent": "20"}, "fraction-by-inflow"),
        ({"regurgitant_fraction_percent": "20"}, "fraction-by-outflow"),
        ({"lvedv_ml": "290"}, "stroke-volume-balance"),
        ({"mitral_annulus_vti_cm": "22"}, "stroke-volume-balance-mitral"),
        ({"mitral_annulus_vti_cm": "6"}, "outflow-above-inflow"),
        ({"lvot_vti_cm": "45", "lvot_diameter_mm": "26"}, "outflow-above-total"),
        ({"lvesd_mm": "59"}, "shortening"),
    ],
)
def test_a_value_that_does_not_follow_from_the_others_is_found(changes, check):
    finding = next(each for each in found(**changes) if each.check == check)
    assert finding.slip
    assert finding.tolerance.startswith("± ")
    assert set(finding.facts) <= set(MEASURES)
    json.dumps(finding.as_dict())


def test_the_exact_tolerance_still_fits():
    # EROA 40 mm² by 150 cm is 60 mL; 20 % of it is 12 mL.
    study = {"eroa_mm2": Decimal(40), "mr_vti_cm": Decimal(150)}
    assert check_study({**study, "regurgitant_volume_ml": Decimal(72)}) == ()
    assert check_study({**study, "regurgitant_volume_ml": Decimal("72.1")}) != ()
    assert check_study({**study, "regurgitant_volume_ml": Decimal("47.9")}) != ()


def test_nothing_that_explains_it_asks_to_look_again():
    (one,) = check_study(
        {"lvedv_ml": Decimal(180), "lvesv_ml": Decimal(90), "lvef_percent": Decimal(60)}
    )
    assert one.slip.startswith("No single slip explains it. Look again at: LVEF")


@pytest.mark.parametrize("method", [RegurgitationMethod.CMR, RegurgitationMethod.LV_VOLUMETRIC_2D])
def test_a_volume_by_another_method_is_not_held_against_the_orifice(method):
    study = {name: SOUND[name] for name in ("eroa_mm2", "mr_vti_cm")}
    study["regurgitant_volume_ml"] = Decimal(100)
    assert check_study(study, volume_method=method) == ()
    assert checks(check_study(study)) == {"orifice-and-volume"}


def test_volumes_do_not_balance_with_a_leaking_aortic_valve_or_a_shunt():
    # Without them this would be a finding.
    study = SOUND | {"lvedv_ml": Decimal(290), "lvef_percent": Decimal(79)}
    study["lvedv_index_ml_m2"] = Decimal(161)
    assert "stroke-volume-balance" in checks(check_study(study))
    assert "stroke-volume-balance" in checks(
        check_study(study | {"aortic_regurgitation": Decimal(1)}, intracardiac_shunt=False)
    )
    assert check_study(study | {"aortic_regurgitation": Decimal(2)}) == ()
    assert check_study(study, intracardiac_shunt=True) == ()


@pytest.mark.parametrize(
    ("stated", "fits"),
    [
        (between(60, 70), True),
        (between(58, 62), True),
        (between(55, 60), False),
        (between(40, 45), False),
        (between(80, 85), False),
        (between(60, None), True),
        (Interval(Decimal(60), Decimal(100), low_open=True), True),
    ],
)
def test_an_ejection_fraction_given_as_a_range_is_held_against_the_volumes(stated, fits):
    findings = found(lvef_percent=stated)
    assert ("ejection-fraction" not in checks(findings)) is fits


def test_a_pressure_without_a_right_atrial_pressure_has_room_for_it():
    study = {"tr_peak_velocity_m_s": Decimal(3), "spap_mmhg": Decimal(61)}
    assert check_study(study) == ()
    (high,) = check_study(study | {"spap_mmhg": Decimal(62)})
    assert "at most 51 mmHg" in high.words


def test_a_guard_rail_of_a_formula_is_no_finding_of_its_own():
    # The formula refuses a velocity of 2.9 m/s; only the value on its own could be asked about.
    assert "orifice-by-pisa" not in checks(found(mr_peak_velocity_m_s="2.9"))
    assert "fraction-by-inflow" not in checks(found(mitral_annulus_vti_cm="7"))


def test_a_volume_of_nothing_is_not_divided_by():
    assert check_study(
        {"lvedv_ml": Decimal(0), "lvesv_ml": Decimal(-1), "lvef_percent": Decimal(60)}
    ) == ()  # fmt: skip


def test_a_body_surface_of_nothing_indexes_nothing():
    first = next(slips_of("lvesd_mm", {"lvesd_mm": Decimal(21)}))
    assert first.words.endswith("210 mm was meant.")
    with_zero = {"lvesd_mm": Decimal(21), "bsa_m2": Decimal(0)}
    assert not any("index" in each.words for each in slips_of("lvesd_mm", with_zero))
    assert list(slips_of("comment", {})) == []


def test_every_relation_speaks_of_measures_that_have_a_name():
    for relation in (*RELATIONS, *BALANCE, ORIFICE_AND_VOLUME):
        assert set(relation.names) <= set(MEASURES)


@pytest.mark.parametrize(
    "name",
    sorted(name for name in SOUND if MEASURES.get(name) and MEASURES[name].unit in {"mm", "mm²"}),
)
def test_any_length_or_area_typed_in_centimeters_is_named(name):
    factor = 10 if MEASURES[name].unit == "mm" else 100
    (one,) = found(**{name: SOUND[name] / factor})
    assert one.facts == (name,)
    assert "centimeters typed instead" in one.slip


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_it_never_changes_a_value_and_never_fails(data):
    names = data.draw(st.sets(st.sampled_from(sorted(SOUND)), min_size=1))
    values = {
        name: data.draw(st.decimals("0.1", "1000", places=1, allow_nan=False)) for name in names
    }
    before = dict(values)
    for finding in check_study(values):
        assert finding.slip
        assert finding.entered in values.values()
        assert set(finding.facts) <= set(values)
    assert values == before
