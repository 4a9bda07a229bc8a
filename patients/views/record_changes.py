"""Changing a row under a reason, striking it, and two people at one row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import ClinicRequest
from accounts.kept.restoring import gives_back_what_was_typed
from accounts.models import Clinic
from patients.actions import change, strike
from patients.forms.records import ReasonForm, RecordForm
from patients.record_kinds import RecordKind
from patients.record_sheet import differences
from patients.views.access import clinic_to_write, identity, note_view, record_or_404
from patients.views.overtaken import not_struck
from patients.views.records import (
    Kinds,
    entry_form,
    is_to_be_saved,
    kind_or_404,
    name_of,
    sheet_context,
)
from patients.writing import StaleRecord

CONFLICT = 409


@dataclass
class Entry:
    """One visit to the form of a stored row: whose, in whose name."""

    request: ClinicRequest
    kind: RecordKind
    row: Any
    clinic: Clinic

    def form(self) -> RecordForm:
        """The form with what was typed, under a reason."""
        request, kind = self.request, self.kind
        return entry_form(
            request, kind, self.row.patient, self.clinic, instance=self.row, amending=True
        )


@gives_back_what_was_typed("save")
@require_http_methods(["GET", "POST"])
def record_edit(request: ClinicRequest, kind: str, record_id: UUID, kinds: Kinds) -> HttpResponse:
    """Change a stored row under a reason: same address, the former version stays."""
    found = kind_or_404(kinds, kind)
    row = record_or_404(request, found.model, record_id)
    clinic = clinic_to_write(request, row.patient, found.action)
    if not found.changes or (row.struck_at is not None and request.method == "GET"):
        return redirect(found.page_url(row))
    entry = Entry(request, found, row, clinic)
    with timezone.override(ZoneInfo(clinic.time_zone)):
        form = entry.form()
        if row.struck_at is not None:
            form.full_clean()
            return conflict(entry, form, StaleRecord(row))
        if is_to_be_saved(request, form) and _says_something_new(form):
            return _changed(entry, form) or _edit_page(entry, form)
        return _edit_page(entry, form)


def _says_something_new(form: RecordForm) -> bool:
    if set(form.changed_data) - {"reason", "version"}:
        return True
    form.add_error(None, "Nothing here differs from what is stored, so there is nothing to save.")
    return False


def _changed(entry: Entry, form: RecordForm) -> HttpResponse | None:
    """Write; answer with the way back or the conflict; None when the form has errors now."""
    try:
        row = change(
            form.save(commit=False),
            by=entry.request.user,
            clinic=entry.clinic,
            reason=form.cleaned_data["reason"],
            expected_version=form.expected_version,
        )
    except StaleRecord as stale:
        return conflict(entry, form, stale)
    except ValidationError as error:
        form.put_errors(error)
        return None
    name = name_of(entry.kind, row)
    messages.success(
        entry.request,
        f"{name} changed in the record at {entry.clinic}; the former version is kept.",
    )
    return redirect(entry.kind.page_url(row))


def _edit_page(entry: Entry, form: RecordForm) -> HttpResponse:
    note_view(entry.request, entry.row.patient, entry.row)
    stored = entry.kind.model._default_manager.select_related("patient").get(pk=entry.row.pk)
    context = {
        **identity(entry.request, entry.row.patient),
        "kind": entry.kind,
        "name": name_of(entry.kind, stored),
        "form": form,
        "clinic": entry.clinic,
        "is_only_checked": form.is_bound and not form.errors,
        "page_url": entry.kind.page_url(entry.row),
    }
    return render(entry.request, "patients/record_edit.html", context)


# ---- two people at one row -----------------------------------------------------------------------


@dataclass(frozen=True)
class Contest:
    """One value that the stored version and the typed one hold differently."""

    name: str
    label: str
    opened: str | None
    stored: str | None
    typed: str | None
    offer: str | None


def conflict(entry: Entry, form: RecordForm, stale: StaleRecord) -> HttpResponse:
    """The page that shows both versions; the form below it holds what was typed.

    Saving again from there is a decision taken with the other version in sight.
    """
    kind, model = entry.kind, entry.kind.model
    current = model._default_manager.select_related("patient").get(pk=stale.current.pk)
    note_view(entry.request, current.patient, current)
    context = {
        **identity(entry.request, current.patient),
        "kind": kind,
        "row": current,
        "name": name_of(kind, current),
        "current_history": current.history.select_related("history_user").first(),  # type: ignore[attr-defined]
        "contests": _contests(entry, form, current),
        "form": _form_again(entry, current),
        "clinic": entry.clinic,
        "page_url": kind.page_url(current),
        "edit_url": kind.edit_url(current),
        "add_url": kind.add_url(current.patient),
    }
    return render(entry.request, "patients/record_conflict.html", context, status=CONFLICT)


def _form_again(entry: Entry, current: Any) -> RecordForm:
    data = entry.request.POST.copy()
    data["version"] = str(current.version)
    fresh = entry.kind.model._default_manager.select_related("patient").get(pk=current.pk)
    form = _form_of(entry, fresh, data)
    form.full_clean()
    return form


def _form_of(entry: Entry, row: Any, data: Any = None) -> RecordForm:
    return entry.kind.form(
        data,
        patient=row.patient,
        today=entry.clinic.today(),
        zone=ZoneInfo(entry.clinic.time_zone),
        instance=row,
        amending=True,
    )


def _contests(entry: Entry, form: RecordForm, current: Any) -> list[Contest]:
    """Values that differ, each with what the box would hold to take the stored one."""
    opened = current.history.filter(version=form.expected_version).first()
    stored = _form_of(entry, current)
    before = {}
    if opened is not None:
        before = {each.name: each.before for each in differences(entry.kind.form, opened, current)}
    return [
        Contest(
            name=each.name,
            label=each.label,
            opened=before.get(each.name, each.before),
            stored=each.before,
            typed=each.after,
            offer=_offer(stored, each.name),
        )
        for each in differences(entry.kind.form, current, form.instance)
        if each.name in form.fields or each.name in form.moments
    ]


def _offer(stored: RecordForm, name: str) -> str | None:
    """What a single text box would hold; None for anything else, which is chosen by hand."""
    if name not in stored.fields:
        return None
    value = stored[name].value()
    return (value or "") if isinstance(value, str) or value is None else None


# ---- entered in error ----------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def record_strike(request: ClinicRequest, kind: str, record_id: UUID, kinds: Kinds) -> HttpResponse:
    """Mark a row as entered in error, under a reason; it stays readable and no longer counts."""
    found = kind_or_404(kinds, kind)
    row = record_or_404(request, found.model, record_id)
    clinic = clinic_to_write(request, row.patient, found.action)
    if not found.changes or (row.struck_at is not None and request.method == "GET"):
        return redirect(found.page_url(row))
    form = ReasonForm(request.POST or None, initial={"version": row.version})
    if row.struck_at is not None:
        return _not_struck(request, found, row, form)
    if request.method == "POST" and form.is_valid():
        answer = _struck(request, found, row, clinic, form)
        if answer is not None:
            return answer
        row.struck_at = row.struck_by = None
    note_view(request, row.patient, row)
    with timezone.override(ZoneInfo(clinic.time_zone)):
        context = {**sheet_context(request, found, row, row), "form": form, "clinic": clinic}
        return render(request, "patients/record_strike.html", context)


def _not_struck(
    request: ClinicRequest, kind: RecordKind, row: Any, form: ReasonForm
) -> HttpResponse:
    page = ("Open the record as it stands now", kind.page_url(row))
    return not_struck(request, row, what="this", form=form, page=page)


def _struck(
    request: ClinicRequest, kind: RecordKind, row: Any, clinic: Clinic, form: ReasonForm
) -> HttpResponse | None:
    """Write; answer with the way back; None when the row as it stands cannot be written."""
    try:
        if form.cleaned_data["version"] != row.version:
            raise StaleRecord(row)
        strike(row, by=request.user, clinic=clinic, reason=form.cleaned_data["reason"])
    except StaleRecord:
        return _not_struck(request, kind, row, form)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None
    with timezone.override(ZoneInfo(clinic.time_zone)):
        name = name_of(kind, row)
    messages.success(request, f"{name} is marked as entered in error and not used.")
    return redirect(kind.page_url(row))
