"""Acknowledging an open acute episode."""

import pytest
from django.urls import reverse

from patients.models import AcuteEpisode
from tests.factories import records


@pytest.fixture
def episode(patient):
    return records.acute_episode(patient, "2026-11-20", place="Emergency room 2")


@pytest.fixture
def url(episode):
    return reverse("patients:acute-acknowledge", args=[episode.public_id])


def test_it_works(nina, client_of, url, episode, patient):
    answer = client_of(nina).post(url)
    assert answer["Location"] == reverse("reports:patient-page", args=[patient.public_id])
    episode.refresh_from_db()
    assert (episode.acknowledged_by, episode.version) == (nina, 2)
    assert episode.acknowledged_at is not None
    assert episode.history.first().history_change_reason == "acknowledged"


def test_a_link_leads_to_a_page_that_asks_once(alice, client_of, url, episode):
    page = client_of(alice).get(url).content.decode()
    assert "Emergency room 2" in page
    assert "does not call anyone" in page
    episode.refresh_from_db()
    assert episode.acknowledged_at is None


def test_it_requires_login(client, url):
    assert client.post(url).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_hides_other_clinics(charlie, client_of, url, method):
    assert getattr(client_of(charlie), method)(url).status_code == 404


def test_a_clerk_is_told_why_not(clara, client_of, url):
    assert client_of(clara).post(url).status_code == 403


def test_the_first_name_and_time_stay(alice, bob, client_of, url, episode):
    client_of(alice).post(url)
    client_of(bob).post(url)
    episode.refresh_from_db()
    assert (episode.acknowledged_by, episode.version) == (alice, 2)


def test_a_closed_episode_is_not_acknowledged(alice, client_of, url, episode):
    records.close_episode(episode, "2026-11-21", by=alice)
    client_of(alice).post(url)
    assert AcuteEpisode.objects.get().acknowledged_at is None
