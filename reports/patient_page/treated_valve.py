"""The valve, ring or device that was put in: what, when, its baseline, and what is said of it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from guidelines.vocabulary import Chapter, MitralValveState
from patients.forms.typed import plain
from patients.study_sheet import upper_first
from reports.kinds import row_url, source_url
from reports.patient_page.advice_lines import lines_of
from reports.patient_page.case import PageCase
from reports.patient_page.words import age_of
from treatments.facts import valve_state_of
from treatments.facts.valve import MITRAL_PROCEDURES, PROSTHESES
from treatments.models import Intervention

OF_THE_VALVE = {*MITRAL_PROCEDURES, Intervention.Kind.PARAVALVULAR_CLOSURE}
BASELINE = (
    ("baseline_mean_gradient_mmhg", "mean gradient", "mmHg"),
    ("baseline_peak_velocity_m_s", "peak velocity", "m/s"),
    ("baseline_doppler_velocity_index", "velocity index", ""),
    ("baseline_effective_orifice_area_cm2", "orifice area", "cm²"),
)


def treated_valve_of(case: PageCase) -> dict[str, Any] | None:
    """What the mitral valve became; ``None`` for a valve that nobody is known to have touched."""
    state = valve_state_of(case.record)
    known = isinstance(state.value, MitralValveState)
    done = [row for row in case.record.performed if row.kind in OF_THE_VALVE]
    if not done and (not known or state.value in (MitralValveState.NATIVE, None)):
        return None
    label = state.value.label if isinstance(state.value, MitralValveState) else "Cannot tell"
    return {
        "label": label,
        "is_told": not done,
        "told_on": state.on,
        "told_href": source_url(state.source),
        "note": upper_first(state.reason),
        "rows": [_row(row, case) for row in done],
        "results_href": _results_href(case) if done else "",
        "advice": [] if case.record.has_died else lines_of(case, {Chapter.PROSTHESIS}),
    }


def _results_href(case: PageCase) -> str:
    """The results at each time point after the operation, of the day that is shown."""
    page = reverse("reports:patient-outcomes", args=[case.patient.public_id])
    return f"{page}?{case.asked.query}" if case.asked.query else page


def _row(row: Intervention, case: PageCase) -> dict[str, Any]:
    size = row.prosthesis_size_mm
    count = row.devices_count
    parts = [
        row.prosthesis_model,
        f"{plain(size)} mm" if size is not None else "",
        row.repair_technique,
        f"ring {row.annuloplasty_ring}" if row.annuloplasty_ring else "",
        f"{count} device{'s' if count != 1 else ''}" if count is not None else "",
        "no device was left in" if row.device_implanted is False else "",
        "redo operation" if row.redo else "",
        row.center,
    ]
    is_prosthesis = MITRAL_PROCEDURES.get(row.kind) in PROSTHESES
    return {
        "kind": upper_first(row.get_kind_display()),
        "on": row.performed_on,
        "age": age_of(row.performed_on, case.on) if row.performed_on else "",
        "href": row_url(Intervention, row.public_id),
        "details": ", ".join(part for part in parts if part),
        "model_missing": is_prosthesis and not row.prosthesis_model,
        "residual": _residual(row),
        "baseline": _baseline(row),
        "baseline_on": row.baseline_measured_on,
        "wants_baseline": row.kind in MITRAL_PROCEDURES,
    }


def _residual(row: Intervention) -> str:
    """The regurgitation left at the end of the procedure, as the reader graded it."""
    if row.residual_regurgitation_low is None:
        return ""
    low = row.get_residual_regurgitation_low_display()
    high = row.get_residual_regurgitation_high_display()
    return f"{low} to {high}" if low != high else str(low)


def _baseline(row: Intervention) -> str:
    """The Doppler values to which later ones are compared; empty when none was entered."""
    said = [
        f"{label} {plain(value)} {unit}".strip()
        for name, label, unit in BASELINE
        if (value := getattr(row, name)) is not None
    ]
    if row.baseline_paravalvular_leak is not None:
        said.append(f"leak beside the valve: {row.get_baseline_paravalvular_leak_display()}")
    if not said and row.baseline_measured_on is None:
        return ""
    return upper_first("; ".join(said)) or "Measured, no value entered"
