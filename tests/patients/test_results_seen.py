"""Acknowledging results."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from patients import actions
from patients.models import Patient, ResultAcknowledgment
from patients.record_kinds import KINDS
from tests.factories import records

pytestmark = pytest.mark.django_db
KIND = KINDS["result-acknowledgment"]


@pytest.fixture
def url(patient: Patient) -> str:
    return reverse("patients:results-seen", args=[patient.public_id])


@pytest.fixture
def client(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


def test_it_works(client: Client, patient: Patient, alice: User, url: str) -> None:
    study = records.echo(patient, "2025-01-01", lvef_percent=60)
    result = records.lab(patient, "2025-01-02", "inr", "2.4")
    page = client.get(url, {"seen": str(result.public_id)}).content.decode()
    assert "Transthoracic echo of 1 Jan 2025" in page
    assert "INR 2.4 of 2 Jan 2025" in page
    assert page.count(" checked") == 1
    client.post(url, {"seen": [str(study.public_id), str(result.public_id)]})
    rows = ResultAcknowledgment.objects.order_by("id")
    assert [(row.echo_study, row.lab_result) for row in rows] == [(study, None), (None, result)]
    assert {row.seen_by for row in rows} == {alice}
    assert "Every result of this record is acknowledged" in client.get(url).content.decode()


def test_it_is_read_and_listed_and_never_changed(
    client: Client, patient: Patient, url: str
) -> None:
    result = records.lab(patient, "2025-01-02", "inr", "2.4")
    client.post(url, {"seen": str(result.public_id)})
    row = ResultAcknowledgment.objects.get()
    for address in (KIND.page_url(row), KIND.list_url(patient), KIND.version_url(row, 1)):
        assert "INR 2.4 of 2 Jan 2025" in client.get(address).content.decode()
    for address in (KIND.edit_url(row), KIND.strike_url(row)):
        assert client.post(address, {"reason": "x"})["Location"] == KIND.page_url(row)
    generic = reverse("patients:record-add", args=[patient.public_id, KIND.slug])
    assert client.get(generic)["Location"] == url


def test_drafts_and_struck_results_are_not_asked_about(
    client: Client, patient: Patient, alice: User, url: str
) -> None:
    records.echo(patient, "2025-01-01", lvef_percent=60, final=False)
    records.strike(records.echo(patient, "2025-02-01", lvef_percent=60), by=alice)
    records.strike(records.lab(patient, "2025-01-02", "inr", "2.4"), by=alice)
    assert "Every result of this record is acknowledged" in client.get(url).content.decode()


def test_it_requires_login(url: str) -> None:
    assert Client().get(url).status_code == 302


def test_it_hides_other_clinics(charlie: User, client_of: Any, url: str) -> None:
    assert client_of(charlie).get(url).status_code == 404


def test_a_clerk_is_told_that_the_role_does_not_allow_it(
    clara: User, client_of: Any, url: str
) -> None:
    answer = client_of(clara).get(url)
    assert answer.status_code == 403
    assert "your role is clerk" in answer.content.decode()


def test_it_rejects_nothing_ticked_and_what_is_not_this_patients(
    client: Client, patient: Patient, clinic_south: Any, url: str
) -> None:
    records.lab(patient, "2025-01-02", "inr", "2.4")
    foreign = records.lab(records.patient_of(clinic_south), "2025-01-02", "inr", "2.4")
    assert "Tick what you have seen" in client.post(url, {}).content.decode()
    answer = client.post(url, {"seen": str(foreign.public_id)})
    assert "no longer among the unseen" in answer.content.decode()
    assert not ResultAcknowledgment.objects.exists()


def test_after_the_patients_death_nothing_is_acknowledged_any_more(
    client: Client, patient: Patient, alice: User, clinic_north: Any, url: str
) -> None:
    result = records.lab(patient, "2025-01-02", "inr", "2.4")
    patient.deceased_on = date(2025, 2, 1)
    actions.correct_person(by=alice, clinic=clinic_north, patient=patient, reason="died")
    answer = client.post(url, {"seen": str(result.public_id)})
    assert "The patient died on 1 Feb 2025" in answer.content.decode()
    assert "checked" in answer.content.decode()
    assert not ResultAcknowledgment.objects.exists()
