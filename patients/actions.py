"""Acts on the patients floor. Each is atomic and writes history and audit with the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils import timezone

from patients.derived import derived_values
from patients.models import ClinicalRecord, EchoStudy, Patient, Registration
from patients.models.patient import folded
from patients.writing import writing, writing_many

if TYPE_CHECKING:
    from accounts.models import Clinic, User

Record = TypeVar("Record", bound=ClinicalRecord)


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
    _check_person(patient, clinic.today())
    with writing_many([], by=by, reason=reason, clinic=clinic) as write:
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
    reason: str = "registered in a further clinic",
) -> Registration:
    """Register an existing patient in a further clinic."""
    with writing(patient, by=by, reason=reason, clinic=clinic) as write:
        return write.add(
            Registration(
                patient=patient, clinic=clinic, record_number=record_number, from_on=from_on
            )
        )


def end_registration(
    *,
    by: User | None,
    registration: Registration,
    until_on: date,
    because: str,
    reason: str = "registration ended",
) -> Registration:
    """End a clinic's registration; the clinic keeps a read-only record up to that day."""
    registration.until_on = until_on
    registration.ended_because = because
    with writing(registration.patient, by=by, reason=reason, clinic=registration.clinic) as write:
        return write.change(registration)


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
    _check_person(patient, clinic.today())
    with writing(patient, by=by, reason=reason, clinic=clinic) as write:
        return write.change(patient, expected_version=expected_version)


def record(
    row: Record,
    *,
    by: User | None,
    clinic: Clinic | None,
    reason: str = "entered",
    today: date | None = None,
) -> Record:
    """Enter one dated statement about a patient (diagnosis, symptom log, result, ...)."""
    with writing(row.patient, by=by, reason=reason, clinic=clinic, today=today) as write:
        return write.add(row)


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


def _follow_measurements(study: EchoStudy) -> None:
    """Renew what is derived; a final study that is changed by any road is amended."""
    study.derived = derived_values(study)
    final = EchoStudy.Status.FINAL
    if study.status == final and EchoStudy.objects.filter(pk=study.pk, status=final).exists():
        study.status = EchoStudy.Status.AMENDED


def _check_person(patient: Patient, today: date) -> None:
    for name in ("born_on", "deceased_on"):
        day = getattr(patient, name)
        if day is not None and day > today:
            raise ValidationError({name: "This date is in the future."})
