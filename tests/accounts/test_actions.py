"""Users and memberships: verified addresses, history, audit."""

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError

from accounts.actions import change_membership, change_user, create_user, grant_membership
from accounts.models import Membership, User
from accounts.permissions import Role
from audit.models import AuditEvent


def new_user(**changes):
    fields = {
        "username": "dora",
        "email": "dora@example.org",
        "password": "leaflet-chordae-annulus",
    }
    return create_user(**(fields | changes), by=changes.pop("by", None))


def test_a_user_has_a_verified_primary_address(db):
    user = new_user()
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == ("dora@example.org", True, True)
    assert user.check_password("leaflet-chordae-annulus")


def test_a_user_without_a_password_cannot_log_in_with_one(db):
    assert not new_user(password=None).has_usable_password()


def test_creating_a_user_is_audited_without_a_name(superuser):
    user = create_user(username="dora", email="dora@example.org", is_staff=True, by=superuser)
    event = AuditEvent.objects.latest("id")
    assert (event.actor_id, event.action, event.record_kind) == (superuser.pk, "create", "user")
    assert (event.record_id, event.note) == (str(user.pk), "active, administration")


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "short"},
        {"password": "123456789012"},
        {"password": ""},
        {"email": ""},
        {"email": "no address"},
        {"username": ""},
        {"username": "alice"},
        {"email": "alice@example.org"},
        {"email": "Alice@Example.org"},
    ],
)
def test_it_rejects_bad_input(alice, wrong):
    before = AuditEvent.objects.count()
    with pytest.raises(ValidationError):
        new_user(**wrong)
    assert User.objects.count() == EmailAddress.objects.count() == 1
    assert AuditEvent.objects.count() == before


def test_a_changed_address_is_verified_again(alice, superuser):
    alice.email = "alice@new.example.org"
    change_user(user=alice, by=superuser, fields=["email"])
    assert list(EmailAddress.objects.filter(user=alice).values_list("email", "verified")) == [
        ("alice@new.example.org", True)
    ]
    assert AuditEvent.objects.latest("id").note == "changed email; active"


def test_a_name_on_screen_falls_back_to_the_user_name(alice):
    assert alice.display_name == "Alice"
    assert User(username="x").display_name == "x"


def test_granting_and_changing_roles_is_kept_in_history_and_audit(alice, clinic_south, superuser):
    membership = grant_membership(
        user=alice, clinic=clinic_south, roles=[Role.NURSE], by=superuser, reason="joins"
    )
    change_membership(
        membership=membership, roles=[Role.CLINICIAN], by=superuser, reason="promoted"
    )
    history = membership.history.order_by("history_id")
    assert list(history.values_list("roles", "history_user", "history_change_reason")) == [
        (["nurse"], superuser.pk, "joins"),
        (["clinician"], superuser.pk, "promoted"),
    ]
    events = AuditEvent.objects.filter(record_kind="membership", clinic_id=clinic_south.pk)
    assert list(events.order_by("id").values_list("action", "note")) == [
        ("create", f"user {alice.pk}: roles none to nurse"),
        ("change", f"user {alice.pk}: roles nurse to clinician"),
    ]


def test_nobody_is_a_member_of_a_clinic_twice(alice, clinic_north):
    with pytest.raises(ValidationError, match="member of the clinic already"):
        grant_membership(user=alice, clinic=clinic_north, roles=[Role.NURSE], by=None)


@pytest.mark.parametrize("roles", [["surgeon"], ["nurse", "nurse"]])
def test_it_rejects_roles_that_are_none(alice, clinic_south, roles):
    with pytest.raises((ValidationError, ValueError)):
        grant_membership(user=alice, clinic=clinic_south, roles=roles, by=None)
    assert Membership.objects.filter(clinic=clinic_south).count() == 0
