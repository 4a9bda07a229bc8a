"""Comorbidities: one condition a row; a patient file may have a column for each instead."""

from __future__ import annotations

from typing import Any

from interop.spreadsheets.rows.kind import Part, RowContext, RowError, RowKind, Values, attributes
from interop.spreadsheets.shapes import COMORBIDITY
from interop.spreadsheets.targets import answer, known_on, record_number, targets_of
from patients.models import Comorbidity

_ALIASES = {
    "hypertension": ("high_blood_pressure", "htn"),
    "diabetes": ("dm", "diabetes_mellitus"),
    "anemia": ("anaemia",),
    "atrial_fibrillation": ("af",),
    "myocardial_infarction": ("mi", "previous_mi"),
    "coronary_disease": ("cad", "chd"),
    "stroke_or_tia": ("stroke", "tia"),
    "chronic_lung_disease": ("copd", "lung"),
}
CONDITIONS = tuple(
    answer(
        kind.value,
        kind.label[:1].upper() + kind.label[1:],
        "Conditions (yes, no, unknown)",
        aliases=_ALIASES.get(kind.value, ()),
    )
    for kind in Comorbidity.Kind
)

TARGETS = (
    record_number(),
    *targets_of(
        Comorbidity,
        ["noted_on", "kind", "present", "since_on", "note"],
        group="Condition",
        aliases={"noted_on": ("date", "recorded_on"), "kind": ("condition", "diagnosis")},
        for_all=("noted_on", "kind", "present"),
    ),
    known_on().named(group="Condition"),
)
_BY_NAME = {target.name: target for target in TARGETS}
_OWN = set(_BY_NAME) - {"record_number"}


def parts(values: Values, context: RowContext) -> list[Part]:
    """The statement of one row."""
    found = attributes(_BY_NAME, values, _OWN)
    for name in ("kind", "present"):
        if name not in found:
            raise RowError(_BY_NAME[name].label, "This row leaves it empty.")
    return [Part(COMORBIDITY, found, {}, [], values["noted_on"], "As of")]


def conditions(values: Values, on: Any) -> list[Part]:
    """One part for each condition that has a column of its own and an answer."""
    return [
        Part(
            COMORBIDITY,
            {"kind": t.name, "present": values[t.name], "noted_on": on},
            {},
            [],
            on,
            "As of",
        )
        for t in CONDITIONS
        if values.get(t.name)
    ]


KIND = RowKind(
    code="comorbidities",
    label="Comorbidities",
    intro="One row is one condition of one patient: yes, no or unknown, as of one day.",
    targets=TARGETS,
    needed=(("record_number",), ("noted_on",), ("kind",), ("present",)),
    parts=parts,
    shape=COMORBIDITY,
)
