"""The bar of a page that shows another day, or what was known on one, and the way back to now."""

from __future__ import annotations

from typing import Any

from reports.patient_page.case import PageCase


def travel_of(case: PageCase) -> dict[str, Any] | None:
    """What the panel shows; ``None`` where there is nothing to show."""
    return None
