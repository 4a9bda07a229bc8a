"""Letters that invite patients: who gets one, who does not and why, and their neutral words.

An envelope may be opened by others: a letter names no diagnosis, verdict or drug, and not what an
appointment is for.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms

from accounts.models import Clinic
from accounts.permissions import Action
from followup.models import Appointment
from followup.selectors import reason_not_to_contact, wishes_of
from patients.forms.typed import DayField
from patients.models import Patient
from patients.selectors import writing_clinic_among
from reports.recall import PLANNED, RecallScope, registrations_with_clinics
from reports.selectors import listed_patients

GREETING = "Dear Sir or Madam,"
INVITES = "We would like to invite you for your next appointment at {clinic}."
ASKS = "Please contact us so that we can find a day that suits you."
BOOKED = "We have planned your next appointment at {clinic} for {day}."
TELLS = "Please let us know if you cannot come on this day."
REACHES = "You reach us here: {reach}"
REGARDS = "Yours sincerely,"
NOT_FOLLOWED = "No longer followed in a clinic in which you may book and note contacts."


@dataclass(frozen=True)
class RecallLetter:
    """One letter on paper: to whom, from which clinic, and its lines."""

    patient: Patient
    number: str
    clinic: Clinic
    on: date
    address: tuple[str, ...]
    paragraphs: tuple[str, ...]

    @property
    def has_address(self) -> bool:
        """Whether an address is recorded."""
        return bool(self.patient.address.strip())

    @property
    def text(self) -> str:
        """The whole letter, to be copied."""
        day = f"{self.on.day} {self.on:%B %Y}"
        head = "\n".join([str(self.clinic), day, "", *self.address])
        return "\n\n".join([head, *self.paragraphs[:-1], f"{REGARDS}\n{self.clinic}"])


@dataclass(frozen=True)
class LeftOut:
    """A ticked patient who gets no letter, and why."""

    patient: Patient
    why: str


@dataclass(frozen=True)
class Letters:
    """What becomes of the ticked patients; ``unseen`` are those whom the user may not see."""

    letters: list[RecallLetter]
    left_out: list[LeftOut]
    unseen: int

    @property
    def without_address(self) -> list[RecallLetter]:
        """Letters that nobody can post yet."""
        return [each for each in self.letters if not each.has_address]


class LettersForm(forms.Form):
    """What every letter says of how to reach the clinic, and when to call if nobody answers."""

    reach = forms.CharField(
        label="How patients reach you",
        max_length=200,
        required=False,
        help_text="Printed in every letter, for example: telephone +33 1 99 00 00 02, 9 to 12.",
    )
    next_try_on = DayField(
        label="Try again on",
        required=False,
        help_text="From this day on they are on the call list as to be tried again.",
    )

    def __init__(self, data: Any = None, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.today = today
        box = self.fields["next_try_on"]
        assert isinstance(box, DayField)  # noqa: S101 - for the type checker
        box.today = today

    def clean_next_try_on(self) -> date | None:
        """A later day, within a year."""
        day: date | None = self.cleaned_data["next_try_on"]
        if day is not None and day <= self.today:
            raise forms.ValidationError("The next try comes later than the letter.")
        if day is not None and day > self.today + timedelta(days=366):
            raise forms.ValidationError("This is more than a year ahead. Check the year.")
        return day


def letters_for(scope: RecallScope, ids: Collection[UUID], reach: str = "") -> Letters:
    """The letters of these patients as of now; whoever is to get none is named with the reason."""
    clinic_ids = [clinic.pk for clinic in scope.clinics]
    seen = listed_patients(scope.user, clinic_ids).filter(public_id__in=ids)
    patients = list(seen.order_by("family_name", "given_name", "id"))
    keys = [patient.pk for patient in patients]
    registrations, wishes = registrations_with_clinics(scope, keys), wishes_of(keys)
    booked = _next_appointments(keys, scope.today)
    letters, left_out = [], []
    for patient in patients:
        found = registrations[patient.pk]
        clinic = writing_clinic_among(scope.user, found, Action.RECALL)
        why = reason_not_to_contact(patient, wishes.get(patient.pk), by_letter=True)
        if clinic is None or why:
            left_out.append(LeftOut(patient, why or NOT_FOLLOWED))
            continue
        numbers = [each.record_number for each in found if each.clinic_id == clinic.pk]
        letters.append(_letter(patient, clinic, numbers[0], booked.get(patient.pk), reach))
    return Letters(letters, left_out, len(set(ids)) - len(patients))


def _next_appointments(keys: Sequence[int], today: date) -> dict[int, Appointment]:
    rows = Appointment.objects.filter(
        patient_id__in=keys, status=PLANNED, planned_on__gte=today, struck_at__isnull=True
    )
    # The nearest comes last and so stands.
    return {row.patient_id: row for row in rows.order_by("-planned_on", "-id")}


def _letter(
    patient: Patient, clinic: Clinic, number: str, booked: Appointment | None, reach: str
) -> RecallLetter:
    name = " ".join(filter(None, [patient.given_name, patient.family_name]))
    lines = [name or f"Record number {number}", *patient.address.splitlines()]
    said = [INVITES.format(clinic=clinic), ASKS]
    if booked is not None:
        said = [BOOKED.format(clinic=clinic, day=_day_of(booked)), TELLS]
    reaches = [REACHES.format(reach=reach)] if reach else []
    return RecallLetter(
        patient=patient,
        number=number,
        clinic=clinic,
        on=clinic.today(),
        address=tuple(line.strip() for line in lines if line.strip()),
        paragraphs=(GREETING, *said, *reaches, REGARDS),
    )


def _day_of(booked: Appointment) -> str:
    """Thursday, 3 December 2026, at 10:30."""
    day = booked.planned_on
    time = f", at {booked.planned_time:%H:%M}" if booked.planned_time else ""
    return f"{day:%A}, {day.day} {day:%B %Y}{time}"
