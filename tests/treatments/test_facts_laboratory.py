"""Laboratory values and their ages (safety C, SAFE-30, SAFE-31)."""

from decimal import Decimal

import pytest

from guidelines.facts import Interval
from patients.models import Patient
from tests.factories import records as make
from tests.treatments.conftest import FactOf, ReadingOf, ago


@pytest.mark.parametrize(("days", "old"), [(183, False), (184, True)])
def test_creatinine_reassures_for_half_a_year_and_egfr_with_it(
    patient: Patient, fact: FactOf, days: int, old: bool
) -> None:
    make.lab(patient, ago(days), "creatinine", 88)
    for name in ("creatinine_umol_l", "egfr_ml_min"):
        found = fact(name)
        assert found is not None
        assert found.too_old_to_reassure is old
    rate = fact("egfr_ml_min")
    assert rate is not None
    assert 55 < float(rate.value) < 75  # a woman of 69


def test_a_bound_is_an_interval(patient: Patient, fact: FactOf) -> None:
    make.lab(patient, ago(5), "nt_probnp", 5000, comparator=">")
    make.lab(patient, ago(5), "bnp", 10, comparator="<")
    high, low = fact("nt_probnp_pg_ml"), fact("bnp_pg_ml")
    assert high is not None
    assert low is not None
    assert high.value == Interval(Decimal(5000), None, low_open=True)
    assert low.value == Interval(Decimal(0), Decimal(10), high_open=True)


def test_bnp_says_nothing_on_an_arni(patient: Patient, fact: FactOf) -> None:
    make.medication(patient, ago(60), "sacubitril_valsartan", started_on=ago(60))
    make.lab(patient, ago(5), "bnp", 400)
    make.lab(patient, ago(5), "nt_probnp", 900)
    bnp, nt = fact("bnp_pg_ml"), fact("nt_probnp_pg_ml")
    assert bnp is not None
    assert nt is not None
    assert bnp.value is None
    assert "sacubitril" in bnp.reason
    assert nt.value == 900


def test_a_peptide_in_fibrillation_is_marked_as_shifted(patient: Patient, fact: FactOf) -> None:
    make.ecg(patient, ago(400), "atrial_fibrillation")
    make.lab(patient, ago(5), "nt_probnp", 900)
    found = fact("nt_probnp_pg_ml")
    assert found is not None
    assert "shifted by atrial fibrillation" in found.reason


@pytest.mark.parametrize(("before", "after", "expected"), [(200, 400, True), (200, 399, False)])
def test_doubled_is_twice_or_more(
    patient: Patient, reading: ReadingOf, before: int, after: int, expected: bool
) -> None:
    make.lab(patient, ago(200), "nt_probnp", before)
    assert reading("nt_probnp_doubled") is None
    make.lab(patient, ago(5), "nt_probnp", after)
    assert reading("nt_probnp_doubled") is expected


# INR ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "value", "limit"),
    [
        ({}, "2.5", 28),
        ({"inr_low": "2.0", "inr_high": "3.0"}, "2.5", 28),
        ({"inr_low": "2.0", "inr_high": "3.0"}, "1.9", 7),
        ({"inr_low": "2.0", "inr_high": "3.0"}, "3.1", 7),
        ({"self_testing": True}, "2.5", 14),
    ],
)
def test_an_inr_speaks_for_as_long_as_it_is_settled(
    patient: Patient, fact: FactOf, plan: dict[str, object], value: str, limit: int
) -> None:
    make.anticoagulation_plan(patient, ago(900), **plan)
    for days, old in ((limit, False), (limit + 1, True)):
        row = make.lab(patient, ago(days), "inr", value)
        found = fact("inr")
        assert found is not None
        assert found.too_old_to_reassure is old
        row.delete()


def test_an_inr_after_a_changed_drug_speaks_for_a_week(patient: Patient, fact: FactOf) -> None:
    make.lab(patient, ago(9), "inr", "2.5")
    make.medication(patient, ago(8), "amiodarone", started_on=ago(8))
    found = fact("inr")
    assert found is not None
    assert found.too_old_to_reassure
    assert "amiodarone was changed" in found.reason


def test_an_inr_soon_after_the_implantation_speaks_for_a_week(
    patient: Patient, fact: FactOf
) -> None:
    make.intervention(patient, ago(60), "mitral_mechanical")
    make.lab(patient, ago(8), "inr", "2.5")
    found = fact("inr")
    assert found is not None
    assert found.too_old_to_reassure
