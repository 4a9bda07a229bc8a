"""Numbers as the rules compare them: exact decimals, computed floats, and intervals.

Entered values are ``Decimal`` and compared exactly. A computed ``float`` is compared with a
relative tolerance of 1e-9, so that 26.4 / 1.32 is 20. That is not rounding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

RELATIVE_TOLERANCE = 1e-9
LONGEST_ENTERED = 10  # digits; a longer decimal is a quotient

Number = Decimal | float


def compare(left: Number, right: Number) -> int:
    """-1, 0 or 1; exact between decimals, within 1e-9 (relative) when one is computed."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return (left > right) - (left < right)
    a, b = float(left), float(right)
    if math.isclose(a, b, rel_tol=RELATIVE_TOLERANCE):
        return 0
    return 1 if a > b else -1


def as_number(value: Number | int) -> Number:
    """The value as a finite ``Decimal`` or ``float``; raises ``ValueError`` otherwise."""
    if type(value) is Decimal and value.is_finite():
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TypeError(f"not a number: {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"not a finite number: {value!r}")
    return Decimal(value) if isinstance(value, int) else value


@dataclass(frozen=True, slots=True)
class Interval:
    """A value known only to lie between two ends; ``None`` is no end, ``*_open`` excludes it.

    ">60" is ``Interval(Decimal(60), None, low_open=True)``.
    """

    low: Number | None
    high: Number | None
    low_open: bool = False
    high_open: bool = False

    def __post_init__(self) -> None:
        low = None if self.low is None else as_number(self.low)
        is_one_value = self.high is self.low
        high = low if is_one_value else None if self.high is None else as_number(self.high)
        if low is not self.low or high is not self.high:
            object.__setattr__(self, "low", low)
            object.__setattr__(self, "high", high)
        if low is None or high is None:
            return
        if is_one_value and not (self.low_open or self.high_open):
            return
        order = compare(low, high)
        if order > 0 or (order == 0 and (self.low_open or self.high_open)):
            raise ValueError(f"an empty interval: {low} to {high}")

    @classmethod
    def point(cls, value: Number) -> Interval:
        """The interval of one exact value."""
        return cls(value, value)

    @property
    def is_point(self) -> bool:
        """True when the value is known exactly."""
        return self.low is not None and self.low == self.high

    def contains(self, value: Number) -> bool:
        """Whether the value may be this one."""
        return not (self.is_above(value) or self.is_below(value))

    def is_above(self, value: Number) -> bool:
        """Whether the whole interval is greater than the value."""
        if self.low is None:
            return False
        order = compare(self.low, value)
        return order > 0 or (order == 0 and self.low_open)

    def is_below(self, value: Number) -> bool:
        """Whether the whole interval is less than the value."""
        if self.high is None:
            return False
        order = compare(self.high, value)
        return order < 0 or (order == 0 and self.high_open)

    def is_at_least(self, value: Number) -> bool:
        """Whether the whole interval is greater than or equal to the value."""
        return self.low is not None and compare(self.low, value) >= 0

    def is_at_most(self, value: Number) -> bool:
        """Whether the whole interval is less than or equal to the value."""
        return self.high is not None and compare(self.high, value) <= 0

    def __str__(self) -> str:
        if self.low is not None and self.high is not None:
            if self.is_point:
                return plain(self.low)
            return f"{plain(self.low)}\N{EN DASH}{plain(self.high)}"
        if self.low is not None:
            return f"{'>' if self.low_open else '≥'}{plain(self.low)}"
        if self.high is not None:
            return f"{'<' if self.high_open else '≤'}{plain(self.high)}"
        return "unknown"


def plain(value: Number) -> str:
    """The number as text, without exponent; a computed one to four significant digits.

    A computed 39.996 stays 39.996: shown as 40 it would seem to have reached a limit.
    """
    if isinstance(value, float) or len(value.as_tuple().digits) > LONGEST_ENTERED:
        short = Decimal(f"{value:.4g}")
        is_whole = short == short.to_integral_value()
        value = Decimal(f"{value:.6g}") if is_whole else short
        value = value.normalize()
    return f"{value:f}"
