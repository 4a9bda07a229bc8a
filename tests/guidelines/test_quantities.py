"""Echo formulas: the test vectors of the rule tables, guard rails, exactness."""

import json
from datetime import date
from decimal import Decimal

import pytest

from guidelines import quantities as q
from guidelines.facts import Interval
from guidelines.quantities.regurgitation import (
    AR_NOT_RECORDED,
    SHUNT_NOT_RECORDED,
    UNDERESTIMATES,
)
from guidelines.vocabulary import RegurgitationMethod
from tests.guidelines.score_vectors import BODY_SURFACE

D = Decimal


@pytest.mark.parametrize(
    ("r", "va", "vmax", "vti", "flow", "eroa", "volume", "angle"),
    [
        ("10", "40", "5.00", "150", 251.33, 50.27, 75.40, "180"),
        ("8", "38", "5.20", "140", 152.81, 29.39, 41.14, "180"),
        ("6", "35", "4.80", "160", 79.17, 16.49, 26.39, "180"),
        ("9", "40", "5.00", "150", 135.72, 27.14, 40.72, "120"),
    ],
)
def test_pisa_agrees_with_the_test_vectors(r, va, vmax, vti, flow, eroa, volume, angle):
    shell = {
        "radius_mm": D(r), "aliasing_velocity_cm_s": D(va), "angle_degrees": D(angle)
    }  # fmt: skip
    area = q.eroa_by_pisa(**shell, jet_velocity_m_s=D(vmax))
    assert float(q.pisa_flow(**shell).value) == pytest.approx(flow, abs=0.005)
    assert float(area.value) == pytest.approx(eroa, abs=0.006)
    through = q.regurgitant_volume_by_pisa(eroa_mm2=area.value, jet_vti_cm=D(vti))
    assert float(through.value) == pytest.approx(volume, abs=0.006)


def test_the_shortcut_is_exact_and_refused_away_from_its_velocities():
    area = q.eroa_shortcut(radius_mm=D(10), aliasing_velocity_cm_s=D(40), jet_velocity_m_s=D(5))
    assert area.value == D(50)
    with pytest.raises(q.ImplausibleInputError, match="aliasing"):
        q.eroa_shortcut(radius_mm=D(10), aliasing_velocity_cm_s=D(35), jet_velocity_m_s=D(5))


def test_volumetric_flow_agrees_with_the_test_vectors():
    outflow = q.doppler_stroke_volume(diameter_mm=D(20), vti_cm=D(20))
    inflow = q.doppler_stroke_volume(diameter_mm=D(32), vti_cm=D(14))
    assert outflow.value == pytest.approx(62.83, abs=0.005)
    assert inflow.value == pytest.approx(112.59, abs=0.005)
    leak = q.regurgitant_volume_volumetric(
        total_stroke_volume_ml=inflow.value,
        lvot_stroke_volume_ml=outflow.value,
        aortic_regurgitation_more_than_mild=False,
        intracardiac_shunt=False,
    )
    assert leak.value == pytest.approx(49.76, abs=0.005)
    share = q.regurgitant_fraction(
        regurgitant_volume_ml=leak.value, mitral_stroke_volume_ml=inflow.value
    )
    assert share.value == pytest.approx(44.20, abs=0.005)


def test_an_elliptical_annulus_uses_both_diameters():
    round_one = q.doppler_stroke_volume(diameter_mm=D(32), vti_cm=D(14))
    oval = q.doppler_stroke_volume(diameter_mm=D(32), second_diameter_mm=D(16), vti_cm=D(14))
    assert oval.value == pytest.approx(round_one.value / 2)


def test_volumes_of_the_ventricle_stay_exact():
    leak = q.regurgitant_volume_volumetric(
        total_stroke_volume_ml=D(120),
        lvot_stroke_volume_ml=D("62.83"),
        aortic_regurgitation_more_than_mild=False,
        intracardiac_shunt=False,
    )
    assert leak.value == D("57.17")
    share = q.regurgitant_fraction(regurgitant_volume_ml=leak.value, mitral_stroke_volume_ml=D(120))
    assert round(share.value, 2) == D("47.64")
    ejected = q.lvef(end_diastolic_volume_ml=D(180), end_systolic_volume_ml=D(72))
    assert ejected.value == D(60)


@pytest.mark.parametrize("invalid", ["aortic_regurgitation_more_than_mild", "intracardiac_shunt"])
def test_volumetric_flow_is_refused_where_it_is_invalid(invalid):
    lesions = {"aortic_regurgitation_more_than_mild": False, "intracardiac_shunt": False}
    with pytest.raises(q.ImplausibleInputError, match="invalid"):
        q.regurgitant_volume_volumetric(
            total_stroke_volume_ml=D(120), lvot_stroke_volume_ml=D(60), **{**lesions, invalid: True}
        )


def test_a_volumetric_orifice():
    area = q.eroa_volumetric(regurgitant_volume_ml=D(60), jet_vti_cm=D(150))
    assert area.value == D(40)


@pytest.mark.parametrize(
    ("velocity", "rap", "pressure"), [("3.0", 8, "44.00"), ("3.4", 15, "61.24")]
)
def test_right_ventricular_pressure_is_exact(velocity, rap, pressure):
    made = q.rvsp(tr_velocity_m_s=D(velocity), right_atrial_pressure_mmhg=D(rap))
    assert made.value == D(pressure)


@pytest.mark.parametrize(
    ("diameter", "collapse", "quiet", "pressure"),
    [
        (21, "50.1", False, 3),
        (21, 50, False, 8),
        ("21.1", "49.9", False, 15),
        ("21.1", 50, False, 8),
        (21, 49, False, 8),
        ("21.1", 51, False, 8),
        (21, "20.1", True, 3),
        (21, 20, True, 8),
        ("21.1", "19.9", True, 15),
    ],
)
def test_right_atrial_pressure_from_the_vena_cava(diameter, collapse, quiet, pressure):
    made = q.right_atrial_pressure(
        ivc_diameter_mm=D(diameter), ivc_collapse_percent=D(collapse), quiet_breathing=quiet
    )
    assert made.value == D(pressure)


def test_the_vena_cava_is_not_read_on_a_ventilator():
    with pytest.raises(q.ImplausibleInputError, match="ventilation"):
        q.right_atrial_pressure(
            ivc_diameter_mm=D(20), ivc_collapse_percent=D(60), positive_pressure_ventilation=True
        )


def test_the_left_atrium_agrees_with_the_test_vector():
    made = q.la_volume_area_length(area_4ch_cm2=D(24), area_2ch_cm2=D(22), shorter_length_mm=D(55))
    assert made.value == pytest.approx(81.49, abs=0.005)
    index = q.la_volume_index(la_volume_ml=D(114), bsa_m2=D("1.9"))
    assert index.value == D(60)
    assert q.la_volume_index(la_volume_ml=made.value, bsa_m2=D(2)).value == pytest.approx(
        40.745, abs=0.01
    )


def test_the_ventricle_agrees_with_the_test_vectors():
    walls = {"lvedd_mm": D(55), "posterior_wall_mm": D(10)}
    assert float(q.lv_mass(septum_mm=D(10), **walls).value) == pytest.approx(213.18, abs=0.005)
    assert float(q.relative_wall_thickness(**walls).value) == pytest.approx(0.364, abs=0.0005)
    volume = q.teichholz_volume(diameter_mm=D(55), regional_wall_motion_abnormality=False)
    assert float(volume.value) == pytest.approx(147.42, abs=0.005)


def test_floats_go_through_the_same_formulas():
    exact = q.lv_mass(septum_mm=D(10), lvedd_mm=D(55), posterior_wall_mm=D(10))
    computed = q.lv_mass(septum_mm=10.0, lvedd_mm=55.0, posterior_wall_mm=10.0)
    assert computed.value == pytest.approx(float(exact.value))
    assert q.lvef(end_diastolic_volume_ml=180.0, end_systolic_volume_ml=72.0).value == 60.0


def test_teichholz_is_refused_with_a_wall_motion_abnormality():
    with pytest.raises(q.ImplausibleInputError, match="Teichholz"):
        q.teichholz_volume(diameter_mm=D(55), regional_wall_motion_abnormality=True)


@pytest.mark.parametrize(
    ("kg", "cm", "du_bois", "mosteller"),
    [(70, 170, 1.8097, 1.8181), (55, 160, 1.5632, 1.5635)],
)
def test_body_surface_agrees_with_the_test_vectors(kg, cm, du_bois, mosteller):
    body = {"weight_kg": D(kg), "height_cm": D(cm)}
    assert q.bsa_du_bois(**body).value == pytest.approx(du_bois, abs=0.00005)
    assert q.bsa_mosteller(**body).value == pytest.approx(mosteller, abs=0.00005)
    assert q.bsa_mosteller(**body).inputs["by"] == "Mosteller"


def test_the_indexed_diameter_is_exact():
    assert q.lvesd_index(lvesd_mm=D("26.4"), bsa_m2=D("1.32")).value == D(20)


@pytest.mark.parametrize(
    "call",
    [
        lambda: q.pisa_flow(radius_mm=D(0), aliasing_velocity_cm_s=D(40)),
        lambda: q.pisa_flow(radius_mm=D(9), aliasing_velocity_cm_s=D("14.9")),
        lambda: q.pisa_flow(radius_mm=D(9), aliasing_velocity_cm_s=D("50.1")),
        lambda: q.pisa_flow(radius_mm=D(9), aliasing_velocity_cm_s=D(40), angle_degrees=D(181)),
        lambda: q.eroa_by_pisa(
            radius_mm=D(9), aliasing_velocity_cm_s=D(40), jet_velocity_m_s=D(500)
        ),
        lambda: q.regurgitant_volume_by_pisa(eroa_mm2=D(40), jet_vti_cm=D("1.5")),
        lambda: q.rvsp(tr_velocity_m_s=D(3), right_atrial_pressure_mmhg=D(-1)),
        lambda: q.lvef(end_diastolic_volume_ml=D(60), end_systolic_volume_ml=D(60)),
        lambda: q.regurgitant_fraction(regurgitant_volume_ml=D(60), mitral_stroke_volume_ml=D(60)),
        lambda: q.regurgitant_fraction(regurgitant_volume_ml=D(-1), mitral_stroke_volume_ml=D(60)),
        lambda: q.regurgitant_volume_volumetric(
            total_stroke_volume_ml=D(60),
            lvot_stroke_volume_ml=D(61),
            aortic_regurgitation_more_than_mild=False,
            intracardiac_shunt=False,
        ),
        lambda: q.right_atrial_pressure(ivc_diameter_mm=D(20), ivc_collapse_percent=D(101)),
    ],
)
def test_an_implausible_input_is_refused(call):
    with pytest.raises(q.ImplausibleInputError):
        call()


def test_a_quantity_says_where_it_comes_from():
    made = q.lvesd_index(lvesd_mm=D(38), bsa_m2=D("1.9"))
    assert made.as_dict() == {
        "value": "20",
        "unit": "mm/m²",
        "formula": "ASE-F-17",
        "formula_text": "LVESD / body surface",
        "version": 1,
        "inputs": {"lvesd_mm": "38", "bsa_m2": "1.9"},
        "dates": {},
        "caveats": [],
    }
    json.dumps(q.bsa_du_bois(height_cm=D(170), weight_kg=D(70)).as_dict())


def test_a_quantity_keeps_the_day_of_each_input():
    index = q.lvesd_index(lvesd_mm=D(38), bsa_m2=D("1.9"))
    assert index.dated(date(2024, 3, 1)).as_dict()["dates"] == {
        "lvesd_mm": "2024-03-01",
        "bsa_m2": "2024-03-01",
    }
    apart = index.dated({"lvesd_mm": date(2024, 3, 1)}).dated({"bsa_m2": date(2024, 2, 1)})
    assert apart.dates == {"lvesd_mm": date(2024, 3, 1), "bsa_m2": date(2024, 2, 1)}
    with pytest.raises(LookupError, match="lvedd_mm"):
        index.dated({"lvedd_mm": date(2024, 3, 1)})


@pytest.mark.parametrize(("cm", "kg", "du_bois", "mosteller", "haycock"), BODY_SURFACE)
def test_three_formulas_of_body_surface_agree_with_the_vectors(cm, kg, du_bois, mosteller, haycock):
    expected = {"du_bois": du_bois, "mosteller": mosteller, "haycock": haycock}
    for name, formula in q.BSA_FORMULAS.items():
        made = formula(height_cm=D(cm), weight_kg=D(kg))
        assert made.value == pytest.approx(expected[name], abs=1e-5)
        assert made.inputs["by"].lower().replace(" ", "_") == name


def test_a_limit_between_two_formulas_of_body_surface_is_seen():
    # An obese patient: 38 mm is 19.1 mm/m² by Du Bois and 18.5 by Mosteller.
    both = q.lvesd_index_by_formula(lvesd_mm=D(38), height_cm=D(165), weight_kg=D(92))
    assert both.du_bois.value > both.mosteller.value
    assert both.straddles(D(19))
    assert not both.straddles(D(18))
    assert not both.straddles(D(20))


@pytest.mark.parametrize(
    ("index", "value", "expected", "row"),
    [
        (lambda x: q.lvedv_index(lvedv_ml=x, bsa_m2=D(2)), 180, 90, "ASE-R-10"),
        (lambda x: q.lvesv_index(lvesv_ml=x, bsa_m2=D(2)), 60, 30, "ASE-R-11"),
        (lambda x: q.lvedd_index(lvedd_mm=x, bsa_m2=D(2)), 60, 30, "ASE-R-05"),
        (lambda x: q.lv_mass_index(lv_mass_g=x, bsa_m2=D(2)), 230, 115, "ASE-R-14"),
    ],
)
def test_indices_are_exact(index, value, expected, row):
    made = index(D(value))
    assert (made.value, made.formula) == (D(expected), row)
    with pytest.raises(q.ImplausibleInputError):
        index(D(0))


def volumetric(**changes):
    known = {
        "total_stroke_volume_ml": D(120),
        "lvot_stroke_volume_ml": D(70),
        "aortic_regurgitation_more_than_mild": False,
        "intracardiac_shunt": False,
    }
    return q.regurgitant_volume_volumetric(**(known | changes))


def test_an_unknown_aortic_valve_or_shunt_goes_with_the_value_as_a_caveat():
    assert volumetric().caveats == ()
    assert volumetric(aortic_regurgitation_more_than_mild=None).caveats == (AR_NOT_RECORDED,)
    both = volumetric(aortic_regurgitation_more_than_mild=None, intracardiac_shunt=None)
    assert both.caveats == (AR_NOT_RECORDED, SHUNT_NOT_RECORDED)


def test_a_volume_by_2d_discs_never_excludes_and_its_fraction_says_so_too():
    leak = volumetric(total_by=RegurgitationMethod.LV_VOLUMETRIC_2D)
    assert leak.caveats == (UNDERESTIMATES,)
    share = q.regurgitant_fraction(
        regurgitant_volume_ml=leak.value, mitral_stroke_volume_ml=D(120), caveats=leak.caveats
    )
    area = q.eroa_volumetric(
        regurgitant_volume_ml=leak.value, jet_vti_cm=D(150), caveats=leak.caveats
    )
    assert share.caveats == area.caveats == (UNDERESTIMATES,)
    assert volumetric(total_by=RegurgitationMethod.LV_VOLUMETRIC_3D).caveats == ()


def test_the_fraction_is_of_the_flow_through_the_leaking_valve_and_not_forward_over_total():
    share = q.regurgitant_fraction(regurgitant_volume_ml=D(50), mitral_stroke_volume_ml=D(120))
    assert float(share.value) == pytest.approx(100 * 50 / 120)


def test_the_total_stroke_volume_of_the_ventricle():
    made = q.lv_stroke_volume(end_diastolic_volume_ml=D(180), end_systolic_volume_ml=D(60))
    assert made.value == D(120)


def test_the_ratio_of_two_integrals_is_refused_where_it_is_unreliable():
    integrals = {"mitral_inflow_vti_cm": D(28), "aortic_vti_cm": D(20)}
    free = {"aortic_regurgitation": False, "mitral_stenosis": False}
    made = q.vti_ratio(**integrals, **free)
    assert (made.value, made.caveats) == (D("1.4"), ())
    unknown = q.vti_ratio(**integrals, aortic_regurgitation=None, mitral_stenosis=None)
    assert len(unknown.caveats) == 2
    for lesion in free:
        with pytest.raises(q.ImplausibleInputError, match="unreliable"):
            q.vti_ratio(**integrals, **(free | {lesion: True}))


def test_teichholz_with_unknown_wall_motion_says_so():
    made = q.teichholz_volume(diameter_mm=D(55), regional_wall_motion_abnormality=None)
    assert "wall-motion" in made.caveats[0]


@pytest.mark.parametrize(
    ("velocity", "rap", "torrential", "expected"),
    [
        (None, 8, False, None),
        ("3.0", 8, False, (44, 44)),
        ("3.0", None, False, (36, 51)),
        ("3.0", 8, True, (44, None)),
        ("3.0", None, True, (36, None)),
        ("3.0", None, None, (36, 51)),
    ],
)
def test_a_tr_jet_gives_a_pressure_a_range_or_a_lower_limit_and_no_jet_gives_nothing(
    velocity, rap, torrential, expected
):
    made = q.spap_by_tr_jet(
        tr_velocity_m_s=None if velocity is None else D(velocity),
        right_atrial_pressure_mmhg=None if rap is None else D(rap),
        tricuspid_regurgitation_torrential=torrential,
    )
    ends = None if expected is None else [None if e is None else D(e) for e in expected]
    assert made == (None if ends is None else Interval(*ends))


def test_a_negative_right_atrial_pressure_is_refused():
    with pytest.raises(q.ImplausibleInputError, match="negative"):
        q.spap_by_tr_jet(
            tr_velocity_m_s=D(3),
            right_atrial_pressure_mmhg=D(-1),
            tricuspid_regurgitation_torrential=False,
        )


def test_every_formula_says_what_it_computes():
    assert set(q.FORMULAS) >= {f"ASE-F-{row:02}" for row in range(1, 18)} - {"ASE-F-05"}
