"""Declared windows: where a sicker value may weaken what a rule says (safety D11, SAFE-13).

Everywhere else it never does, and a test tries that on every timing rule. A window stands in the
guideline's own words ("LVEF 20 to 50 %"); beyond it another card speaks, never silence.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """The rules of a row stop where this fact gets worse; ``why`` in the guideline's words."""

    row: str
    fact: str
    why: str


_MEDICAL_STEP = "until the medical step is done, it comes first (safety D6)"
_OPERABLE = "with symptoms the heart team's word on operability decides (ESC25-P-02, ESC21-P-02)"
_PRESERVED = "no symptoms and a preserved ventricle; beyond it AHA-PI-01 and AHA-PI-02 speak"
_THROMBOSIS = "dysfunction by thrombosis has its own rows: tests and anticoagulation first"

WINDOWS = (
    Window("AHA-PI-06", "life_expectancy_under_1_year", "life expectancy of one year or more"),
    Window("AHA-SI-03", "lvef_percent", "atrial: preserved LVEF, 50 % or more"),
    Window("AHA-SI-03", "crt_question_settled", _MEDICAL_STEP),
    Window("AHA-SI-03", "regraded_after_revascularization", _MEDICAL_STEP),
    Window("AHA-SI-04", "crt_question_settled", _MEDICAL_STEP),
    Window("AHA-SI-04", "regraded_after_revascularization", _MEDICAL_STEP),
    Window("AHA-PG-04", "lvef_percent", _PRESERVED),
    Window("AHA-PG-04", "lvesd_mm", _PRESERVED),
    Window("AHA-PG-04", "symptomatic", _PRESERVED),
    Window("ESC21-P-03", "symptomatic", _OPERABLE),
    Window("ESC21-P-06", "intervention_futile", "only where the team does not call it futile"),
    Window("ESC25-P-03", "symptomatic", _OPERABLE),
    Window("ESC25-PV-08", "valve_thrombosis_suspected", _THROMBOSIS),
    Window("ESC25-SVD-03", "valve_thrombosis_suspected", _THROMBOSIS),
    Window("ESC25-S-04", "severe_mr_esc_eacts", "moderate; severe ventricular: ESC25-S-03"),
    Window("ESC25-S-05", "coronary_disease_complex", "complex disease: bypass surgery, ESC25-S-03"),
)


def is_window(row: str, fact: str) -> bool:
    """Whether the rules of this row may fall silent as this fact gets worse."""
    return any(window.row == row and window.fact == fact for window in WINDOWS)
