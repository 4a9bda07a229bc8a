"""Models of the treatments floor."""

from treatments.models.interventions import Complication, Intervention
from treatments.models.medication import (
    AnticoagulationPlan,
    EndocarditisProphylaxisAdvice,
    Medication,
)
from treatments.models.team import TeamReview

__all__ = [
    "AnticoagulationPlan",
    "Complication",
    "EndocarditisProphylaxisAdvice",
    "Intervention",
    "Medication",
    "TeamReview",
]
