"""Medication: one row is one course of one drug."""

from __future__ import annotations

from interop.spreadsheets.rows.kind import Part, RowContext, RowError, RowKind, Values, attributes
from interop.spreadsheets.shapes import MEDICATION
from interop.spreadsheets.targets import known_on, record_number, targets_of
from treatments.formulary import FORMULARY
from treatments.models import Medication

TARGETS = (
    record_number(),
    *targets_of(
        Medication,
        [
            "noted_on",
            "drug",
            "name_as_written",
            "dose_mg",
            "times_a_day",
            "dose_text",
            "indication",
            "at_maximal_tolerated_dose",
            "started_on",
            "stopped_on",
            "stop_reason",
            "comment",
        ],
        group="Medication",
        aliases={
            "noted_on": ("date", "recorded_on", "visit_date"),
            "drug": ("medication", "drug_name", "substance"),
            "started_on": ("start_date", "start", "from"),
            "stopped_on": ("stop_date", "end_date", "until"),
            "dose_mg": ("dose",),
        },
        for_all=("noted_on", "indication", "drug"),
    ),
    known_on().named(group="Medication"),
)
_BY_NAME = {target.name: target for target in TARGETS}
_OWN = set(_BY_NAME) - {"record_number"}


def parts(values: Values, context: RowContext) -> list[Part]:
    """The course of one row; its class follows from the drug."""
    found = attributes(_BY_NAME, values, _OWN)
    if "drug" not in found:
        raise RowError("Drug", "Say which drug this is.")
    start, stop = found.get("started_on"), found.get("stopped_on")
    if start and stop and stop < start:
        raise RowError("Stopped on", "The drug stops before it starts.")
    return [medication(found)]


def medication(found: dict[str, object]) -> Part:
    """A part for one course."""
    drug_class = FORMULARY[str(found["drug"])].drug_class.value
    on = found["noted_on"]
    return Part(MEDICATION, found, {"drug_class": drug_class}, [], on, "Taking it on")  # type: ignore[arg-type]


KIND = RowKind(
    code="medications",
    label="Medication",
    intro="One row is one course of one drug: start, stop, dose.",
    targets=TARGETS,
    needed=(("record_number",), ("drug",), ("noted_on",)),
    parts=parts,
    shape=MEDICATION,
)
