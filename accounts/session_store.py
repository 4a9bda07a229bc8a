"""Sessions in the database that know when they began and when somebody last did something.

`SESSION_ENGINE` names this module. Every login gives a session a new key, by whatever way somebody
came in: there both clocks start.

A page asks for parts of itself while somebody saves its form. Each of these requests writes only
what it changed itself: Django's own store writes the whole session, and whoever came last would
take the others' messages, searches and clocks away.
"""

import time
from copy import deepcopy
from typing import Any

from django.contrib.sessions.backends import db
from django.db import router, transaction

STARTED_AT = "started_at"
ACTIVE_AT = "active_at"
"""Seconds since 1970, in the session."""

ABSENT = object()


class SessionStore(db.SessionStore):
    """Django's own, with the two clocks, and with writes that leave each other's keys alone."""

    _session: dict[str, Any]  # Django's own, which its stubs leave out
    _in_database: dict[str, Any]  # what this request knows the row to hold

    def cycle_key(self) -> None:
        """Give the session a new key; a session that has no clocks yet begins now."""
        super().cycle_key()
        now = int(time.time())
        self.setdefault(STARTED_AT, now)
        self[ACTIVE_AT] = now

    def load(self) -> dict[str, Any]:
        """What the row holds; empty when there is none, or none any more."""
        data: dict[str, Any] = super().load()
        self._in_database = deepcopy(data)
        return data

    def save(self, must_create: bool = False) -> None:
        """Write what was changed since it was read, over what others wrote meanwhile.

        Raises `UpdateError` where the session has ended meanwhile: it does not come back by this.
        """
        if must_create or self.session_key is None:
            super().save(must_create)
            if must_create:
                self._in_database = deepcopy(self._session)
            return
        with transaction.atomic(using=router.db_for_write(self.model)):
            self._take_over_what_others_wrote()
            super().save()
            self._in_database = deepcopy(self._session)

    def _take_over_what_others_wrote(self) -> None:
        rows = self.model.objects.select_for_update().filter(session_key=self.session_key)
        mine, before = self._session, self._in_database
        for row in rows:
            others = self.decode(row.session_data)
            untouched = [
                key
                for key in others.keys() | mine.keys()
                if mine.get(key, ABSENT) == before.get(key, ABSENT)
            ]
            for key in untouched:
                if key in others:
                    mine[key] = others[key]
                else:
                    del mine[key]
