"""Encryption of what is kept, with keys made from the installation's secret key."""

import base64
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# Names what the key is for; another purpose, or another way of sealing, takes another name.
PURPOSE = b"mrtrack: what was typed, 1"
KEY_BYTES = 32


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
    return MultiFernet(_key(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def _key(secret: str) -> Fernet:
    made = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE)
    return Fernet(base64.urlsafe_b64encode(made.derive(secret.encode())))
