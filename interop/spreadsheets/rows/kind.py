"""What a kind of file is: its fields, and the rows of the record that one row of it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from interop.spreadsheets.shapes import Key, Shape
from interop.spreadsheets.targets import Target
from patients.fields import MEASURES
from patients.forms.typed import TypedRange
from patients.models import ANALYTES, Patient

Values = Mapping[str, Any]

FIRST_OPERATION = "first operation"
"""The answer that dates a patient file's findings on the first operation in the record."""


class RowError(Exception):
    """A row that cannot be taken, with the reason for each field (or "" for the whole row)."""

    def __init__(self, label: str, message: str) -> None:
        super().__init__(message)
        self.label = label
        self.message = message


@dataclass
class Part:
    """One row of the record that a row of the file makes or meets.

    ``values`` is what the file states; ``defaults`` what a new row gets beside it. ``implausible``
    names measures (with the words to ask about them) outside their plausible range.
    """

    shape: Shape
    values: dict[str, Any]
    defaults: dict[str, Any] = field(default_factory=dict)
    implausible: list[tuple[str, str]] = field(default_factory=list)
    on: date | None = None
    on_label: str = "Date"

    @property
    def key(self) -> Key:
        """What makes it the same row again."""
        return self.shape.key(lambda name: self.values.get(name, self.defaults.get(name)))


@dataclass(frozen=True)
class RowContext:
    """What a row is read against."""

    patient: Patient | None
    today: date
    first_operation_on: date | None = None


@dataclass(frozen=True)
class RowKind:
    """A kind of file.

    ``needed`` are names of which every file needs a column or one value for all (each entry may
    be a tuple of alternatives); ``parts`` turns clean values into rows of the record and raises
    ``RowError``. ``shape`` is the record that a row is; ``other_spellings`` are targets that say in
    another way what one of the rest says, or what is a kind of its own: a template leaves them out.
    """

    code: str
    label: str
    intro: str
    targets: tuple[Target, ...]
    needed: tuple[tuple[str, ...], ...]
    parts: Callable[[Values, RowContext], list[Part]]
    shape: Shape
    registers: bool = False
    other_spellings: frozenset[str] = frozenset()

    def target(self, name: str) -> Target | None:
        """The target of this name."""
        return self._by_name().get(name)

    def _by_name(self) -> dict[str, Target]:
        return {target.name: target for target in self.targets}


def attributes(
    kind_targets: Mapping[str, Target], values: Values, names: Any = None
) -> dict[str, Any]:
    """Model attributes of the clean values that are not empty."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if value is None or value == "" or name not in kind_targets:
            continue
        if names is None or name in names:
            found.update(kind_targets[name].attributes(value))
    return found


def questions_of(values: Values) -> list[tuple[str, str]]:
    """Values outside the plausible range of their measure, as (measure, words)."""
    asked: list[tuple[str, str]] = []
    for name, value in values.items():
        if name in MEASURES and value is not None:
            for number in _stated(name, value):
                if words := implausible_words(name, number):
                    asked.append((name, words))
                    break
    return asked


def _stated(name: str, value: Any) -> list[Decimal]:
    """The numbers that a file really states: not the far end of >60."""
    if isinstance(value, TypedRange):
        return value.ends_given(MEASURES[name])
    return [value] if isinstance(value, Decimal) else []


def implausible_words(name: str, number: Decimal) -> str:
    """Why a measure's value is asked about; empty when it is plausible."""
    measure = MEASURES[name]
    low, high = measure.plausible
    if low <= number <= high:
        return ""
    words = (
        f"{measure.label} {number} {measure.unit} is outside the plausible "
        f"{low} to {high} {measure.unit}"
    )
    meant = measure.likely_slip(number)
    return f"{words}; did you mean {meant:f} {measure.unit}?" if meant is not None else words


def implausible_result(code: str, value: Decimal) -> list[tuple[str, str]]:
    """The same for a laboratory result."""
    analyte = ANALYTES[code]
    low, high = (Decimal(end) for end in analyte.plausible)
    if low <= value <= high:
        return []
    unit = f" {analyte.unit}" if analyte.unit else ""
    return [
        ("value", f"{analyte.label} {value:f}{unit} is outside the plausible {low} to {high}{unit}")
    ]
