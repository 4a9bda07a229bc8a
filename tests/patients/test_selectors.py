"""Reads that start at what a person may see."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.http import Http404

from accounts.models import Clinic, User
from accounts.permissions import Action
from patients import actions, selectors
from patients.models import Patient, Registration
from tests.factories import records as make

DAY = date(2024, 3, 1)


@pytest.fixture
def moved(patient: Patient, clinic_north: Clinic, clinic_south: Clinic) -> Patient:
    """The patient, who moved from the northern clinic to the southern one."""
    actions.end_registration(
        by=None, registration=patient.registrations.get(), until_on=DAY, because="moved"
    )
    actions.register_in_clinic(
        by=None, patient=patient, clinic=clinic_south, record_number="S-1", from_on=DAY
    )
    return patient


def test_members_of_the_clinic_find_the_patient(patient: Patient, alice: User, bob: User) -> None:
    for user in (alice, bob):
        assert selectors.patient_or_404(user, patient.public_id) == patient
        assert selectors.patient_or_404(user, str(patient.public_id)) == patient


def test_it_hides_other_clinics(patient: Patient, charlie: User, superuser: User) -> None:
    for user in (charlie, superuser):
        with pytest.raises(Http404):
            selectors.patient_or_404(user, patient.public_id)


@pytest.mark.parametrize("wrong", ["", "1", "no-such-id", str(uuid4())])
def test_a_wrong_id_is_not_found(alice: User, wrong: str) -> None:
    with pytest.raises(Http404):
        selectors.patient_or_404(alice, wrong)


def test_after_a_move_the_old_clinic_reads_up_to_that_day(
    moved: Patient, alice: User, charlie: User, clinic_south: Clinic
) -> None:
    old, new = (selectors.registrations_seen_by(user, moved) for user in (alice, charlie))
    assert (selectors.seen_until(old), selectors.seen_until(new)) == (DAY, None)
    assert selectors.writing_clinic(alice, moved, Action.ENTER_CLINICAL) is None
    assert selectors.writing_clinic(charlie, moved, Action.ENTER_CLINICAL) == clinic_south


def test_one_writes_only_what_ones_role_may(patient: Patient, clara: User, rita: User) -> None:
    assert selectors.writing_clinic(clara, patient, Action.ENTER_LABORATORY) is not None
    assert selectors.writing_clinic(clara, patient, Action.ENTER_CLINICAL) is None
    assert selectors.writing_clinic(rita, patient, Action.ENTER_CLINICAL) is None


def test_a_registration_opens_and_ends_by_the_clinics_day(
    clinic_north: Clinic, alice: User
) -> None:
    today = clinic_north.today()
    patient = make.patient_of(clinic_north, from_on=today)
    registration = patient.registrations.get()
    assert selectors.writing_clinic(alice, patient, Action.ENTER_CLINICAL) == clinic_north
    Registration.objects.filter(pk=registration.pk).update(from_on=today + timedelta(days=1))
    assert selectors.writing_clinic(alice, patient, Action.ENTER_CLINICAL) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rossi", True),
        ("ROSSI marco", True),
        ("marco rossi", True),
        ("HV-204", True),
        ("hv-20418", True),
        ("1959-04-12", True),
        ("12.4.1959", True),
        ("12/04/1959", True),
        ("1959-04-13", False),
        ("31.2.1959", False),
        ("bianchi", False),
        ("20418", False),
        ("%", False),
    ],
)
def test_search(patient: Patient, clinic_north: Clinic, text: str, found: bool) -> None:
    matches = selectors.patients_found(Patient.objects.all(), text, [clinic_north.pk])
    assert list(matches) == ([patient] if found else [])


@pytest.mark.parametrize(
    "text",
    [
        *("1959-04-12", "1959/4/12", "12.4.1959", "12.04.1959", "12/04/1959", "12-4-1959"),
        *("12 4 1959", "12 Apr 1959", "12 april 1959", "12th April, 1959", "12-Apr-1959"),
        *("April 12 1959", "Apr 12, 1959", "apr. 12th 1959", "12apr1959", "12041959", "19590412"),
        *("  12   Apr  1959 ", "04/13/1959"),
    ],
)
def test_a_birth_date_is_read_in_the_usual_spellings(text: str) -> None:
    expected = date(1959, 4, 13) if "13" in text else date(1959, 4, 12)
    assert selectors.day_in(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("31.2.1959", "13/13/1959", "12 Foo 1959", "12.4.59", "1959", "12345678", "0012-04-12"),
        *("12041", "rossi", "", "-", "12 Ap 1959", "12.4.9999", "99999999"),
    ],
)
def test_what_is_no_day_is_read_as_none(text: str) -> None:
    assert selectors.day_in(text) is None


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("04/12/1959", date(1959, 4, 12)),
        ("4.12.1959", date(1959, 4, 12)),
        ("12/12/1959", None),
        ("13/04/1959", None),
        ("04/13/1959", None),
        ("1959-04-12", None),
        ("4 Dec 1959", None),
        ("rossi", None),
    ],
)
def test_a_day_that_could_be_meant_otherwise_is_known(text: str, other: date | None) -> None:
    assert selectors.other_day_in(text) == other


def test_what_reads_as_a_birth_date_may_be_a_record_number(clinic_north: Clinic) -> None:
    numbered = make.patient_of(clinic_north, record_number="12041959")
    born = make.patient_of(clinic_north, born_on=date(1959, 4, 12))
    found = selectors.patients_found(Patient.objects.all(), "12041959", [clinic_north.pk])
    assert set(found) == {numbered, born}


def test_a_record_number_is_searched_in_ones_own_clinics_only(
    patient: Patient, clinic_south: Clinic
) -> None:
    matches = selectors.patients_found(Patient.objects.all(), "HV-20418", [clinic_south.pk])
    assert list(matches) == []


def test_only_final_studies_of_the_day_are_countable(patient: Patient, alice: User) -> None:
    make.echo(patient, DAY, final=False, lvef_percent=50)
    make.strike(make.echo(patient, DAY - timedelta(days=1), lvef_percent=51), by=alice)
    older = make.echo(patient, DAY - timedelta(days=3), lvef_percent=52)
    newer = make.echo(patient, DAY - timedelta(days=2), lvef_percent=53)
    make.echo(patient, DAY + timedelta(days=1), lvef_percent=54)
    assert selectors.countable_echo_studies(patient, DAY) == [newer, older]


def test_a_registration_made_by_mistake_opens_nothing(patient: Patient, alice: User) -> None:
    actions.end_registration(
        by=None, registration=patient.registrations.get(), until_on=DAY, because="entered_in_error"
    )
    with pytest.raises(Http404):
        selectors.patient_or_404(alice, patient.public_id)
    assert selectors.registrations_seen_by(alice, patient) == []
