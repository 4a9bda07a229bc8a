"""Where an act comes from: the request's address, and the refusals waiting to be written.

The middleware opens one context per request, so that actions need not be handed the request.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from ipaddress import ip_address

from django.conf import settings
from django.db import Error
from django.http import HttpRequest

from audit.models import AuditEvent


class AuditUnavailable(Exception):  # noqa: N818 (what a person reads about, not a fault)
    """The audit cannot be written: what must be remembered is not done, and not shown."""


@contextmanager
def written_or_refused() -> Iterator[None]:
    """Turn the database's refusal of an event into AuditUnavailable."""
    try:
        yield
    except Error as error:
        # The error's text may hold what was to be written: only its kind is told.
        raise AuditUnavailable(type(error).__name__) from error


@dataclass
class ActContext:
    """The source of the acts of one request or one command."""

    ip: str = ""
    # Events that must outlive a rolled back transaction: written when the context is left.
    held: list[AuditEvent] = field(default_factory=list)


_current: ContextVar[ActContext | None] = ContextVar("audit_context", default=None)


def current() -> ActContext | None:
    """Return the context of the request being answered, or None outside of one."""
    return _current.get()


@contextmanager
def acting_from(ip: str = "") -> Iterator[ActContext]:
    """Open a context; what it holds is written on leaving, whatever happened inside.

    Open it outside of every transaction: the middleware does for requests, a management command
    that refuses or fails inside a transaction does so itself.
    """
    context = ActContext(ip=ip)
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)
        if context.held:
            with written_or_refused():
                AuditEvent.objects.bulk_create(context.held)


def client_ip(request: HttpRequest) -> str:
    """Return the client's address, or "" when it cannot be known.

    Behind `TRUSTED_PROXIES` proxies of our own, each appends the address it saw to
    X-Forwarded-For, so the entry counted from the right is the client's; whatever stands left of
    it was sent by the client and is not believed. A header that only our own proxy sets
    (`ALLAUTH_TRUSTED_CLIENT_IP_HEADER`) goes before.
    """
    if header := settings.ALLAUTH_TRUSTED_CLIENT_IP_HEADER:
        return _address(request.headers.get(header, ""))
    if settings.TRUSTED_PROXIES == 0:
        return _address(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if len(forwarded) < settings.TRUSTED_PROXIES:
        return ""
    return _address(forwarded[-settings.TRUSTED_PROXIES])


def _address(text: str) -> str:
    try:
        return str(ip_address(text.strip()))
    except ValueError:
        return ""
