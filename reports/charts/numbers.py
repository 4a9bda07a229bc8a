"""Numbers and days as charts write them."""

from __future__ import annotations

import math
from decimal import Decimal

Number = Decimal | float | int

# Values computed in floating point are equal to a limit within this relative difference.
RELATIVE_TOLERANCE = 1e-9
# Beyond this a number is a mistake, and no axis can be drawn for it.
LARGEST = 1e15
# Digits of an entered decimal, and those after its point; a longer one is a quotient or a product.
LONGEST_ENTERED = 10
MOST_DECIMALS = 3
# How many digits a computed number is written with, where fewer would show a whole one.
MOST_DIGITS = 7
MINUS, EN_DASH = "\u2212", "\u2013"


def number_text(number: Number) -> str:
    """A number as it was entered, without trailing zeros or an exponent."""
    if isinstance(number, float):
        return f"{number:.12g}".replace("-", MINUS)
    text = format(Decimal(number), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", MINUS)


def measured_text(number: Number) -> str:
    """A number beside a point: as it was entered, a computed one to three digits.

    A computed 19.98 keeps its digits: as "20" it would seem to have met a limit of 20. It gets as
    many as tell it from a whole number, and no more.
    """
    if not is_computed(number):
        return number_text(number)
    exact = float(number)
    whole = len(str(int(abs(exact))))
    shown = (float(f"{exact:.{digits}g}") for digits in range(max(3, whole), MOST_DIGITS))
    told = (short for short in shown if short != round(short) or is_equal(short, exact))
    return number_text(next(told, float(f"{exact:.{MOST_DIGITS}g}")))


def is_computed(number: Number) -> bool:
    """Whether a number was computed, not entered."""
    if isinstance(number, Decimal):
        parts = number.as_tuple()
        decimals = -parts.exponent if isinstance(parts.exponent, int) else 0
        return len(parts.digits) > LONGEST_ENTERED or decimals > MOST_DECIMALS
    return isinstance(number, float)


def is_equal(one: Number, other: Number) -> bool:
    """Whether two numbers are the same; computed ones within the tolerance."""
    if isinstance(one, float) or isinstance(other, float):
        return math.isclose(one, other, rel_tol=RELATIVE_TOLERANCE)
    return one == other


def require_finite(*numbers: Number | None) -> None:
    """Raise ``ValueError`` for what no axis can hold."""
    for number in numbers:
        if number is None:
            continue
        if not (isinstance(number, int) or math.isfinite(number)) or abs(float(number)) > LARGEST:
            raise ValueError(f"Cannot be drawn: {number}")
