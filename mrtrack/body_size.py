"""No request brings more than its page can take: asked before any of it is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

MEGABYTE = 1024 * 1024


class BodySizeMiddleware(MiddlewareMixin):
    """Answers 413 to a body longer than `MOST_BODY_BYTES`, or than its page's own limit.

    A body that does not say how long it is has no length for Django either, and is not read.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        """None lets the request through; what it says of its length is a number by then."""
        page = request.resolver_match.view_name if request.resolver_match else ""
        most = settings.MOST_BODY_BYTES_OF.get(page, settings.MOST_BODY_BYTES)
        if _length(request) <= most:
            return None
        return render(request, "413.html", {"megabytes": most // MEGABYTE}, status=413)


def _length(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isascii() and told.isdigit() else 0
