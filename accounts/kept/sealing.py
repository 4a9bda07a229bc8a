"""Encryption of what is kept, with keys made from the installation's secret key."""

import json
from typing import Any

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings

from accounts.derived_keys import keys_from

PURPOSE = b"mrtrack: what was typed, 1"


def seal(content: dict[str, Any]) -> str:
    """The content as text that only this installation can read."""
    return _keys().encrypt(json.dumps(content).encode()).decode("ascii")


def unseal(sealed: str) -> dict[str, Any] | None:
    """What was sealed; None when it was changed, or its key is no longer among ours."""
    try:
        content: dict[str, Any] = json.loads(_keys().decrypt(sealed.encode("ascii")))
    except (InvalidToken, ValueError):
        return None
    return content


def _keys() -> MultiFernet:
    """The present key seals; former keys, while they are listed, still unseal."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet(keys_from(secrets, purpose=PURPOSE))
