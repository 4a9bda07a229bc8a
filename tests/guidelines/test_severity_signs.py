"""The signs that ASE 2017 counts: each of four answers, and what their count decides."""

from decimal import Decimal

import pytest

from guidelines.catalogue.severity import FlowConvergence, JetDensity, JetDirection
from guidelines.facts import Interval
from guidelines.severity import Scheme, SignAnswer, grade_by
from guidelines.vocabulary import (
    GradeResult,
    JetTiming,
    Mechanism,
    MitralValveState,
    RegurgitationMethod,
    Rhythm,
    SeverityState,
    Sex,
    StudyQuality,
    StudyState,
    Tempo,
)
from tests.guidelines.pictures import NATIVE_CHRONIC_ADULT, fact, picture, stale

D = Decimal
ASE, AHA, ESC = Scheme.ASE_2017, Scheme.ACC_AHA, Scheme.ESC_EACTS
YES, NO = SignAnswer.YES, SignAnswer.NO
NOT_APPLICABLE, UNKNOWN = SignAnswer.NOT_APPLICABLE, SignAnswer.UNKNOWN
CENTRAL, ECCENTRIC = JetDirection.CENTRAL, JetDirection.ECCENTRIC
AF = Rhythm.ATRIAL_FIBRILLATION


def graded(scheme=ASE, **measured):
    made = picture(**{**NATIVE_CHRONIC_ADULT, **measured})
    return grade_by(scheme, made, made.readings())


def answer(row, scheme=ASE, **measured):
    found = [sign for sign in graded(scheme, **measured).signs if sign.row == row]
    assert len(found) == 1
    return found[0].answer


AT_NYQUIST = {"aliasing_velocity_cm_s": 40}
FEMALE, MALE, OTHER = Sex.FEMALE, Sex.MALE, Sex.OTHER
SIZES = {"study_lvedd_mm": 50, "study_la_volume_index_ml_m2": 30}
LARGE = {"study_lvedd_mm": 60, "study_lvef_percent": 65}


@pytest.mark.parametrize(
    ("row", "measured", "expected"),
    [
        ("ASE-M-1", {}, UNKNOWN),
        ("ASE-M-1", {"jet_area_percent_la": D("19.9"), "jet_direction": CENTRAL}, YES),
        ("ASE-M-1", {"jet_area_percent_la": 20, "jet_direction": CENTRAL}, NO),
        ("ASE-M-1", {"jet_area_percent_la": 25}, NO),
        ("ASE-M-1", {"jet_area_percent_la": 10}, UNKNOWN),
        ("ASE-M-1", {"jet_area_percent_la": 10, "jet_direction": ECCENTRIC}, NO),
        ("ASE-M-1", {"jet_area_percent_la": stale(10), "jet_direction": CENTRAL}, UNKNOWN),
        ("ASE-M-2", {}, UNKNOWN),
        ("ASE-M-2", {"vena_contracta_mm": 3}, YES),
        ("ASE-M-2", {"vena_contracta_mm": D("3.1")}, NO),
        ("ASE-M-2", {"vena_contracta_biplane_mm": 3}, YES),
        ("ASE-M-2", {"vena_contracta_mm": 2, "vena_contracta_biplane_mm": 4}, NO),
        ("ASE-M-2", {"vena_contracta_mm": 2, "multiple_jets": True}, NOT_APPLICABLE),
        ("ASE-M-3", {}, UNKNOWN),
        ("ASE-M-3", {"pisa_radius_mm": 3, **AT_NYQUIST}, YES),
        ("ASE-M-3", {"pisa_radius_mm": D("3.1"), **AT_NYQUIST}, NO),
        ("ASE-M-3", {"pisa_radius_mm": 2}, UNKNOWN),
        ("ASE-M-3", {"pisa_radius_mm": 2, "aliasing_velocity_cm_s": 29}, NOT_APPLICABLE),
        ("ASE-M-3", {"pisa_radius_mm": 2, "aliasing_velocity_cm_s": 41}, NOT_APPLICABLE),
        ("ASE-M-3", {"flow_convergence": FlowConvergence.ABSENT}, YES),
        ("ASE-M-3", {"flow_convergence": FlowConvergence.INTERMEDIATE}, NO),
        (
            "ASE-M-3",
            {"flow_convergence": FlowConvergence.ABSENT, "pisa_radius_mm": 5, **AT_NYQUIST},
            NO,
        ),
        ("ASE-M-4", {}, UNKNOWN),
        ("ASE-M-4", {"e_velocity_m_s": D("0.6"), "a_velocity_m_s": D("0.7")}, YES),
        ("ASE-M-4", {"e_velocity_m_s": D("0.7"), "a_velocity_m_s": D("0.7")}, NO),
        ("ASE-M-4", {"e_velocity_m_s": D("0.6")}, UNKNOWN),
        ("ASE-M-5", {}, UNKNOWN),
        ("ASE-M-5", {"jet_density": JetDensity.FAINT}, YES),
        ("ASE-M-5", {"jet_density": JetDensity.DENSE}, NO),
        ("ASE-M-5", {"jet_density": stale(JetDensity.FAINT)}, UNKNOWN),
        ("ASE-M-6", {}, UNKNOWN),
        ("ASE-M-6", {**SIZES}, YES),
        ("ASE-M-6", {"study_lvedd_mm": 58, "study_la_volume_index_ml_m2": 34}, YES),
        ("ASE-M-6", {"study_lvedd_mm": 59, "study_la_volume_index_ml_m2": 34}, NO),
        ("ASE-M-6", {"study_lvedd_mm": 58, "study_la_volume_index_ml_m2": 35}, NO),
        ("ASE-M-6", {"study_lvedd_mm": 58}, UNKNOWN),
        ("ASE-M-6", {"study_lvedd_mm": 52, "study_la_diameter_mm": 38, "sex": FEMALE}, YES),
        ("ASE-M-6", {"study_lvedd_mm": 53, "study_la_diameter_mm": 38, "sex": FEMALE}, NO),
        ("ASE-M-6", {"study_lvedd_mm": 52, "study_la_diameter_mm": 39, "sex": FEMALE}, NO),
        ("ASE-M-6", {"study_lvedd_mm": 52, "study_la_diameter_mm": 38, "sex": None}, YES),
        ("ASE-M-6", {"study_lvedd_mm": 55, "study_la_diameter_mm": 38, "sex": OTHER}, UNKNOWN),
        ("ASE-M-6", {**SIZES, "other_cause_of_large_chambers": True}, NOT_APPLICABLE),
        ("ASE-S-1", {}, UNKNOWN),
        ("ASE-S-1", {"flail_leaflet": True}, YES),
        ("ASE-S-1", {"flail_leaflet": False}, NO),
        ("ASE-S-2", {}, UNKNOWN),
        ("ASE-S-2", {"vena_contracta_mm": 7}, YES),
        ("ASE-S-2", {"vena_contracta_mm": D("6.9")}, NO),
        ("ASE-S-2", {"vena_contracta_biplane_mm": D("8.1")}, YES),
        ("ASE-S-2", {"vena_contracta_biplane_mm": D("7.9")}, NO),
        (
            "ASE-S-2",
            {"vena_contracta_mm": 8, "jet_timing": JetTiming.LATE_SYSTOLIC},
            NOT_APPLICABLE,
        ),
        ("ASE-S-3", {}, UNKNOWN),
        ("ASE-S-3", {"pisa_radius_mm": 10, "aliasing_velocity_cm_s": 30}, YES),
        ("ASE-S-3", {"pisa_radius_mm": D("9.9"), "aliasing_velocity_cm_s": 30}, NO),
        ("ASE-S-3", {"pisa_radius_mm": 12}, UNKNOWN),
        ("ASE-S-3", {"pisa_radius_mm": 12, "aliasing_velocity_cm_s": 20}, NOT_APPLICABLE),
        ("ASE-S-3", {"flow_convergence": FlowConvergence.ABSENT}, NO),
        (
            "ASE-S-3",
            {"pisa_radius_mm": 12, **AT_NYQUIST, "jet_timing": JetTiming.LATE_SYSTOLIC},
            NOT_APPLICABLE,
        ),
        ("ASE-S-4", {}, UNKNOWN),
        ("ASE-S-4", {"jet_area_percent_la": 51, "jet_direction": CENTRAL}, YES),
        ("ASE-S-4", {"jet_area_percent_la": 50, "jet_direction": CENTRAL}, NO),
        ("ASE-S-4", {"jet_area_percent_la": 50}, NO),
        ("ASE-S-4", {"jet_area_percent_la": 60}, UNKNOWN),
        ("ASE-S-4", {"jet_area_percent_la": 60, "jet_direction": ECCENTRIC}, NOT_APPLICABLE),
        ("ASE-S-5", {}, UNKNOWN),
        ("ASE-S-5", {"pulmonary_vein_systolic_reversal": True}, YES),
        ("ASE-S-5", {"pulmonary_vein_systolic_reversal": False}, NO),
        ("ASE-S-6", {}, UNKNOWN),
        ("ASE-S-6", {**LARGE}, YES),
        ("ASE-S-6", {**LARGE, "study_lvedd_mm": 58}, NO),
        ("ASE-S-6", {**LARGE, "study_lvef_percent": 52}, YES),
        ("ASE-S-6", {**LARGE, "study_lvef_percent": 51}, NO),
        ("ASE-S-6", {**LARGE, "study_lvef_percent": 53, "sex": FEMALE}, NO),
        ("ASE-S-6", {**LARGE, "study_lvef_percent": 53, "sex": None}, UNKNOWN),
        ("ASE-S-6", {"study_lvedd_mm": 60}, UNKNOWN),
        ("ASE-S-6", {"study_lvedd_mm": 55, "study_lvef_percent": 65, "sex": FEMALE}, YES),
        ("ASE-S-6", {**LARGE, "other_cause_of_large_chambers": True}, NOT_APPLICABLE),
        ("ASE-S-6", {**LARGE, "other_cause_of_large_chambers": False}, YES),
    ],
)
def test_each_sign_on_both_sides_of_its_limit(row, measured, expected):
    assert answer(row, **measured) is expected


@pytest.mark.parametrize(
    ("scheme", "area", "expected"),
    [(ASE, 41, NO), (ESC, 41, NO), (AHA, 41, YES), (AHA, 40, NO), (ESC, 51, YES)],
)
def test_a_central_jet_is_large_above_forty_percent_by_acc_aha_and_fifty_by_the_others(
    scheme, area, expected
):
    jet = {"jet_area_percent_la": area, "jet_direction": CENTRAL}
    assert answer("ASE-S-4", scheme, **jet) is expected


def test_exactly_eight_millimeters_biplane_is_a_sign_by_esc_only():
    eight = {"vena_contracta_biplane_mm": 8}
    assert answer("ASE-S-2", ESC, **eight) is YES
    assert answer("ASE-S-2", ASE, **eight) is not YES


@pytest.mark.parametrize(
    "circumstance",
    [
        {"study_rhythm": AF},
        {"study_rhythm": Rhythm.ATRIAL_FLUTTER},
        {"study_rhythm": Rhythm.PACED},
        {"mva_cm2": D("1.5")},
        {"mitral_mean_gradient_mmhg": 5},
        {"annular_calcification": True},
    ],
)
def test_inflow_and_pulmonary_veins_are_not_asked_where_they_say_nothing(circumstance):
    seen = {
        "e_velocity_m_s": D("0.5"),
        "a_velocity_m_s": D("0.8"),
        "pulmonary_vein_systolic_reversal": True,
        **circumstance,
    }
    assert answer("ASE-M-4", **seen) is NOT_APPLICABLE
    assert answer("ASE-S-5", **seen) is NOT_APPLICABLE
    signs = graded(**seen).signs
    assert all(sign.why for sign in signs if sign.answer is NOT_APPLICABLE)
    # The reversal itself stays a line of evidence: what is adverse is not lost.
    assert graded(**seen).is_severe is True


def test_there_are_six_of_each_and_all_are_shown():
    rows = [sign.row for sign in graded().signs]
    assert rows == [f"ASE-{side}-{number}" for side in "MS" for number in range(1, 7)]


# --- The count -----------------------------------------------------------------------------------

FOUR_MILD = {
    "jet_area_percent_la": 10,
    "jet_direction": CENTRAL,
    "flow_convergence": FlowConvergence.ABSENT,
    "jet_density": JetDensity.FAINT,
    "e_velocity_m_s": D("0.6"),
    "a_velocity_m_s": D("0.8"),
}
THREE_MILD = {name: value for name, value in FOUR_MILD.items() if name != "jet_density"}


@pytest.mark.parametrize("scheme", list(Scheme))
def test_four_signs_of_mild_are_mild_without_quantitation(scheme):
    made = graded(scheme, **FOUR_MILD)
    assert made.state is SeverityState.NOT_SEVERE_CORROBORATED
    assert made.result is GradeResult.MILD
    assert made.is_severe is False
    assert made.missing == ()
    reason = made.reasons_against[-1]
    assert (reason.row, reason.line) == ("ASE-A-1", "signs")
    assert reason.text.startswith("4 of 6 signs specific for mild regurgitation")


def test_three_signs_of_mild_ask_for_the_fourth_or_for_quantitation():
    made = graded(**THREE_MILD)
    assert made.state is SeverityState.NOT_SEVERE_UNCONFIRMED
    assert made.is_severe is None
    assert {"jet_density", "vena_contracta_mm", "eroa_mm2", "study_lvedd_mm"} <= set(made.missing)
    assert "vena_contracta_biplane_mm" not in made.missing


@pytest.mark.parametrize(
    "severe",
    [
        {"flail_leaflet": True},
        {"vena_contracta_mm": 7},
        {"pisa_radius_mm": 10, "aliasing_velocity_cm_s": 40, "vena_contracta_mm": 3},
        {"pulmonary_vein_systolic_reversal": True},
        {"papillary_muscle_rupture": True},
        {"large_perforation": True},
        {"severe_leaflet_retraction": True},
        {"severe_tenting": True, "mechanism": Mechanism.SECONDARY_VENTRICULAR},
    ],
)
def test_four_signs_of_mild_beside_one_of_severe_are_discordant(severe):
    made = graded(**{**FOUR_MILD, **severe})
    assert made.state is SeverityState.DISCORDANT
    assert made.is_severe is None
    assert "cmr_regurgitant_volume_ml" in made.missing


def test_tenting_says_nothing_of_a_primary_leak():
    assert graded(**FOUR_MILD, severe_tenting=True).is_severe is False


@pytest.mark.parametrize(
    "off",
    [
        {"tempo": Tempo.ACUTE},
        {"tempo": Tempo.ACUTE_ON_CHRONIC},
        {"mitral_valve_state": MitralValveState.SURGICAL_REPAIR},
        {"mitral_valve_state": MitralValveState.MECHANICAL},
    ],
)
def test_small_jets_do_not_make_an_acute_or_operated_leak_mild(off):
    made = graded(**{**FOUR_MILD, **off})
    assert made.result is GradeResult.NOT_ON_THIS_SCALE
    assert made.is_severe is None
    assert not any(sign.row.startswith("ASE-M") for sign in made.signs)


@pytest.mark.parametrize(
    "limit",
    [
        {"tempo": None},
        {"study_quality": StudyQuality.POOR},
        {"study_heart_rate_bpm": 101},
        {"study_systolic_bp_mmhg": 89},
        {"study_state": StudyState.SEDATED},
        {"study_state": StudyState.EXERCISE},
    ],
)
def test_four_signs_of_mild_do_not_exclude_where_the_study_may_not(limit):
    made = graded(**{**FOUR_MILD, **limit})
    assert made.is_severe is None
    assert made.result is GradeResult.CANNOT_BE_GRADED


@pytest.mark.parametrize(
    ("measured", "state", "result"),
    [
        ({"eroa_mm2": 10}, SeverityState.NOT_SEVERE_CORROBORATED, "mild"),
        ({"eroa_mm2": 25}, SeverityState.NOT_SEVERE_CORROBORATED, "moderate"),
        ({"eroa_mm2": 35}, SeverityState.DISCORDANT, "cannot_be_graded"),
        ({"reader_grade": 3}, SeverityState.DISCORDANT, "cannot_be_graded"),
        ({"eroa_mm2": 45}, SeverityState.DISCORDANT, "cannot_be_graded"),
        (
            {"reader_grade": Interval(D(3), D(4))},
            SeverityState.NOT_SEVERE_UNCONFIRMED,
            "cannot_be_graded",
        ),
    ],
)
def test_a_measurement_beside_four_signs_of_mild(measured, state, result):
    made = graded(**FOUR_MILD, **measured)
    assert (made.state, made.result) == (state, result)


def test_old_signs_of_mild_no_longer_reassure():
    made = graded(**{name: stale(value) for name, value in FOUR_MILD.items()})
    assert made.is_severe is None


def test_signs_of_another_year_do_not_join():
    old = {name: fact(value, on=None) for name, value in FOUR_MILD.items()}
    assert graded(**old).result is GradeResult.MILD
    apart = {
        name: fact(value, on=stale(1).on, source="echo_study:old")
        for name, value in FOUR_MILD.items()
    }
    assert graded(**apart, reader_grade=1).is_severe is None


FOUR_SEVERE = {
    "flail_leaflet": True,
    "jet_area_percent_la": 60,
    "jet_direction": CENTRAL,
    "pulmonary_vein_systolic_reversal": True,
    "pisa_radius_mm": 11,
    "aliasing_velocity_cm_s": 40,
}


def test_four_signs_of_severe_are_severe_even_beside_a_mild_measurement():
    made = graded(**FOUR_SEVERE, vena_contracta_mm=2)
    assert made.state is SeverityState.SEVERE_CORROBORATED
    assert made.is_severe is True
    assert made.reasons_for[-1].row == "ASE-A-2"
    without = {n: v for n, v in FOUR_SEVERE.items() if n != "pulmonary_vein_systolic_reversal"}
    assert graded(**without, vena_contracta_mm=2).state is SeverityState.DISCORDANT


def test_a_large_ventricle_is_never_the_sign_that_decides():
    three = {n: v for n, v in FOUR_SEVERE.items() if n != "pulmonary_vein_systolic_reversal"}
    made = graded(**three, **LARGE, vena_contracta_mm=2)
    assert made.state is SeverityState.DISCORDANT
    alone = graded(**LARGE)
    assert alone.is_severe is None
    assert alone.state is SeverityState.NOT_SEVERE_UNCONFIRMED


def test_grade_three_with_three_signs_of_severe_is_severe_and_corroborated():
    grade_three = {"eroa_mm2": 35, "flail_leaflet": True}
    assert graded(**grade_three).state is SeverityState.SEVERE_ONE_LINE
    jet = {"jet_area_percent_la": 60, "jet_direction": CENTRAL}
    assert graded(**grade_three, **jet).state is SeverityState.SEVERE_ONE_LINE
    three = graded(**grade_three, **jet, **LARGE)
    assert three.state is SeverityState.SEVERE_CORROBORATED
    moderate = graded(**{**grade_three, "eroa_mm2": 25}, **jet, **LARGE)
    assert moderate.state is SeverityState.DISCORDANT


@pytest.mark.parametrize("area", [51, 99])
def test_jet_area_alone_never_decides(area):
    jet = {"jet_area_percent_la": area, "jet_direction": CENTRAL}
    for scheme in Scheme:
        assert graded(scheme, **jet).is_severe is None
    small = {"jet_area_percent_la": 5, "jet_direction": CENTRAL}
    assert graded(**small).is_severe is None


@pytest.mark.parametrize(
    "severe",
    [
        {"jet_area_percent_la": 60, "jet_direction": CENTRAL},
        {"severe_leaflet_retraction": True},
    ],
)
def test_a_sign_that_no_line_measures_forbids_not_severe_until_cmr_answers(severe):
    below = {"eroa_mm2": 25, "vena_contracta_mm": 4}
    assert graded(**below).is_severe is False
    made = graded(**below, **severe)
    assert made.state is SeverityState.DISCORDANT
    cmr = {
        "cmr_regurgitant_volume_ml": 35,
        "cmr_regurgitant_fraction_percent": 33,
        "cmr_quality_good": True,
    }
    assert graded(**below, **severe, **cmr).result is GradeResult.MODERATE


def test_the_radius_of_a_measured_orifice_is_no_sign_beside_it():
    made = graded(
        pisa_radius_mm=10, aliasing_velocity_cm_s=30, eroa_mm2=D("37.7"), vena_contracta_mm=5
    )
    assert made.state is SeverityState.INTERMEDIATE


# --- What supports -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measured", "row"),
    [
        ({"severe_leaflet_retraction": True}, "ESC-SV-01"),
        ({"severe_tenting": True, "mechanism": Mechanism.SECONDARY_ATRIAL}, "ESC-SV-01"),
        ({"severe_tenting": True, "mechanism": None}, "ESC-SV-01"),
        ({"jet_direction": JetDirection.WALL_IMPINGING}, "ESC-SV-02"),
        ({"flow_convergence": FlowConvergence.LARGE}, "ESC-SV-03"),
        ({"jet_density": JetDensity.DENSE_TRIANGULAR}, "ESC-SV-04"),
        ({"e_velocity_m_s": D("1.21")}, "ESC-SV-07"),
        ({"e_velocity_m_s": D("1.3"), "a_velocity_m_s": D("0.9")}, "ESC-SV-07"),
        ({"e_velocity_m_s": stale(D("1.3"))}, "ESC-SV-07"),
        ({"vti_ratio_mitral_aortic": D("1.41")}, "ESC-SV-08"),
        ({"study_la_diameter_mm": 55}, "ESC-SV-13"),
        ({"study_la_volume_index_ml_m2": 60}, "ESC-SV-13"),
    ],
)
def test_what_supports_severe_is_named_and_decides_nothing(measured, row):
    made = graded(ESC, **measured)
    assert made.is_severe is None
    assert [sign.row for sign in made.signs[12:]] == [row]
    assert any("Supports severe without deciding it" in note for note in made.notes)


@pytest.mark.parametrize(
    "measured",
    [
        {"e_velocity_m_s": D("1.2")},
        {"e_velocity_m_s": D("1.3"), "a_velocity_m_s": D("1.4")},
        {"e_velocity_m_s": D("1.3"), "study_rhythm": AF},
        {"vti_ratio_mitral_aortic": D("1.4")},
        {"vti_ratio_mitral_aortic": 2, "mva_cm2": D("1.4")},
        {"vti_ratio_mitral_aortic": 2, "aortic_regurgitation_more_than_mild": True},
        {"study_la_diameter_mm": 60, "study_rhythm": AF},
        {"study_la_diameter_mm": 60, "other_cause_of_large_chambers": True},
        {"study_la_diameter_mm": 54, "study_la_volume_index_ml_m2": 59},
    ],
)
def test_what_has_another_explanation_supports_nothing(measured):
    assert graded(ESC, **measured).signs[12:] == ()


# --- Late systolic, several and eccentric jets (ASE-A-9) ------------------------------------------

LATE = {"jet_timing": JetTiming.LATE_SYSTOLIC, "eroa_mm2": 45, "vena_contracta_mm": 8}
GOOD_CMR = {
    "cmr_regurgitant_volume_ml": 35,
    "cmr_regurgitant_fraction_percent": 33,
    "cmr_quality_good": True,
}


def test_good_cmr_settles_a_late_systolic_jet_and_is_not_asked_for_again():
    before = graded(**LATE, reader_grade=2)
    assert before.state is SeverityState.DISCORDANT
    assert "cmr_regurgitant_volume_ml" in before.missing
    after = graded(**LATE, **GOOD_CMR, reader_grade=2)
    assert (after.state, after.result) == (
        SeverityState.NOT_SEVERE_CORROBORATED,
        GradeResult.MODERATE,
    )
    assert "CMR decides" in " ".join(after.notes)


def test_cmr_alone_beside_a_late_systolic_jet_is_one_line_and_excludes_nothing():
    made = graded(**LATE, **GOOD_CMR)
    assert made.state is SeverityState.NOT_SEVERE_UNCONFIRMED
    assert made.is_severe is None
    assert not any(name.startswith("cmr_") for name in made.missing)
    assert "reader_grade" in made.missing


def test_a_small_volume_does_not_make_an_overruled_orifice_discordant():
    late = {**LATE, "regurgitant_volume_ml": fact(30, method=RegurgitationMethod.PISA)}
    assert graded(**late, reader_grade=2).state is SeverityState.DISCORDANT
    assert graded(**late, **GOOD_CMR, reader_grade=2).is_severe is False


def test_an_overruled_single_frame_below_severe_does_not_raise_the_grade():
    late = {**LATE, "eroa_mm2": 35, "vena_contracta_mm": 5}
    made = graded(**late, **GOOD_CMR)
    assert made.result is GradeResult.MODERATE
    may = graded(**{**late, "eroa_mm2": Interval(D(35), D(45))}, **GOOD_CMR)
    assert may.result is GradeResult.MODERATE


@pytest.mark.parametrize(
    ("cmr", "wanted"),
    [
        ({"cmr_quality_good": False}, {"cmr_regurgitant_volume_ml"}),
        ({"cmr_quality_good": None}, {"cmr_quality_good"}),
        ({"cmr_regurgitant_fraction_percent": None}, {"cmr_regurgitant_fraction_percent"}),
        (
            {"cmr_regurgitant_volume_ml": stale(35)},
            {"cmr_regurgitant_volume_ml"},
        ),
    ],
)
def test_cmr_that_is_poor_partial_or_old_settles_nothing(cmr, wanted):
    made = graded(**{**LATE, **GOOD_CMR, **cmr}, reader_grade=2)
    assert made.state is SeverityState.DISCORDANT
    assert wanted <= set(made.missing)


def test_good_cmr_shows_severe_in_a_late_systolic_jet():
    severe = {**GOOD_CMR, "cmr_regurgitant_volume_ml": 60, "cmr_regurgitant_fraction_percent": 50}
    assert graded(**LATE, **severe).state is SeverityState.SEVERE_CORROBORATED
    one = {**severe, "cmr_regurgitant_fraction_percent": 49}
    assert graded(**LATE, **one).state is SeverityState.SEVERE_ONE_LINE


@pytest.mark.parametrize(
    ("jet", "words"),
    [
        ({"multiple_jets": True}, "Several jets"),
        ({"jet_direction": JetDirection.WALL_IMPINGING}, "Very eccentric jet"),
    ],
)
def test_several_and_eccentric_jets_favor_the_volume(jet, words):
    made = graded(eroa_mm2=25, vena_contracta_mm=4, **jet)
    assert any(note.startswith(words) for note in made.notes)
    settled = graded(eroa_mm2=25, vena_contracta_mm=4, **jet, **GOOD_CMR)
    assert not any(note.startswith(words) for note in settled.notes)


# --- Words ---------------------------------------------------------------------------------------


def test_a_discordant_severity_says_so_and_never_that_nothing_is_recorded():
    made = graded(eroa_mm2=45, vena_contracta_mm=2)
    assert made.as_fact().value is None
    assert made.as_fact().reason == "discordant: EROA 45 mm²; vena contracta 2 mm"
    unconfirmed = graded(eroa_mm2=25)
    assert unconfirmed.explanation == "not shown to be severe, and not excluded: EROA 25 mm²"
    assert graded().explanation == "no measurement of severity"
    off = graded(tempo=Tempo.ACUTE)
    assert off.explanation.startswith("not on this scale: Acute regurgitation")
    late = graded(eroa_mm2=45, jet_timing=JetTiming.LATE_SYSTOLIC)
    assert late.explanation == "discordant: EROA 45 mm²"


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        ({"eroa_mm2": 35, "vena_contracta_mm": 5}, ""),
        ({"eroa_mm2": 35, "vena_contracta_mm": 5, "reader_grade": 3}, ""),
        (
            {"eroa_mm2": 35, "vena_contracta_mm": 5, "reader_grade": 2},
            "The reader calls it moderate; all evidence together gives moderate to severe.",
        ),
        (
            {"eroa_mm2": 15, "vena_contracta_mm": 8, "reader_grade": 4},
            "The reader calls it severe; the evidence is discordant.",
        ),
        ({"vena_contracta_mm": 4, "reader_grade": 2}, ""),
        ({"eroa_mm2": 35, "vena_contracta_mm": 5, "reader_grade": stale(1)}, ""),
        ({"eroa_mm2": 15, "vena_contracta_mm": 2, "reader_grade": 0}, ""),
    ],
)
def test_the_readers_grade_is_compared_and_never_overwritten(measured, words):
    made = graded(**measured)
    assert made.reader_differs == words
    assert made.as_dict()["reader_differs"] == words


def test_the_grade_is_a_fact_of_its_own():
    grade = graded(eroa_mm2=35, vena_contracta_mm=5).as_grade()
    assert (grade.value, grade.on) == (3, fact(1).on)
    provisional = graded(eroa_mm2=45).as_grade()
    assert provisional.value == 4
    assert provisional.is_provisional
    assert graded(eroa_mm2=25).as_grade().value is None
    assert graded(**FOUR_MILD).as_grade().value == 1


@pytest.mark.parametrize(
    ("scheme", "mechanism", "row"),
    [
        (ASE, Mechanism.PRIMARY, "ASE-G-09"),
        (AHA, Mechanism.PRIMARY, "AHA-PS-C"),
        (AHA, Mechanism.SECONDARY_VENTRICULAR, "AHA-SS-C"),
        (ESC, Mechanism.PRIMARY, "ESC-SV-09"),
    ],
)
def test_a_reason_cites_the_row_of_its_own_scheme(scheme, mechanism, row):
    made = graded(scheme, eroa_mm2=45, mechanism=mechanism)
    assert made.reasons_for[0].row == row
    assert made.as_dict()["reasons_for"][0]["row"] == row


def test_aortic_regurgitation_of_that_study_comes_before_what_is_known_today():
    low = {
        "regurgitant_fraction_percent": fact(20, method=RegurgitationMethod.DOPPLER_VOLUMETRIC),
        "vena_contracta_mm": 2,
        "none_of_these_asked": None,
    }
    assert graded(**low, study_aortic_regurgitation_more_than_mild=False).is_severe is False
    worse_since = {"aortic_regurgitation_more_than_mild": True}
    now = graded(**low, **worse_since, study_aortic_regurgitation_more_than_mild=False)
    assert now.is_severe is False
    then = graded(**low, study_aortic_regurgitation_more_than_mild=True)
    assert then.is_severe is None
