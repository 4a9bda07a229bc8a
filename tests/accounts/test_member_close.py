"""Somebody leaves: their account is closed and opened again, or their roles here are taken away."""

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.actions import close_account, grant_membership, open_account
from accounts.invitations import invitation_of, invite, open_invitations
from accounts.models import Membership, User
from accounts.permissions import Role
from audit.models import AuditEvent
from tests.factories.cast import PASSWORD
from tests.factories.second_factor import give_app

LOGIN = reverse("account_login")
ACCOUNT = reverse("accounts:account")
ADMIN_PAGE = "admin:accounts_user_change"


@pytest.fixture(autouse=True)
def nothing_counted(db):
    cache.clear()
    yield
    cache.clear()


def row_of(user, code="north"):
    return Membership.objects.get(user=user, clinic__code=code)


def address(name, user, code="north"):
    row = row_of(user, code)
    return reverse(f"accounts:member-{name}", args=[row.clinic.public_id, row.pk])


def close(client, user, what="account"):
    return client.post(address("close", user), {"what": what})


def is_open(user):
    return User.objects.get(pk=user.pk).is_active


def logged_in(user):
    client = Client()
    client.post(LOGIN, {"login": user.username, "password": PASSWORD})
    return client


def notes(user):
    rows = AuditEvent.objects.filter(record_kind="user", record_id=str(user.pk)).order_by("id")
    return list(rows.values_list("actor_id", "note"))


def test_it_asks_before_it_closes(client_of, ada, bob):
    page = client_of(ada).get(address("close", bob)).content.decode()
    assert "Close the account of Bob" in page
    assert "logged out everywhere, at once" in page
    assert is_open(bob)


def test_it_requires_login(client, bob):
    for name in ("close", "open"):
        assert client.post(address(name, bob)).url.startswith(LOGIN)


def test_closing_ends_every_session_at_once(client_of, ada, bob):
    sessions = [logged_in(bob), logged_in(bob)]
    assert [each.get(ACCOUNT).status_code for each in sessions] == [200, 200]
    assert close(client_of(ada), bob).status_code == 302
    assert [each.get(ACCOUNT).status_code for each in sessions] == [302, 302]
    assert not UserSession.objects.filter(user=bob).exists()
    assert logged_in(bob).get(ACCOUNT).status_code == 302
    assert (ada.pk, "account closed") in notes(bob)
    assert (ada.pk, "sessions ended: deactivated") in notes(bob)


def test_an_open_session_stays_closed_when_the_account_is_opened_again(client_of, ada, bob):
    before = logged_in(bob)
    close(client_of(ada), bob)
    assert client_of(ada).post(address("open", bob)).status_code == 302
    assert before.get(ACCOUNT).status_code == 302
    assert logged_in(bob).get(ACCOUNT).status_code == 200
    assert row_of(bob).roles == ["clinician"]
    assert notes(bob)[-2] == (ada.pk, "account opened again")


def test_closed_accounts_stand_in_a_list_of_their_own(client_of, ada, bob):
    client = client_of(ada)
    members = reverse("accounts:member-list", args=[row_of(bob).clinic.public_id])
    assert "Closed accounts" not in client.get(members).content.decode()
    close(client, bob)
    answer = client.get(members)
    assert [row.user for row in answer.context["closed"]] == [bob]
    assert bob not in [row.user for row in answer.context["rows"]]
    assert "Open again" in answer.content.decode()


def test_nobody_closes_themselves_or_a_superuser(client_of, ada, superuser, clinic_north):
    grant_membership(user=superuser, clinic=clinic_north, roles=[Role.NURSE], by=None)
    client = client_of(ada)
    for user, words in ((ada, "your own account"), (superuser, "runs mrtrack itself")):
        for method in (client.get, client.post):
            answer = method(address("close", user), {"what": "account"})
            assert answer.status_code == 403
            assert words in answer.content.decode()
        assert is_open(user)
    refused = AuditEvent.objects.filter(
        action="refused", actor_id=ada.pk, clinic_id=clinic_north.pk
    )
    assert refused.count() == 4


def test_others_do_not_close_and_another_clinic_does_not_exist(client_of, alice, charlie, ada, bob):
    for name in ("close", "open"):
        assert client_of(alice).post(address(name, bob), {"what": "account"}).status_code == 403
        assert client_of(charlie).post(address(name, bob), {"what": "account"}).status_code == 404
        there = address(name, charlie, "south")
        assert client_of(ada).post(there, {"what": "account"}).status_code == 404
    assert is_open(bob)
    assert is_open(charlie)


def test_of_somebody_who_works_elsewhere_too_the_roles_are_taken_away(
    client_of, ada, bob, clinic_south
):
    grant_membership(user=bob, clinic=clinic_south, roles=[Role.NURSE], by=None)
    client, session = client_of(ada), logged_in(bob)
    page = client.get(address("close", bob)).content.decode()
    assert "also works in clinics that you do not manage" in page
    assert "South" not in page
    assert close(client, bob).status_code == 200  # what was agreed to is no longer what is done
    assert row_of(bob).roles == ["clinician"]
    assert close(client, bob, "roles").status_code == 302
    assert is_open(bob)
    assert row_of(bob).roles == []
    assert row_of(bob, "south").roles == ["nurse"]
    assert session.get(ACCOUNT).status_code == 200


def test_a_role_elsewhere_keeps_others_from_opening_it_again(client_of, ada, bob, clinic_south):
    close(client_of(ada), bob)
    grant_membership(user=bob, clinic=clinic_south, roles=[Role.NURSE], by=None)
    answer = client_of(ada).post(address("open", bob))
    assert answer.status_code == 403
    assert "whoever runs mrtrack can open it" in answer.content.decode()
    assert not is_open(bob)


def test_what_is_closed_is_not_closed_again_nor_helped_in(client_of, ada, bob):
    client = client_of(ada)
    assert client.post(address("open", bob)).status_code == 404
    give_app(bob)
    close(client, bob)
    before = notes(bob)
    assert close(client, bob).status_code == 404
    assert client.post(address("reset", bob), {"what": "password"}).status_code == 404
    assert client.post(address("reset", bob), {"what": "factor"}).status_code == 404
    close_account(user=bob, by=None)
    assert notes(bob) == before
    open_account(user=bob, by=None)
    open_account(user=bob, by=None)
    assert [note for _, note in notes(bob)].count("account opened again") == 1


def closed_on_the_members_page(client_of, ada, root, user):
    assert close(client_of(ada), user).status_code == 302


def closed_in_the_administration(client_of, ada, root, user):
    form = {"username": user.username, "email": user.email, "first_name": user.first_name}
    answer = client_of(root).post(reverse(ADMIN_PAGE, args=[user.pk]), form)
    assert answer.status_code == 302


@pytest.mark.parametrize("closed", [closed_on_the_members_page, closed_in_the_administration])
def test_either_way_ends_sessions_and_withdraws_invitations(
    client_of, ada, bob, superuser, clinic_north, closed
):
    row = row_of(bob)
    row.roles = ["clinic_administrator"]
    row.save()
    _, word = invite(clinic=clinic_north, email="x@example.org", roles=[Role.NURSE], by=bob)
    _, kept = invite(clinic=clinic_north, email="y@example.org", roles=[Role.NURSE], by=ada)
    session = logged_in(bob)
    closed(client_of, ada, superuser, bob)
    assert not is_open(bob)
    assert session.get(ACCOUNT).status_code == 302
    assert not UserSession.objects.filter(user=bob).exists()
    open_account(user=bob, by=None)
    assert invitation_of(word) is None
    assert invitation_of(kept) is not None
    assert open_invitations(clinic_north, at=row.user.date_joined).count() == 1


def test_in_the_administration_nobody_closes_their_own_account(client_of, superuser):
    form = {"username": "root", "email": "root@example.org", "is_staff": "on", "is_superuser": "on"}
    answer = client_of(superuser).post(reverse(ADMIN_PAGE, args=[superuser.pk]), form)
    assert "cannot close your own account" in answer.content.decode()
    assert is_open(superuser)
