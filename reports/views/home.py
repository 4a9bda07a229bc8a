"""Where somebody begins, by what they may do."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import ClinicRequest
from accounts.models import Clinic
from accounts.permissions import Action, clinics_where, may, roles_in
from reports.saved_views import start_query


@require_safe
def home(request: ClinicRequest) -> HttpResponse:
    """Where one begins: Today in the view of one's choice, reports, else what to do."""
    if clinics_where(request.user, Action.VIEW_PATIENT):
        query = start_query(request.user)
        return redirect(f"{reverse('reports:worklist')}?{query}" if query else "reports:worklist")
    exports = (Action.EXPORT_IDENTIFIED, Action.EXPORT_DEIDENTIFIED)
    if any(clinics_where(request.user, action) for action in exports):
        return redirect("reports:report-list")
    places = [
        (clinic, _roles(request, clinic), _actions(request, clinic)) for clinic in request.clinics
    ]
    return render(
        request,
        "reports/home.html",
        {"places": places, "erases": bool(clinics_where(request.user, Action.ERASE_PATIENT))},
    )


def _roles(request: ClinicRequest, clinic: Clinic) -> list[str]:
    return [str(role.label) for role in roles_in(request.user, clinic)]


def _actions(request: ClinicRequest, clinic: Clinic) -> list[str]:
    """What the roles in this clinic allow, in words."""
    return [str(action.label) for action in Action if may(request.user, action, clinic)]
