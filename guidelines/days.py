"""How a day is written for a reader; machine-readable forms keep ISO."""

from __future__ import annotations

from datetime import date

MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


def spoken(day: date) -> str:
    """A day that no reader can mistake, in any locale: 12 Mar 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
