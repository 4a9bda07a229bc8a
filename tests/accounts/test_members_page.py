"""The members of a clinic: who sees them, changes roles and helps people back in."""

import re

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.actions import change_membership, change_user, close_account, grant_membership
from accounts.models import Membership
from accounts.permissions import Role
from audit.models import AuditEvent
from tests.factories.cast import PASSWORD, member
from tests.factories.second_factor import give_app

ACCOUNT = reverse("accounts:account")


@pytest.fixture(autouse=True)
def nothing_counted(db):
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def members(clinic_north):
    return reverse("accounts:member-list", args=[clinic_north.public_id])


def row_of(user):
    return Membership.objects.get(user=user, clinic__code="north")


def reset(client, user, what):
    row = row_of(user)
    url = reverse("accounts:member-reset", args=[row.clinic.public_id, row.pk])
    return client.post(url, {"what": what})


def really_logged_in(user):
    client = Client()
    client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})
    assert client.get(ACCOUNT).status_code == 200
    return client


def notes(user):
    rows = AuditEvent.objects.filter(record_kind="user", record_id=str(user.pk)).order_by("id")
    return list(rows.values_list("actor_id", "note"))


def test_it_lists_the_members(client_of, ada, alice, bob, charlie, members):
    text = client_of(ada).get(members).content.decode()
    assert "alice@example.org" in text
    assert "Clinician" in text
    assert "charlie" not in text


def test_it_requires_login(client, members):
    assert client.get(members).url.startswith(reverse("account_login"))


def test_others_do_not_see_it(client_of, alice, charlie, members):
    assert client_of(alice).get(members).status_code == 403
    assert client_of(charlie).get(members).status_code == 404
    assert client_of(alice).get(reverse("accounts:members")).status_code == 403


def test_the_way_to_it_leads_to_ones_own_clinic(client_of, ada, members):
    assert client_of(ada).get(reverse("accounts:members")).url == members


def test_the_number_of_queries_does_not_grow(
    client_of, ada, clinic_north, members, django_assert_num_queries
):
    client = client_of(ada)
    client.get(members)
    with django_assert_num_queries(10):
        client.get(members)
    for number in range(8):
        give_app(member(f"extra{number}", clinic_north, Role.NURSE))
        close_account(user=member(f"left{number}", clinic_north, Role.NURSE), by=None)
    with django_assert_num_queries(10):
        client.get(members)


def test_roles_are_changed(client_of, ada, bob):
    row = row_of(bob)
    url = reverse("accounts:member-roles", args=[row.clinic.public_id, row.pk])
    client = client_of(ada)
    assert client.get(url).status_code == 200
    assert client.post(url, {"roles": ["nurse", "auditor"]}).status_code == 302
    assert row_of(bob).roles == ["nurse", "auditor"]
    assert client.post(url, {"roles": ["emperor"]}).status_code == 200
    assert row_of(bob).roles == ["nurse", "auditor"]


def test_another_clinics_member_cannot_be_reached(client_of, ada, charlie, clinic_north):
    row = Membership.objects.get(user=charlie)
    for name in ("accounts:member-roles", "accounts:member-reset"):
        for clinic in (clinic_north, row.clinic):
            url = reverse(name, args=[clinic.public_id, row.pk])
            assert client_of(ada).post(url, {"roles": []}).status_code == 404


def test_losing_the_last_role_ends_the_sessions_at_once(bob, clinic_south):
    client = really_logged_in(bob)
    elsewhere = grant_membership(user=bob, clinic=clinic_south, roles=[Role.NURSE], by=None)
    change_membership(membership=row_of(bob), roles=[], by=None)
    assert client.get(ACCOUNT).status_code == 200
    change_membership(membership=elsewhere, roles=[], by=None)
    assert client.get(ACCOUNT).status_code == 302
    assert not UserSession.objects.filter(user=bob).exists()


def test_a_closed_account_has_no_session_left(bob):
    client = really_logged_in(bob)
    bob.is_active = False
    change_user(user=bob, by=None, fields=["is_active"])
    assert not UserSession.objects.filter(user=bob).exists()
    bob.is_active = True
    change_user(user=bob, by=None, fields=["is_active"])
    assert client.get(ACCOUNT).status_code == 302


def test_a_link_to_a_new_password_is_handed_over_and_works_once(
    client_of, client, ada, bob, members
):
    old = really_logged_in(bob)
    admin = client_of(ada)
    assert reset(admin, bob, "password").status_code == 302
    link = re.search(r'value="https?://testserver([^"]+)"', admin.get(members).content.decode())[1]
    assert "/password/reset/key/" not in admin.get(members).content.decode()
    way = client.get(link).url
    new = "papillary-muscle-annulus"
    assert client.post(way, {"password1": new, "password2": new}).status_code == 302
    bob.refresh_from_db()
    assert bob.check_password(new)
    assert old.get(ACCOUNT).status_code == 302
    other = Client()
    assert "This link opens nothing" in other.get(link, follow=True).content.decode()
    assert (ada.pk, "link to a new password made") in notes(bob)


def test_a_lost_second_factor_is_taken_away(client_of, ada, bob):
    give_app(bob)
    assert reset(client_of(ada), bob, "factor").status_code == 302
    assert (ada.pk, "second factor removed, sessions ended") in notes(bob)


@pytest.mark.parametrize("what", ["password", "factor"])
def test_nobody_resets_people_of_other_clinics_too_superusers_or_themselves(
    client_of, ada, bob, superuser, clinic_north, clinic_south, what
):
    grant_membership(user=bob, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    grant_membership(user=superuser, clinic=clinic_north, roles=[Role.NURSE], by=None)
    give_app(bob)
    client = client_of(ada)
    for user in (bob, superuser, ada):
        assert reset(client, user, what).status_code == 404
    assert notes(bob)[-1][1] != "second factor removed, sessions ended"
