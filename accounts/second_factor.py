"""Who has to show a second factor, and whether this session did.

Somebody who works in the administration always has to; a clinic may ask it of all its members
(`Clinic.requires_second_factor`). A session that began before the requirement is stopped as well:
it is asked for at every request, not at the login.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin

from accounts.kept.arrivals import received
from accounts.permissions import Role, memberships_of

if TYPE_CHECKING:
    from accounts.models import User

PROVEN = "second_factor_shown_by"
"""In the session: the id of the person who set up or showed a second factor in it."""
GOES_ON = "second_factor_goes_on"
"""In the session: the page that was asked for before the second factor was."""
REAL_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# On the way to a factor that one has: nothing else, or a stolen password would do.
TO_SHOW_IT = {
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "account_logout",
    "leave-administration",
    "accounts:session",
    "accounts:kept-left",
}
# On the way to a first one: the library's pages for it, which ask for the password again.
TO_SET_IT_UP = TO_SHOW_IT | {
    "accounts:second-factor-needed",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
}


def must_show(user: User) -> bool:
    """Whether this person works only after a second factor. Reads memberships once a request."""
    memberships = memberships_of(user)
    if any(membership.clinic.requires_second_factor for membership in memberships):
        return True
    return settings.ADMINISTRATION_NEEDS_SECOND_FACTOR and (
        user.is_staff
        or user.is_superuser
        or any(Role.CLINIC_ADMINISTRATOR in membership.roles for membership in memberships)
    )


def was_shown(request: HttpRequest) -> bool:
    """Whether a second factor was shown, or set up, in this session by whoever is logged in."""
    if request.session.get(PROVEN) == request.user.pk:
        return True
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def note_shown(request: HttpRequest, user: User) -> None:
    """They have just set one up in this session, or an identity provider vouches for them."""
    request.session[PROVEN] = user.pk


def note_gone(request: HttpRequest) -> None:
    """The last one was taken away in this session: nothing was shown any more."""
    request.session.pop(PROVEN, None)
    request.session.pop("account_authentication_methods", None)


def factors_of(user: User) -> list[Authenticator]:
    """The apps and keys of this person; recovery codes alone are none."""
    return list(Authenticator.objects.filter(user=user, type__in=REAL_FACTORS).order_by("id"))


class SecondFactorMiddleware(MiddlewareMixin):
    """Lets nobody on who has to show a second factor and did not; what they typed is kept."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """None where nothing is asked; else the way to the second factor."""
        user = request.user
        if not user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if not must_show(user) or was_shown(request):
            return None
        kinds = {factor.type for factor in factors_of(user)}
        match = request.resolver_match
        if match and match.view_name in (TO_SHOW_IT if kinds else TO_SET_IT_UP):
            return None
        if "HX-Request" in request.headers:
            return _said_on_top(request)
        goes_on = request.get_full_path() if request.method == "GET" else received(request).url
        if not kinds:
            request.session[GOES_ON] = goes_on
            return redirect("accounts:second-factor-needed")
        by_code = Authenticator.Type.TOTP in kinds
        page = "mfa_reauthenticate" if by_code else "mfa_reauthenticate_webauthn"
        return redirect(f"{reverse(page)}?{urlencode({'next': goes_on})}")


def _said_on_top(request: HttpRequest) -> HttpResponse:
    """A sentence for a part of a page; the page around it stays as it is."""
    answer = render(request, "accounts/_second_factor_asked.html", status=401)
    answer.headers["HX-Retarget"] = "#session-ended"
    answer.headers["HX-Reswap"] = "innerHTML"
    return answer
