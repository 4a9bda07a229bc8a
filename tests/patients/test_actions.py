"""Acts on the patients floor."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.models import Clinic, User
from patients import actions
from patients.models import EchoStudy, Patient, Registration, SymptomLog
from tests.factories import records as make

DAY = date(2024, 3, 1)


def test_registering_writes_person_and_registration(alice: User, clinic_north: Clinic) -> None:
    patient = actions.register_patient(
        by=alice,
        clinic=clinic_north,
        record_number="N-7",
        from_on=DAY,
        person={"family_name": "Łęcka-Müller", "given_name": "Zoë"},
    )
    assert patient.registrations.get().record_number == "N-7"
    assert "muller" in patient.search_key
    assert patient.history.get().history_user == alice


def test_a_record_number_is_taken_once_in_a_clinic(
    clinic_north: Clinic, clinic_south: Clinic
) -> None:
    make.patient_of(clinic_north, record_number="N-7")
    with pytest.raises(ValidationError, match="already used in this clinic"):
        make.patient_of(clinic_north, record_number="N-7")
    with pytest.raises(ValidationError, match="already used in this clinic") as refused:
        make.patient_of(clinic_north, record_number="n-7")
    assert list(refused.value.message_dict) == ["record_number"]
    assert Patient.objects.count() == 1
    make.patient_of(clinic_south, record_number="n-7")


def test_a_former_number_is_handed_over_in_any_spelling(clinic_north: Clinic, alice: User) -> None:
    patient = make.patient_of(clinic_north, record_number="N-7")
    actions.end_registration(
        by=alice,
        registration=patient.registrations.get(),
        until_on=DAY,
        because="moved",
    )
    actions.register_in_clinic(
        by=alice,
        patient=patient,
        clinic=clinic_north,
        record_number="n-7",
        from_on=clinic_north.today(),
    )
    running = patient.registrations.get(until_on__isnull=True)
    assert running.record_number == "n-7"


@pytest.mark.parametrize("name", ["born_on", "deceased_on"])
def test_a_life_does_not_begin_or_end_in_the_future(clinic_north: Clinic, name: str) -> None:
    tomorrow = clinic_north.today() + timedelta(days=1)
    with pytest.raises(ValidationError) as refusal:
        make.patient_of(clinic_north, **{name: tomorrow})
    assert name in refusal.value.message_dict


def test_a_person_is_corrected_with_a_reason(
    patient: Patient, alice: User, clinic_north: Clinic
) -> None:
    patient.born_on = date(1960, 1, 1)
    actions.correct_person(
        by=alice, clinic=clinic_north, patient=patient, reason="passport seen", expected_version=1
    )
    newest = patient.history.first()
    assert (newest.born_on, newest.history_change_reason) == (date(1960, 1, 1), "passport seen")


def test_a_patient_of_two_clinics_has_two_registrations(
    patient: Patient, charlie: User, clinic_south: Clinic
) -> None:
    registered = actions.register_in_clinic(
        by=charlie, patient=patient, clinic=clinic_south, record_number="S-1", from_on=DAY
    )
    assert patient.registrations.count() == 2
    actions.end_registration(
        by=charlie, registration=registered, until_on=DAY, because=Registration.Ended.MOVED
    )
    assert Registration.objects.get(pk=registered.pk).until_on == DAY


def test_several_statements_are_written_together_or_not_at_all(patient: Patient) -> None:
    rows = [
        SymptomLog(patient=patient, recorded_on=DAY),
        SymptomLog(patient=patient, recorded_on=DAY, nyha_low=3, nyha_high=2),
    ]
    with pytest.raises(ValidationError, match="from the lower to the higher"):
        actions.record_all(rows, by=None, clinic=None, reason="paper", today=DAY)
    assert SymptomLog.objects.count() == 0


def test_a_draft_is_not_counted_until_it_is_final(patient: Patient, alice: User) -> None:
    study = make.echo(patient, DAY, final=False, lvesd_mm=40, bsa_m2=2)
    assert not study.counts
    actions.finalize_echo_study(study, by=alice, clinic=None, expected_version=1)
    assert study.counts
    assert (study.status, study.finalized_by) == ("final", alice)
    with pytest.raises(ValidationError, match="Only a draft"):
        actions.finalize_echo_study(study, by=alice, clinic=None)


def test_an_amended_study_keeps_its_row_and_its_former_version(
    patient: Patient, alice: User
) -> None:
    study = make.echo(patient, DAY, lvesd_mm=40, bsa_m2=2)
    study.lvesd_mm = Decimal(38)
    actions.amend_echo_study(study, by=alice, clinic=None, reason="measured again")
    stored = EchoStudy.objects.get(public_id=study.public_id)
    assert (stored.status, stored.version, stored.lvesd_mm) == ("amended", 2, 38)
    assert stored.derived["lvesd_index_mm_m2"]["value"] == "19"
    assert [version.lvesd_mm for version in stored.history.all()] == [38, 40]


def test_a_final_study_that_is_changed_by_any_road_is_amended(
    patient: Patient, alice: User
) -> None:
    study = make.echo(patient, DAY, lvesd_mm=40, bsa_m2=2)
    study.lvesd_mm = Decimal(36)
    actions.change(study, by=alice, clinic=None, reason="corrected by the clerk")
    assert study.status == "amended"
    assert study.derived["lvesd_index_mm_m2"]["value"] == "18"


@pytest.mark.parametrize("reason", ["", "  "])
def test_amending_and_striking_need_a_reason(patient: Patient, alice: User, reason: str) -> None:
    study = make.echo(patient, DAY, lvesd_mm=40)
    with pytest.raises(ValidationError):
        actions.amend_echo_study(study, by=alice, clinic=None, reason=reason)
    with pytest.raises(ValidationError):
        actions.strike(study, by=alice, clinic=None, reason=reason)
    assert EchoStudy.objects.get(pk=study.pk).version == 1


def test_a_struck_study_stays_readable_and_frees_its_key(patient: Patient, alice: User) -> None:
    study = make.strike(make.echo(patient, DAY, lvesd_mm=40), by=alice, reason="wrong patient")
    assert (study.status, study.struck_by) == ("entered_in_error", alice)
    assert not study.counts
    make.echo(patient, DAY, lvesd_mm=41)
    assert patient.echostudy_set.count() == 2
    with pytest.raises(ValidationError, match="entered in error"):
        make.strike(study, by=alice)


def test_the_instant_of_striking_is_kept(patient: Patient, alice: User) -> None:
    before = timezone.now()
    log = make.strike(make.log(patient, DAY, nyha=2), by=alice)
    assert log.struck_at is not None
    assert before <= log.struck_at <= timezone.now()


def test_once_gives_back_what_was_entered_a_moment_ago(
    patient: Patient, alice: User, bob: User, clinic_north: Clinic
) -> None:
    now = timezone.now()

    def enter(nyha: int, by: User, seconds: int) -> SymptomLog:
        at = now + timedelta(seconds=seconds)
        log = SymptomLog(
            patient=patient, recorded_on=DAY, nyha_low=nyha, nyha_high=nyha, entered_at=at
        )
        return actions.record(log, by=by, clinic=clinic_north, once=True)

    first = enter(2, alice, 0)
    assert enter(2, alice, 3) == first
    others = {enter(3, alice, 3).pk, enter(2, bob, 3).pk, enter(2, alice, 11).pk}
    assert len(others - {first.pk}) == 3
    actions.strike(first, by=alice, clinic=clinic_north, reason="other patient")
    assert enter(2, alice, 1) != first


@pytest.mark.django_db(transaction=True)
def test_two_requests_of_one_button_enter_one_row(clinic_north: Clinic, alice: User) -> None:
    patient, together = make.patient_of(clinic_north), Barrier(2, timeout=20)

    def press(_: int) -> SymptomLog:
        together.wait()
        try:
            log = SymptomLog(patient=patient, recorded_on=DAY, nyha_low=2, nyha_high=2)
            return actions.record(log, by=alice, clinic=clinic_north, once=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as requests:
        one, other = requests.map(press, range(2))
    assert one == other
    assert SymptomLog.objects.count() == 1
