"""One report: narrow it, look at its first rows, take it along."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from django.conf import settings
from django.http import Http404, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import ClinicRequest, clinics_shown
from accounts.kept.restoring import gives_back_what_was_typed
from accounts.models import Clinic
from accounts.permissions import Action, allowing_role, memberships_of
from audit.models import AuditAction
from audit.recording import record_many
from reports.catalogue import REPORTS
from reports.downloads import file_response
from reports.extracts.extract import extract_of
from reports.extracts.pseudonyms import has_key
from reports.jobs import LONG_FROM_ROWS, TooManyJobsError, order_report
from reports.report import Report
from reports.report_form import ScopeForm, TakeForm, TakeReportForm, known_clinic_or_404
from reports.scope import Scope

PREVIEWED = 10


@gives_back_what_was_typed("take", "later")  # type: ignore[arg-type] # the file itself is a stream
@require_http_methods(["GET", "POST"])
def report_page(request: ClinicRequest, name: str) -> HttpResponseBase:
    """The filters stand in the address, so that what is shown is what is taken."""
    report = REPORTS.get(name)
    if report is None:
        raise Http404("No such report.")
    narrow = _narrowed(request, report)
    scope = narrow.scope() if narrow.is_valid() else None
    taking = TakeReportForm(_sent(request), report=report, scope=scope)
    return _taken(request, report, scope, taking) or render(
        request, "reports/report_page.html", _shown(request, report, narrow, taking, scope)
    )


@gives_back_what_was_typed("take", "later")  # type: ignore[arg-type] # the file itself is a stream
@require_http_methods(["GET", "POST"])
def report_extract(request: ClinicRequest, name: str) -> HttpResponseBase:
    """The same without identity, as far as there is a key; it leaves as a zip with its receipt."""
    report = extract_of(name)
    if report is None:
        raise Http404("No such extract.")
    narrow = _narrowed(request, report)
    scope = narrow.scope() if has_key() and narrow.is_valid() else None
    taking = TakeForm(_sent(request))
    taken = _taken(request, report, scope, taking)
    if taken is not None:
        return taken
    context = _shown(request, report, narrow, taking, scope)
    context |= {"has_key": has_key(), "risk": report.more_in_receipt() if scope else None}
    return render(request, "reports/report_extract.html", context)


def _narrowed(request: ClinicRequest, report: Report) -> ScopeForm:
    """The filters of the address, with the clinics to choose from; a wrong one is not found."""
    clinics = exporting_clinics(request, report.action)
    known_clinic_or_404(clinics, request.GET.get("clinic", ""))
    narrow = ScopeForm(request.GET, report=report, clinics=clinics)
    narrow.refuse_strangers()
    return narrow


def _sent(request: ClinicRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _taken(
    request: ClinicRequest, report: Report, scope: Scope | None, taking: TakeForm
) -> HttpResponseBase | None:
    """The file, or the page of its making; ``None`` where the report's own page is shown."""
    if scope is None or not {"take", "later"} & set(request.POST) or not taking.is_valid():
        return None
    order, form = taking.order(report, scope, request.user)
    if "take" in request.POST:
        return file_response(order, form)
    try:
        job = order_report(order, form)
    except TooManyJobsError as error:
        taking.add_error(None, str(error))
        return None
    return redirect("reports:report-job", job.public_id)


def exporting_clinics(request: ClinicRequest, action: Action) -> list[Clinic]:
    """Where the person may do this, the clinic chosen in the top bar alone where there is one.

    Raises PermissionDenied, in words and remembered, when that leaves none.
    """
    shown = clinics_shown(request, action)
    return [each.clinic for each in memberships_of(request.user) if each.clinic_id in shown]


def _shown(
    request: ClinicRequest,
    report: Report,
    narrow: ScopeForm,
    taking: TakeForm,
    scope: Scope | None,
) -> dict[str, Any]:
    """What the page shows; that the first rows were opened is noted."""
    counts = report.count_by_clinic(scope) if scope is not None else {}
    rows = list(islice(report.rows(scope), PREVIEWED)) if scope is not None else []
    if scope is not None:
        _note_preview(request, report, scope, len(rows))
    return {
        "report": report,
        "narrow": narrow,
        "taking": taking,
        "scope": scope,
        "rows": rows,
        "number": sum(counts.values()),
        "is_long": sum(counts.values()) >= LONG_FROM_ROWS,
        "kept_hours": settings.REPORT_KEPT_HOURS,
        "parts": _parts(scope, counts),
    }


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
