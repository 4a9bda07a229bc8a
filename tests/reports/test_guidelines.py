"""The pages of the editions: what is to be read, and the sign-off."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ClinicSetting
from audit.models import AuditEvent
from followup.standing import renew_standings
from tests.factories import records as make

LIST = "/guidelines/"
PAGE = "/guidelines/north/acc-aha-2020/"
GIVEN = {"name": "Dr A. Moreau", "note": "", "has_read": "on"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outside_the_demo(settings):
    settings.SHOWS_UNSIGNED_VERDICTS = False


def test_the_list_says_what_is_not_signed_off(alice, client_of):
    page = client_of(alice).get(LIST).content.decode()
    assert "ACC/AHA 2020" in page
    assert "ESC/EACTS 2025" in page
    assert page.count("Not yet: read the rules") == 2


@pytest.mark.parametrize("url", [LIST, PAGE])
def test_it_requires_login(clinic_north, url):
    assert Client().get(url).status_code == 302


def test_it_hides_other_clinics(charlie, clinic_north, client_of):
    assert "North Valve Clinic" not in client_of(charlie).get(LIST).content.decode()
    assert client_of(charlie).get(PAGE).status_code == 404
    assert client_of(charlie).post(PAGE, GIVEN).status_code == 404


def test_every_rule_is_there_to_be_read(alice, client_of):
    page = client_of(alice).get(PAGE).content.decode()
    assert "AHA-PI-02" in page
    assert "LVESD ≥ 40 mm" in page
    assert "Class 1, Level B-NR" in page
    assert client_of(alice).get("/guidelines/north/no-such/").status_code == 404


def test_a_clinician_signs_off(alice, client_of):
    answer = client_of(alice).post(PAGE, GIVEN, follow=True)
    assert "ACC/AHA 2020 is signed off for North Valve Clinic" in answer.content.decode()
    setting = ClinicSetting.objects.get(name="signed-off-acc-aha-2020")
    assert setting.value["name"] == "Dr A. Moreau"
    assert AuditEvent.objects.filter(note__contains="signed-off-acc-aha-2020").exists()


@pytest.mark.parametrize("missing", ["name", "has_read"])
def test_it_rejects_a_sign_off_without_name_or_reading(alice, client_of, missing):
    given = {**GIVEN, "note": "kept typing", missing: ""}
    page = client_of(alice).post(PAGE, given).content.decode()
    assert "This field is required" in page
    assert "kept typing" in page
    assert not ClinicSetting.objects.exists()


@pytest.mark.parametrize("person", ["nina", "clara", "ada"])
def test_only_a_clinician_signs_off(person, request, client_of):
    client = client_of(request.getfixturevalue(person))
    assert "A clinician of North Valve Clinic signs" in client.get(PAGE).content.decode()
    assert client.post(PAGE, GIVEN).status_code == 403


@pytest.fixture
def severe(clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, "2024-01-01")
    make.echo(patient, "2026-10-01", eroa_mm2=45, vena_contracta_mm=8, lvef_percent=55)
    renew_standings([patient.pk])
    return patient


def test_without_a_sign_off_the_page_shows_facts_and_no_verdict(alice, client_of, severe):
    page = client_of(alice).get(reverse("reports:patient-page", args=[severe.public_id]))
    text = page.content.decode()
    assert text.count("not yet signed off by your clinic") >= 2
    assert PAGE in text
    assert "Class 1" not in text
    assert "Class I" not in text
    assert "EROA" in text
    assert "no indication" not in text.lower()


def test_without_a_sign_off_the_list_shows_no_verdict(alice, client_of, severe):
    text = client_of(alice).get("/patients/").content.decode()
    assert "not yet signed off" in text
    assert "ACC/AHA 1" not in text


def test_with_a_sign_off_the_verdict_of_that_edition_shows(alice, client_of, severe):
    client = client_of(alice)
    client.post(PAGE, GIVEN)
    text = client.get(reverse("reports:patient-page", args=[severe.public_id])).content.decode()
    assert "Class 1" in text
    assert "Class I " not in text
    assert "ACC/AHA 1" in client.get("/patients/").content.decode()
