"""The fixed cast: two clinics and one person for every part.

Alice and Bob are clinicians in the north; Charlie is one in the south and must see nothing of the
north. `client_of(user)` gives a logged-in test client.
"""

from collections.abc import Callable, Iterator

import pytest
from django.db import connections
from django.test import Client, TransactionTestCase

from accounts.actions import create_clinic, create_user, grant_membership
from accounts.models import Clinic, User
from accounts.permissions import Role
from audit import triggers

PASSWORD = "leaflet-chordae-annulus"


@pytest.fixture(scope="session", autouse=True)
def flushing_takes_the_audit_triggers_away() -> Iterator[None]:
    """Let transactional tests empty the database, which the audit trail refuses otherwise."""
    flush = TransactionTestCase._fixture_teardown

    def flush_without_triggers(case: TransactionTestCase) -> None:
        with triggers.suspended(connections["default"]):
            flush(case)

    # A TestCase rolls back in a method of its own and never comes here.
    TransactionTestCase._fixture_teardown = flush_without_triggers
    yield
    TransactionTestCase._fixture_teardown = flush


@pytest.fixture
def clinic_north(db: None) -> Clinic:
    return create_clinic(
        code="north",
        name="North Valve Clinic",
        time_zone="Europe/Paris",
        emergency_phones=[{"label": "Cardiac surgeon on call", "number": "+33 1 99 00 00 01"}],
        by=None,
    )


@pytest.fixture
def clinic_south(db: None) -> Clinic:
    return create_clinic(
        code="south", name="South Valve Clinic", time_zone="America/New_York", by=None
    )


def member(username: str, clinic: Clinic, *roles: Role, is_staff: bool = False) -> User:
    """Return a new user with these roles in the clinic; the password is PASSWORD."""
    user = create_user(
        username=username,
        email=f"{username}@example.org",
        password=PASSWORD,
        first_name=username.capitalize(),
        is_staff=is_staff,
        by=None,
    )
    grant_membership(user=user, clinic=clinic, roles=roles, by=None)
    return user


@pytest.fixture
def alice(clinic_north: Clinic) -> User:
    return member("alice", clinic_north, Role.CLINICIAN)


@pytest.fixture
def bob(clinic_north: Clinic) -> User:
    return member("bob", clinic_north, Role.CLINICIAN)


@pytest.fixture
def charlie(clinic_south: Clinic) -> User:
    return member("charlie", clinic_south, Role.CLINICIAN)


@pytest.fixture
def nina(clinic_north: Clinic) -> User:
    return member("nina", clinic_north, Role.NURSE)


@pytest.fixture
def clara(clinic_north: Clinic) -> User:
    return member("clara", clinic_north, Role.CLERK, is_staff=True)


@pytest.fixture
def rita(clinic_north: Clinic) -> User:
    return member("rita", clinic_north, Role.RESEARCHER)


@pytest.fixture
def otto(clinic_north: Clinic) -> User:
    return member("otto", clinic_north, Role.AUDITOR)


@pytest.fixture
def ada(clinic_north: Clinic) -> User:
    return member("ada", clinic_north, Role.CLINIC_ADMINISTRATOR, is_staff=True)


@pytest.fixture
def superuser(db: None) -> User:
    """Sets up users and clinics; a member of none."""
    return create_user(
        username="root",
        email="root@example.org",
        password=PASSWORD,
        is_staff=True,
        is_superuser=True,
        by=None,
    )


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """Return a function that gives a test client in which the user is logged in."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in
