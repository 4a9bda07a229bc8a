"""Boxes that only this floor has: doses, counts, INR limits, and choices that nobody made yet."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from patients.forms.records import field_for
from patients.forms.typed import NumberField, OfferError, folded_unit, parse_number, plain

SMALLEST_DOSE_MG = Decimal("0.0001")
LARGEST_DOSE_MG = Decimal(10_000)
INR_POSSIBLE = (Decimal(1), Decimal(6))

_MG_IN = {"g": Decimal(1000), "ug": Decimal("0.001"), "mcg": Decimal("0.001")}
_OTHER_UNIT = re.compile(r"(?P<number>[+-]?[0-9.,]+)\s*(?P<unit>[^0-9\s.,+-]+)")
_MICRO = str.maketrans({"\N{MICRO SIGN}": "u", "\N{GREEK SMALL LETTER MU}": "u"})


class DoseField(NumberField):
    """A text box for one dose in milligrams; grams and micrograms are offered in milligrams."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(low=SMALLEST_DOSE_MG, high=LARGEST_DOSE_MG, places=4, unit="mg", **kwargs)

    def parse(self, text: str) -> Decimal:
        """The dose; another unit of mass is never converted silently."""
        found = _OTHER_UNIT.fullmatch(text.strip())
        factor = _MG_IN.get(folded_unit(found["unit"].translate(_MICRO))) if found else None
        if found is None or factor is None:
            return super().parse(text)
        meant = parse_number(found["number"]) * factor
        if not fits_dose(meant):
            raise ValidationError(
                f"{text.strip()} is {plain(meant)} mg, which this box does not keep. Write the "
                "dose in words.",
                code="impossible",
            )
        raise OfferError(
            f"The dose is kept in mg. Did you mean {plain(meant)} mg?",
            code="other_unit",
            offers=[(plain(meant), f"{plain(meant)} mg")],
        )


def fits_dose(dose: Decimal) -> bool:
    """Whether a dose in mg can be kept as it is: within limits, of whole tenths of a µg."""
    return SMALLEST_DOSE_MG <= dose <= LARGEST_DOSE_MG and dose % SMALLEST_DOSE_MG == 0


class CountField(NumberField):
    """A text box for a whole number; cleans to ``int`` or ``None``."""

    def __init__(self, *, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(low=Decimal(low), high=Decimal(high), places=0, **kwargs)
        self.widget.attrs["inputmode"] = "numeric"

    def parse(self, text: str) -> int:  # type: ignore[override]
        """The count."""
        return int(super().parse(text))

    def is_value(self, value: Any) -> bool:
        """An ``int`` comes from code."""
        return isinstance(value, int)


class InrField(NumberField):
    """A text box for an INR with at most one decimal."""

    def __init__(
        self, *, low: Decimal = INR_POSSIBLE[0], high: Decimal = INR_POSSIBLE[1], **rest: Any
    ):
        super().__init__(low=low, high=high, places=1, **rest)


def box_for(column: Any, **kwargs: Any) -> forms.Field | None:
    """The box for a column of this floor: a choice that is needed asks to be made.

    What ``Meta`` calls it, and the help that it gives, stand above the model's own.
    """
    made = field_for(column, **kwargs)
    if made is not None:
        made.label = kwargs.get("label", made.label)
        made.help_text = kwargs.get("help_text", made.help_text)
    if isinstance(made, forms.ChoiceField) and made.required:
        choices: list[Any] = list(made.choices)  # type: ignore[arg-type]
        if choices and choices[0][0] in ("", None):
            made.choices = [("", "choose"), *choices[1:]]
    return made


def error(message: str, code: str = "contradiction") -> ValidationError:
    """What is refused beside a box, in words."""
    return ValidationError(message, code=code)
