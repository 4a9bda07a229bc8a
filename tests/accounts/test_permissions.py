"""What every role may do, as a table written a second time and by hand."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.actions import change_membership, change_user, grant_membership
from accounts.permissions import (
    ROLE_ACTIONS,
    Action,
    Role,
    allowing_role,
    allowing_role_of,
    clinics_where,
    may,
    memberships_of,
    roles_in,
)
from tests.factories.cast import member

# Columns: clinician, nurse, clerk, researcher, auditor, clinic administrator.
TABLE = """
    view_patient         x x x - - -
    register_patient     x x x - - -
    edit_person          x x x - - -
    merge_patients       x - - - - -
    enter_clinical       x x - - - -
    enter_laboratory     x x x - - -
    recall               x x x - - -
    finalize_study       x - - - - -
    decide               x - - - - -
    import_data          x - x - - -
    export_identified    x - - - - -
    export_deidentified  x - - x - -
    erase_patient        x - - - - x
    view_audit           - - - - x -
    view_access          x x x - x -
    view_waiting         x - - - x -
    break_glass          x - - - - -
    manage_clinic        - - - - - x
"""
EXPECTED = [
    (role, Action(row.split()[0]), mark == "x")
    for row in TABLE.strip().splitlines()
    for role, mark in zip(Role, row.split()[1:], strict=True)
]


def test_the_table_names_every_role_and_every_action():
    assert set(ROLE_ACTIONS) == set(Role)
    assert {(role, action) for role, action, _ in EXPECTED} == {
        (r, a) for r in Role for a in Action
    }


@pytest.mark.parametrize(("role", "action", "allowed"), EXPECTED)
def test_a_role_allows_exactly_what_the_table_says(role, action, allowed):
    assert (action in ROLE_ACTIONS[role]) is allowed


@pytest.mark.parametrize("role", Role)
def test_a_role_holds_in_its_own_clinic_and_in_no_other(role, clinic_north, clinic_south):
    user = member("somebody", clinic_north, role)
    for action in Action:
        assert may(user, action, clinic_north) is (action in ROLE_ACTIONS[role])
        assert not may(user, action, clinic_south)


def test_a_clinic_may_be_given_by_its_id(alice, clinic_north):
    assert may(alice, Action.VIEW_PATIENT, clinic_north.pk)


def test_two_roles_add_up(clinic_north):
    user = member("somebody", clinic_north, Role.CLERK, Role.AUDITOR)
    assert may(user, Action.EDIT_PERSON, clinic_north)
    assert may(user, Action.VIEW_AUDIT, clinic_north)
    assert not may(user, Action.DECIDE, clinic_north)


def test_two_clinics_keep_their_roles_apart(alice, clinic_north, clinic_south):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.AUDITOR], by=None)
    assert clinics_where(alice, Action.VIEW_PATIENT) == [clinic_north.pk]
    assert clinics_where(alice, Action.VIEW_AUDIT) == [clinic_south.pk]


def test_a_superuser_has_no_right_over_patients(superuser, clinic_north):
    assert not any(may(superuser, action, clinic_north) for action in Action)
    assert clinics_where(superuser, Action.VIEW_PATIENT) == []


def test_nobody_and_the_inactive_may_do_nothing(alice, clinic_north):
    alice.is_active = False
    change_user(user=alice, by=None, fields=["is_active"])
    for user in (AnonymousUser(), alice):
        assert not any(may(user, action, clinic_north) for action in Action)


def test_withdrawn_roles_leave_nothing(alice, clinic_north):
    membership = alice.memberships.get()
    membership.user = alice
    assert may(alice, Action.VIEW_PATIENT, clinic_north)
    change_membership(membership=membership, roles=[], by=None)
    assert not may(alice, Action.VIEW_PATIENT, clinic_north)
    assert memberships_of(alice) == []


def test_memberships_are_read_once_for_one_user_object(
    alice, clinic_north, clinic_south, django_assert_num_queries
):
    with django_assert_num_queries(1):
        for action in Action:
            may(alice, action, clinic_north)
            may(alice, action, clinic_south)
            clinics_where(alice, action)


def test_the_audit_learns_through_which_role_an_act_was_allowed(clinic_north):
    user = member("somebody", clinic_north, Role.CLINICIAN, Role.RESEARCHER)
    assert allowing_role(user, Action.DECIDE, clinic_north) == "clinician"
    assert allowing_role(user, Action.EXPORT_DEIDENTIFIED, clinic_north) == "clinician,researcher"
    assert allowing_role(user, Action.VIEW_AUDIT, clinic_north) == ""
    assert allowing_role_of(user, clinic_north) == "clinician,researcher"
    assert allowing_role_of(None, clinic_north) == allowing_role_of(user, None) == ""


def test_roles_are_roles_again_after_being_stored(nina, clinic_north):
    assert roles_in(nina, clinic_north) == [Role.NURSE]
