"""Laboratory values, the newest of each, aged by safety C."""

from __future__ import annotations

from guidelines.definitions import HIGHER, LOWER, number

FACTS = (
    number("creatinine_umol_l", "creatinine", "µmol/L", "The newest value.", HIGHER),
    number("egfr_ml_min", "eGFR", "mL/min/1.73 m²", "The newest value.", LOWER),
    number("potassium_mmol_l", "potassium", "mmol/L", "The newest value.", HIGHER),
    number("hemoglobin_g_dl", "hemoglobin", "g/dL", "The newest value.", LOWER),
    number("bnp_pg_ml", "BNP", "pg/mL", "The newest value.", HIGHER),
    number("nt_probnp_pg_ml", "NT-proBNP", "pg/mL", "The newest value.", HIGHER),
    number("inr", "INR", "", "The newest value."),
)
