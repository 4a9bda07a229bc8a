"""The treated valve, anticoagulation with its INR series, drugs, and the choice of a prosthesis."""

from __future__ import annotations

from typing import Any

from reports.patient_page.advice_lines import editions_not_shown
from reports.patient_page.case import PageCase
from reports.patient_page.dental_advice import dental_advice_of
from reports.patient_page.drug_list import drug_list_of
from reports.patient_page.inr_control import inr_control_of
from reports.patient_page.prosthesis_choice import prosthesis_choice_of
from reports.patient_page.treated_valve import treated_valve_of


def therapy_of(case: PageCase) -> dict[str, Any] | None:
    """What the panel shows; ``None`` where there is nothing to show.

    Dangers (a low INR, a wrong anticoagulant on a mechanical valve) stand in the banner and are
    not repeated. Nothing is advised for a patient who has died.
    """
    parts = {
        "valve": treated_valve_of(case),
        "inr": inr_control_of(case),
        "dental": dental_advice_of(case),
        "choice": prosthesis_choice_of(case),
        "drugs": drug_list_of(case),
    }
    if not any(parts.values()):
        return None
    return {**parts, "not_shown": editions_not_shown(case)}
