"""Whether a replacement or a repair of the mitral valve is being considered, and why."""

from __future__ import annotations

from guidelines.vocabulary import Advice
from patients.days import spoken
from reports.patient_page.advice_lines import STANDS, findings_shown
from reports.patient_page.case import PageCase
from treatments.facts.valve import MITRAL_PROCEDURES
from treatments.models import Intervention, TeamReview

REASONABLE = 2  # class 2a or IIa, and above it 1 and I
OPERATIONS = frozenset(
    {
        Advice.MITRAL_INTERVENTION,
        Advice.MITRAL_SURGERY,
        Advice.MITRAL_REPAIR,
        Advice.MITRAL_REPLACEMENT,
        Advice.TRANSCATHETER_REPLACEMENT,
        Advice.TEER,
        Advice.REOPERATION,
        Advice.EARLY_SURGERY,
    }
)


def planned_mitral(case: PageCase) -> list[Intervention]:
    """Procedures on the mitral valve that are planned and neither done nor called off."""
    return [
        row
        for row in case.record.interventions
        if row.status == Intervention.Status.PLANNED and row.kind in MITRAL_PROCEDURES
    ]


def why_considered(case: PageCase) -> str:
    """The reason in words; empty when none is considered, and after a death."""
    if case.record.has_died:
        return ""
    if planned := planned_mitral(case):
        return f"{planned[0].get_kind_display()} is planned"
    review = next(iter(case.record.team_reviews), None)
    if review is not None and review.decision == TeamReview.Decision.INTERVENE:
        return f"the team decided for an intervention on {spoken(review.reviewed_on)}"
    for verdict, finding in findings_shown(case):
        rule = finding.rule
        stands = finding.verdict in STANDS and rule.is_timing and rule.strength >= REASONABLE
        if stands and rule.advice in OPERATIONS:
            return f"{verdict.edition.title} advises one ({rule.class_label})"
    if review is not None and review.decision == TeamReview.Decision.NOT_DECIDED:
        return f"the team review of {spoken(review.reviewed_on)} is not decided"
    return ""
