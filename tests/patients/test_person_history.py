"""What changed in a person and their registrations, side by side."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import grant_membership
from accounts.permissions import Role
from audit.models import AuditEvent
from patients.actions import (
    change_registration,
    correct_person,
    end_registration,
    register_in_clinic,
)
from tests.factories import records as make
from tests.reports.pages import words_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(clinic_north):
    return make.patient_of(clinic_north, record_number="N-1", family_name="Rosi")


@pytest.fixture
def url(patient):
    return reverse("patients:person-history", args=[patient.public_id])


def correct(patient, by, clinic, reason, **values):
    for name, value in values.items():
        setattr(patient, name, value)
    correct_person(by=by, clinic=clinic, patient=patient, reason=reason)


def read(client, url):
    answer = client.get(url)
    assert answer.status_code == 200
    return words_in(answer.content.decode())


def test_it_shows_before_and_after_with_who_and_why(
    client_of, alice, bob, clinic_north, patient, url
):
    correct(patient, bob, clinic_north, "spelled wrongly", family_name="Rossi", telephone="555")
    registration = patient.registrations.get()
    registration.record_number = "N-2"
    change_registration(by=bob, registration=registration, reason="typing error")
    page = read(client_of(alice), url)
    assert "Bob" in page
    assert "spelled wrongly Family name Rosi Rossi" in page
    assert "Telephone not recorded 555" in page
    assert "typing error Record number N-1 N-2" in page
    assert page.count("first entry") == 2


def test_it_requires_login(client, url):
    assert client.get(url).status_code == 302


def test_it_hides_other_clinics(client_of, charlie, url):
    assert client_of(charlie).get(url).status_code == 404


def test_reading_it_is_noted(client_of, alice, patient, url):
    client_of(alice).get(url)
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.patient_id) == ("view", str(patient.public_id))


def test_registrations_elsewhere_are_not_shown(
    client_of, alice, charlie, clinic_north, clinic_south, patient, url
):
    grant_membership(user=charlie, clinic=clinic_north, roles=[Role.CLINICIAN], by=None)
    register_in_clinic(
        by=charlie, patient=patient, clinic=clinic_south, record_number="S-9",
        from_on=clinic_south.today(), reason="moves",
    )  # fmt: skip
    assert "S-9" not in read(client_of(alice), url)


def test_a_former_clinic_reads_what_it_knew(
    client_of, alice, charlie, clinic_north, clinic_south, patient, url
):
    end_registration(
        by=alice, registration=patient.registrations.get(),
        until_on=clinic_north.today() - timedelta(days=1), because="moved",
    )  # fmt: skip
    patient.refresh_from_db()
    correct(patient, charlie, clinic_south, "corrected elsewhere", family_name="Rossi")
    page = read(client_of(alice), url)
    assert "corrected elsewhere" not in page
    assert "Registered until not recorded" in page


def test_its_queries_do_not_grow(client_of, alice, clinic_north, patient, url):
    client = client_of(alice)
    counts = []
    for number in (2, 20):
        for each in range(number):
            correct(patient, alice, clinic_north, "again", family_name=f"Name {number} {each}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
