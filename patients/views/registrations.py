"""A patient's registrations in one's clinics: corrected, ended, moved to another clinic."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import ClinicRequest, require
from accounts.kept.restoring import gives_back_what_was_typed
from accounts.models import Clinic
from accounts.permissions import Action, clinics_where, may
from accounts.selectors import clinicians_of
from audit.recording import record_refusal
from patients.actions import PROVISIONAL, change_registration, end_registration, move_patient
from patients.days import spoken
from patients.forms.person import (
    PLACE,
    RegistrationEditForm,
    RegistrationEndForm,
    RegistrationMoveForm,
    SheetForm,
)
from patients.forms.records import ACCEPT, accepted
from patients.models import Patient, Registration
from patients.recorded_days import recorded_days
from patients.selectors import (
    known_until,
    registrations_running,
    registrations_seen_by,
    version_known,
    writing_clinic_among,
)
from patients.views.access import identity, note_view, open_patient_or_404, patient_url
from patients.views.contests import contested
from patients.views.overtaken import overtaken
from patients.writing import StaleRecord

CONFLICT, OK = 409, 200
CHANGED_WORDS = "Somebody else changed this registration meanwhile. This is how it stands now."


@dataclass(frozen=True)
class Listed:
    """One registration with what may be done about it."""

    registration: Registration
    is_running: bool
    is_provisional: bool
    may_change: bool


@require_GET
def registrations(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """The patient's registrations in one's own clinics."""
    patient = open_patient_or_404(request, patient_id)
    rows = registrations_seen_by(request.user, patient)
    prefetch_related_objects(rows, "responsible_clinician")
    known_at = known_until(rows)
    if known_at is not None:
        patient = version_known(Patient, patient.pk, known_at) or patient
    note_view(request, patient)
    context = {
        **identity(request, patient),
        "rows": [_listed(request, row) for row in rows],
        "register_url": _register_url(request, rows),
        "known_at": known_at,
        "merge_url": _merge_url(request, patient, rows),
        "erasure_url": _erasure_url(request, patient, rows),
        "merges": patient.merges.select_related("absorbed", "entered_by"),
    }
    return render(request, "patients/registration_list.html", context)


def _erasure_url(request: ClinicRequest, patient: Patient, rows: list[Registration]) -> str:
    """Where the erasure of the person is asked for, if one may."""
    if not any(may(request.user, Action.ERASE_PATIENT, row.clinic) for row in rows):
        return ""
    return reverse("patients:erasure-request", args=[patient.public_id])


def _merge_url(request: ClinicRequest, patient: Patient, rows: list[Registration]) -> str:
    """Where another record of this person is looked for, if one may merge."""
    clinic = writing_clinic_among(request.user, rows, Action.MERGE_PATIENTS)
    return reverse("patients:merge-choose", args=[patient.public_id]) if clinic else ""


def _listed(request: ClinicRequest, row: Registration) -> Listed:
    is_running = row.until_on is None
    return Listed(
        registration=row,
        is_running=is_running,
        is_provisional=is_running and row.record_number.startswith(PROVISIONAL),
        may_change=is_running and may(request.user, Action.REGISTER_PATIENT, row.clinic),
    )


def _register_url(request: ClinicRequest, rows: list[Registration]) -> str:
    """Where the patient is registered in a further clinic, or again, if one may in any."""
    running = {row.clinic_id for row in rows if row.until_on is None}
    further = set(clinics_where(request.user, Action.REGISTER_PATIENT)) - running
    return reverse("patients:patient-register") if further else ""


# ---- correcting ----------------------------------------------------------------------------------


@gives_back_what_was_typed("save")
@require_http_methods(["GET", "POST"])
def registration_edit(request: ClinicRequest, registration_id: UUID) -> HttpResponse:
    """Correct record number, first day, responsible clinician or referring doctor."""
    registration = _registration_to_change(request, registration_id)
    form = _edit_form(request, registration)
    if registration.until_on is not None:
        return _ended_already(request, registration, form)
    if request.method == "POST" and _is_to_be_saved(request, form):
        try:
            return _changed(request, form, registration)
        except StaleRecord:
            return _edit_conflict(request, form, registration)
        except ValidationError as refusal:
            form.put_errors(refusal)
    return _page(request, registration, form, "patients/registration_edit.html")


def _edit_form(
    request: ClinicRequest, registration: Registration, data: Any = None, *, is_read: bool = False
) -> RegistrationEditForm:
    if data is None and request.method == "POST" and not is_read:
        data = accepted(request.POST)
    return RegistrationEditForm(
        data,
        registration=registration,
        members=clinicians_of([registration.clinic]),
        today=registration.clinic.today(),
    )


def _changed(
    request: ClinicRequest, form: RegistrationEditForm, registration: Registration
) -> HttpResponse:
    typed = form.cleaned_data
    if typed["version"] != registration.version:
        raise StaleRecord(registration)
    if not set(form.changed_data) - {"reason", "version"}:
        messages.info(request, "Nothing was changed, so nothing was saved.")
        return _back(registration)
    changed = _stored(registration)
    for name in ("record_number", "from_on", "referring_doctor"):
        setattr(changed, name, typed[name])
    changed.responsible_clinician = form.responsible
    change_registration(
        by=request.user,
        registration=changed,
        reason=typed["reason"],
        expected_version=typed["version"],
    )
    messages.success(request, f"The registration in {registration.clinic} is corrected.")
    return _back(registration)


def _edit_conflict(
    request: ClinicRequest, form: RegistrationEditForm, registration: Registration
) -> HttpResponse:
    current = _stored(registration)
    if current.until_on is not None:
        return _ended_already(request, current, form)
    data = request.POST.copy()
    data["version"] = str(current.version)
    again = _edit_form(request, current, data)
    again.full_clean()
    history: Any = current.history
    rows = contested(
        again,
        PLACE[1:],
        stored=_edit_form(request, current, is_read=True),
        opened=history.filter(version=form.cleaned_data["version"]).first(),
    )
    more = {"contests": rows, "is_conflict": True, "last_change": _last_change(current)}
    return _page(request, current, again, "patients/registration_edit.html", CONFLICT, **more)


# ---- ending and moving ---------------------------------------------------------------------------


@gives_back_what_was_typed("save", "confirm")
@require_http_methods(["GET", "POST"])
def registration_end(request: ClinicRequest, registration_id: UUID) -> HttpResponse:
    """End a registration, after a look at what that will mean."""
    registration = _registration_to_change(request, registration_id)
    form = RegistrationEndForm(
        _sent(request, registration),
        registration=registration,
        today=registration.clinic.today(),
    )
    if registration.until_on is not None:
        return _ended_already(request, registration, form)
    lines: list[str] = []
    if request.method == "POST" and form.is_valid() and ACCEPT not in request.POST:
        lines = _lines_of_end(form, registration)
        if answer := _acted(request, form, registration, lines, _end):
            return answer
    more: dict[str, Any] = {"lines": lines, "digest": _digest(lines)}
    return _page(request, registration, form, "patients/registration_end.html", **more)


@gives_back_what_was_typed("save", "confirm")
@require_http_methods(["GET", "POST"])
def registration_move(request: ClinicRequest, registration_id: UUID) -> HttpResponse:
    """Move the patient to another clinic, after a look at what that will mean."""
    registration = _registration_to_change(request, registration_id)
    clinics = list(Clinic.objects.exclude(pk=registration.clinic_id).order_by("name", "pk"))
    form = RegistrationMoveForm(
        _sent(request, registration),
        registration=registration,
        clinics=clinics,
        gives_numbers=any(may(request.user, Action.REGISTER_PATIENT, each) for each in clinics),
        today=registration.clinic.today(),
    )
    if registration.until_on is not None:
        return _ended_already(request, registration, form)
    lines: list[str] = []
    if request.method == "POST" and form.is_valid() and ACCEPT not in request.POST:
        lines = _lines_of_move(request, form, registration)
        if answer := _acted(request, form, registration, lines, _move):
            return answer
    more: dict[str, Any] = {"lines": lines, "digest": _digest(lines)}
    return _page(request, registration, form, "patients/registration_move.html", **more)


def _sent(request: ClinicRequest, registration: Registration) -> QueryDict | None:
    """What was typed; unconfirmed when the registration was changed since the page was opened."""
    if request.method != "POST":
        return None
    data: QueryDict = accepted(request.POST)
    if data.get("version") == str(registration.version) or registration.until_on is not None:
        return data
    messages.warning(request, CHANGED_WORDS)
    current = data.copy()
    current["version"] = str(registration.version)
    current.pop("confirm", None)
    return current


def _acted(
    request: ClinicRequest,
    form: Any,
    registration: Registration,
    lines: list[str],
    act: Any,
) -> HttpResponse | None:
    """The answer to a confirmed act; None when what it will do is to be shown (again)."""
    confirmed = form.data.get("confirm", "")
    if not confirmed:
        return None
    if confirmed != _digest(lines):
        messages.warning(request, "What will happen has changed. Please look at it again.")
        return None
    try:
        act(request, form, registration)
    except StaleRecord:
        return _overtaken(request, _stored(registration), form)
    except ValidationError as refusal:
        form.put_errors(refusal)
        return None
    still_seen = registrations_seen_by(request.user, registration.patient)
    return _back(registration) if still_seen else redirect("reports:patient-list")


def _end(request: ClinicRequest, form: RegistrationEndForm, registration: Registration) -> None:
    typed = form.cleaned_data
    end_registration(
        by=request.user,
        registration=_stored(registration),
        until_on=typed["until_on"],
        because=typed["because"],
        reason=typed["reason"],
        expected_version=typed["version"],
    )
    messages.success(
        request,
        f"The registration of {registration.patient} in {registration.clinic} ended on "
        f"{spoken(typed['until_on'])}.",
    )


def _move(request: ClinicRequest, form: RegistrationMoveForm, registration: Registration) -> None:
    typed, target = form.cleaned_data, form.target
    move_patient(
        by=request.user,
        registration=_stored(registration),
        to_clinic=target,
        moved_on=typed["moved_on"],
        reason=typed["reason"],
        record_number=_number_asked_for(request, form),
        expected_version=typed["version"],
    )
    messages.success(
        request,
        f"{registration.patient} moved from {registration.clinic} to {target} on "
        f"{spoken(typed['moved_on'])}.",
    )


def _number_asked_for(request: ClinicRequest, form: RegistrationMoveForm) -> str:
    """The record number typed for the other clinic, if one may give numbers there."""
    if not may(request.user, Action.REGISTER_PATIENT, form.target):
        return ""
    return str(form.cleaned_data.get("record_number", ""))


def _lines_of_end(form: RegistrationEndForm, registration: Registration) -> list[str]:
    day, clinic = form.cleaned_data["until_on"], registration.clinic
    if form.cleaned_data["because"] == Registration.Ended.ENTERED_IN_ERROR:
        return [
            f"Nobody in {clinic} can open this record any more, and the record number "
            f"{registration.record_number} is free again.",
            _entries(registration),
        ]
    return [
        f"{clinic} no longer follows {registration.patient}; no list of due visits names them.",
        f"The staff of {clinic} read the record up to and including {spoken(day)}, and can enter "
        "nothing after that day.",
        *_later_entries(registration, day),
    ]


def _lines_of_move(
    request: ClinicRequest, form: RegistrationMoveForm, registration: Registration
) -> list[str]:
    old, new, day = registration.clinic, form.target, form.cleaned_data["moved_on"]
    may_see = may(request.user, Action.VIEW_PATIENT, new)
    return [
        f"{old} follows {registration.patient} until {spoken(day)}. Its staff go on reading the "
        "record up to and including that day, and can enter nothing after it.",
        *_later_entries(registration, day),
        _line_of_new(request, form, registration),
        f"The staff of {new} see the whole record, also what was recorded in {old}.",
        *([] if may_see else [f"You have no role in {new}: what is entered there is not shown."]),
    ]


def _line_of_new(
    request: ClinicRequest, form: RegistrationMoveForm, registration: Registration
) -> str:
    """What becomes of the registration there; who may not see it is not told whether one runs."""
    new, day = form.target, form.cleaned_data["moved_on"]
    running = registrations_running(registration.patient, new).first()
    if running is not None and may(request.user, Action.VIEW_PATIENT, new):
        return (
            f"{new} follows the patient already, under {running.record_number} since "
            f"{spoken(running.from_on)}: that registration stays as it is."
        )
    if number := _number_asked_for(request, form):
        return f"{new} follows the patient from {spoken(day)}, under {number}."
    return (
        f"{new} follows the patient from {spoken(day)}. If it has no record number for the patient "
        f"yet, it starts with a provisional one, “{PROVISIONAL}{registration.clinic.code.upper()} "
        f"{registration.record_number}”, until its staff give their own."
    )


def _later_entries(registration: Registration, day: Any) -> list[str]:
    """A warning when the clinic itself holds something dated after its last day."""
    later = [
        days
        for days in recorded_days(registration.patient, registration.clinic)
        if days.is_statement and days.last > day
    ]
    if not later:
        return []
    newest = max(later, key=lambda days: days.last)
    return [
        f"The record holds later entries (the last: {newest.kind} of {spoken(newest.last)}). "
        f"They stay in the record, and the staff of {registration.clinic} no longer see them."
    ]


def _entries(registration: Registration) -> str:
    held = [
        days
        for days in recorded_days(registration.patient, registration.clinic)
        if days.is_statement
    ]
    if not held:
        return "The record holds no entries."
    counted = ", ".join(f"{days.rows} {_plural(days.label, days.rows)}" for days in held)
    return (
        f"The record holds entries ({counted}). They stay with the person, and can be read only "
        "where the person is registered otherwise."
    )


def _plural(label: str, rows: int) -> str:
    names = apps.get_model(label)._meta
    return str(names.verbose_name if rows == 1 else names.verbose_name_plural)


# ---- what these pages share ----------------------------------------------------------------------


def _registration_to_change(request: ClinicRequest, public_id: UUID) -> Registration:
    """The registration, if the user sees it and may register patients in its clinic.

    Raises ``Http404`` for any other clinic's, ``PermissionDenied`` in words for a role that does
    not allow it.
    """
    seen = Registration.objects.filter(
        public_id=public_id, clinic_id__in=clinics_where(request.user, Action.VIEW_PATIENT)
    ).exclude(ended_because=Registration.Ended.ENTERED_IN_ERROR)
    registration = seen.select_related("clinic", "patient", "responsible_clinician").first()
    if registration is None:
        if hidden := Registration.objects.filter(public_id=public_id).first():
            record_refusal(
                by=request.user,
                record_kind="registration",
                record_id=hidden.public_id,
                note="registration of another clinic",
            )
        raise Http404("No such registration.")
    require(request, Action.REGISTER_PATIENT, registration.clinic)
    return registration


def _overtaken(request: ClinicRequest, registration: Registration, form: SheetForm) -> HttpResponse:
    """Somebody else ended or changed the registration while this was typed."""
    until = registration.until_on
    happened = (
        f"the registration in {registration.clinic} has an end meanwhile, on {spoken(until)}"
        if until is not None
        else f"the registration in {registration.clinic} was changed meanwhile"
    )
    list_url = reverse("patients:registrations", args=[registration.patient.public_id])
    return overtaken(
        request,
        registration.patient,
        registration,
        happened=happened,
        form=form,
        page=("Open the registrations", list_url),
    )


def _ended_already(
    request: ClinicRequest, registration: Registration, form: SheetForm
) -> HttpResponse:
    if request.method == "POST":
        return _overtaken(request, registration, form)
    day = spoken(registration.until_on) if registration.until_on else ""
    messages.info(
        request, f"The registration in {registration.clinic} ended on {day}; it is read only."
    )
    return _back(registration)


def _back(registration: Registration) -> HttpResponse:
    return redirect("patients:registrations", registration.patient.public_id)


def _stored(registration: Registration) -> Registration:
    """A fresh copy, so that what an action refuses does not stand on the page."""
    return Registration.objects.select_related("clinic", "patient").get(pk=registration.pk)


def _last_change(registration: Registration) -> Any:
    history: Any = registration.history
    return history.select_related("history_user").first()


def _is_to_be_saved(request: ClinicRequest, form: SheetForm) -> bool:
    return form.is_valid() and "save" in request.POST and ACCEPT not in request.POST


def _digest(lines: list[str]) -> str:
    """A name for exactly what was shown."""
    return hashlib.sha256("|".join(lines).encode()).hexdigest()


def _page(
    request: ClinicRequest,
    registration: Registration,
    form: SheetForm,
    template: str,
    status: int = OK,
    **more: Any,
) -> HttpResponse:
    note_view(request, registration.patient)
    context = {
        **identity(request, registration.patient),
        "registration_shown": registration,
        "clinic": registration.clinic,
        "form": form,
        "is_only_checked": form.is_bound and not form.errors and status == OK,
        "list_url": reverse("patients:registrations", args=[registration.patient.public_id]),
        "patient_url": patient_url(registration.patient),
        **more,
    }
    return render(request, template, context, status=status)
