"""The choice of a clinic in the top bar, and the administration's way out."""

from allauth.account.views import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.access import ClinicRequest
from accounts.middleware import CHOSEN_CLINIC


@require_POST
def choose_clinic(request: ClinicRequest) -> HttpResponse:
    """Keep the choice in the session: `clinic` is a public id, or empty for all of one's own.

    Answers 404 for a clinic of which one is no member, and goes back to `next`.
    """
    chosen = request.POST.get("clinic", "")
    if chosen and chosen not in {str(clinic.public_id) for clinic in request.clinics}:
        raise Http404("No such clinic.")
    request.session[CHOSEN_CLINIC] = chosen
    return redirect(_way_back(request))


def leave_administration(request: HttpRequest) -> HttpResponse:
    """Log out of the administration as everywhere else, so that the audit remembers it."""
    answer: HttpResponse = logout(request)
    return answer


def _way_back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # A word alone would be taken for the name of a page.
    return target if safe and target.startswith("/") else "/"
