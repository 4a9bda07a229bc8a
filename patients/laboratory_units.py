"""Units in which laboratories print results, and the exact factor to the unit that is kept."""

from __future__ import annotations

from decimal import Decimal

OTHER_UNITS: dict[str, dict[str, Decimal]] = {
    # mg/dL: molar masses of creatinine (113.12) and bilirubin (584.66), rounded as printed by
    # laboratories.
    "creatinine": {"mg/dl": Decimal("88.42"), "mmol/l": Decimal(1000)},
    "bilirubin": {"mg/dl": Decimal("17.1")},
    "hemoglobin": {"g/l": Decimal("0.1")},
    "platelets": {"/ul": Decimal("0.001"), "g/l": Decimal(1), "10^3/ul": Decimal(1)},
    "troponin": {"ng/ml": Decimal(1000), "pg/ml": Decimal(1)},
    "crp": {"mg/dl": Decimal(10)},
    "bnp": {"ng/l": Decimal(1)},
    "nt_probnp": {"ng/l": Decimal(1)},
    "potassium": {"meq/l": Decimal(1)},
    "alt": {"iu/l": Decimal(1)},
    "ldh": {"iu/l": Decimal(1)},
}
"""By analyte: the unit, spelled as ``spelled`` spells it, and the factor from it."""


def spelled(unit: str) -> str:
    """A unit as it is compared: µ is u, the multiplication sign and blanks are dropped."""
    text = unit.replace("\N{MICRO SIGN}", "u").replace("\N{GREEK SMALL LETTER MU}", "u")
    text = text.replace(" ", "").replace("\N{MULTIPLICATION SIGN}", "")
    return text.replace("\N{SUPERSCRIPT TWO}", "2").replace("\N{SUPERSCRIPT NINE}", "^9").lower()


def printed(unit: str) -> str:
    """A unit as people read it: ``µmol/L``, ``10⁹/L``."""
    return unit.replace("umol", "µmol").replace("10^9", "10⁹")
