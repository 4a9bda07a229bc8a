"""Members of a clinic, invitations into it, and help for members who cannot log in.

Every page needs the right to manage the clinic (`MANAGE_CLINIC`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import actions, invitations
from accounts.access import ClinicRequest, clinics_shown, require
from accounts.forms import InviteForm, RolesForm
from accounts.models import Clinic, Invitation, Membership, User
from accounts.permissions import Action, Role, clinics_where
from accounts.second_factor import REAL_FACTORS

LINK = "link_to_hand_over"
"""In the session until it is shown, once: what the link is for, for whom, and the link."""
SHOWN_FOR = 10 * 60  # seconds


@require_GET
def members(request: ClinicRequest) -> HttpResponse:
    """To the members of the chosen clinic, or of the first that one manages."""
    managed = clinics_shown(request, Action.MANAGE_CLINIC)
    clinic = Clinic.objects.filter(pk__in=managed).order_by("name", "id")[0]
    return redirect("accounts:member-list", clinic.public_id)


@require_http_methods(["GET", "POST"])
def member_list(request: ClinicRequest, public_id: UUID) -> HttpResponse:
    """Who works in this clinic, and who is invited; POST invites somebody."""
    clinic = managed_clinic(request, public_id)
    form = InviteForm(request.POST if request.method == "POST" else None, clinic=clinic)
    if request.method == "POST" and form.is_valid():
        invitation, word = invitations.invite(
            clinic=clinic,
            email=form.cleaned_data["email"],
            roles=[Role(role) for role in form.cleaned_data["roles"]],
            by=request.user,
        )
        _hand_over_invitation(request, invitation, word)
        return redirect("accounts:member-list", clinic.public_id)
    managed = Clinic.objects.filter(pk__in=clinics_where(request.user, Action.MANAGE_CLINIC))
    rows = _rows(request.user, clinic)
    context = {
        "clinic": clinic,
        "others": managed.exclude(pk=clinic.pk),
        "rows": [row for row in rows if row.user.is_active],
        "closed": [row for row in rows if not row.user.is_active],
        "invitations": invitations.open_invitations(clinic, at=timezone.now()),
        "form": form,
        "link": _link_to_show(request),
        "mail_is_sent": settings.MAIL_IS_SENT,
    }
    return render(request, "accounts/member_list.html", context)


@require_http_methods(["GET", "POST"])
def member_roles(request: ClinicRequest, public_id: UUID, pk: int) -> HttpResponse:
    """The roles of one member."""
    clinic = managed_clinic(request, public_id)
    membership = membership_in(clinic, pk)
    form = RolesForm(request.POST or None, initial={"roles": membership.roles})
    if request.method == "POST":
        form = RolesForm(request.POST)
        if form.is_valid():
            roles = [Role(role) for role in form.cleaned_data["roles"]]
            actions.change_membership(membership=membership, roles=roles, by=request.user)
            messages.success(request, f"The roles of {membership.user.display_name} are changed.")
            return redirect("accounts:members")
    return render(
        request, "accounts/member_roles.html", {"form": form, "clinic": clinic, "row": membership}
    )


@require_POST
def member_reset(request: ClinicRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Help somebody back in: `what` is a link to a new password, or a lost second factor.

    Only for people all of whose clinics one manages: it would open the others' doors.
    """
    clinic = managed_clinic(request, public_id)
    user = membership_in(clinic, pk).user
    what = request.POST.get("what", "")
    if not may_reset(request.user, user) or what not in {"password", "factor"}:
        raise Http404("No such act.")
    if what == "factor":
        removed = actions.reset_second_factor(user=user, by=request.user)
        words = "removed; sessions are ended" if removed else "not there: nothing to remove"
        messages.success(request, f"The second factor of {user.display_name} is {words}.")
    else:
        token = PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
        url = get_adapter().get_reset_password_from_key_url(f"{user_pk_to_url_str(user)}-{token}")
        actions.note_password_link(user=user, by=request.user)
        _keep_link(request, f"a new password for {user.display_name}", url)
    return redirect("accounts:member-list", clinic.public_id)


@require_POST
def invitation_withdraw(request: ClinicRequest, public_id: UUID) -> HttpResponse:
    """Withdraw an open invitation into a clinic that one manages."""
    invitation = _invitation(request, public_id)
    try:
        invitations.withdraw(invitation=invitation, by=request.user)
        messages.success(request, "The invitation is withdrawn. Its link opens nothing any more.")
    except invitations.GoneError:
        messages.info(request, "This invitation was used or withdrawn already.")
    return redirect("accounts:member-list", invitation.clinic.public_id)


@require_POST
def invitation_renew(request: ClinicRequest, public_id: UUID) -> HttpResponse:
    """A new link for an open invitation, when the first was lost."""
    invitation = _invitation(request, public_id)
    try:
        word = invitations.renew(invitation=invitation, by=request.user)
        _hand_over_invitation(request, invitation, word)
    except invitations.GoneError:
        messages.info(request, "This invitation was used or withdrawn already.")
    return redirect("accounts:member-list", invitation.clinic.public_id)


def may_reset(by: User, user: User) -> bool:
    """Whether `by` may help this person back in, or close their account."""
    return user.is_active and manages_all_of(by, user)


def manages_all_of(by: User, user: User) -> bool:
    """Whether `by` manages every clinic in which this person holds a role; never oneself."""
    if user == by or user.is_superuser:
        return False
    held = {each.clinic_id for each in user.memberships.all() if each.roles}
    return bool(held) and held <= set(clinics_where(by, Action.MANAGE_CLINIC))


def managed_clinic(request: ClinicRequest, public_id: UUID) -> Clinic:
    """The clinic of this address, for whoever manages it."""
    clinic = get_object_or_404(Clinic, public_id=public_id)
    require(request, Action.MANAGE_CLINIC, clinic)
    return clinic


def membership_in(clinic: Clinic, pk: int) -> Membership:
    """A person's row in this clinic; 404 for one of another."""
    rows = Membership.objects.select_related("user", "clinic")
    membership: Membership = get_object_or_404(rows, pk=pk, clinic=clinic)
    return membership


def _invitation(request: ClinicRequest, public_id: UUID) -> Invitation:
    rows = Invitation.objects.select_related("clinic")
    invitation: Invitation = get_object_or_404(rows, public_id=public_id)
    require(request, Action.MANAGE_CLINIC, invitation.clinic)
    return invitation


@dataclass(frozen=True)
class Row:
    """A member who holds a role here, and what can be done for them."""

    membership: Membership
    has_factor: bool
    manages_all: bool
    is_oneself: bool

    @property
    def user(self) -> User:
        """The person."""
        return self.membership.user


def _rows(by: User, clinic: Clinic) -> list[Row]:
    """Members who hold a role, closed accounts among them; four queries for any number."""
    memberships = [
        each
        for each in Membership.objects.filter(clinic=clinic)
        .select_related("user")
        .prefetch_related("user__memberships")
        .order_by("user__last_name", "user__first_name", "user__username", "id")
        if each.roles
    ]
    users = [each.user_id for each in memberships]
    with_factor = set(
        Authenticator.objects.filter(user__in=users, type__in=REAL_FACTORS).values_list(
            "user_id", flat=True
        )
    )
    return [
        Row(
            membership=each,
            has_factor=each.user_id in with_factor,
            manages_all=manages_all_of(by, each.user),
            is_oneself=each.user_id == by.pk,
        )
        for each in memberships
    ]


def _hand_over_invitation(request: ClinicRequest, invitation: Invitation, word: str) -> None:
    """Show the link to the administrator, and send it where mail is sent."""
    path = reverse("accounts:invitation", args=[quote(word)])
    url = request.build_absolute_uri(path)
    _keep_link(request, f"the invitation of {invitation.email}", url)
    if not settings.MAIL_IS_SENT:
        return
    text = render_to_string("accounts/invitation_mail.txt", {"invitation": invitation, "url": url})
    try:
        send_mail("[mrtrack] Invitation", text, None, [invitation.email])
        messages.success(request, f"The invitation was sent to {invitation.email}.")
    except OSError:
        messages.warning(request, "The mail could not be sent. Hand the link over yourself.")


def _keep_link(request: ClinicRequest, what: str, url: str) -> None:
    request.session[LINK] = {"what": what, "url": url, "at": int(time.time())}


def _link_to_show(request: ClinicRequest) -> dict[str, object] | None:
    link = request.session.pop(LINK, None) if LINK in request.session else None
    return link if link and time.time() - link["at"] < SHOWN_FOR else None
