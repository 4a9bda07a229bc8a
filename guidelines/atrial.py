"""Whether secondary regurgitation fits the atrial definition (rows ESC25-AT-01 to AT-05).

A check beside the mechanism that the clinician entered, which it never overwrites: advanced
disease may fail it. The size of the left ventricle is printed as a diameter and as an indexed
volume side by side; one measured index within its limit is accepted, and a flag says when the
other exceeds its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from guidelines.criteria import (
    Criterion,
    Readings,
    above,
    all_of,
    any_of,
    at_least,
    below,
    equals,
)
from guidelines.vocabulary import Mechanism, Sex

PRESERVED_LVEF = Decimal(50)  # percent, at or above (ESC25-AT-01)
# Women, men; strictly below (ESC25-AT-02).
LVEDD_LIMITS = {Sex.FEMALE: Decimal(56), Sex.MALE: Decimal(63)}  # mm
LVEDV_INDEX_LIMITS = {Sex.FEMALE: Decimal(71), Sex.MALE: Decimal(79)}  # mL/m2
ANNULUS_LIMIT = Decimal(35)  # mm, strictly above (ESC25-AT-03)
LA_VOLUME_INDEX_LIMIT = Decimal(34)  # mL/m2, strictly above (ESC25-AT-04)


def _for_each_sex(fact: str, limits: dict[Sex, Decimal]) -> Criterion:
    """Below the limit of the sex recorded; where none is, below both or above both decides."""
    by_sex = [all_of(equals("sex", sex), below(fact, limit)) for sex, limit in limits.items()]
    return any_of(*by_sex, all_of(*(below(fact, limit) for limit in limits.values())))


DIAMETER_WITHIN = _for_each_sex("lvedd_mm", LVEDD_LIMITS)
VOLUME_WITHIN = _for_each_sex("lvedv_index_ml_m2", LVEDV_INDEX_LIMITS)
ITEMS: dict[str, Criterion] = {
    "ESC25-AT-01": all_of(
        at_least("lvef_percent", PRESERVED_LVEF),
        equals("regional_wall_motion_abnormality", False),
        equals("leaflet_tethering", False),
    ),
    "ESC25-AT-02": any_of(DIAMETER_WITHIN, VOLUME_WITHIN),
    "ESC25-AT-03": above("mitral_annulus_ap_mm", ANNULUS_LIMIT),
    "ESC25-AT-04": above("la_volume_index_ml_m2", LA_VOLUME_INDEX_LIMIT),
}
SUPPORT = any_of(equals("atrial_fibrillation", True), equals("heart_failure", True))


ROWS = "ESC25-AT-01 to AT-05"
ASKED_OF = (Mechanism.SECONDARY_ATRIAL, Mechanism.SECONDARY_VENTRICULAR, Mechanism.MIXED)
"""Of which mechanism it is asked: of a primary leak it says nothing."""


@dataclass(frozen=True, slots=True)
class AtrialItem:
    """One row of the definition and whether it holds."""

    row: str
    text: str
    holds: bool | None

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {"row": self.row, "text": self.text, "holds": self.holds}


@dataclass(frozen=True, slots=True)
class AtrialCheck:
    """Whether the definition is met: yes, no, or unknown, item by item.

    ``is_supported``: a history of atrial fibrillation or heart failure (row AT-05), which decides
    nothing. ``flags``: what to look at in words. ``missing``: the facts that would decide.
    """

    is_atrial: bool | None
    items: tuple[AtrialItem, ...]
    is_supported: bool | None
    flags: tuple[str, ...]
    missing: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "is_atrial": self.is_atrial,
            "items": [item.as_dict() for item in self.items],
            "is_supported": self.is_supported,
            "flags": list(self.flags),
            "missing": list(self.missing),
        }


def check_atrial(readings: Readings) -> AtrialCheck:
    """The definition of atrial secondary regurgitation against these readings."""
    readings = {name: value for name, value in readings.items() if value is not Sex.OTHER}
    items = tuple(
        AtrialItem(row, criterion.text, _held(row, criterion, readings))
        for row, criterion in ITEMS.items()
    )
    answers = [item.holds for item in items]
    is_atrial = False if False in answers else None if None in answers else True
    asked = [ITEMS[item.row] for item in items if item.holds is None]
    missing = set[str]().union(*(criterion.unsettled(readings) for criterion in asked))
    return AtrialCheck(
        is_atrial,
        items,
        SUPPORT.holds(readings),
        _flags(is_atrial, readings),
        tuple(sorted(missing)) if is_atrial is None else (),
    )


def _held(row: str, criterion: Criterion, readings: Readings) -> bool | None:
    """The item's answer; one measured index of the ventricle outside its limit decides AT-02."""
    if row != "ESC25-AT-02":
        return criterion.holds(readings)
    measured = [DIAMETER_WITHIN.holds(readings), VOLUME_WITHIN.holds(readings)]
    if True in measured:
        return True
    return False if False in measured else None


def _flags(is_atrial: bool | None, readings: Readings) -> tuple[str, ...]:
    flags = []
    diameter, volume = DIAMETER_WITHIN.holds(readings), VOLUME_WITHIN.holds(readings)
    if {diameter, volume} == {True, False}:
        exceeding = "diameter" if diameter is False else "indexed volume"
        flags.append(
            f"The left ventricle is within the limit by one index; its {exceeding} exceeds it."
        )
    entered = readings.get("mechanism")
    if entered is Mechanism.SECONDARY_ATRIAL and is_atrial is False:
        flags.append(
            "Entered as atrial, the definition is not met: advanced disease may overlap with the "
            "ventricular type, or the mechanism is another."
        )
    if entered is Mechanism.SECONDARY_VENTRICULAR and is_atrial is True:
        flags.append("Entered as ventricular, the definition of the atrial type is met.")
    return tuple(flags)
