"""A session ends when nobody does anything, and after a working day at the latest."""

import time

from django.conf import settings
from django.urls import reverse

from accounts.models import KeptPost
from accounts.session_store import ACTIVE_AT, STARTED_AT
from audit.models import AuditEvent
from tests.factories import records

SESSION = reverse("accounts:session")
IDLE, DAY = settings.SESSION_IDLE_SECONDS, settings.SESSION_COOKIE_AGE


def put_back(client, **clocks):
    """Let the session's clocks stand so many seconds back."""
    session = client.session
    for name, seconds in clocks.items():
        session[{"active": ACTIVE_AT, "started": STARTED_AT}[name]] = int(time.time()) - seconds
    session.save()


def is_in(client):
    return client.get(reverse("accounts:account")).status_code == 200


def endings():
    return list(AuditEvent.objects.filter(action="logout").values_list("actor_id", "note"))


def test_it_is_a_quarter_of_an_hour_and_a_working_day():
    assert (IDLE, DAY) == (15 * 60, 12 * 60 * 60)


def test_it_ends_when_nothing_is_done(client_of, alice):
    client = client_of(alice)
    put_back(client, active=IDLE - 5)
    assert is_in(client)
    put_back(client, active=IDLE)
    assert not is_in(client)
    assert endings() == [(alice.pk, "session ended: idle")]
    assert not is_in(client)
    assert len(endings()) == 1


def test_it_ends_after_a_working_day_whatever_is_done(client_of, alice):
    client = client_of(alice)
    put_back(client, started=DAY - 5)
    assert is_in(client)
    put_back(client, started=DAY)
    assert not is_in(client)
    assert endings() == [(alice.pk, "session ended: longest time reached")]


def test_a_page_puts_the_end_off(client_of, alice):
    client = client_of(alice)
    put_back(client, active=IDLE - 60)
    assert is_in(client)
    assert client.session[ACTIVE_AT] >= time.time() - 5


def test_what_a_page_asks_by_itself_does_not(client_of, alice):
    client = client_of(alice)
    put_back(client, active=IDLE - 60)
    before = client.session[ACTIVE_AT]
    answer = client.get(SESSION).json()
    assert 55 <= answer["left"] <= 60
    assert answer["can_stay"]
    assert client.session[ACTIVE_AT] == before


def test_a_page_that_renews_itself_does_not(client_of, alice):
    client = client_of(alice)
    put_back(client, active=IDLE - 60)
    before = client.session[ACTIVE_AT]
    assert client.get(reverse("accounts:account"), {"renews": "yes"}).status_code == 200
    assert client.session[ACTIVE_AT] == before


def test_asking_does_not_keep_alive_what_has_ended(client_of, alice):
    client = client_of(alice)
    put_back(client, active=IDLE)
    assert client.post(SESSION).json() == {"left": 0, "can_stay": False}
    assert not is_in(client)


def test_somebody_who_says_so_stays(client_of, alice):
    client = client_of(alice)
    put_back(client, active=IDLE - 20)
    assert client.post(SESSION).json()["left"] >= IDLE - 2


def test_nobody_stays_beyond_a_working_day(client_of, alice):
    client = client_of(alice)
    put_back(client, started=DAY - 20)
    answer = client.post(SESSION).json()
    assert answer["left"] <= 20
    assert not answer["can_stay"]


def test_a_session_from_before_the_clocks_begins_now(client_of, alice):
    client = client_of(alice)
    session = client.session
    del session[ACTIVE_AT], session[STARTED_AT]
    session.save()
    assert is_in(client)
    assert {ACTIVE_AT, STARTED_AT} <= set(client.session.keys())


def test_a_new_password_does_not_prolong_the_day(client_of, alice):
    client = client_of(alice)
    put_back(client, started=DAY - 20)
    started = client.session[STARTED_AT]
    new = "papillary-muscle-annulus"
    typed = {"oldpassword": "leaflet-chordae-annulus", "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), typed).status_code == 302
    assert client.session[STARTED_AT] == started


def test_the_clock_is_not_written_at_every_page(client_of, alice):
    client = client_of(alice)
    put_back(client, active=5)
    before = client.session[ACTIVE_AT]
    assert is_in(client)
    assert client.session[ACTIVE_AT] == before


def test_a_form_sent_too_late_is_kept(client, alice, clinic_north):
    client.force_login(alice)
    patient = records.patient_of(clinic_north)
    page = reverse("patients:symptom-log-add", args=[patient.public_id])
    token = client.get(page).context["csrf_token"]
    put_back(client, active=IDLE)
    sent = {"csrfmiddlewaretoken": str(token), "asked_on": "12 Nov 2025", "nyha": "II"}
    answer = client.post(page, sent)
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))
    assert KeptPost.objects.filter(user=alice).count() == 1
