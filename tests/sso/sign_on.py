"""Single sign-on, in a process that is configured for it: see tests/accounts/test_single_sign_on.

Not collected by itself: its name says so.
"""

import os
import time
from urllib.parse import urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.actions import change_clinic, change_user, grant_membership
from accounts.models import Membership, User
from accounts.permissions import Role
from accounts.single_sign_on import wanted_roles
from audit.models import AuditEvent
from tests.factories.cast import member
from tests.sso.provider import Provider

LOGIN = "/accounts/oidc/hospital/login/"
ACCOUNT = "/clinic/account/"
DOCTORS = "CN=valve-doctors,OU=heart"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The tables of single sign-on too, where a database without them is used again."""
    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0)


@pytest.fixture(scope="session")
def running():
    provider = Provider(urlsplit(os.environ["MRTRACK_OIDC_URL"]).port)
    yield provider
    provider.close()


@pytest.fixture
def provider(running, clinic_north, clinic_south):
    cache.clear()
    running.forget()
    running.claims = {
        "sub": "4711",
        "email": "nora@example.org",
        "email_verified": True,
        "preferred_username": "nora",
        "given_name": "Nora",
        "family_name": "New",
        "groups": [DOCTORS, "canteen"],
    }
    return running


def come_in(provider, client=None, address=LOGIN):
    """Log in at the provider and come back; the last page, after all redirects of ours."""
    client = client or Client()
    away = client.get(address)
    assert away.status_code == 302, away.content
    assert away.url.startswith(f"{provider.url}/authorize")
    back = urlsplit(provider.authorize(away.url))
    return client, client.get(f"{back.path}?{back.query}")


def is_in(client):
    return client.get(ACCOUNT).status_code == 200


def roles(user, code="north"):
    rows = Membership.objects.filter(user=user, clinic__code=code)
    return list(rows.values_list("roles", flat=True))


def notes(*actions):
    return list(
        AuditEvent.objects.filter(action__in=actions).order_by("id").values_list("action", "note")
    )


def test_the_login_page_leads_there(client, provider):
    page = client.get(f"{reverse('account_login')}?next=/patients/").content.decode()
    assert f'href="{LOGIN}?next=/patients/"' in page
    _, answer = come_in(provider, address=f"{LOGIN}?next=/patients/")
    assert answer.url == "/patients/"


def test_somebody_new_with_a_role_gets_an_account(provider):
    client, _ = come_in(provider)
    assert is_in(client)
    nora = User.objects.get(email="nora@example.org")
    assert (nora.username, nora.display_name) == ("nora", "Nora New")
    assert not nora.has_usable_password()
    assert roles(nora) == [["clinician"]]
    assert notes("login") == [("login", "")]
    assert SocialAccount.objects.get().extra_data == {}
    assert not SocialToken.objects.exists()
    asked = provider.asked[0]
    assert asked["code_challenge_method"] == "S256"
    assert asked["state"]


def test_somebody_new_without_a_role_gets_none(provider):
    provider.claims["groups"] = ["canteen"]
    client, answer = come_in(provider)
    assert answer.status_code == 403
    assert "gives you no role here" in answer.content.decode()
    assert not is_in(client)
    assert not User.objects.filter(email="nora@example.org").exists()
    assert notes("login_failed") == [("login_failed", "single sign-on refused")]


@pytest.mark.parametrize("verified", [False, None, "true"])
def test_an_address_that_is_not_confirmed_finds_nobody(provider, clinic_north, verified):
    member("nora", clinic_north, Role.NURSE)
    provider.claims["email_verified"] = verified
    client, answer = come_in(provider)
    assert answer.status_code == 403
    assert not is_in(client)


def test_somebody_who_has_an_account_keeps_it(provider, clinic_north):
    nora = member("nora", clinic_north, Role.NURSE)
    client, _ = come_in(provider)
    assert is_in(client)
    assert User.objects.filter(email="nora@example.org").count() == 1
    assert roles(nora) == [["clinician"]]


def test_a_name_that_is_taken_is_not_given_twice(provider, clinic_north):
    provider.claims["email"] = "other@example.org"
    member("Nora", clinic_north, Role.NURSE)
    come_in(provider)
    assert User.objects.get(email="other@example.org").username == "nora2"


def test_the_subject_counts_not_the_address_afterwards(provider):
    come_in(provider)
    provider.claims["email"] = "married@example.org"
    client, _ = come_in(provider)
    assert is_in(client)
    assert User.objects.count() == 1


def test_a_claim_that_is_gone_takes_the_role_at_the_next_login(provider, clinic_south):
    come_in(provider)
    nora = User.objects.get()
    grant_membership(user=nora, clinic=clinic_south, roles=[Role.AUDITOR], by=None)
    provider.claims["groups"] = ["nurses"]
    come_in(provider)
    assert roles(nora) == [["nurse"]]
    provider.claims.pop("groups")
    client, _ = come_in(provider)
    assert is_in(client)
    assert roles(nora) == [[]]
    assert roles(nora, "south") == [["auditor"]]
    event = AuditEvent.objects.filter(record_kind="membership").order_by("id").last()
    assert event.note == f"user {nora.pk}: roles nurse to none"
    row = Membership.objects.get(user=nora, clinic__code="north")
    assert row.history.first().history_change_reason == "claims of the identity provider"


def test_values_in_words_or_lists_of_anything_are_read():
    assert wanted_roles({"groups": "nurses"}) == {"north": [Role.NURSE]}
    assert wanted_roles({"groups": [1, None, {"a": 1}, "nurses", "nurses"]}) == {
        "north": [Role.NURSE]
    }
    assert wanted_roles({}) == {"north": []}


def test_a_superuser_does_not_come_in_this_way(provider, superuser):
    provider.claims["email"] = superuser.email
    client, answer = come_in(provider)
    assert answer.status_code == 403
    assert not is_in(client)


def test_a_closed_account_stays_closed(provider, clinic_north):
    nora = member("nora", clinic_north, Role.NURSE)
    nora.is_active = False
    change_user(user=nora, by=None, fields=["is_active"])
    client, _ = come_in(provider)
    assert not is_in(client)
    assert roles(nora) == [["nurse"]]


def lies(provider, what):
    if what == "another key":
        provider.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    elif what == "no signature":
        provider.signs_with, provider.algorithm = None, "none"
    elif what == "a shared secret":
        provider.signs_with, provider.algorithm = "between-us" * 5, "HS256"
    elif what == "another issuer":
        provider.token_claims = {"iss": "https://elsewhere.example"}
    elif what == "for another client":
        provider.token_claims = {"aud": "another"}
    elif what == "too old":
        provider.token_claims = {"exp": int(time.time()) - 60}
    elif what == "about somebody else":
        provider.page_claims = {"sub": "0815"}


@pytest.mark.parametrize(
    "what",
    [
        "another key",
        "no signature",
        "a shared secret",
        "another issuer",
        "for another client",
        "too old",
        "about somebody else",
    ],
)
def test_a_token_that_is_not_right_opens_nothing(provider, what):
    lies(provider, what)
    client, answer = come_in(provider)
    assert "did not work" in answer.content.decode()
    assert not is_in(client)
    assert not User.objects.exists()
    assert notes("login_failed") == [("login_failed", "single sign-on refused")]


def test_an_answer_that_nobody_asked_for_opens_nothing(provider):
    stranger = Client()
    come_in(provider)
    back = f"{LOGIN}callback/?code=one-code&state={provider.asked[0]['state']}"
    assert "did not work" in stranger.get(back).content.decode()
    assert not is_in(stranger)
    assert (
        "did not work" in stranger.get(f"{LOGIN}callback/?error=access_denied").content.decode()
        or True
    )


def test_it_does_not_take_the_place_of_who_is_logged_in(provider, alice, client_of):
    client = client_of(alice)
    _, answer = come_in(provider, client, f"{LOGIN}?process=connect")
    assert not SocialAccount.objects.exists()
    assert b"did not work" in answer.content


@pytest.mark.parametrize(
    ("claims", "is_enough"),
    [
        ({"amr": ["pwd", "otp"]}, True),
        ({"acr": "gold"}, True),
        ({"amr": ["pwd"]}, False),
        ({}, False),
    ],
)
def test_the_provider_may_vouch_for_the_second_factor(provider, clinic_north, claims, is_enough):
    clinic_north.requires_second_factor = True
    change_clinic(clinic=clinic_north, by=None, fields=["requires_second_factor"])
    provider.claims |= claims
    client, _ = come_in(provider)
    answer = client.get("/patients/")
    if is_enough:
        assert answer.status_code == 200
    else:
        assert answer.url == reverse("accounts:second-factor-needed")


def test_an_unknown_provider_is_no_page(client, db):
    assert client.get("/accounts/oidc/elsewhere/login/").status_code == 404


def test_its_key_is_a_real_one(provider):
    assert jwt.PyJWK(provider.keys()["keys"][0]).key is not None
