"""The call list: who is to be called, several booked at once, and the list as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import ClinicRequest, clinics_shown
from accounts.kept.restoring import gives_back_what_was_typed
from accounts.models import Clinic
from accounts.permissions import Action, clinics_where
from followup.actions import RowsRefused, book_appointments
from followup.models import Appointment
from patients.days import spoken
from patients.forms.typed import ClockField, DayField
from patients.models import Patient
from patients.models.patient import PatientQuerySet
from reports.downloads import csv_response, note_export
from reports.recall import (
    RecallFilter,
    RecallRow,
    RecallScope,
    followed_patients,
    narrowed,
    rows_of,
    to_call,
)
from reports.recall_report import recall_report
from reports.scope import Scope
from reports.views.patient_search import clinics_searched

PER_PAGE = 50
NAMES_APART = 20
FURTHEST = timedelta(days=5 * 366)
NOBODY_TICKED = "Tick the patients for whom this is meant."
NOT_HERE = "You may not book for this patient, who is no longer followed in your clinic."


class BookForm(forms.Form):
    """One day and kind for everybody who is ticked."""

    kind = forms.ChoiceField(label="What for", choices=[("", "choose"), *Appointment.Kind.choices])
    planned_on = DayField(label="Day", required=True)
    planned_time = ClockField(label="Time", required=False)
    place = forms.CharField(max_length=120, required=False)

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data)
        self.today = today
        box = self.fields["planned_on"]
        assert isinstance(box, DayField)  # noqa: S101 - for the type checker
        box.today = today

    def clean_planned_on(self) -> date:
        """A day from today on, within five years."""
        day: date = self.cleaned_data["planned_on"]
        if day < self.today:
            raise forms.ValidationError(f"{spoken(day)} is over. Several are booked ahead only.")
        if day > self.today + FURTHEST:
            raise forms.ValidationError("This is more than five years ahead. Check the year.")
        return day


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
        errors = _book(visit, form)
        if not errors and not form.errors:
            return redirect(request.get_full_path())
    return _page(visit, form, errors)


@require_GET
def recall_csv(request: ClinicRequest) -> StreamingHttpResponse:
    """The list as it is narrowed, of the clinics in which the user may export identified data."""
    allowed = clinics_shown(request, Action.EXPORT_IDENTIFIED)
    visit = visit_of(request)
    scope = Scope([clinic for clinic in visit.scope.clinics if clinic.pk in allowed])
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


def ids_in(values: Sequence[str]) -> list[UUID]:
    """The opaque ids among what was sent, each once."""
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _book(visit: Visit, form: BookForm) -> Mapping[int, str]:
    """Book for everybody who is ticked; what stands against it, by patient, and nothing booked."""
    ids = visit.ticked()
    patients = list(followed_patients(visit.scope).filter(public_id__in=ids).order_by("id"))
    rows = rows_of(visit.scope, patients)
    refused = {row.patient.pk: NOT_HERE for row in rows if row.writes_in is None}
    if not ids:
        form.add_error(None, NOBODY_TICKED)
    elif len(patients) < len(ids):
        missing = len(ids) - len(patients)
        form.add_error(
            None, f"{missing} of those ticked died or is not followed here any more: tick anew."
        )
    if refused or form.errors:
        return refused
    booked = [(row.patient, row.writes_in) for row in rows if row.writes_in is not None]
    try:
        made = book_appointments(by=visit.request.user, booked=booked, **form.cleaned_data)
    except RowsRefused as refusal:
        return refusal.reasons
    except ValidationError as error:
        form.add_error(None, error.messages)
        return {}
    noun = "appointment" if len(made) == 1 else "appointments"
    day = spoken(form.cleaned_data["planned_on"])
    messages.success(visit.request, f"{len(made)} {noun} booked for {day}.")
    return {}


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
        "refused_elsewhere": _rows_elsewhere(scope, errors, on_page),
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


def _rows_elsewhere(
    scope: RecallScope, errors: Mapping[int, str], on_page: set[int]
) -> list[RecallRow]:
    """Refused patients whom the page does not show any more, with the reason."""
    keys = [key for key in errors if key not in on_page]
    if not keys:
        return []
    patients = Patient.objects.visible_to(scope.user).filter(pk__in=keys).order_by("id")
    rows = rows_of(scope, list(patients))
    for row in rows:
        row.error = errors[row.patient.pk]
    return rows


def _exporting(visit: Visit) -> list[int]:
    allowed = clinics_where(visit.request.user, Action.EXPORT_IDENTIFIED)
    return [clinic.pk for clinic in visit.scope.clinics if clinic.pk in allowed]
