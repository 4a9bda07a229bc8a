"""Forms of the import pages: choosing a file, mapping its columns, deciding on the preview."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from accounts.models import Clinic
from interop.models import KIND_CHOICES
from interop.spreadsheets.cells import DayCell, FlagCell, TermCell
from interop.spreadsheets.controls import refuse_controls
from interop.spreadsheets.mapping import (
    LEAVE_EMPTY,
    REFUSE,
    ColumnChoice,
    Mapping,
    answers_of,
    heading_contradicts,
    problems,
    understood,
    unit_choices,
    untranslated,
)
from interop.spreadsheets.profile import Column, Profile
from interop.spreadsheets.rows.kind import FIRST_OPERATION, RowKind
from interop.spreadsheets.rows.patients import FINDINGS_ON
from interop.spreadsheets.targets import Target

KEPT = "kept"
ANOTHER = "another"
# In a wide file, a recognized column offers its field only and opens the whole list when asked:
# a list of all fields for each of a hundred columns would be a very long page.
WIDE = 12
ORDERS = [("", "— choose —"), ("dmy", "day first: 31/12/2015"), ("mdy", "month first: 12/31/2015")]


class StartForm(forms.Form):
    """Which file, what stands in it, and for which clinic."""

    file = forms.FileField(
        label="File",
        help_text="CSV with one row of headings. Save a workbook as CSV (UTF-8) first.",
        error_messages={"required": "Choose a file.", "empty": "This file is empty."},
    )
    kind = forms.ChoiceField(
        label="What stands in its rows", choices=[("", "— choose —"), *KIND_CHOICES]
    )
    clinic = forms.ChoiceField(label="Clinic")

    def __init__(self, *args: Any, clinics: list[Clinic], chosen: Clinic | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.clinics = {str(clinic.public_id): clinic for clinic in clinics}
        self.fields["clinic"].choices = [  # type: ignore[attr-defined]
            ("", "— choose —"),
            *((key, clinic.name) for key, clinic in self.clinics.items()),
        ]
        if len(clinics) == 1:
            del self.fields["clinic"]
        elif chosen in clinics:
            self.fields["clinic"].initial = str(chosen.public_id) if chosen else ""

    def clean(self) -> dict[str, Any]:
        """The clinic itself, also when there is only one."""
        cleaned = super().clean() or {}
        if "clinic" not in self.fields:
            cleaned["clinic"] = next(iter(self.clinics.values()))
        elif cleaned.get("clinic"):
            cleaned["clinic"] = self.clinics[cleaned["clinic"]]
        return cleaned


class MappingForm(forms.Form):
    """One choice for each column, and what must be asked about it.

    A question about a column (unit, order of day and month, meaning of its texts) depends on the
    field it is mapped to: it is asked as soon as the field is chosen, and the form is not complete
    before it was seen.
    """

    def __init__(
        self, data: Any = None, *, kind: RowKind, profile: Profile, mapping: Mapping
    ) -> None:
        super().__init__(data, use_required_attribute=False)
        self.kind = kind
        self.profile = profile
        self.start = mapping
        self.details: dict[int, list[str]] = {}
        targets = self._target_choices()
        for place, column in enumerate(profile.columns):
            self._add_column(place, column, targets)
        self.shared = self._add_shared()
        self.fields["save_as"] = forms.CharField(
            label="Keep this mapping for the next file, as",
            max_length=80,
            required=False,
            validators=[refuse_controls],
            help_text="Leave empty to use it this once.",
        )

    def _target_choices(self) -> list[Any]:
        groups: dict[str, list[tuple[str, str]]] = {}
        for target in self.kind.targets:
            groups.setdefault(target.group, []).append((target.name, target.label_with_unit))
        return [("", "ignore this column"), *groups.items()]

    def _add_column(self, place: int, column: Column, targets: list[Any]) -> None:
        choice = self.start.columns.get(column.header, ColumnChoice())
        self.fields[f"column_{place}"] = forms.ChoiceField(
            label=f"Field for “{column.header}”",
            choices=self._fields_offered(place, choice, targets),
            required=False,
            initial=choice.target,
        )
        target = self.kind.target(self._now(f"column_{place}", choice.target))
        if target is None:
            return
        # What was kept for the column holds only while it stays with the same field.
        kept = choice if choice.target == target.name else ColumnChoice()
        fields = dict(self._questions(place, column, target, kept))
        self.details[place] = list(fields)
        self.fields.update(fields)

    def _fields_offered(self, place: int, choice: ColumnChoice, targets: list[Any]) -> list[Any]:
        target = self.kind.target(choice.target)
        now = self._now(f"column_{place}", choice.target)
        wide = len(self.profile.columns) > WIDE
        if not wide or target is None or now not in {"", choice.target}:
            return targets
        return [targets[0], (target.name, target.label_with_unit), (ANOTHER, "another field …")]

    def _now(self, name: str, otherwise: str) -> str:
        return str(self.data.get(name, "")) if self.is_bound else otherwise

    def _questions(
        self, place: int, column: Column, target: Target, kept: ColumnChoice
    ) -> Iterator[tuple[str, forms.Field]]:
        units = unit_choices(target)
        if units:
            yield f"unit_{place}", _unit_field(column, target, units, kept)
        cell = target.make("")
        if isinstance(cell, DayCell) and column.has_slashed_dates:
            yield (
                f"order_{place}",
                forms.ChoiceField(
                    label=f"The dates in “{column.header}” are",
                    choices=ORDERS,
                    initial=kept.order or column.date_order,
                    error_messages={"required": "Day first or month first? The dates fit both."},
                ),
            )
        if isinstance(cell, TermCell | FlagCell):
            yield from self._translations(place, column, target, kept)

    def _translations(
        self, place: int, column: Column, target: Target, kept: ColumnChoice
    ) -> Iterator[tuple[str, forms.Field]]:
        answers = [
            ("", "— choose —"),
            *answers_of(target),
            (LEAVE_EMPTY, "leave empty: not recorded"),
            (REFUSE, "refuse these rows"),
        ]
        for number, text in enumerate(column.values):
            if text in untranslated(target, column):
                yield (
                    f"value_{place}_{number}",
                    forms.ChoiceField(
                        label=f"“{text}” means",
                        choices=answers,
                        initial=kept.values.get(text, ""),
                        error_messages={"required": f"Say what “{text}” means."},
                    ),
                )

    def _add_shared(self) -> list[str]:
        """Fields for values that hold for the whole file, for what no column gives."""
        mapped = {
            self._now(
                f"column_{place}", self.start.columns.get(column.header, ColumnChoice()).target
            )
            for place, column in enumerate(self.profile.columns)
        }
        names: list[str] = []
        for target in self.kind.targets:
            if target.for_all and target.name not in mapped:
                names.extend(self._add_one_shared(target))
        return names

    def _add_one_shared(self, target: Target) -> list[str]:
        name = f"all_{target.name}"
        kept = self.start.constants.get(target.name, "")
        if target.name == FINDINGS_ON.name:
            return self._add_findings_day(name, kept)
        cell = target.make("")
        if isinstance(cell, TermCell | FlagCell):
            choices = [("", "not stated"), *answers_of(target)]
            self.fields[name] = forms.ChoiceField(
                label=target.label, choices=choices, required=False, initial=kept
            )
        else:
            self.fields[name] = forms.CharField(
                label=target.label,
                required=False,
                initial=kept,
                help_text=target.help_text,
                validators=[refuse_controls],
            )
        return [name]

    def _add_findings_day(self, name: str, kept: str) -> list[str]:
        """The day of a patient file's findings: one day, a column, or the first operation."""
        days = [
            (column.header, f"the day in column “{column.header}”")
            for column in self.profile.columns
            if any(mark in value for value in column.samples for mark in "-/.") and _is_day(column)
        ]
        self.fields["findings_source"] = forms.ChoiceField(
            label="Date of the findings",
            required=False,
            help_text=FINDINGS_ON.help_text,
            choices=[
                ("", "the day entered beside"),
                *days,
                (FIRST_OPERATION, "the patient's first operation recorded in mrtrack"),
            ],
            initial=FIRST_OPERATION if kept == FIRST_OPERATION else self.start.day_column,
        )
        self.fields[name] = forms.CharField(
            label="Day of the findings",
            required=False,
            help_text="For example 2009-12-31.",
            initial="" if kept == FIRST_OPERATION else kept,
            validators=[refuse_controls],
        )
        return ["findings_source", name]

    def clean(self) -> dict[str, Any]:
        """When every question is answered, say what the whole mapping lacks."""
        cleaned = super().clean() or {}
        for place, column in enumerate(self.profile.columns):
            if self.data.get(f"column_{place}") == ANOTHER:
                self.errors.pop(f"column_{place}", None)
                self.add_error(f"column_{place}", f"Choose the field for “{column.header}”.")
        if not self.errors:
            for problem in problems(self.kind, self.mapping()):
                self.add_error(None, problem)
        return cleaned

    def mapping(self) -> Mapping:
        """The choices as a mapping; what has an error is left out."""
        found = Mapping()
        cleaned = getattr(self, "cleaned_data", {})
        for place, column in enumerate(self.profile.columns):
            unit = cleaned.get(f"unit_{place}", "")
            found.columns[column.header] = ColumnChoice(
                target=cleaned.get(f"column_{place}", ""),
                unit="" if unit == KEPT else unit,
                order=cleaned.get(f"order_{place}", ""),
                values={
                    text: cleaned[f"value_{place}_{number}"]
                    for number, text in enumerate(column.values)
                    if cleaned.get(f"value_{place}_{number}")
                },
            )
        self._take_shared(found, cleaned)
        return found

    def _take_shared(self, found: Mapping, cleaned: dict[str, Any]) -> None:
        found.constants = {
            name.removeprefix("all_"): cleaned[name]
            for name in self.shared
            if name.startswith("all_") and cleaned.get(name)
        }
        source = cleaned.get("findings_source", "")
        if source == FIRST_OPERATION:
            found.constants[FINDINGS_ON.name] = FIRST_OPERATION
        elif source:
            found.constants.pop(FINDINGS_ON.name, None)
            found.day_column = source

    def rows(self) -> list[dict[str, Any]]:
        """What the page shows for each column."""
        shown: list[dict[str, Any]] = []
        for place, column in enumerate(self.profile.columns):
            choice = self.start.columns.get(column.header, ColumnChoice())
            target = self.kind.target(self._now(f"column_{place}", choice.target))
            shown.append(
                {
                    "column": column,
                    "field": self[f"column_{place}"],
                    "details": [self[name] for name in self.details.get(place, [])],
                    "understood": understood(target, column)[:8] if target else [],
                    "target": target,
                }
            )
        return shown

    def shared_fields(self) -> list[Any]:
        """The fields for the whole file, bound."""
        return [self[name] for name in self.shared]


def _unit_field(
    column: Column, target: Target, units: list[tuple[str, str]], kept: ColumnChoice
) -> forms.Field:
    """Asked without an answer filled in when the heading names another unit than the kept one."""
    choices = [(value or KEPT, label) for value, label in units]
    contradicts = heading_contradicts(target, column.header) and not kept.unit
    if contradicts:
        choices.insert(0, ("", "— choose —"))
    asked = (
        f"The heading names another unit than {target.unit}. Which unit is it?"
        if contradicts
        else "Say in which unit this column is."
    )
    return forms.ChoiceField(
        label=f"“{column.header}” is in",
        choices=choices,
        initial="" if contradicts else kept.unit or KEPT,
        error_messages={"required": asked},
    )


def _is_day(column: Column) -> bool:
    cell = DayCell(order="dmy", required=False)
    try:
        for sample in column.samples:
            cell.clean(sample)
    except forms.ValidationError:
        return column.has_slashed_dates
    return bool(column.samples)


class DecisionForm(forms.Form):
    """What the person decides on the preview."""

    accept_implausible = forms.BooleanField(required=False)
    apply_changes = forms.BooleanField(required=False)
