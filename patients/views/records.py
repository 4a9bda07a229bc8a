"""The pages that every kind of record has: list, entry, one row, a former version of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import ClinicRequest
from accounts.kept.restoring import gives_back_what_was_typed
from accounts.models import Clinic
from patients.actions import record
from patients.days import spoken
from patients.forms.records import ACCEPT, FOLLOW, Before, RecordForm, accepted
from patients.models import Patient
from patients.record_kinds import RecordKind
from patients.record_rows import rows_seen, strike_reasons, values_before, versions_of
from patients.record_sheet import label_of, moment_text, sheet_of, unit_of, with_unit
from patients.selectors import known_until, registrations_seen_by, version_known, writing_clinic
from patients.views.access import (
    clinic_to_write,
    identity,
    note_view,
    open_patient_or_404,
    patient_url,
    record_or_404,
)

Kinds = Mapping[str, RecordKind]
ROWS_ON_A_PAGE = 100
COLUMNS = 5
BACK = "back"
KEPT = "record_kept"
"""Where the session holds what stays filled in from one entry to the next."""


@dataclass(frozen=True)
class Listed:
    """One row as the list shows it."""

    row: Any
    day: str
    cells: list[str | None]
    url: str
    struck_because: str


@dataclass(frozen=True)
class Choice:
    """One value by which a list may be narrowed, and how many rows have it."""

    value: str
    label: str
    number: int
    query: str
    is_chosen: bool


@require_GET
def record_list(request: ClinicRequest, patient_id: UUID, kind: str, kinds: Kinds) -> HttpResponse:
    """All rows of one kind of one patient, newest first, with those struck."""
    found = kind_or_404(kinds, kind)
    patient = open_patient_or_404(request, patient_id)
    registrations = registrations_seen_by(request.user, patient)
    known_at = known_until(registrations)
    if known_at is not None:
        patient = version_known(Patient, patient.pk, known_at) or patient
    note_view(request, patient)
    rows = rows_seen(found.model, patient, registrations)
    found.look_through(rows)
    choices = _choices(request, found, rows)
    chosen = next((each for each in choices if each.is_chosen), None)
    if chosen is not None:
        rows = [row for row in rows if getattr(row, found.narrowed_by) == chosen.value]
    page = Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    names = columns_of(found.form)
    with timezone.override(ZoneInfo(registrations[0].clinic.time_zone)):
        context = {
            **identity(request, patient),
            "kind": found,
            "columns": [(label_of(found.form, name), unit_of(found.form, name)) for name in names],
            "rows": _listed(found, list(page), names),
            "page": page,
            "pages": page.paginator.get_elided_page_range(page.number),
            "day_label": label_of(found.form, found.model.date_field),
            "choices": choices,
            "add_url": _add_url(request, found, patient, chosen),
            "known_at": known_at,
        }
        return render(request, "patients/record_list.html", context)


@gives_back_what_was_typed("save")
@require_http_methods(["GET", "POST"])
def record_add(request: ClinicRequest, patient_id: UUID, kind: str, kinds: Kinds) -> HttpResponse:
    """Enter one row of a kind."""
    found = kind_or_404(kinds, kind)
    patient = open_patient_or_404(request, patient_id)
    if found.add_page:
        return redirect(found.add_url(patient))
    clinic = clinic_to_write(request, patient, found.action)
    form = entry_form(request, found, patient, clinic)
    if is_to_be_saved(request, form) and _is_recorded(request, form, clinic, found):
        return redirect(_after_entry(request, found, patient, form))
    note_view(request, patient)
    context = {
        **identity(request, patient),
        "kind": found,
        "form": form,
        "clinic": clinic,
        "is_only_checked": form.is_bound and not form.errors,
        "list_url": found.list_url(patient),
        "cancel_url": back_url(request) or patient_url(patient),
        "remarks": found.remarks_before_entry(patient),
    }
    with timezone.override(ZoneInfo(clinic.time_zone)):
        return render(request, "patients/record_add.html", context)


@require_GET
def record_page(request: ClinicRequest, kind: str, record_id: UUID, kinds: Kinds) -> HttpResponse:
    """One row with all its columns and its history."""
    found = kind_or_404(kinds, kind)
    row = record_or_404(request, found.model, record_id)
    note_view(request, row.patient, row)
    versions, is_changeable = versions_of(found.form, row), may_change(request, found, row)
    with zone_of_page(request, row.patient):
        context = {
            **sheet_context(request, found, row, row),
            "versions": [(version, found.version_url(row, version.number)) for version in versions],
            "struck_because": strike_reasons(found.model, [row]).get(row.pk, ""),
            "may_change": is_changeable,
            "links": found.links(row) if is_changeable else [],
            "remarks": found.remarks(row),
        }
        return render(request, "patients/record_page.html", context)


@require_GET
def record_version(
    request: ClinicRequest, kind: str, record_id: UUID, number: int, kinds: Kinds
) -> HttpResponse:
    """A former version of a row as it was read then."""
    found = kind_or_404(kinds, kind)
    row = record_or_404(request, found.model, record_id)
    versions = versions_of(found.form, row)
    version = next((each for each in versions if each.number == number), None)
    if version is None:
        raise Http404("No such version.")
    note_view(request, row.patient, row)
    with zone_of_page(request, row.patient):
        context = sheet_context(request, found, row, version.row) | {"version": version}
        return render(request, "patients/record_version.html", context)


def kind_or_404(kinds: Kinds, slug: str) -> RecordKind:
    """The kind of this name. Raises ``Http404`` when there is none."""
    if slug not in kinds:
        raise Http404("No such kind of record.")
    return kinds[slug]


def zone_of_page(request: ClinicRequest, patient: Patient) -> Any:
    """Clock times on the page are those of the clinic whose record it is."""
    return timezone.override(
        ZoneInfo(registrations_seen_by(request.user, patient)[0].clinic.time_zone)
    )


def columns_of(form: type[RecordForm]) -> tuple[str, ...]:
    """The values that a list shows beside the day."""
    if form.listed:
        return form.listed
    names = [name for chapter in form.chapters for name in chapter.names]
    left_out = {form._meta.model.date_field, *form.wide}
    return tuple(name for name in names if name not in left_out)[:COLUMNS]


def _choices(request: ClinicRequest, kind: RecordKind, rows: list[Any]) -> list[Choice]:
    """The values that occur, the most frequent first; a list of one value is not narrowed."""
    name = kind.narrowed_by
    numbers = Counter(str(getattr(row, name)) for row in rows) if name else Counter[str]()
    labels = dict(kind.model._meta.get_field(name).choices or ()) if name else {}  # type: ignore[union-attr]
    if len(numbers) < 2:
        return []
    return [
        Choice(
            value=value,
            label=str(labels.get(value, value)),
            number=number,
            query=f"?{name}={value}",
            is_chosen=request.GET.get(name) == value,
        )
        for value, number in numbers.most_common()
    ]


def _listed(kind: RecordKind, rows: list[Any], names: tuple[str, ...]) -> list[Listed]:
    reasons = strike_reasons(kind.model, rows)
    return [
        Listed(
            row=row,
            day=day_text(row),
            cells=[cell_of(kind, row, name) for name in names],
            url=kind.page_url(row),
            struck_because=reasons.get(row.pk, ""),
        )
        for row in rows
    ]


def cell_of(kind: RecordKind, row: Any, name: str) -> str | None:
    """A value in the list; empty where the row cannot have one."""
    text = kind.form.in_list(row, name)
    return "" if text is None and not kind.form.applies(row, name) else text


def day_text(row: Any) -> str:
    """The day of a row, with the time where it has one; no day yet, such as of a plan, says so."""
    day = getattr(row, row.date_field)
    if day is None:
        return "no date"
    return moment_text(day) if hasattr(day, "hour") else spoken(day)


def name_of(kind: RecordKind, row: Any) -> str:
    """A row as a heading names it: Body size of 12 Mar 2026."""
    day = getattr(row, row.date_field)
    return kind.heading(row, "" if day is None else day_text(row))


def may_change(request: ClinicRequest, kind: RecordKind, row: Any) -> bool:
    """Whether the user may change or strike this row now."""
    is_open = kind.changes and row.struck_at is None
    return is_open and writing_clinic(request.user, row.patient, kind.action) is not None


def _add_url(
    request: ClinicRequest, kind: RecordKind, patient: Patient, chosen: Choice | None
) -> str:
    if writing_clinic(request.user, patient, kind.action) is None:
        return ""
    is_preset = chosen is not None and kind.narrowed_by in kind.preset
    return kind.add_url(patient) + (chosen.query if chosen and is_preset else "")


def sheet_context(request: ClinicRequest, kind: RecordKind, row: Any, shown: Any) -> dict[str, Any]:
    """What the pages of a row have in common; ``shown`` is the row or a former version of it."""
    return {
        **identity(request, row.patient),
        "kind": kind,
        "row": row,
        "shown": shown,
        "name": name_of(kind, row),
        "parts": sheet_of(kind.form, shown),
        "page_url": kind.page_url(row),
        "list_url": kind.list_url(row.patient),
        "edit_url": kind.edit_url(row),
        "strike_url": kind.strike_url(row),
    }


# ---- entering ------------------------------------------------------------------------------------


def entry_form(
    request: ClinicRequest,
    kind: RecordKind,
    patient: Patient,
    clinic: Clinic,
    **kwargs: Any,
) -> RecordForm:
    """The form with what was typed, or with what a link or the entry before filled in."""
    is_post = request.method == "POST" and FOLLOW not in request.POST
    form = kind.form(
        accepted(request.POST) if is_post else None,
        patient=patient,
        today=clinic.today(),
        now=timezone.now(),
        zone=ZoneInfo(clinic.time_zone),
        before=values_of_before(kind, patient, kwargs.get("instance")),
        initial={} if is_post or kwargs else _filled_in(request, kind, patient),
        **kwargs,
    )
    if FOLLOW in request.POST:
        form.refill(request.POST)
        return form
    if kind.series and not is_post and not kwargs:
        _focus_first_empty(form)
    return form


def _focus_first_empty(form: RecordForm) -> None:
    """Whoever enters one row after the other begins where something is missing."""
    names = [box for chapter in form.chapters for box in form.boxes(chapter)]
    empty = next((name for name in names if not form[name].value()), None)
    if empty is not None:
        form.fields[empty].widget.attrs["autofocus"] = True


def values_of_before(kind: RecordKind, patient: Patient, instance: Any) -> Mapping[str, Before]:
    """Former values for the boxes: of rows not struck, none later than the row at hand."""
    rows = kind.model._default_manager.filter(patient=patient, struck_at__isnull=True)
    if instance is not None:
        day = {f"{kind.model.date_field}__lte": getattr(instance, kind.model.date_field)}
        rows = rows.filter(**day if None not in day.values() else {}).exclude(pk=instance.pk)
    return values_before(kind.form, list(rows.order_by(f"-{kind.model.date_field}", "-id")[:50]))


def _filled_in(request: ClinicRequest, kind: RecordKind, patient: Patient) -> dict[str, Any]:
    """Boxes that a link names, and what stays from the entry before: all for the same patient.

    For another patient only the boxes stay that a link could fill in as well, never a day.
    """
    known = request.session.get(KEPT, {}) if kind.series else {}
    kept = dict(known.get("values", {})) if known.get("kind") == kind.slug else {}
    if known.get("patient") != str(patient.public_id):
        kept = {name: kept[name] for name in kind.preset if name in kept}
    asked = {name: request.GET[name] for name in kind.preset if name in request.GET}
    return kept | asked


def is_to_be_saved(request: ClinicRequest, form: RecordForm) -> bool:
    """Whether everything can be stored and the button to do so was pressed; never on opening."""
    return form.is_valid() and "save" in request.POST and ACCEPT not in request.POST


def recorded(request: ClinicRequest, form: RecordForm, clinic: Clinic) -> Any | None:
    """The row as it was entered, once however often it is sent; None with the refusal shown."""
    try:
        return record(
            form.save(commit=False),
            by=request.user,
            clinic=clinic,
            today=clinic.today(),
            once=True,
        )
    except ValidationError as error:
        form.put_errors(error)
        return None


def _is_recorded(
    request: ClinicRequest, form: RecordForm, clinic: Clinic, kind: RecordKind
) -> bool:
    row = recorded(request, form, clinic)
    if row is None:
        return False
    with timezone.override(ZoneInfo(clinic.time_zone)):
        text = summary_of(kind, row)
    messages.success(request, f"{name_of(kind, row)} saved in the record at {clinic}: {text}.")
    return True


def summary_of(kind: RecordKind, row: Any) -> str:
    """The first values of a row in words, so that a slip is seen at once."""
    said = [
        f"{label_of(kind.form, name)} {text}"
        for name in columns_of(kind.form)
        if (text := with_unit(kind.form, row, name)) is not None
    ]
    return ", ".join(said) or "no value"


def _after_entry(
    request: ClinicRequest, kind: RecordKind, patient: Patient, form: RecordForm
) -> str:
    if kind.series:
        request.session[KEPT] = {
            "kind": kind.slug,
            "patient": str(patient.public_id),
            "values": {name: str(form[name].value() or "") for name in kind.series},
        }
    is_one_of_many = kind.series and request.POST["save"] == "another"
    return kind.add_url(patient) if is_one_of_many else back_url(request) or patient_url(patient)


def back_url(request: ClinicRequest) -> str:
    """The page of ours that a link wants to be led back to (``?back=``); empty without one."""
    back = request.GET.get(BACK, "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if is_ours else ""
