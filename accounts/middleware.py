"""The clinics of the logged-in user, and the one chosen in the top bar."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin

from accounts.kept.arrivals import login_url, received
from accounts.kept.seat import renew_seat
from accounts.models import Clinic
from accounts.permissions import memberships_of

# The session holds the public id of the chosen clinic; absent means all of them.
CHOSEN_CLINIC = "chosen_clinic"


class ClinicMiddleware:
    """Sets `request.clinics` and `request.clinic`; one query per request of a logged-in user.

    Clock times are shown in the chosen clinic's time zone, or in that of the first one.

    The choice filters lists and nothing else: what somebody may see is the union of all their
    memberships. A choice whose membership has ended is forgotten by itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        clinics = [membership.clinic for membership in memberships_of(request.user)]
        request.clinics = clinics  # type: ignore[attr-defined]
        request.clinic = _chosen(request, clinics)  # type: ignore[attr-defined]
        with timezone.override(_zone(request.clinic, clinics)):  # type: ignore[attr-defined]
            return self.get_response(request)


class EndedSessionMiddleware(MiddlewareMixin):
    """Loses nothing of what is sent after a session has ended; stands before the one that asks to
    log in.

    A form is kept for the person who was given it, and the login page leads on to it. A part of a
    page that htmx asks for gets a sentence instead: the page around it stays as it is, typed values
    included. Every answer renews the cookie that says whose forms this browser holds.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Answer what nobody logged in has sent; None leaves everything else to others."""
        if request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if "HX-Request" in request.headers:
            return part_of_a_page(request)
        return redirect(login_url(received(request))) if request.method == "POST" else None

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Write down who is given forms now."""
        if hasattr(request, "user"):
            renew_seat(request, response)
        return response


def part_of_a_page(request: HttpRequest) -> HttpResponse:
    """The sentence for a page whose session ended, or whose token is old, put on top of it.

    401, which base.html tells htmx to show although it is an error.
    """
    response = render(request, "accounts/_session_ended.html", status=401)
    response.headers["HX-Retarget"] = "#session-ended"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _zone(chosen: Clinic | None, clinics: list[Clinic]) -> zoneinfo.ZoneInfo | None:
    clinic = chosen or next(iter(clinics), None)
    return zoneinfo.ZoneInfo(clinic.time_zone) if clinic else None


def _chosen(request: HttpRequest, clinics: list[Clinic]) -> Clinic | None:
    if not clinics:
        return None
    chosen = request.session.get(CHOSEN_CLINIC)
    return next((clinic for clinic in clinics if str(clinic.public_id) == chosen), None)
