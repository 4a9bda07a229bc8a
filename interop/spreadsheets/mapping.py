"""Which column is which field: guessed from headings, decided by a person, kept by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from interop.spreadsheets.cells import MISSING_WORDS, FlagCell, TermCell, parse_day
from interop.spreadsheets.controls import has_control, visible
from interop.spreadsheets.controls import reason as control_reason
from interop.spreadsheets.plain_csv import unguarded
from interop.spreadsheets.profile import Column, Profile
from interop.spreadsheets.rows.kind import FIRST_OPERATION, RowKind
from interop.spreadsheets.rows.patients import FINDING_NAMES, FINDINGS_ON
from interop.spreadsheets.targets import Target
from interop.spreadsheets.units import converted, other_units, spelled
from patients.models import folded

LEAVE_EMPTY = "(not recorded)"
REFUSE = "(refuse)"


@dataclass
class ColumnChoice:
    """What is done with one column.

    ``unit`` is the unit it is written in ("" for the unit that is kept), ``order`` the order of
    day and month, ``values`` the translation of texts that the field does not know by itself.
    """

    target: str = ""
    unit: str = ""
    order: str = ""
    values: dict[str, str] = field(default_factory=dict)


@dataclass
class Mapping:
    """The choices for all columns by heading, and values given for the whole file.

    ``day_column`` names a column that also dates a patient file's findings.
    """

    columns: dict[str, ColumnChoice] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    day_column: str = ""

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Mapping:
        """The reverse of ``as_json``."""
        return cls(
            {name: ColumnChoice(**choice) for name, choice in data.get("columns", {}).items()},
            dict(data.get("constants", {})),
            data.get("day_column", ""),
        )

    def mapped(self) -> dict[str, str]:
        """Target by heading, for the columns that are used."""
        return {name: choice.target for name, choice in self.columns.items() if choice.target}


def guess(kind: RowKind, profile: Profile) -> Mapping:
    """A mapping from headings: names, labels and aliases; each field at most once."""
    known = _known_names(kind)
    mapping = Mapping()
    taken: set[str] = set()
    for column in profile.columns:
        target = next((known[name] for name in _spellings(column.header) if name in known), None)
        if target is None or target.name in taken:
            mapping.columns[column.header] = ColumnChoice()
            continue
        taken.add(target.name)
        mapping.columns[column.header] = ColumnChoice(
            target.name, order=column.date_order if target.is_day else ""
        )
    mapping.constants = {
        t.name: t.default for t in kind.targets if t.default and t.name not in taken
    }
    return mapping


def adapted(saved: Mapping, guessed: Mapping) -> Mapping:
    """A saved mapping for a file that may have other columns: what it knows, else the guess."""
    columns = {header: saved.columns.get(header, ColumnChoice()) for header in guessed.columns}
    return Mapping(columns, {**guessed.constants, **saved.constants}, saved.day_column)


def _known_names(kind: RowKind) -> dict[str, Target]:
    known: dict[str, Target] = {}
    for spell in (lambda t: t.aliases, lambda t: (t.label, t.label_with_unit), lambda t: (t.name,)):
        for target in reversed(kind.targets):
            for name in spell(target):
                known[folded(name.replace("_", " "))] = target
    return known


_UNIT_TAIL = re.compile(
    r"[\s_(\[]+(?P<unit>mm2|cm2|mm|cm|ml|l|m/s|cm/s|m_s|cm_s|mmhg|kg|g|%|percent|pct|umol[/_]l|mg[/_]dl)[)\]]?$",
    re.I,
)


def _spellings(header: str) -> list[str]:
    whole = folded(header.replace("_", " "))
    bare = folded(_UNIT_TAIL.sub("", header).replace("_", " "))
    return [whole, bare] if bare else [whole]


def unit_of_heading(header: str) -> str:
    """The unit that a heading names, as units are compared; "" when it names none."""
    found = _UNIT_TAIL.search(header)
    if not found:
        return ""
    unit = spelled(found["unit"].replace("_", "/"))
    return "%" if unit in {"percent", "pct"} else unit


def unit_choices(target: Target) -> list[tuple[str, str]]:
    """Units a column of this field may be written in; empty when there is nothing to ask."""
    others = other_units(target.unit, target.analyte)
    if not target.unit or not others:
        return []
    words = {"fraction": "a fraction (0.55 for 55 %)"}
    return [("", f"{target.unit} (as kept)")] + [
        (unit, f"{words.get(unit, unit)}: multiplied by {factor.normalize():f}")
        for unit, factor in others.items()
        if factor != 1
    ]


def heading_contradicts(target: Target, header: str) -> bool:
    """Whether the heading names another unit than the one that is kept."""
    named = unit_of_heading(header)
    return bool(named) and named in {spelled(u) for u in other_units(target.unit, target.analyte)}


def untranslated(target: Target, column: Column, order: str = "") -> list[str]:
    """Texts of a column that its field does not understand by itself."""
    cell = target.make(order)
    if not isinstance(cell, TermCell | FlagCell):
        return []
    return [
        value
        for value in column.values
        if value.lower() not in MISSING_WORDS and not cell.understands(value)
    ]


def understood(target: Target, column: Column) -> list[tuple[str, str]]:
    """How texts of a column are read, for the page: (text, meaning)."""
    cell = target.make("")
    if not isinstance(cell, TermCell | FlagCell):
        return []
    found: list[tuple[str, str]] = []
    for value in column.values:
        if cell.understands(value):
            meaning = cell.clean(value)
            label = {str(v): str(text) for v, text in cell.terms}.get(str(meaning))
            plain = (
                {True: "yes", False: "no", None: "not recorded"}.get(meaning)
                if isinstance(cell, FlagCell)
                else None
            )
            found.append((value, str(label or plain or meaning)))
    return [pair for pair in found if pair[0].lower() != pair[1].lower()]


def answers_of(target: Target) -> list[tuple[str, str]]:
    """What a text may be translated to."""
    cell = target.make("")
    terms = cell.terms if isinstance(cell, TermCell | FlagCell) else []
    return [(str(value), str(label)) for value, label in terms]


def problems(kind: RowKind, mapping: Mapping) -> list[str]:
    """What a mapping still lacks, in words; empty when the file can be checked."""
    used = list(mapping.mapped().values())
    found = [
        f"Two columns are mapped to {_label(kind, name)}: choose one."
        for name in dict.fromkeys(used)
        if used.count(name) > 1
    ]
    stated = set(used) | {name for name, value in mapping.constants.items() if value}
    for names in kind.needed:
        if not stated & set(names):
            labels = " or ".join(_label(kind, name) for name in names)
            found.append(f"Choose the column that holds: {labels}.")
    if kind.code == "lab_results":
        found.extend(_laboratory_problems(stated))
    if kind.registers and stated & FINDING_NAMES and not _dated(mapping, stated):
        found.append(
            f"{FINDINGS_ON.label}: say on which day the body size, NYHA class, results, medication "
            "or conditions of this file were true, or ignore those columns."
        )
    found.extend(_control_problems(mapping))
    found.extend(_constant_problems(kind, mapping))
    return found


def _control_problems(mapping: Mapping) -> list[str]:
    """Texts of a mapping that a database may refuse to keep."""
    texts = [*mapping.columns, *mapping.constants.values(), mapping.day_column]
    for choice in mapping.columns.values():
        texts.extend([*choice.values, *choice.values.values()])
    return [f"“{visible(text)}”: {control_reason(text)}" for text in texts if has_control(text)]


def _dated(mapping: Mapping, stated: set[str]) -> bool:
    return FINDINGS_ON.name in stated or bool(mapping.day_column)


def _laboratory_problems(stated: set[str]) -> list[str]:
    if "analyte" in stated:
        return [
            f"Choose the column that holds: {label}."
            for name, label in (
                ("value", "Value"),
                ("unit", "Unit of the value (or one unit for all)"),
            )
            if name not in stated
        ]
    plain = {"record_number", "taken_on", "laboratory", "asserted_known_on", "unit", "value"}
    return (
        []
        if stated - plain
        else ["Choose a column for the analyte, or columns for single analytes."]
    )


def _constant_problems(kind: RowKind, mapping: Mapping) -> list[str]:
    found: list[str] = []
    for name, text in mapping.constants.items():
        target = kind.target(name)
        if target is None or not text or (name == FINDINGS_ON.name and text == FIRST_OPERATION):
            continue
        if has_control(text):
            continue  # Said already.
        try:
            target.make("").clean(text)
        except ValidationError as error:
            found.append(f"{target.label}: {error.messages[0]}")
    return found


def _label(kind: RowKind, name: str) -> str:
    target = kind.target(name)
    return target.label if target else name


class RowReader:
    """Reads rows of one file through one form that holds the mapped columns only.

    The form is built once: building it costs more than using it.
    """

    def __init__(self, kind: RowKind, mapping: Mapping, headers: Iterable[str]) -> None:
        self.kind = kind
        positions = {header: place for place, header in enumerate(headers)}
        self.columns: list[tuple[int, Target, ColumnChoice, Decimal | None]] = []
        fields: dict[str, forms.Field] = {}
        for header, choice in mapping.columns.items():
            target = kind.target(choice.target) if choice.target else None
            if target is None or header not in positions:
                continue
            factor = _factor(target, choice.unit)
            self.columns.append((positions[header], target, choice, factor))
            fields[target.name] = target.make(choice.order)
        self.texts = {name for name in fields if kind.target(name).is_text}  # type: ignore[union-attr]
        form_class = type("MappedRowForm", (forms.Form,), fields)
        self.form = form_class(data={}, use_required_attribute=False)
        self.labels = {target.name: target.label for _p, target, _c, _f in self.columns}
        self.constants = _constants(kind, mapping, set(fields))
        self.day_position = positions.get(mapping.day_column)
        self.day_order = _order_of(mapping, mapping.day_column)
        self.number_position = next(
            (place for place, target, _c, _f in self.columns if target.name == "record_number"),
            None,
        )

    def read(self, cells: list[str]) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
        """Clean values by target, and errors as (label, message, text of the cell)."""
        data: dict[str, str] = {}
        refused: list[tuple[str, str, str]] = []
        for place, target, choice, factor in self.columns:
            text = cells[place].strip()
            if has_control(cells[place]):
                refused.append(
                    (target.label, control_reason(cells[place]), visible(cells[place][:60]))
                )
                continue
            if text.lower() in MISSING_WORDS:
                continue
            if choice.values and text in choice.values:
                text = choice.values[text]
                if text == LEAVE_EMPTY:
                    continue
                if text == REFUSE:
                    refused.append(
                        (target.label, "Rows with this value are refused.", cells[place])
                    )
                    continue
            if target.name in self.texts:
                text = unguarded(text)
            data[target.name] = converted(text, choice.unit, factor) if factor else text
        form = self.form
        form.data = data
        form.full_clean()
        errors = [
            (self.labels[name], str(messages[0]), self._typed(name, cells))
            for name, messages in form.errors.items()
        ]
        values = {**self.constants, **_filled(form.cleaned_data)}
        self._date_findings(values, cells, errors)
        return values, [*refused, *errors]

    def _date_findings(
        self, values: dict[str, Any], cells: list[str], errors: list[tuple[str, str, str]]
    ) -> None:
        if self.day_position is None:
            return
        text = visible(cells[self.day_position].strip())
        if text.lower() in MISSING_WORDS:
            return
        try:
            values[FINDINGS_ON.name] = parse_day(text, self.day_order)
        except ValidationError as error:
            errors.append((FINDINGS_ON.label, error.messages[0], text))

    def _typed(self, name: str, cells: list[str]) -> str:
        place = next(place for place, target, _c, _f in self.columns if target.name == name)
        return cells[place]


def _filled(cleaned: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in cleaned.items() if value is not None and value != ""}


def _factor(target: Target, unit: str) -> Decimal | None:
    return other_units(target.unit, target.analyte).get(unit) if unit else None


def _order_of(mapping: Mapping, header: str) -> str:
    choice = mapping.columns.get(header)
    return choice.order if choice else ""


def _constants(kind: RowKind, mapping: Mapping, mapped: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, text in mapping.constants.items():
        target = kind.target(name)
        if target is None or not text or name in mapped:
            continue
        if name == FINDINGS_ON.name and text == FIRST_OPERATION:
            found[name] = FIRST_OPERATION
            continue
        found[name] = target.make("").clean(text)
    return found
