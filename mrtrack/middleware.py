"""Headers that every answer carries."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import sync_only_middleware

Next = Callable[[HttpRequest], HttpResponse]


@sync_only_middleware
def permissions_policy(get_response: Next) -> Next:
    """Switch off what no page of ours uses: camera, microphone, location and the like."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
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
