"""Reference ranges by sex: every edge, the gaps between printed steps, sex unknown."""

import json
from decimal import Decimal

import pytest

from guidelines.reference_ranges import (
    MEASURES,
    RANGES,
    ReferenceClass,
    classify,
    reference_of,
)
from guidelines.vocabulary import Sex, Verification

D = Decimal
NORMAL, MILD, MODERATE, SEVERE, OTHER = ReferenceClass
STEP = D("0.1")


@pytest.mark.parametrize("found", RANGES.values(), ids=lambda r: f"{r.measure}-{r.sex}")
def test_every_edge_is_exact(found):
    direction = -1 if found.is_worse_low else 1
    worst, best = found.normal if found.is_worse_low else found.normal[::-1]
    beyond = direction * STEP
    assert found.classify(best) is NORMAL
    assert found.classify(best - beyond) is OTHER
    assert found.classify(worst) is NORMAL
    assert found.classify(worst + beyond) is MILD
    assert found.classify(found.mild_end) is MILD
    assert found.classify(found.mild_end + beyond) is MODERATE
    assert found.classify(found.moderate_end) is (SEVERE if found.severe_from_end else MODERATE)
    assert found.classify(found.moderate_end + beyond) is SEVERE


@pytest.mark.parametrize(
    ("measure", "sex", "value", "expected"),
    [
        ("lvef_percent", Sex.MALE, "51.5", MILD),  # between the printed 52 and 51
        ("lvef_percent", Sex.MALE, "40.5", MODERATE),
        ("lvef_percent", Sex.MALE, "29.9", SEVERE),
        ("lvef_percent", Sex.FEMALE, "53.9", MILD),
        ("lvef_percent", Sex.MALE, "75", OTHER),
        ("lvedd_mm", Sex.MALE, "58.5", MILD),
        ("lvedd_mm", Sex.FEMALE, "61.1", SEVERE),
        ("lvesd_mm", Sex.MALE, "40", NORMAL),  # and meets a decision limit: both are shown
        ("la_diameter_mm", Sex.MALE, "52", SEVERE),
        ("la_diameter_mm", Sex.MALE, "51.9", MODERATE),
        ("la_diameter_mm", Sex.FEMALE, "47", SEVERE),
        ("la_volume_index_ml_m2", Sex.FEMALE, "34.1", MILD),
    ],
)
def test_a_value_in_a_gap_belongs_to_the_more_abnormal_band(measure, sex, value, expected):
    assert classify(measure, D(value), sex).classes == (expected,)


def test_a_computed_value_at_an_edge_is_that_edge():
    assert classify("la_volume_index_ml_m2", 34.0 + 1e-12, Sex.MALE).classes == (NORMAL,)


@pytest.mark.parametrize("sex", [None, Sex.OTHER])
def test_without_sex_both_answers_are_given(sex):
    made = classify("lvedd_mm", D(55), sex)
    assert made.classes == (MILD, NORMAL)
    assert made.text == "Depends on sex (female: mildly abnormal; male: normal)"
    assert classify("lvedd_mm", D(45), sex).text == "Normal"
    assert len(reference_of("lvedd_mm", sex)) == 2


def test_a_range_says_its_row_and_how_far_it_was_checked():
    made = classify("lvesd_mm", D(46), Sex.MALE)
    (found,) = made.ranges
    assert found.text == "25 to 40 mm"
    assert (found.row, found.verification) == ("ASE-R-06", Verification.SECONDARY_SOURCE)
    assert found.bands_verification is Verification.FROM_KNOWLEDGE
    stored = json.loads(json.dumps(made.as_dict()))
    assert stored["classes"] == ["severe"]
    assert stored["ranges"][0]["normal"] == ["25", "40"]


def test_every_row_of_the_table_is_there_for_both_sexes():
    rows = {each.row for each in RANGES.values()}
    assert rows == {f"ASE-R-{number:02}" for number in range(1, 15)}
    assert len(RANGES) == 2 * len(MEASURES)


def test_a_measure_without_a_range_is_an_error():
    with pytest.raises(LookupError, match="tapse"):
        classify("tapse_mm", D(20), Sex.MALE)
