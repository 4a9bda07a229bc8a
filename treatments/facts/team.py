"""The heart team's judgments: entered, never computed; each field's newest answer (safety D7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guidelines.vocabulary import CenterType, Operability, SurgicalRisk, TeerAnatomy, Term
from treatments.facts.case import Case, Facts, newest
from treatments.models import TeamReview

RISK_DAYS = 183  # safety C: void on an admission, as everything that reassures
ANATOMY_DAYS = 365

# Fact, column, what its text becomes, the text that says nothing, days.
_TERMS: tuple[tuple[str, str, Callable[[str], Term], Term, int], ...] = (
    ("operability", "operability", Operability, Operability.NOT_DISCUSSED, RISK_DAYS),
    ("surgical_risk", "surgical_risk_class", SurgicalRisk, SurgicalRisk.UNKNOWN, RISK_DAYS),
    ("teer_anatomy", "teer_anatomy", TeerAnatomy, TeerAnatomy.NOT_ASSESSED, ANATOMY_DAYS),
)
_ESTIMATES = ("repair_likelihood_percent", "expected_mortality_percent")


def team_facts(case: Case) -> Facts:
    """Operability, risk class, anatomy, center and estimates."""
    facts: Facts = {}
    for name, column, term, unknown, days in _TERMS:
        review = _stated(case, column, unknown.value)
        if review is not None:
            facts[name] = case.fact(review, term(getattr(review, column)), days=days)
    for name in _ESTIMATES:
        review = _stated(case, name, None)
        if review is not None:
            facts[name] = case.fact(review, getattr(review, name), days=ANATOMY_DAYS)
    return facts | _center(case) | _sts(case)


def _stated(case: Case, column: str, unknown: Any) -> TeamReview | None:
    return newest(case.record.team_reviews, lambda review: getattr(review, column) != unknown)


def _center(case: Case) -> Facts:
    """Where it would be done; an event in the patient changes nothing about the center."""
    review = _stated(case, "center_type", CenterType.UNKNOWN.value)
    if review is None:
        return {}
    center = CenterType(review.center_type)
    fact = case.fact(review, center, days=ANATOMY_DAYS, lasts_through_events=True)
    return {"valve_center": fact}


def _sts(case: Case) -> Facts:
    """The STS value as entered, as old as its computation."""
    review = _stated(case, "sts_mortality_percent", None)
    if review is None:
        return {}
    fact = case.fact(
        review,
        review.sts_mortality_percent,
        days=RISK_DAYS,
        method=review.sts_model,
        on=review.sts_computed_on or review.reviewed_on,
    )
    return {"sts_prom_percent": fact}
