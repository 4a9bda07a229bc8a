"""What is due by each edition, what is planned, and who decided."""

from __future__ import annotations

from typing import Any

from reports.patient_page.case import PageCase


def upcoming_of(case: PageCase) -> dict[str, Any] | None:
    """What the panel shows; ``None`` where there is nothing to show."""
    return None
