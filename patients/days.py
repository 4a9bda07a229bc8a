"""Which days a statement about a patient may carry."""

from __future__ import annotations

from datetime import date, datetime

from guidelines.days import spoken
from patients.models import Patient

__all__ = ["EARLIEST", "day_error", "spoken"]

EARLIEST = date(1900, 1, 1)
"""No record of a patient of ours speaks of an earlier day, whatever their birth date."""


def day_error(day: date | datetime | None, patient: Patient, today: date) -> str | None:
    """Why a day cannot be right for this patient, in words for the form; None when it can.

    ``today`` is the clinic's. A day in the future, before birth, after death or of another
    century than a record can reach back to is refused.
    """
    if day is None:
        return None
    if isinstance(day, datetime):
        day = day.date()
    if day > today:
        return f"This date is in the future (today is {spoken(today)})."
    if patient.born_on and day < patient.born_on:
        return f"This date is before the patient's birth on {spoken(patient.born_on)}."
    if patient.deceased_on and day > patient.deceased_on:
        return f"The patient died on {spoken(patient.deceased_on)}, before this date."
    if day < EARLIEST:
        return f"This date cannot be right: it is before {EARLIEST.year}."
    return None
