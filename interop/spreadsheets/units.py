"""Units a column may be written in, and the exact factor to the unit that is kept.

A conversion is chosen by a person for a column, or stated by the file beside each value; it is
never guessed from the size of a number.
"""

from __future__ import annotations

import re
from decimal import Decimal

from patients.forms.typed import folded_unit
from patients.laboratory_units import OTHER_UNITS as LABORATORY_UNITS
from patients.laboratory_units import spelled

__all__ = ["converted", "other_units", "spelled"]

_FACTORS: dict[str, dict[str, Decimal]] = {
    "mm": {"cm": Decimal(10)},
    "cm": {"mm": Decimal("0.1"), "m": Decimal(100)},
    "mm2": {"cm2": Decimal(100)},
    "cm2": {"mm2": Decimal("0.01")},
    "cm/s": {"m/s": Decimal(100)},
    "m/s": {"cm/s": Decimal("0.01")},
    "ml": {"l": Decimal(1000)},
    "kg": {"g": Decimal("0.001")},
    "%": {"fraction": Decimal(100)},
    "mmhg": {"kpa": Decimal("7.50062")},
}
_NUMBER_AND_UNIT = re.compile(
    r"^(?P<sign>[<>]?)\s*(?P<number>[+-]?[\d.,]+)\s*(?P<unit>[^\d\s.,][^\d]*(?:\d|²)?)?$"
)
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)?")


def other_units(kept: str, analyte: str = "") -> dict[str, Decimal]:
    """Units from which a column may be converted, with the factor to the kept unit."""
    if analyte:
        return LABORATORY_UNITS.get(analyte, {})
    return _FACTORS.get(folded_unit(kept), {})


def converted(text: str, unit: str, factor: Decimal) -> str:
    """The cell's number in the kept unit, as text. What is no number comes back as it is.

    A cell that itself states another unit than its column comes back as it is, so that the field
    can judge it.
    """
    found = _NUMBER_AND_UNIT.match(text.strip())
    if found and found["unit"] and spelled(found["unit"]) != spelled(unit):
        return text
    bare = found["sign"] + found["number"] if found else text.strip().removesuffix("%")
    if not _NUMBERS.search(bare):
        return text
    return _NUMBERS.sub(lambda number: _times(number[0], factor), bare)


def _times(number: str, factor: Decimal) -> str:
    return f"{(Decimal(number.replace(',', '.')) * factor).normalize():f}"
