"""Due dates from a record: values as last recorded, alarms and events first."""

from dataclasses import replace
from datetime import date

import pytest

from guidelines.assessment import assess, graded_picture
from guidelines.facts import ClinicalPicture
from guidelines.surveillance import FollowUpKind
from tests.factories import records as make
from treatments.facts import picture_of
from treatments.follow_up import follow_ups_of, last_known
from treatments.record import record_of

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 22)


def due(patient, on=ON):
    record = record_of([patient], on=on)[patient.pk]
    picture = picture_of(record)
    made = assess(picture, on=on)
    return follow_ups_of(record, picture, made.editions, made.alerts)


@pytest.fixture
def mild(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, "2022-01-01")
    make.none_of_these(patient, "2025-06-01")
    make.symptom_free(patient, "2025-06-01")
    make.echo(
        patient, "2025-06-01", lvef_percent=66, lvesd_mm=32, eroa_mm2=10, regurgitant_volume_ml=15,
        regurgitant_fraction_percent=20, vena_contracta_mm=2, reader_grade=1,
        aortic_regurgitation=0, aortic_stenosis=0, tricuspid_regurgitation=1, mitral_stenosis=0,
    )  # fmt: skip
    return patient


def test_a_mild_leak_keeps_its_years_although_the_answers_have_grown_old(mild):
    for follow_up in due(mild):
        assert follow_up.kind is FollowUpKind.INTERVAL
        assert follow_up.echo.by > date(2028, 1, 1)


def test_new_symptoms_make_it_due_now(mild):
    make.log(mild, "2026-11-10", nyha=3, dyspnea=True, attribution="uncertain")
    for follow_up in due(mild):
        assert follow_up.echo.by == ON


def test_new_fibrillation_makes_it_due_now(mild):
    make.comorbidity(mild, "2026-11-01", "atrial_fibrillation", since_on=date(2026, 11, 1))
    assert {follow_up.echo.by for follow_up in due(mild)} == {ON}


def test_an_open_class_1_is_a_decision_and_no_interval(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, "2022-01-01")
    make.none_of_these(patient, "2026-10-01")
    make.symptom_free(patient, "2026-10-01")
    make.echo(patient, "2026-10-01", lvef_percent=55, lvesd_mm=41, eroa_mm2=45, vena_contracta_mm=8)
    for follow_up in due(patient):
        assert follow_up.kind is FollowUpKind.DECISION
        assert follow_up.visit.by == ON


def test_an_alarm_makes_the_visit_due_today(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, "2022-01-01")
    make.intervention(patient, "2023-01-01", "mitral_mechanical")
    make.lab(patient, "2026-11-20", "inr", "1.6")
    for follow_up in due(patient):
        assert follow_up.visit.by == ON
        assert "An alarm asks to contact the patient today." in follow_up.reasons


@pytest.mark.parametrize("on", [date(2025, 7, 1), date(2026, 11, 22), date(2033, 1, 1)])
def test_what_was_last_known_is_the_picture_graded_without_regard_to_age(mild, on):
    picture = picture_of(record_of([mild], on=on)[mild.pk])
    known = last_known(picture)
    fresh = {name: replace(fact, too_old_to_reassure=False) for name, fact in picture.facts.items()}
    graded = graded_picture(ClinicalPicture(fresh))
    for found, full in (
        (known.ase, graded.ase),
        (known.acc_aha, graded.acc_aha),
        (known.esc_eacts, graded.esc_eacts),
    ):
        assert (found.result, found.is_severe) == (full.result, full.is_severe)
    assert known.readings == ClinicalPicture(fresh).readings()
