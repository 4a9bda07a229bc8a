"""Invitations into a clinic: one use, a week, withdrawn at will; and what the link gives away."""

import datetime
import re

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts import invitations
from accounts.actions import change_membership, change_user
from accounts.models import Invitation, Membership, User
from accounts.permissions import Role
from audit.models import AuditEvent
from tests.factories.cast import PASSWORD, member

ACCEPT = reverse("accounts:invitation-accept")
NEW = {
    "first_name": "Nora",
    "last_name": "New",
    "username": "nora",
    "password1": "leaflet-annulus-chordae",
    "password2": "leaflet-annulus-chordae",
}


@pytest.fixture(autouse=True)
def nothing_counted(db):
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def members(clinic_north):
    return reverse("accounts:member-list", args=[clinic_north.public_id])


def invite(client, members, email="nora@example.org", roles=("nurse",)):
    """Invite as an administrator does; the link as it is shown."""
    answer = client.post(members, {"email": email, "roles": roles})
    assert answer.status_code == 302, answer.context["form"].errors
    return re.search(r'value="https?://testserver([^"]+)"', client.get(members).content.decode())[1]


def notes(kind):
    rows = AuditEvent.objects.filter(record_kind=kind).order_by("id")
    return list(rows.values_list("action", "actor_id", "note"))


def test_an_administrator_invites_and_the_invited_person_gets_in(client_of, client, ada, members):
    link = invite(client_of(ada), members)
    answer = client.get(link)
    assert answer.url == ACCEPT
    assert b"nora@example.org" in client.get(ACCEPT).content
    answer = client.post(ACCEPT, NEW)
    assert answer.url == reverse("account_login")
    nora = User.objects.get(username="nora")
    assert (nora.email, nora.display_name) == ("nora@example.org", "Nora New")
    assert Membership.objects.get(user=nora).roles == ["nurse"]
    client.post(reverse("account_login"), {"login": "nora", "password": NEW["password1"]})
    assert client.get(reverse("accounts:account")).status_code == 200
    assert notes("invitation") == [
        ("create", ada.pk, "roles nurse"),
        ("change", nora.pk, "accepted"),
    ]


def test_the_link_is_shown_once_and_only_a_digest_is_kept(client_of, ada, members):
    client = client_of(ada)
    link = invite(client, members)
    word = link.rstrip("/").rpartition("/")[2]
    assert word not in client.get(members).content.decode()
    assert word not in str(Invitation.objects.values())


def test_it_is_good_for_one_use(client_of, client, ada, members):
    link = invite(client_of(ada), members)
    client.get(link)
    client.post(ACCEPT, NEW)
    client.get(link)
    assert client.get(ACCEPT).status_code == 404
    again = NEW | {"username": "nora2"}
    assert client.post(ACCEPT, again).status_code == 404
    assert not User.objects.filter(username="nora2").exists()


def make_it(what, invitation, ada):
    if what == "withdrawn":
        invitations.withdraw(invitation=invitation, by=ada)
    elif what == "too old":
        invitation.expires_at = timezone.now() - datetime.timedelta(seconds=1)
        invitation.save()
    elif what == "renewed":
        invitations.renew(invitation=invitation, by=ada)
    elif what == "inviter left":
        membership = Membership.objects.get(user=ada)
        change_membership(membership=membership, roles=[Role.NURSE], by=None)
    elif what == "inviter closed":
        ada.is_active = False
        change_user(user=ada, by=None, fields=["is_active"])


@pytest.mark.parametrize(
    "what", ["withdrawn", "too old", "renewed", "inviter left", "inviter closed", "unknown"]
)
def test_what_opens_nothing_says_the_same(client_of, client, ada, members, what):
    link = invite(client_of(ada), members)
    make_it(what, Invitation.objects.get(), ada)
    client.get(link if what != "unknown" else reverse("accounts:invitation", args=["abc"]))
    answers = [client.get(ACCEPT), client.post(ACCEPT, NEW)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert all(b"This invitation opens nothing" in answer.content for answer in answers)
    assert not User.objects.filter(username="nora").exists()


def test_a_word_that_opens_nothing_begins_no_session(client, db):
    answer = client.get(reverse("accounts:invitation", args=["abc"]))
    assert answer.status_code == 404
    assert b"This invitation opens nothing" in answer.content
    assert not Session.objects.exists()


def test_a_form_that_was_open_meanwhile_makes_no_account(client_of, client, ada, members):
    client.get(invite(client_of(ada), members))
    assert client.get(ACCEPT).status_code == 200
    invitations.withdraw(invitation=Invitation.objects.get(), by=ada)
    assert client.post(ACCEPT, NEW).status_code == 404
    assert not User.objects.filter(username="nora").exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"password2": "something-else-entirely"}, "differ"),
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"username": "ada"}, "already exists"),
        ({"last_name": ""}, "required"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_uses_nothing_up(
    client_of, client, ada, members, typed, words
):
    client.get(invite(client_of(ada), members))
    answer = client.post(ACCEPT, NEW | typed)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert 'value="Nora"' in answer.content.decode()
    assert client.post(ACCEPT, NEW).status_code == 302


def test_somebody_with_an_account_joins_with_it(client_of, client, ada, charlie, members):
    link = invite(client_of(ada), members, "Charlie@Example.org", ["clinician", "auditor"])
    client.get(link)
    assert client.post(ACCEPT, NEW).status_code == 200  # not as a second account
    client.post(reverse("account_login"), {"login": "charlie", "password": PASSWORD})
    assert b"Join the clinic" in client.get(ACCEPT).content
    assert client.post(ACCEPT).url == "/"
    held = Membership.objects.get(user=charlie, clinic__code="north")
    assert held.roles == ["clinician", "auditor"]


def test_somebody_else_cannot_take_it(client_of, ada, charlie, members):
    link = invite(client_of(ada), members)
    client = client_of(charlie)
    client.get(link)
    assert b"another address" in client.get(ACCEPT).content
    client.post(ACCEPT)
    assert not Membership.objects.filter(user=charlie, clinic__code="north").exists()


def test_roles_that_were_withdrawn_come_back_by_it(client_of, ada, bob, members):
    held = Membership.objects.get(user=bob)
    change_membership(membership=held, roles=[], by=None)
    link = invite(client_of(ada), members, "bob@example.org", ["clinician"])
    client = client_of(bob)
    client.get(link)
    client.post(ACCEPT)
    held.refresh_from_db()
    assert held.roles == ["clinician"]


def test_inviting_tells_nothing_of_people_elsewhere(client_of, ada, charlie, members):
    client = client_of(ada)
    answers = [
        client.post(members, {"email": email, "roles": ["nurse"]}).status_code
        for email in ("charlie@example.org", "nobody@example.org")
    ]
    assert answers == [302, 302]


def test_a_member_is_not_invited_again(client_of, ada, bob, members):
    answer = client_of(ada).post(members, {"email": "BOB@example.org", "roles": ["nurse"]})
    assert b"is a member already" in answer.content


def test_a_second_invitation_ends_the_first(client_of, client, ada, members):
    admin = client_of(ada)
    first = invite(admin, members)
    invite(admin, members)
    client.get(first)
    assert client.get(ACCEPT).status_code == 404
    assert Invitation.objects.filter(withdrawn_at=None).count() == 1


def test_withdrawing_and_renewing_are_for_those_who_manage_the_clinic(
    client_of, ada, alice, charlie, clinic_south, members
):
    invite(client_of(ada), members)
    invitation = Invitation.objects.get()
    southern = member("sam", clinic_south, Role.CLINIC_ADMINISTRATOR)
    for name in ("accounts:invitation-withdraw", "accounts:invitation-renew"):
        url = reverse(name, args=[invitation.public_id])
        assert client_of(alice).post(url).status_code == 403
        assert client_of(charlie).post(url).status_code == 404
        assert client_of(southern).post(url).status_code == 404
    assert client_of(ada).post(url).status_code == 302


def test_mail_is_sent_where_there_is_mail_and_names_no_patient(client_of, ada, members, settings):
    client = client_of(ada)
    invite(client, members)
    assert mail.outbox == []
    settings.MAIL_IS_SENT = True
    link = invite(client, members)
    (sent,) = mail.outbox
    assert sent.to == ["nora@example.org"]
    assert f"http://testserver{link}" in sent.body
    assert "North Valve Clinic" in sent.body


def test_a_mail_that_fails_is_said(client_of, ada, members, settings):
    settings.MAIL_IS_SENT = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = client_of(ada).post(
        members, {"email": "nora@example.org", "roles": ["nurse"]}, follow=True
    )
    assert "could not be sent" in answer.content.decode()
    assert "/clinic/invitation/" in answer.content.decode()
