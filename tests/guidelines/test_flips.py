"""The nearest flip of a decided verdict, in the measure's unit and in units of its noise."""

from decimal import Decimal

import pytest

from guidelines.assessment import assess, graded_picture
from guidelines.facts import Interval
from guidelines.flips import NEVER, nearest_flip
from guidelines.vocabulary import MitralValveState, SurgicalRisk
from tests.guidelines.pictures import TODAY, quiet

D = Decimal
# With every gap of these rules filled, so that the verdict is decided.
DECIDED = {
    "nyha_class": 1,
    "surgical_risk": SurgicalRisk.LOW,
    "repair_likelihood_percent": 80,
    "durable_repair_likely": False,
    "atrial_fibrillation": False,
    "af_secondary_to_mr": False,
    "spap_mmhg": 30,
    "la_volume_index_ml_m2": 40,
    "la_diameter_mm": 40,
    "tr_grade": 1,
    "progressive_lv_change": False,
    "mitral_valve_state": MitralValveState.NATIVE,
}


def flip(edition_id, **changes):
    picture = quiet(**{**DECIDED, **changes})
    made = assess(picture, on=TODAY)
    graded = graded_picture(picture).picture
    return made.edition(edition_id), nearest_flip(made.edition(edition_id), graded)


def test_one_millimeter_from_the_limit_is_within_error():
    verdict, found = flip("acc-aha-2020", lvesd_mm=39)
    assert verdict.headline is None
    assert found is not None
    assert (found.name, found.limit, found.change) == ("lvesd_mm", D(40), 1.0)
    assert found.is_within_error
    assert found.in_sem < 2
    assert found.would_be == "Class 1"
    assert "within measurement error" in found.text
    assert found.as_dict()["within_error"] is True


def test_a_value_at_its_limit_is_the_smallest_step_from_the_other_side():
    verdict, found = flip("acc-aha-2020", lvesd_mm=40)
    assert verdict.headline_class is not None
    assert found is not None
    assert found.name == "lvesd_mm"
    assert 0 < abs(found.change) < 0.01


def test_severity_is_graded_anew():
    _, found = flip("acc-aha-2020", eroa_mm2=41, vena_contracta_mm=8, lvesd_mm=55)
    assert found is None or found.name != "age_years"


def test_far_from_every_limit_it_is_beyond_error():
    _, found = flip("acc-aha-2020", lvesd_mm=26, lvef_percent=75)
    assert found is None or not found.is_within_error


@pytest.mark.parametrize(
    "changes",
    [
        {"lvesd_mm": None},
        {"lvesd_mm": Interval(D(30), D(45))},
        {"mitral_valve_state": MitralValveState.MECHANICAL},
    ],
)
def test_there_is_none_for_what_is_not_decided_or_does_not_apply(changes):
    _, found = flip("acc-aha-2020", **changes)
    assert found is None


def test_it_never_speaks_of_age_or_symptoms():
    assert "age_years" in NEVER
    for edition in ("acc-aha-2020", "esc-eacts-2025"):
        _, found = flip(edition, lvesd_mm=39)
        assert found is None or found.name not in {"age_years", "nyha_class", "symptomatic"}
