"""Body size: height, weight and an entered BSA, on one day."""

from __future__ import annotations

from typing import Any

from interop.spreadsheets.rows.kind import (
    Part,
    RowContext,
    RowError,
    RowKind,
    Values,
    attributes,
    questions_of,
)
from interop.spreadsheets.shapes import BODY_SIZE
from interop.spreadsheets.targets import day, known_on, measure, record_number, targets_of
from patients.models import BodySize

SIZES = (
    measure("height_cm", aliases=("height", "ht")),
    measure("weight_kg", aliases=("weight", "wt")),
    measure("bsa_m2", aliases=("bsa", "body_surface_area")),
)
TARGETS = (
    record_number(),
    day("measured_on", "Measured on", "Body size", for_all=True, aliases=("date", "visit_date")),
    *SIZES,
    *targets_of(BodySize, ["bsa_formula"], group="Body size", for_all=("bsa_formula",)),
    known_on().named(group="Body size"),
)
_BY_NAME = {target.name: target for target in TARGETS}


def parts(values: Values, context: RowContext) -> list[Part]:
    """The measurement of one row."""
    part = body_size(values, values["measured_on"])
    if part is None:
        raise RowError("", "This row holds neither height, weight nor body surface area.")
    return [part]


def body_size(values: Values, on: Any) -> Part | None:
    """A part when any size is given; an entered BSA is kept as "formula not stated"."""
    found = attributes(_BY_NAME, values, {"height_cm", "weight_kg", "bsa_m2", "bsa_formula"})
    if not set(found) - {"bsa_formula"}:
        return None
    found["measured_on"] = on
    if values.get("asserted_known_on"):
        found["asserted_known_on"] = values["asserted_known_on"]
    defaults = {}
    if "bsa_m2" in found and "bsa_formula" not in found:
        defaults["bsa_formula"] = BodySize.BsaFormula.NOT_STATED.value
    sizes = {target.name: values.get(target.name) for target in SIZES}
    return Part(BODY_SIZE, found, defaults, questions_of(sizes), on, "Measured on")


KIND = RowKind(
    code="body_sizes",
    label="Body size",
    intro="One row is height, weight or body surface area of one patient on one day.",
    targets=TARGETS,
    needed=(("record_number",), ("measured_on",)),
    parts=parts,
    shape=BODY_SIZE,
)
