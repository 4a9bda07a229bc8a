"""Nobody learns at the door who has an account: not by words, not by the time it takes."""

import re

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from accounts.actions import change_user
from audit.models import AuditEvent

LOGIN, RESET = reverse("account_login"), reverse("account_reset_password")


@pytest.fixture(autouse=True)
def nothing_counted(db):
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def hashes(monkeypatch):
    """How many passwords were hashed: what the time of a login is made of."""
    made = []
    encode = MD5PasswordHasher.encode

    def counted(self, password, salt):
        made.append(salt)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return made


def words_of(answer):
    """The page as a person reads it, without what was typed and the token."""
    text = re.sub(r'value="[^"]*"', "", answer.content.decode())
    return re.sub(r"csrf\S*", "", text)


def test_a_login_hashes_as_often_for_a_name_that_does_not_exist(client, alice, bob, hashes):
    bob.is_active = False
    change_user(user=bob, by=None, fields=["is_active"])
    hashes.clear()
    made = {}
    for login in ("alice", "nobody", "bob"):
        client.post(LOGIN, {"login": login, "password": "wrong"})
        made[login] = len(hashes)
        hashes.clear()
    assert len(set(made.values())) == 1
    assert made["nobody"] > 0
    for login in ("alice@example.org", "nobody@example.org"):
        client.post(LOGIN, {"login": login, "password": "wrong"})
        made[login] = len(hashes)
        hashes.clear()
    assert made["alice@example.org"] == made["nobody@example.org"] > 0


def test_a_login_answers_with_the_same_page(client, alice):
    pages = [
        words_of(client.post(LOGIN, {"login": login, "password": "wrong"}))
        for login in ("alice", "nobody")
    ]
    assert pages[0] == pages[1]


def test_a_reset_answers_the_same_and_sends_one_mail_either_way(client, alice, settings):
    settings.MAIL_IS_SENT = True
    answers = []
    for number, email in enumerate(("alice@example.org", "nobody@example.org"), start=1):
        answer = client.post(RESET, {"email": email}, follow=True)
        answers.append((answer.redirect_chain, words_of(answer)))
        assert len(mail.outbox) == number
    assert answers[0] == answers[1]
    assert "If there is an account with this address" in answers[0][1]


def test_a_link_that_resets_is_sent_to_the_owner_only(client, alice, settings):
    settings.MAIL_IS_SENT = True
    client.post(RESET, {"email": "nobody@example.org"})
    client.post(RESET, {"email": "ALICE@example.org"})
    assert [("/reset/key/" in each.body, each.to) for each in mail.outbox] == [
        (False, ["nobody@example.org"]),
        (True, ["alice@example.org"]),
    ]


def test_without_mail_the_page_says_whom_to_ask(client):
    page = client.get(RESET).content.decode()
    assert "sends no mail" in page
    assert 'name="email"' not in page


def test_who_asks_too_often_is_told_in_words_and_remembered(client, alice, settings):
    settings.MAIL_IS_SENT = True
    answers = [client.post(RESET, {"email": "alice@example.org"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert b"Too many tries" in answers[-1].content
    assert len(mail.outbox) == 5
    assert AuditEvent.objects.filter(action="refused", note="too many requests").count() == 1


def test_an_unknown_address_is_limited_alike(client, settings):
    settings.MAIL_IS_SENT = True
    answers = [client.post(RESET, {"email": "nobody@example.org"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
