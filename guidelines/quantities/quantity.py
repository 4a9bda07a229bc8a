"""A computed value with its formula, its inputs and their dates; guard rails; exact arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from guidelines.numbers import Number, compare, plain

VERSION = 1

FORMULAS: Mapping[str, str] = MappingProxyType(
    {
        "ASE-F-01": "2 × π × r² × Va × angle / 180°",
        "ASE-F-02": "PISA flow / Vmax",
        "ASE-F-03": "EROA × VTI of the jet",
        "ASE-F-04": "r² / 2, for Va about 40 cm/s and Vmax about 5 m/s",
        "ASE-F-06": "π / 4 × d₁ × d₂ × VTI",
        "ASE-F-07": "total stroke volume − LVOT stroke volume",
        "ASE-F-08": "100 × regurgitant volume / stroke volume through the leaking valve",
        "ASE-F-09": "regurgitant volume / VTI of the jet",
        "ASE-F-10": "4 × TR velocity² + right atrial pressure",
        "ASE-F-11": "3, 8 or 15 mmHg by width and collapse of the inferior vena cava",
        "ASE-F-12": "8 / (3π) × A₁ × A₂ / L; index: volume / body surface",
        "ASE-F-13": "100 × (EDV − ESV) / EDV (a volume by Teichholz: 7 / (2.4 + D) × D³)",
        "ASE-F-14": "0.8 × 1.04 × ((septum + LVEDD + posterior wall)³ − LVEDD³) + 0.6",
        "ASE-F-15": "2 × posterior wall / LVEDD",
        "ASE-F-16": "Du Bois, Mosteller or Haycock, as named",
        "ASE-F-17": "LVESD / body surface",
        "ASE-R-05": "LVEDD / body surface",
        "ASE-R-10": "EDV / body surface",
        "ASE-R-11": "ESV / body surface",
        "ASE-R-14": "LV mass / body surface",
        "ESC25-MIX-02": "mitral inflow VTI / LVOT VTI",
    }
)
"""By row of the rule tables: what is computed, in the units of the row."""


class ImplausibleInputError(ValueError):
    """An input that the formula does not allow; the message is for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A computed value with the formula it came from and what went in.

    ``dates`` holds the day of each input (by its name) where it is known. ``caveats`` are
    sentences that go wherever the value goes.
    """

    value: Number
    unit: str
    formula: str
    inputs: Mapping[str, Number | str] = field(default_factory=dict)
    version: int = VERSION
    dates: Mapping[str, date] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", MappingProxyType(dict(self.inputs)))
        object.__setattr__(self, "dates", MappingProxyType(dict(self.dates)))

    @property
    def formula_text(self) -> str:
        """What was computed, in words and signs."""
        return FORMULAS[self.formula]

    def dated(self, on: date | Mapping[str, date]) -> Quantity:
        """The same with the day of its inputs: one day for all, or each by its name.

        Raises ``LookupError`` for a day of something that did not go in.
        """
        days = dict.fromkeys(self.inputs, on) if isinstance(on, date) else dict(on)
        unknown = sorted(set(days) - set(self.inputs))
        if unknown:
            raise LookupError(f"no such input: {', '.join(unknown)}")
        return replace(self, dates={**self.dates, **days})

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form, numbers as text, dates in ISO form."""
        inputs = {k: v if isinstance(v, str) else plain(v) for k, v in self.inputs.items()}
        return {
            "value": plain(self.value),
            "unit": self.unit,
            "formula": self.formula,
            "formula_text": self.formula_text,
            "version": self.version,
            "inputs": inputs,
            "dates": {name: day.isoformat() for name, day in self.dates.items()},
            "caveats": list(self.caveats),
        }


def require_positive(**values: Number) -> None:
    """Refuse zero and less."""
    for name, value in values.items():
        if not value > 0:
            raise ImplausibleInputError(f"{name} must be more than 0, not {plain(value)}")


def require_between(name: str, value: Number, limits: tuple[Number, Number]) -> None:
    """Refuse a value outside the limits; both limits are allowed."""
    if compare(value, limits[0]) < 0 or compare(value, limits[1]) > 0:
        ends = f"{plain(limits[0])} and {plain(limits[1])}"
        raise ImplausibleInputError(f"{name} {plain(value)} is not between {ends}")


def over(numerator: Number, denominator: Number) -> Number:
    """Quotient: exact to 28 digits for decimals."""
    if isinstance(numerator, Decimal) and isinstance(denominator, Decimal):
        return numerator / denominator
    return float(numerator) / float(denominator)


def times(left: Number, right: Number) -> Number:
    """Product: exact for decimals."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left * right
    return float(left) * float(right)


def minus(left: Number, right: Number) -> Number:
    """Difference: exact for decimals."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left - right
    return float(left) - float(right)


def plus(left: Number, right: Number) -> Number:
    """Sum: exact for decimals."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left + right
    return float(left) + float(right)
