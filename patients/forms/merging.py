"""Choosing, of two records of one person, which stays and which values do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db import models

from patients.days import spoken
from patients.forms.person import Part, SheetForm, _reason
from patients.merging import PERSON_COLUMNS
from patients.models import Patient

NOT_RECORDED = "not recorded"
THIS, OTHER = "this", "other"


def said(patient: Patient, name: str) -> str:
    """What a record says in one column of the person, in words; empty when nothing."""
    value = getattr(patient, name)
    if name == "sex":
        return "" if value == Patient.Sex.UNKNOWN else str(patient.get_sex_display())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return spoken(value) if isinstance(value, date) else str(value or "")


def differing(this: Patient, other: Patient) -> list[str]:
    """The columns of the person in which two records say something different."""
    return [name for name in PERSON_COLUMNS if said(this, name) != said(other, name)]


def label_of(name: str, model: type[models.Model] = Patient) -> str:
    """What a column is called, of the person by default."""
    column: Any = model._meta.get_field(name)
    text = str(column.verbose_name)
    return text[:1].upper() + text[1:]


class MergeForm(SheetForm):
    """Which record stays, each value that differs, how it is known, and what must be looked at."""

    wide = frozenset({"reason", "stays", "conflicts_seen", "is_same"})

    stays = forms.ChoiceField(
        label="Which record stays?",
        widget=forms.RadioSelect,
        help_text="Its record number goes on; the other number finds it from now on.",
        error_messages={"required": "Choose the record that stays."},
    )
    conflicts_seen = forms.BooleanField(
        label="I looked at what the two records say differently",
        error_messages={"required": "Look at it above, then tick this."},
    )
    reason = _reason(
        "How is it known that they are one person?",
        "For example: same passport; asked the patient; registered twice on the ward.",
    )
    is_same = forms.BooleanField(
        error_messages={"required": "Tick this when it is one and the same person."}
    )

    def __init__(
        self,
        data: Any = None,
        *,
        this: Patient,
        other: Patient,
        numbers: tuple[str, str],
        has_conflicts: bool,
        **kwargs: Any,
    ) -> None:
        self.this, self.other = this, other
        self.names = differing(this, other)
        super().__init__(data, **kwargs)
        stays = self.fields["stays"]
        assert isinstance(stays, forms.ChoiceField)  # noqa: S101 - for the type checker
        stays.choices = [
            (THIS, f"{numbers[0]}: {this}"),
            (OTHER, f"{numbers[1]}: {other}"),
        ]
        for name in self.names:
            self.fields[f"value_{name}"] = self._choice(name)
        if not has_conflicts:
            del self.fields["conflicts_seen"]
        self.fields["is_same"].label = f"Yes: {this} and {other} are one person."
        self.order_fields([name for _title, names, _folded in self.parts() for name in names])
        self.helper = self._helper()

    def parts(self) -> tuple[Part, ...]:
        """Which stays, a choice for each value that differs, and the ticks."""
        return (
            ("The record that stays", ("stays",), False),
            ("Values that differ", tuple(f"value_{name}" for name in self.names), False),
            ("Before it is merged", ("conflicts_seen", "reason", "is_same"), False),
        )

    def _choice(self, name: str) -> forms.ChoiceField:
        mine, theirs = said(self.this, name), said(self.other, name)
        return forms.ChoiceField(
            label=label_of(name),
            widget=forms.RadioSelect,
            choices=[(THIS, mine or NOT_RECORDED), (OTHER, theirs or NOT_RECORDED)],
            # What only one record holds is offered, what both hold is asked.
            initial=(THIS if not theirs else OTHER if not mine else None),
            error_messages={"required": "Choose the value that is right."},
        )

    @property
    def other_stays(self) -> bool:
        """Whether the record in the right column is the one that stays."""
        return bool(self.cleaned_data["stays"] == OTHER)

    @property
    def taken(self) -> Sequence[str]:
        """The columns whose value comes from the record that does not stay."""
        absorbed = THIS if self.other_stays else OTHER
        return [name for name in self.names if self.cleaned_data[f"value_{name}"] == absorbed]


class MergeUndoForm(SheetForm):
    """Why they are two persons after all."""

    chapters = (("Undo the merge", ("reason", "is_undone"), False),)
    wide = frozenset({"reason", "is_undone"})

    reason = _reason(
        "Why are they two persons after all?", "For example: twins; the passports differ."
    )
    is_undone = forms.BooleanField(
        label="Yes: make two records of it again.",
        error_messages={"required": "Tick this when they are two persons."},
    )
