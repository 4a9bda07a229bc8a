"""How long a session lasts: until nobody did anything for a while, and a working day at most.

The server judges: what a browser says only prolongs a session that has not ended yet. One session
holds for all tabs of a browser, so what is done in one counts for all.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from accounts.session_store import ACTIVE_AT, STARTED_AT
from audit.models import AuditAction
from audit.recording import record

MARK = "is_no_activity"
RENEWS = "renews"
"""In an address: the page asks for itself anew, nobody does."""


@dataclass(frozen=True)
class Left:
    """Seconds until a session ends, and whether doing something puts that off."""

    idle: int
    total: int

    @property
    def seconds(self) -> int:
        """Until the earlier of the two ends; 0 or less: it has ended."""
        return min(self.idle, self.total)

    @property
    def can_stay(self) -> bool:
        """Whether a longer stay is possible at all."""
        return self.total > self.idle

    @property
    def why(self) -> str:
        """For the audit, when it has ended."""
        return "session ended: longest time reached" if self.total <= 0 else "session ended: idle"


def no_activity(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view that pages ask for by themselves: it keeps no session alive."""
    setattr(view, MARK, True)
    return view


def left_of(session: SessionBase, *, now: float) -> Left:
    """How long this session lasts if nothing more is done. One without clocks begins now."""
    active, started = session.get(ACTIVE_AT, now), session.get(STARTED_AT, now)
    return Left(
        idle=int(active + settings.SESSION_IDLE_SECONDS - now),
        total=int(started + settings.SESSION_COOKIE_AGE - now),
    )


def note_activity(session: SessionBase, *, now: float, at_once: bool = False) -> None:
    """Somebody does something: the idle clock starts anew."""
    session.setdefault(STARTED_AT, int(now))
    if at_once or now - session.get(ACTIVE_AT, 0) >= settings.SESSION_NOTED_EVERY:
        session[ACTIVE_AT] = int(now)


class SessionLimitMiddleware(MiddlewareMixin):
    """Ends a session past its time, before anything of the request is done.

    Stands before the middleware that keeps what was typed into an ended session.
    """

    def process_request(self, request: HttpRequest) -> None:
        """End it, and remember that it ended."""
        if not request.user.is_authenticated:
            return
        left = left_of(request.session, now=time.time())
        if left.seconds <= 0:
            _end(request, left.why)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> None:
        """Somebody asks for something, unless the page asks by itself."""
        asks_by_itself = getattr(view, MARK, False) or RENEWS in request.GET
        if request.user.is_authenticated and not asks_by_itself:
            note_activity(request.session, now=time.time())


def _end(request: HttpRequest, why: str) -> None:
    user_id: int = request.user.pk  # type: ignore[assignment]
    with transaction.atomic():
        UserSession.objects.filter(session_key=request.session.session_key).delete()
        logout(request)
        record(
            action=AuditAction.LOGOUT, by=user_id, record_kind="user", record_id=user_id, note=why
        )
