"""The error pages: in the product's look, without a detail of what broke."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import redirect, render
from django.template import TemplateDoesNotExist, loader

from accounts.kept.arrivals import login_url, received
from accounts.middleware import part_of_a_page
from audit.recording import record_refusal

# What is shown when not even the template of error 500 can be drawn.
LAST_WORDS = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Error</title>"
    "<h1>Something went wrong</h1><p>Nothing was saved. Please try again.</p></html>"
)

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
    """Error 500, drawn without the database: it may be what broke."""
    try:
        page = loader.get_template("500.html").render({"app_version": settings.APP_VERSION})
    except TemplateDoesNotExist:
        page = LAST_WORDS
    return HttpResponse(page, status=500)
