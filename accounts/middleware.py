"""The clinics of the logged-in user, and the one chosen in the top bar."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

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


def _zone(chosen: Clinic | None, clinics: list[Clinic]) -> zoneinfo.ZoneInfo | None:
    clinic = chosen or next(iter(clinics), None)
    return zoneinfo.ZoneInfo(clinic.time_zone) if clinic else None


def _chosen(request: HttpRequest, clinics: list[Clinic]) -> Clinic | None:
    if not clinics:
        return None
    chosen = request.session.get(CHOSEN_CLINIC)
    return next((clinic for clinic in clinics if str(clinic.public_id) == chosen), None)
