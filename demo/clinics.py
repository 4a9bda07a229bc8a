"""The demo's two clinics and the people who work in them."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.actions import create_clinic, create_user, grant_membership
from accounts.models import Clinic, User
from accounts.permissions import Role

PASSWORD = "leaflets-that-close-well"
"""One password for every demo login: published here, and printed by the command."""

NORTH_CODE = "demo-north"
SOUTH_CODE = "demo-south"
TIME_ZONES = {NORTH_CODE: "Europe/Paris", SOUTH_CODE: "America/New_York"}


@dataclass(frozen=True)
class Member:
    """One demo login: who it is and what it is for."""

    username: str
    first_name: str
    last_name: str
    clinic_code: str
    role: Role
    is_staff: bool = False

    @property
    def purpose(self) -> str:
        """The role in words, and whether the administration opens."""
        place = "North" if self.clinic_code == NORTH_CODE else "South"
        door = ", may enter the administration" if self.is_staff else ""
        return f"{self.role.label}, {place}{door}"


MEMBERS = (
    Member("alice", "Alice", "Moreau", NORTH_CODE, Role.CLINICIAN, is_staff=True),
    Member("bob", "Bob", "Weiss", NORTH_CODE, Role.CLINICIAN),
    Member("nina", "Nina", "Petrova", NORTH_CODE, Role.NURSE),
    Member("clara", "Clara", "Jensen", NORTH_CODE, Role.CLERK, is_staff=True),
    Member("rita", "Rita", "Alvarez", NORTH_CODE, Role.RESEARCHER),
    Member("otto", "Otto", "Brandt", NORTH_CODE, Role.AUDITOR),
    Member("ada", "Ada", "Osei", NORTH_CODE, Role.CLINIC_ADMINISTRATOR, is_staff=True),
    Member("charlie", "Charlie", "Grant", SOUTH_CODE, Role.CLINICIAN),
)


@dataclass(frozen=True)
class Cast:
    """The clinics and members that were made."""

    north: Clinic
    south: Clinic
    users: dict[str, User]


def make_cast() -> Cast:
    """Create both clinics and every member, each with a verified address and one role."""
    north = create_clinic(
        code=NORTH_CODE,
        name="North Valve Clinic",
        time_zone=TIME_ZONES[NORTH_CODE],
        emergency_phones=[
            {"label": "Cardiac surgeon on call", "number": "+33 1 99 00 40 01"},
            {"label": "Cardiac intensive care", "number": "+33 1 99 00 40 02"},
            {"label": "Heart team coordinator", "number": "+33 1 99 00 40 03"},
            {"label": "ECMO and mechanical support", "number": "+33 1 99 00 40 04"},
        ],
        by=None,
    )
    south = create_clinic(
        code=SOUTH_CODE,
        name="South Valve Clinic",
        time_zone=TIME_ZONES[SOUTH_CODE],
        emergency_phones=[{"label": "Cardiac surgeon on call", "number": "+1 555 0100"}],
        by=None,
    )
    clinics = {NORTH_CODE: north, SOUTH_CODE: south}
    users = {member.username: _make_member(member, clinics) for member in MEMBERS}
    return Cast(north=north, south=south, users=users)


def _make_member(member: Member, clinics: dict[str, Clinic]) -> User:
    user = create_user(
        username=member.username,
        email=f"{member.username}@{member.clinic_code}.example",
        password=PASSWORD,
        first_name=member.first_name,
        last_name=member.last_name,
        is_staff=member.is_staff,
        by=None,
    )
    clinic = clinics[member.clinic_code]
    grant_membership(user=user, clinic=clinic, roles=[member.role], by=None, reason="demo")
    return user
