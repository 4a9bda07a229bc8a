"""Sessions in the database that know when they began and when somebody last did something.

`SESSION_ENGINE` names this module. Every login gives a session a new key, by whatever way somebody
came in: there both clocks start.
"""

import time

from django.contrib.sessions.backends import db

STARTED_AT = "started_at"
ACTIVE_AT = "active_at"
"""Seconds since 1970, in the session."""


class SessionStore(db.SessionStore):
    """Django's own, with the two clocks."""

    def cycle_key(self) -> None:
        """Give the session a new key; a session that has no clocks yet begins now."""
        super().cycle_key()
        now = int(time.time())
        self.setdefault(STARTED_AT, now)
        self[ACTIVE_AT] = now
