"""Numbers of one study that do not fit together, with the likeliest slip."""

from __future__ import annotations

from typing import Any

from reports.patient_page.case import PageCase


def findings_of(case: PageCase) -> dict[str, Any] | None:
    """What the panel shows; ``None`` where there is nothing to show."""
    return None
