"""Interventions: one row is one operation, perhaps with further procedures of the same day."""

from __future__ import annotations

from typing import Any

from interop.spreadsheets.rows.kind import Part, RowContext, RowError, RowKind, Values, attributes
from interop.spreadsheets.shapes import INTERVENTION
from interop.spreadsheets.targets import flag, grade, known_on, record_number, targets_of, term
from treatments.models import Intervention

COMPANIONS = {
    "with_cabg": (Intervention.Kind.CABG, ("cabg", "con_cabg")),
    "with_tricuspid_surgery": (Intervention.Kind.TRICUSPID_SURGERY, ("tricuspid_surgery",)),
    "with_aortic_replacement": (Intervention.Kind.AORTIC_REPLACEMENT, ()),
    "with_af_ablation": (Intervention.Kind.AF_ABLATION, ("maze", "af_ablation")),
    "with_appendage_closure": (Intervention.Kind.APPENDAGE_CLOSURE, ("laa_closure",)),
}

_KIND_SYNONYMS = [
    ("mitral_repair", "mitral repair"),
    ("mitral_repair", "MV repair"),
    ("mitral_repair", "MVr"),
    ("mitral_biological", "mitral valve replacement, biological"),
    ("mitral_mechanical", "mitral valve replacement, mechanical"),
    ("teer", "MitraClip"),
    ("teer", "TEER"),
    ("teer", "edge-to-edge repair"),
    ("transcatheter_mitral", "TMVR"),
    ("aortic_replacement", "AVR"),
    ("aortic_replacement", "surgical aortic valve replacement"),
    ("tavi", "TAVR"),
    ("cabg", "CABG"),
    ("cabg", "coronary bypass"),
    ("pci", "PCI"),
    ("crt", "CRT"),
]
_DAYS = ("performed_on", "planned_on", "decided_on")
_DAY_OF_STATUS = {
    "performed": "performed_on",
    "planned": "planned_on",
    "declined": "decided_on",
    "cancelled": "decided_on",
}

TARGETS = (
    record_number(),
    *targets_of(
        Intervention,
        ["performed_on"],
        group="Procedure",
        aliases={
            "performed_on": (
                "date",
                "operation_date",
                "surgery_date",
                "procedure_date",
                "date_of_surgery",
            )
        },
    ),
    term(
        "kind",
        "Procedure",
        Intervention.Kind.choices,
        "Procedure",
        synonyms=_KIND_SYNONYMS,
        for_all=True,
        aliases=("procedure", "operation", "procedure_type"),
    ),
    term(
        "status",
        "Status",
        Intervention.Status.choices,
        "Procedure",
        for_all=True,
        default="performed",
    ),
    *targets_of(
        Intervention,
        ["planned_on", "decided_on", "not_done_because", "reason"],
        group="Procedure",
    ),
    *targets_of(
        Intervention,
        ["urgency", "approach", "operator", "center", "redo"],
        group="Procedure",
        aliases={"redo": ("reoperation",), "operator": ("surgeon",), "center": ("hospital",)},
        for_all=("urgency", "approach", "operator", "center"),
    ),
    *targets_of(
        Intervention,
        [
            "prosthesis_model",
            "prosthesis_size_mm",
            "repair_technique",
            "annuloplasty_ring",
            "device_implanted",
            "devices_count",
        ],
        group="Device",
        aliases={
            "prosthesis_model": ("prosthesis", "valve_type", "valve"),
            "prosthesis_size_mm": ("size_mm", "valve_size", "size", "prosthesis_size"),
            "annuloplasty_ring": ("annuloplasty",),
            "devices_count": ("clips", "number_of_clips"),
        },
    ),
    *(
        flag(
            name,
            f"With {kind.label}",
            "Same operation",
            aliases=aliases,
            help_text="Yes adds a procedure of its own on the same day.",
        )
        for name, (kind, aliases) in COMPANIONS.items()
    ),
    grade("residual_regurgitation", "Residual MR", "Result"),
    *targets_of(
        Intervention,
        [
            "converted",
            "discharged_on",
            "baseline_measured_on",
            "baseline_mean_gradient_mmhg",
            "baseline_peak_velocity_m_s",
            "baseline_doppler_velocity_index",
            "baseline_effective_orifice_area_cm2",
            "baseline_paravalvular_leak",
            "comment",
        ],
        group="Result",
    ),
    known_on().named(group="Result"),
)
_BY_NAME = {target.name: target for target in TARGETS}
_OWN = set(_BY_NAME) - {"record_number", *COMPANIONS}
# What belongs to the whole operation and is said of its further procedures as well.
_SHARED = ("performed_on", "urgency", "approach", "operator", "center", "redo", "asserted_known_on")


def parts(values: Values, context: RowContext) -> list[Part]:
    """The procedure of one row, and its companions of the same day."""
    found = attributes(_BY_NAME, values, _OWN)
    if "kind" not in found:
        raise RowError("Procedure", "Say which procedure this is.")
    status = found.get("status", Intervention.Status.PERFORMED.value)
    needed = _DAY_OF_STATUS[status]
    if needed not in found:
        label = _BY_NAME[needed].label
        raise RowError(label, f"A {status} procedure needs a date here.")
    _check_discharge(found)
    # A planned date lies ahead: only what has happened is held against the calendar.
    on = None if status == Intervention.Status.PLANNED else found[needed]
    main = Part(INTERVENTION, found, {"status": status}, on=on, on_label=_BY_NAME[needed].label)
    return [main, *_companions(values, found, status)]


def _check_discharge(found: dict[str, Any]) -> None:
    left, done = found.get("discharged_on"), found.get("performed_on")
    if left and done and left < done:
        raise RowError("Discharged on", "The discharge is before the operation.")


def _companions(values: Values, found: dict[str, Any], status: str) -> list[Part]:
    shared = {name: found[name] for name in (*_SHARED, *_DAYS) if name in found}
    return [
        Part(INTERVENTION, {"kind": kind.value, **shared}, {"status": status})
        for name, (kind, _aliases) in COMPANIONS.items()
        if values.get(name) and kind.value != found["kind"]
    ]


KIND = RowKind(
    code="interventions",
    label="Interventions and operations",
    intro="One row is one operation: record number, date, procedure, prosthesis.",
    targets=TARGETS,
    needed=(("record_number",), ("performed_on", "planned_on", "decided_on"), ("kind",)),
    parts=parts,
    shape=INTERVENTION,
    other_spellings=frozenset(COMPANIONS),
)
