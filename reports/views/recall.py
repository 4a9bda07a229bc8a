"""The call list: who is to be called, several booked at once, and the list as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import ClinicRequest, clinics_among
from accounts.kept.restoring import gives_back_what_was_typed
from accounts.models import Clinic
from accounts.permissions import Action, clinics_where
from accounts.shown_lists import note_list
from patients.models import Patient
from patients.models.patient import PatientQuerySet
from reports.downloads import csv_response, note_export
from reports.recall import (
    RecallFilter,
    RecallScope,
    narrowed,
    rows_of,
    to_call,
)
from reports.recall_report import recall_report
from reports.scope import Scope
from reports.views.booking import BookForm, book_for, ids_in, refused_elsewhere
from reports.views.patient_search import clinics_searched

PER_PAGE = 50
NAMES_APART = 20


@dataclass
class Visit:
    """One visit to the list: whose, of which clinics, narrowed to what."""

    request: ClinicRequest
    clinics: list[Clinic]
    filters: RecallFilter
    scope: RecallScope

    @property
    def chosen(self) -> dict[str, str]:
        """The codes that narrow the list."""
        return self.filters.chosen

    def shown(self) -> PatientQuerySet:
        """The patients that the list shows."""
        return narrowed(to_call(self.scope), self.chosen, self.scope.today)

    def ticked(self) -> list[UUID]:
        """The patients that are ticked, each once."""
        return ids_in(self.request.POST.getlist("patient"))


@gives_back_what_was_typed("book")
@require_http_methods(["GET", "POST"])
def recall(request: ClinicRequest) -> HttpResponse:
    """Patients to be called, the longest overdue first; several of them are booked at once."""
    visit = visit_of(request)
    form = BookForm(request.POST if request.method == "POST" else None, today=visit.scope.today)
    errors: Mapping[int, str] = {}
    if request.method == "POST" and form.is_valid() and "book" in request.POST:
        errors = book_for(request, visit.scope, visit.ticked(), form)
        if not errors and not form.errors:
            return redirect(request.get_full_path())
    return _page(visit, form, errors)


@require_GET
def recall_csv(request: ClinicRequest) -> StreamingHttpResponse:
    """The list as it is narrowed, of the clinics in which the user may export identified data."""
    visit = visit_of(request)
    scope = Scope(clinics_among(request, visit.scope.clinics, Action.EXPORT_IDENTIFIED))
    report = recall_report(visit.scope, visit.chosen)
    note_export(request.user, report, report.count_by_clinic(scope))
    return csv_response(report, scope, file_name=f"recall_{visit.scope.today.isoformat()}.csv")


def visit_of(request: ClinicRequest) -> Visit:
    """The clinics and the filters of this visit."""
    clinics = clinics_searched(request)
    filters = RecallFilter(request.GET, clinics)
    shown = filters.narrow_clinics(clinics)
    today = max(clinic.today() for clinic in shown)
    return Visit(request, clinics, filters, RecallScope(request.user, shown, today))


def _page(visit: Visit, form: BookForm, errors: Mapping[int, str]) -> HttpResponse:
    request, scope = visit.request, visit.scope
    page: Page[Patient] = Paginator(visit.shown(), PER_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(scope, list(page))
    ticked = set(visit.ticked()) if request.method == "POST" else set()
    for row in rows:
        row.error = errors.get(row.patient.pk, "")
        row.is_ticked = row.patient.public_id in ticked
    on_page = {row.patient.pk for row in rows}
    apart = _apart(visit)
    note_list(request, "recall", scope.clinics, rows=len(rows) + len(apart["patients"]))
    context: dict[str, Any] = {
        "clinics": visit.clinics,
        "filters": visit.filters,
        "is_filtered": bool(visit.chosen),
        "is_apart": "wish" in visit.chosen,
        "form": form,
        "rows": rows,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "today": scope.today,
        "apart": apart,
        "refused": len(errors),
        "refused_elsewhere": refused_elsewhere(scope, errors, on_page),
        "may_recall": any(row.writes_in for row in rows),
        "may_export": bool(_exporting(visit)),
        "query": request.GET.urlencode(),
        "back": quote(request.get_full_path(), safe=""),
    }
    return render(request, "reports/recall.html", context)


def _apart(visit: Visit) -> dict[str, Any]:
    """Who wants no contact, with the first names, and how many there are."""
    codes = {name: code for name, code in visit.chosen.items() if name != "wish"}
    found = narrowed(to_call(visit.scope), codes | {"wish": "none"}, visit.scope.today)
    first = list(found[:NAMES_APART])
    number = len(first) if len(first) < NAMES_APART else found.count()
    return {"patients": first, "number": number, "further": number - len(first)}


def _exporting(visit: Visit) -> list[int]:
    allowed = clinics_where(visit.request.user, Action.EXPORT_IDENTIFIED)
    return [clinic.pk for clinic in visit.scope.clinics if clinic.pk in allowed]
