"""The forms around an emergency access."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Clinic, User
from accounts.permissions import Action, clinics_where
from patients.forms.typed import DayField

SHORTEST_REASON = 15  # characters
LONGEST = 1000
ROWS = {"rows": 3}


class EmergencyForm(forms.Form):
    """Whose record, in which clinic, and why. Nothing is offered and nothing is completed."""

    clinic = forms.ModelChoiceField(
        label="Clinic that follows the patient",
        queryset=Clinic.objects.none(),
        to_field_name="public_id",
        empty_label="Choose the clinic",
        error_messages={"required": "Choose the clinic that follows the patient."},
    )
    record_number = forms.CharField(
        label="Record number in that clinic",
        max_length=60,
        help_text="In full, as the clinic writes it.",
        error_messages={"required": "Type the record number; that clinic can tell it."},
    )
    born_on = DayField(label="Birth date of the patient")
    reason = forms.CharField(
        label="Reason",
        min_length=SHORTEST_REASON,
        max_length=LONGEST,
        widget=forms.Textarea(attrs=ROWS),
        help_text="What happened, and why it cannot wait. The other clinic reads it.",
        error_messages={
            "min_length": f"Say it in {SHORTEST_REASON} characters or more: the other clinic must "
            "understand why.",
            "required": "Say what happened and why it cannot wait.",
        },
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["born_on"].required = True
        self.fields["born_on"].error_messages["required"] = "Type the birth date of the patient."
        own = clinics_where(user, Action.VIEW_PATIENT)
        clinics: Any = self.fields["clinic"]
        clinics.queryset = Clinic.objects.exclude(pk__in=own).order_by("name", "id")
        for name in ("record_number", "born_on", "reason"):
            self.fields[name].widget.attrs["autocomplete"] = "off"


class ReviewForm(forms.Form):
    """What the administrator of the patient's clinic found."""

    remark = forms.CharField(
        label="Remark",
        min_length=3,
        max_length=LONGEST,
        widget=forms.Textarea(attrs=ROWS),
        help_text="With whom you spoke, and whether it was right. It is kept for good.",
        error_messages={"required": "Say with whom you spoke, and whether it was right."},
    )
