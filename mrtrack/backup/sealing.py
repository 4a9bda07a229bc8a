"""Encryption of a backup as it is written, a piece at a time.

The file begins with ``MAGIC`` and 16 random bytes, from which scrypt makes the file's own key. Then
follow pieces of 64 KiB, each sealed with AES-256-GCM. A piece's nonce is its number and whether it
is the last one, so that pieces cannot be changed, left out, put elsewhere or cut off unnoticed.
"""

from __future__ import annotations

import io
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from mrtrack.backup.errors import BackupError

MAGIC = b"mrtrack-sealed-1\n"
SALT_BYTES, KEY_BYTES, TAG_BYTES = 16, 32, 16
PIECE = 64 * 1024  # bytes before sealing
SHORTEST_KEY = 20  # characters

WRONG_KEY = "The key does not fit this backup, or the file is damaged at its beginning."
DAMAGED = "The backup is damaged: a piece in its middle was changed or is missing."
CUT_OFF = "The backup is cut off: its end is missing."


def _cipher(key: str, salt: bytes) -> AESGCM:
    if len(key) < SHORTEST_KEY:
        raise BackupError(f"The key for backups needs at least {SHORTEST_KEY} characters.")
    made = Scrypt(salt=salt, length=KEY_BYTES, n=2**15, r=8, p=1)
    return AESGCM(made.derive(key.encode()))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class SealedWriter(io.RawIOBase):
    """Seals what is written to it into ``file``; ``close`` writes the last piece."""

    def __init__(self, file: BinaryIO, key: str) -> None:
        salt = os.urandom(SALT_BYTES)
        self._cipher = _cipher(key, salt)
        self._file, self._number, self._waiting = file, 0, bytearray()
        file.write(MAGIC + salt)

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: object) -> int:
        """Take bytes; whole pieces are sealed and written at once."""
        taken = bytes(data)  # type: ignore[call-overload]
        self._waiting += taken
        # One piece always waits: only ``close`` knows which is the last.
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]
        return len(taken)

    def close(self) -> None:
        """Seal what is left; the file itself stays open."""
        if not self.closed:
            self._seal(bytes(self._waiting), is_last=True)
        super().close()

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        nonce = _nonce(self._number, is_last=is_last)
        self._file.write(self._cipher.encrypt(nonce, piece, None))
        self._number += 1


class SealedReader(io.RawIOBase):
    """Reads what ``SealedWriter`` wrote; raises ``BackupError`` for anything else."""

    def __init__(self, file: BinaryIO, key: str) -> None:
        head = file.read(len(MAGIC) + SALT_BYTES)
        if len(head) < len(MAGIC) + SALT_BYTES:
            raise BackupError(CUT_OFF)
        self._cipher = _cipher(key, head[len(MAGIC) :])
        self._file, self._number = file, 0
        self._ready = b""
        self._next = file.read(PIECE + TAG_BYTES)

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object) -> int:
        """The next bytes; 0 at the true end only."""
        if not self._ready and self._next:
            self._ready = self._unsealed()
        view = memoryview(buffer)  # type: ignore[arg-type]
        given = self._ready[: len(view)]
        view[: len(given)] = given
        self._ready = self._ready[len(given) :]
        return len(given)

    def _unsealed(self) -> bytes:
        sealed, self._next = self._next, self._file.read(PIECE + TAG_BYTES)
        nonce = _nonce(self._number, is_last=not self._next)
        try:
            piece = self._cipher.decrypt(nonce, sealed, None)
        except (InvalidTag, ValueError) as error:
            raise BackupError(self._why(sealed)) from error
        self._number += 1
        return piece

    def _why(self, sealed: bytes) -> str:
        if not self._next and self._opens_as_inner(sealed):
            return CUT_OFF
        if not self._next and len(sealed) < PIECE + TAG_BYTES and self._number:
            return CUT_OFF
        return DAMAGED if self._number else WRONG_KEY

    def _opens_as_inner(self, sealed: bytes) -> bool:
        """Whether this last piece of the file was not the last one when it was sealed."""
        try:
            self._cipher.decrypt(_nonce(self._number, is_last=False), sealed, None)
        except (InvalidTag, ValueError):
            return False
        return True
