"""What a standing keeps of the basis of each body's headline, and since when it has held."""

import pytest

from followup.models import Standing
from followup.reassessing import Order, reassess
from followup.standing import renew_standings
from guidelines.editions import HeadlineKind
from patients.actions import mark_deceased
from tests.factories import records as make
from tests.reports.pages import days_ago

pytestmark = pytest.mark.django_db

SEVERE = {"eroa_mm2": 50, "eroa_method": "pisa", "vena_contracta_mm": 9}


@pytest.fixture
def patient(clinic_north):
    """Severe primary MR with a ventricle past its limits for 100 days; symptoms since 30."""
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(400))
    make.echo(patient, days_ago(300), lvef_percent=66, lvesd_mm=34, **SEVERE)
    make.echo(patient, days_ago(100), lvef_percent=55, lvesd_mm=45, **SEVERE)
    make.symptom_free(patient, days_ago(100))
    return patient


def standing(patient):
    return Standing.objects.get(patient=patient)


def test_it_names_the_recommendations_with_level_day_and_facts(patient):
    found = standing(patient)
    assert (found.acc_aha_edition, found.esc_edition) == ("acc-aha-2020", "esc-eacts-2025")
    assert (found.acc_aha_rows, found.acc_aha_levels) == ("AHA-PI-02", "B-NR")
    assert (found.esc_rows, found.esc_levels) == ("ESC25-P-03", "B")
    assert found.acc_aha_since_on == found.esc_since_on == days_ago(100)
    facts = dict(each.split("=") for each in found.acc_aha_facts.split())
    assert facts["lvef_percent"] == f"55@{days_ago(100)}"
    assert facts["lvesd_mm"] == f"45@{days_ago(100)}"
    assert facts["severe_mr_acc_aha"].startswith("true")
    assert "severe_mr_esc_eacts" not in facts


def test_it_holds_since_the_recommendation_itself_does(patient):
    """Symptoms bring another recommendation of the same class: it has held since they came."""
    make.log(patient, days_ago(30), nyha=3, dyspnea=True, attribution="certain")
    found = standing(patient)
    assert found.acc_aha_class == "1"
    assert found.acc_aha_rows == "AHA-PI-01"
    assert found.acc_aha_since_on == days_ago(30)
    assert found.waits_since_on == days_ago(100)


def test_no_fact_tells_when_somebody_was_born(patient):
    born = patient.born_on.isoformat()
    found = standing(patient)
    assert born not in found.acc_aha_facts + found.esc_facts


def test_without_a_headline_there_is_no_basis_but_what_is_missing(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(400))
    make.echo(patient, days_ago(20), lvef_percent=64, lvesd_mm=36, eroa_mm2=35)
    found = standing(patient)
    assert found.acc_aha_class == ""
    assert (found.acc_aha_rows, found.acc_aha_levels, found.acc_aha_facts) == ("", "", "")
    assert found.acc_aha_since_on is None
    assert "vena_contracta_mm" in found.acc_aha_missing.split(), found.acc_aha_missing
    assert set(found.acc_aha_missing.split()) <= set(found.missing)


def test_either_way_names_no_recommendation_and_holds_since_a_day(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(400))
    make.echo(patient, days_ago(90), lvef_percent=55, lvesd_mm=45, **SEVERE)
    found = standing(patient)
    assert found.acc_aha_status == HeadlineKind.EITHER_WAY
    assert (found.acc_aha_rows, found.acc_aha_levels) == ("", "")
    assert found.acc_aha_since_on == days_ago(90)
    assert f"lvef_percent=55@{days_ago(90)}" in found.acc_aha_facts.split()


def test_a_bulk_write_without_a_replay_does_not_guess_since_when(patient, clinic_north):
    others = [make.patient_of(clinic_north).pk for _ in range(4)]
    Standing.objects.update(replay=None)
    renew_standings([patient.pk, *others])
    found = standing(patient)
    assert found.acc_aha_rows == "AHA-PI-02"
    assert found.acc_aha_since_on is None
    reassess(Order())
    assert standing(patient).acc_aha_since_on == days_ago(100)


def test_a_round_says_since_when_as_a_write_did(patient):
    """Carried on without a replay, by a checkpoint."""
    before = standing(patient)
    Standing.objects.update(acc_aha_since_on=None, acc_aha_facts="", esc_rows="")
    reassess(Order(everybody=True))
    after = standing(patient)
    for name in ("since_on", "facts", "rows", "levels", "missing", "edition"):
        for body in ("acc_aha", "esc"):
            assert getattr(after, f"{body}_{name}") == getattr(before, f"{body}_{name}")


def test_who_died_has_no_day_since_which_it_holds(patient, clinic_north, alice):
    mark_deceased(
        by=alice, clinic=clinic_north, patient=patient, deceased_on=days_ago(1), reason="letter"
    )
    assert standing(patient).acc_aha_since_on is None
    Standing.objects.update(acc_aha_since_on=days_ago(2))
    reassess(Order(everybody=True))
    assert standing(patient).acc_aha_since_on is None
