"""Forms of the administration: a reason and the version that was read go with every change."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field
from django.http import HttpRequest

from accounts.models import Clinic, User
from accounts.permissions import Action, clinics_where
from patients.fields import MEASURES, PossibleRange
from patients.forms.typed import plain
from patients.models import Patient, Registration
from patients.selectors import writing_clinic
from patients.writing import StaleRecord

REASON_LENGTH = 100  # characters, as the history keeps them
CHANGE_FIELDS = ("change_reason", "read_version")
OUTSIDE_THE_RECORD = {*CHANGE_FIELDS, "unusual_is_right"}
CHECKED = "Checked: right as typed"
SAY_WHY = "Say why this is changed."

Refusal = StaleRecord | ValidationError


class RefusedRow(Exception):  # noqa: N818 (what a clerk reads beside a row, not a fault)
    """An action refused a row that was typed below a record; all of the form is unsaved."""

    def __init__(self, prefix: str, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.prefix, self.refusal = prefix, refusal


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
        label=CHECKED,
        required=False,
        help_text="Tick only after a value was called unusual and you checked it.",
    )

    def clean(self) -> dict[str, Any]:
        """Who may write this patient's record, unusual values, and what the action refused."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._check_right(cleaned)
        self.check_kind(cleaned)
        self._ask_about_unusual_values(cleaned)
        self._check_version(cleaned)
        self._add_refusal()
        return cleaned

    def check_kind(self, cleaned: dict[str, Any]) -> None:
        """What only one kind of record asks; a subclass says it."""

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
            if value is not None and name in self.changed_data and self.is_unusual(name, value)
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
            said = f"{plain_text(cleaned[name])} is unusual. If it is right, tick “{CHECKED}”."
            self.ask(name, cleaned[name], said)

    def ask(self, name: str, value: Any, question: str) -> None:
        """Ask about a value; what was typed still counts for whatever else is checked."""
        setattr(self.instance, name, value)
        self.add_error(name, question)

    def is_unusual(self, name: str, value: Any) -> bool:
        """Whether a measurement can exist and is outside of its plausible range."""
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
        if self.refusal is not None:
            self.add_refusal(self.refusal)

    def add_refusal(self, refusal: Refusal) -> None:
        """Show what an action refused, beside its field where there is one."""
        if isinstance(refusal, StaleRecord):
            self.add_error(None, str(refusal) + _WHAT_NOW)
        else:
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


class EntryForm(StaffForm):
    """The form of a new record: the patient is chosen in a box, or by a record number.

    A typed number is answered with the person's name, so that a wrong digit is seen before anything
    is saved.
    """

    record_number_typed = forms.CharField(
        label="Or record number",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Instead of the box above. You see whose number it is before anything is saved.",
    )

    def clean(self) -> dict[str, Any]:
        """Nothing is entered without a patient."""
        cleaned = super().clean()
        number = (cleaned.get("record_number_typed") or "").strip()
        if "patient" not in self.fields or "patient" in self.errors:
            return cleaned
        if cleaned.get("patient") is None and number:
            self._offer_patient(number)
        elif cleaned.get("patient") is None:
            self.add_error("patient", "Choose the patient, or type the record number below.")
        return cleaned

    def _offer_patient(self, number: str) -> None:
        """Put the number's patient into the box, to be looked at and saved in a second step."""
        found = self._patients_of(number)
        if len(found) != 1:
            said = "No patient whom your clinics follow has" if not found else "Two patients have"
            self.add_error("record_number_typed", f"{said} the record number {number}.")
            return
        box: Any = self.fields["patient"]
        typed: Any = self.data.copy()  # type: ignore[attr-defined]
        typed[self.add_prefix("patient")] = str(found[0].pk)
        typed[self.add_prefix("record_number_typed")] = ""
        self.data = typed
        person = box.label_from_instance(found[0])
        self.add_error("patient", f"This is {person}. If that is right, save again.")

    def _patients_of(self, number: str) -> list[Patient]:
        box: Any = self.fields["patient"]
        clinics = clinics_where(self.user, Action.VIEW_PATIENT)
        numbered = Registration.objects.filter(record_number__iexact=number, clinic__in=clinics)
        return list(box.queryset.filter(pk__in=numbered.values("patient_id"))[:2])


class ChangeForm(StaffForm):
    """The form of a stored record."""

    change_reason = forms.CharField(
        label="Reason for the change",
        max_length=REASON_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text="Needed when something above is changed, and kept in the record's history; "
        "for instance: typing error on the referral.",
    )
    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["read_version"].initial = self.instance.version

    def check_kind(self, cleaned: dict[str, Any]) -> None:
        """A change has its reason."""
        super().check_kind(cleaned)
        if self.changes_the_record and not cleaned.get("change_reason"):
            self.add_error("change_reason", SAY_WHY)


class RowForm(StaffForm):
    """A new row that is typed below the patient or the intervention it belongs to."""

    parent: ClassVar[Any] = None

    def written_patient(self, cleaned: dict[str, Any]) -> Patient | None:
        """The patient on whose page it is typed."""
        patient: Patient = getattr(self.parent, "patient", self.parent)
        return patient

    def clean(self) -> dict[str, Any]:
        """The same, with what an action refused in this very row."""
        cleaned = super().clean()
        refused = self.request.__dict__.get("refused_rows", {}).get(self.prefix)
        if refused is not None:
            self.add_refusal(refused)
        return cleaned


def plain_text(value: Any) -> str:
    """A typed value as it is repeated in a question."""
    return plain(value) if isinstance(value, Decimal) else str(value)


def _measure_of(model: type[Any], name: str) -> str | None:
    """The catalogue's name of a measured column."""
    try:
        field: Field[Any, Any] = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    found = [v.name for v in field.validators if isinstance(v, PossibleRange)]
    return found[0] if found else None
