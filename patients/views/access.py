"""Who may open and write a record, and how the patient is named on every page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar, Unpack
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from accounts.access import ClinicRequest, require
from accounts.models import Clinic
from accounts.permissions import Action
from audit.context import AuditUnavailable
from audit.models import AuditAction
from audit.recording import EventFields, note_lost, record_refusal
from audit.recording import record as record_event
from patients.days import spoken
from patients.emergency.selectors import access_used
from patients.models import ClinicalRecord, Patient, Registration
from patients.selectors import (
    day_in,
    has_open_episode,
    known_until,
    named_as_known,
    patient_or_404,
    record_that_stays,
    registrations_seen_by,
    seen_until,
    version_known,
    viewing_role,
    writing_clinic,
)

READ_ONLY = (
    "You opened this record in an emergency, to read it: that does not allow you to enter anything."
)
Record = TypeVar("Record", bound=ClinicalRecord)


class MergedAwayError(Exception):
    """The record asked for was merged into another, which the person may see.

    ``patients.middleware`` leads there.
    """

    def __init__(self, asked: Patient, stays: Patient) -> None:
        super().__init__("merged into another record")
        self.asked = asked
        self.stays = stays


def record_or_404(request: ClinicRequest, model: type[Record], public_id: UUID) -> Record:
    """One row of a patient whom the user may see, dated within what their clinics may still read.

    A former clinic gets the version it held when it let the patient go.

    Raises ``Http404`` for anything else: another clinic's record is not shown to exist.
    """
    found = model._default_manager.select_related("patient").filter(public_id=public_id).first()
    if found is None:
        raise Http404("No such record.")
    patient = holder_or_404(request, found.patient)
    registrations = registrations_seen_by(request.user, patient)
    until, known_at = seen_until(registrations), known_until(registrations)
    if until is None or known_at is None:
        return found
    then = version_known(model, found.pk, known_at)
    is_theirs = then is not None and then.patient_id == patient.pk
    if then is None or not is_theirs or _lies_after(getattr(then, model.date_field), until):
        note_hidden(request, patient)
        raise Http404("No such record.")
    then.patient = version_known(Patient, patient.pk, known_at) or patient
    then.known_at = known_at
    found_then: Record = named_as_known(then, known_at)
    return found_then


def holder_or_404(request: ClinicRequest, patient: Patient) -> Patient:
    """The record under which the user reads a row of this patient: that one, or for a former clinic
    the one that was merged into it."""
    seen = Patient.objects.visible_to(request.user)
    if holder := seen.filter(pk=patient.pk).first():
        return holder
    if merged := seen.filter(merged_into=patient).order_by("pk").first():
        return merged
    return open_patient_or_404(request, patient.public_id)


def _lies_after(moment: date | datetime | None, last: date) -> bool:
    """What has no day yet, such as a plan, was stated when it was entered."""
    day = moment.date() if isinstance(moment, datetime) else moment
    return day is not None and day > last


def open_patient_or_404(request: ClinicRequest, public_id: UUID) -> Patient:
    """The patient, if the user may see them.

    Asking for a patient of another clinic is remembered as refused; asking for one that does not
    exist is a typing error. A record that was merged into another leads there, but for a look at
    what was known before (``?known=``). Raises ``MergedAwayError`` then.
    """
    try:
        return patient_or_404(request.user, public_id)
    except Http404:
        hidden = Patient.objects.filter(public_id=public_id).first()
        if hidden is None:
            raise
        stays = record_that_stays(hidden)
        if stays != hidden and Patient.objects.visible_to(request.user).filter(pk=stays.pk):
            was_seen = _asks_for_before(request, hidden) and registrations_seen_by(
                request.user, hidden
            )
            if was_seen:
                return hidden
            raise MergedAwayError(hidden, stays) from None
        note_hidden(request, hidden)
        raise


def _asks_for_before(request: ClinicRequest, merged: Patient) -> bool:
    """Whether a page is asked for as it was known on a day before the merge, to be read."""
    known_on = day_in(request.GET.get("known", ""))
    merge = merged.merged_away.filter(undone_at__isnull=True).select_related("clinic").first()
    if known_on is None or merge is None or request.method not in {"GET", "HEAD"}:
        return False
    return known_on < merge.clinic.today(merge.merged_at)


def note_hidden(request: ClinicRequest, patient: Patient) -> None:
    """Remember that somebody asked for what their clinics may not read."""
    record_refusal(
        by=request.user,
        record_kind="patient",
        record_id=patient.public_id,
        patient_id=patient.public_id,
        note="record of another clinic, or of a time after the registration",
    )


def clinic_to_write(request: ClinicRequest, patient: Patient, action: Action) -> Clinic:
    """The clinic in whose name the user writes to this record today.

    Raises ``PermissionDenied`` in words, remembered in the audit: no role that allows it, or a
    registration that has ended.
    """
    clinic = writing_clinic(request.user, patient, action)
    if clinic is not None:
        return clinic
    if access_used(request.user) is not None:
        record_refusal(
            by=request.user, patient_id=patient.public_id, note=f"emergency access: not {action}"
        )
        raise PermissionDenied(READ_ONLY)
    registrations = registrations_seen_by(request.user, patient)
    for registration in registrations:
        if registration.is_active_on(registration.clinic.today()):
            require(request, action, registration.clinic)
    ended = registrations[0]
    record_refusal(
        by=request.user,
        clinic_id=ended.clinic_id,
        patient_id=patient.public_id,
        note=f"registration not active: not allowed to {action}",
    )
    raise PermissionDenied(_not_followed(ended))


def _not_followed(registration: Registration) -> str:
    if registration.until_on is None:
        day = spoken(registration.from_on)
        return f"{registration.clinic} follows this patient from {day}; nothing can be entered yet."
    return (
        f"{registration.clinic} followed this patient until {spoken(registration.until_on)}. "
        "The record up to that day can be read here, and nothing can be entered."
    )


def identity(request: ClinicRequest, patient: Patient) -> dict[str, Any]:
    """What the banner and the printed page name the patient by."""
    registrations = registrations_seen_by(request.user, patient)
    first = registrations[0]
    today = first.clinic.today()
    return {
        "patient": patient,
        "registration": first,
        "today": today,
        "age_years": patient.age_on(patient.deceased_on or today),
        "sex": patient.get_sex_display() if patient.sex != Patient.Sex.UNKNOWN else "",
        "patient_url": patient_url(patient),
    }


def patient_url(patient: Patient) -> str:
    """The address of the patient's page."""
    return reverse("reports:patient-page", args=[patient.public_id])


def note_view(
    request: ClinicRequest, patient: Patient, record: ClinicalRecord | None = None
) -> None:
    """Write to the audit that the record was opened, once for one answer.

    Every page about a patient does, a form that comes back with errors as well: it shows the record
    beside what was typed.
    """
    row = record or patient
    noted: set[object] = request.__dict__.setdefault("views_noted", set())
    if row.public_id in noted:
        return
    noted.add(row.public_id)
    clinic = registrations_seen_by(request.user, patient)[0].clinic
    note_opening(
        patient,
        action=AuditAction.VIEW,
        by=request.user,
        clinic_id=clinic.pk,
        role=viewing_role(request.user, patient, clinic),
        record_kind=row._meta.model_name or "",
        record_id=row.public_id,
        patient_id=patient.public_id,
    )


def note_opening(patient: Patient, **event: Unpack[EventFields]) -> None:
    """Write that something of a record was opened; call it outside of a transaction.

    Raises ``AuditUnavailable`` when that is not possible, and the page is not shown; but an acute
    emergency stays readable: then the opening goes to a log of its own.
    """
    try:
        record_event(**event)
    except AuditUnavailable:
        if not has_open_episode(patient):
            raise
        note_lost(**event)
