"""Acts on the follow-up floor: a letter is kept, or struck. Neither changes what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone

from followup.models import Letter
from patients.writing import writing

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
