"""What changes the door asks again who is there; a changed second factor ends other sessions."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client, TestCase
from django.urls import reverse

from audit.models import AuditEvent
from tests.factories.cast import PASSWORD
from tests.factories.second_factor import code_now, give_app

ACCOUNT = reverse("accounts:account")
AGAIN = reverse("account_reauthenticate")
OTHERS = reverse("usersessions_list")
ADDRESS = reverse("account_email")


@pytest.fixture(autouse=True)
def nothing_counted(db):
    cache.clear()
    yield
    cache.clear()


def logged_in(user, *, code=""):
    client = Client()
    client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})
    if code:
        client.post(reverse("mfa_authenticate"), {"code": code})
    assert is_in(client)
    return client


def is_in(client):
    return client.get(ACCOUNT).status_code == 200


def row_of(client):
    return UserSession.objects.get(session_key=client.session.session_key)


def send(client, address, **data):
    """Send it; what the library does after the transaction is done as well."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(address, data)


def say_again(client, answer):
    """Give the password that is asked for, and come back."""
    assert answer.status_code == 302
    assert answer.url.startswith(AGAIN)
    return send(client, answer.url, password=PASSWORD)


def test_ending_a_session_asks_again_and_then_ends_it(alice):
    here, there = logged_in(alice), logged_in(alice)
    asked = here.post(reverse("accounts:session-end", args=[row_of(there).pk]))
    assert is_in(there)
    assert here.post(asked.url, {"password": "wrong"}).status_code == 200
    assert is_in(there)
    assert say_again(here, asked).url == ACCOUNT
    assert not is_in(there)
    assert is_in(here)


def test_ending_all_others_asks_again_and_then_ends_them(alice):
    here, there, too = logged_in(alice), logged_in(alice), logged_in(alice)
    assert here.get(OTHERS).status_code == 200
    asked = here.post(OTHERS)
    assert is_in(there)
    say_again(here, asked)
    assert [is_in(each) for each in (here, there, too)] == [True, False, False]


def test_a_new_address_asks_again_and_then_takes_it(alice):
    client = logged_in(alice)
    asked = send(client, ADDRESS, action_add="", email="new@example.org")
    assert not EmailAddress.objects.filter(email="new@example.org").exists()
    say_again(client, asked)
    assert EmailAddress.objects.filter(user=alice, email="new@example.org").exists()


@pytest.mark.parametrize("act", ["action_remove", "action_primary"])
def test_an_address_is_not_removed_or_preferred_without_asking(alice, act):
    EmailAddress.objects.create(user=alice, email="second@example.org", verified=True)
    client = logged_in(alice)
    answer = send(client, ADDRESS, **{act: "", "email": "second@example.org"})
    assert answer.url.startswith(AGAIN)
    kept = EmailAddress.objects.filter(user=alice, primary=False)
    assert [each.email for each in kept] == ["second@example.org"]


def add_app(client):
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    send(client, reverse("mfa_activate_totp"), code=code_now(secret))


def remove_app(client):
    send(client, reverse("mfa_deactivate_totp"))


# Each in transactions of its own: the library tells of a factor after the transaction.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", [add_app, remove_app])
def test_a_new_factor_or_its_removal_ends_the_other_sessions(alice, bob, act):
    code = ""
    there, of_bob = logged_in(alice), logged_in(bob)
    if act is remove_app:
        give_app(alice)
        code = code_now()
    here = logged_in(alice, code=code)
    here.post(AGAIN, {"password": PASSWORD})
    act(here)
    assert Authenticator.objects.filter(user=alice, type="totp").exists() is (act is add_app)
    page = here.get(ACCOUNT).content.decode()
    assert "Your other session was ended, because your second factor changed." in page
    assert not is_in(there)
    assert is_in(of_bob)
    events = AuditEvent.objects.filter(note="ended own sessions elsewhere", actor_id=alice.pk)
    assert [event.counts for event in events] == [{"sessions": 1}]


@pytest.mark.django_db(transaction=True)
def test_where_there_is_no_other_session_nothing_is_said(alice):
    here = logged_in(alice)
    here.post(AGAIN, {"password": PASSWORD})
    add_app(here)
    assert "because your second factor changed" not in here.get(ACCOUNT).content.decode()
    assert not AuditEvent.objects.filter(note="ended own sessions elsewhere").exists()
