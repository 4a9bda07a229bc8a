"""Asking for an erasure, confirming it as another person, and withdrawing it."""

from datetime import date

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from patients.models import Erasure, Patient
from tests.factories import records

pytestmark = pytest.mark.django_db

NUMBER = "HV-20418"
TYPED = {
    "typed_number": NUMBER,
    "basis": "request",
    "reason": "letter of 3 March",
    "is_final": "on",
    "save": "save",
}


@pytest.fixture(autouse=True)
def _apart(settings, tmp_path):
    settings.UPLOAD_DIR = tmp_path / "uploads"
    settings.ERASURE_LIST = tmp_path / "erased-records.txt"


@pytest.fixture
def url(patient):
    records.echo(patient, date(2024, 3, 1), lvef_percent=60)
    return reverse("patients:erasure-request", args=[patient.public_id])


@pytest.fixture
def asked(alice, client_of, url):
    client_of(alice).post(url, TYPED)
    return Erasure.objects.get()


@pytest.fixture
def confirm_url(asked):
    return reverse("patients:erasure", args=[asked.public_id])


def test_it_shows_what_goes_and_what_stays_before_anything_is_typed(alice, client_of, url):
    text = client_of(alice).get(url).content.decode()
    assert "Echo studies" in text
    assert "versions in the history" in text
    assert "The audit trail" in text


def test_asking_erases_nothing(asked, patient, alice):
    assert (asked.erased_id, asked.requested_by) == (patient.public_id, alice)
    assert Patient.objects.filter(pk=patient.pk).exists()


def test_a_second_person_who_sees_no_patients_confirms(confirm_url, ada, client_of, patient):
    client = client_of(ada)
    page = client.get(confirm_url)
    text = page.content.decode()
    assert "Rossi" not in text
    assert NUMBER not in text
    answer = client.post(
        confirm_url,
        {"typed_number": NUMBER, "is_final": "on", "seen": page.context["holdings"].digest},
    )
    assert answer["Location"] == reverse("patients:erasures")
    assert not Patient.objects.filter(pk=patient.pk).exists()
    assert b"erased" in client.get(reverse("patients:erasures")).content
    assert client.get(confirm_url).status_code == 200


def test_the_second_person_finds_it_in_the_menu_and_nobody_else(
    confirm_url, ada, nina, alice, client_of
):
    link = reverse("patients:erasures").encode()
    assert b"Erasures by law" in client_of(ada).get("/", follow=True).content
    assert link not in client_of(nina).get("/", follow=True).content
    page = client_of(alice).get(confirm_url).content.decode()
    assert page.index("You asked for it") < page.index("What is erased")


def test_what_changed_meanwhile_is_shown_again(confirm_url, ada, client_of, patient):
    client = client_of(ada)
    seen = client.get(confirm_url).context["holdings"].digest
    records.log(patient, date(2025, 1, 1), nyha=1)
    answer = client.post(confirm_url, {"typed_number": NUMBER, "is_final": "on", "seen": seen})
    assert answer.status_code == 409
    assert Patient.objects.filter(pk=patient.pk).exists()


def test_who_asked_cannot_confirm(confirm_url, alice, client_of, patient):
    client = client_of(alice)
    assert b"another person with this right confirms it" in client.get(confirm_url).content
    client.post(confirm_url, {"typed_number": NUMBER, "is_final": "on", "seen": ""})
    assert Patient.objects.filter(pk=patient.pk).exists()


def test_it_is_withdrawn(confirm_url, alice, client_of, asked):
    client_of(alice).post(confirm_url, {"withdraw": "withdraw"})
    asked.refresh_from_db()
    assert asked.withdrawn_by == alice
    assert asked.reason == ""


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("typed_number", "HV-1", "not the record number"),
        ("typed_number", "", "Type the record number"),
        ("basis", "", "Choose the legal ground"),
        ("reason", "", "Say why"),
        ("is_final", "", "Tick this"),
    ],
)
def test_it_rejects_bad_input_beside_the_field(alice, client_of, url, name, value, message):
    answer = client_of(alice).post(url, TYPED | {name: value})
    assert message in " ".join(answer.context["form"].errors[name])
    assert not Erasure.objects.exists()


def test_a_second_request_leads_to_the_first(asked, alice, client_of, url, confirm_url):
    assert client_of(alice).get(url)["Location"] == confirm_url


def test_nurses_and_clerks_may_not_ask_and_are_told(nina, clara, client_of, url):
    for user in (nina, clara):
        answer = client_of(user).get(url)
        assert answer.status_code == 403
        assert b"does not allow you to ask for or confirm" in answer.content
        assert client_of(user).get(reverse("patients:erasures")).status_code == 403
    assert AuditEvent.objects.filter(action="refused").count() == 4


def test_it_hides_other_clinics(charlie, client_of, url, confirm_url):
    client = client_of(charlie)
    assert client.get(url).status_code == 404
    assert client.get(confirm_url).status_code == 404
    assert b"No erasure was asked for" in client.get(reverse("patients:erasures")).content


def test_it_asks_for_a_login(client, url, confirm_url):
    for each in (url, confirm_url, reverse("patients:erasures")):
        assert client.get(each)["Location"].startswith("/accounts/login/")


def test_the_list_asks_the_same_number_of_queries_at_two_sizes(
    alice, client_of, clinic_north, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from patients.erasing import request_erasure

    client = client_of(alice)

    def add(number):
        patient = records.patient_of(clinic_north, record_number=number)
        request_erasure(
            patient=patient,
            by=alice,
            clinic=clinic_north,
            basis="request",
            reason="letter",
            typed_number=number,
        )

    add("E-1")
    client.get(reverse("patients:erasures"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(reverse("patients:erasures"))
    for number in range(2, 8):
        add(f"E-{number}")
    with django_assert_num_queries(len(few)):
        client.get(reverse("patients:erasures"))
