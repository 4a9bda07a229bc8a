"""Mail that leaves names no patient: it is read on the way, and on telephones."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from tests.factories.records import patient_of
from tests.source_tree import APPLICATIONS, imported_modules, named, python_files


@pytest.mark.django_db
def test_a_letter_about_a_new_password_names_its_reader_and_nobody_else(
    client, alice, clinic_north
):
    patient_of(clinic_north, by=alice, family_name="Zzsentinel", record_number="ZZ-4711")
    client.post(reverse("account_reset_password"), {"email": alice.email})
    (letter,) = mail.outbox
    assert letter.to == [alice.email]
    text = letter.subject + letter.body
    assert re.search(r"/accounts/password/reset/key/\S+", text)
    for word in ("Zz", "ZZ-", clinic_north.name, "patient"):
        assert word not in text
    assert letter.attachments == []


def test_only_the_accounts_send_mail():
    """Who is reached by mail is a person of the staff, about their account."""
    others = [name for name in APPLICATIONS if name != "accounts"]
    assert "patients" in others
    found = [
        named(path)
        for path in python_files(*others)
        if any(name.startswith("django.core.mail") for name in imported_modules(path))
    ]
    assert found == []
