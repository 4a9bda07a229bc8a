"""Keys for encryption, made from the secrets of the settings: one per purpose."""

import base64
from collections.abc import Iterable

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


def keys_from(secrets: Iterable[str], *, purpose: bytes) -> list[Fernet]:
    """A key from each secret, in their order: AES-128 in CBC mode with HMAC-SHA-256, by HKDF.

    `purpose` names what the key is for; another purpose, or another way of sealing, takes another
    name.
    """
    return [_key(secret, purpose) for secret in secrets]


def _key(secret: str, purpose: bytes) -> Fernet:
    made = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose)
    return Fernet(base64.urlsafe_b64encode(made.derive(secret.encode())))
