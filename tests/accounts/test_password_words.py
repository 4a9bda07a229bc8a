"""Words that anybody would try first here do not make a password."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.invitations import invite
from accounts.models import User
from accounts.password_words import LocalWordsValidator
from accounts.permissions import Role
from tests.factories.cast import PASSWORD


def is_refused(password, user=None):
    try:
        LocalWordsValidator().validate(password, user)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(
    "password",
    [
        "NorthValveClinic2026!",
        "north-valve-clinic",
        "mrtrack-mrtrack-1",
        "N0rthV4lveCl1nic",
        "MitralValve#12345",
        "Riverside-2026-01",
        "saintgeorges.99",
    ],
)
def test_words_of_the_place_alone_are_refused(clinic_north, settings, password):
    settings.INSTANCE_NAME, settings.PASSWORD_WORDS = "Riverside Heart Center", ["saintgeorges"]
    assert is_refused(password)


@pytest.mark.parametrize("password", ["alice-whitfield", "Whitfield2026!!", "awhitfield-1234"])
def test_ones_own_name_is_refused(db, password):
    user = User(username="awhitfield", first_name="Alice", last_name="Whitfield", email="a@x.org")
    assert is_refused(password, user)
    assert not is_refused(password)


@pytest.mark.parametrize(
    "password", [PASSWORD, "seven-north-winds-blow", "correct horse battery", "xK9#vQ2$mL7@"]
)
def test_others_are_taken_and_one_such_word_among_others_too(clinic_north, alice, password):
    assert not is_refused(password, alice)


def test_words_of_two_or_three_letters_do_not_count(db, settings):
    settings.PASSWORD_WORDS = ["st", "abc"]
    assert not is_refused("abcabcabcabc")


def test_it_stands_among_the_validators_of_the_door(clinic_north):
    with pytest.raises(ValidationError, match="little more than your name"):
        validate_password("North-Valve-2026")


def test_whoever_is_invited_reads_it_beside_the_box(clinic_north, ada):
    _, word = invite(clinic=clinic_north, email="new@example.org", roles=[Role.NURSE], by=ada)
    client = Client()
    client.get(reverse("accounts:invitation", args=[word]))
    form = {"first_name": "New", "last_name": "Comer", "username": "newcomer"}
    passwords = {"password1": "north-valve-clinic", "password2": "north-valve-clinic"}
    answer = client.post(reverse("accounts:invitation-accept"), form | passwords)
    assert answer.status_code == 200
    assert "Add other words" in str(answer.context["form"].errors["password1"])
    assert not User.objects.filter(username="newcomer").exists()
