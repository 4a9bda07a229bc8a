"""Laboratory results: one result a row (analyte, value, unit), or a column for each analyte."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from interop.spreadsheets.cells import parse_result
from interop.spreadsheets.rows.kind import (
    Part,
    RowContext,
    RowError,
    RowKind,
    Values,
    implausible_result,
)
from interop.spreadsheets.shapes import LAB_RESULT
from interop.spreadsheets.targets import (
    day,
    known_on,
    record_number,
    result,
    targets_of,
    term,
    text,
)
from interop.spreadsheets.units import converted, other_units, spelled
from patients.models import ANALYTES, LabResult
from patients.models.laboratory import BLOOD_CULTURE

KEPT_UNIT = "as in the dictionary"
_TERMS = [(code, analyte.label) for code, analyte in ANALYTES.items()]
_RESULTS = {
    target.name: target
    for target in (result(code, "One column for each analyte") for code in ANALYTES)
}

TARGETS = (
    record_number(),
    day(
        "taken_on",
        "Taken on",
        "Result",
        for_all=True,
        aliases=("date", "sample_date", "date_taken", "collected_on", "result_date"),
    ),
    term(
        "analyte",
        "Analyte",
        [*_TERMS, (BLOOD_CULTURE, "blood culture")],
        "Result",
        for_all=True,
        synonyms=[
            ("hemoglobin", "haemoglobin"),
            ("hemoglobin", "Hb"),
            ("nt_probnp", "NTproBNP"),
            ("alt", "ALAT"),
            ("crp", "C-reactive protein"),
            ("creatinine", "serum creatinine"),
        ],
        aliases=("test", "parameter", "test_name"),
    ),
    text(
        "value",
        "Value",
        "Result",
        length=30,
        aliases=("result", "test_result"),
        help_text="Number, perhaps with < or >.",
    ),
    text(
        "unit",
        "Unit of the value",
        "Result",
        length=20,
        for_all=True,
        aliases=("units",),
        help_text=f"The file's own unit column, or “{KEPT_UNIT}”.",
    ),
    *targets_of(
        LabResult,
        ["culture_result", "organism", "laboratory"],
        group="Result",
        for_all=("laboratory",),
    ),
    *_RESULTS.values(),
    known_on().named(group="Result"),
)


def parts(values: Values, context: RowContext) -> list[Part]:
    """The results of one row."""
    common = {
        name: values[name] for name in ("laboratory", "asserted_known_on") if values.get(name)
    }
    found = wide_results(values, values["taken_on"], common)
    if values.get("analyte"):
        found.append(_long_result(values, common))
    if not found:
        raise RowError("", "This row holds no result.")
    return found


def wide_results(values: Values, on: Any, common: dict[str, Any] | None = None) -> list[Part]:
    """One part for each analyte that has a column of its own and a value."""
    return [
        _part(target.analyte, values[name][0], values[name][1], on, common or {})
        for name, target in _RESULTS.items()
        if values.get(name)
    ]


def _part(code: str, comparator: str, value: Decimal, on: Any, common: dict[str, Any]) -> Part:
    stated = {
        "taken_on": on,
        "analyte": code,
        "comparator": comparator,
        "value": value,
        "unit": ANALYTES[code].unit,
        **common,
    }
    return Part(LAB_RESULT, stated, {}, implausible_result(code, value), on, "Taken on")


def _long_result(values: Values, common: dict[str, Any]) -> Part:
    code, on = values["analyte"], values["taken_on"]
    if code == BLOOD_CULTURE:
        return _culture(values, common)
    text_typed = values.get("value") or ""
    if not text_typed:
        raise RowError("Value", "This row has no value.")
    try:
        comparator, value = parse_result(
            code, _in_kept_unit(code, text_typed, values.get("unit") or "")
        )
    except ValidationError as error:
        raise RowError("Value", error.messages[0]) from error
    return _part(code, comparator, value, on, common)


def _culture(values: Values, common: dict[str, Any]) -> Part:
    if not values.get("culture_result"):
        raise RowError("Culture result", "Enter the result of the culture.")
    stated = {"taken_on": values["taken_on"], "analyte": BLOOD_CULTURE, **common}
    for name in ("culture_result", "organism"):
        if values.get(name):
            stated[name] = values[name]
    return Part(LAB_RESULT, stated, {}, [], values["taken_on"], "Taken on")


def _in_kept_unit(code: str, typed: str, unit: str) -> str:
    """The value in the unit that is kept, converted when the file states a unit we know."""
    analyte = ANALYTES[code]
    kept = spelled(analyte.unit)
    if not analyte.unit or unit.strip().lower() == KEPT_UNIT or spelled(unit) == kept:
        return typed
    if not unit.strip():
        raise RowError(
            "Unit of the value",
            f"This row states no unit; {analyte.label} is kept in {analyte.unit}.",
        )
    factor = other_units(analyte.unit, code).get(spelled(unit))
    if factor is None:
        raise RowError(
            "Unit of the value", f"{analyte.label} is kept in {analyte.unit}, not in {unit}."
        )
    return converted(typed, unit, factor)


def warnings(values: Values) -> list[str]:
    """A value that was converted from the unit its row states."""
    code, unit = values.get("analyte"), values.get("unit") or ""
    if code not in ANALYTES or not ANALYTES[code].unit or unit.strip().lower() in {"", KEPT_UNIT}:
        return []
    if spelled(unit) == spelled(ANALYTES[code].unit):
        return []
    return [f"Converted from {values.get('value')} {unit}, the unit that the row states."]


KIND = RowKind(
    code="lab_results",
    label="Laboratory results",
    intro="One result a row (analyte, value, unit), or a column for each analyte. INR included.",
    targets=TARGETS,
    needed=(("record_number",), ("taken_on",)),
    parts=parts,
    shape=LAB_RESULT,
    other_spellings=frozenset(_RESULTS),
)
