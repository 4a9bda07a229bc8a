"""Symptom logs: one row is what one patient answered on one day."""

from __future__ import annotations

from interop.spreadsheets.rows.kind import (
    Part,
    RowContext,
    RowError,
    RowKind,
    Values,
    attributes,
    questions_of,
)
from interop.spreadsheets.shapes import SYMPTOM_LOG
from interop.spreadsheets.targets import day, known_on, nyha, record_number, targets_of
from patients.models import SymptomLog

_PLAIN = [
    "actively_asked_none",
    "dyspnea",
    "orthopnea",
    "nocturnal_dyspnea",
    "edema",
    "syncope",
    "palpitations",
    "fatigue",
    "fever",
    "reduced_exercise_tolerance",
    "angina_class",
    "activity_level",
    "activity_given_up",
    "diuretic_need",
    "attribution",
    "attributed_cause",
    "atrial_fibrillation_type",
    "systolic_bp_mmhg",
    "diastolic_bp_mmhg",
    "heart_rate_bpm",
    "weight_kg",
    "oxygen_saturation_percent",
    "six_minute_walk_m",
    "kccq_overall",
    "mlhfq_total",
    "comment",
]

TARGETS = (
    record_number(),
    day(
        "recorded_on",
        "Asked on",
        "Symptoms",
        for_all=True,
        aliases=("date", "visit_date", "asked_on", "date_of_visit"),
    ),
    nyha("Symptoms"),
    *targets_of(SymptomLog, _PLAIN, group="Symptoms"),
    known_on().named(group="Symptoms"),
)
_BY_NAME = {target.name: target for target in TARGETS}
_OWN = set(_BY_NAME) - {"record_number"}


def parts(values: Values, context: RowContext) -> list[Part]:
    """The log of one row. Whether symptoms come from MR stays unanswered unless the file says."""
    found = attributes(_BY_NAME, values, _OWN)
    if not set(found) - {"recorded_on", "asserted_known_on"}:
        raise RowError("", "This row answers no question about symptoms.")
    on = values["recorded_on"]
    return [Part(SYMPTOM_LOG, found, {}, questions_of(values), on, "Asked on")]


KIND = RowKind(
    code="symptom_logs",
    label="Symptom logs",
    intro="One row is what a patient answered on one day: NYHA class, symptoms, walk test, scores.",
    targets=TARGETS,
    needed=(("record_number",), ("recorded_on",)),
    parts=parts,
    shape=SYMPTOM_LOG,
)
