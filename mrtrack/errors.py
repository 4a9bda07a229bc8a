"""The error pages: in the product's look, without a detail of what broke."""

import errno
import sys
from enum import StrEnum

from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import redirect, render
from django.template import TemplateDoesNotExist, loader
from django.utils.cache import add_never_cache_headers

from accounts.kept.arrivals import login_url, received
from accounts.middleware import part_of_a_page
from audit.recording import record_refusal
from mrtrack.unsaved import unsaved_of

# What is shown when not even the template of an error can be drawn.
LAST_WORDS = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Error</title>"
    "<h1>Something went wrong</h1><p>Nothing was saved. Please try again.</p></html>"
)

RETRY_AFTER_SECONDS = 30
LONGEST_CHAIN = 20
NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
# Words by which SQLite and PostgreSQL say that they take no writes, or that somebody else writes.
SIGNS_OF_NO_WRITES = (
    "readonly", "read-only", "disk is full", "no space left", "disk i/o", "could not extend",
)  # fmt: skip
# SQLite says in the same class what PostgreSQL says in another: our own fault, not the database's.
SIGNS_OF_FAULT = ("no such table", "no such column")
SIGNS_OF_BUSY = ("database is locked", "deadlock", "lock timeout", "too many connections")

# Why Django refuses a form of our own site with a token that is not today's; where it came from
# has been checked by then.
OLD_TOKEN = {
    REASON_NO_CSRF_COOKIE,
    "CSRF token from POST incorrect.",
    "CSRF token from the 'X-Csrftoken' HTTP header incorrect.",
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Error 400: the request could not be read."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Error 403: a known person without the right to do this; the refusal's own words are shown."""
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Error 403 for a form that was sent without its token, or with one of a former login.

    The second is what a page sends that was opened before somebody logged in again, in another tab
    for instance: what was typed is kept for the person whose page it was, and nothing is done until
    they send it again themselves, from a page of ours. A form that another site sent is not kept.
    """
    context: dict[str, object] = {"stale_form": True}
    if reason in OLD_TOKEN and request.method == "POST":
        if "HX-Request" in request.headers:
            return part_of_a_page(request)
        arrival = received(request)
        if arrival.is_kept and not request.user.is_authenticated:
            return redirect(login_url(arrival))
        context |= {"arrival": arrival, "is_own": arrival.owner == request.user}
    return render(request, "403.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Error 404: no such page, or a record that this person may not see."""
    return render(request, "404.html", status=404)


def too_many(request: HttpRequest) -> HttpResponse:
    """Error 429: asked for too often; remembered, with the address it came from."""
    by = request.user.pk if request.user.is_authenticated else None
    record_refusal(by=by, note="too many requests")
    return render(request, "429.html", status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    """Error 500, or 503 when the database cannot be worked with; drawn without it.

    What was typed stands on the page and can be sent again from there.
    """
    return _sorry(request, _trouble_of(sys.exc_info()[1]))


def audit_unavailable(request: HttpRequest) -> HttpResponse:
    """Error 503: what is done must be remembered, and cannot be; drawn without the database."""
    return _sorry(request, Trouble.NOT_REMEMBERED)


def _sorry(request: HttpRequest, trouble: "Trouble | None") -> HttpResponse:
    status = 503 if trouble else 500
    context = {
        "app_version": settings.APP_VERSION,
        "trouble": trouble,
        "unsaved": unsaved_of(request),
        "address": request.get_full_path() if request.method in {"GET", "HEAD"} else "",
    }
    try:
        page = loader.get_template("500.html").render(context)
    except TemplateDoesNotExist:
        page = LAST_WORDS
    response = HttpResponse(page, status=status)
    # It may come from outside of `never_cached`, and shows what was typed.
    add_never_cache_headers(response)
    if trouble:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


class Trouble(StrEnum):
    """Why nothing can be done for now; the page says it in words."""

    AWAY = "away"
    NO_WRITES = "no writes"
    BUSY = "busy"
    NOT_REMEMBERED = "not remembered"


def _trouble_of(error: BaseException | None) -> Trouble | None:
    """What is wrong with the database or the disk; None for a fault of the program."""
    seen = 0
    while error is not None and seen < LONGEST_CHAIN:
        if isinstance(error, OSError) and error.errno in NO_SPACE:
            return Trouble.NO_WRITES
        if isinstance(error, (OperationalError, InterfaceError, InternalError)):
            return _trouble_in(str(error).lower())
        error, seen = error.__cause__ or error.__context__, seen + 1
    return None


def _trouble_in(words: str) -> Trouble | None:
    if any(sign in words for sign in SIGNS_OF_FAULT):
        return None
    if any(sign in words for sign in SIGNS_OF_NO_WRITES):
        return Trouble.NO_WRITES
    return Trouble.BUSY if any(sign in words for sign in SIGNS_OF_BUSY) else Trouble.AWAY
