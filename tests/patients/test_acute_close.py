"""Closing an acute episode and taking the closing back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from patients import actions
from patients.models import AcuteEpisode, Patient
from patients.record_kinds import KINDS
from tests.factories import records

pytestmark = pytest.mark.django_db
KIND = KINDS["acute-episode"]


@pytest.fixture
def episode(patient: Patient) -> AcuteEpisode:
    return records.acute_episode(patient, datetime(2025, 1, 1, 13, 30, tzinfo=UTC))


@pytest.fixture
def url(episode: AcuteEpisode) -> str:
    return reverse("patients:acute-close", args=[episode.public_id])


@pytest.fixture
def submit(alice: User, client_of: Callable[[User], Client], url: str) -> Callable[..., Any]:
    typed = {
        "closure": "excluded",
        "closed_at_day": "3 Jan 2025",
        "closed_at_clock": "09:15",
        "reason": "TEE shows no acute MR",
        "version": "1",
        "save": "save",
    }
    return lambda **changed: client_of(alice).post(url, {**typed, **changed})


def test_it_works(submit: Any, episode: AcuteEpisode, alice: User) -> None:
    answer = submit()
    assert answer["Location"] == reverse("reports:patient-page", args=[episode.patient.public_id])
    episode.refresh_from_db()
    assert not episode.is_open
    assert (episode.closure, episode.closed_by) == ("excluded", alice)
    assert episode.closed_at == datetime(2025, 1, 3, 8, 15, tzinfo=UTC)
    assert episode.history.first().history_change_reason == "TEE shows no acute MR"


def test_it_names_the_time_zone(alice: User, client_of: Any, url: str) -> None:
    page = client_of(alice).get(url).content.decode()
    assert "1 Jan 2025, 14:30" in page
    assert "Europe/Paris" in page


def test_it_requires_login(client: Client, url: str) -> None:
    assert client.get(url).status_code == 302


def test_it_hides_other_clinics(charlie: User, client_of: Any, url: str) -> None:
    assert client_of(charlie).get(url).status_code == 404


@pytest.mark.parametrize("person", ["nina", "clara"])
@pytest.mark.parametrize("name", ["acute-close", "acute-reopen"])
def test_only_who_decides_may(
    request: Any, client_of: Any, episode: AcuteEpisode, person: str, name: str
) -> None:
    client = client_of(request.getfixturevalue(person))
    answer = client.post(reverse(f"patients:{name}", args=[episode.public_id]), {"reason": "x"})
    assert answer.status_code == 403
    assert "does not allow you to record a team" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "box", "message"),
    [
        ({"closure": ""}, "closure", "required"),
        ({"closed_at_clock": "14:29", "closed_at_day": "1 Jan 2025"}, "closed_at_clock", "before"),
        ({"closure": "reclassified_chronic"}, "closure", "fewer than 30 days"),
        ({"closure": "death"}, "closure", "does not say that the patient died"),
        ({"closed_at_day": "3 Jan 2125"}, "closed_at_day", "in the future"),
        ({"reason": ""}, "reason", "Say what was found or done"),
    ],
)
def test_what_cannot_be_is_refused_and_the_typing_stays(
    submit: Any, episode: AcuteEpisode, typed: dict[str, str], box: str, message: str
) -> None:
    answer = submit(**typed)
    form = answer.context["form"]
    assert message in " ".join(form.errors[box])
    assert form[box].value() == typed.get(box)
    episode.refresh_from_db()
    assert episode.is_open


def test_thirty_days_and_a_confirmed_death_are_taken(submit: Any, episode: AcuteEpisode) -> None:
    thirty = {"closed_at_day": "31 Jan 2025", "closed_at_clock": "14:30"}
    assert submit(closure="reclassified_chronic", **thirty).status_code == 302
    other = records.acute_episode(episode.patient, datetime(2025, 2, 1, tzinfo=UTC))
    assert other.is_open


def test_a_death_is_taken_when_confirmed(submit: Any, episode: AcuteEpisode) -> None:
    assert submit(closure="death", confirmed="death:death").status_code == 302
    episode.refresh_from_db()
    assert episode.closure == "death"


def test_who_saved_meanwhile_is_not_overwritten_and_the_typing_stays(
    submit: Any, episode: AcuteEpisode, bob: User, clinic_north: Any
) -> None:
    episode.place = "theater"
    actions.change(episode, by=bob, clinic=clinic_north, reason="moved")
    answer = submit()
    assert "Somebody else changed this episode" in answer.content.decode()
    assert answer.context["form"]["reason"].value() == "TEE shows no acute MR"
    assert answer.context["form"]["version"].value() == "2"
    assert submit(version="2").status_code == 302


def test_who_closed_it_meanwhile_is_said_beside_what_was_typed(
    submit: Any, episode: AcuteEpisode, bob: User, client_of: Any, url: str
) -> None:
    typed = {"closure": "excluded", "closed_at_day": "2 Jan 2025", "closed_at_clock": "10:00"}
    sent = {**typed, "reason": "CT first", "version": "1", "save": "save"}
    assert client_of(bob).post(url, sent).status_code == 302
    answer = submit(closure="death", reason="died <in> theater")
    assert answer.status_code == 409
    page = unescape(answer.content.decode())
    who = f"{bob.display_name} has closed this acute episode meanwhile"
    for words in (who, "CT first", "died <in> theater", "What was found or done?", "Ended by"):
        assert words in page
    assert "version" not in page.partition("What you typed")[2].partition("</table>")[0]
    assert "<in>" not in answer.content.decode()
    episode.refresh_from_db()
    assert (episode.closure, episode.closed_by) == ("excluded", bob)
    assert client_of(bob).get(url)["Location"] == KIND.page_url(episode)


def test_a_closing_is_taken_back_under_a_reason(
    submit: Any, episode: AcuteEpisode, alice: User, client_of: Any
) -> None:
    submit()
    client = client_of(alice)
    page = client.get(KIND.page_url(episode)).content.decode()
    url = reverse("patients:acute-reopen", args=[episode.public_id])
    assert url in page
    assert client.get(url).status_code == 200
    assert client.post(url, {"version": "2", "reason": ""}).status_code == 200
    client.post(url, {"version": "1", "reason": "wrong patient"})
    assert not AcuteEpisode.objects.get().is_open
    client.post(url, {"version": "2", "reason": "wrong patient"})
    again = AcuteEpisode.objects.get()
    assert again.is_open
    assert (again.closure, again.closed_at, again.closed_by) == ("", None, None)


def test_the_page_of_an_open_episode_leads_to_its_acts(
    episode: AcuteEpisode, alice: User, client_of: Any
) -> None:
    page = client_of(alice).get(KIND.page_url(episode)).content.decode()
    for name in ("acute-acknowledge", "acute-close"):
        assert reverse(f"patients:{name}", args=[episode.public_id]) in page
    assert "This emergency stands until it is closed." in page
    assert "nobody yet" in page


def test_a_time_that_has_not_come_is_refused(submit: Any, clinic_north: Any) -> None:
    soon = timezone.now().astimezone() + timedelta(hours=2)
    today = clinic_north.today()
    answer = submit(closed_at_day=today.isoformat(), closed_at_clock="23:59")
    if soon.date() == today:
        assert "not come yet" in str(answer.context["form"].errors)
