"""The left ventricle, the atrium, the pulmonary pressure and the rhythm, at rest."""

from __future__ import annotations

from guidelines.definitions import HIGHER, LOWER, number, yes_no
from guidelines.noise import default_mdc95

# Noise: two studies of one laboratory and method (guidelines.noise). It adds "confirm" and never
# changes a verdict.
FACTS = (
    number(
        "lvef_percent",
        "LVEF",
        "%",
        "At rest; biplane, 3D, contrast or CMR. A visual estimate counts only when adverse.",
        LOWER,
        mdc95=default_mdc95("lvef_percent"),
    ),
    number(
        "lvesd_mm",
        "LVESD",
        "mm",
        "Linear, at rest, by transthoracic echo (safety D3).",
        HIGHER,
        mdc95=default_mdc95("lvesd_mm"),
    ),
    number(
        "lvedd_mm",
        "LVEDD",
        "mm",
        "Linear, at rest, by transthoracic echo.",
        HIGHER,
        mdc95=default_mdc95("lvedd_mm"),
    ),
    number(
        "lvesd_index_mm_m2",
        "LVESDi",
        "mm/m²",
        "LVESD over body surface area; computed from these two whenever both are known.",
        HIGHER,
        mdc95=default_mdc95("lvesd_index_mm_m2"),
    ),
    number(
        "la_volume_index_ml_m2",
        "LA volume index",
        "mL/m²",
        "Biplane, at rest.",
        HIGHER,
        mdc95=default_mdc95("la_volume_index_ml_m2"),
    ),
    number("la_diameter_mm", "LA diameter", "mm", "Antero-posterior, at rest.", HIGHER),
    number(
        "spap_mmhg",
        "systolic pulmonary artery pressure",
        "mmHg",
        "At rest.",
        HIGHER,
        mdc95=default_mdc95("spap_mmhg"),
    ),
    number(
        "tr_grade",
        "tricuspid regurgitation",
        "",
        "Zero none, one mild, two moderate, three moderate to severe, four severe.",
        HIGHER,
    ),
    yes_no(
        "atrial_fibrillation",
        "atrial fibrillation",
        "Any, ever, on an ECG or strip (safety D8).",
    ),
    yes_no(
        "af_secondary_to_mr",
        "atrial fibrillation secondary to the regurgitation",
        "A judgement of its own, never inferred.",
        is_judgement=True,
    ),
)
