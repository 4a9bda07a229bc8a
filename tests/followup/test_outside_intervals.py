"""What asks for a person although no rule of a class says so, and a booking must not hide."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from followup.alarms import ANSWERED, alarms_of
from followup.models import Standing
from guidelines.pathway import Bucket
from tests.factories import records as make
from treatments.models import TeamReview

pytestmark = pytest.mark.django_db


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


def standing(patient):
    return Standing.objects.get(patient=patient)


def words(patient, kind):
    return [each["words"] for each in standing(patient).concerns if each["kind"] == kind]


@pytest.fixture
def repaired(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(900))
    make.none_of_these(patient, days_ago(200))
    make.intervention(patient, days_ago(500), "mitral_repair")
    return patient


def seen(patient, day, grade=1, **log):
    make.echo(patient, day, lvef_percent=62, lvesd_mm=35, reader_grade=grade)
    if log:
        make.log(patient, day, **log)
    else:
        make.symptom_free(patient, day)
    make.appointment(patient, days_ago(-10), kind="visit_and_echo", booked_on=days_ago(1))


def test_a_leak_that_is_back_after_a_repair_asks_for_the_team_also_when_a_visit_is_booked(repaired):
    seen(repaired, days_ago(20), grade=4)
    assert standing(repaired).bucket == Bucket.BOOKED
    (said,) = words(repaired, "discuss")
    assert "Regurgitation is back after the intervention" in said
    make.enter(
        TeamReview(patient=repaired, reviewed_on=days_ago(5), decision="watch",
                   decision_reason="small leak", review_on=days_ago(-90))
    )  # fmt: skip
    assert words(repaired, "discuss") == []


def test_symptoms_after_a_repair_ask_for_the_team_also_when_a_visit_is_booked(repaired):
    seen(repaired, days_ago(20), nyha=3, dyspnea=True, attribution="certain")
    (said,) = words(repaired, "discuss")
    assert "symptoms after an intervention" in said


def test_a_class_1_that_a_decision_answered_stands_against_an_end_of_follow_up(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(900))
    make.none_of_these(patient, days_ago(100))
    make.echo(patient, days_ago(50), lvef_percent=66, lvesd_mm=41, eroa_mm2=45, vena_contracta_mm=8)
    make.symptom_free(patient, days_ago(50))
    assert ANSWERED not in alarms_of(patient)
    make.enter(
        TeamReview(patient=patient, reviewed_on=days_ago(5), decision="watch",
                   decision_reason="wish", review_on=days_ago(-90))
    )  # fmt: skip
    assert "class_1" not in [each["kind"] for each in standing(patient).concerns]
    assert ANSWERED in alarms_of(patient)


def test_a_repair_that_holds_asks_for_nobody(repaired):
    seen(repaired, days_ago(20))
    assert words(repaired, "discuss") == []
    assert words(repaired, "missing") == []


def test_a_booked_visit_serves_no_echo_that_is_overdue(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(900))
    make.none_of_these(patient, days_ago(100))
    make.echo(patient, days_ago(800), lvef_percent=66, lvesd_mm=34, reader_grade=2, eroa_mm2=25,
              vena_contracta_mm=5)  # fmt: skip
    make.symptom_free(patient, days_ago(380))
    make.appointment(patient, days_ago(-10), kind="visit", booked_on=days_ago(1))
    (said,) = words(patient, "due")
    assert said.startswith("Echo")
    assert standing(patient).bucket == Bucket.OVERDUE
    make.appointment(patient, days_ago(-12), kind="echo", booked_on=days_ago(1))
    assert words(patient, "due") == []
    assert standing(patient).bucket == Bucket.BOOKED


def test_several_missing_facts_of_a_severe_leak_are_named_also_when_a_visit_is_booked(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(300), mechanism="unknown")
    make.echo(patient, days_ago(100), lvef_percent=66, eroa_mm2=45, vena_contracta_mm=8)
    make.appointment(patient, days_ago(-10), kind="visit_and_echo", booked_on=days_ago(1))
    assert (standing(patient).grade, standing(patient).missing_one) == ("severe", "")
    (said,) = words(patient, "missing")
    assert "mechanism" in said
    assert "symptoms" in said


def test_several_missing_facts_of_a_mild_leak_are_not(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(300), mechanism="unknown")
    make.echo(patient, days_ago(100), lvef_percent=66, reader_grade=1, eroa_mm2=8,
              vena_contracta_mm=2)  # fmt: skip
    assert words(patient, "missing") == []
