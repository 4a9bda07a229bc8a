"""The treated valve, anticoagulation with its INR series, drugs, and the choice of a prosthesis."""

from __future__ import annotations

from typing import Any

from reports.patient_page.case import PageCase


def therapy_of(case: PageCase) -> dict[str, Any] | None:
    """What the panel shows; ``None`` where there is nothing to show."""
    return None
