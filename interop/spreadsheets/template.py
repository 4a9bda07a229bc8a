"""Records as a file that the import takes: for each field of a kind, how its cell is spelled.

The reverse of reading, column for column: what is written here and imported gives the same values
again. The reports write the files; they find these templates by the setting ``IMPORT_TEMPLATES``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.forms import Field

from interop.spreadsheets.cells import DayCell, FlagCell, NumberCell, SegmentsCell, TermCell
from interop.spreadsheets.plain_csv import guarded
from interop.spreadsheets.rows import KINDS
from interop.spreadsheets.rows.kind import RowKind
from interop.spreadsheets.shapes import (
    BODY_SIZE,
    COMORBIDITY,
    ECHO_STUDY,
    INTERVENTION,
    LAB_RESULT,
    MEDICATION,
    PATIENT,
    SYMPTOM_LOG,
    Shape,
)
from interop.spreadsheets.targets import Target
from patients.fields import MEASURES
from patients.forms.typed import (
    GradeField,
    MeasureField,
    NyhaField,
    RangeField,
    TypedRange,
    grade_text,
    nyha_text,
    plain,
)
from patients.models import BodySize, EchoStudy

Write = Callable[..., str]


@dataclass(frozen=True)
class TemplateColumn:
    """One column: its heading, what it means, and how its cell follows from the record.

    ``sources`` are attributes of the record, or of the patient's registration; ``write`` takes
    their values. ``kind`` is text, number, date or code; ``values`` the codes with their labels.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    write: Write
    kind: str = "text"
    unit: str = ""
    allowed: str = ""
    values: Mapping[Any, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportTemplate:
    """The file of one kind: its columns, what its rows are ordered by, and what it leaves behind.

    ``order`` names attributes that tell rows of one patient apart, as the import does.
    """

    columns: Sequence[TemplateColumn]
    order: Sequence[str]
    left_behind: Sequence[str] = ()


# --- How a value is spelled -----------------------------------------------------------------------


def _range(low: Decimal | None, high: Decimal | None, low_open: bool, high_open: bool) -> str:
    """A range of LVEF; an end that is not recorded is the limit of what is possible."""
    if low is None and high is None:
        return ""
    lowest, highest = MEASURES["lvef_percent"].possible
    low, high = lowest if low is None else low, highest if high is None else high
    return str(TypedRange(low, high, low_open, high_open))


def _day(value: date | None) -> str:
    return "" if value is None else value.isoformat()


def _code(value: Any) -> str:
    return "" if value is None else str(value)


def _flag(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def _tick(value: bool) -> str:
    """A tick that was not set says nothing, never "no"."""
    return "yes" if value else ""


def _number(value: Decimal | int | None) -> str:
    return "" if value is None else plain(Decimal(value))


def _text(value: str | None) -> str:
    return guarded(value or "")


def _result(comparator: str, value: Decimal | None) -> str:
    return comparator + _number(value)


def _status(value: str) -> str:
    """An amended study arrives as a final one: its former versions stay where they are."""
    return str(EchoStudy.Status.FINAL) if value == EchoStudy.Status.AMENDED else value


def _formula(value: str, bsa_m2: Decimal | None) -> str:
    """A body surface area without a formula is read as one whose formula is not stated."""
    return value or ("" if bsa_m2 is None else str(BodySize.BsaFormula.NOT_STATED))


_SPELLINGS: Sequence[tuple[type[Field], str, Write]] = (
    (RangeField, "text", _range),
    (NyhaField, "text", lambda *ends: nyha_text(ends)),
    (GradeField, "text", lambda *ends: grade_text(ends)),
    (DayCell, "date", _day),
    (TermCell, "code", _code),
    (FlagCell, "code", _flag),
    (MeasureField, "number", _number),
    (NumberCell, "number", _number),
    (SegmentsCell, "text", " ".join),
    (Field, "text", _text),
)
"""How a cell is spelled, by the field that reads it; the last takes what is left."""

_BSA = ("bsa_formula", "bsa_m2")
_SPECIAL: Mapping[tuple[Shape, str], tuple[tuple[str, ...], Write]] = {
    (ECHO_STUDY, "status"): (("status",), _status),
    (ECHO_STUDY, "bsa_formula"): (_BSA, _formula),
    (BODY_SIZE, "bsa_formula"): (_BSA, _formula),
    (LAB_RESULT, "value"): (("comparator", "value"), _result),
    (SYMPTOM_LOG, "actively_asked_none"): (("actively_asked_none",), _tick),
}
"""Fields whose cell does not follow from the field that reads it."""


# --- The templates --------------------------------------------------------------------------------

SAME_ROW = (
    "The import takes rows of one patient for the same where {0} are the same, and refuses the "
    "second of two that differ otherwise; it names the row."
)
_LEFT_BEHIND: Mapping[Shape, Sequence[str]] = {
    PATIENT: (
        "The responsible clinician and the end of a registration stay behind. Body sizes, "
        "symptoms, results, drugs and conditions have templates of their own.",
    ),
    ECHO_STUDY: ("An amended study arrives as final. What is derived is computed anew.",),
    INTERVENTION: (
        "Complications and the team's review of a procedure stay behind.",
        "The import refuses a plan without a day; it names the row.",
        SAME_ROW.format("day and procedure"),
    ),
    SYMPTOM_LOG: (SAME_ROW.format("the day"),),
    LAB_RESULT: (SAME_ROW.format("day and analyte"),),
    MEDICATION: (SAME_ROW.format("drug and first day"),),
    BODY_SIZE: (SAME_ROW.format("the day"),),
    COMORBIDITY: (SAME_ROW.format("condition and day"),),
}


def _column(shape: Shape, target: Target) -> TemplateColumn:
    cell = target.make("")
    kind, write = next((kind, write) for each, kind, write in _SPELLINGS if isinstance(cell, each))
    sources = target.sources or (target.name,)
    sources, write = _SPECIAL.get((shape, target.name), (sources, write))
    codes = dict(cell.terms) if isinstance(cell, TermCell | FlagCell) else {}
    return TemplateColumn(
        target.name, target.label, sources, write, kind, target.unit, target.allowed, codes
    )


def _template(kind: RowKind) -> ImportTemplate:
    targets = [target for target in kind.targets if target.name not in kind.other_spellings]
    shape = kind.shape
    order = (*shape.days, *(name for name in shape.key_attributes if name not in shape.days))
    return ImportTemplate(
        [_column(shape, target) for target in targets], order, _LEFT_BEHIND[shape]
    )


TEMPLATES: Mapping[str, ImportTemplate] = {
    kind.shape.model._meta.label: _template(kind) for kind in KINDS.values()
}
"""The template of each kind that can be imported, by the label of its model."""
