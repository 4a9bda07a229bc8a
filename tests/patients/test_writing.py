"""The one door for clinical rows: all or nothing, with history, audit and standing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import Clinic, User
from audit.models import AuditEvent
from followup.models import Standing
from patients.models import AcuteEpisode, EchoStudy, LabResult, Patient, Registration, SymptomLog
from patients.writing import StaleRecord, writing, writing_many
from tests.factories import records as make

DAY = date(2024, 3, 1)
called: list[tuple[list[int], bool]] = []


def remember(keys: list[int]) -> None:
    """What AFTER_WRITE names in some of these tests."""
    called.append((list(keys), connection.in_atomic_block))


@pytest.fixture
def other(clinic_north: Clinic) -> Patient:
    return make.patient_of(clinic_north)


def log_of(patient: Patient, **values: Any) -> SymptomLog:
    return SymptomLog(patient=patient, **({"recorded_on": DAY} | values))


def test_a_row_is_written_with_history_and_audit(
    patient: Patient, alice: User, clinic_north: Clinic, settings: LazySettings
) -> None:
    with writing(patient, by=alice, reason="clinic visit", clinic=clinic_north) as write:
        row = write.add(log_of(patient))
    version = row.history.get()
    assert (version.history_user, version.history_change_reason) == (alice, "clinic visit")
    assert version.app_version == settings.APP_VERSION
    assert row.entered_by == alice
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.actor_id, event.clinic_id) == ("create", alice.pk, clinic_north.pk)
    assert (event.record_id, event.patient_id) == (str(row.public_id), str(patient.public_id))
    assert event.role == "clinician"


def interrupted_visit(patient: Patient, by: User) -> None:
    with writing(patient, by=by, reason="visit") as write:
        write.add(log_of(patient))
        raise RuntimeError("power cut")


def test_a_failure_leaves_nothing_behind(patient: Patient, alice: User) -> None:
    events = AuditEvent.objects.count()
    before = Standing.objects.get(patient=patient).assessed_at
    with pytest.raises(RuntimeError, match="power cut"):
        interrupted_visit(patient, alice)
    assert SymptomLog.objects.count() == SymptomLog.history.count() == 0
    assert AuditEvent.objects.count() == events
    assert Standing.objects.get(patient=patient).assessed_at == before


def failing(keys: list[int]) -> None:
    """An AFTER_WRITE function that fails."""
    raise RuntimeError("no standing")


def test_without_a_standing_nothing_stands(
    patient: Patient, alice: User, settings: LazySettings
) -> None:
    settings.AFTER_WRITE = [f"{__name__}.failing"]
    with pytest.raises(RuntimeError), writing(patient, by=alice, reason="visit") as write:
        write.add(log_of(patient))
    assert SymptomLog.objects.count() == 0


def test_the_standing_is_renewed_once_for_all_patients(
    patient: Patient, other: Patient, alice: User, settings: LazySettings
) -> None:
    called.clear()
    settings.AFTER_WRITE = [f"{__name__}.remember"]
    with writing_many([other, patient, other], by=alice, reason="visit") as write:
        write.add(log_of(patient))
        write.add(log_of(other))
        assert called == []
    assert called == [(sorted([patient.pk, other.pk]), True)]


def test_a_new_patient_is_renewed_too(clinic_north: Clinic, settings: LazySettings) -> None:
    called.clear()
    settings.AFTER_WRITE = [f"{__name__}.remember"]
    newcomer = make.patient_of(clinic_north)
    assert called == [([newcomer.pk], True)]


def test_a_change_needs_the_version_that_was_read(patient: Patient, alice: User) -> None:
    row = make.log(patient, DAY, nyha=1)
    row.comment = "first"
    with writing(patient, by=alice, reason="note") as write:
        write.change(row, expected_version=1)
    assert row.version == 2
    late = SymptomLog.objects.get(pk=row.pk)
    late.comment = "second"
    with (
        pytest.raises(StaleRecord) as conflict,
        writing(patient, by=alice, reason="note") as write,
    ):
        write.change(late, expected_version=1)
    assert conflict.value.current.version == 2
    stored = SymptomLog.objects.get(pk=row.pk)
    assert (stored.comment, stored.version) == ("first", 2)
    assert [version.version for version in row.history.all()] == [2, 1]
    assert AuditEvent.objects.latest("id").action == "change"


def test_a_refused_change_keeps_its_version(patient: Patient, alice: User) -> None:
    row = make.log(patient, DAY, nyha=1)
    row.nyha_high = 7
    with pytest.raises(ValidationError), writing(patient, by=alice, reason="note") as write:
        write.change(row)
    assert row.version == 1


def test_a_row_does_not_change_its_patient(patient: Patient, other: Patient, alice: User) -> None:
    row = make.log(patient, DAY, nyha=1)
    row.patient = other
    with (
        pytest.raises(ValueError, match="stays with its patient"),
        writing_many([patient, other], by=alice, reason="note") as write,
    ):
        write.change(row)


def test_a_row_of_a_patient_who_was_not_opened_is_refused(
    patient: Patient, other: Patient, alice: User
) -> None:
    row = log_of(other)
    with writing(patient, by=alice, reason="note") as write:
        with pytest.raises(ValueError, match="not opened"):
            write.add(row)
        with pytest.raises(ValueError, match="not opened"):
            write.add_all(SymptomLog, [row])


def test_a_stored_row_is_not_added_again(patient: Patient, alice: User) -> None:
    row = make.log(patient, DAY, nyha=1)
    with (
        pytest.raises(ValueError, match="changed, not added"),
        writing(patient, by=alice, reason="note") as write,
    ):
        write.add(row)


def test_a_struck_row_is_not_changed(patient: Patient, alice: User) -> None:
    row = make.strike(make.log(patient, DAY, nyha=1), by=alice)
    with (
        pytest.raises(ValidationError, match="entered in error"),
        writing(patient, by=alice, reason="note") as write,
    ):
        write.change(row)


def test_many_rows_are_written_in_bulk(
    patient: Patient, other: Patient, alice: User, settings: LazySettings
) -> None:
    rows = [
        LabResult(patient=each, taken_on=DAY + timedelta(days=n), analyte="inr", value="2.5")
        for n in range(3)
        for each in (patient, other)
    ]
    with writing_many([patient, other], by=alice, reason="imported file") as write:
        write.add_all(LabResult, rows)
    versions = LabResult.history.all()
    assert len(versions) == 6
    assert {version.history_change_reason for version in versions} == {"imported file"}
    assert {version.history_user for version in versions} == {alice}
    assert {version.app_version for version in versions} == {settings.APP_VERSION}
    events = AuditEvent.objects.filter(record_kind="labresult", action="create")
    assert {event.patient_id for event in events} == {
        str(patient.public_id),
        str(other.public_id),
    }
    assert len(events) == 6


def test_bulk_refuses_a_day_in_the_future(patient: Patient, alice: User) -> None:
    rows = [log_of(patient), log_of(patient, recorded_on=DAY + timedelta(days=1))]
    with (
        pytest.raises(ValidationError) as refusal,
        writing(patient, by=alice, reason="import", today=DAY) as write,
    ):
        write.add_all(SymptomLog, rows)
    assert "recorded_on" in refusal.value.message_dict
    assert SymptomLog.objects.count() == 0


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2024, 3, 2), "in the future"),
        (date(1959, 4, 11), "before the patient's birth"),
        (date(2024, 2, 2), "The patient died on 1 Feb 2024"),
    ],
)
def test_an_impossible_day_is_refused_beside_its_field(
    patient: Patient, alice: User, day: date, words: str
) -> None:
    Patient.objects.filter(pk=patient.pk).update(deceased_on=date(2024, 2, 1))
    with (
        pytest.raises(ValidationError, match=words),
        writing(patient, by=alice, reason="visit", today=DAY) as write,
    ):
        write.add(log_of(patient, recorded_on=day))


def test_the_limits_themselves_are_possible(patient: Patient, alice: User) -> None:
    Patient.objects.filter(pk=patient.pk).update(deceased_on=DAY)
    with writing(patient, by=alice, reason="visit", today=DAY) as write:
        write.add(log_of(patient, recorded_on=date(1959, 4, 12)))
        write.add(log_of(patient, recorded_on=DAY))


def test_a_day_beside_the_statements_own_is_checked_too(patient: Patient) -> None:
    with pytest.raises(ValidationError) as refusal:
        make.comorbidity(patient, DAY, "stroke_or_tia", since_on=DAY + timedelta(days=1))
    assert "since_on" in refusal.value.message_dict


def test_a_clock_time_is_of_the_clinics_day(clinic_south: Clinic, charlie: User) -> None:
    patient = make.patient_of(clinic_south)
    evening = datetime(2024, 3, 2, 2, 0, tzinfo=UTC)  # 1 March, 21:00 in New York
    with writing(patient, by=charlie, reason="call", clinic=clinic_south, today=DAY) as write:
        write.add(AcuteEpisode(patient=patient, onset_at=evening))
    with (
        pytest.raises(ValidationError),
        writing(patient, by=charlie, reason="call", clinic=clinic_south, today=DAY) as write,
    ):
        write.add(AcuteEpisode(patient=patient, onset_at=evening + timedelta(hours=4)))


def test_the_audit_names_the_clinic_in_whose_name_it_was_written(
    patient: Patient, charlie: User, clinic_south: Clinic
) -> None:
    with writing(patient, by=charlie, reason="moved", clinic=clinic_south) as write:
        write.add(
            Registration(patient=patient, clinic=clinic_south, record_number="S-1", from_on=DAY)
        )
        write.add(log_of(patient))
    latest = AuditEvent.objects.order_by("-id")[:2]
    assert {(event.clinic_id, event.patient_id) for event in latest} == {
        (clinic_south.pk, str(patient.public_id))
    }


def test_the_database_refuses_a_second_study_of_one_key(patient: Patient) -> None:
    make.echo(patient, DAY, lvef_percent=60)
    with pytest.raises(ValidationError, match="already recorded on this day"):
        make.echo(patient, DAY, lvef_percent=61)
    assert EchoStudy.objects.count() == 1
