"""Logging in through the hospital's own OpenID Connect provider; off unless configured.

Read by Django only where `MRTRACK_OIDC_URL` is set: it needs packages that are optional. What the
claims mean for roles is in `OIDC_ROLES`: for each clinic that is named there, the provider decides,
at every login; roles in other clinics are given here. docs/operators/single-sign-on.md says more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import jwt
from allauth.account.internal.decorators import login_not_required
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.actions import change_membership, create_user, grant_membership
from accounts.models import Clinic, Membership, User
from accounts.permissions import Role
from accounts.second_factor import note_shown
from audit.models import AuditAction
from audit.recording import record_failure

REASON = "claims of the identity provider"
# Signed with the provider's private key; never with a secret that both sides know.
ALGORITHMS = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"}

Claims = Mapping[str, Any]
Wanted = dict[str, list[Role]]
"""Clinic code to roles; a clinic that is named in the settings is there, if only with none."""


class CheckedTokens(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Checks the signature of an identity token although it comes straight from the provider."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            algorithm = jwt.get_unverified_header(id_token).get("alg")
        except jwt.PyJWTError as error:
            raise OAuth2Error("Invalid id_token") from error
        if algorithm not in ALGORITHMS:
            raise OAuth2Error("The id_token is not signed as it should be.")
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return claims


@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider. Public: a door."""
    return _answered(OAuth2LoginView, request, provider_id)


@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider. Public: a door."""
    return _answered(OAuth2CallbackView, request, provider_id)


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Who comes from the provider, and as what."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody makes an account for themselves: `pre_social_login` makes it, or nobody does."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find or make the account, and give it the roles of its claims.

        Raises PermissionDenied for claims that do not fit together, and answers at once when there
        is no account and no role to make one for.
        """
        if request.user.is_authenticated or sociallogin.state.get("process") != "login":
            raise PermissionDenied("Log out first.")
        claims = _claims_of(sociallogin)
        wanted = wanted_roles(claims)
        known = sociallogin.user if sociallogin.is_existing else None
        with transaction.atomic():
            user: User | None = known or _person(claims, wanted)
            if user is None or user.is_superuser:
                _refuse(request, user)
            sociallogin.user = sociallogin.account.user = user
            sociallogin.account.extra_data = {}  # nothing of the claims is kept
            sociallogin.account.save()
            if user.is_active:
                give_roles(user, wanted)
        if vouches_for_second_factor(claims):
            note_shown(request, user)

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Remember that somebody came from the provider and did not get in."""
        _remember(None)


def wanted_roles(claims: Claims) -> Wanted:
    """The roles that these claims give; values that the settings do not name give none."""
    held = claims.get(settings.OIDC_ROLES_CLAIM) or []
    values = {held} if isinstance(held, str) else {each for each in held if isinstance(each, str)}
    wanted: Wanted = {code: [] for given in settings.OIDC_ROLES.values() for code, _ in given}
    for value, given in settings.OIDC_ROLES.items():
        for code, role in given if value in values else []:
            if Role(role) not in wanted[code]:
                wanted[code].append(Role(role))
    return wanted


def give_roles(user: User, wanted: Wanted) -> None:
    """Make the roles in the clinics of the settings those of the claims; others stay."""
    clinics = {clinic.code: clinic for clinic in Clinic.objects.filter(code__in=wanted)}
    held = {
        each.clinic.code: each
        for each in Membership.objects.filter(user=user, clinic__in=clinics.values())
        .select_related("clinic")
        .order_by("id")
    }
    for code, clinic in sorted(clinics.items()):
        roles = [role for role in Role if role in wanted[code]]
        membership = held.get(code)
        if membership is None and roles:
            grant_membership(user=user, clinic=clinic, roles=roles, by=None, reason=REASON)
        elif membership is not None and set(membership.roles) != set(roles):
            change_membership(membership=membership, roles=roles, by=None, reason=REASON)


def vouches_for_second_factor(claims: Claims) -> bool:
    """Whether the provider says that it asked for more than a password, in words we were told."""
    methods = claims.get("amr") or []
    said = {methods} if isinstance(methods, str) else set(methods)
    return bool((said | {claims.get("acr")}) & set(settings.OIDC_SECOND_FACTOR))


def _claims_of(sociallogin: SocialLogin) -> Claims:
    """The claims of the signed token, with those of the provider's page about the same person."""
    data = sociallogin.account.extra_data
    token, page = data.get("id_token") or {}, data.get("userinfo") or {}
    if not token.get("sub") or page.get("sub", token["sub"]) != token["sub"]:
        raise PermissionDenied("The provider's answers do not fit together.")
    return {**page, **token}


def _person(claims: Claims, wanted: Wanted) -> User | None:
    """The account with this confirmed address, or a new one for somebody with a role."""
    email = claims.get("email") or ""
    if not email or claims.get("email_verified") is not True:
        return None
    found: User | None = User.objects.filter(email__iexact=email).order_by("pk").first()
    if found is not None:
        return found
    if not any(wanted.values()):
        return None
    return create_user(
        username=_free_name(claims.get("preferred_username") or email.partition("@")[0]),
        email=email,
        first_name=str(claims.get("given_name") or "")[:150],
        last_name=str(claims.get("family_name") or "")[:150],
        by=None,
    )


def _free_name(name: str) -> str:
    wanted = "".join(each for each in name if each.isalnum() or each in "@.+-_")[:140] or "user"
    taken = set(
        User.objects.filter(username__istartswith=wanted).values_list("username", flat=True)
    )
    lowered = {each.lower() for each in taken}
    names: Iterable[str] = (wanted, *(f"{wanted}{number}" for number in range(2, len(taken) + 3)))
    return next(each for each in names if each.lower() not in lowered)


def _refuse(request: HttpRequest, user: User | None) -> NoReturn:
    _remember(user)
    raise ImmediateHttpResponse(render(request, "accounts/no_role.html", status=403))


def _remember(user: User | None) -> None:
    record_failure(
        action=AuditAction.LOGIN_FAILED,
        by=None,
        record_kind="user",
        record_id=user.pk if user else "",
        note="single sign-on refused",
    )


def _answered(kind: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        view = kind.adapter_view(CheckedTokens(request, provider_id))
        answer: HttpResponse = view(request)
    except SocialApp.DoesNotExist as error:
        raise Http404("No such provider.") from error
    return answer
