"""Somebody leaves: the account is closed or, where they work elsewhere too, roles are taken away.

Every page needs the right to manage the clinic (`MANAGE_CLINIC`).
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions
from accounts.access import ClinicRequest
from accounts.members_page import managed_clinic, manages_all_of, may_reset, membership_in
from accounts.models import Clinic, Membership
from audit.recording import record_refusal

OWN = "You cannot close your own account: ask another administrator."
SUPERUSER = "This account runs mrtrack itself: whoever else does that can close it."
ELSEWHERE = (
    "This account is closed, and its owner also works in clinics that you do not manage: whoever "
    "runs mrtrack can open it again."
)


@require_http_methods(["GET", "POST"])
def member_close(request: ClinicRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Close the account of a member who left, after a look at what that means.

    Who works in clinics that one does not manage has the roles here taken away instead.
    `what` is what was agreed to: where it is no longer what can be done, the page asks anew.
    """
    clinic = managed_clinic(request, public_id)
    row = _leaver(request, clinic, pk)
    act = "account" if may_reset(request.user, row.user) else "roles"
    if request.method == "POST" and request.POST.get("what") == act:
        if act == "account":
            actions.close_account(user=row.user, by=request.user)
            words = f"The account of {row.user.display_name} is closed, and all sessions are ended."
        else:
            actions.change_membership(membership=row, roles=[], by=request.user)
            words = f"{row.user.display_name} has no role in {clinic} any more."
        messages.success(request, words)
        return redirect("accounts:member-list", clinic.public_id)
    context = {"clinic": clinic, "row": row, "act": act}
    return render(request, "accounts/member_close.html", context)


@require_POST
def member_open(request: ClinicRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Open a closed account again, with the roles that it had."""
    clinic = managed_clinic(request, public_id)
    row = _leaver(request, clinic, pk, is_closed=True)
    if not manages_all_of(request.user, row.user):
        raise _refused(request, clinic, ELSEWHERE)
    actions.open_account(user=row.user, by=request.user)
    messages.success(request, f"The account of {row.user.display_name} is open again.")
    return redirect("accounts:member-list", clinic.public_id)


def _leaver(
    request: ClinicRequest, clinic: Clinic, pk: int, *, is_closed: bool = False
) -> Membership:
    """A member with a role here whose account is open, or closed; never oneself or a superuser."""
    row = membership_in(clinic, pk)
    if row.user == request.user:
        raise _refused(request, clinic, OWN)
    if row.user.is_superuser:
        raise _refused(request, clinic, SUPERUSER)
    if not row.roles or row.user.is_active is is_closed:
        raise Http404("Nothing to close or to open.")
    return row


def _refused(request: ClinicRequest, clinic: Clinic, words: str) -> PermissionDenied:
    record_refusal(
        by=request.user, clinic_id=clinic.pk, note="not allowed to close or open this account"
    )
    return PermissionDenied(words)
