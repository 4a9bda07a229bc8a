"""A clinic's waiting times, and the patients behind each of their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from accounts.access import ClinicRequest, clinics_among, clinics_shown
from accounts.permissions import Action, clinics_where
from accounts.shown_lists import note_list
from guidelines.clock import Until
from guidelines.waiting import Wait
from reports.downloads import csv_response, note_export
from reports.scope import Scope
from reports.waiting import WITHIN_DAYS, WaitingFilter, WaitingScope, Waits, courses_of
from reports.waiting_list import in_order, listed, waiting_report
from reports.waiting_page import Links, panel_of, part_title

PER_PAGE = 50


@require_safe
def waiting(request: ClinicRequest) -> HttpResponse:
    """How long patients of the clinic chosen wait, for a decision and for an intervention."""
    scope = _scope(request, Action.VIEW_WAITING)
    form = WaitingFilter(request.GET, editions=scope.editions, today=scope.today)
    courses = courses_of(scope, form)
    note_list(
        request, "waiting_times", scope.clinics, rows=len(courses), action=Action.VIEW_WAITING
    )
    links = Links(form.address, may_open=_may_open(request, scope))
    context = {
        "clinics": scope.clinics,
        "today": scope.today,
        "form": form,
        "is_filtered": bool(form.address),
        "within_days": WITHIN_DAYS,
        "panels": [panel_of(Waits(until, courses, scope.today), links) for until in Until],
        "has_courses": bool(courses),
        "not_computed": scope.not_computed(),
        "has_editions": bool(scope.editions),
        "may_open": links.may_open,
    }
    return render(request, "reports/waiting.html", context)


@require_safe
def waiting_patients(request: ClinicRequest) -> HttpResponse:
    """The patients behind one number, the longest wait first."""
    asked = _asked(request, Action.VIEW_PATIENT)
    page = Paginator(asked.chosen, PER_PAGE).get_page(request.GET.get("page"))
    places = asked.scope.places
    clinics = asked.scope.clinics
    exporting = set(clinics_where(request.user, Action.EXPORT_IDENTIFIED))
    rows = listed(request.user, asked.waits, list(page), places, clinics)
    note_list(request, "waiting", clinics, rows=len(rows))
    context = {
        "clinics": clinics,
        "today": asked.scope.today,
        "form": asked.form,
        "title": part_title(asked.waits.until, asked.part, asked.by, asked.month),
        "until": asked.waits.until,
        "basis": asked.form.basis_chosen,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "rows": rows,
        "query": request.GET.urlencode(),
        "may_export": all(clinic.pk in exporting for clinic in clinics),
    }
    return render(request, "reports/waiting_patients.html", context)


@require_GET
def waiting_csv(request: ClinicRequest) -> StreamingHttpResponse:
    """The same list as a file."""
    asked = _asked(request, Action.VIEW_PATIENT)
    clinics = clinics_among(request, asked.scope.clinics, Action.EXPORT_IDENTIFIED)
    places = asked.scope.places
    basis = asked.form.basis_chosen
    report = waiting_report(request.user, asked.waits, asked.chosen, places, clinics, basis)
    scope = Scope(clinics)
    note_export(request.user, report, report.count_by_clinic(scope))
    return csv_response(report, scope, file_name=f"waiting_{asked.scope.today.isoformat()}.csv")


def _scope(request: ClinicRequest, action: Action) -> WaitingScope:
    """The clinics that the page covers: those where one may read waiting times and do this."""
    shown = set(clinics_shown(request, Action.VIEW_WAITING)) & set(clinics_shown(request, action))
    if not shown:
        raise PermissionDenied(
            "In no clinic do your roles allow you both to read waiting times and to open records."
        )
    return WaitingScope([clinic for clinic in request.clinics if clinic.pk in shown])


def _may_open(request: ClinicRequest, scope: WaitingScope) -> bool:
    """Whether every patient who is counted may be named to this person."""
    allowed = set(clinics_where(request.user, Action.VIEW_PATIENT))
    return all(clinic.pk in allowed for clinic in scope.clinics)


@dataclass(frozen=True)
class _Asked:
    """One list: of which waits, narrowed to which part."""

    scope: WaitingScope
    form: WaitingFilter
    waits: Waits
    part: str
    by: int | None
    month: date | None
    chosen: list[Wait]


def _asked(request: ClinicRequest, action: Action) -> _Asked:
    """The list that the address names; raises ``Http404`` for one that there is not."""
    scope = _scope(request, action)
    form = WaitingFilter(request.GET, editions=scope.editions, today=scope.today)
    part = request.GET.get("part", "all")
    try:
        until = Until(request.GET.get("until", Until.DECISION.value))
        by = int(request.GET["by"]) if "by" in request.GET else None
        month = date.fromisoformat(request.GET["month"]) if "month" in request.GET else None
        waits = Waits(until, courses_of(scope, form), scope.today)
        chosen = in_order(waits.group(part, by=by, month=month))
    except (LookupError, ValueError):
        raise Http404("There is no such list.") from None
    return _Asked(scope, form, waits, part, by, month, chosen)
