"""Asking for a right in a view: allowed, or refused and remembered."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from accounts.models import Clinic, User
from accounts.permissions import Action, Role, allowing_role, clinics_where, roles_in
from audit.recording import record_refusal


class ClinicRequest(HttpRequest):
    """A logged-in request as `ClinicMiddleware` leaves it."""

    user: User
    # The clinics of one's memberships, by name.
    clinics: list[Clinic]
    # The one chosen in the top bar; None means all of them.
    clinic: Clinic | None


def require(request: HttpRequest, action: Action, clinic: Clinic) -> str:
    """Return the role through which the action is allowed in this clinic, for the audit event.

    Raises PermissionDenied, in words, for a member whose roles do not allow it, and Http404 for
    anybody else: another clinic is not shown to exist. Either refusal is remembered.
    """
    role = allowing_role(request.user, action, clinic)
    if role:
        return role
    roles = roles_in(request.user, clinic)
    record_refusal(
        by=request.user, clinic_id=clinic.pk, role=",".join(roles), note=f"not allowed to {action}"
    )
    if not roles:
        raise Http404("No such record.")
    raise PermissionDenied(_refusal(roles, action, clinic))


def clinic_or_404(request: ClinicRequest, code: str) -> Clinic:
    """The clinic of this code among those of the user's memberships; another does not exist."""
    for clinic in request.clinics:
        if clinic.code == code:
            return clinic
    raise Http404("No such clinic.")


def clinics_among(request: HttpRequest, clinics: Sequence[Clinic], action: Action) -> list[Clinic]:
    """Those of a page's clinics in which one may do this; ``clinics`` holds at least one.

    Raises PermissionDenied, remembered, when that leaves none.
    """
    allowed = clinics_shown(request, action)
    found = [clinic for clinic in clinics if clinic.pk in allowed]
    if not found:
        require(request, action, clinics[0])
    return found


def clinics_shown(request: HttpRequest, action: Action) -> list[int]:
    """Return the ids of the clinics a page covers: the chosen one, or all where one may do this.

    Raises PermissionDenied, remembered, when that leaves none.
    """
    allowed = clinics_where(request.user, action)
    chosen: Clinic | None = request.clinic  # type: ignore[attr-defined]
    shown = [pk for pk in allowed if chosen is None or pk == chosen.pk]
    if not shown:
        record_refusal(
            by=request.user,
            clinic_id=chosen.pk if chosen else None,
            note=f"not allowed to {action}",
        )
        place = f"in {chosen}" if chosen else "in any of your clinics"
        raise PermissionDenied(f"Your role does not allow you to {action.label} {place}.")
    return shown


def _refusal(roles: list[Role], action: Action, clinic: Clinic) -> str:
    held = " and ".join(role.label for role in roles)
    return f"In {clinic} your role is {held}. It does not allow you to {action.label}."
