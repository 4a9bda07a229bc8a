"""The clinics of the logged-in user, and the one chosen in the top bar."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from accounts.models import Clinic
from accounts.permissions import memberships_of

# The session holds the public id of the chosen clinic; absent means all of them.
CHOSEN_CLINIC = "chosen_clinic"


class ClinicMiddleware:
    """Sets `request.clinics` and `request.clinic`; one query per request of a logged-in user.

    The choice filters lists and nothing else: what somebody may see is the union of all their
    memberships. A choice whose membership has ended is forgotten by itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        clinics = [membership.clinic for membership in memberships_of(request.user)]
        request.clinics = clinics  # type: ignore[attr-defined]
        request.clinic = _chosen(request, clinics)  # type: ignore[attr-defined]
        return self.get_response(request)


def _chosen(request: HttpRequest, clinics: list[Clinic]) -> Clinic | None:
    if not clinics:
        return None
    chosen = request.session.get(CHOSEN_CLINIC)
    return next((clinic for clinic in clinics if str(clinic.public_id) == chosen), None)
