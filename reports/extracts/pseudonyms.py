"""Pseudonyms and moved days, made from a key that is kept apart from the data.

Both come from HMAC-SHA-256 of the opaque id, which itself stands in no extract. Who has an extract
without the key can compute neither.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

MOST_DAYS = 365  # a day is moved back by 1 to this many days
LENGTH = 20  # hexadecimal digits: 80 bits


class NoResearchKeyError(Exception):
    """This installation has no key for pseudonyms, so nothing can leave without identity."""


@dataclass(frozen=True, repr=False)
class Pseudonyms:
    """What a key makes of opaque ids: the same from every clinic and at every time."""

    key: bytes

    def of_patient(self, public_id: str) -> str:
        """The name of a patient in every extract."""
        return self._digest("patient", public_id).hex()[:LENGTH]

    def of_row(self, public_id: str) -> str:
        """The name of a row, by which files of one patient can be joined."""
        return self._digest("row", public_id).hex()[:LENGTH]

    def moved_by(self, public_id: str) -> timedelta:
        """By how much all days of a patient are moved, so that intervals stay.

        Always back: a day to come would tell that it was moved forward, and by how much at least.
        """
        number = int.from_bytes(self._digest("days", public_id)[:8], "big")
        return -timedelta(days=number % MOST_DAYS + 1)

    def _digest(self, what: str, public_id: str) -> bytes:
        return hmac.digest(self.key, f"mrtrack {what} {public_id}".encode(), hashlib.sha256)


def has_key() -> bool:
    """Whether this installation can make pseudonyms."""
    return bool(settings.RESEARCH_KEY)


def pseudonyms() -> Pseudonyms:
    """Those of this installation. Raises ``NoResearchKeyError`` where it has no key."""
    if not has_key():
        raise NoResearchKeyError("There is no key for pseudonyms: set MRTRACK_RESEARCH_KEY.")
    return Pseudonyms(settings.RESEARCH_KEY.encode())
