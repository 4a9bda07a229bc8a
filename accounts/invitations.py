"""Inviting somebody into a clinic, and what becomes of the invitation.

The link is made once and its word is not kept: only a digest is, so that nobody who reads the
database can use it. Who may invite is asked by the caller.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions import change_membership, create_user, grant_membership
from accounts.models import Clinic, Invitation, Membership, User
from accounts.permissions import Action, Role, may
from audit.models import AuditAction
from audit.recording import record

GOOD_FOR = datetime.timedelta(days=7)


class GoneError(Exception):
    """The invitation was used, withdrawn, replaced by a newer link, or is past its time."""


def open_invitations(clinic: Clinic, *, at: datetime.datetime) -> QuerySet[Invitation]:
    """Those that can still be accepted, the newest first."""
    rows = Invitation.objects.filter(
        clinic=clinic, accepted_at=None, withdrawn_at=None, expires_at__gt=at
    )
    return rows.select_related("invited_by").order_by("-invited_at", "-id")


@transaction.atomic
def invite(
    *, clinic: Clinic, email: str, roles: Iterable[Role], by: User
) -> tuple[Invitation, str]:
    """Invite this address into the clinic; returns the invitation and the word of its link.

    A former open invitation of the same address into the same clinic ends.
    """
    now = timezone.now()
    for former in open_invitations(clinic, at=now).filter(email__iexact=email):
        withdraw(invitation=former, by=by)
    word = _new_word()
    invitation = Invitation(
        clinic=clinic,
        email=User.objects.normalize_email(email),
        roles=[Role(role).value for role in roles],
        digest=_digest(word),
        invited_by=by,
        invited_at=now,
        expires_at=now + GOOD_FOR,
    )
    invitation.full_clean()
    invitation.save(force_insert=True)
    _record(invitation, AuditAction.CREATE, by, f"roles {', '.join(invitation.roles)}")
    return invitation, word


@transaction.atomic
def renew(*, invitation: Invitation, by: User) -> str:
    """Make a new link for an open invitation; the former link is good for nothing."""
    locked = _locked(pk=invitation.pk)
    word = _new_word()
    locked.digest = _digest(word)
    locked.expires_at = timezone.now() + GOOD_FOR
    locked.invited_by = by
    locked.save(update_fields=["digest", "expires_at", "invited_by"])
    _record(locked, AuditAction.CHANGE, by, "new link")
    return word


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User) -> None:
    """Its link opens nothing any more. Raises ``GoneError`` when it was used meanwhile."""
    locked = _locked(pk=invitation.pk)
    locked.withdrawn_at = timezone.now()
    locked.save(update_fields=["withdrawn_at"])
    _record(locked, AuditAction.CHANGE, by, "withdrawn")


def invitation_of(word: str) -> Invitation | None:
    """The open invitation whose link holds this word, while whoever invited may still do so."""
    row = Invitation.objects.filter(digest=_digest(word))
    invitation = row.select_related("clinic", "invited_by").first()
    return invitation if invitation and _is_good(invitation) else None


@transaction.atomic
def accept_as_new(
    *, word: str, username: str, password: str, first_name: str, last_name: str
) -> User:
    """Make the account of somebody who was invited, and give them their roles.

    Raises ``GoneError``, and ValidationError for a name or address in use or a weak password.
    """
    invitation = _locked(digest=_digest(word))
    user = create_user(
        username=username,
        email=invitation.email,
        password=password,
        first_name=first_name,
        last_name=last_name,
        by=None,
    )
    _accept(invitation, user)
    return user


@transaction.atomic
def accept_as(*, word: str, user: User) -> Invitation:
    """Give the roles to somebody who has an account under the invited address.

    Raises ``GoneError``, also when it is another address.
    """
    invitation = _locked(digest=_digest(word))
    if user.email.casefold() != invitation.email.casefold():
        raise GoneError
    _accept(invitation, user)
    return invitation


def _accept(invitation: Invitation, user: User) -> None:
    held = Membership.objects.filter(user=user, clinic=invitation.clinic).first()
    roles = [Role(role) for role in invitation.roles]
    if held is None:
        grant_membership(
            user=user, clinic=invitation.clinic, roles=roles, by=user, reason="invitation"
        )
    else:
        both = [role for role in Role if role in roles or role in held.roles]
        change_membership(membership=held, roles=both, by=user, reason="invitation")
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    _record(invitation, AuditAction.CHANGE, user, "accepted")


def _locked(**which: object) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("clinic", "invited_by")
    invitation = rows.filter(**which).first()
    if invitation is None or not _is_good(invitation):
        raise GoneError
    return invitation


def _is_good(invitation: Invitation) -> bool:
    inviter = invitation.invited_by
    is_allowed = inviter.is_active and (
        inviter.is_superuser or may(inviter, Action.MANAGE_CLINIC, invitation.clinic)
    )
    return is_allowed and invitation.is_open(timezone.now())


def _new_word() -> str:
    return secrets.token_urlsafe(32)


def _digest(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


def _record(invitation: Invitation, action: AuditAction, by: User, note: str) -> None:
    record(
        action=action,
        by=by,
        clinic_id=invitation.clinic_id,
        record_kind="invitation",
        record_id=invitation.public_id,
        note=note,
    )
