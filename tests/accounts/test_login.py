"""The door: who gets in, what is counted, what is remembered."""

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse

from accounts.actions import change_user
from accounts.models import User
from audit.models import AuditEvent
from tests.factories.cast import PASSWORD

LOGIN = reverse("account_login")
LIMIT = 5  # failed logins per account in five minutes


@pytest.fixture(autouse=True)
def nothing_counted(db):
    cache.clear()
    yield
    cache.clear()


def log_in(client, login, password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": login, "password": password}, **extra)


def logged_in(client):
    return "_auth_user_id" in client.session


def events(*actions):
    rows = AuditEvent.objects.filter(action__in=actions).order_by("id")
    return list(rows.values_list("action", "actor_id", "record_id", "note"))


@pytest.mark.parametrize("login", ["alice", "alice@example.org", "ALICE@example.org"])
def test_one_logs_in_by_name_or_address(client, alice, login):
    log_in(client, login)
    assert logged_in(client)
    assert events("login") == [("login", alice.pk, str(alice.pk), "")]


def test_logging_out_is_remembered(client, alice):
    log_in(client, "alice")
    client.post(reverse("account_logout"))
    assert not logged_in(client)
    assert events("logout") == [("logout", alice.pk, str(alice.pk), "")]


def test_a_wrong_password_is_remembered_but_not_what_was_typed(client, alice):
    log_in(client, "alice", "a-secret-of-elsewhere")
    log_in(client, "typed-by-mistake", "a-secret-of-elsewhere")
    assert not logged_in(client)
    assert events("login", "login_failed") == [
        ("login_failed", None, str(alice.pk), ""),
        ("login_failed", None, "", "no such account"),
    ]


def test_the_address_of_the_client_is_remembered(client, alice):
    log_in(client, "alice", REMOTE_ADDR="192.0.2.7")
    assert AuditEvent.objects.get(action="login").ip == "192.0.2.7"


def test_a_deactivated_account_is_turned_away_and_remembered(client, alice):
    alice.is_active = False
    change_user(user=alice, by=None, fields=["is_active"])
    log_in(client, "alice")
    assert not logged_in(client)
    assert ("login_failed", None, str(alice.pk), "inactive account") in events("login_failed")


def test_deactivation_ends_a_session_at_once(client_of, alice):
    client = client_of(alice)
    alice.is_active = False
    change_user(user=alice, by=None, fields=["is_active"])
    answer = client.post(reverse("accounts:choose-clinic"), {"clinic": ""})
    assert answer["Location"].startswith(LOGIN)


def test_failed_logins_are_limited_per_account(client, alice):
    for _ in range(LIMIT):
        log_in(client, "alice", "wrong")
    answer = log_in(client, "alice")
    assert not logged_in(client)
    assert "Too many failed login attempts" in answer.content.decode()
    assert events("login_failed")[-1][3] == "too many failed attempts"


def test_the_limit_holds_from_any_address_and_for_name_and_address_together(client, alice):
    for number in range(LIMIT):
        login = ("alice", "alice@example.org")[number % 2]
        log_in(client, login, "wrong", REMOTE_ADDR=f"192.0.2.{number}")
    log_in(client, "Alice", REMOTE_ADDR="198.51.100.1")
    assert not logged_in(client)


def test_the_limit_holds_under_whatever_name_the_site_is_called(client, alice):
    hosts = ["testserver", "localhost", "127.0.0.1", *(f"testserver:{port}" for port in range(9))]
    for host in hosts[:LIMIT]:
        log_in(client, "alice", "wrong", headers={"host": host})
    log_in(client, "alice", headers={"host": hosts[-1]})
    assert not logged_in(client)


def test_many_other_names_do_not_push_a_count_out(client, alice):
    for _ in range(LIMIT):
        log_in(client, "alice", "wrong")
    for number in range(400):  # Django's own limit of a cache is 300
        cache.set(f"another-{number}", [1.0], 300)
    log_in(client, "alice")
    assert not logged_in(client)


def test_a_confirmed_second_address_serves_as_well(client, alice):
    EmailAddress.objects.create(user=alice, email="home@example.org", verified=True)
    EmailAddress.objects.create(user=alice, email="other@example.org", verified=False)
    log_in(client, "other@example.org")
    assert not logged_in(client)
    log_in(client, "home@example.org")
    assert logged_in(client)


def test_another_account_behind_the_same_address_is_not_blocked(client, alice, bob):
    for _ in range(LIMIT + 1):
        log_in(client, "alice", "wrong")
    log_in(client, "bob")
    assert logged_in(client)


def test_an_account_that_does_not_exist_is_limited_alike(client):
    answers = [log_in(client, "nobody", "wrong").content.decode() for _ in range(LIMIT + 1)]
    assert "Too many failed login attempts" in answers[-1]
    assert "Too many failed login attempts" not in answers[-2]


def test_the_text_does_not_tell_whether_an_account_exists(client, alice):
    def errors(login):
        return log_in(client, login, "wrong").context["form"].errors.as_text()

    assert errors("alice") == errors("nobody")


def test_right_passwords_are_not_counted(client, alice):
    for _ in range(LIMIT + 1):
        log_in(client, "alice")
        assert logged_in(client)
        client.post(reverse("account_logout"))


def test_the_count_is_shared_by_all_processes(client):
    assert settings.CACHES["default"]["BACKEND"].endswith("db.DatabaseCache")


def test_the_administration_has_the_same_door(client, clara):
    index = reverse("admin:index")
    answer = client.get(index)
    assert answer.status_code == 302
    door = client.get(answer["Location"])
    assert (door.status_code, door["Location"].split("?")[0]) == (302, LOGIN)
    answer = log_in(client, "clara")
    assert logged_in(client)
    assert client.get(index).status_code == 200
    assert [event[:2] for event in events("login")] == [("login", clara.pk)]


def test_the_administrations_own_form_cannot_be_used_around_the_limit(client, clara):
    answer = client.post(reverse("admin:login"), {"username": "clara", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"].startswith(LOGIN)
    assert not logged_in(client)


def test_somebody_who_is_not_staff_stays_out_of_the_administration(client_of, alice):
    assert client_of(alice).get(reverse("admin:index"), follow=True).status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_signs_up(client, method):
    before = User.objects.count()
    form = {
        "username": "mallory",
        "email": "mallory@example.org",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    answer = getattr(client, method)(reverse("account_signup"), form)
    assert b"password1" not in answer.content
    assert not logged_in(client)
    assert User.objects.count() == before


def test_changing_ones_own_password_is_remembered(client, alice):
    log_in(client, "alice")
    new = "another-long-password"
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    alice.refresh_from_db()
    assert alice.check_password(new)
    assert events("change")[-1] == ("change", alice.pk, str(alice.pk), "changed password")


@pytest.mark.parametrize("page", ["account_login", "account_reset_password"])
def test_an_address_that_cannot_be_read_leads_nowhere(alice, client, page):
    typed = {"login": "alice", "password": PASSWORD, "email": alice.email, "next": "http://[::1"}
    response = client.post(reverse(page), typed)
    assert response.status_code == 302
    assert response.url.startswith("/")
