"""Headers that every answer carries, and its compression."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import sync_only_middleware

Next = Callable[[HttpRequest], HttpResponse]


@sync_only_middleware
def policies(get_response: Next) -> Next:
    """Switch off what no page of ours uses: camera, microphone, location and the like.

    Also what Django's SecurityMiddleware sets, for the answers that it refuses by itself.
    """
    headers = {
        "Permissions-Policy": settings.PERMISSIONS_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Cross-Origin-Resource-Policy": settings.CROSS_ORIGIN_RESOURCE_POLICY,
        "Cross-Origin-Embedder-Policy": settings.CROSS_ORIGIN_EMBEDDER_POLICY,
    }

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


@sync_only_middleware
def never_cached(get_response: Next) -> Next:
    """Keep pages out of every cache, the browser's included: the next person may look over it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return middleware


class CompressOnceMiddleware(GZipMiddleware):
    """Compress what shrinks; a zip is sent as it is, with its length where that is known."""

    def process_response(self, request: HttpRequest, response: Any) -> HttpResponseBase:
        """As the base does, but of a zip."""
        if response.headers.get("Content-Type") == "application/zip":
            return response  # type: ignore[no-any-return]
        return super().process_response(request, response)
