"""Asking for the erasure of a person, and confirming it."""

from __future__ import annotations

from typing import Any

from django import forms

from patients.forms.person import SheetForm, _reason
from patients.models import Erasure


def _number() -> forms.CharField:
    return forms.CharField(
        label="Record number of the patient",
        max_length=60,
        help_text="As it stands on the written request. Type it: it is not filled in on purpose.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Type the record number."},
    )


class ErasureRequestForm(SheetForm):
    """Whom, on which legal ground, and how that was checked."""

    chapters = (("Ask for the erasure", ("typed_number", "basis", "reason", "is_final"), False),)
    wide = frozenset({"reason", "basis", "is_final"})

    typed_number = _number()
    basis = forms.ChoiceField(
        label="On which legal ground?",
        choices=[("", "choose"), *Erasure.Basis.choices],
        error_messages={"required": "Choose the legal ground."},
    )
    reason = _reason(
        "Who asked for it, and how was it checked?",
        "For example: letter of 3 March, legal department agrees. It is emptied with the erasure.",
    )
    is_final = forms.BooleanField(
        label="I know that an erasure cannot be undone",
        error_messages={"required": "Tick this when you know it."},
    )


class ErasureConfirmForm(SheetForm):
    """The second person's look: the same number, typed again."""

    chapters = (("Confirm the erasure", ("typed_number", "is_final"), False),)
    wide = frozenset({"is_final"})

    typed_number = _number()
    is_final = forms.BooleanField(
        label="Yes: erase everything that is counted above, for good.",
        error_messages={"required": "Tick this when it is to be erased."},
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
