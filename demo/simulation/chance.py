"""Chance that repeats itself, and exact decimals without the cost of making them."""

from __future__ import annotations

from decimal import Decimal
from random import Random

_WORD = (1 << 64) - 1

_WHOLE = [Decimal(i) for i in range(4001)]
_TENTH = [Decimal(i) / 10 for i in range(8001)]
_HUNDREDTH = [Decimal(i) / 100 for i in range(2001)]


def _mixed(number: int) -> int:
    """A number whose every bit depends on every bit of the given one (splitmix64)."""
    number = (number + 0x9E3779B97F4A7C15) & _WORD
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _WORD
    return number ^ (number >> 31)


def stream(seed: int, index: int, purpose: int) -> Random:
    """The random numbers of one patient for one purpose; patients share nothing."""
    return Random(_mixed(_mixed(_mixed(seed & _WORD) ^ (index & _WORD)) ^ purpose))


def workday(day: int) -> int:
    """This day, or the Monday after it: clinics and operating rooms keep no weekend hours."""
    weekday = (day + 6) % 7
    return day + 7 - weekday if weekday > 4 else day


def whole(value: float) -> Decimal:
    """A value that is not negative, to the whole number, as reports print it."""
    return _WHOLE[int(value + 0.5)]


def tenth(value: float) -> Decimal:
    """A value that is not negative, to one decimal."""
    return _TENTH[int(value * 10 + 0.5)]


def half(value: float) -> Decimal:
    """A value that is not negative, to the nearest half: 6.5, 7."""
    return _TENTH[int(value * 2 + 0.5) * 5]


def five(value: float) -> Decimal:
    """A value that is not negative, to the nearest five: 55, 60."""
    return _WHOLE[int(value / 5 + 0.5) * 5]


def hundredth(value: float) -> Decimal:
    """A value that is not negative, to two decimals."""
    return _HUNDREDTH[int(value * 100 + 0.5)]
