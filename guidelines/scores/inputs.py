"""Inputs that several scores share, defined in plain words."""

from __future__ import annotations

from guidelines.scores.score import InputDefinition

AGE = InputDefinition("age_years", "age", "Completed years on the day.", "years")
SEX = InputDefinition("sex", "sex", "Female or male, as the formula distinguishes them.")
HEIGHT = InputDefinition("height_cm", "height", "Body height.", "cm")
WEIGHT = InputDefinition(
    "weight_kg", "weight", "Actual body weight, not ideal or adjusted weight.", "kg"
)
CREATININE = InputDefinition(
    "creatinine_umol_l", "creatinine", "In serum or plasma, in a steady state.", "µmol/L"
)
EGFR = InputDefinition(
    "egfr_ml_min_173", "eGFR", "Estimated filtration rate by CKD-EPI 2021.", "mL/min/1.73 m²"
)
LVEF = InputDefinition("lvef_percent", "LVEF", "At rest.", "%")
LVESD = InputDefinition("lvesd_mm", "LVESD", "End-systolic diameter, at rest.", "mm")
SPAP = InputDefinition(
    "spap_mmhg",
    "systolic pulmonary pressure",
    "At rest, as measured; nothing is added to an echo estimate.",
    "mmHg",
)
NYHA = InputDefinition("nyha_class", "NYHA class", "One to four.")
ATRIAL_FIBRILLATION = InputDefinition(
    "atrial_fibrillation", "atrial fibrillation", "Atrial fibrillation or flutter, ever."
)
