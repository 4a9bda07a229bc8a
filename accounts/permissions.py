"""What each role may do: one table, and the questions put to it.

Roles are held per clinic. Django's own permissions, and being a superuser, only open the admin's
door; they give no right over a patient's record.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from django.contrib.auth.models import AnonymousUser
from django.db import models

if TYPE_CHECKING:
    from accounts.models import Clinic, Membership, User

    AnyUser: TypeAlias = User | AnonymousUser
    ClinicOrId: TypeAlias = Clinic | int


class Role(models.TextChoices):
    """What somebody is in one clinic."""

    CLINICIAN = "clinician", "clinician"
    NURSE = "nurse", "nurse or sonographer"
    CLERK = "clerk", "clerk"
    RESEARCHER = "researcher", "researcher"
    AUDITOR = "auditor", "auditor"
    CLINIC_ADMINISTRATOR = "clinic_administrator", "clinic administrator"


class Action(models.TextChoices):
    """What somebody may be allowed to do in one clinic."""

    VIEW_PATIENT = "view_patient", "open a patient's record"
    REGISTER_PATIENT = "register_patient", "register a patient"
    EDIT_PERSON = "edit_person", "correct name, birth date and contact"
    MERGE_PATIENTS = "merge_patients", "merge two records of one person"
    ENTER_CLINICAL = "enter_clinical", "enter clinical findings"
    ENTER_LABORATORY = "enter_laboratory", "enter laboratory results and symptom logs from paper"
    RECALL = "recall", "book appointments, call patients and note contacts"
    FINALIZE_STUDY = "finalize_study", "finalize or amend a study"
    DECIDE = "decide", "record a team's decision or close an acute episode"
    IMPORT_DATA = "import_data", "import data"
    EXPORT_IDENTIFIED = "export_identified", "export data that identifies patients"
    EXPORT_DEIDENTIFIED = "export_deidentified", "export data without identity"
    ERASE_PATIENT = "erase_patient", "ask for or confirm the erasure of a patient"
    VIEW_AUDIT = "view_audit", "read the audit trail"
    VIEW_ACCESS = "view_access", "read who opened a patient’s record"
    VIEW_WAITING = "view_waiting", "read waiting times"
    BREAK_GLASS = "break_glass", "open another clinic’s record in an emergency"
    MANAGE_CLINIC = "manage_clinic", "manage the clinic, its members and settings"


ROLE_ACTIONS: Mapping[Role, frozenset[Action]] = {
    Role.CLINICIAN: frozenset(
        {
            Action.VIEW_PATIENT,
            Action.REGISTER_PATIENT,
            Action.EDIT_PERSON,
            Action.VIEW_ACCESS,
            Action.MERGE_PATIENTS,
            Action.ENTER_CLINICAL,
            Action.ENTER_LABORATORY,
            Action.RECALL,
            Action.FINALIZE_STUDY,
            Action.DECIDE,
            Action.VIEW_WAITING,
            Action.IMPORT_DATA,
            Action.EXPORT_IDENTIFIED,
            Action.EXPORT_DEIDENTIFIED,
            Action.BREAK_GLASS,
            Action.ERASE_PATIENT,
        }
    ),
    Role.NURSE: frozenset(
        {
            Action.VIEW_PATIENT,
            Action.REGISTER_PATIENT,
            Action.EDIT_PERSON,
            Action.VIEW_ACCESS,
            Action.ENTER_CLINICAL,
            Action.ENTER_LABORATORY,
            Action.RECALL,
        }
    ),
    Role.CLERK: frozenset(
        {
            Action.VIEW_PATIENT,
            Action.REGISTER_PATIENT,
            Action.EDIT_PERSON,
            Action.VIEW_ACCESS,
            Action.ENTER_LABORATORY,
            Action.RECALL,
            Action.IMPORT_DATA,
        }
    ),
    Role.RESEARCHER: frozenset({Action.EXPORT_DEIDENTIFIED}),
    Role.AUDITOR: frozenset({Action.VIEW_AUDIT, Action.VIEW_ACCESS, Action.VIEW_WAITING}),
    Role.CLINIC_ADMINISTRATOR: frozenset({Action.MANAGE_CLINIC, Action.ERASE_PATIENT}),
}


def may(user: "AnyUser", action: Action, clinic: "ClinicOrId") -> bool:
    """Whether one of the user's roles in this clinic allows the action."""
    return bool(_allowing_roles(user, action, clinic))


def clinics_where(user: "AnyUser", action: Action) -> list[int]:
    """Return the ids of the clinics in which the user may do this."""
    return [
        membership.clinic_id
        for membership in memberships_of(user)
        if may(user, action, membership.clinic_id)
    ]


def allowing_role(user: "AnyUser", action: Action, clinic: "ClinicOrId") -> str:
    """Return the role or roles through which the action is allowed, for the audit; "" if none."""
    return ",".join(_allowing_roles(user, action, clinic))


def allowing_role_of(user: "AnyUser | None", clinic: "ClinicOrId | None") -> str:
    """Return all roles held in the clinic, for the audit of an act that was allowed before.

    "" for the system (no user) and for an act that belongs to no clinic.
    """
    return ",".join(roles_in(user, clinic)) if user and clinic is not None else ""


def roles_in(user: "AnyUser", clinic: "ClinicOrId") -> list[Role]:
    """Return the roles the user holds in this clinic; an inactive user holds none."""
    clinic_id = clinic if isinstance(clinic, int) else clinic.pk
    for membership in memberships_of(user):
        if membership.clinic_id == clinic_id:
            return [Role(role) for role in membership.roles]
    return []


def memberships_of(user: "AnyUser") -> list["Membership"]:
    """Return the user's memberships that hold a role, with their clinics, by name.

    They are read once per user object, that is once per request; `forget_memberships` makes the
    object read them again.
    """
    if isinstance(user, AnonymousUser) or not user.is_active:
        return []
    if not hasattr(user, "_memberships_read"):
        user._memberships_read = [  # type: ignore[attr-defined]
            membership
            for membership in user.memberships.select_related("clinic").order_by(
                "clinic__name", "clinic_id", "id"
            )
            if membership.roles
        ]
    return user._memberships_read  # type: ignore[attr-defined, no-any-return]


def forget_memberships(user: "User") -> None:
    """Make the user object read its memberships again, after they were changed."""
    if hasattr(user, "_memberships_read"):
        del user._memberships_read


def _allowing_roles(user: "AnyUser", action: Action, clinic: "ClinicOrId") -> list[Role]:
    return [role for role in roles_in(user, clinic) if action in ROLE_ACTIONS[role]]
