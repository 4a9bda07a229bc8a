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


_OPERABLE = "with symptoms the heart team's word on operability decides (ESC25-P-02, ESC21-P-02)"
_PRESERVED = "no symptoms and a preserved ventricle; beyond it AHA-PI-01 and AHA-PI-02 speak"
_THROMBOSIS = "dysfunction by thrombosis has its own rows: tests and anticoagulation first"
_ADVANCED = "stage D: review for advanced heart failure instead (SAFE-13)"

WINDOWS = (
    Window("AHA-PI-06", "life_expectancy_under_1_year", "life expectancy of one year or more"),
    Window("AHA-SI-03", "lvef_percent", "atrial: preserved LVEF, 50 % or more"),
    Window("AHA-PG-04", "lvef_percent", _PRESERVED),
    Window("AHA-PG-04", "lvesd_mm", _PRESERVED),
    Window("AHA-PG-04", "symptomatic", _PRESERVED),
    Window("ESC21-P-03", "symptomatic", _OPERABLE),
    Window("ESC21-P-04", "symptomatic", _OPERABLE),
    Window("ESC21-P-05", "symptomatic", _OPERABLE),
    Window("ESC21-P-06", "intervention_futile", "only where the team does not call it futile"),
    Window("ESC21-S-05", "concomitant_coronary_disease", "without concomitant coronary disease"),
    Window("ESC25-P-03", "symptomatic", _OPERABLE),
    Window("ESC25-P-04", "symptomatic", _OPERABLE),
    Window("ESC25-P-05", "symptomatic", _OPERABLE),
    Window("ESC25-P-06", "symptomatic", _OPERABLE),
    Window("ESC25-PV-09", "symptomatic", "with symptoms ESC25-PV-08 asks about thrombosis first"),
    Window("ESC25-PV-08", "valve_thrombosis_suspected", _THROMBOSIS),
    Window("ESC25-SVD-03", "valve_thrombosis_suspected", _THROMBOSIS),
    Window("ESC25-S-04", "severe_mr_esc_eacts", "moderate; severe ventricular: ESC25-S-03"),
    Window("ESC25-S-05", "coronary_disease_complex", "complex disease: bypass surgery, ESC25-S-03"),
    Window("ESC25-S-08", "advanced_heart_failure", _ADVANCED),
)
# The windows of edge-to-edge repair in secondary regurgitation: outside, SAFE-13 speaks.
TEER_ROWS = frozenset(
    {"AHA-SI-01", "ESC21-S-04", "ESC21-S-06", "ESC25-S-01", "ESC25-S-02", "ESC25-S-06"}
)
TEER_WINDOW = frozenset(
    {
        "advanced_heart_failure",
        "hypertrophic_restrictive_or_infiltrative",
        "lvef_percent",
        "lvesd_mm",
        "severe_aortic_or_tricuspid_disease",
        "spap_mmhg",
    }
)
# Any row: until the medical step is done, it comes first (safety D6, SAFE-32).
MEDICAL_STEP = frozenset({"crt_question_settled", "regraded_after_revascularization"})


def is_window(row: str, fact: str) -> bool:
    """Whether the rules of this row may fall silent as this fact gets worse."""
    declared = any(window.row == row and window.fact == fact for window in WINDOWS)
    return declared or fact in MEDICAL_STEP or (row in TEER_ROWS and fact in TEER_WINDOW)
