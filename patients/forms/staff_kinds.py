"""What the administration's forms ask of single kinds of record."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from patients.days import spoken
from patients.forms.staff import CHECKED, ChangeForm, EntryForm, RowForm, StaffForm
from patients.forms.symptoms import said_against_none
from patients.forms.typed import NyhaField, folded_unit, nyha_text, plain
from patients.models import LabResult
from patients.models.laboratory import ANALYTES


class LabFields(StaffForm):
    """A result gets its analyte's unit; one that is there already is asked about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields.get("unit")
        if unit is not None:
            unit.help_text = "Leave empty: each result has one unit, which is filled in."
        analyte: Any = self.fields.get("analyte")
        if analyte is not None:
            analyte.choices = [
                (code, _with_unit(code, str(label))) for code, label in analyte.choices
            ]

    def check_kind(self, cleaned: dict[str, Any]) -> None:
        """Fill in the unit, and ask before the same result is entered twice."""
        super().check_kind(cleaned)
        analyte = ANALYTES.get(cleaned.get("analyte") or "")
        if analyte is None:
            return
        given = cleaned.get("unit") or ""
        if not given or folded_unit(given) == folded_unit(analyte.unit):
            cleaned["unit"] = self.instance.unit = analyte.unit
        self._ask_about_a_second(cleaned, analyte.label)

    def is_unusual(self, name: str, value: Any) -> bool:
        """Whether the result is outside of its analyte's plausible range."""
        analyte = ANALYTES.get(self.cleaned_data.get("analyte") or "")
        if name != "value" or analyte is None or not isinstance(value, Decimal):
            return super().is_unusual(name, value)
        (low, high), (least, most) = analyte.plausible, analyte.possible
        is_possible = Decimal(least) <= value <= Decimal(most)
        return is_possible and not Decimal(low) <= value <= Decimal(high)

    def _ask_about_a_second(self, cleaned: dict[str, Any], label: str) -> None:
        patient, day = self.written_patient(cleaned), cleaned.get("taken_on")
        if self.instance.pk or patient is None or day is None or cleaned.get("unusual_is_right"):
            return
        same = LabResult.objects.filter(patient=patient, taken_on=day, analyte=cleaned["analyte"])
        stored = same.filter(struck_at=None, value__isnull=False).first()
        if stored is not None and stored.value is not None:
            result = f"{label} {plain(stored.value)} {stored.unit}".strip()
            question = (
                f"{result} of {spoken(day)} is recorded already. If this is another one, tick "
                f"“{CHECKED}”."
            )
            self.ask("value", cleaned.get("value"), question)


class LabEntry(LabFields, EntryForm):
    """A new result."""


class LabChange(LabFields, ChangeForm):
    """A stored result."""


class LabRow(LabFields, RowForm):
    """A new result below its patient."""


class SymptomFields(StaffForm):
    """The NYHA class is typed as it is written, and answers do not contradict each other."""

    nyha = NyhaField(label="NYHA class")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ends = (self.instance.nyha_low, self.instance.nyha_high)
        # A former version is read without boxes.
        if self.instance.pk and "nyha" in self.fields:
            self.fields["nyha"].initial = nyha_text(ends)

    def check_kind(self, cleaned: dict[str, Any]) -> None:
        """Put the class into its columns."""
        super().check_kind(cleaned)
        if "nyha" in self.errors:
            return
        low, high = cleaned.get("nyha") or (None, None)
        self.instance.nyha_low, self.instance.nyha_high = low, high
        if said := said_against_none(self.fields, cleaned, low):
            self.add_error("actively_asked_none", ValidationError(said, code="contradiction"))


class SymptomEntry(SymptomFields, EntryForm):
    """A new symptom log."""


class SymptomChange(SymptomFields, ChangeForm):
    """A stored symptom log."""


class SymptomRow(SymptomFields, RowForm):
    """A new symptom log below its patient."""


def _with_unit(code: str, label: str) -> str:
    unit = ANALYTES[code].unit if code in ANALYTES else ""
    return f"{label} ({unit})" if unit else label
