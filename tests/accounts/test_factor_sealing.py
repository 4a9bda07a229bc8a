"""Secrets behind second factors are encrypted in the database; what was there before works."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.factor_sealing import SEALED, UnreadableError, seal, unseal
from audit.models import AuditEvent
from tests.factories.cast import PASSWORD
from tests.factories.second_factor import SECRET, code_now, give_app

KEY, OTHER_KEY = "a-key-of-the-tests-" + "f" * 20, "another-key-of-the-tests-" + "f" * 20
ACCOUNT = reverse("accounts:account")


@pytest.fixture(autouse=True)
def key(settings, db):
    settings.FACTOR_KEY, settings.FACTOR_KEY_FALLBACKS = KEY, []
    cache.clear()
    yield
    cache.clear()


def give_both(user):
    give_app(user)
    return RecoveryCodes.activate(user).generate_codes()


def stored(user):
    rows = Authenticator.objects.filter(user=user).order_by("type")
    return [row.data.get("secret") or row.data["seed"] for row in rows]


def log_in(user, code):
    client = Client()
    client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})
    return client, client.post(reverse("mfa_authenticate"), {"code": code})


def is_in(client):
    return client.get(ACCOUNT).status_code == 200


def seal_all():
    out = StringIO()
    call_command("seal_second_factors", stdout=out)
    return out.getvalue()


def test_the_database_holds_neither_secret_nor_seed(alice):
    codes = give_both(alice)
    assert all(text.startswith(SEALED) for text in stored(alice))
    assert not any(SECRET in text for text in stored(alice))
    assert is_in(log_in(alice, code_now())[0])
    client, _ = log_in(alice, codes[0])
    assert is_in(client)
    assert "9 left" in client.get(ACCOUNT).content.decode()


def test_a_row_from_before_the_key_works_and_is_sealed_at_its_next_use(alice, settings):
    settings.FACTOR_KEY = ""
    codes = give_both(alice)
    before = stored(alice)
    assert SECRET in before
    assert is_in(log_in(alice, code_now())[0])
    assert stored(alice) == before
    settings.FACTOR_KEY = KEY
    assert is_in(log_in(alice, codes[3])[0])
    assert [unseal(text) for text in stored(alice)] == before
    assert all(text.startswith(SEALED) for text in stored(alice))
    assert not is_in(log_in(alice, codes[3])[0])
    assert is_in(log_in(alice, codes[4])[0])


def test_a_wrong_code_seals_nothing(alice, settings):
    settings.FACTOR_KEY = ""
    give_both(alice)
    before = stored(alice)
    settings.FACTOR_KEY = KEY
    log_in(alice, "000000")
    assert stored(alice) == before


def test_a_new_key_reads_what_the_old_one_sealed(alice, settings):
    codes = give_both(alice)
    settings.FACTOR_KEY, settings.FACTOR_KEY_FALLBACKS = OTHER_KEY, [KEY]
    assert is_in(log_in(alice, codes[0])[0])
    settings.FACTOR_KEY_FALLBACKS = []
    assert is_in(log_in(alice, codes[1])[0])


def test_the_command_seals_everybodys_and_says_how_many(alice, bob, settings):
    settings.FACTOR_KEY = ""
    give_both(alice)
    settings.FACTOR_KEY = KEY
    give_app(bob)
    assert seal_all() == "2 sealed with the present key, 1 were already.\n"
    assert seal_all() == "0 sealed with the present key, 3 were already.\n"
    events = AuditEvent.objects.filter(note="command seal_second_factors")
    assert [event.counts for event in events] == [{"sealed": 2}]
    settings.FACTOR_KEY, settings.FACTOR_KEY_FALLBACKS = OTHER_KEY, [KEY]
    assert seal_all() == "3 sealed with the present key, 0 were already.\n"
    assert unseal(stored(bob)[0]) == SECRET


def test_the_command_names_what_cannot_be_read_and_leaves_it(alice, bob, settings):
    give_app(alice)
    before = stored(alice)
    settings.FACTOR_KEY = ""
    give_app(bob)
    settings.FACTOR_KEY = OTHER_KEY
    with pytest.raises(CommandError, match="1 cannot be read"):
        seal_all()
    assert stored(alice) == before
    assert unseal(stored(bob)[0]) == SECRET
    settings.FACTOR_KEY = ""
    with pytest.raises(CommandError, match="There is no key"):
        seal_all()


@pytest.mark.parametrize("present", ["", OTHER_KEY])
def test_without_its_key_no_code_opens_anything_and_words_say_so(alice, settings, present):
    codes = give_both(alice)
    settings.FACTOR_KEY = present
    for code in (code_now(), codes[0]):
        client, answer = log_in(alice, code)
        assert "Tell whoever runs mrtrack" in answer.content.decode()
        assert not is_in(client)
    client = Client()
    client.force_login(alice)
    assert "10 left" in client.get(ACCOUNT).content.decode()


def test_codes_that_cannot_be_read_are_refused_in_words(alice, settings):
    client, _ = log_in(alice, give_both(alice)[0])
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    shown, taken = reverse("mfa_view_recovery_codes"), reverse("mfa_download_recovery_codes")
    assert client.get(shown).status_code == 200
    settings.FACTOR_KEY = OTHER_KEY
    for address in (shown, taken):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "Codes cannot be read at the moment" in answer.content.decode()
    assert is_in(client)


def test_keys_are_left_alone(alice):
    data = {"name": "Key 1", "credential": {}}
    Authenticator.objects.create(user=alice, type="webauthn", data=data)
    assert seal_all().startswith("0 sealed")
    assert Authenticator.objects.get(user=alice).data == data


def test_what_was_changed_is_not_read(settings):
    sealed = seal(SECRET)
    assert unseal(sealed) == SECRET
    with pytest.raises(UnreadableError):
        unseal(sealed[:-8] + "AAAAAAA=")
