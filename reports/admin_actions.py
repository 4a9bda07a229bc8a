"""Export from the administration's lists: the rows that were ticked, as a CSV file.

The right to see a row is not the right to take it out of the house. Rows of patients whom no
clinic follows in which the person may export are refused in words and numbers before anything
leaves, and the rest is handed out when it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Count, QuerySet, Subquery
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.access import ClinicRequest, clinics_shown
from accounts.models import Clinic
from accounts.permissions import Action, clinics_where, memberships_of, roles_in
from audit.recording import record_refusal
from patients.models import Patient
from reports.downloads import csv_response, note_export
from reports.record_reports import report_of_followed
from reports.report import FromQueries, Report
from reports.scope import Scope
from reports.selectors import followed_by

NAME = "export_selected"
ONLY_ALLOWED = "only_allowed"


@dataclass
class Selection:
    """The rows that were ticked: those that may leave, by clinic, and the others."""

    total: int
    allowed: dict[int, int]
    vanished: int
    refused_in: list[tuple[str, str, int]] = field(default_factory=list)
    """Clinic, the person's roles there, and the number of rows that may not leave."""

    @property
    def asked(self) -> int:
        """Number of rows that were ticked."""
        return self.total + self.vanished

    @property
    def leaving(self) -> int:
        """Number of rows that may leave."""
        return sum(self.allowed.values())

    @property
    def is_whole(self) -> bool:
        """Whether everything that was ticked may leave."""
        return self.leaving == self.total and not self.vanished


@admin.action(description="Export selected rows as CSV", permissions=["export"])
def export_selected(
    model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponseBase:
    """Hand out the ticked rows, or say which of them may not leave."""
    staff = cast(ClinicRequest, request)
    scope = Scope(_exporting_clinics(staff))
    report = _narrowed(report_of_followed(model_admin.model), queryset)
    selection = Selection(
        total=queryset.order_by().count(),
        allowed={pk: n for pk, n in report.count_by_clinic(scope).items() if n},
        vanished=_vanished(request, queryset),
    )
    if not selection.is_whole and (not selection.leaving or ONLY_ALLOWED not in request.POST):
        return _refused(model_admin, staff, queryset, selection, report, scope)
    note_export(staff.user, report, selection.allowed)
    day = timezone.localdate().isoformat()
    return csv_response(report, scope, file_name=f"{report.name}_{day}.csv")


def _exporting_clinics(request: ClinicRequest) -> list[Clinic]:
    """Where the person may export, the clinic chosen in the top bar first; refused when nowhere."""
    allowed = clinics_where(request.user, Action.EXPORT_IDENTIFIED)
    if not allowed:
        clinics_shown(request, Action.EXPORT_IDENTIFIED)
    clinics = [each.clinic for each in memberships_of(request.user) if each.clinic_id in allowed]
    return sorted(clinics, key=lambda clinic: clinic != request.clinic)


def _narrowed(report: Report, chosen: QuerySet[Any]) -> Report:
    """The report of the chosen rows only."""
    assert isinstance(report.source, FromQueries)  # noqa: S101 - for the type checker
    [everything], keys = report.source.queries, chosen.order_by().values("pk")
    return replace(report, source=FromQueries(lambda scope: everything(scope).filter(pk__in=keys)))


def _vanished(request: HttpRequest, chosen: QuerySet[Any]) -> int:
    """How many ticked rows are not in the list any more, when rows were ticked one by one."""
    if request.POST.get("select_across") == "1":
        return 0
    ticked = set(request.POST.getlist(ACTION_CHECKBOX_NAME))
    return max(0, len(ticked) - chosen.order_by().count())


def _refused(
    model_admin: Any,
    request: ClinicRequest,
    chosen: QuerySet[Any],
    selection: Selection,
    report: Report,
    scope: Scope,
) -> HttpResponseBase:
    """Say what may not leave, and offer the rest."""
    selection.refused_in = _refused_in(request, model_admin.model, chosen, report, scope)
    record_refusal(
        by=request.user,
        record_kind=report.name,
        note=f"{Action.EXPORT_IDENTIFIED}: {selection.asked - selection.leaving} of "
        f"{selection.asked} rows refused",
    )
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Export as CSV",
        "opts": model_admin.opts,
        "report": report,
        "selection": selection,
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
        "checkbox": ACTION_CHECKBOX_NAME,
        "action": NAME,
        "only_allowed": ONLY_ALLOWED,
    }
    status = 200 if selection.leaving else 403
    return TemplateResponse(request, "reports/admin_export.html", context, status=status)


def _refused_in(
    request: ClinicRequest, model: type, chosen: QuerySet[Any], report: Report, scope: Scope
) -> list[tuple[str, str, int]]:
    """The refused rows by the clinic that follows the patient, with one's roles there."""
    user = request.user
    clinics = {each.clinic_id: each.clinic for each in memberships_of(user)}
    follows = followed_by(list(clinics.values()), "pk" if model is Patient else "patient_id")
    assert isinstance(report.source, FromQueries)  # noqa: S101 - for the type checker
    [rows] = report.source.queries
    counted = (
        chosen.order_by()
        .exclude(pk__in=rows(scope).order_by().values("pk"))
        .annotate(followed_in=Subquery(follows.values("clinic_id")[:1]))
        .values_list("followed_in")
        .annotate(rows=Count("pk"))
    )
    return sorted(
        (str(clinics[pk]), " and ".join(role.label for role in roles_in(user, pk)), rows)
        for pk, rows in counted
        if pk is not None
    )
