"""Writing users, clinics, memberships and settings; each with its audit event.

Who may do it is asked by the caller. `by` is the acting user, None for a command at the console.
"""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import Clinic, ClinicSetting, Invitation, Membership, User
from accounts.permissions import Role, forget_memberships, memberships_of
from accounts.selectors import address_is_taken
from audit.models import AuditAction
from audit.recording import record


def create_user(
    *,
    username: str,
    email: str,
    by: User | None,
    password: str | None = None,
    first_name: str = "",
    last_name: str = "",
    is_staff: bool = False,
    is_superuser: bool = False,
) -> User:
    """Create a user whose e-mail address counts as verified.

    Without a password nobody can log in as this user yet. Raises ValidationError for a weak
    password, a missing address, or a name or address already in use.
    """
    user = User(
        username=username,
        email=email,
        first_name=first_name,
        last_name=last_name,
        is_staff=is_staff,
        is_superuser=is_superuser,
    )
    if password is not None:
        validate_password(password, user)
    user.set_password(password)
    return register_user(user=user, by=by)


@transaction.atomic
def register_user(*, user: User, by: User | None) -> User:
    """Save a new user, whose password is set, with a verified address."""
    user.email = User.objects.normalize_email(user.email)
    user.full_clean()
    _check_address(user)
    user.save(force_insert=True)
    _verify_address(user)
    _record_user(AuditAction.CREATE, user, by, note=_rights(user))
    return user


@transaction.atomic
def change_user(*, user: User, by: User | None, fields: Iterable[str]) -> User:
    """Save the changed user; a changed e-mail address counts as verified."""
    changed = sorted(fields)
    user.email = User.objects.normalize_email(user.email)
    user.full_clean()
    _check_address(user)
    user.save()
    if "email" in changed:
        _verify_address(user)
    _record_user(
        AuditAction.CHANGE, user, by, note=f"changed {', '.join(changed)}; {_rights(user)}"
    )
    if not user.is_active:
        _shut_out(user, by)
    return user


@transaction.atomic
def close_account(*, user: User, by: User | None) -> None:
    """Close the account of somebody who left: nobody logs in with it, and its sessions end now.

    Roles stay written down, so that opening the account again gives the same work back. Nothing
    happens to one that is closed already.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.is_active:
        # Not `change_user`: an account that lacks an address must be closed all the same.
        _set_active(locked, False)
        _record_user(AuditAction.CHANGE, locked, by, note="account closed")
        _shut_out(locked, by)


@transaction.atomic
def open_account(*, user: User, by: User | None) -> None:
    """Open a closed account again, with the roles, password and second factor that it had."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.is_active:
        _set_active(locked, True)
        _record_user(AuditAction.CHANGE, locked, by, note="account opened again")


@transaction.atomic
def create_clinic(
    *,
    code: str,
    name: str,
    time_zone: str,
    by: User | None,
    emergency_phones: Iterable[dict[str, str]] = (),
    requires_second_factor: bool = False,
) -> Clinic:
    """Create a clinic. Raises ValidationError for a code in use or an unknown time zone."""
    clinic = Clinic(
        code=code,
        name=name,
        time_zone=time_zone,
        emergency_phones=list(emergency_phones),
        requires_second_factor=requires_second_factor,
    )
    _save_with_history(clinic, by, reason="")
    _record_clinic(AuditAction.CREATE, clinic, by)
    return clinic


@transaction.atomic
def change_clinic(
    *, clinic: Clinic, by: User | None, fields: Iterable[str], reason: str = ""
) -> Clinic:
    """Save the changed clinic with a row in its history."""
    _save_with_history(clinic, by, reason)
    _record_clinic(AuditAction.CHANGE, clinic, by, note=f"changed {', '.join(sorted(fields))}")
    return clinic


@transaction.atomic
def grant_membership(
    *, user: User, clinic: Clinic, roles: Iterable[Role], by: User | None, reason: str = ""
) -> Membership:
    """Make a user a member of a clinic. Raises ValidationError for somebody who is one already."""
    membership = Membership(user=user, clinic=clinic, roles=_values(roles))
    _save_with_history(membership, by, reason)
    _record_roles(AuditAction.CREATE, membership, by, before=[])
    return membership


@transaction.atomic
def change_membership(
    *, membership: Membership, roles: Iterable[Role], by: User | None, reason: str = ""
) -> Membership:
    """Replace a member's roles; none at all withdraws every right in the clinic.

    Somebody who is left without any role in any clinic, and has no business in the administration,
    is logged out at once.
    """
    locked = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    before = locked.roles
    membership.roles = _values(roles)
    _save_with_history(membership, by, reason)
    _record_roles(AuditAction.CHANGE, membership, by, before=before)
    user = membership.user
    if not (user.is_staff or user.is_superuser or memberships_of(user)):
        _end_sessions(user, by, "no role left")
    return membership


@transaction.atomic
def reset_second_factor(*, user: User, by: User | None) -> int:
    """Remove a lost second factor and end the user's sessions; how many factors were removed.

    Whoever asks for it has been identified by other means: the password alone then opens the door.
    """
    factors = Authenticator.objects.filter(user=user)
    removed: int = factors.count()
    if removed:
        factors.delete()
        _record_user(AuditAction.CHANGE, user, by, note="second factor removed, sessions ended")
        _end_sessions(user, by, "second factor removed")
    return removed


def note_password_link(*, user: User, by: User) -> None:
    """Remember that somebody was given a link to set this user's password."""
    _record_user(AuditAction.CHANGE, user, by, note="link to a new password made")


def check_setting_value(name: str, value: Any) -> None:
    """Refuse a value that the floor that reads the setting cannot read (``ValidationError``).

    A slip of the pen must not change a verdict, nor stop a page from opening.
    """
    path = settings.CLINIC_SETTING_CHECKS.get(name)
    if path is None:
        return
    try:
        import_string(path)(value)
    except ValueError as error:
        raise ValidationError({"value": f"This cannot be used: {error}."}) from error


@transaction.atomic
def set_clinic_setting(
    *, clinic: Clinic, name: str, value: Any, from_on: datetime.date, by: User
) -> ClinicSetting:
    """Add a dated row: the setting has this value from that day on.

    A row entered later for the same day replaces it; no row is ever edited.
    """
    setting = ClinicSetting(clinic=clinic, name=name, value=value, from_on=from_on, entered_by=by)
    check_setting_value(name, value)
    # An empty value (False, 0, an empty list) is a value.
    setting.full_clean(exclude={"value"})
    setting.save(force_insert=True)
    _record_clinic(AuditAction.CHANGE, clinic, by, note=f"setting {name} from {from_on}")
    return setting


def _set_active(user: User, is_active: bool) -> None:
    user.is_active = is_active
    user.save(update_fields=["is_active"])


def _shut_out(user: User, by: User | None) -> None:
    """What goes with a closed account: its sessions, and the invitations that it made.

    Their links open nothing while the account is closed; withdrawn, they open nothing later either.
    What was typed and not saved is left: its owner alone could read it, for a day.
    """
    _end_sessions(user, by, "deactivated")
    made = Invitation.objects.filter(invited_by=user, accepted_at=None, withdrawn_at=None)
    for invitation in made.select_for_update().order_by("id"):
        invitation.withdrawn_at = timezone.now()
        invitation.save(update_fields=["withdrawn_at"])
        record(
            action=AuditAction.CHANGE,
            by=by,
            clinic_id=invitation.clinic_id,
            record_kind="invitation",
            record_id=invitation.public_id,
            note="withdrawn: the account that made it is closed",
        )


def _end_sessions(user: User, by: User | None, why: str) -> None:
    sessions = list(UserSession.objects.filter(user=user).order_by("id"))
    for session in sessions:
        session.end()
    if sessions:
        _record_user(
            AuditAction.LOGOUT,
            user,
            by,
            note=f"sessions ended: {why}",
            counts={"sessions": len(sessions)},
        )


def _check_address(user: User) -> None:
    if not user.email:
        raise ValidationError({"email": "Enter an e-mail address."})
    if address_is_taken(user.email, by_other_than=user):
        raise ValidationError({"email": "This e-mail address is in use."})


def _verify_address(user: User) -> None:
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def _save_with_history(instance: Clinic | Membership, by: User | None, reason: str) -> None:
    instance.full_clean()
    # simple-history reads who and why from these two attributes.
    instance._history_user = by  # type: ignore[union-attr]
    instance._change_reason = reason  # type: ignore[union-attr]
    instance.save()


def _values(roles: Iterable[Role]) -> list[str]:
    return [Role(role).value for role in roles]


def _rights(user: User) -> str:
    flags = {
        "active": user.is_active,
        "administration": user.is_staff,
        "superuser": user.is_superuser,
    }
    return ", ".join(name for name, on in flags.items() if on) or "inactive"


def _record_user(
    action: AuditAction,
    user: User,
    by: User | None,
    note: str,
    counts: Mapping[str, int] | None = None,
) -> None:
    record(action=action, by=by, record_kind="user", record_id=user.pk, note=note, counts=counts)


def _record_clinic(action: AuditAction, clinic: Clinic, by: User | None, note: str = "") -> None:
    record(
        action=action,
        by=by,
        clinic_id=clinic.pk,
        record_kind="clinic",
        record_id=clinic.public_id,
        note=note,
    )


def _record_roles(
    action: AuditAction, membership: Membership, by: User | None, before: list[str]
) -> None:
    forget_memberships(membership.user)
    old, new = ", ".join(before) or "none", ", ".join(membership.roles) or "none"
    record(
        action=action,
        by=by,
        clinic_id=membership.clinic_id,
        record_kind="membership",
        record_id=membership.pk,
        note=f"user {membership.user_id}: roles {old} to {new}",
    )
