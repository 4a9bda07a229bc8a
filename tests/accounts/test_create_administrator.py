"""The command that makes the first administrator."""

import io

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from accounts.models import User

PASSWORD = "leaflet-chordae-annulus"


def create(monkeypatch, password=PASSWORD, **options):
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    options = {"username": "root", "email": "root@example.org"} | options
    call_command("create_administrator", password_stdin=True, stdout=io.StringIO(), **options)


def test_it_creates_an_administrator_with_a_verified_address(db, monkeypatch):
    create(monkeypatch)
    user = User.objects.get()
    assert (user.username, user.is_staff, user.is_superuser) == ("root", True, True)
    assert user.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=user).verified


def test_it_says_what_is_wrong(db, monkeypatch):
    with pytest.raises(CommandError, match="too short"):
        create(monkeypatch, password="short")
    with pytest.raises(CommandError, match="valid email"):
        create(monkeypatch, email="nowhere")
    assert not User.objects.exists()


def test_it_asks_for_what_the_options_leave_out(db, monkeypatch):
    answers = iter(["root", "root@example.org"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(answers))
    monkeypatch.setattr("getpass.getpass", lambda prompt: PASSWORD)
    call_command("create_administrator", stdout=io.StringIO())
    assert User.objects.get().email == "root@example.org"


def test_it_refuses_two_different_passwords(db, monkeypatch):
    answers = iter([PASSWORD, PASSWORD + "x"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))
    with pytest.raises(CommandError, match="differ"):
        call_command("create_administrator", username="root", email="root@example.org")
