"""Severity: one line never excludes; corroborated, discordant, intermediate; each line alone."""

from datetime import date
from decimal import Decimal

import pytest

from guidelines.facts import Interval
from guidelines.severity import Scheme, grade_by
from guidelines.vocabulary import (
    GradeResult,
    JetTiming,
    Mechanism,
    MitralValveState,
    RegurgitationMethod,
    Rhythm,
    SeverityState,
    StudyQuality,
    StudyState,
    Tempo,
)
from tests.guidelines.pictures import NATIVE_CHRONIC_ADULT, fact, picture, stale

D = Decimal
ASE, AHA, ESC = Scheme.ASE_2017, Scheme.ACC_AHA, Scheme.ESC_EACTS
CORROBORATED, ONE_LINE = SeverityState.SEVERE_CORROBORATED, SeverityState.SEVERE_ONE_LINE
DISCORDANT, INTERMEDIATE = SeverityState.DISCORDANT, SeverityState.INTERMEDIATE
NOT_SEVERE = SeverityState.NOT_SEVERE_CORROBORATED
UNCONFIRMED, NOT_MEASURED = SeverityState.NOT_SEVERE_UNCONFIRMED, SeverityState.NOT_MEASURED

PISA = RegurgitationMethod.PISA
VOLUMETRIC = RegurgitationMethod.DOPPLER_VOLUMETRIC
VENTRICULAR = Mechanism.SECONDARY_VENTRICULAR


def graded(scheme=ASE, **measured):
    made = picture(**{**NATIVE_CHRONIC_ADULT, **measured})
    return grade_by(scheme, made, made.readings())


def rf(value):
    return fact(value, method=VOLUMETRIC)


ONE_LINE_MEASUREMENTS = [
    ({"eroa_mm2": 40}, {"eroa_mm2": D("39.9")}),
    ({"eroa_mm2": 40}, {"eroa_mm2": 5}),
    ({"regurgitant_volume_ml": 60}, {"regurgitant_volume_ml": D("59.9")}),
    ({"regurgitant_fraction_percent": rf(50)}, {"regurgitant_fraction_percent": rf(D("49.9"))}),
    ({"cmr_regurgitant_volume_ml": 60}, {"cmr_regurgitant_volume_ml": D("59.9")}),
    ({"cmr_regurgitant_fraction_percent": 50}, {"cmr_regurgitant_fraction_percent": D("49.9")}),
    ({"volumetric_regurgitant_volume_ml": 60}, {"volumetric_regurgitant_volume_ml": 20}),
    (
        {"volumetric_regurgitant_fraction_percent": 50},
        {"volumetric_regurgitant_fraction_percent": 20},
    ),
    ({"vena_contracta_mm": 7}, {"vena_contracta_mm": D("6.9")}),
    ({"vena_contracta_mm": 7}, {"vena_contracta_mm": 2}),
    ({"vena_contracta_biplane_mm": D("8.1")}, {"vena_contracta_biplane_mm": D("7.9")}),
    ({"vena_contracta_area_mm2": 41}, {"vena_contracta_area_mm2": D("40.9")}),
    ({"reader_grade": 4}, {"reader_grade": 3}),
    ({"reader_grade": 4}, {"reader_grade": 0}),
    ({"flail_leaflet": True}, {"flail_leaflet": False}),
    ({"papillary_muscle_rupture": True}, {"papillary_muscle_rupture": False}),
    ({"large_perforation": True}, {"large_perforation": False}),
    ({"pulmonary_vein_systolic_reversal": True}, {"pulmonary_vein_systolic_reversal": False}),
    (
        {"pisa_radius_mm": 10, "aliasing_velocity_cm_s": 40},
        {"pisa_radius_mm": D("9.9"), "aliasing_velocity_cm_s": 40},
    ),
    (
        {"pisa_radius_mm": 10, "aliasing_velocity_cm_s": 30},
        {"pisa_radius_mm": 3, "aliasing_velocity_cm_s": 30},
    ),
    (
        {"pisa_radius_mm": 10, "aliasing_velocity_cm_s": 30},
        {"pisa_radius_mm": 10, "aliasing_velocity_cm_s": 29},
    ),
]


@pytest.mark.parametrize("scheme", list(Scheme))
@pytest.mark.parametrize(("severe", "less"), ONE_LINE_MEASUREMENTS)
def test_one_line_may_show_severe_and_never_excludes_it(scheme, severe, less):
    shown = graded(scheme, **severe)
    assert shown.state is ONE_LINE
    assert shown.is_severe is True
    assert shown.is_provisional
    assert shown.result is GradeResult.SEVERE
    assert shown.missing
    not_shown = graded(scheme, **less)
    assert not_shown.is_severe is None
    assert not_shown.result is GradeResult.CANNOT_BE_GRADED
    assert not_shown.missing


@pytest.mark.parametrize("scheme", list(Scheme))
def test_unmeasured_cannot_be_graded_and_says_what_would_allow_it(scheme):
    unmeasured = graded(scheme)
    assert unmeasured.state is NOT_MEASURED
    assert unmeasured.result is GradeResult.CANNOT_BE_GRADED
    assert unmeasured.reasons_for == unmeasured.reasons_against == ()
    assert unmeasured.missing == (
        "eroa_mm2",
        "regurgitant_volume_ml",
        "regurgitant_fraction_percent",
        "vena_contracta_mm",
        "pulmonary_vein_systolic_reversal",
        "flail_leaflet",
        "reader_grade",
        "cmr_regurgitant_volume_ml",
        "cmr_regurgitant_fraction_percent",
    )


@pytest.mark.parametrize(
    ("measured", "state", "result"),
    [
        ({"eroa_mm2": 40, "vena_contracta_mm": 7}, CORROBORATED, "severe"),
        ({"eroa_mm2": 45, "regurgitant_volume_ml": 65}, ONE_LINE, "severe"),
        ({"eroa_mm2": 45, "regurgitant_volume_ml": fact(65, method=PISA)}, ONE_LINE, "severe"),
        (
            {
                "eroa_mm2": 45,
                "regurgitant_volume_ml": rf(65),
                "aortic_regurgitation_more_than_mild": False,
            },
            CORROBORATED,
            "severe",
        ),
        (
            {"eroa_mm2": fact(45, method=VOLUMETRIC), "regurgitant_volume_ml": rf(65)},
            ONE_LINE,
            "severe",
        ),
        ({"flail_leaflet": True, "reader_grade": 4}, CORROBORATED, "severe"),
        ({"flail_leaflet": True, "reader_grade": 3}, ONE_LINE, "severe"),
        ({"eroa_mm2": 45, "vena_contracta_mm": 5}, ONE_LINE, "severe"),
        ({"eroa_mm2": 45, "vena_contracta_mm": D("2.9")}, DISCORDANT, "cannot_be_graded"),
        ({"eroa_mm2": 45, "vena_contracta_mm": 3}, ONE_LINE, "severe"),
        ({"eroa_mm2": 25, "flail_leaflet": True}, DISCORDANT, "cannot_be_graded"),
        ({"eroa_mm2": 35, "flail_leaflet": True}, ONE_LINE, "severe"),
        ({"eroa_mm2": 45, "reader_grade": 1}, DISCORDANT, "cannot_be_graded"),
        ({"eroa_mm2": 45, "reader_grade": 2}, DISCORDANT, "cannot_be_graded"),
        ({"eroa_mm2": 45, "vena_contracta_mm": 8, "reader_grade": 1}, CORROBORATED, "severe"),
        (
            {"eroa_mm2": 15, "vena_contracta_mm": 8, "reader_grade": 4},
            DISCORDANT,
            "cannot_be_graded",
        ),
        ({"eroa_mm2": 25, "vena_contracta_mm": 8, "reader_grade": 4}, CORROBORATED, "severe"),
        ({"eroa_mm2": 45, "regurgitant_volume_ml": 40}, DISCORDANT, "cannot_be_graded"),
        ({"eroa_mm2": 45, "regurgitant_volume_ml": 45}, ONE_LINE, "severe"),
        (
            {
                "eroa_mm2": 45,
                "regurgitant_volume_ml": 25,
                "vena_contracta_mm": 8,
                "flail_leaflet": True,
            },
            DISCORDANT,
            "cannot_be_graded",
        ),
        (
            {"eroa_mm2": 38, "regurgitant_volume_ml": 25, "vena_contracta_mm": 5},
            DISCORDANT,
            "cannot_be_graded",
        ),
        (
            {"eroa_mm2": 38, "regurgitant_volume_ml": 35, "vena_contracta_mm": 8},
            DISCORDANT,
            "cannot_be_graded",
        ),
        (
            {
                "eroa_mm2": 45,
                "regurgitant_volume_ml": 35,
                "vena_contracta_mm": 8,
                "flail_leaflet": True,
            },
            CORROBORATED,
            "severe",
        ),
        ({"eroa_mm2": 35, "vena_contracta_mm": 5}, INTERMEDIATE, "moderate_to_severe"),
        ({"eroa_mm2": 30, "reader_grade": 3}, INTERMEDIATE, "moderate_to_severe"),
        ({"eroa_mm2": D("29.9"), "vena_contracta_mm": 5}, NOT_SEVERE, "moderate"),
        ({"eroa_mm2": 20, "vena_contracta_mm": 2}, NOT_SEVERE, "moderate"),
        ({"eroa_mm2": D("19.9"), "vena_contracta_mm": D("2.9")}, NOT_SEVERE, "mild"),
        ({"eroa_mm2": 15, "reader_grade": 0}, NOT_SEVERE, "mild"),
        ({"eroa_mm2": 15, "reader_grade": 3}, DISCORDANT, "cannot_be_graded"),
        ({"vena_contracta_mm": 4, "reader_grade": 2}, UNCONFIRMED, "cannot_be_graded"),
        (
            {"eroa_mm2": 25, "pulmonary_vein_systolic_reversal": False, "flail_leaflet": False},
            UNCONFIRMED,
            "cannot_be_graded",
        ),
        (
            {
                "cmr_regurgitant_volume_ml": 60,
                "cmr_regurgitant_fraction_percent": 50,
                "cmr_quality_good": True,
            },
            CORROBORATED,
            "severe",
        ),
        (
            {"cmr_regurgitant_volume_ml": 60, "cmr_regurgitant_fraction_percent": 50},
            ONE_LINE,
            "severe",
        ),
        (
            {
                "cmr_regurgitant_volume_ml": 60,
                "cmr_regurgitant_fraction_percent": 49,
                "cmr_quality_good": True,
            },
            ONE_LINE,
            "severe",
        ),
        (
            {
                "cmr_regurgitant_volume_ml": 59,
                "cmr_regurgitant_fraction_percent": 50,
                "cmr_quality_good": True,
            },
            ONE_LINE,
            "severe",
        ),
        ({"cmr_regurgitant_volume_ml": 70, "cmr_quality_good": True}, ONE_LINE, "severe"),
        (
            {
                "cmr_regurgitant_volume_ml": 70,
                "cmr_regurgitant_fraction_percent": 55,
                "cmr_quality_good": True,
                "vena_contracta_mm": 2,
            },
            CORROBORATED,
            "severe",
        ),
        ({"cmr_regurgitant_volume_ml": 20, "vena_contracta_mm": 4}, NOT_SEVERE, "moderate"),
        (
            {"cmr_regurgitant_volume_ml": 20, "vena_contracta_mm": 4, "cmr_quality_good": False},
            UNCONFIRMED,
            "cannot_be_graded",
        ),
        ({"regurgitant_volume_ml": fact(20, method="cmr"), "reader_grade": 1}, NOT_SEVERE, "mild"),
    ],
)
def test_the_table_of_states(measured, state, result):
    made = graded(**measured)
    assert (made.state, made.result) == (state, result)


@pytest.mark.parametrize(
    ("measured", "state"),
    [
        ({"eroa_mm2": Interval(D(38), D(42)), "vena_contracta_mm": 4}, UNCONFIRMED),
        ({"eroa_mm2": Interval(D(40), D(50)), "vena_contracta_mm": 4}, ONE_LINE),
        ({"eroa_mm2": 25, "reader_grade": Interval(D(3), D(4))}, UNCONFIRMED),
        (
            {"eroa_mm2": 25, "vena_contracta_mm": 4, "reader_grade": Interval(D(3), D(4))},
            UNCONFIRMED,
        ),
        ({"eroa_mm2": 25, "reader_grade": Interval(D(1), D(2))}, NOT_SEVERE),
        ({"eroa_mm2": 25, "reader_grade": Interval(None, D(2))}, NOT_SEVERE),
    ],
)
def test_a_range_counts_only_when_all_of_it_agrees(measured, state):
    assert graded(**measured).state is state


def test_exactly_eight_millimeters_biplane_is_severe_by_esc_and_not_by_ase():
    assert graded(ESC, vena_contracta_biplane_mm=8).is_severe is True
    assert graded(ASE, vena_contracta_biplane_mm=8).is_severe is None
    assert graded(AHA, vena_contracta_biplane_mm=8).is_severe is None


def test_old_measurements_show_severe_and_do_not_exclude_it():
    old = graded(eroa_mm2=stale(45), vena_contracta_mm=stale(8))
    assert old.state is CORROBORATED
    assert old.rests_on_old_evidence
    assert old.as_fact().too_old_to_reassure
    reassuring = graded(eroa_mm2=stale(10), vena_contracta_mm=stale(2))
    assert reassuring.state is UNCONFIRMED
    assert reassuring.is_severe is None
    assert {"eroa_mm2", "vena_contracta_mm"} <= set(reassuring.missing)


CONDITIONS = [
    {"study_quality": StudyQuality.POOR},
    {"study_heart_rate_bpm": 101},
    {"study_beats_averaged": 2, "study_rhythm": Rhythm.SINUS},
    {"study_beats_averaged": 2},
    {"study_beats_averaged": 4, "study_rhythm": Rhythm.ATRIAL_FIBRILLATION},
    {"study_systolic_bp_mmhg": 89},
    {"study_systolic_bp_mmhg": 161},
    {"study_state": StudyState.VENTILATED},
    {"study_state": StudyState.SEDATED},
    {"study_state": StudyState.ON_INOTROPES},
    {"study_decompensated": True},
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_under_such_conditions_a_study_shows_severe_and_does_not_exclude_it(condition):
    below = {"eroa_mm2": 15, "vena_contracta_mm": 2}
    assert graded(**below).state is NOT_SEVERE
    limited = graded(**below, **condition)
    assert limited.state is UNCONFIRMED
    assert "cannot exclude severe" in limited.reasons_against[0].text
    assert graded(eroa_mm2=45, vena_contracta_mm=2, **condition).state is ONE_LINE


@pytest.mark.parametrize(
    "condition",
    [
        {"study_quality": StudyQuality.GOOD},
        {"study_heart_rate_bpm": 100},
        {"study_beats_averaged": 3, "study_rhythm": Rhythm.SINUS},
        {"study_beats_averaged": 5, "study_rhythm": Rhythm.ATRIAL_FIBRILLATION},
        {"study_systolic_bp_mmhg": 90},
        {"study_systolic_bp_mmhg": 160},
        {"study_state": StudyState.REST},
        {"study_decompensated": False},
    ],
)
def test_at_the_edge_of_these_conditions_a_study_still_excludes(condition):
    assert graded(eroa_mm2=15, vena_contracta_mm=2, **condition).state is NOT_SEVERE


def test_poor_echo_does_not_weaken_cmr():
    made = graded(
        cmr_regurgitant_volume_ml=20, vena_contracta_mm=4, study_quality=StudyQuality.POOR
    )
    assert made.reasons_against[0].text == "CMR regurgitant volume 20 mL"
    assert made.state is UNCONFIRMED


@pytest.mark.parametrize(
    "state", [StudyState.EXERCISE, StudyState.DOBUTAMINE, StudyState.INTRA_OPERATIVE]
)
def test_values_away_from_rest_are_not_used(state):
    made = graded(eroa_mm2=45, vena_contracta_mm=8, study_state=state)
    assert made.state is NOT_MEASURED
    assert any("not used" in note for note in made.notes)
    with_cmr = graded(eroa_mm2=45, cmr_regurgitant_volume_ml=70, study_state=state)
    assert with_cmr.state is ONE_LINE


@pytest.mark.parametrize("measured", [{"eroa_mm2": 45}, {"vena_contracta_mm": 8}])
def test_a_single_frame_of_a_late_systolic_jet_decides_nothing(measured):
    late = graded(**measured, jet_timing=JetTiming.LATE_SYSTOLIC)
    assert late.state is DISCORDANT
    assert any("ASE-A-9" in note for note in late.notes)
    both = graded(eroa_mm2=45, vena_contracta_mm=8, jet_timing=JetTiming.LATE_SYSTOLIC)
    assert both.is_severe is None


def test_late_systolic_severe_by_cmr_is_severe():
    made = graded(
        eroa_mm2=45,
        cmr_regurgitant_volume_ml=65,
        cmr_regurgitant_fraction_percent=52,
        cmr_quality_good=True,
        jet_timing=JetTiming.LATE_SYSTOLIC,
    )
    assert made.state is CORROBORATED


def test_several_jets_do_not_exclude():
    assert graded(eroa_mm2=15, vena_contracta_mm=2, multiple_jets=True).state is UNCONFIRMED
    area = graded(vena_contracta_area_mm2=20, reader_grade=1, multiple_jets=True)
    assert area.state is UNCONFIRMED


@pytest.mark.parametrize(
    ("lesion", "state"),
    [
        ({"aortic_regurgitation_more_than_mild": False}, NOT_SEVERE),
        ({"aortic_regurgitation_more_than_mild": True}, UNCONFIRMED),
        ({"aortic_regurgitation_more_than_mild": False, "intracardiac_shunt": True}, UNCONFIRMED),
        ({"none_of_these_asked": None}, UNCONFIRMED),
        ({"none_of_these_asked": True}, NOT_SEVERE),
    ],
)
def test_volumes_through_the_outflow_exclude_only_without_aortic_regurgitation(lesion, state):
    made = graded(**{"regurgitant_fraction_percent": rf(20), "vena_contracta_mm": 2, **lesion})
    assert made.state is state


def test_unknown_aortic_regurgitation_is_named_as_missing():
    made = graded(
        regurgitant_fraction_percent=rf(20), vena_contracta_mm=2, none_of_these_asked=None
    )
    assert "aortic_regurgitation_more_than_mild" in made.missing


def test_two_dimensional_volumes_do_not_exclude():
    low = fact(20, method=RegurgitationMethod.LV_VOLUMETRIC_2D)
    assert graded(regurgitant_volume_ml=low, vena_contracta_mm=2).state is UNCONFIRMED
    three_d = fact(20, method=RegurgitationMethod.LV_VOLUMETRIC_3D)
    assert graded(regurgitant_volume_ml=three_d, vena_contracta_mm=2).state is NOT_SEVERE


def test_a_radius_counts_only_without_an_orifice_from_it():
    made = graded(pisa_radius_mm=10, aliasing_velocity_cm_s=40, eroa_mm2=25, vena_contracta_mm=4)
    assert made.state is NOT_SEVERE


# --- Secondary regurgitation ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scheme", "measured", "severe"),
    [
        (
            ESC,
            {
                "eroa_mm2": 32,
                "regurgitant_volume_ml": 48,
                "orifice_elliptical": True,
                "low_flow": True,
            },
            True,
        ),
        (
            AHA,
            {
                "eroa_mm2": 32,
                "regurgitant_volume_ml": 48,
                "orifice_elliptical": True,
                "low_flow": True,
            },
            None,
        ),
        (
            AHA,
            {
                "eroa_mm2": 32,
                "regurgitant_volume_ml": 48,
                "orifice_elliptical": True,
                "low_flow": True,
                "cmr_regurgitant_fraction_percent": 50,
            },
            True,
        ),
        (ASE, {"eroa_mm2": 32, "orifice_elliptical": True}, True),
        (ESC, {"eroa_mm2": 30, "orifice_elliptical": True}, True),
        (ESC, {"eroa_mm2": D("29.9"), "orifice_elliptical": True, "vena_contracta_mm": 5}, False),
        (ESC, {"eroa_mm2": 32, "vena_contracta_mm": 5}, None),
        (ESC, {"eroa_mm2": 32, "vena_contracta_mm": 5, "orifice_elliptical": False}, False),
        (ESC, {"regurgitant_volume_ml": rf(45), "low_flow": True}, True),
        (
            ESC,
            {"regurgitant_volume_ml": rf(D("44.9")), "low_flow": True, "vena_contracta_mm": 5},
            False,
        ),
        (ESC, {"regurgitant_volume_ml": rf(48), "vena_contracta_mm": 5}, None),
        (ESC, {"regurgitant_volume_ml": rf(48), "vena_contracta_mm": 5, "low_flow": False}, False),
        (AHA, {"eroa_mm2": 15, "vena_contracta_mm": 2}, None),
        (AHA, {"eroa_mm2": 15, "vena_contracta_mm": 2, "orifice_elliptical": False}, False),
        (AHA, {"eroa_mm2": 15, "vena_contracta_mm": 2, "orifice_elliptical": True}, None),
        (AHA, {"regurgitant_volume_ml": rf(20), "vena_contracta_mm": 2}, None),
        (AHA, {"regurgitant_volume_ml": rf(20), "vena_contracta_mm": 2, "low_flow": False}, False),
        (AHA, {"regurgitant_fraction_percent": rf(20), "vena_contracta_mm": 2}, False),
        (
            AHA,
            {"regurgitant_fraction_percent": fact(20, method=PISA), "vena_contracta_mm": 2},
            None,
        ),
        (
            AHA,
            {"eroa_mm2": fact(15, method=RegurgitationMethod.PISA_3D), "vena_contracta_mm": 2},
            False,
        ),
        (AHA, {"eroa_mm2": 40}, True),
        (
            ESC,
            {
                "eroa_mm2": Interval(D(25), D(35)),
                "orifice_elliptical": True,
                "vena_contracta_mm": 5,
            },
            None,
        ),
    ],
)
@pytest.mark.parametrize("mechanism", [VENTRICULAR, Mechanism.SECONDARY_ATRIAL, Mechanism.MIXED])
def test_secondary_regurgitation_by_each_definition(mechanism, scheme, measured, severe):
    assert graded(scheme, mechanism=mechanism, **measured).is_severe is severe


def test_a_lower_limit_says_so():
    made = graded(ESC, mechanism=VENTRICULAR, eroa_mm2=32, orifice_elliptical=True)
    assert made.reasons_for[0].text == "EROA 32 mm² (elliptical orifice: severe from 30 mm²)"


def test_secondary_regurgitation_names_shape_and_flow_as_missing():
    made = graded(AHA, mechanism=VENTRICULAR, eroa_mm2=32)
    assert {"orifice_elliptical", "low_flow", "vena_contracta_area_mm2"} <= set(made.missing)
    measured = graded(
        AHA, mechanism=VENTRICULAR, eroa_mm2=32, vena_contracta_area_mm2=stale(20), low_flow=True
    )
    assert "vena_contracta_area_mm2" not in measured.missing
    assert "low_flow" not in measured.missing


@pytest.mark.parametrize(
    ("scheme", "mechanism", "severe"),
    [
        (ASE, Mechanism.PRIMARY, True),
        (AHA, Mechanism.PRIMARY, None),
        (ESC, Mechanism.PRIMARY, None),
        (ASE, None, True),
        (AHA, None, None),
        (ESC, None, None),
    ],
)
def test_an_elliptical_orifice_below_forty_is_never_excluded(scheme, mechanism, severe):
    measured = {"eroa_mm2": 32, "vena_contracta_mm": 5, "orifice_elliptical": True}
    assert graded(scheme, mechanism=mechanism, **measured).is_severe is severe


@pytest.mark.parametrize("scheme", [ASE, ESC])
def test_without_a_mechanism_the_lower_limits_may_apply(scheme):
    measured = {"eroa_mm2": 32, "vena_contracta_mm": 5}
    assert graded(scheme, mechanism=None, **measured).is_severe is None
    excluded = graded(scheme, mechanism=None, orifice_elliptical=False, **measured)
    assert excluded.is_severe is False


def test_low_flow_in_primary_regurgitation_leaves_the_volume_in_doubt():
    low = {"regurgitant_volume_ml": rf(48), "vena_contracta_mm": 5, "low_flow": True}
    assert graded(ESC, **low).is_severe is None
    assert graded(ESC, **{**low, "low_flow": False}).is_severe is False


# --- One study, and who is on the scale ----------------------------------------------------------


def test_another_study_joins_within_ninety_days_only():
    newest = fact(45, on=date(2026, 11, 1))
    near = fact(8, on=date(2026, 8, 3), source="echo_study:2")
    far = fact(8, on=date(2026, 8, 2), source="echo_study:2")
    same = fact(8, on=date(2026, 8, 2))
    undated = fact(8, on=None, source="echo_study:2")
    assert graded(eroa_mm2=newest, vena_contracta_mm=near).state is CORROBORATED
    assert graded(eroa_mm2=newest, vena_contracta_mm=far).state is ONE_LINE
    assert graded(eroa_mm2=newest, vena_contracta_mm=same).state is CORROBORATED
    assert graded(eroa_mm2=newest, vena_contracta_mm=undated).state is CORROBORATED


def test_an_earlier_severe_study_is_not_silently_forgotten():
    earlier = fact(45, on=date(2024, 1, 1), source="echo_study:old")
    made = graded(eroa_mm2=earlier, cmr_regurgitant_volume_ml=20, vena_contracta_mm=2)
    assert made.state is DISCORDANT
    assert made.reasons_for[0].text == "EROA 45 mm² (an earlier study)"
    mild = graded(
        eroa_mm2=fact(10, on=date(2024, 1, 1), source="echo_study:old"),
        cmr_regurgitant_volume_ml=20,
        vena_contracta_mm=2,
    )
    assert mild.state is NOT_SEVERE
    assert any("an earlier study" in reason.text for reason in mild.reasons_against)


def test_old_cmr_does_not_stand_alone():
    old = {"on": date(2024, 1, 1), "source": "cmr_study:1"}
    made = graded(
        cmr_regurgitant_volume_ml=fact(70, **old),
        cmr_regurgitant_fraction_percent=fact(60, **old),
        cmr_quality_good=True,
        vena_contracta_mm=4,
    )
    assert made.state is DISCORDANT


def test_without_any_date_measurements_stand_together():
    assert graded(eroa_mm2=fact(45, on=None), vena_contracta_mm=fact(8, on=None)).state is (
        CORROBORATED
    )


@pytest.mark.parametrize(
    "off",
    [
        {"tempo": Tempo.ACUTE},
        {"tempo": Tempo.ACUTE_ON_CHRONIC},
        {"mitral_valve_state": MitralValveState.MECHANICAL},
        {"mitral_valve_state": MitralValveState.SURGICAL_BIOPROSTHESIS},
        {"mitral_valve_state": MitralValveState.TRANSCATHETER},
        {"mitral_valve_state": MitralValveState.SURGICAL_REPAIR},
        {"mitral_valve_state": MitralValveState.TEER},
        {"mitral_valve_state": MitralValveState.COMMISSUROTOMY},
        {"lvad_or_transplant": True},
        {"age_years": 17},
    ],
)
def test_it_is_not_on_this_scale_and_shows_specific_signs_only(off):
    made = graded(**{"eroa_mm2": 15, "vena_contracta_mm": 2, "flail_leaflet": True, **off})
    assert made.result is GradeResult.NOT_ON_THIS_SCALE
    assert made.is_severe is None
    assert [reason.fact for reason in made.reasons_for] == ["flail_leaflet"]
    assert made.reasons_against == ()
    assert len(made.notes) == 1


@pytest.mark.parametrize(
    ("name", "unknown"),
    [
        ("tempo", None),
        ("tempo", Tempo.UNKNOWN),
        ("mitral_valve_state", None),
        ("mitral_valve_state", stale(MitralValveState.NATIVE)),
        ("age_years", None),
    ],
)
def test_where_the_scale_may_not_apply_severe_stands_and_less_is_not_concluded(name, unknown):
    severe = graded(**{"eroa_mm2": 45, "vena_contracta_mm": 8, name: unknown})
    assert severe.is_severe is True
    less = graded(**{"eroa_mm2": 15, "vena_contracta_mm": 2, name: unknown})
    assert less.is_severe is None
    assert less.result is GradeResult.CANNOT_BE_GRADED
    assert less.missing[0] == name


def test_reasons_keep_their_fact_date_and_source():
    made = graded(eroa_mm2=45, vena_contracta_mm=5, reader_grade=Interval(D(2), D(3)))
    reason = made.reasons_for[0]
    assert (reason.text, reason.fact, reason.line) == ("EROA 45 mm²", "eroa_mm2", "pisa")
    assert reason.on == date(2026, 11, 1)
    against = [r.text for r in made.reasons_against]
    assert against == ["vena contracta 5 mm", "reader's grade: moderate to moderate to severe"]


def test_a_sign_is_named_in_words():
    made = graded(flail_leaflet=True, pulmonary_vein_systolic_reversal=True)
    assert [r.text for r in made.reasons_for] == [
        "flail leaflet",
        "systolic reversal in a pulmonary vein",
    ]


def test_usual_conditions_are_assumed_in_words():
    made = graded(eroa_mm2=45)
    assert any("not recorded: heart rate" in note for note in made.notes)
    recorded = graded(
        eroa_mm2=45,
        study_heart_rate_bpm=70,
        study_systolic_bp_mmhg=120,
        study_quality=StudyQuality.GOOD,
    )
    assert recorded.notes == ()


def test_centimeters_entered_as_millimeters_do_not_make_severe_regurgitation_mild() -> None:
    in_centimeters = {"eroa_mm2": D("0.45"), "vena_contracta_mm": D("0.8")}
    for scheme in (ASE, AHA, ESC):
        found = graded(scheme, **in_centimeters)
        assert found.state is UNCONFIRMED
        assert found.is_severe is None
    smallest = graded(AHA, eroa_mm2=1, vena_contracta_mm=1)
    assert smallest.is_severe is False


def test_an_old_value_below_severe_says_that_it_is_too_old_to_reassure() -> None:
    found = graded(eroa_mm2=stale(25), vena_contracta_mm=stale(4))
    assert found.is_severe is None
    assert len(found.reasons_against) == 2
    assert all("too old to reassure" in reason.text for reason in found.reasons_against)
