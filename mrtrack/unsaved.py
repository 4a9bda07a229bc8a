"""What somebody sent and the server could not act on: shown again, ready to be sent again.

Nothing here asks the database, which may be what broke.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token

from accounts.kept.arrivals import TOKEN, asks_for_secrets
from accounts.kept.in_words import NOT_TYPED

MOST_BOXES = 1000


@dataclass(frozen=True)
class Unsaved:
    """What was sent: all of it to send again, and what of it a person typed."""

    address: str
    token: str
    values: list[tuple[str, str]]
    had_files: bool

    @property
    def typed(self) -> list[tuple[str, str]]:
        """Boxes with something in them, for reading."""
        return [
            (name.replace("_", " "), text)
            for name, text in self.values
            if text.strip() and name not in NOT_TYPED and not name.startswith("_")
        ]


def unsaved_of(request: HttpRequest) -> Unsaved | None:
    """What to show again; None when nothing was sent, when it is secret, or when no page of ours
    sent it (its token says so).
    """
    try:
        if request.method != "POST" or asks_for_secrets(request) or not _has_our_token(request):
            return None
        values = [
            (name, text) for name, texts in request.POST.lists() for text in texts if name != TOKEN
        ]
        had_files = bool(request.FILES)
    except (OSError, RequestDataTooBig, SuspiciousOperation, ValueError):
        # It could not even be read.
        return None
    if len(values) > MOST_BOXES or not (values or had_files):
        return None
    return Unsaved(request.get_full_path(), get_token(request), values, had_files)


class _Check(CsrfViewMiddleware):
    """Django's own check of a form's token, with a plain no."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(status=403)


def _has_our_token(request: HttpRequest) -> bool:
    check = _Check(lambda request: HttpResponse())
    return check.process_view(request, lambda request: HttpResponse(), (), {}) is None
