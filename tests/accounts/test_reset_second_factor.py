"""The command that takes away a lost second factor."""

import io

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.management import CommandError, call_command

from audit.models import AuditEvent


def reset(username):
    out = io.StringIO()
    call_command("reset_second_factor", username, stdout=out)
    return out.getvalue()


def test_it_removes_the_factor_ends_the_sessions_and_is_remembered(alice, client):
    client.force_login(alice)
    key = client.session.session_key
    UserSession.objects.create(user=alice, session_key=key, ip="127.0.0.1", user_agent="x")
    Authenticator.objects.create(user=alice, type="totp", data={})
    assert alice.username in reset(alice.username)
    assert not Authenticator.objects.exists()
    assert client.get("/").status_code == 302
    event = AuditEvent.objects.get(record_kind="user", record_id=str(alice.pk), action="change")
    assert "second factor" in event.note


def test_it_leaves_other_people_alone(alice, bob):
    Authenticator.objects.create(user=bob, type="totp", data={})
    with pytest.raises(CommandError, match="no second factor"):
        reset(alice.username)
    assert Authenticator.objects.filter(user=bob).exists()


def test_it_says_when_there_is_no_such_user(db):
    with pytest.raises(CommandError, match="no user nobody"):
        reset("nobody")
