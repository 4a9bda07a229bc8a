"""Encryption of what lies behind second factors: secrets of apps, and seeds of recovery codes.

Whoever reads the database, or a backup of it, could otherwise show the codes of everybody. The key
is one of its own (`MRTRACK_FACTOR_KEY`), not made from the secret key: that one is replaced on the
day somebody broke in, and nobody's telephone may stop to fit on that day. Without a key secrets are
kept as they are; `manage.py check --deploy` says so of a live instance.

A row from before the key, or of a former key, is read as well and sealed anew at its next use, or
for everybody at once by `manage.py seal_second_factors`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from accounts.derived_keys import keys_from
from audit.models import AuditAction
from audit.recording import record

PURPOSE = b"mrtrack: second factors, 1"
SEALED = "sealed-1:"
"""Begins what is sealed; neither the letters of an app's secret nor the digits of a seed do."""
# Under which name each kind of row holds what is secret. Of keys the public half alone is kept.
SECRETS = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}

logger = logging.getLogger(__name__)


UNREADABLE = (
    "Codes cannot be read at the moment: the key of second factors is missing. Tell whoever runs "
    "mrtrack. A passkey still works."
)


class UnreadableError(PermissionDenied):
    """What was sealed cannot be read: its key is not among ours, or it was changed.

    A page that would show it is refused in these words.
    """


@dataclass(frozen=True)
class Sealed:
    """What became of a number of rows."""

    anew: int = 0
    already: int = 0
    unreadable: int = 0


def seal(text: str) -> str:
    """The text as it is kept: sealed with the present key, where there is one."""
    keys = _keys()
    return SEALED + keys[0].encrypt(text.encode()).decode("ascii") if keys else text


def unseal(kept: str) -> str:
    """The text that was kept, sealed or not. Raises ``UnreadableError``."""
    if not kept.startswith(SEALED):
        return kept
    for key in _keys():
        text = _opened(key, kept)
        if text is not None:
            return text
    logger.error("A second factor cannot be read: MRTRACK_FACTOR_KEY is not the key it had.")
    raise UnreadableError(UNREADABLE)


@transaction.atomic
def seal_anew(rows: QuerySet[Authenticator]) -> Sealed:
    """Seal what is not sealed with the present key; what cannot be read is left as it is."""
    keys = _keys()
    anew = already = unreadable = 0
    for row in rows.filter(type__in=SECRETS).select_for_update().order_by("id"):
        name = SECRETS[row.type]
        kept = row.data[name]
        if keys and kept.startswith(SEALED) and _opened(keys[0], kept) is not None:
            already += 1
            continue
        try:
            text = unseal(kept)
        except UnreadableError:
            unreadable += 1
            continue
        if keys:
            row.data[name] = seal(text)
            row.save(update_fields=["data"])
            anew += 1
    return Sealed(anew, already, unreadable)


@transaction.atomic
def seal_all_anew() -> Sealed:
    """Seal everybody's second factors with the present key, and remember how many."""
    done = seal_anew(Authenticator.objects.all())
    if done.anew:
        record(
            action=AuditAction.CHANGE,
            by=None,
            record_kind="user",
            counts={"sealed": done.anew},
            note="command seal_second_factors",
        )
    return done


def _opened(key: Fernet, kept: str) -> str | None:
    try:
        return key.decrypt(kept.removeprefix(SEALED).encode()).decode()
    except InvalidToken:
        return None


def _keys() -> list[Fernet]:
    """The present key, then former ones while they are listed; none where there is no key."""
    listed = (settings.FACTOR_KEY, *settings.FACTOR_KEY_FALLBACKS)
    return keys_from(listed, purpose=PURPOSE) if settings.FACTOR_KEY else []
