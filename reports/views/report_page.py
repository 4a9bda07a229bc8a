"""One report: narrow it, look at its first rows, take it along."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.access import ClinicRequest, clinics_shown
from accounts.kept.restoring import gives_back_what_was_typed
from accounts.models import Clinic
from accounts.permissions import Action, allowing_role, memberships_of
from audit.models import AuditAction
from audit.recording import record_many
from reports.catalogue import REPORTS
from reports.downloads import file_response
from reports.report import Report
from reports.report_form import ScopeForm, TakeForm, known_clinic_or_404
from reports.scope import Scope

PREVIEWED = 10


@gives_back_what_was_typed("take")  # type: ignore[arg-type] # the file itself is a stream
@require_http_methods(["GET", "POST"])
def report_page(request: ClinicRequest, name: str) -> HttpResponseBase:
    """The filters stand in the address, so that what is shown is what is taken."""
    report = REPORTS.get(name)
    if report is None:
        raise Http404("No such report.")
    clinics = exporting_clinics(request, report.action)
    known_clinic_or_404(clinics, request.GET.get("clinic", ""))
    narrow = ScopeForm(request.GET, report=report, clinics=clinics)
    scope = narrow.scope() if narrow.is_valid() else None
    data = request.POST if request.method == "POST" else None
    taking = TakeForm(data, report=report, scope=scope)
    if "take" in request.POST and taking.is_valid() and scope is not None:
        return file_response(*taking.order(report, scope, request.user))
    return _page(request, report, narrow, taking, scope)


def exporting_clinics(request: ClinicRequest, action: Action) -> list[Clinic]:
    """Where the person may do this, the clinic chosen in the top bar alone where there is one.

    Raises PermissionDenied, in words and remembered, when that leaves none.
    """
    shown = clinics_shown(request, action)
    return [each.clinic for each in memberships_of(request.user) if each.clinic_id in shown]


def _page(
    request: ClinicRequest,
    report: Report,
    narrow: ScopeForm,
    taking: TakeForm,
    scope: Scope | None,
) -> HttpResponse:
    counts = report.count_by_clinic(scope) if scope is not None else {}
    rows = list(islice(report.rows(scope), PREVIEWED)) if scope is not None else []
    if scope is not None:
        _note_preview(request, report, scope, len(rows))
    context = {
        "report": report,
        "narrow": narrow,
        "taking": taking,
        "scope": scope,
        "rows": rows,
        "number": sum(counts.values()),
        "parts": _parts(scope, counts),
    }
    return render(request, "reports/report_page.html", context)


def _parts(scope: Scope | None, counts: dict[int, int]) -> Sequence[tuple[Clinic, int]]:
    """The rows of each clinic, where there are several."""
    if scope is None or len(scope.clinics) < 2:
        return []
    return [(clinic, counts[clinic.pk]) for clinic in scope.clinics]


def _note_preview(request: ClinicRequest, report: Report, scope: Scope, rows: int) -> None:
    """The first rows are patients' data too: that they were opened is kept."""
    record_many(
        {
            "action": AuditAction.VIEW,
            "by": request.user,
            "clinic_id": clinic.pk,
            "role": allowing_role(request.user, report.action, clinic),
            "record_kind": report.name,
            "counts": {"rows": rows},
            "note": "first rows of a report",
        }
        for clinic in scope.clinics
    )
