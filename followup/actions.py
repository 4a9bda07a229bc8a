"""Acts on the follow-up floor: letters are kept or struck, appointments booked and answered for.

Keeping or striking a letter never changes what it says.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from followup.models import Appointment, ContactAttempt, Letter
from followup.selectors import reason_not_to_contact, wishes_of
from patients.days import spoken
from patients.writing import StaleRecord, Writer, locked, writing, writing_many

if TYPE_CHECKING:
    from accounts.models import Clinic, User
    from patients.models import Patient

TWICE_WITHIN = timedelta(seconds=10)
"""Between two requests of one button: nobody writes the same letter anew in that time."""

NOTHING_WRITTEN = "The letter is empty."
NO_REASON = "Say why this letter is struck."
TO_THE_DEAD = "A letter to a patient who died is not written here."
ANOTHER_RECORD = "A correction names a letter of the same kind about the same patient."
CORRECTED_BEFORE = (
    "Somebody else has kept a correction of this letter meanwhile. Read it first; if it is wrong, "
    "correct that one."
)
STRUCK_BEFORE = "This letter is struck already; write a new one."


def keep_letter(
    *,
    by: User,
    clinic: Clinic,
    patient: Patient,
    kind: str,
    speaks_of_on: date,
    addressee: str,
    regarding: str,
    text: str,
    editions: Sequence[str],
    engine_version: str,
    facts_hash: str,
    corrects: Letter | None = None,
) -> Letter:
    """Keep a letter with the record, for good; the same one sent twice is kept once.

    Raises ``ValidationError`` for an empty letter, for one to a patient who died, and for a
    correction of another patient's letter, of another kind, or of one that is struck.
    """
    if not text.strip():
        raise ValidationError({"text": NOTHING_WRITTEN})
    with writing(patient, by=by, reason="kept", clinic=clinic) as write:
        stored = write.patients[patient.pk]
        if kind == Letter.Kind.PATIENT and stored.deceased_on is not None:
            raise ValidationError(TO_THE_DEAD)
        if corrects is not None:
            _require_correctable(corrects, patient, kind)
        twice = _kept_a_moment_ago(patient, by, kind, text)
        if twice is not None:
            return twice
        return write.add(
            Letter(
                patient=stored,
                clinic=clinic,
                kind=kind,
                speaks_of_on=speaks_of_on,
                addressee=addressee,
                regarding=regarding,
                text=text,
                corrects=corrects,
                editions=list(editions),
                engine_version=engine_version,
                facts_hash=facts_hash,
            )
        )


def _require_correctable(letter: Letter, patient: Patient, kind: str) -> None:
    stored = Letter.objects.get(pk=letter.pk)
    if (stored.patient_id, stored.kind) != (patient.pk, kind):
        raise ValidationError(ANOTHER_RECORD)
    if stored.struck_at is not None:
        raise ValidationError(STRUCK_BEFORE)
    if Letter.objects.filter(corrects=stored, struck_at__isnull=True).exists():
        raise ValidationError(CORRECTED_BEFORE)


def _kept_a_moment_ago(patient: Patient, by: User, kind: str, text: str) -> Letter | None:
    since = timezone.now() - TWICE_WITHIN
    rows = Letter.objects.filter(
        patient=patient, entered_by=by, kind=kind, entered_at__gte=since, struck_at__isnull=True
    )
    return next((row for row in rows.order_by("-id") if row.text == text), None)


def strike_letter(
    *,
    by: User,
    clinic: Clinic,
    letter: Letter,
    reason: str,
    expected_version: int | None = None,
) -> Letter:
    """Mark a letter as entered in error: it stays readable, and says on its face that it is.

    Raises ``ValidationError`` without a reason or when it is struck already, and ``StaleRecord``
    when somebody saved it meanwhile.
    """
    if not reason.strip():
        raise ValidationError({"reason": NO_REASON})
    letter.struck_at = timezone.now()
    letter.struck_by = by
    with writing(letter.patient, by=by, reason=reason, clinic=clinic) as write:
        return write.change(letter, expected_version=expected_version)


# ---- appointments --------------------------------------------------------------------------------


class RowsRefused(Exception):  # noqa: N818 (what the person reads, not a fault)
    """Some of several rows cannot be written, so none was; the reason for each patient's key."""

    def __init__(self, reasons: Mapping[int, str]) -> None:
        super().__init__("Nothing was saved.")
        self.reasons = reasons


def attend_appointment(
    *, by: User, clinic: Clinic, appointment: Appointment, expected_version: int | None
) -> Appointment:
    """Note that the patient came.

    Raises ``ValidationError`` when its day lies ahead or when it was said already what became of
    it, and ``StaleRecord`` when somebody saved it meanwhile.
    """
    with _planned(by, clinic, appointment, expected_version, "attended") as write:
        _require_over(appointment, write.today)
        appointment.status = Appointment.Status.ATTENDED
        return write.change(appointment, expected_version=expected_version)


def miss_appointment(
    *, by: User, clinic: Clinic, appointment: Appointment, expected_version: int | None
) -> Appointment:
    """Note that the patient did not come. Raises as ``attend_appointment`` does."""
    with _planned(by, clinic, appointment, expected_version, "did not come") as write:
        _require_over(appointment, write.today)
        appointment.status = Appointment.Status.MISSED
        return write.change(appointment, expected_version=expected_version)


def cancel_appointment(
    *,
    by: User,
    clinic: Clinic,
    appointment: Appointment,
    cancelled_by: str,
    comment: str,
    expected_version: int,
) -> Appointment:
    """Note by whom an appointment was cancelled; it stays in the record.

    Raises ``ValidationError`` when it is planned no more, ``StaleRecord`` as the others do.
    """
    with _planned(by, clinic, appointment, expected_version, "cancelled") as write:
        appointment.status = Appointment.Status.CANCELLED
        appointment.cancelled_by, appointment.comment = cancelled_by, comment
        return write.change(appointment, expected_version=expected_version)


def move_appointment(
    *,
    by: User,
    clinic: Clinic,
    appointment: Appointment,
    planned_on: date,
    planned_time: time | None,
    place: str,
    expected_version: int,
) -> Appointment:
    """Give a planned appointment another day, time or place; the former one stays in its history.

    Raises ``ValidationError`` when it is planned no more or the new day follows a death, and
    ``StaleRecord`` as the others do.
    """
    with _planned(by, clinic, appointment, expected_version, "moved to another day") as write:
        _require_alive(write.patients[appointment.patient_id], planned_on)
        appointment.planned_on, appointment.planned_time = planned_on, planned_time
        appointment.place = place
        return write.change(appointment, expected_version=expected_version)


@contextmanager
def _planned(
    by: User, clinic: Clinic, appointment: Appointment, expected_version: int | None, reason: str
) -> Iterator[Writer]:
    """Write to an appointment that is still planned, as the person saw it: never without."""
    with writing(appointment.patient, by=by, reason=reason, clinic=clinic) as write:
        stored = Appointment.objects.get(pk=appointment.pk)
        if stored.version != expected_version:
            raise StaleRecord(stored)
        if stored.status != Appointment.Status.PLANNED:
            raise ValidationError(f"It is not planned any more: {stored.get_status_display()}.")
        yield write


def _require_over(appointment: Appointment, today: date) -> None:
    if appointment.planned_on > today:
        day = spoken(appointment.planned_on)
        raise ValidationError(f"It is planned for {day}, which has not come yet.")


def _require_alive(patient: Patient, planned_on: date) -> None:
    died = patient.deceased_on
    if died is not None and planned_on > died:
        message = f"The patient died on {spoken(died)}; nothing is planned after it."
        raise ValidationError({"planned_on": message})


def book_appointments(
    *,
    by: User,
    booked: Sequence[tuple[Patient, Clinic]],
    kind: str,
    planned_on: date,
    planned_time: time | None = None,
    place: str = "",
) -> list[Appointment]:
    """Book the same day for several patients, each in the name of a clinic: all of them or none.

    Raises ``RowsRefused`` with a reason for each patient who died, who does not wish to be
    contacted, or for whom such an appointment is planned already.
    """
    made: list[Appointment] = []
    with transaction.atomic():
        _lock_all(booked)
        for clinic, patients in _by_clinic(booked):
            today = clinic.today()
            with writing_many(patients, by=by, reason="booked", clinic=clinic) as write:
                stored = list(write.patients.values())
                _refuse_some(_not_to_be_booked(stored, kind, today))
                made += [
                    write.add(
                        Appointment(
                            patient=patient,
                            kind=kind,
                            booked_on=today,
                            planned_on=planned_on,
                            planned_time=planned_time,
                            place=place,
                        )
                    )
                    for patient in stored
                ]
    return made


def _not_to_be_booked(patients: Sequence[Patient], kind: str, today: date) -> dict[int, str]:
    planned = Appointment.objects.filter(
        patient__in=patients,
        kind=kind,
        status=Appointment.Status.PLANNED,
        planned_on__gte=today,
        struck_at__isnull=True,
    )
    days = dict(planned.order_by("-planned_on", "-id").values_list("patient_id", "planned_on"))
    label = Appointment.Kind(kind).label
    twice = {pk: f"A {label} is planned already, for {spoken(day)}." for pk, day in days.items()}
    return twice | _not_to_be_contacted(patients)


def record_letters_sent(
    *, by: User, sent: Sequence[tuple[Patient, Clinic]], next_try_on: date | None = None
) -> list[ContactAttempt]:
    """Note a letter of today for each patient, in the name of a clinic: all of them or none.

    A button pressed twice notes one letter. Raises ``RowsRefused`` with a reason for each patient
    who died meanwhile or does not wish to be written to.
    """
    made: list[ContactAttempt] = []
    with transaction.atomic():
        _lock_all(sent)
        for clinic, patients in _by_clinic(sent):
            with writing_many(patients, by=by, reason="letter sent", clinic=clinic) as write:
                stored = list(write.patients.values())
                _refuse_some(_not_to_be_contacted(stored, by_letter=True))
                twice = _written_a_moment_ago(stored, by)
                made += [
                    write.add(
                        ContactAttempt(
                            patient=patient,
                            attempted_on=clinic.today(),
                            channel=ContactAttempt.Channel.LETTER,
                            outcome=ContactAttempt.Outcome.MESSAGE_LEFT,
                            next_try_on=next_try_on,
                        )
                    )
                    for patient in stored
                    if patient.pk not in twice
                ]
    return made


def _written_a_moment_ago(patients: Sequence[Patient], by: User) -> set[int]:
    rows = ContactAttempt.objects.filter(
        patient__in=patients,
        entered_by=by,
        channel=ContactAttempt.Channel.LETTER,
        entered_at__gte=timezone.now() - TWICE_WITHIN,
        struck_at__isnull=True,
    )
    return set(rows.values_list("patient_id", flat=True))


def _lock_all(pairs: Sequence[tuple[Patient, Clinic]]) -> None:
    """Lock the patients of all clinics in the order of keys, before those of the first are written.

    A patient of two clinics may be another clinic's for another person: clinic by clinic, the two
    could wait for each other.
    """
    if len({clinic.pk for _, clinic in pairs}) > 1:
        deque(locked(patient.pk for patient, _ in pairs), maxlen=0)


def _by_clinic(
    pairs: Sequence[tuple[Patient, Clinic]],
) -> Iterator[tuple[Clinic, list[Patient]]]:
    """The patients of each clinic, the clinics in one order whoever asks."""
    clinics = {clinic.pk: clinic for _, clinic in pairs}
    for key in sorted(clinics):
        yield clinics[key], [patient for patient, clinic in pairs if clinic.pk == key]


def _not_to_be_contacted(patients: Sequence[Patient], *, by_letter: bool = False) -> dict[int, str]:
    wishes = wishes_of([patient.pk for patient in patients])
    reasons: dict[int, str] = {}
    for patient in patients:
        reason = reason_not_to_contact(patient, wishes.get(patient.pk), by_letter=by_letter)
        if reason:
            reasons[patient.pk] = reason
    return reasons


def _refuse_some(reasons: Mapping[int, str]) -> None:
    if reasons:
        raise RowsRefused(reasons)
