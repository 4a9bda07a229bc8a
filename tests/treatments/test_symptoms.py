"""Symptoms of the regurgitation (safety D1): each clause on both sides."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from guidelines.facts import Interval
from patients.models import Patient
from tests.factories import records as make
from tests.treatments.conftest import FactOf, ReadingOf, ago


def value_of(fact: FactOf) -> Any:
    found = fact("symptomatic")
    return None if found is None else found.value


def test_no_log_is_unknown(patient: Patient, fact: FactOf) -> None:
    assert value_of(fact) is None


@pytest.mark.parametrize("attribution", ["certain", "probable"])
@pytest.mark.parametrize(
    "symptom",
    [
        {"nyha": 2},
        {"nyha": (2, 3)},
        {"dyspnea": True},
        {"orthopnea": True},
        {"nocturnal_dyspnea": True},
        {"reduced_exercise_tolerance": True},
    ],
)
def test_an_attributed_symptom_is_a_yes(
    patient: Patient, fact: FactOf, symptom: dict[str, Any], attribution: str
) -> None:
    make.log(patient, ago(10), attribution=attribution, **symptom)
    assert value_of(fact) is True


@pytest.mark.parametrize("attribution", ["uncertain", "not_answered", "other_cause"])
def test_a_symptom_that_is_not_attributed_is_unknown(
    patient: Patient, fact: FactOf, attribution: str
) -> None:
    make.log(patient, ago(10), nyha=3, attribution=attribution, attributed_cause="COPD")
    assert value_of(fact) is None


@pytest.mark.parametrize(
    "symptom", [{"edema": True}, {"palpitations": True}, {"syncope": True}, {"fever": True},
                {"angina_class": 2}]
)  # fmt: skip
def test_other_symptoms_decide_nothing(
    patient: Patient, fact: FactOf, symptom: dict[str, Any]
) -> None:
    make.symptom_free(patient, ago(10), attribution="certain", **symptom)
    assert value_of(fact) is False


def test_fatigue_alone_is_unknown(patient: Patient, fact: FactOf) -> None:
    make.symptom_free(patient, ago(10), fatigue=True, attribution="certain")
    assert value_of(fact) is None


def test_asked_active_and_without_diuretic_is_a_no(patient: Patient, fact: FactOf) -> None:
    make.symptom_free(patient, ago(10))
    assert value_of(fact) is False


@pytest.mark.parametrize(
    "gap",
    [
        {"nyha": (1, 2)},
        {"nyha": None},
        {"actively_asked_none": False},
        {"activity_level": "not_stated"},
        {"activity_level": "sedentary"},
        {"activity_level": "immobile"},
        {"diuretic_need": "not_stated"},
    ],
)
def test_a_no_with_a_gap_is_unknown(patient: Patient, fact: FactOf, gap: dict[str, Any]) -> None:
    make.symptom_free(patient, ago(10), **gap)
    assert value_of(fact) is None


def test_an_answered_attribution_shows_that_it_was_asked(patient: Patient, fact: FactOf) -> None:
    make.symptom_free(patient, ago(10), actively_asked_none=False, attribution="uncertain")
    assert value_of(fact) is False


@pytest.mark.parametrize("why", [{"diuretic_need": "for_mr"}, {"activity_given_up": True}])
def test_freedom_bought_by_drugs_or_rest_is_a_yes(
    patient: Patient, fact: FactOf, why: dict[str, Any]
) -> None:
    make.symptom_free(patient, ago(10), **why)
    assert value_of(fact) is True


def test_a_diuretic_for_another_reason_is_none_for_the_valve(
    patient: Patient, fact: FactOf
) -> None:
    make.symptom_free(patient, ago(10), diuretic_need="other")
    make.medication(patient, ago(50), "indapamide", indication="hypertension")
    assert value_of(fact) is False


def test_a_drug_list_that_contradicts_the_log_leaves_it_unknown(
    patient: Patient, fact: FactOf
) -> None:
    make.medication(patient, ago(50), "furosemide", indication="heart_failure")
    make.symptom_free(patient, ago(10))
    assert value_of(fact) is None


@pytest.mark.parametrize(("days", "reads"), [(183, False), (184, None)])
def test_a_no_reassures_for_half_a_year(
    patient: Patient, reading: ReadingOf, days: int, reads: bool | None
) -> None:
    make.symptom_free(patient, ago(days))
    assert reading("symptomatic") is reads


def test_a_yes_never_expires(patient: Patient, reading: ReadingOf) -> None:
    make.log(patient, ago(3000), nyha=2, attribution="certain")
    assert reading("symptomatic") is True


def test_a_yes_stands_when_later_logs_are_unclear(patient: Patient, fact: FactOf) -> None:
    yes = make.log(patient, ago(300), nyha=2, attribution="certain")
    make.log(patient, ago(10), nyha=1)
    found = fact("symptomatic")
    assert found
    assert found.value is True
    assert found.source == f"symptom_log:{yes.public_id}"


def test_a_yes_is_re_assessed(patient: Patient, fact: FactOf) -> None:
    make.log(patient, ago(300), nyha=2, attribution="certain")
    make.symptom_free(patient, ago(10))
    assert value_of(fact) is False


def test_re_assessed_and_unclear_again_is_unknown(patient: Patient, fact: FactOf) -> None:
    make.log(patient, ago(300), nyha=2, attribution="certain")
    make.symptom_free(patient, ago(100))
    make.log(patient, ago(10), nyha=2)
    assert value_of(fact) is None


@pytest.mark.parametrize("drug", ["furosemide", "ramipril"])
def test_relief_by_drugs_undoes_nothing(patient: Patient, fact: FactOf, drug: str) -> None:
    make.log(patient, ago(300), nyha=2, attribution="certain")
    make.medication(patient, ago(200), drug, indication="heart_failure")
    make.symptom_free(patient, ago(10))
    assert value_of(fact) is True


def test_a_log_that_asked_nothing_hides_nothing(patient: Patient, fact: FactOf) -> None:
    make.symptom_free(patient, ago(30))
    make.log(patient, ago(10), weight_kg=80)
    make.log(patient, ago(9), nyha=1)
    assert value_of(fact) is False


def test_becoming_sedentary_makes_it_unknown(patient: Patient, fact: FactOf) -> None:
    make.symptom_free(patient, ago(30))
    make.symptom_free(patient, ago(10), activity_level="sedentary")
    assert value_of(fact) is None


@pytest.mark.parametrize(
    ("attributed", "expected"), [("yes", True), ("unknown", None), ("no", False)]
)
def test_a_test_that_brings_symptoms_out(
    patient: Patient, fact: FactOf, attributed: str, expected: bool | None
) -> None:
    make.symptom_free(patient, ago(30))
    make.exercise_test(patient, ago(10), "symptoms", attributed_to_mr=attributed)
    assert value_of(fact) is expected


def test_an_attributed_admission_is_a_yes(patient: Patient, fact: FactOf) -> None:
    make.symptom_free(patient, ago(30))
    make.admission(patient, ago(10), attributed_to_mr="yes")
    assert value_of(fact) is True


def test_an_admission_voids_the_no_before_it(patient: Patient, reading: ReadingOf) -> None:
    make.symptom_free(patient, ago(30))
    make.admission(patient, ago(10))
    assert reading("symptomatic") is None


@pytest.mark.parametrize(("days", "reads"), [(365, False), (366, None)])
def test_a_normal_test_explains_a_doubtful_symptom(
    patient: Patient, reading: ReadingOf, days: int, reads: bool | None
) -> None:
    make.log(patient, ago(days + 5), nyha=2, attribution="uncertain")
    make.exercise_test(patient, ago(days), "normal")
    assert reading("symptomatic") is reads


@pytest.mark.parametrize("tests", [[(20, "normal")], [(5, "normal"), (3, "inconclusive")], []])
def test_it_needs_a_normal_test_after_the_symptom(
    patient: Patient, fact: FactOf, tests: list[tuple[int, str]]
) -> None:
    make.log(patient, ago(10), nyha=2, attribution="uncertain")
    for days, result in tests:
        make.exercise_test(patient, ago(days), result)
    assert value_of(fact) is None


@pytest.mark.parametrize(("cause", "expected"), [("COPD", False), ("", None)])
def test_another_cause_needs_a_name_and_a_test(
    patient: Patient, fact: FactOf, cause: str, expected: bool | None
) -> None:
    make.log(patient, ago(10), nyha=2, attribution="other_cause", attributed_cause=cause)
    make.exercise_test(patient, ago(5), "normal")
    assert value_of(fact) is expected


def test_a_normal_test_does_not_undo_an_attributed_symptom(patient: Patient, fact: FactOf) -> None:
    make.log(patient, ago(10), nyha=2, attribution="probable")
    make.exercise_test(patient, ago(5), "normal")
    assert value_of(fact) is True


def test_what_was_before_the_operation_says_nothing(patient: Patient, fact: FactOf) -> None:
    make.log(patient, ago(300), nyha=3, attribution="certain")
    make.admission(patient, ago(299), attributed_to_mr="yes")
    make.intervention(patient, ago(200), "mitral_repair")
    assert value_of(fact) is None
    assert fact("nyha_class") is None


@pytest.mark.parametrize(
    ("nyha", "days", "expected"),
    [
        (1, 183, Interval.point(Decimal(1))),
        (1, 184, Interval(Decimal(1), None)),
        (3, 183, Interval.point(Decimal(3))),
        (3, 184, Interval(Decimal(2), None)),
        (2, 400, Interval(Decimal(2), None)),
        ((1, 2), 10, Interval(Decimal(1), Decimal(2))),
    ],
)
def test_class_one_reassures_and_class_three_is_a_gate_for_half_a_year(
    patient: Patient, reading: ReadingOf, nyha: Any, days: int, expected: Interval
) -> None:
    make.log(patient, ago(days), nyha=nyha)
    assert reading("nyha_class") == expected


def test_the_day_of_the_fact_is_the_day_of_the_log(patient: Patient, fact: FactOf) -> None:
    make.symptom_free(patient, date(2024, 5, 1))
    found = fact("symptomatic")
    assert found
    assert found.on == date(2024, 5, 1)
