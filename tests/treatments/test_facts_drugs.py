"""Which drugs are taken: from a list that is reconciled (safety C)."""

from datetime import date
from decimal import Decimal

import pytest

from patients.models import Patient
from tests.factories import records as make
from tests.treatments.conftest import FactOf, ReadingOf, ago
from treatments.facts.drugs import TAKES

ACE = "takes_ace_inhibitor"


def test_without_a_list_no_drug_is_absent(patient: Patient, fact: FactOf) -> None:
    assert {name for name in TAKES if fact(name) is not None} == set()


def test_a_drug_on_the_list_is_taken_until_it_is_stopped(
    patient: Patient, reading: ReadingOf
) -> None:
    make.medication(patient, ago(900), "enalapril")
    assert reading(ACE) is True
    assert reading("takes_arb") is None  # the list is too old to say no


@pytest.mark.parametrize(
    ("mechanism", "days", "expected"),
    [
        ("secondary_ventricular", 90, False),
        ("secondary_ventricular", 91, None),
        ("primary", 183, False),
        ("primary", 184, None),
        (None, 91, None),
    ],
)
def test_an_unlisted_drug_is_absent_only_while_the_list_is_reconciled(
    patient: Patient, reading: ReadingOf, mechanism: str | None, days: int, expected: bool | None
) -> None:
    if mechanism:
        make.diagnosis(patient, ago(400), mechanism=mechanism)
    make.medication(patient, ago(days), "bisoprolol")
    assert reading(ACE) is expected


def test_the_clinics_answer_reconciles_the_list(patient: Patient, reading: ReadingOf) -> None:
    make.answer(patient, ago(10), "medication_list_reconciled", "yes")
    assert reading("medication_list_reconciled") is True
    assert reading("takes_doac") is False


def test_a_list_that_was_not_reconciled_says_so(patient: Patient, reading: ReadingOf) -> None:
    make.medication(patient, ago(20), "bisoprolol")
    make.answer(patient, ago(10), "medication_list_reconciled", "no")
    assert reading("medication_list_reconciled") is False
    assert reading(ACE) is None
    assert reading("takes_beta_blocker") is True


def test_a_stop_reconciles_the_list_on_its_day(patient: Patient, reading: ReadingOf) -> None:
    make.medication(patient, ago(900), "enalapril", started_on=ago(900), stopped_on=ago(5))
    assert reading(ACE) is False


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("trandolapril 2 mg", ACE),
        ("olmesartan", "takes_arb"),
        ("propranolol", "takes_beta_blocker"),
        ("ibuprofen 400", "takes_nsaid"),
        ("levosimendan", "takes_inotrope"),
        ("disopyramide", "takes_other_negative_inotrope"),
    ],
)
def test_a_drug_outside_of_the_formulary_is_read_by_its_name(
    patient: Patient, reading: ReadingOf, written: str, name: str
) -> None:
    make.medication(patient, ago(5), "other", name_as_written=written)
    assert reading(name) is True


def test_an_unnamed_drug_leaves_open_what_it_is(patient: Patient, reading: ReadingOf) -> None:
    make.medication(patient, ago(5), "other")
    assert reading("takes_nsaid") is None


def test_a_class_without_its_drug_leaves_the_drug_open(
    patient: Patient, reading: ReadingOf
) -> None:
    make.medication(patient, ago(5), "beta_blocker_not_stated")
    assert reading("takes_beta_blocker") is True
    assert reading("takes_evidence_based_beta_blocker") is None


def test_two_antiplatelets_are_two(patient: Patient, reading: ReadingOf) -> None:
    make.medication(patient, ago(5), "aspirin")
    assert reading("takes_dual_antiplatelet") is False
    make.medication(patient, ago(5), "clopidogrel")
    assert reading("takes_dual_antiplatelet") is True


def test_the_daily_dose_of_warfarin(patient: Patient, fact: FactOf) -> None:
    make.medication(patient, ago(5), "warfarin", dose_mg="2.5", times_a_day=2)
    found = fact("warfarin_mg_per_day")
    assert found is not None
    assert found.value == Decimal(5)


# A vasodilator for the regurgitation alone --------------------------------------------------------

ALONE = "vasodilator_for_mr_alone"


def test_the_stated_reason_decides(patient: Patient, reading: ReadingOf) -> None:
    make.medication(patient, ago(5), "enalapril", indication="hypertension")
    assert reading(ALONE) is False
    make.medication(patient, ago(5), "losartan", indication="mr_alone")
    assert reading(ALONE) is True


def test_without_a_reason_it_is_for_the_leak_only_where_nothing_else_asks_for_it(
    patient: Patient, reading: ReadingOf
) -> None:
    make.medication(patient, ago(5), "enalapril")
    make.echo(patient, ago(10), lvef_percent=65)
    assert reading(ALONE) is None
    make.comorbidity(patient, ago(5), "hypertension", "no")
    make.comorbidity(patient, ago(5), "heart_failure", "no")
    assert reading(ALONE) is True


def test_with_a_reduced_ventricle_it_is_not_known_to_be_for_the_leak(
    patient: Patient, reading: ReadingOf
) -> None:
    make.medication(patient, ago(5), "enalapril")
    make.echo(patient, ago(10), lvef_percent=55)
    make.comorbidity(patient, ago(5), "hypertension", "no")
    make.comorbidity(patient, ago(5), "heart_failure", "no")
    assert reading(ALONE) is None


# ACE inhibitor, angioedema, intolerance -----------------------------------------------------------


@pytest.mark.parametrize(("days", "expected"), [(2, True), (3, None)])
def test_an_ace_inhibitor_stopped_the_day_before_yesterday_may_be_within_36_hours(
    patient: Patient, reading: ReadingOf, days: int, expected: bool | None
) -> None:
    make.medication(patient, ago(90), "enalapril", started_on=ago(90), stopped_on=ago(days))
    assert reading("ace_inhibitor_within_36_hours") is expected


def test_angioedema_of_any_cause_counts_for_ever(patient: Patient, reading: ReadingOf) -> None:
    make.allergy(patient, date(1999, 1, 1), substance="enalapril", reaction="angioedema")
    assert reading("angioedema_ever") is True


def test_a_pillar_stopped_for_a_side_effect_is_not_possible(
    patient: Patient, reading: ReadingOf
) -> None:
    make.medication(
        patient, ago(400), "spironolactone",
        started_on=ago(400), stopped_on=ago(300), stop_reason="side_effect",
    )  # fmt: skip
    assert reading("mra_not_possible") is True
    make.medication(patient, ago(3), "eplerenone", at_maximal_tolerated_dose=True)
    assert reading("mra_not_possible") is None
    assert reading("mra_at_tolerated_dose") is True
