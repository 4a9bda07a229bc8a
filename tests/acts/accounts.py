"""What people do with accounts, factors, sessions and invitations."""

from __future__ import annotations

import time
from collections.abc import Mapping

from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client, TestCase
from django.urls import reverse

from accounts import actions, invitations
from accounts.models import Invitation, Membership
from accounts.permissions import Role
from accounts.session_store import ACTIVE_AT, STARTED_AT
from tests.acts.house import NEW_PASSWORD, Done, House, log_in, run
from tests.factories.cast import PASSWORD
from tests.factories.second_factor import code_now, give_app

NOT_A_KEY = '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}'


def post(client: Client, name: str, data: Mapping[str, object] | None = None) -> None:
    """Send a form of the library, which tells the audit when the transaction ends."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(reverse(name), data or {})


def logged_in(user_has_app: bool = False) -> Client:
    client = Client()
    log_in(client)
    if user_has_app:
        client.post(reverse("mfa_authenticate"), {"code": code_now()})
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def add_app(house: House) -> None:
    client = logged_in()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    post(client, "mfa_activate_totp", {"code": code_now(secret)})


def remove_app(house: House) -> None:
    give_app(house.alice)
    post(logged_in(user_has_app=True), "mfa_deactivate_totp")


def make_codes(house: House) -> None:
    give_app(house.alice)
    post(logged_in(user_has_app=True), "mfa_generate_recovery_codes")


def tell_of_key(house: House, what: str) -> None:
    """As far as the audit is concerned; tests/browser/test_passkey.py has the whole of it."""
    request = house.as_alice.get(reverse("accounts:account")).wsgi_request
    with request_context(request):
        get_adapter(request).send_notification_mail(f"mfa/email/webauthn_{what}", house.alice)


def key_of(house: House) -> Authenticator:
    return Authenticator.objects.create(
        user=house.alice, type="webauthn", data={"name": "Key 1", "credential": {}}
    )


def wrong_code(house: House) -> None:
    give_app(house.alice)
    client = Client()
    log_in(client)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})


def wrong_key(house: House) -> None:
    key_of(house)
    client = house.as_alice
    client.post(reverse("mfa_reauthenticate_webauthn"), {"credential": NOT_A_KEY})


def wrong_passkey(house: House) -> None:
    Client().post(reverse("mfa_login_webauthn"), {"credential": NOT_A_KEY})


def put_back(client: Client, clock: str, seconds: int) -> None:
    session = client.session
    session[clock] = int(time.time()) - seconds
    session.save()
    client.get(reverse("accounts:account"))


def end_elsewhere(house: House) -> None:
    here, elsewhere = logged_in(), logged_in()
    here.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    rows = here.get(reverse("accounts:account")).context["sessions"]
    other = next(row for row, _ in rows if row.session_key == elsewhere.session.session_key)
    assert here.post(reverse("accounts:session-end", args=[other.pk])).status_code == 302


def deactivate(house: House) -> None:
    logged_in()
    house.alice.is_active = False
    actions.change_user(user=house.alice, by=house.superuser, fields=["is_active"])


def close_or_open(house: House, what: str) -> None:
    membership = Membership.objects.get(user=house.alice)
    address = reverse(f"accounts:member-{what}", args=[house.clinic.public_id, membership.pk])
    assert house.as_ada.post(address, {"what": "account"}).status_code == 302


def open_again(house: House) -> None:
    close_or_open(house, "close")
    close_or_open(house, "open")


def close_inviter(house: House) -> None:
    invitations.invite(
        clinic=house.clinic, email="new@example.org", roles=[Role.NURSE], by=house.alice
    )
    close_or_open(house, "close")


def take_all_roles(house: House) -> None:
    house.alice.is_staff = False
    house.alice.save()
    logged_in().get(reverse("accounts:account"))
    membership = Membership.objects.get(user=house.alice)
    membership.user = house.alice
    actions.change_membership(membership=membership, roles=[], by=house.ada)


def invite(house: House) -> None:
    address = reverse("accounts:member-list", args=[house.clinic.public_id])
    house.as_ada.post(address, {"email": "new@example.org", "roles": ["nurse"]})


def invited(house: House) -> tuple[Invitation, str]:
    return invitations.invite(
        clinic=house.clinic, email="new@example.org", roles=[Role.NURSE], by=house.ada
    )


def renew(house: House) -> None:
    invitation, _word = invited(house)
    house.as_ada.post(reverse("accounts:invitation-renew", args=[invitation.public_id]))


def withdraw(house: House) -> None:
    invitation, _word = invited(house)
    house.as_ada.post(reverse("accounts:invitation-withdraw", args=[invitation.public_id]))


def accept(house: House) -> None:
    _invitation, word = invited(house)
    client = Client()
    client.get(reverse("accounts:invitation", args=[word]))
    form = {
        "username": "newcomer",
        "first_name": "New",
        "last_name": "Comer",
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD,
    }
    assert client.post(reverse("accounts:invitation-accept"), form).status_code == 302


def help_in(house: House, what: str) -> None:
    membership = Membership.objects.get(user=house.alice)
    address = reverse("accounts:member-reset", args=[house.clinic.public_id, membership.pk])
    assert house.as_ada.post(address, {"what": what}).status_code == 302


def ask_too_often(house: House) -> None:
    house.settings.ACCOUNT_RATE_LIMITS = {"invitation": "1/m/ip"}
    address = reverse("accounts:invitation-accept")
    assert [Client().post(address).status_code for _ in range(2)] == [404, 429]


def seal_factors(house: House) -> None:
    give_app(house.alice)
    house.settings.FACTOR_KEY = "a-key-of-the-tests-" + "f" * 20
    run("seal_second_factors")


ACTS: Mapping[str, Done] = {
    "Second factors sealed anew by `seal_second_factors`": (
        seal_factors,
        {"note": "command seal_second_factors"},
    ),
    "Too many failed logins": (
        lambda h: [log_in(Client(), "wrong") for _ in range(6)],
        {"action": "login_failed", "note": "too many failed attempts"},
    ),
    "Second factor not accepted, a code": (
        wrong_code,
        {"action": "login_failed", "note": "second factor not accepted"},
    ),
    "Second factor not accepted, a key": (
        wrong_key,
        {"action": "login_failed", "note": "second factor not accepted"},
    ),
    "Passkey not accepted": (
        wrong_passkey,
        {"action": "login_failed", "note": "passkey not accepted"},
    ),
    "Too many requests": (ask_too_often, {"action": "refused", "note": "too many requests"}),
    "Second factor added, an app": (add_app, {"note": "second factor added: app"}),
    "Second factor removed, an app": (remove_app, {"note": "second factor removed: app"}),
    "Second factor added, a key": (
        lambda h: tell_of_key(h, "added"),
        {"note": "second factor added: key"},
    ),
    "Second factor removed, a key": (
        lambda h: tell_of_key(h, "removed"),
        {"note": "second factor removed: key"},
    ),
    "New recovery codes": (make_codes, {"note": "new recovery codes"}),
    "Second factor of a member removed": (
        lambda h: (give_app(h.alice), help_in(h, "factor")),
        {"note": "second factor removed, sessions ended"},
    ),
    "Link to a new password made": (
        lambda h: help_in(h, "password"),
        {"note": "link to a new password made"},
    ),
    "Session ended, nothing was done": (
        lambda h: put_back(logged_in(), ACTIVE_AT, settings.SESSION_IDLE_SECONDS),
        {"action": "logout", "note": "session ended: idle"},
    ),
    "Session ended after the longest time": (
        lambda h: put_back(logged_in(), STARTED_AT, settings.SESSION_COOKIE_AGE),
        {"action": "logout", "note": "session ended: longest time reached"},
    ),
    "Own session elsewhere ended": (
        end_elsewhere,
        {"action": "logout", "note": "ended own sessions elsewhere"},
    ),
    "Sessions ended by a deactivation": (
        deactivate,
        {"action": "logout", "note": "sessions ended: deactivated"},
    ),
    "Account of a member closed": (
        lambda h: close_or_open(h, "close"),
        {"record_kind": "user", "note": "account closed"},
    ),
    "Closed account opened again": (
        open_again,
        {"record_kind": "user", "note": "account opened again"},
    ),
    "Invitation withdrawn with the account that made it": (
        close_inviter,
        {"record_kind": "invitation", "note": "withdrawn: the account that made it is closed"},
    ),
    "Sessions ended by the loss of every role": (
        take_all_roles,
        {"action": "logout", "note": "sessions ended: no role left"},
    ),
    "Invitation made": (invite, {"action": "create", "record_kind": "invitation"}),
    "Invitation renewed": (renew, {"record_kind": "invitation", "note": "new link"}),
    "Invitation withdrawn": (withdraw, {"record_kind": "invitation", "note": "withdrawn"}),
    "Invitation accepted": (accept, {"record_kind": "invitation", "note": "accepted"}),
}
