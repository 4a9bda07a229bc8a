"""Forms of the administration: a reason and the version that was read go with every change."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field
from django.http import HttpRequest

from accounts.models import Clinic, User
from accounts.permissions import Action, clinics_where
from patients.days import spoken
from patients.fields import MEASURES, PossibleRange
from patients.models import Patient, Registration
from patients.selectors import writing_clinic
from patients.writing import StaleRecord

REASON_LENGTH = 100  # characters, as the history keeps them
CHANGE_FIELDS = ("reason", "read_version")
OUTSIDE_THE_RECORD = {*CHANGE_FIELDS, "unusual_is_right"}

Refusal = StaleRecord | ValidationError


class StaffForm(forms.ModelForm):  # type: ignore[type-arg]
    """A record's form, bound to the request it answers.

    ``refusal`` is what the action refused when it tried to save what this form had accepted: the
    form is then shown again with it, and with everything that was typed.
    """

    request: ClassVar[HttpRequest]
    action: ClassVar[Action]
    refusal: ClassVar[Refusal | None] = None
    clinic: Clinic | None = None

    unusual_is_right = forms.BooleanField(
        label="Unusual values are right as typed",
        required=False,
        help_text="Tick only after a value was called unusual and you checked it.",
    )

    def clean(self) -> dict[str, Any]:
        """Who may write this patient's record, unusual values, and what the action refused."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._check_right(cleaned)
        self._ask_about_unusual_values(cleaned)
        self._check_version(cleaned)
        self._add_refusal()
        return cleaned

    @property
    def user(self) -> User:
        """Who fills in the form; nobody else passes the administration's door."""
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101 - for the type checker
        return user

    @property
    def changes_the_record(self) -> bool:
        """Whether anything but the reason was typed."""
        return bool(set(self.changed_data) - OUTSIDE_THE_RECORD)

    def written_patient(self, cleaned: dict[str, Any]) -> Patient | None:
        """The patient to whose record the form writes; None when none was chosen."""
        if self.instance.pk:
            patient: Patient = self.instance.patient
            return patient
        return cleaned.get("patient")

    def unusual_fields(self, cleaned: dict[str, Any]) -> list[str]:
        """Names of the typed measurements outside their plausible range."""
        return [
            name
            for name, value in cleaned.items()
            if value is not None and name in self.changed_data and self._is_unusual(name, value)
        ]

    def _check_right(self, cleaned: dict[str, Any]) -> None:
        patient = self.written_patient(cleaned)
        if patient is None:
            return
        self.clinic = writing_clinic(self.user, patient, self.action)
        if self.clinic is None:
            self._add("patient", "You may not write to this patient's record.")

    def _ask_about_unusual_values(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("unusual_is_right"):
            return
        for name in self.unusual_fields(cleaned):
            self.add_error(
                name,
                f"{cleaned[name]} is unusual. If it is right, tick "
                "“Unusual values are right as typed”.",
            )

    def _is_unusual(self, name: str, value: Any) -> bool:
        found = _measure_of(self._meta.model, name)
        if found is None:
            return False
        # What cannot exist is refused by the model, not asked about.
        return MEASURES[found].is_possible(value) and not MEASURES[found].is_plausible(value)

    def _check_version(self, cleaned: dict[str, Any]) -> None:
        if not self.instance.pk or "read_version" not in self.fields:
            return
        if cleaned.get("read_version") != self.instance.version:
            self.add_error(None, str(StaleRecord(self.instance)) + _WHAT_NOW)

    def _add_refusal(self) -> None:
        refusal = self.refusal
        if isinstance(refusal, StaleRecord):
            self.add_error(None, str(refusal) + _WHAT_NOW)
        elif refusal is not None:
            by_field = refusal.message_dict if hasattr(refusal, "error_dict") else {}
            for name, messages in (by_field or {"__all__": refusal.messages}).items():
                for message in messages:
                    self._add(name, message)

    def _add(self, name: str, message: str) -> None:
        self.add_error(name if name in self.fields else None, message)


_WHAT_NOW = (
    " Nothing was saved. Open the record again in another window, compare, and enter your change "
    "there."
)


class ChangeForm(StaffForm):
    """The form of a stored record."""

    reason = forms.CharField(
        label="Reason for the change",
        max_length=REASON_LENGTH,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text="Kept in the record's history, for instance: typing error on the referral.",
        error_messages={"required": "Say why this is changed."},
    )
    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["read_version"].initial = self.instance.version


class PersonForm(ChangeForm):
    """The form of a registered person."""

    unusual_is_right = None  # type: ignore[assignment]

    def written_patient(self, cleaned: dict[str, Any]) -> Patient | None:
        """The person."""
        patient: Patient = self.instance
        return patient


class NewPersonForm(StaffForm):
    """A new person, with the place in a clinic."""

    unusual_is_right = None  # type: ignore[assignment]

    clinic_chosen = forms.ModelChoiceField(Clinic.objects.none(), label="Clinic")
    record_number = forms.CharField(label="Record number", max_length=60)
    from_on = forms.DateField(label="Registered from", widget=AdminDateWidget)
    referring_doctor = forms.CharField(label="Referring doctor", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clinics = Clinic.objects.filter(pk__in=clinics_where(self.user, self.action))
        chosen = self.fields["clinic_chosen"]
        assert isinstance(chosen, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        chosen.queryset = clinics
        first = getattr(self.request, "clinic", None) or clinics.first()
        if first is not None:
            chosen.initial = first.pk
            self.fields["from_on"].initial = first.today()

    def clean(self) -> dict[str, Any]:
        """The record number is free in the clinic, and the registration not in the future."""
        cleaned = super().clean()
        self.clinic = cleaned.get("clinic_chosen")
        if self.clinic is None:
            return cleaned
        number, from_on = cleaned.get("record_number"), cleaned.get("from_on")
        taken = Registration.objects.filter(clinic=self.clinic, record_number=number)
        if number and taken.exists():
            self.add_error("record_number", "This record number is already used in this clinic.")
        today = self.clinic.today()
        if from_on and from_on > today:
            message = f"This date is in the future (today is {spoken(today)})."
            self.add_error("from_on", message)
        return cleaned

    def written_patient(self, cleaned: dict[str, Any]) -> Patient | None:
        """Nobody yet: the right is asked of the chosen clinic, among those offered."""
        return None


def _measure_of(model: type[Any], name: str) -> str | None:
    """The catalogue's name of a measured column."""
    try:
        field: Field[Any, Any] = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    found = [v.name for v in field.validators if isinstance(v, PossibleRange)]
    return found[0] if found else None
