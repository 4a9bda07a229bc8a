"""Kidney function: creatinine clearance (Cockcroft and Gault) and eGFR (CKD-EPI 2021).

The clearance takes the actual weight: ideal or adjusted weight changes EuroSCORE II's band.
"""

from __future__ import annotations

from decimal import Decimal

from guidelines.numbers import Number
from guidelines.scores.formula import by_formula
from guidelines.scores.inputs import AGE, CREATININE, SEX, WEIGHT
from guidelines.scores.items import Inputs
from guidelines.scores.score import ScoreDefinition, ScoreResult
from guidelines.vocabulary import Sex, Verification

UMOL_L_PER_MG_DL = Decimal("88.4")  # creatinine
CLEARANCE_AGE, CLEARANCE_DIVISOR = Decimal(140), Decimal(72)
CLEARANCE_FEMALE = Decimal("0.85")
EGFR_CONSTANT, EGFR_PER_YEAR, EGFR_FEMALE = 142.0, 0.9938, 1.012
EGFR_ABOVE = -1.200
EGFR_KAPPA = {Sex.FEMALE: 0.7, Sex.MALE: 0.9}  # mg/dL
EGFR_ALPHA = {Sex.FEMALE: -0.241, Sex.MALE: -0.302}

CLEARANCE = ScoreDefinition(
    id="cockcroft-gault",
    title="Creatinine clearance (Cockcroft and Gault)",
    unit="mL/min",
    population="Adults with a steady creatinine.",
    citation="Cockcroft and Gault, with actual weight",
    rows=("scores 6",),
    verification=Verification.SECONDARY_SOURCE,
    inputs=(AGE, SEX, WEIGHT, CREATININE),
    caveats=("With the actual weight, as EuroSCORE II asks.",),
)
EGFR = ScoreDefinition(
    id="ckd-epi-2021",
    title="eGFR (CKD-EPI 2021)",
    unit="mL/min/1.73 m²",
    population="Adults with a steady creatinine.",
    citation="CKD-EPI 2021, creatinine, without race",
    rows=("scores 6",),
    verification=Verification.SECONDARY_SOURCE,
    inputs=(AGE, SEX, CREATININE),
    caveats=("Not a creatinine clearance: EuroSCORE II does not take it.",),
)


def _clearance(sex: Sex, age: Number, weight_kg: Number, creatinine_umol_l: Number) -> Number:
    over = (CLEARANCE_AGE - Decimal(age)) * Decimal(weight_kg) * UMOL_L_PER_MG_DL
    clearance = max(over, Decimal(0)) / (CLEARANCE_DIVISOR * Decimal(creatinine_umol_l))
    return clearance * CLEARANCE_FEMALE if sex is Sex.FEMALE else clearance


def _egfr(sex: Sex, age: Number, creatinine_umol_l: Number) -> Number:
    ratio = float(creatinine_umol_l) / float(UMOL_L_PER_MG_DL) / EGFR_KAPPA[sex]
    rate: float = EGFR_CONSTANT * min(ratio, 1.0) ** EGFR_ALPHA[sex] * max(ratio, 1.0) ** EGFR_ABOVE
    rate *= EGFR_PER_YEAR ** float(age)
    return rate * EGFR_FEMALE if sex is Sex.FEMALE else rate


def creatinine_clearance(inputs: Inputs) -> ScoreResult:
    """Creatinine clearance in mL/min; both sexes where sex is not known."""
    names = ("age_years", "weight_kg", "creatinine_umol_l")
    return by_formula(CLEARANCE, _clearance, names, inputs)


def egfr(inputs: Inputs) -> ScoreResult:
    """eGFR in mL/min/1.73 m2; both sexes where sex is not known."""
    return by_formula(EGFR, _egfr, ("age_years", "creatinine_umol_l"), inputs)
