"""Pages about oneself: the account, the way to a second factor, and how long the session lasts."""

import time

from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import get_adapter as sessions_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import ClinicRequest
from accounts.browser_names import browser_in_words
from accounts.permissions import Role, memberships_of
from accounts.second_factor import GOES_ON, factors_of, must_show
from accounts.session_limits import left_of, no_activity, note_activity


@require_GET
def account(request: ClinicRequest) -> HttpResponse:
    """One's own account: roles, password, second factor, sessions. Needs a login, no right."""
    user = request.user
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    context = {
        "addresses": EmailAddress.objects.filter(user=user).order_by("-primary", "email", "id"),
        "memberships": [
            (membership.clinic, [Role(role).label for role in membership.roles])
            for membership in memberships_of(user)
        ],
        "factors": [_in_words(factor) for factor in factors_of(user)],
        "has_app": any(each.type == Authenticator.Type.TOTP for each in factors_of(user)),
        "codes_left": _codes_left(codes) if codes else 0,
        "must_show": must_show(user),
        "sessions": [
            (row, browser_in_words(row.user_agent))
            for row in UserSession.objects.purge_and_list(user)
        ],
    }
    return render(request, "accounts/account.html", context)


@require_POST
@reauthentication_required
def session_end(request: ClinicRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions elsewhere; 404 for anybody else's.

    Who is there is asked again: a session left open ends nobody's own.
    """
    row = UserSession.objects.filter(pk=pk, user=request.user).first()
    if row is None or row.session_key == request.session.session_key:
        raise Http404("No such session.")
    sessions_adapter().end_sessions([row])
    messages.success(request, "That session has ended.")
    return redirect("accounts:account")


@require_GET
def second_factor_needed(request: ClinicRequest) -> HttpResponse:
    """Why a second factor is asked for, and the ways to one."""
    user = request.user
    if not must_show(user):
        return redirect("accounts:account")
    clinics = [each.clinic for each in memberships_of(user) if each.clinic.requires_second_factor]
    context = {"clinics": clinics, "has_factor": bool(factors_of(user))}
    return render(request, "accounts/second_factor_needed.html", context)


@require_POST
def second_factor_goes_on(request: ClinicRequest) -> HttpResponse:
    """On to the page that was asked for before the second factor was."""
    return redirect(request.session.pop(GOES_ON, "/"))


@login_not_required
@no_activity
@require_http_methods(["GET", "POST"])
def session(request: HttpRequest) -> HttpResponse:
    """Seconds left of this session; POST: somebody is here, which prolongs it.

    Open to everybody: who is not logged in is told that nothing is left.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"left": 0, "can_stay": False})
    now = time.time()
    if request.method == "POST":
        note_activity(request.session, now=now, at_once=True)
    left = left_of(request.session, now=now)
    return JsonResponse({"left": left.seconds, "can_stay": left.can_stay})


def _codes_left(codes: Authenticator) -> int:
    """How many recovery codes were not used, without reading what they are made from."""
    used: int = codes.data["used_mask"]
    return int(app_settings.RECOVERY_CODE_COUNT) - used.bit_count()


def _in_words(factor: Authenticator) -> dict[str, object]:
    is_key = factor.type == Authenticator.Type.WEBAUTHN
    return {
        "pk": factor.pk,
        "is_key": is_key,
        "name": factor.wrap().name if is_key else "App with codes",
        "is_passkey": is_key and factor.wrap().is_passwordless,
        "created_at": factor.created_at,
        "last_used_at": factor.last_used_at,
    }
