"""Who was given a form in this browser: a signed cookie that outlives the session.

The cookie names the browser (a random word) and, for each of its last logins, the person and the
CSRF secret of the pages they were given. A form that comes back carries a token made from that
secret: so it is known whose form it was although nobody is logged in, or somebody else is. The
cookie opens nothing: it decides only for whom something is kept. It ends with the browser; logging
out on purpose takes the person out of it, and a new password makes their part of it worthless.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.middleware import csrf

from accounts.models import User

SALT = "accounts.kept.seat"
# Seconds: a page left open over a holiday still knows whose it is.
LONGEST = 30 * 24 * 60 * 60
LOGINS_REMEMBERED = 6
# Characters of the session's own hash of the password: enough to tell that it changed.
PASSWORD_MARK = 16
LEFT = "_left_the_seat"
"""Attribute of a request in which somebody logged out on purpose: their id."""


@dataclass(frozen=True)
class Login:
    """One login in this browser: who, the secret of their forms, and a mark of their password."""

    user_id: int
    secret: str
    password_mark: str


@dataclass(frozen=True)
class Seat:
    """A browser and its last logins, the latest first."""

    browser: str
    logins: tuple[Login, ...] = ()

    @property
    def digest(self) -> str:
        """The browser's name as the database holds it: it cannot be turned into a cookie."""
        return hashlib.sha256(self.browser.encode()).hexdigest()

    def owner_of(self, token: str) -> User | None:
        """The person whose form carries this token, if they are still who they were then."""
        for login in self.logins:
            if _is_made_from(token, login.secret):
                user = User.objects.filter(pk=login.user_id, is_active=True).first()
                return user if user and login.password_mark in _password_marks(user) else None
        return None


def seat_of(request: HttpRequest) -> Seat | None:
    """The seat that the browser brought; None without one, or when it was tampered with."""
    try:
        content = signing.loads(
            request.COOKIES.get(settings.SEAT_COOKIE_NAME, ""), salt=SALT, max_age=LONGEST
        )
        return Seat(content["browser"], tuple(Login(*login) for login in content["logins"]))
    except (signing.BadSignature, KeyError, TypeError):
        return None


def renew_seat(request: HttpRequest, response: HttpResponseBase) -> None:
    """Write down who is given forms now, and forget who left; nothing to do on most answers."""
    before = seat_of(request)
    seat = before or Seat(secrets.token_urlsafe(16))
    left = getattr(request, LEFT, None)
    if left is not None:
        seat = replace(seat, logins=tuple(each for each in seat.logins if each.user_id != left))
    user, secret = request.user, request.META.get("CSRF_COOKIE")
    if user.is_authenticated and secret:
        login = Login(user.pk, secret, _mark(user.get_session_auth_hash()))
        if login not in seat.logins:
            others = [each for each in seat.logins if each.secret != secret]
            seat = replace(seat, logins=(login, *others)[:LOGINS_REMEMBERED])
    if seat != before and (before or seat.logins):
        _send(response, seat)


def leave_seat(request: HttpRequest, user_id: int | None) -> None:
    """Remember that this person logs out on purpose: their open forms are no longer theirs."""
    setattr(request, LEFT, user_id)


def _send(response: HttpResponseBase, seat: Seat) -> None:
    logins = [[each.user_id, each.secret, each.password_mark] for each in seat.logins]
    content: dict[str, Any] = {"browser": seat.browser, "logins": logins}
    response.set_cookie(
        settings.SEAT_COOKIE_NAME,
        signing.dumps(content, salt=SALT),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _is_made_from(token: str, secret: str) -> bool:
    # Django has no public way to ask this; tests/accounts/test_kept_posts.py notices a change.
    try:
        csrf._check_token_format(token)  # type: ignore[attr-defined]
    except csrf.InvalidTokenFormat:
        return False
    return bool(csrf._does_token_match(token, secret))  # type: ignore[attr-defined]


def _password_marks(user: User) -> list[str]:
    """Marks of the present password, under the present secret key and former ones."""
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return [_mark(each) for each in hashes]


def _mark(session_hash: str) -> str:
    return session_hash[:PASSWORD_MARK]
