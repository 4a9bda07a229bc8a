"""The scores that fit the patient, with their inputs, sources and days."""

from __future__ import annotations

from typing import Any

from reports.patient_page.case import PageCase


def score_panel_of(case: PageCase) -> dict[str, Any] | None:
    """What the panel shows; ``None`` where there is nothing to show."""
    return None
