"""Where somebody begins, by what they may do."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import ClinicRequest
from accounts.permissions import Action, clinics_where


@require_safe
def home(request: ClinicRequest) -> HttpResponse:
    """Patients for those who may see them, reports for those who may export, else what to do."""
    if clinics_where(request.user, Action.VIEW_PATIENT):
        return redirect("reports:patient-list")
    if clinics_where(request.user, Action.EXPORT_IDENTIFIED):
        return redirect("reports:report-list")
    return render(request, "reports/home.html")
