"""The error pages: in the product's look, without a detail of what broke."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist, loader

# What is shown when not even the template of error 500 can be drawn.
LAST_WORDS = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Error</title>"
    "<h1>Something went wrong</h1><p>Nothing was saved. Please try again.</p></html>"
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Error 400: the request could not be read."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Error 403: a known person without the right to do this; the refusal's own words are shown."""
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Error 403 for a form that was sent without its token: usually a page left open for long."""
    return render(request, "403.html", {"stale_form": True}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Error 404: no such page, or a record that this person may not see."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Error 500, drawn without the database: it may be what broke."""
    try:
        page = loader.get_template("500.html").render({"app_version": settings.APP_VERSION})
    except TemplateDoesNotExist:
        page = LAST_WORDS
    return HttpResponse(page, status=500)
