"""Creatinine clearance, eGFR and the six-minute walk: vectors, units, what is missing."""

from decimal import Decimal

import pytest

from guidelines.scores.renal import creatinine_clearance, egfr
from guidelines.scores.six_minute_walk import lower_limit_of_walk, six_minute_walk
from guidelines.vocabulary import Sex
from tests.guidelines.score_inputs import between, given_inputs
from tests.guidelines.score_vectors import CKD_EPI, COCKCROFT_GAULT, SIX_MINUTE_WALK

MG_DL = Decimal("88.4")
MAN = {"age_years": "60", "sex": "male", "weight_kg": "80", "creatinine_umol_l": "88.4"}


@pytest.mark.parametrize(("age", "sex", "creatinine", "rate"), CKD_EPI)
def test_ckd_epi_agrees_with_the_vectors(age, sex, creatinine, rate):
    values = {"age_years": age, "sex": sex, "creatinine_umol_l": Decimal(creatinine) * MG_DL}
    assert egfr(given_inputs(values)).value == pytest.approx(rate, abs=1e-4)


@pytest.mark.parametrize(("age", "sex", "weight", "creatinine", "rate"), COCKCROFT_GAULT)
def test_cockcroft_gault_agrees_with_the_vectors(age, sex, weight, creatinine, rate):
    values = {
        "age_years": age,
        "sex": sex,
        "weight_kg": weight,
        "creatinine_umol_l": Decimal(creatinine) * MG_DL,
    }
    made = creatinine_clearance(given_inputs(values))
    assert float(made.value) == pytest.approx(rate, abs=5e-5)


def test_the_clearance_takes_the_actual_weight_and_stays_above_euroscores_limit():
    # With an ideal weight the same man would fall below 85.
    assert creatinine_clearance(given_inputs(MAN)).value > 85


@pytest.mark.parametrize("compute", [creatinine_clearance, egfr])
def test_without_sex_both_answers_bound_it(compute):
    values = dict(MAN) if compute is creatinine_clearance else {
        name: value for name, value in MAN.items() if name != "weight_kg"
    }  # fmt: skip
    women = compute(given_inputs(values | {"sex": "female"})).value
    men = compute(given_inputs(values)).value
    for sex in (None, Sex.OTHER):
        made = compute(given_inputs(values | {"sex": sex}))
        assert (made.lowest, made.highest) == (min(women, men), max(women, men))
        assert made.missing == ("sex",)


@pytest.mark.parametrize("name", ["age_years", "weight_kg", "creatinine_umol_l"])
def test_a_missing_number_is_not_guessed(name):
    made = creatinine_clearance(given_inputs(MAN | {name: None}))
    assert made.missing == (name,)
    assert made.value is None
    assert "not known" in made.text


@pytest.mark.parametrize("ends", [(200, None), (None, 20), (0, 20), (0, 0)])
def test_a_creatinine_without_an_end_to_compute_from_gives_nothing(ends):
    open_ended = given_inputs(MAN | {"creatinine_umol_l": between(*ends)})
    made = creatinine_clearance(open_ended)
    assert made.missing == ("creatinine_umol_l",)
    assert not made.is_computed


def test_a_creatinine_known_as_a_range_gives_a_range():
    made = creatinine_clearance(given_inputs(MAN | {"creatinine_umol_l": between(80, 100)}))
    assert made.lowest < made.highest
    assert made.missing == ("creatinine_umol_l",)


def test_the_formulas_are_for_adults():
    made = creatinine_clearance(given_inputs(MAN | {"age_years": "17"}))
    assert made.not_computed == "made for adults"


@pytest.mark.parametrize(("sex", "height", "age", "weight", "distance", "limit"), SIX_MINUTE_WALK)
def test_the_walk_agrees_with_the_vectors(sex, height, age, weight, distance, limit):
    values = {"sex": sex, "height_cm": height, "age_years": age, "weight_kg": weight}
    made = six_minute_walk(given_inputs(values))
    assert float(made.value) == pytest.approx(distance)
    assert float(lower_limit_of_walk(given_inputs(values)).value) == pytest.approx(limit)
    assert made.parameters["lower limit of normal"].endswith(" m")


WALKER = {"sex": "male", "height_cm": "175", "age_years": "65", "weight_kg": "80"}


@pytest.mark.parametrize(
    ("sex", "walked", "answer"),
    [
        ("male", "395.64", "yes"),
        ("male", "395.65", "no"),
        (None, "360", "depends on sex"),
        (None, "100", "yes"),
    ],
)
def test_the_walk_says_whether_the_distance_is_below_the_lower_limit(sex, walked, answer):
    made = six_minute_walk(given_inputs(WALKER | {"sex": sex, "six_minute_walk_m": walked}))
    assert made.parameters["below the lower limit"] == answer
    assert ("share of the expected distance" in made.parameters) is (sex is not None)


def test_a_walk_that_is_not_exact_is_not_compared_and_one_that_cannot_be_expected_not_computed():
    made = six_minute_walk(given_inputs(WALKER | {"six_minute_walk_m": between(300, 400)}))
    assert "walked" not in made.parameters
    assert not six_minute_walk(given_inputs(WALKER | {"height_cm": None})).is_computed
    expected = six_minute_walk(
        given_inputs(
            {"sex": "male", "height_cm": "120", "age_years": "110", "weight_kg": "220"}
            | {"six_minute_walk_m": "50"}
        )
    )
    assert expected.value < 0
    assert "share of the expected distance" not in expected.parameters
