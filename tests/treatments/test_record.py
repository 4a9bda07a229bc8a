"""The gatherer: which rows of which day, as known when, in how many queries."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Clinic, User
from patients.actions import amend_echo_study, correct_person
from patients.models import Patient
from tests.factories import records as make
from treatments.facts import PatientRecord, picture_of, record_of
from treatments.record import KINDS

ON = date(2024, 6, 1)


def recorded(patient: Patient, on: date = ON, known_at: datetime | None = None) -> PatientRecord:
    return record_of([patient], on=on, known_at=known_at)[patient.pk]


@pytest.fixture
def patient(clinic_north: Clinic) -> Patient:
    return make.patient_of(clinic_north)


def fill(patient: Patient) -> None:
    """One row of every kind."""
    make.one_of_every_kind(patient, "2024-01-01")


def test_it_gathers_every_kind(patient: Patient) -> None:
    fill(patient)
    record = recorded(patient)
    assert {kind.name: len(getattr(record, kind.name)) for kind in KINDS} == {
        kind.name: 1 for kind in KINDS
    }


def test_it_takes_as_many_queries_for_many_patients_as_for_one(clinic_north: Clinic) -> None:
    patients = [make.patient_of(clinic_north) for _ in range(8)]
    fill(patients[0])
    fill(patients[-1])
    counts = []
    for some in (patients[:1], patients):
        with CaptureQueriesContext(connection) as queries:
            record_of(some, on=ON)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= len(KINDS) + 1


def test_it_reads_only_the_kinds_that_occur(clinic_north: Clinic) -> None:
    patients = [make.patient_of(clinic_north) for _ in range(50)]
    for patient in patients:
        make.echo(patient, "2024-01-01", lvef_percent=65)
        make.log(patient, "2024-01-01", nyha=2)
    counts = []
    for some in (patients[:1], patients):
        with CaptureQueriesContext(connection) as queries:
            record_of(some, on=ON)
        counts.append(len(queries))
    assert counts == [3, 3]


def test_a_kind_whose_only_row_was_struck_is_not_read(patient: Patient, alice: User) -> None:
    make.strike(make.echo(patient, "2024-05-01", lvef_percent=30), by=alice)
    with CaptureQueriesContext(connection) as queries:
        record_of([patient], on=ON)
    assert len(queries) == 1


def test_it_takes_one_query_more_for_what_was_known(patient: Patient) -> None:
    fill(patient)
    with CaptureQueriesContext(connection) as queries:
        recorded(patient, known_at=timezone.now())
    assert len(queries) == len(KINDS) + 2


def test_a_day_in_the_past_sees_only_rows_dated_by_then(patient: Patient) -> None:
    make.echo(patient, "2024-05-31", lvef_percent=65)
    make.echo(patient, "2024-06-01", lvef_percent=60)
    make.echo(patient, "2024-06-02", lvef_percent=55)
    assert [study.performed_on.day for study in recorded(patient).echo_studies] == [1, 31]


def test_rows_of_one_day_come_newest_entry_first(patient: Patient) -> None:
    first = make.log(patient, "2024-05-01", nyha=1)
    second = make.log(patient, "2024-05-01", nyha=2)
    assert recorded(patient).symptom_logs == [second, first]


def test_struck_rows_are_not_gathered(patient: Patient, alice: User) -> None:
    make.strike(make.echo(patient, "2024-05-01", lvef_percent=30), by=alice)
    assert recorded(patient).echo_studies == []


def test_it_knows_a_value_as_it_stood_before_its_correction(patient: Patient, alice: User) -> None:
    study = make.echo(patient, "2024-05-01", lvef_percent=65, rhythm="sinus")
    before = timezone.now()
    study.lvef_percent_low = study.lvef_percent_high = 55
    amend_echo_study(study, by=alice, clinic=None, reason="typing error")
    then, now = recorded(patient, known_at=before), recorded(patient, known_at=timezone.now())
    assert picture_of(then).facts["lvef_percent"].value == 65
    assert picture_of(now).facts["lvef_percent"].value == 55
    assert then.echo_studies[0].status == "final"


def test_it_does_not_know_what_was_entered_later(patient: Patient) -> None:
    before = timezone.now()
    make.echo(patient, "2024-05-01", lvef_percent=65)
    assert recorded(patient, known_at=before).echo_studies == []


def test_it_knows_what_was_struck_only_later(patient: Patient, alice: User) -> None:
    study = make.echo(patient, "2024-05-01", lvef_percent=30)
    before = timezone.now()
    make.strike(study, by=alice)
    assert len(recorded(patient, known_at=before).echo_studies) == 1
    assert recorded(patient, known_at=timezone.now()).echo_studies == []


def test_it_knows_the_birth_date_as_it_stood(
    patient: Patient, alice: User, clinic_north: Clinic
) -> None:
    before = timezone.now()
    patient.born_on = date(2010, 1, 1)
    correct_person(by=alice, clinic=clinic_north, patient=patient, reason="wrong year")
    assert picture_of(recorded(patient, known_at=before)).facts["age_years"].value == 69
    assert picture_of(recorded(patient)).facts["age_years"].value == 14


def test_a_version_of_the_same_instant_counts_once(patient: Patient, alice: User) -> None:
    study = make.echo(patient, "2024-05-01", lvef_percent=65)
    study.lvef_percent_low = study.lvef_percent_high = 55
    amend_echo_study(study, by=alice, clinic=None, reason="typing error")
    instant = timezone.now()
    type(study).history.filter(id=study.pk).update(history_date=instant)
    studies = recorded(patient, known_at=instant).echo_studies
    assert [each.lvef_percent_low for each in studies] == [55]


@pytest.mark.parametrize(
    ("onset", "seen"),
    [
        # 00:30 in Paris on 2 June is 22:30 on 1 June in universal time: the earlier day counts.
        (datetime(2024, 6, 1, 22, 30, tzinfo=UTC), True),
        (datetime(2024, 6, 2, 0, 30, tzinfo=UTC), False),
    ],
)
def test_an_emergency_of_the_north_is_seen(patient: Patient, onset: datetime, seen: bool) -> None:
    make.acute_episode(patient, onset)
    assert (recorded(patient).open_episode is not None) is seen


@pytest.mark.parametrize(
    ("onset", "seen"),
    [
        # 23:30 in New York on 1 June is 03:30 on 2 June in universal time.
        (datetime(2024, 6, 2, 3, 30, tzinfo=UTC), True),
        (datetime(2024, 6, 2, 4, 30, tzinfo=UTC), False),
    ],
)
def test_an_emergency_of_the_west_is_seen(
    clinic_south: Clinic, onset: datetime, seen: bool
) -> None:
    patient = make.patient_of(clinic_south)
    make.acute_episode(patient, onset)
    record = recorded(patient)
    assert (record.open_episode is not None) is seen
    if seen:
        assert record.day_of(onset) == ON
        assert picture_of(record).facts["tempo"].on == ON


def test_an_episode_stands_until_the_act_that_closed_it(patient: Patient, alice: User) -> None:
    episode = make.acute_episode(patient, "2024-03-01")
    make.close_episode(episode, "2024-05-20", by=alice)
    assert recorded(patient, date(2024, 5, 19)).open_episode == episode
    assert recorded(patient, date(2024, 5, 20)).open_episode is None


def test_a_plan_counts_from_the_day_it_was_entered(patient: Patient) -> None:
    make.planned_intervention(patient, "mitral_repair", planned_on=date(2024, 5, 1))
    assert recorded(patient, timezone.localdate() + timedelta(days=1)).interventions
    assert recorded(patient).interventions == []


def test_a_declined_plan_counts_from_its_day(patient: Patient) -> None:
    make.planned_intervention(patient, "teer", status="declined", decided_on=date(2024, 5, 1))
    assert len(recorded(patient).interventions) == 1
    assert recorded(patient, date(2024, 4, 30)).interventions == []
    assert recorded(patient).performed == []


def test_a_medication_counts_from_its_start(patient: Patient) -> None:
    make.medication(
        patient, "2024-07-01", "warfarin", started_on=date(2024, 5, 1), stopped_on=date(2024, 6, 2)
    )
    assert len(recorded(patient).current_medications) == 1
    assert recorded(patient, date(2024, 6, 2)).current_medications == []
    assert recorded(patient, date(2024, 4, 30)).medications == []


def test_a_plan_of_anticoagulation_ends(patient: Patient) -> None:
    plan = make.anticoagulation_plan(patient, "2024-01-01", until_on=date(2024, 6, 1))
    assert recorded(patient).anticoagulation_plan == plan
    assert recorded(patient, date(2024, 6, 2)).anticoagulation_plan is None


def test_a_plan_that_was_replaced_does_not_come_back_when_its_successor_ends(
    patient: Patient,
) -> None:
    make.anticoagulation_plan(patient, "2020-01-01", agent="vka")
    make.anticoagulation_plan(patient, "2023-01-01", agent="doac", until_on=date(2024, 1, 1))
    assert recorded(patient).anticoagulation_plan is None
    then = recorded(patient, on=date(2023, 6, 1)).anticoagulation_plan
    assert then is not None
    assert then.agent == "doac"
