"""The clocks of one patient on a page of their own."""

from __future__ import annotations

import pytest
from django.urls import reverse

from audit.models import AuditAction, AuditEvent
from followup.models import Standing
from patients.actions import move_patient, strike
from tests.factories import records as make
from tests.reports.pages import severe_primary, words_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def severe(clinic_north, ago):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, ago(400))
    make.none_of_these(patient, ago(90))
    make.symptom_free(patient, ago(80))
    make.echo(patient, ago(75), lvef_percent=58, lvesd_mm=42, eroa_mm2=45, vena_contracta_mm=8)
    return patient


@pytest.fixture
def words_of(client_of, alice):
    def read(patient, user=alice):
        address = reverse("reports:patient-clock", args=[patient.public_id])
        answer = client_of(user).get(address)
        assert answer.status_code == 200
        return words_in(answer.content.decode())

    return read


def spoken(day):
    return f"{day.day} {day:%b %Y}"


def test_it_says_what_was_met_and_that_nobody_decided(severe, words_of, ago):
    words = words_of(severe)
    assert f"Class I met {spoken(ago(75))} (ESC25-P-03), known {spoken(ago(0))}" in words
    assert "no decision recorded, waiting for 75 days." in words
    assert "AHA-PI-02" in words


def test_it_says_what_became_of_it(severe, words_of, ago):
    make.referral(severe, ago(71), question="?")
    make.team_review(severe, ago(55), decision="intervene")
    assert (
        "referred after 4 days, decided after 20 days, still waiting for the intervention, 75 days."
        in words_of(severe)
    )
    make.intervention(severe, ago(14), kind="mitral_repair")
    words = words_of(severe)
    assert "decided after 20 days, operated or treated after 61 days." in words
    assert "still waiting" not in words


def test_a_ground_that_was_struck_stays_visible_as_known(severe, words_of, alice, clinic_north):
    """Struck on a later day it would have been known; on the same day it never was."""
    strike(severe.echostudy_set.get(), by=alice, clinic=clinic_north, reason="another patient's")
    assert "ESC25-P-03" not in words_of(severe)


def test_a_record_that_cannot_say_is_shown_as_such(clinic_north, words_of):
    words = words_of(severe_primary(clinic_north))
    assert "No class 1 or I was met by what is recorded." in words
    assert "This does not say that there is no indication." in words
    assert "The record cannot say." in words
    assert "Missing:" in words


def test_one_that_is_not_computed_is_not_taken_for_one_without(severe, words_of):
    Standing.objects.filter(patient=severe).update(clock=None)
    words = words_of(severe)
    assert "Not yet computed" in words
    assert "No class 1 or I" not in words


def test_an_edition_that_is_not_signed_off_is_not_shown(severe, words_of, settings):
    settings.SHOWS_UNSIGNED_VERDICTS = False
    words = words_of(severe)
    assert "ESC25-P-03" not in words
    assert "AHA-PI-02" not in words


def test_it_hides_other_clinics_and_requires_login(severe, client_of, charlie, client):
    address = reverse("reports:patient-clock", args=[severe.public_id])
    assert client_of(charlie).get(address).status_code == 404
    assert client.get(address).status_code == 302


def test_opening_it_is_written_to_the_audit(severe, words_of):
    words_of(severe)
    event = AuditEvent.objects.filter(action=AuditAction.VIEW).latest("id")
    assert event.patient_id == str(severe.public_id)


def test_a_former_clinic_reads_what_it_held(severe, words_of, alice, clinic_south, ago):
    make.referral(severe, ago(71), question="?")
    move_patient(
        by=alice,
        registration=severe.registrations.get(),
        to_clinic=clinic_south,
        moved_on=ago(0),
        reason="new home",
    )
    make.team_review(severe, ago(0), decision="watch")
    words = words_of(severe)
    assert "You read the record up to that day, as it was known then." in words
    assert "referred after 4 days" in words


def test_the_patient_page_leads_to_it(severe, client_of, alice):
    page = client_of(alice).get(reverse("reports:patient-page", args=[severe.public_id]))
    address = reverse("reports:patient-clock", args=[severe.public_id])
    assert f'href="{address}"' in page.content.decode()
