"""Keeping what was typed, and forgetting it."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import replace

from django.db import transaction

from accounts.kept.sealing import seal
from accounts.kept.selectors import LONGEST, Typed, of_user
from accounts.models import KeptPost, User
from audit.models import AuditAction
from audit.recording import record

MOST_BYTES = 256 * 1024
"""Longest content, as it was sent."""

MOST_OF_ONE_PERSON = 5


class TooLargeError(Exception):
    """More was sent than is kept."""


@transaction.atomic
def keep(typed: Typed, *, user: User, browser: str) -> Typed:
    """Keep it for this person in this browser, once however often it is sent.

    A later copy of the same draft takes the place of the former. Of more than five the oldest goes.
    Raises ``TooLargeError`` and keeps nothing beyond 256 kB.
    """
    purge_kept(now=typed.kept_at)
    # A name goes with each of its values.
    size = sum(len((name + text).encode()) for name, values in typed.values for text in values)
    if size > MOST_BYTES:
        raise TooLargeError
    for before in of_user(user, browser):
        same = replace(typed, public_id=before.public_id, kept_at=before.kept_at)
        if same == before:
            KeptPost.objects.filter(public_id=before.public_id).update(kept_at=typed.kept_at)
            return before
        if typed.draft and before.draft == typed.draft:
            forget(before.public_id, by=user)
    # Locks the person's row: two posts at the same time must not pass the limit together.
    User.objects.select_for_update().get(pk=user.pk)
    KeptPost.objects.create(
        public_id=typed.public_id,
        user=user,
        browser=browser,
        sealed=seal(_content(typed, user)),
        kept_at=typed.kept_at,
    )
    kept = KeptPost.objects.filter(user=user).order_by("-kept_at", "-id")
    surplus = [row.pk for row in kept[MOST_OF_ONE_PERSON:]]
    KeptPost.objects.filter(pk__in=surplus).delete()
    return typed


def forget(public_id: uuid.UUID, *, by: User) -> None:
    """Delete one of one's own: it was saved, or is not wanted any more."""
    KeptPost.objects.filter(public_id=public_id, user=by).delete()


def forget_draft(draft: str, *, by: User, browser: str) -> None:
    """Delete what was kept of a form while it was typed: it was saved, or cancelled."""
    for typed in of_user(by, browser):
        if draft and typed.draft == draft:
            forget(typed.public_id, by=by)


def purge_kept(*, now: datetime.datetime) -> int:
    """Delete what is older than a day; returns how many. Whatever was deleted is remembered."""
    with transaction.atomic():
        deleted = KeptPost.objects.filter(kept_at__lte=now - LONGEST).delete()[0]
        if deleted:
            record(
                action=AuditAction.CHANGE,
                by=None,
                record_kind="keptpost",
                counts={"deleted": deleted},
                note="command purge_kept",
            )
    return deleted


def _content(typed: Typed, user: User) -> dict[str, object]:
    return {
        "for": [user.pk, str(typed.public_id)],
        "address": typed.address,
        "page": typed.page,
        "values": typed.values,
        "had_files": typed.had_files,
        "was_left": typed.was_left,
        "draft": typed.draft,
    }
