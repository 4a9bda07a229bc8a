"""Booking one day for several patients who are ticked on a list: one way for every list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError

from accounts.access import ClinicRequest
from followup.actions import RowsRefused, book_appointments
from followup.models import Appointment
from patients.days import spoken
from patients.forms.typed import ClockField, DayField
from patients.models import Patient
from reports.recall import RecallRow, RecallScope, followed_patients, rows_of

FURTHEST = timedelta(days=5 * 366)
NOBODY_TICKED = "Tick the patients for whom this is meant."
NOT_HERE = "You may not book for this patient, who is no longer followed in your clinic."


class BookForm(forms.Form):
    """One day and kind for everybody who is ticked."""

    kind = forms.ChoiceField(label="What for", choices=[("", "choose"), *Appointment.Kind.choices])
    planned_on = DayField(label="Day", required=True)
    planned_time = ClockField(label="Time", required=False)
    place = forms.CharField(max_length=120, required=False)

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data)
        self.today = today
        box = self.fields["planned_on"]
        assert isinstance(box, DayField)  # noqa: S101 - for the type checker
        box.today = today

    def clean_planned_on(self) -> date:
        """A day from today on, within five years."""
        day: date = self.cleaned_data["planned_on"]
        if day < self.today:
            raise forms.ValidationError(f"{spoken(day)} is over. Several are booked ahead only.")
        if day > self.today + FURTHEST:
            raise forms.ValidationError("This is more than five years ahead. Check the year.")
        return day


def ids_in(values: Sequence[str]) -> list[UUID]:
    """The opaque ids among what was sent, each once."""
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def book_for(
    request: ClinicRequest, scope: RecallScope, ids: Sequence[UUID], form: BookForm
) -> Mapping[int, str]:
    """Book for all of these patients; what stands against it, by patient's key, and none booked.

    What is wrong with the whole stands in the form.
    """
    patients = list(followed_patients(scope).filter(public_id__in=ids).order_by("id"))
    rows = rows_of(scope, patients)
    refused = {row.patient.pk: NOT_HERE for row in rows if row.writes_in is None}
    if not ids:
        form.add_error(None, NOBODY_TICKED)
    elif len(patients) < len(ids):
        missing = len(ids) - len(patients)
        form.add_error(
            None, f"{missing} of those ticked died or is not followed here any more: tick anew."
        )
    if refused or form.errors:
        return refused
    booked = [(row.patient, row.writes_in) for row in rows if row.writes_in is not None]
    try:
        made = book_appointments(by=request.user, booked=booked, **form.cleaned_data)
    except RowsRefused as refusal:
        return refusal.reasons
    except ValidationError as error:
        form.add_error(None, error.messages)
        return {}
    noun = "appointment" if len(made) == 1 else "appointments"
    day = spoken(form.cleaned_data["planned_on"])
    messages.success(request, f"{len(made)} {noun} booked for {day}.")
    return {}


def refused_elsewhere(
    scope: RecallScope, errors: Mapping[int, str], on_page: Collection[int]
) -> list[RecallRow]:
    """Refused patients whom the page does not show, with the reason."""
    keys = [key for key in errors if key not in on_page]
    if not keys:
        return []
    patients = Patient.objects.visible_to(scope.user).filter(pk__in=keys).order_by("id")
    rows = rows_of(scope, list(patients))
    for row in rows:
        row.error = errors[row.patient.pk]
    return rows
