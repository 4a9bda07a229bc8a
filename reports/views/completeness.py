"""Completeness of the records, with a goal for each measure; the goals; the figures as a file."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.access import ClinicRequest, clinic_or_404, clinics_among, require
from accounts.kept.restoring import gives_back_what_was_typed
from accounts.permissions import Action, clinics_where, may
from accounts.shown_lists import note_list
from followup.selectors import standings_are_current
from reports.completeness import (
    GoalsForm,
    completeness_in,
    goal_changes,
    goals_of,
    set_goals,
)
from reports.completeness_report import completeness_report
from reports.downloads import csv_response, note_export
from reports.scope import Scope
from reports.views.patient_search import clinics_searched


@require_safe
def completeness(request: ClinicRequest) -> HttpResponse:
    """What the records of each clinic hold of what is asked, and who lacks it."""
    if not clinics_where(request.user, Action.VIEW_PATIENT):
        administered = clinics_where(request.user, Action.MANAGE_CLINIC)
        for clinic in request.clinics:
            if clinic.pk in administered:
                # They see no patient; the goals are theirs all the same.
                return redirect("reports:completeness-goals", clinic.code)
    clinics = clinics_searched(request)
    found = completeness_in(request.user, clinics)
    note_list(request, "completeness", clinics, rows=sum(each.counted for each in found))
    context = {
        "clinics": clinics,
        "found": found,
        "stale_reason": standings_are_current(timezone.now()),
        "exporting": set(clinics_where(request.user, Action.EXPORT_IDENTIFIED)),
        "setting": set(clinics_where(request.user, Action.MANAGE_CLINIC)),
    }
    return render(request, "reports/completeness.html", context)


@require_GET
def completeness_csv(request: ClinicRequest) -> StreamingHttpResponse:
    """The figures as shown, of the clinics in which the user may export identified data."""
    clinics = clinics_among(request, clinics_searched(request), Action.EXPORT_IDENTIFIED)
    report = completeness_report(completeness_in(request.user, clinics))
    scope = Scope(clinics)
    note_export(request.user, report, report.count_by_clinic(scope))
    return csv_response(report, scope, file_name=f"completeness_{scope.today.isoformat()}.csv")


@gives_back_what_was_typed("save")
@require_http_methods(["GET", "HEAD", "POST"])
def completeness_goals(request: ClinicRequest, clinic_code: str) -> HttpResponse:
    """The goals of one clinic with their history; its administrators set them."""
    clinic = clinic_or_404(request, clinic_code)
    if request.method == "POST":
        require(request, Action.MANAGE_CLINIC, clinic)
    held = goals_of([clinic])[clinic.pk]
    form = GoalsForm(request.POST if request.method == "POST" else None, goals=held)
    if request.method == "POST" and form.is_valid() and "save" in request.POST:
        if form.has_changed():
            with transaction.atomic():
                set_goals(by=request.user, clinic=clinic, goals=form.cleaned_data)
            messages.success(request, f"The goals of {clinic.name} hold from today on.")
        else:
            messages.info(request, "Nothing was changed.")
        return redirect("reports:completeness-goals", clinic.code)
    context = {
        "clinic": clinic,
        "form": form,
        "changes": goal_changes(clinic),
        "may_set": may(request.user, Action.MANAGE_CLINIC, clinic),
        "may_view": may(request.user, Action.VIEW_PATIENT, clinic),
    }
    return render(request, "reports/completeness_goals.html", context)
