"""Where the patient stands: stage, symptom status, and what puts freedom from symptoms in doubt."""

from __future__ import annotations

from typing import Any

from reports.patient_page.case import PageCase


def stance_of(case: PageCase) -> dict[str, Any] | None:
    """What the panel shows; ``None`` where there is nothing to show."""
    return None
