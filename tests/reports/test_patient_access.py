"""Who opened a record: by day and person, for those who may ask, honest about its limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AuditEvent
from patients.actions import end_registration
from tests.factories import records as make
from tests.reports.pages import words_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(clinic_north):
    return make.patient_of(clinic_north, record_number="N-5", family_name="Lindqvist")


def page_of(patient, name="patient-access"):
    return reverse(f"reports:{name}", args=[patient.public_id])


def read(client, patient, **asked):
    answer = client.get(page_of(patient), asked)
    assert answer.status_code == 200
    return words_in(answer.content.decode())


def wrote(patient, clinic, user, at, **fields):
    given = {"action": "view", "record_kind": "patient", "role": "clinician"}
    AuditEvent(
        patient_id=str(patient.public_id),
        clinic_id=clinic.pk,
        actor_id=user.pk if user else None,
        at=at,
        **(given | fields),
    ).save()


def test_what_somebody_did_stands_there_in_words(client_of, alice, bob, patient):
    bobs = client_of(bob)
    for _ in range(3):
        bobs.get(reverse("reports:patient-page", args=[patient.public_id]))
    bobs.get(reverse("reports:patient-print", args=[patient.public_id]))
    page = read(client_of(alice), patient)
    assert "Opened: Patient 3 times" in page
    assert "Opened to print: Patient" in page
    assert "Bob" in page
    assert "clinician · North" in page


@pytest.mark.parametrize("name", ["patient-access", "patient-access-print"])
def test_the_head_of_the_page_says_the_sex_that_is_recorded(client_of, alice, clinic_north, name):
    woman = make.patient_of(clinic_north, record_number="N-6", sex="female")
    page = words_in(client_of(alice).get(page_of(woman, name)).content.decode())
    assert "female" in page
    assert "sex not recorded" not in page


def test_it_requires_login(client, patient):
    assert client.get(page_of(patient)).status_code == 302


def test_it_hides_other_clinics(client_of, charlie, patient):
    for name in ("patient-access", "patient-access-print"):
        assert client_of(charlie).get(page_of(patient, name)).status_code == 404
    assert AuditEvent.objects.filter(action="refused", actor_id=charlie.pk).count() == 2


def test_roles_without_the_right_are_refused_in_words(client_of, rita, ada, patient):
    for person in (rita, ada):
        answer = client_of(person).get(page_of(patient))
        assert answer.status_code == 403
        assert b"opened a patient" in answer.content
        assert AuditEvent.objects.filter(action="refused", actor_id=person.pk).exists()


def test_an_auditor_reads_it_without_the_name(client_of, otto, alice, patient):
    client_of(alice).get(reverse("reports:patient-page", args=[patient.public_id]))
    for name in ("patient-access", "patient-access-print"):
        page = client_of(otto).get(page_of(patient, name)).content.decode()
        assert "N-5" in page
        assert "Alice" in page
        assert "Lindqvist" not in page


def test_acts_in_another_clinic_are_not_shown(client_of, alice, charlie, clinic_south, patient):
    wrote(patient, clinic_south, charlie, datetime.now(tz=UTC))
    page = read(client_of(alice), patient)
    assert "Charlie" not in page
    assert "What other clinics did" in page


def test_refusals_are_not_shown_as_openings(client_of, alice, charlie, patient):
    client_of(charlie).get(reverse("reports:patient-page", args=[patient.public_id]))
    assert "Charlie" not in read(client_of(alice), patient)


def test_the_system_is_called_so(client_of, alice, clinic_north, patient):
    wrote(patient, clinic_north, None, datetime.now(tz=UTC), role="", action="view")
    assert "The system, without a person" in read(client_of(alice), patient)


def test_days_are_those_of_the_clinic(client_of, alice, bob, clinic_north, patient):
    assert clinic_north.time_zone == "Europe/Paris"
    # A quarter past one in the night in Paris, and the day before by universal time.
    wrote(patient, clinic_north, bob, datetime(2026, 6, 1, 23, 15, tzinfo=UTC))
    page = read(client_of(alice), patient, from_on="2026-06-02", until_on="2026-06-02")
    assert "Bob" in page
    assert "01:15" in page
    page = read(client_of(alice), patient, from_on="2026-06-01", until_on="2026-06-01")
    assert "Nobody opened this record in these days" in page


def test_the_last_year_is_shown_unless_days_are_asked_for(
    client_of, alice, bob, clinic_north, patient
):
    wrote(patient, clinic_north, bob, datetime.now(tz=UTC) - timedelta(days=400))
    assert "Bob" not in read(client_of(alice), patient)
    assert "Bob" in read(client_of(alice), patient, from_on="2020-01-01")
    wrong = read(client_of(alice), patient, from_on="2026-02-02", until_on="2026-02-01")
    assert "before the first day" in wrong


def test_reading_it_is_an_act_itself(client_of, alice, clinic_north, patient):
    client_of(alice).get(page_of(patient))
    client_of(alice).get(page_of(patient, "patient-access-print"))
    view, printed = AuditEvent.objects.filter(record_kind="access").order_by("id")
    assert (view.action, printed.action) == ("view", "print")
    assert (view.patient_id, view.clinic_id) == (str(patient.public_id), clinic_north.pk)
    assert "Who opened the record" in read(client_of(alice), patient)


def test_a_former_clinic_answers_for_itself(client_of, alice, clinic_north, patient):
    end_registration(
        by=alice,
        registration=patient.registrations.get(),
        until_on=clinic_north.today() - timedelta(days=1),
        because="moved",
    )
    assert "Entered: Registration" in read(client_of(alice), patient)


def test_the_patients_page_leads_there(client_of, alice, patient):
    page = client_of(alice).get(reverse("reports:patient-page", args=[patient.public_id]))
    assert page_of(patient) in page.content.decode()


def test_its_queries_do_not_grow(client_of, alice, bob, nina, clinic_north, patient):
    client, now = client_of(alice), datetime.now(tz=UTC)
    client.get(page_of(patient))
    counts = []
    for number in (3, 90):
        for each in range(number):
            person = (bob, nina)[each % 2]
            wrote(patient, clinic_north, person, now - timedelta(days=each, minutes=1))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page_of(patient)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] == 10
