"""For how many days a value may reassure (safety C, column "timing verdict"), in one place.

Editorial defaults: no guideline prints them. A clinic may replace any of them by the setting
``ageing`` ({"lvef_percent": 300}); the caller reads it and hands it to ``picture_of``. A fact that
is not named here and is asked directly ages as its entry of the catalogue says. Only reassurance
ages; what is adverse stays (C1), and events beat age (C2).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from guidelines.catalogue import DEFINITIONS

SETTING = "ageing"
YEAR, HALF_YEAR = 365, 183
TEN_YEARS, TWO_YEARS, QUARTER, MONTH = 3650, 730, 90, 30

# Limits that belong to no single fact.
SPECIAL: Mapping[str, int] = MappingProxyType(
    {
        "lv_near_limit": HALF_YEAR,  # LVESD >=37 mm, LVESDi >=18.5 mm/m2 or LVEF <=64 %
        # The grade and its measurements, by what their study showed; the shorter one counts.
        "grade": YEAR,  # severe, moderate to severe, or no grade
        "grade_moderate": TWO_YEARS,  # primary regurgitation
        "grade_mild": 1826,  # primary regurgitation
        "grade_secondary": HALF_YEAR,  # secondary or mixed, whatever the grade
        "condition": YEAR,  # a condition stated to be absent
        "finding": YEAR,  # a finding of an echo study, seen or looked for
        "weight_with_fluid": QUARTER,  # in heart failure or with edema
        "weight_near_echo": QUARTER,  # between a weight and the echo that it indexes
        "medication_list_primary": HALF_YEAR,  # primary regurgitation
        "coronary_with_angina_or_diabetes": YEAR,
        "inr_unsettled": 7,  # out of range, first 90 days, or a changed drug
        "inr_absolute": 42,
        "inr_self_tested": 14,
    }
)
FACTS: Mapping[str, int] = MappingProxyType(
    {
        "lvef_percent": YEAR,
        "lvesd_mm": YEAR,
        "lvedd_mm": YEAR,
        "spap_mmhg": YEAR,
        "la_volume_index_ml_m2": YEAR,
        "la_diameter_mm": YEAR,
        "tr_grade": YEAR,
        "tricuspid_annulus_mm": YEAR,
        "atrial_fibrillation": YEAR,  # "no", from the last ECG
        "af_secondary_to_mr": TWO_YEARS,
        "weight_kg": YEAR,
        "height_cm": TEN_YEARS,
        "bnp_pg_ml": HALF_YEAR,
        "nt_probnp_pg_ml": HALF_YEAR,
        "creatinine_umol_l": HALF_YEAR,
        "egfr_ml_min": HALF_YEAR,
        "potassium_mmol_l": HALF_YEAR,
        "hemoglobin_g_dl": HALF_YEAR,
        "inr": 28,
        "normotensive": HALF_YEAR,
        "rv_dysfunction": YEAR,
        "mva_cm2": YEAR,
        "mitral_mean_gradient_mmhg": YEAR,
        "coronary_anatomy_known": TWO_YEARS,
        "operability": HALF_YEAR,
        "surgical_risk": HALF_YEAR,
        "sts_prom_percent": HALF_YEAR,
        "frailty": HALF_YEAR,
        "life_expectancy_under_1_year": HALF_YEAR,
        "repair_likelihood_percent": YEAR,
        "expected_mortality_percent": YEAR,
        "durable_repair_likely": YEAR,
        "valve_center": YEAR,
        "teer_anatomy": YEAR,
        "gdmt_optimized": QUARTER,
        "medication_list_reconciled": QUARTER,
        "pregnancy_status": MONTH,
        "intervention_declined": YEAR,
        "none_of_these_asked": YEAR,
    }
)
_CATALOGUE = {entry.name: entry.days for entry in DEFINITIONS if entry.days is not None}
LIMITS: Mapping[str, int] = MappingProxyType({**_CATALOGUE, **FACTS, **SPECIAL})
"""Every limit in days by the name of its fact, or of what it limits."""


def limits_with(setting: object) -> Mapping[str, int]:
    """The limits with those of a clinic's setting in their place.

    ``setting`` is the value of ``ageing``: names of limits with whole days above 0. Raises
    ``ValueError`` naming what is none, so that a slip of the pen changes no verdict silently.
    """
    if setting in (None, {}):
        return LIMITS
    if not isinstance(setting, dict):
        raise ValueError("the ageing limits are names with days")
    wrong = [name for name, days in setting.items() if not _is_limit(name, days)]
    if wrong:
        raise ValueError(f"not a limit in whole days: {', '.join(sorted(map(str, wrong)))}")
    return MappingProxyType({**LIMITS, **setting})


def _is_limit(name: object, days: object) -> bool:
    return name in LIMITS and type(days) is int and days > 0
