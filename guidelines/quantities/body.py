"""Body surface area by three formulas (ASE-F-16), and LVESDi under two of them (safety D3).

The choice of formula alone moves an indexed value by 5 % in an obese patient: the formula is
stored with every index. Du Bois is the default.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from guidelines.numbers import Number, compare
from guidelines.quantities.chambers import lvesd_index
from guidelines.quantities.quantity import Quantity, require_positive


def bsa_du_bois(*, height_cm: Number, weight_kg: Number) -> Quantity:
    """Body surface area in m2 by Du Bois (ASE-F-16)."""
    require_positive(height_cm=height_cm, weight_kg=weight_kg)
    area = 0.007184 * float(weight_kg) ** 0.425 * float(height_cm) ** 0.725
    return _surface(area, height_cm, weight_kg, "Du Bois")


def bsa_mosteller(*, height_cm: Number, weight_kg: Number) -> Quantity:
    """Body surface area in m2 by Mosteller (ASE-F-16)."""
    require_positive(height_cm=height_cm, weight_kg=weight_kg)
    area = math.sqrt(float(weight_kg) * float(height_cm) / 3600)
    return _surface(area, height_cm, weight_kg, "Mosteller")


def bsa_haycock(*, height_cm: Number, weight_kg: Number) -> Quantity:
    """Body surface area in m2 by Haycock (section 8 of the score tables)."""
    require_positive(height_cm=height_cm, weight_kg=weight_kg)
    area = 0.024265 * float(height_cm) ** 0.3964 * float(weight_kg) ** 0.5378
    return _surface(area, height_cm, weight_kg, "Haycock")


def _surface(area: float, height_cm: Number, weight_kg: Number, by: str) -> Quantity:
    inputs = {"height_cm": height_cm, "weight_kg": weight_kg, "by": by}
    return Quantity(area, "m²", "ASE-F-16", inputs)


BSA_FORMULAS: Mapping[str, Callable[..., Quantity]] = MappingProxyType(
    {"du_bois": bsa_du_bois, "mosteller": bsa_mosteller, "haycock": bsa_haycock}
)
"""By stored name of the formula."""


@dataclass(frozen=True, slots=True)
class IndexByFormula:
    """LVESDi under Du Bois and under Mosteller: both are shown where a limit lies between them."""

    du_bois: Quantity
    mosteller: Quantity

    def straddles(self, limit: Number) -> bool:
        """Whether one of the two reaches the limit (at or above it) and the other does not."""
        reached = [compare(each.value, limit) >= 0 for each in (self.du_bois, self.mosteller)]
        return reached[0] is not reached[1]


def lvesd_index_by_formula(
    *, lvesd_mm: Number, height_cm: Number, weight_kg: Number
) -> IndexByFormula:
    """LVESD in mm/m2 under both formulas (ASE-F-17, safety D3)."""
    body = {"height_cm": height_cm, "weight_kg": weight_kg}
    return IndexByFormula(
        lvesd_index(lvesd_mm=lvesd_mm, bsa_m2=bsa_du_bois(**body).value),
        lvesd_index(lvesd_mm=lvesd_mm, bsa_m2=bsa_mosteller(**body).value),
    )
