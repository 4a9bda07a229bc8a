"""Scores of points: MIDA, MitraScore, COAPT, CHA2DS2-VASc and -VA, HAS-BLED."""

from decimal import Decimal

import pytest

from guidelines.scores.cha2ds2 import cha2ds2_va, cha2ds2_vasc
from guidelines.scores.coapt import coapt
from guidelines.scores.has_bled import has_bled
from guidelines.scores.mida import mida
from guidelines.scores.mitrascore import CONTRADICTION, mitrascore
from guidelines.vocabulary import Sex
from tests.guidelines.score_inputs import between, given_inputs
from tests.guidelines.score_vectors import CHA2DS2, COAPT, HAS_BLED, MIDA, MITRASCORE

MIDA_NAMES = (
    "age_years", "symptoms", "atrial_fibrillation", "la_diameter_mm", "spap_mmhg", "lvesd_mm",
    "lvef_percent",
)  # fmt: skip
COAPT_NAMES = (
    "nyha_class", "copd", "atrial_fibrillation", "egfr_ml_min_173", "spap_mmhg", "lvesd_mm",
    "tr_grade", "lvef_percent", "teer_with_gdmt",
)  # fmt: skip
WELL = dict(zip(MIDA_NAMES, MIDA[0][:7], strict=True))
NO_MITRA = {
    "age_years": "70",
    "hemoglobin_g_dl": "14",
    "sex": "male",
    "egfr_ml_min_173": "80",
    "lvef_percent": "60",
    "peripheral_artery_disease": False,
    "copd": False,
    "high_diuretic_dose": False,
    "ras_inhibitor": True,
}
NO_COAPT = dict(zip(COAPT_NAMES, COAPT[0][:9], strict=True))
NO_BLEED = {
    "systolic_bp_mmhg": "120",
    "dialysis": False,
    "kidney_transplant": False,
    "creatinine_umol_l": "80",
    "liver_disease": False,
    "stroke": False,
    "bleeding": False,
    "vitamin_k_antagonist": True,
    "ttr_percent": "80",
    "age_years": "60",
    "antiplatelet_or_nsaid": False,
    "alcohol": False,
}
NO_STROKE = {
    "heart_failure": False,
    "hypertension": False,
    "age_years": "60",
    "diabetes": False,
    "stroke_tia_or_embolism": False,
    "vascular_disease": False,
}


def of_mida(**changes):
    return mida(given_inputs(WELL | changes))


def of_mitra(**changes):
    return mitrascore(given_inputs(NO_MITRA | changes))


def of_coapt(**changes):
    return coapt(given_inputs(NO_COAPT | changes))


def of_bled(**changes):
    return has_bled(given_inputs(NO_BLEED | changes))


@pytest.mark.parametrize("row", MIDA)
def test_mida_agrees_with_the_vectors(row):
    assert mida(given_inputs(dict(zip(MIDA_NAMES, row[:7], strict=True)))).value == row[7]


@pytest.mark.parametrize(
    ("name", "not_yet", "reached", "points"),
    [
        ("age_years", "64", "65", 3),
        ("spap_mmhg", "50", "50.1", 2),
        ("la_diameter_mm", "54.9", "55", 1),
        ("lvesd_mm", "39.9", "40", 1),
        ("lvef_percent", "60.1", "60", 1),
    ],
)
def test_mida_counts_from_its_exact_limits(name, not_yet, reached, points):
    assert of_mida(**{name: not_yet}).value == 0
    assert of_mida(**{name: reached}).value == points


@pytest.mark.parametrize(
    ("score", "label", "published"),
    [
        (0, "0", True), (1, "1 to 2", False), (4, "3 to 4", False), (5, "5 to 6", False),
        (7, "7 to 8", True), (8, "7 to 8", True), (10, "9 to 10", False), (11, "11 to 12", True),
    ],
)  # fmt: skip
def test_mida_gives_rates_only_where_they_were_published(score, label, published):
    found = [
        each for each in of_mida().definition.strata if each.meets(Decimal(score), Decimal(score))
    ]
    assert [(each.label, each.is_published) for each in found] == [(label, published)]
    assert (found[0].meaning == "not published here") is not published


def test_mida_with_gaps_names_every_group_that_it_may_be_in():
    made = of_mida(symptoms=None, age_years="70")
    assert (made.lowest, made.highest) == (3, 6)
    assert [each.label for each in made.strata] == ["3 to 4", "5 to 6"]
    assert made.missing == ("symptoms",)
    assert (mida({}).lowest, mida({}).highest) == (0, 12)


@pytest.mark.parametrize(("changes", "score", "group"), MITRASCORE)
def test_mitrascore_agrees_with_the_vectors(changes, score, group):
    made = of_mitra(**changes)
    assert made.value == score
    assert made.interpretation.split(": ")[1].startswith(group)


@pytest.mark.parametrize(
    ("name", "not_yet", "reached"),
    [
        ("age_years", "74", "75"),
        ("egfr_ml_min_173", "60", "59.9"),
        ("lvef_percent", "40", "39.9"),
        ("hemoglobin_g_dl", "13", "12.9"),
    ],
)
def test_mitrascore_counts_from_its_exact_limits(name, not_yet, reached):
    assert of_mitra(**{name: not_yet}).value == 0
    assert of_mitra(**{name: reached}).value == 1


@pytest.mark.parametrize(
    ("sex", "hemoglobin", "answered", "span"),
    [
        ("female", "12", None, (0, 0)),
        ("female", "11.9", None, (1, 1)),
        (None, "12.5", None, (0, 1)),
        (None, "11", None, (1, 1)),
        (Sex.OTHER, "13", None, (0, 0)),
        ("male", None, True, (1, 1)),
        ("male", None, False, (0, 1)),
        ("male", "14", False, (0, 0)),
        ("male", None, None, (0, 1)),
    ],
)
def test_anemia_is_by_hemoglobin_and_sex_or_as_answered_yes(sex, hemoglobin, answered, span):
    made = of_mitra(sex=sex, hemoglobin_g_dl=hemoglobin, anemia=answered)
    assert (made.lowest, made.highest) == span


@pytest.mark.parametrize(
    ("hemoglobin", "answered", "value", "is_flagged"),
    [
        ("14", True, 1, True),
        ("14", None, 0, False),
        ("14", False, 0, False),
        ("12", True, 1, False),
        ("12", False, 1, False),
        (None, True, 1, False),
    ],
)
def test_anemia_answered_against_a_normal_hemoglobin_counts_and_is_flagged(
    hemoglobin, answered, value, is_flagged
):
    made = of_mitra(sex="male", hemoglobin_g_dl=hemoglobin, anemia=answered)
    assert made.value == value
    assert made.flags == ((CONTRADICTION,) if is_flagged else ())


def test_no_answer_about_a_drug_is_not_its_absence():
    assert of_mitra(ras_inhibitor=None).highest == 1
    assert of_mitra(ras_inhibitor=False).value == 1


@pytest.mark.parametrize("row", COAPT)
def test_coapt_agrees_with_the_vectors(row):
    assert coapt(given_inputs(dict(zip(COAPT_NAMES, row[:9], strict=True)))).value == row[9]


@pytest.mark.parametrize(
    ("name", "not_yet", "reached", "points"),
    [
        ("nyha_class", "2", "3", 1),
        ("egfr_ml_min_173", "60", "59.9", 1),
        ("egfr_ml_min_173", "75", "29.9", 3),
        ("egfr_ml_min_173", "75", "30", 1),
        ("spap_mmhg", "45", "45.1", 3),
        ("lvesd_mm", "55", "55.1", 2),
        ("tr_grade", "1", "2", 2),
        ("lvef_percent", "35.1", "35", 1),
        ("lvef_percent", "35.1", "25", 1),
        ("lvef_percent", "35.1", "24.9", 2),
    ],
)
def test_coapt_counts_from_its_exact_limits(name, not_yet, reached, points):
    before = of_coapt(**{name: not_yet}).value
    assert of_coapt(**{name: reached}).value - before == points


def test_coapt_is_labeled_as_a_poor_discriminator_and_spans_its_whole_range():
    assert any("Poor discrimination" in each for each in of_coapt().definition.caveats)
    assert (coapt({}).lowest, coapt({}).highest) == (-3, 15)
    assert of_coapt(teer_with_gdmt=None).missing == ("teer_with_gdmt",)


@pytest.mark.parametrize(("age", "sex", "present", "vasc", "va"), CHA2DS2)
def test_cha2ds2_agrees_with_the_vectors(age, sex, present, vasc, va):
    values = NO_STROKE | dict.fromkeys(present, True) | {"age_years": age}
    assert cha2ds2_va(given_inputs(values)).value == va
    assert cha2ds2_vasc(given_inputs(values | {"sex": sex})).value == vasc


@pytest.mark.parametrize(("age", "points"), [("64", 0), ("65", 1), ("74", 1), ("75", 2)])
def test_cha2ds2_counts_age_from_65_and_from_75(age, points):
    assert cha2ds2_va(given_inputs(NO_STROKE | {"age_years": age})).value == points


def test_the_rates_of_one_score_are_not_those_of_the_other():
    va = cha2ds2_va(given_inputs(NO_STROKE | {"hypertension": True}))
    assert va.interpretation == "1: ESC 2024: anticoagulation should be considered"
    vasc = cha2ds2_vasc(given_inputs(NO_STROKE | {"sex": "female"}))
    assert "0.6 ischemic strokes" in vasc.interpretation
    assert "per 100" not in va.interpretation


@pytest.mark.parametrize(("changes", "score"), HAS_BLED)
def test_has_bled_agrees_with_the_vectors(changes, score):
    assert of_bled(**changes).value == score


@pytest.mark.parametrize(
    ("name", "not_yet", "reached"),
    [
        ("systolic_bp_mmhg", "160", "160.1"),
        ("creatinine_umol_l", "199.9", "200"),
        ("age_years", "65", "66"),
        ("ttr_percent", "60", "59.9"),
    ],
)
def test_has_bled_counts_from_its_exact_limits(name, not_yet, reached):
    assert of_bled(**{name: not_yet}).value == 0
    assert of_bled(**{name: reached}).value == 1


@pytest.mark.parametrize(
    ("on_vka", "ttr", "span"),
    [
        (False, "20", (0, 0)),
        (False, None, (0, 0)),
        (None, "20", (0, 1)),
        (None, "80", (0, 0)),
        (True, None, (0, 1)),
        (True, between(50, 70), (0, 1)),
    ],
)
def test_a_labile_inr_counts_only_with_a_vitamin_k_antagonist(on_vka, ttr, span):
    made = of_bled(vitamin_k_antagonist=on_vka, ttr_percent=ttr)
    assert (made.lowest, made.highest) == span


def test_one_of_several_kidney_troubles_is_enough_and_all_must_be_absent_for_none():
    assert of_bled(dialysis=True, kidney_transplant=None, creatinine_umol_l=None).value == 1
    made = of_bled(kidney_transplant=None)
    assert (made.lowest, made.highest, made.missing) == (0, 1, ("kidney_transplant",))


def test_has_bled_beyond_the_published_rates_says_so():
    made = of_bled(
        dialysis=True, liver_disease=True, stroke=True, bleeding=True, alcohol=True,
        antiplatelet_or_nsaid=True,
    )  # fmt: skip
    assert made.interpretation == "6 to 9: not published here"
    assert any("Never a reason" in each for each in made.definition.caveats)
