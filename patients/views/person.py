"""Registering a person, correcting who they are, and their death."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import ClinicRequest
from accounts.kept.restoring import gives_back_what_was_typed
from accounts.models import Clinic
from accounts.permissions import Action, allowing_role, clinics_where
from accounts.selectors import clinicians_of
from audit.models import AuditAction
from audit.recording import record as record_event
from audit.recording import record_refusal
from patients.actions import (
    correct_person,
    mark_deceased,
    register_in_clinic,
    register_patient,
    undo_deceased,
)
from patients.days import spoken
from patients.duplicates import PossibleDuplicate, possible_duplicates
from patients.forms.person import (
    NAME,
    PERSON,
    PLACE,
    DeceasedForm,
    DeceasedUndoForm,
    PatientRegisterForm,
    PersonEditForm,
)
from patients.forms.records import ACCEPT, accepted
from patients.models import Patient
from patients.views.access import (
    clinic_to_write,
    identity,
    note_view,
    open_patient_or_404,
    patient_url,
)
from patients.views.contests import contested
from patients.writing import StaleRecord

CONFLICT, OK = 409, 200
LIST_CHANGED = "The people who may be the same have changed meanwhile. Please look at them again."


# ---- registering ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offered:
    """A possible duplicate as the page offers it."""

    duplicate: PossibleDuplicate
    url: str
    may_register: bool
    """Whether this person can be registered in the clinic that was chosen."""


@gives_back_what_was_typed("save", "register_in", "none_of_these")
@require_http_methods(["GET", "POST"])
def patient_register(request: ClinicRequest) -> HttpResponse:
    """Register a person; whoever may be the same person already is shown first."""
    clinics = _clinics_to_register_in(request)
    form = _register_form(request, clinics)
    found: list[PossibleDuplicate] = []
    if request.method == "POST":
        form.full_clean()
        found = _looked_up(request, form)
        saved = _registered(request, form, found)
        if saved is not None:
            return redirect(patient_url(saved))
    clinic = form.chosen_clinic if form.is_bound else None
    context = {
        "form": form,
        "clinic": clinic,
        "found": [_offered(each, clinic) for each in found],
        "digest": _digest(found),
        "is_only_checked": form.is_bound and not form.errors and not found,
    }
    return render(request, "patients/patient_register.html", context)


def _clinics_to_register_in(request: ClinicRequest) -> list[Clinic]:
    """One's clinics whose role allows it, the chosen one first; refused in words without any."""
    allowed = clinics_where(request.user, Action.REGISTER_PATIENT)
    clinics = [clinic for clinic in request.clinics if clinic.pk in allowed]
    if not clinics:
        record_refusal(by=request.user, note=f"not allowed to {Action.REGISTER_PATIENT}")
        raise PermissionDenied(
            f"Your role does not allow you to {Action.REGISTER_PATIENT.label} in any of your "
            "clinics."
        )
    return sorted(clinics, key=lambda clinic: clinic != request.clinic)


def _register_form(request: ClinicRequest, clinics: list[Clinic]) -> PatientRegisterForm:
    data = accepted(request.POST) if request.method == "POST" else None
    first = clinics[0]
    return PatientRegisterForm(
        data,
        clinics=clinics,
        members=clinicians_of(clinics),
        today=max(clinic.today() for clinic in clinics),
        initial={"clinic": str(first.public_id), "from_on": first.today()},
    )


def _looked_up(request: ClinicRequest, form: PatientRegisterForm) -> list[PossibleDuplicate]:
    """Who may be the typed person already; that somebody looked is audited, not what was typed."""
    if not form.is_right((*NAME, "telephone")):
        return []
    typed = {name: form.cleaned_data[name] for name in (*NAME, "telephone")}
    found = possible_duplicates(request.user, **typed)
    clinic = form.chosen_clinic
    record_event(
        action=AuditAction.SEARCH,
        by=request.user,
        clinic_id=clinic.pk if clinic else None,
        role=allowing_role(request.user, Action.REGISTER_PATIENT, clinic) if clinic else "",
        record_kind="patient",
        counts={"possible_duplicates": len(found)},
    )
    return found


def _registered(
    request: ClinicRequest, form: PatientRegisterForm, found: list[PossibleDuplicate]
) -> Patient | None:
    """The person who was registered by the button that was pressed; None when the page is shown."""
    clinic = form.chosen_clinic
    try:
        if "register_in" in request.POST and clinic is not None:
            return _registered_there(request, form, found, clinic)
        if clinic is None or form.errors or not _is_to_be_registered(request, form, found):
            return None
        return _registered_anew(request, form, clinic)
    except ValidationError as refusal:
        form.put_errors(refusal)
        return None


def _is_to_be_registered(
    request: ClinicRequest, form: PatientRegisterForm, found: list[PossibleDuplicate]
) -> bool:
    if ACCEPT in request.POST:
        return False
    confirmed = request.POST.get("none_of_these", "")
    if confirmed and confirmed != _digest(found):
        if found:
            messages.warning(request, LIST_CHANGED)
        return not found
    return bool(confirmed) or ("save" in request.POST and not found)


def _registered_anew(request: ClinicRequest, form: PatientRegisterForm, clinic: Clinic) -> Patient:
    typed = form.cleaned_data
    patient = register_patient(
        by=request.user,
        clinic=clinic,
        record_number=typed["record_number"],
        from_on=typed["from_on"],
        person=form.person(),
        responsible_clinician=form.responsible,
        referring_doctor=typed["referring_doctor"],
    )
    messages.success(
        request, f"{patient} is registered in {clinic} under {typed['record_number']}."
    )
    return patient


def _registered_there(
    request: ClinicRequest,
    form: PatientRegisterForm,
    found: list[PossibleDuplicate],
    clinic: Clinic,
) -> Patient | None:
    """Register one of the people found in the chosen clinic; who they are stays as recorded."""
    wanted = request.POST["register_in"]
    patient = next((e.patient for e in found if str(e.patient.public_id) == wanted), None)
    if patient is None:
        messages.warning(request, LIST_CHANGED)
        return None
    number = _number_for(form, patient)
    if number is None or not form.is_right(set(PLACE) - {"record_number"}):
        return None
    registration = register_in_clinic(
        by=request.user,
        patient=patient,
        clinic=clinic,
        record_number=number,
        from_on=form.cleaned_data["from_on"],
        responsible_clinician=form.responsible,
        referring_doctor=form.cleaned_data["referring_doctor"],
    )
    messages.success(
        request,
        f"{patient} is registered in {clinic} under {registration.record_number}. Name, birth date "
        "and contact stay as they were recorded.",
    )
    return patient


def _number_for(form: PatientRegisterForm, patient: Patient) -> str | None:
    """The record number as typed, also when it is this very person's own of former times."""
    if form.is_right(["record_number"]):
        return str(form.cleaned_data["record_number"])
    holder = form.number_holder
    if holder is None or holder.patient_id != patient.pk or holder.until_on is None:
        return None
    return holder.record_number


def _offered(found: PossibleDuplicate, clinic: Clinic | None) -> Offered:
    runs = clinic is not None and any(
        row.clinic_id == clinic.pk and (row.until_on is None or row.until_on > clinic.today())
        for row in found.registrations
    )
    return Offered(found, patient_url(found.patient), clinic is not None and not runs)


def _digest(found: list[PossibleDuplicate]) -> str:
    """A name for exactly this list: who is in it and why."""
    text = "|".join(f"{each.patient.public_id}:{each.reasons}" for each in found)
    return hashlib.sha256(text.encode()).hexdigest()


# ---- correcting ----------------------------------------------------------------------------------


@gives_back_what_was_typed("save")
@require_http_methods(["GET", "POST"])
def person_edit(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """Correct name, birth date, sex or contact under a reason."""
    patient = open_patient_or_404(request, patient_id)
    clinic = clinic_to_write(request, patient, Action.EDIT_PERSON)
    data = accepted(request.POST) if request.method == "POST" else None
    form = PersonEditForm(data, patient=patient, today=clinic.today())
    if (
        request.method == "POST"
        and form.is_valid()
        and "save" in request.POST
        and ACCEPT not in request.POST
    ):
        try:
            return _corrected(request, form, patient, clinic)
        except StaleRecord:
            return _person_conflict(request, form, patient, clinic)
        except ValidationError as refusal:
            form.put_errors(refusal)
    return _person_page(request, patient, clinic, form)


def _corrected(
    request: ClinicRequest, form: PersonEditForm, patient: Patient, clinic: Clinic
) -> HttpResponse:
    if form.cleaned_data["version"] != patient.version:
        raise StaleRecord(patient)
    if not form.changes_the_person:
        messages.info(request, "Nothing was changed, so nothing was saved.")
        return redirect(patient_url(patient))
    corrected = Patient.objects.get(pk=patient.pk)
    for name in PERSON:
        setattr(corrected, name, form.cleaned_data[name])
    correct_person(
        by=request.user,
        clinic=clinic,
        patient=corrected,
        reason=form.cleaned_data["reason"],
        expected_version=form.cleaned_data["version"],
    )
    messages.success(request, f"{corrected}: corrected. The former version is kept.")
    return redirect(patient_url(corrected))


def _person_conflict(
    request: ClinicRequest, form: PersonEditForm, patient: Patient, clinic: Clinic
) -> HttpResponse:
    """Both versions side by side; saving again is a decision taken with the other in sight."""
    current = Patient.objects.get(pk=patient.pk)
    again_sent = _with_version(request, current.version)
    again = PersonEditForm(again_sent, patient=current, today=clinic.today())
    again.full_clean()
    stored = PersonEditForm(patient=current, today=clinic.today())
    opened = current.history.filter(version=form.cleaned_data["version"]).first()
    rows = contested(again, PERSON, stored=stored, opened=opened)
    return _person_page(request, current, clinic, again, contests=rows, status=CONFLICT)


def _with_version(request: ClinicRequest, version: int) -> QueryDict:
    """What was typed, to be saved over the version that is shown beside it now."""
    data = request.POST.copy()
    data["version"] = str(version)
    return data


def _person_page(
    request: ClinicRequest,
    patient: Patient,
    clinic: Clinic,
    form: PersonEditForm,
    *,
    status: int = OK,
    **more: Any,
) -> HttpResponse:
    note_view(request, patient)
    context = {
        **identity(request, patient),
        "form": form,
        "clinic": clinic,
        "is_only_checked": form.is_bound and not form.errors and status == OK,
        "is_conflict": status == CONFLICT,
        "last_change": patient.history.select_related("history_user").first(),
        **more,
    }
    return render(request, "patients/person_edit.html", context, status=status)


# ---- death ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def person_deceased(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """Record a death, correct its date, or take it back when it was marked in error."""
    patient = open_patient_or_404(request, patient_id)
    clinic = clinic_to_write(request, patient, Action.EDIT_PERSON)
    asks: dict[str, Any] = {"patient": patient, "who": _who(patient), "today": clinic.today()}
    is_undone = "undo" in request.POST
    data = accepted(request.POST) if request.method == "POST" else None
    form = DeceasedForm(None if is_undone else data, **asks)
    undo = DeceasedUndoForm(data if is_undone else None, auto_id="undo_%s", **asks)
    sent: DeceasedForm | DeceasedUndoForm = undo if is_undone else form
    status = OK
    if (
        request.method == "POST"
        and sent.is_valid()
        and ACCEPT not in request.POST
        and {"save", "undo"} & set(request.POST)
    ):
        try:
            return _death_saved(request, sent, clinic, patient)
        except StaleRecord:
            status = CONFLICT
            patient.refresh_from_db()
            sent.data = _with_version(request, patient.version)
        except ValidationError as refusal:
            sent.put_errors(refusal)
    note_view(request, patient)
    context = {
        **identity(request, patient),
        "form": form,
        "undo": undo,
        "clinic": clinic,
        "is_conflict": status == CONFLICT,
        "is_only_checked": sent.is_bound and not sent.errors and status == OK,
        "last_change": patient.history.select_related("history_user").first(),
        "marked": _marked(patient),
    }
    return render(request, "patients/person_deceased.html", context, status=status)


def _death_saved(
    request: ClinicRequest, form: DeceasedForm | DeceasedUndoForm, clinic: Clinic, patient: Patient
) -> HttpResponse:
    seen = form.cleaned_data["version"]
    if seen != patient.version:
        raise StaleRecord(patient)
    by = {"by": request.user, "clinic": clinic, "expected_version": seen}
    changed = Patient.objects.get(pk=patient.pk)
    if isinstance(form, DeceasedForm):
        day = form.cleaned_data["deceased_on"]
        mark_deceased(patient=changed, deceased_on=day, reason=form.cleaned_data["reason"], **by)
        messages.success(request, f"{patient} is recorded as deceased on {spoken(day)}.")
    else:
        undo_deceased(patient=changed, reason=form.cleaned_data["undo_reason"], **by)
        messages.success(request, f"The death of {patient} is taken back as marked in error.")
    return redirect(patient_url(patient))


def _who(patient: Patient) -> str:
    born = f", born {spoken(patient.born_on)}," if patient.born_on else ""
    return f"{patient}{born}"


def _marked(patient: Patient) -> Any:
    """The version of the person in which the present date of death was first recorded."""
    if patient.deceased_on is None:
        return None
    marked = patient.history.select_related("history_user").filter(deceased_on=patient.deceased_on)
    return marked.order_by("history_date", "history_id").first()
