"""Checks beside what a person entered: they overwrite nothing and change no verdict.

Whether secondary regurgitation fits the atrial definition of ESC/EACTS 2025, and which risk
category of ACC/AHA 2020 the record fits. Each belongs to an edition, and is silent where that is
not in force, not to be shown, or does not apply to the patient.
"""

from __future__ import annotations

from guidelines.acc_aha_2020.risk import RiskComparison, compare_risk, has_risk_facts
from guidelines.assessment import Assessment
from guidelines.atrial import ASKED_OF, AtrialCheck, check_atrial
from guidelines.facts import ClinicalPicture
from guidelines.registry import ACC_AHA_2020, ESC_EACTS_2025
from guidelines.rule import Edition


def atrial_check_of(
    assessment: Assessment, picture: ClinicalPicture, hidden: frozenset[Edition]
) -> AtrialCheck | None:
    """The atrial definition (rows ESC25-AT), where the mechanism is entered as secondary."""
    if picture.reading("mechanism") not in ASKED_OF:
        return None
    return check_atrial(picture.readings()) if _speaks(ESC_EACTS_2025, assessment, hidden) else None


def risk_comparison_of(
    assessment: Assessment, picture: ClinicalPicture, hidden: frozenset[Edition]
) -> RiskComparison | None:
    """The risk categories (rows AHA-RK), where anything of them is recorded."""
    if not has_risk_facts(picture) or not _speaks(ACC_AHA_2020, assessment, hidden):
        return None
    return compare_risk(picture)


def _speaks(edition: Edition, assessment: Assessment, hidden: frozenset[Edition]) -> bool:
    return edition not in hidden and any(
        verdict.edition == edition and not verdict.gates.is_closed
        for verdict in assessment.editions
    )
