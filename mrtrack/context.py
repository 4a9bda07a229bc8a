"""What every page may show about the installation itself."""

import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.permissions import Action, clinics_where
from accounts.session_limits import left_of
from mrtrack.editions import rule_editions
from patients.emergency.selectors import access_used, number_to_review
from patients.models import EmergencyAccess


def instance(request: HttpRequest) -> dict[str, Any]:
    """Version, kind and name of the instance, and the editions of the rules for the footer."""
    return {
        "app_version": settings.APP_VERSION,
        "instance": settings.INSTANCE,
        "instance_name": settings.INSTANCE_NAME,
        "single_sign_on": settings.OIDC_NAME if settings.OIDC_URL else "",
        "mail_is_sent": settings.MAIL_IS_SENT,
        "rule_editions": rule_editions(),
        # Asked by the top bar, and only then: error pages must not need the database.
        "may_view_patients": lambda: _may_somewhere(request, Action.VIEW_PATIENT),
        "may_decide_somewhere": lambda: _may_somewhere(request, Action.DECIDE),
        "may_manage": lambda: _may_somewhere(request, Action.MANAGE_CLINIC),
        "may_erase": lambda: _may_somewhere(request, Action.ERASE_PATIENT),
        "may_view_waiting": lambda: _may_somewhere(request, Action.VIEW_WAITING),
        "may_view_audit": lambda: _may_somewhere(request, Action.VIEW_AUDIT),
        # For the warning before a session ends; asked by pages for somebody who is logged in.
        "session_left": lambda: left_of(request.session, now=time.time()).seconds,
        "may_break_glass": lambda: _may_somewhere(request, Action.BREAK_GLASS),
        # What every page of a record that was opened in an emergency says on top.
        "emergency_access": lambda: _emergency_access(request),
        "emergencies_to_review": lambda: _to_review(request),
        "may_import": lambda: _may_somewhere(request, Action.IMPORT_DATA),
    }


def _emergency_access(request: HttpRequest) -> EmergencyAccess | None:
    user = getattr(request, "user", None)
    return access_used(user) if user is not None else None


def _to_review(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    return number_to_review(user) if user is not None and user.is_authenticated else 0


def _may_somewhere(request: HttpRequest, action: Action) -> bool:
    """Whether the person may do this in any of their clinics; False before anybody is known."""
    user = getattr(request, "user", None)
    return user is not None and bool(clinics_where(user, action))
