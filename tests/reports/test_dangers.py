"""What must not be overlooked on the page and on the list, and what must not reassure."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from guidelines.acute import ChecklistStep, checklist
from guidelines.vocabulary import Etiology, Tempo
from patients.models import AcuteEpisode
from reports.patient_page.answers import severe_before
from reports.patient_page.banner import dangers_of
from reports.patient_page.emergency import NARRATIVE, observations_of, steps_of, warnings_of
from reports.patient_rows import RowScope, rows_of
from tests.factories import records as make
from treatments.record import record_of

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def ago(days):
    return TODAY() - timedelta(days=days)


def gathered(patient):
    return record_of([patient], on=TODAY())[patient.pk]


def dangers(patient):
    return " ".join(dangers_of(gathered(patient)))


@pytest.fixture
def mechanical(clinic_north):
    patient = make.patient_of(clinic_north)
    make.intervention(patient, ago(700), "mitral_mechanical")
    make.anticoagulation_plan(patient, ago(690))
    return patient


@pytest.mark.parametrize(
    ("value", "comparator", "said"),
    [("5", ">", "above 5.0"), ("2", "<", "below 2.0"), ("6", "<", "above 5.0"),
     ("4", ">", "only a limit"), ("2.5", "<", "only a limit")],
)  # fmt: skip
def test_an_inr_beyond_the_instrument_is_never_read_as_its_limit(
    mechanical, value, comparator, said
):
    make.lab(mechanical, ago(1), "inr", value, comparator=comparator)
    assert said in dangers(mechanical)
    assert f"INR {comparator}{value}" in dangers(mechanical)


@pytest.mark.parametrize(("days", "is_danger"), [(42, False), (43, True)])
def test_an_inr_in_range_reassures_for_six_weeks(mechanical, days, is_danger):
    make.lab(mechanical, ago(days), "inr", "3.0")
    assert ("measure it again" in dangers(mechanical)) is is_danger


@pytest.mark.parametrize("values", [("1.6", "2.9"), ("2.9", "1.6")])
def test_a_second_inr_of_the_same_day_does_not_take_back_the_first(mechanical, values):
    for value in values:
        make.lab(mechanical, ago(1), "inr", value)
    assert "INR 1.6" in dangers(mechanical)
    assert "below 2.0" in dangers(mechanical)
    make.lab(mechanical, ago(0), "inr", "2.8")
    assert dangers(mechanical) == ""


def test_the_other_sample_of_the_day_is_named(mechanical):
    for value in ("1.6", "2.9"):
        make.lab(mechanical, ago(1), "inr", value)
    assert "Another sample of that day: 2.9." in dangers(mechanical)


def test_a_stopped_vitamin_k_antagonist_is_a_danger_although_the_plan_asks_for_one(mechanical):
    make.lab(mechanical, ago(1), "inr", "3.0")
    make.medication(mechanical, ago(600), "warfarin", started_on=ago(600), stopped_on=ago(2))
    assert "Warfarin was stopped" in dangers(mechanical)
    make.medication(mechanical, ago(1), "acenocoumarol", started_on=ago(1))
    assert dangers(mechanical) == ""


def test_a_mechanical_valve_told_and_denied_stays_a_danger(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, ago(300), previous_mitral_procedure="mechanical")
    make.diagnosis(patient, ago(100), previous_mitral_procedure="none")
    assert "assume a mechanical valve" in dangers(patient)


def test_nobody_is_contacted_about_the_dead(mechanical):
    mechanical.deceased_on = ago(1)
    assert dangers_of(gathered(mechanical)) == []


@pytest.mark.parametrize("tempo", ["acute", "acute_on_chronic"])
def test_acute_by_the_diagnosis_alone_is_a_danger_and_not_quiet_on_the_list(
    alice, clinic_north, tempo
):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, ago(1), tempo=tempo)
    assert "no acute episode is open" in dangers(patient)
    (row,) = rows_of(alice, [patient], RowScope([clinic_north], TODAY(), ()))
    assert row.severity.state == "beyond"
    make.acute_episode(patient, ago(1))
    assert dangers(patient) == ""


@pytest.mark.parametrize(
    ("days", "due_in", "said"), [(20, 150, False), (60, 110, True), (60, -3, False),
                                 (60, None, True), (400, None, False)]
)  # fmt: skip
def test_a_pregnancy_recorded_longer_ago_is_not_forgotten(clinic_north, days, due_in, said):
    patient = make.patient_of(clinic_north, born_on=date(1995, 1, 1), pregnancy_possible=True)
    due_on = None if due_in is None else ago(-due_in)
    make.pregnancy(patient, ago(days), "pregnant", due_on=due_on)
    assert ("ask before acting" in dangers(patient)) is said


@pytest.mark.parametrize(
    ("study", "episode", "said"),
    [
        ({"lvot_obstruction": "sam"}, {}, "no vasodilator, nitrate, inotrope or balloon pump"),
        ({"aortic_regurgitation": 2}, {}, "no balloon pump"),
        ({}, {"shock": True}, "no vasodilator alone"),
        ({}, {"systolic_bp_mmhg": 86}, "no vasodilator alone"),
    ],
)
def test_what_the_record_forbids_stands_above_the_checklist(clinic_north, study, episode, said):
    patient = make.patient_of(clinic_north)
    make.echo(patient, ago(3), **study)
    make.acute_episode(patient, ago(1), **episode)
    record = gathered(patient)
    assert said in " ".join(warnings_of(record, record.open_episode))


def test_the_checklist_ends_with_the_definitive_treatment():
    readings = {"tempo": Tempo.ACUTE, "etiology": Etiology.PAPILLARY_MUSCLE_RUPTURE}
    steps = steps_of(checklist(readings))
    assert [step["title"] for step in steps] == [step.label for step in ChecklistStep]
    said = " ".join(line["text"] for line in steps[-1]["lines"])
    assert "usually replacement" in said
    assert "without class" in NARRATIVE


def test_an_unknown_danger_is_asked_and_never_ticked_off():
    exclude = steps_of(checklist({"tempo": Tempo.ACUTE}))[1]
    assert exclude["title"].startswith("Exclude before any vasodilator")
    assert {line["mark"] for line in exclude["lines"]} == {"?"}


def test_absent_shock_is_said_and_unrecorded_shock_is_not():
    assert observations_of(AcuteEpisode(shock=False)) == "no shock"
    assert observations_of(AcuteEpisode()) == ""


def test_a_short_newer_study_does_not_hide_that_an_older_one_was_severe(clinic_north):
    from followup.standing import assessment_of

    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, ago(500))
    make.echo(patient, ago(200), eroa_mm2=45, vena_contracta_mm=8)
    make.echo(patient, ago(5), vena_contracta_mm=5)
    record = gathered(patient)
    assert "nothing newer excludes it" in severe_before(record, assessment_of(record))[0]
    make.echo(patient, ago(2), eroa_mm2=12, vena_contracta_mm=2, reader_grade=1)
    record = gathered(patient)
    assert severe_before(record, assessment_of(record)) == []


def test_an_old_standing_says_its_age_on_its_own_line(alice, clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, ago(100))
    later = TODAY() + timedelta(days=200)
    (row,) = rows_of(alice, [patient], RowScope([clinic_north], later, ()))
    assert "evidence may have aged" in row.verdict_note
    (row,) = rows_of(alice, [patient], RowScope([clinic_north], TODAY(), ()))
    assert "aged" not in row.verdict_note
