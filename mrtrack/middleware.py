"""Headers that every answer carries."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
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
