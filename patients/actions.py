"""Acts on the patients floor. Each is atomic and writes history and audit with the rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from patients.days import spoken
from patients.derived import derived_values
from patients.models import ClinicalRecord, EchoStudy, Patient, Registration
from patients.models.patient import NUMBER_TAKEN, folded
from patients.recorded_days import birth_error, closing_error, death_error, recorded_days
from patients.selectors import registrations_running
from patients.writing import Writer, writing, writing_many

if TYPE_CHECKING:
    from accounts.models import Clinic, User

Record = TypeVar("Record", bound=ClinicalRecord)

TWICE_WITHIN = timedelta(seconds=10)
"""Between two requests of one button: nobody types the same statement anew in that time."""

OF_THE_ENTRY = frozenset({"id", "public_id", "version", "entered_at", "entered_by"})
"""Columns that differ between two rows that say the same."""

PROVISIONAL = "from "
"""How the record number begins that a clinic's staff have yet to replace after a move."""


def register_patient(
    *,
    by: User | None,
    clinic: Clinic,
    record_number: str,
    from_on: date,
    person: Mapping[str, Any],
    responsible_clinician: User | None = None,
    referring_doctor: str = "",
    reason: str = "registered",
) -> Patient:
    """Create a person and register them in a clinic under a record number.

    Raises ``ValidationError`` when the number is taken in this clinic or a value is impossible.
    """
    patient = Patient(**person)
    patient.search_key = folded(patient.family_name, patient.given_name)
    _check_person(patient, clinic)
    with (
        _number_asked(clinic, record_number),
        writing_many([], by=by, reason=reason, clinic=clinic) as write,
    ):
        write.add(patient)
        write.add(
            Registration(
                patient=patient,
                clinic=clinic,
                record_number=record_number,
                from_on=from_on,
                responsible_clinician=responsible_clinician,
                referring_doctor=referring_doctor,
            )
        )
    return patient


def register_in_clinic(
    *,
    by: User | None,
    patient: Patient,
    clinic: Clinic,
    record_number: str,
    from_on: date,
    responsible_clinician: User | None = None,
    referring_doctor: str = "",
    reason: str = "registered in a further clinic",
) -> Registration:
    """Register an existing patient in a further clinic, or again in one that had let them go.

    Where they held this record number before, it is theirs again: the ended registration keeps it
    with its last day added. Raises ``ValidationError`` when the clinic follows the patient already.
    """
    registration = Registration(
        patient=patient,
        clinic=clinic,
        record_number=record_number,
        from_on=from_on,
        responsible_clinician=responsible_clinician,
        referring_doctor=referring_doctor,
    )
    with (
        _number_asked(clinic, record_number),
        writing(patient, by=by, reason=reason, clinic=clinic) as write,
    ):
        _check_start(registration)
        _check_not_followed(patient, clinic)
        _hand_over_number(write, registration)
        return write.add(registration)


def change_registration(
    *,
    by: User | None,
    registration: Registration,
    reason: str,
    expected_version: int | None = None,
) -> Registration:
    """Store a corrected record number, first day, responsible clinician or referring doctor.

    ``registration`` carries the new values; clinic, end and why it ended stay as they are stored.
    """
    if not reason.strip():
        raise ValidationError("Say why the registration is changed.")
    stored = Registration.objects.get(pk=registration.pk)
    for name in ("clinic_id", "until_on", "ended_because"):
        setattr(registration, name, getattr(stored, name))
    patient, clinic = registration.patient, stored.clinic
    with (
        _number_asked(clinic, registration.record_number, registration.pk),
        writing(patient, by=by, reason=reason, clinic=clinic) as write,
    ):
        _check_start(registration)
        return write.change(registration, expected_version=expected_version)


def end_registration(
    *,
    by: User | None,
    registration: Registration,
    until_on: date,
    because: str,
    reason: str = "registration ended",
    expected_version: int | None = None,
) -> Registration:
    """End a clinic's registration; the clinic keeps a read-only record up to that day.

    One that was registered by mistake opens nothing any more and sets its record number free.
    Raises ``ValidationError`` where nobody could then open a record that holds entries.
    """
    registration.until_on = until_on
    registration.ended_because = because
    is_mistake = because == Registration.Ended.ENTERED_IN_ERROR
    if is_mistake:
        registration.record_number = _free_number(
            registration.clinic, f"{registration.record_number} (registered by mistake)"
        )
    with writing(registration.patient, by=by, reason=reason, clinic=registration.clinic) as write:
        if is_mistake and (error := closing_error(registration)):
            raise ValidationError({"ended_because": error})
        return write.change(registration, expected_version=expected_version)


def move_patient(
    *,
    by: User | None,
    registration: Registration,
    to_clinic: Clinic,
    moved_on: date,
    reason: str,
    record_number: str = "",
    expected_version: int | None = None,
) -> Registration:
    """End the registration as moved and open one in the other clinic: both, or neither.

    The old clinic reads the record up to and including that day. A registration that runs in the
    other clinic already is kept as it is. Without a record number the patient's former number there
    is used, or a provisional one that the clinic's staff replace. Both clinics get their audit
    events. Returns the registration in the other clinic.
    """
    if not reason.strip():
        raise ValidationError("Say why the patient moves.")
    patient = registration.patient
    with transaction.atomic():
        # Locked to the end, so that nobody registers the patient there meanwhile.
        Patient.objects.select_for_update().get(pk=patient.pk)
        _check_move(registration, to_clinic, moved_on)
        running = registrations_running(patient, to_clinic).first()
        ended = end_registration(
            by=by,
            registration=registration,
            until_on=moved_on,
            because=Registration.Ended.MOVED,
            reason=reason,
            expected_version=expected_version,
        )
        return running or register_in_clinic(
            by=by,
            patient=patient,
            clinic=to_clinic,
            record_number=record_number or _number_for(ended, to_clinic),
            # Where the calendar is a day behind, the new clinic need not wait for its morning.
            from_on=min(moved_on, to_clinic.today()),
            referring_doctor=ended.referring_doctor,
            reason=reason,
        )


def correct_person(
    *,
    by: User | None,
    clinic: Clinic,
    patient: Patient,
    reason: str,
    expected_version: int | None = None,
) -> Patient:
    """Store corrected name, birth date, sex, contact or date of death of a person.

    ``patient`` carries the new values. Raises ``StaleRecord`` when somebody saved meanwhile, and
    ``ValidationError`` beside the field that cannot be right.
    """
    patient.search_key = folded(patient.family_name, patient.given_name)
    with writing(patient, by=by, reason=reason, clinic=clinic) as write:
        _check_person(patient, clinic, stored=write.patients[patient.pk])
        return write.change(patient, expected_version=expected_version)


def mark_deceased(
    *,
    by: User | None,
    clinic: Clinic,
    patient: Patient,
    deceased_on: date,
    reason: str,
    expected_version: int | None = None,
) -> Patient:
    """Record the date of death, or correct it; ``reason`` says how it is known.

    The registrations stay: a clinic's cohort keeps its dead.
    """
    if not reason.strip():
        raise ValidationError("Say how the death is known.")
    patient.deceased_on = deceased_on
    return correct_person(
        by=by, clinic=clinic, patient=patient, reason=reason, expected_version=expected_version
    )


def undo_deceased(
    *,
    by: User | None,
    clinic: Clinic,
    patient: Patient,
    reason: str,
    expected_version: int | None = None,
) -> Patient:
    """Take a date of death back that was marked in error; it stays in the person's history."""
    if not reason.strip():
        raise ValidationError("Say why the death was marked in error.")
    if patient.deceased_on is None:
        raise ValidationError("No death is recorded.")
    patient.deceased_on = None
    return correct_person(
        by=by, clinic=clinic, patient=patient, reason=reason, expected_version=expected_version
    )


def record(
    row: Record,
    *,
    by: User | None,
    clinic: Clinic | None,
    reason: str = "entered",
    today: date | None = None,
    once: bool = False,
) -> Record:
    """Enter one dated statement about a patient (diagnosis, symptom log, result, ...).

    With ``once`` a button that was pressed twice enters one row: what the same person entered a
    moment ago, value for value, is given back instead.
    """
    with writing(row.patient, by=by, reason=reason, clinic=clinic, today=today) as write:
        twin = entered_a_moment_ago(row, by) if once and by is not None else None
        return twin or write.add(row)


def record_all(
    rows: Sequence[ClinicalRecord],
    *,
    by: User | None,
    clinic: Clinic | None,
    reason: str,
    today: date | None = None,
) -> None:
    """Enter several statements in one transaction, each checked as if it came alone."""
    patients = [row.patient for row in rows]
    with writing_many(patients, by=by, reason=reason, clinic=clinic, today=today) as write:
        for row in rows:
            write.add(row)


def change(
    row: Record,
    *,
    by: User | None,
    clinic: Clinic | None,
    reason: str,
    expected_version: int | None = None,
) -> Record:
    """Store a changed row under a reason; the former version stays in its history.

    A study's derived values follow its measurements, and a final study becomes an amended one.
    """
    if isinstance(row, EchoStudy):
        _follow_measurements(row)
    with writing(row.patient, by=by, reason=reason, clinic=clinic) as write:
        return write.change(row, expected_version=expected_version)


def strike(row: Record, *, by: User, clinic: Clinic | None, reason: str) -> Record:
    """Mark a row as entered in error: it stays readable and no longer counts."""
    if not reason.strip():
        raise ValidationError("Say why this was entered in error.")
    row.struck_at = timezone.now()
    row.struck_by = by
    if isinstance(row, EchoStudy):
        row.status = EchoStudy.Status.ENTERED_IN_ERROR
    return change(row, by=by, clinic=clinic, reason=reason)


def record_echo_study(
    study: EchoStudy,
    *,
    by: User | None,
    clinic: Clinic | None,
    final: bool,
    reason: str = "entered",
    today: date | None = None,
) -> EchoStudy:
    """Enter an echo study as a draft with gaps, or as final; derived values are stored with it."""
    prepare_echo_study(study, by=by, final=final)
    return record(study, by=by, clinic=clinic, reason=reason, today=today)


def change_echo_draft(
    study: EchoStudy,
    *,
    by: User,
    clinic: Clinic | None,
    final: bool,
    expected_version: int | None = None,
) -> EchoStudy:
    """Store a corrected draft, as a draft still or as final; derived values are renewed."""
    prepare_echo_study(study, by=by, final=final)
    reason = "finalized" if final else "draft changed"
    return change(study, by=by, clinic=clinic, reason=reason, expected_version=expected_version)


def finalize_echo_study(
    study: EchoStudy, *, by: User, clinic: Clinic | None, expected_version: int | None = None
) -> EchoStudy:
    """Make a draft final, so that it counts. Raises ``ValidationError`` for any other study."""
    if study.status != EchoStudy.Status.DRAFT:
        raise ValidationError("Only a draft is finalized; amend a final study.")
    prepare_echo_study(study, by=by, final=True)
    return change(
        study, by=by, clinic=clinic, reason="finalized", expected_version=expected_version
    )


def amend_echo_study(
    study: EchoStudy,
    *,
    by: User,
    clinic: Clinic | None,
    reason: str,
    expected_version: int | None = None,
) -> EchoStudy:
    """Store an amended final study: same row and address, a new status and a reason."""
    if not reason.strip():
        raise ValidationError("Say why the study is amended.")
    return change(study, by=by, clinic=clinic, reason=reason, expected_version=expected_version)


def prepare_echo_study(study: EchoStudy, *, by: User | None, final: bool) -> None:
    """Fill in status and derived values of a study that is about to be written."""
    study.derived = derived_values(study)
    if final and study.status == EchoStudy.Status.DRAFT:
        study.status = EchoStudy.Status.FINAL
        study.finalized_at = timezone.now()
        study.finalized_by = by


def entered_a_moment_ago(row: Record, by: User) -> Record | None:
    """The same statement by the same person, seconds apart; asked behind the patient's lock."""
    near = (row.entered_at - TWICE_WITHIN, row.entered_at + TWICE_WITHIN)
    others = type(row)._default_manager.filter(
        patient=row.patient, entered_by=by, version=1, struck_at=None, entered_at__range=near
    )
    said = [
        column.attname for column in row._meta.concrete_fields if column.name not in OF_THE_ENTRY
    ]
    return next(
        (
            other
            for other in others
            if all(getattr(other, name) == getattr(row, name) for name in said)
        ),
        None,
    )


def _follow_measurements(study: EchoStudy) -> None:
    """Renew what is derived; a final study that is changed by any road is amended."""
    study.derived = derived_values(study)
    final = EchoStudy.Status.FINAL
    if study.status == final and EchoStudy.objects.filter(pk=study.pk, status=final).exists():
        study.status = EchoStudy.Status.AMENDED


def _check_person(patient: Patient, clinic: Clinic, stored: Patient | None = None) -> None:
    """Refuse a life that lies in the future or does not hold what its record says.

    The record is read only when a stored person's dates change.
    """
    today = clinic.today()
    for name in ("born_on", "deceased_on"):
        day = getattr(patient, name)
        if day is not None and day > today:
            raise ValidationError({name: "This date is in the future."})
    born_on, deceased_on = patient.born_on, patient.deceased_on
    is_born_anew = stored is not None and born_on != stored.born_on and born_on is not None
    is_dead_anew = (
        stored is not None and deceased_on != stored.deceased_on and deceased_on is not None
    )
    if not (is_born_anew or is_dead_anew):
        return
    errors = death_and_birth_errors(patient, clinic)
    asked = {"born_on": is_born_anew, "deceased_on": is_dead_anew}
    if errors := {name: error for name, error in errors.items() if asked[name]}:
        raise ValidationError(errors)


def death_and_birth_errors(patient: Patient, clinic: Clinic) -> dict[str, str]:
    """Why the record does not lie between this person's birth and death, by column."""
    recorded = recorded_days(patient, clinic)
    born_on, deceased_on = patient.born_on, patient.deceased_on
    errors = {
        "born_on": birth_error(born_on, recorded) if born_on else None,
        "deceased_on": death_error(deceased_on, recorded) if deceased_on else None,
    }
    return {name: error for name, error in errors.items() if error}


def _check_start(registration: Registration) -> None:
    """Refuse a registration that begins in the future or before the patient's birth."""
    born_on, today = registration.patient.born_on, registration.clinic.today()
    if registration.from_on > today:
        message = f"This date is in the future (today is {spoken(today)})."
        raise ValidationError({"from_on": message})
    if born_on and registration.from_on < born_on:
        message = f"This date is before the patient's birth on {spoken(born_on)}."
        raise ValidationError({"from_on": message})


def _check_move(registration: Registration, to_clinic: Clinic, moved_on: date) -> None:
    """Refuse a move that cannot have happened on this day."""
    if to_clinic.pk == registration.clinic_id:
        raise ValidationError({"to_clinic": f"The patient is registered in {to_clinic} already."})
    if registration.until_on is not None:
        raise ValidationError(f"This registration ended on {spoken(registration.until_on)}.")
    died_on, today = registration.patient.deceased_on, registration.clinic.today()
    error = ""
    if moved_on > today:
        error = f"This date is in the future (today is {spoken(today)})."
    elif moved_on < registration.from_on:
        error = f"The registration here began later, on {spoken(registration.from_on)}."
    elif died_on and moved_on > died_on:
        error = f"The patient died on {spoken(died_on)}, before this date."
    if error:
        raise ValidationError({"moved_on": error})


def _check_not_followed(patient: Patient, clinic: Clinic) -> None:
    running = registrations_running(patient, clinic).first()
    if running is not None:
        raise ValidationError(
            f"The patient is registered in {clinic} already, under {running.record_number}."
        )


@contextmanager
def _number_asked(clinic: Clinic, record_number: str, but: int | None = None) -> Iterator[None]:
    """Put the refusal of a record number that is taken beside its box.

    It comes from the model's check or, at the very moment of another clerk's, from the database.
    """
    others = Registration.objects.filter(clinic=clinic, record_number__iexact=record_number)
    try:
        yield
    except ValidationError as refusal:
        if NUMBER_TAKEN not in refusal.messages:
            raise
        raise ValidationError({"record_number": NUMBER_TAKEN}) from refusal
    except IntegrityError as refusal:
        if not others.exclude(pk__in=[but or 0]).exists():
            raise
        raise ValidationError({"record_number": NUMBER_TAKEN}) from refusal


def _hand_over_number(write: Writer, registration: Registration) -> None:
    """Give the number of an ended registration of this patient to the one that begins."""
    former = Registration.objects.filter(
        patient=registration.patient,
        clinic=registration.clinic,
        record_number__iexact=registration.record_number,
        until_on__isnull=False,
    ).first()
    if former is not None and former.until_on is not None:
        number = f"{former.record_number} (until {spoken(former.until_on)})"
        former.record_number = _free_number(former.clinic, number)
        write.change(former)


def _number_for(ended: Registration, clinic: Clinic) -> str:
    """The patient's former number in a clinic, or a provisional one that says whence they come."""
    former = (
        Registration.objects.filter(patient=ended.patient, clinic=clinic, until_on__isnull=False)
        .exclude(ended_because=Registration.Ended.ENTERED_IN_ERROR)
        .order_by("-until_on", "-id")
        .first()
    )
    if former is not None:
        return former.record_number
    return _free_number(clinic, f"{PROVISIONAL}{ended.clinic.code.upper()} {ended.record_number}")


def _free_number(clinic: Clinic, wanted: str) -> str:
    """The record number, cut to its column, with a counter when it is taken in this clinic."""
    most = Registration._meta.get_field("record_number").max_length or 0
    for count in itertools.count(1):
        ending = f" ({count})" if count > 1 else ""
        number = wanted[: most - len(ending)].rstrip() + ending
        if not Registration.objects.filter(clinic=clinic, record_number__iexact=number).exists():
            return number
    raise AssertionError("counting does not end")
