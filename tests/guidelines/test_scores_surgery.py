"""EuroSCORE II and I: the published vectors, continuous bands, ranges, the dialysis quirk."""

from decimal import Decimal

import pytest

from guidelines.facts import Fact
from guidelines.scores.euroscore1 import euroscore1
from guidelines.scores.euroscore2 import CONSTANT, Urgency, euroscore2
from guidelines.vocabulary import Sex
from tests.guidelines.score_inputs import between, given_inputs
from tests.guidelines.score_vectors import (
    EUROSCORE1,
    EUROSCORE2,
    EUROSCORE2_ONE_FACTOR,
    EUROSCORE2_REFERENCE,
)

EUROSCORE1_REFERENCE = {
    "sex": "male",
    "chronic_lung_disease": False,
    "extracardiac_arteriopathy": False,
    "neurological_dysfunction": False,
    "previous_cardiac_surgery": False,
    "creatinine_umol_l": "80",
    "active_endocarditis": False,
    "critical_state": False,
    "unstable_angina": False,
    "lvef_percent": "60",
    "recent_infarction": False,
    "spap_mmhg": "30",
    "emergency": False,
    "other_than_isolated_cabg": False,
    "thoracic_aorta_surgery": False,
    "septal_rupture": False,
}


def of(**changes):
    return euroscore2(given_inputs(EUROSCORE2_REFERENCE | changes))


@pytest.mark.parametrize(("name", "changes", "predictor", "percent"), EUROSCORE2)
def test_euroscore_2_agrees_with_the_vectors(name, changes, predictor, percent):
    made = of(**changes)
    assert made.value == pytest.approx(percent, abs=5e-5)
    y = float(CONSTANT) + sum(float(item.lowest) for item in made.items)
    assert y == pytest.approx(predictor, abs=1e-7)
    assert made.missing == ()


@pytest.mark.parametrize(("changes", "share"), EUROSCORE2_ONE_FACTOR)
def test_one_factor_at_a_time_agrees_with_the_published_shares(changes, share):
    assert of(age_years="50", **changes).value / 100 == pytest.approx(share, abs=5e-5)


def test_a_dialysis_patient_has_the_weight_of_dialysis_whatever_the_clearance():
    # The model's quirk: less than a clearance of 50 or less without dialysis.
    on_dialysis = {of(dialysis=True, creatinine_clearance_ml_min=c).value for c in ("20", "90")}
    assert len(on_dialysis) == 1
    assert on_dialysis.pop() < of(creatinine_clearance_ml_min="20").value
    assert of(dialysis=True, creatinine_clearance_ml_min=None).missing == ()


@pytest.mark.parametrize(
    ("name", "at", "beyond"),
    [
        ("lvef_percent", "50", "50.1"),
        ("lvef_percent", "30", "30.5"),
        ("lvef_percent", "20", "20.1"),
        ("creatinine_clearance_ml_min", "85", "85.1"),
        ("creatinine_clearance_ml_min", "50", "50.1"),
    ],
)
def test_the_bands_are_continuous_and_a_limit_belongs_to_the_sicker_one(name, at, beyond):
    assert of(**{name: at}).value > of(**{name: beyond}).value


@pytest.mark.parametrize(("at", "beyond"), [("30", "30.5"), ("55", "55.1")])
def test_pulmonary_pressure_counts_above_its_limits(at, beyond):
    assert of(spap_mmhg=at).value < of(spap_mmhg=beyond).value
    assert of(spap_mmhg="30.5").value == of(spap_mmhg="55").value


def test_age_counts_one_up_to_60_and_one_more_each_year():
    assert of(age_years="40").value == of(age_years="60").value < of(age_years="61").value


def test_with_nothing_known_it_is_the_range_of_everything():
    made = euroscore2({})
    assert made.lowest == pytest.approx(of(age_years="18").value)
    assert made.highest > 99
    assert made.value is None
    assert "lvef_percent" in made.missing
    assert [each.label for each in made.strata] == ["low", "intermediate", "high"]


def test_a_missing_input_gives_the_lowest_and_highest_and_is_named():
    made = of(poor_mobility=None)
    assert made.lowest == pytest.approx(of(poor_mobility=False).value)
    assert made.highest == pytest.approx(of(poor_mobility=True).value)
    assert made.missing == ("poor_mobility",)
    assert " to " in made.text


def test_a_missing_clearance_without_dialysis_leaves_dialysis_out():
    made = of(creatinine_clearance_ml_min=None)
    assert made.highest == pytest.approx(of(creatinine_clearance_ml_min="20").value)
    assert made.missing == ("creatinine_clearance_ml_min",)
    unknown = of(dialysis=None, creatinine_clearance_ml_min="90")
    assert unknown.highest == pytest.approx(of(dialysis=True).value)
    assert unknown.missing == ("dialysis",)


def test_a_number_known_as_a_range_counts_over_all_bands_that_it_touches():
    made = of(lvef_percent=between(45, 55))
    assert made.lowest == pytest.approx(of(lvef_percent="55").value)
    assert made.highest == pytest.approx(of(lvef_percent="45").value)
    assert made.missing == ("lvef_percent",)
    assert of(lvef_percent=between(51, None)).value == of(lvef_percent="60").value
    older = of(age_years=between(70, None))
    assert older.lowest == pytest.approx(of(age_years="70").value)
    assert older.highest == pytest.approx(of(age_years="110").value)


def test_a_sex_that_the_model_does_not_know_gives_both_answers():
    made = of(sex=Sex.OTHER)
    assert made.lowest == pytest.approx(of(sex="male").value)
    assert made.highest == pytest.approx(of(sex="female").value)
    assert made.missing == ("sex",)


@pytest.mark.parametrize(("age", "flagged"), [("90", False), ("91", True)])
def test_an_age_above_90_is_an_extrapolation(age, flagged):
    assert bool(of(age_years=age).flags) is flagged


@pytest.mark.parametrize(("age", "why"), [("17", "adults"), ("111", "above 110")])
def test_it_is_not_computed_outside_its_ages(age, why):
    made = of(age_years=age)
    assert not made.is_computed
    assert why in made.not_computed
    assert made.text.startswith("not computed")
    assert made.value is None


@pytest.mark.parametrize(
    ("percent", "stratum"), [("3.99", "low"), ("4", "intermediate"), ("8", "intermediate")]
)
def test_the_labels_are_those_of_their_bands(percent, stratum):
    strata = of().definition.strata
    value = Decimal(percent)
    assert [each.label for each in strata if each.meets(value, value)] == [stratum]
    assert [each.label for each in strata if each.meets(Decimal("8.01"), Decimal(9))] == ["high"]


def test_a_misspelt_input_or_a_wrong_kind_is_an_error():
    with pytest.raises(LookupError, match="lvef"):
        euroscore2({"lvef": Fact(Decimal(60))})
    with pytest.raises(TypeError, match="a word"):
        euroscore2({"urgency": Fact(True)})
    with pytest.raises(TypeError, match="a number"):
        euroscore2({"lvef_percent": Fact(True)})
    with pytest.raises(TypeError, match="yes or no"):
        euroscore2({"dialysis": Fact(Urgency.URGENT)})


@pytest.mark.parametrize(("age", "changes", "percent"), EUROSCORE1)
def test_euroscore_1_agrees_with_the_vectors(age, changes, percent):
    made = euroscore1(given_inputs(EUROSCORE1_REFERENCE | {"age_years": age} | changes))
    assert made.value == pytest.approx(percent, abs=5e-5)


def test_euroscore_1_says_that_it_overestimates_and_counts_from_its_limits():
    def with_(**changes):
        return euroscore1(given_inputs(EUROSCORE1_REFERENCE | {"age_years": "50"} | changes))

    assert any("Overestimates" in each for each in with_().definition.caveats)
    assert with_(lvef_percent="30").value < with_(lvef_percent="29.9").value
    assert with_(lvef_percent="50").value > with_(lvef_percent="50.1").value
    assert with_(creatinine_umol_l="200").value < with_(creatinine_umol_l="200.1").value
    assert with_(spap_mmhg="60").value < with_(spap_mmhg="60.1").value
    assert euroscore1(given_inputs({"age_years": "12"})).not_computed
