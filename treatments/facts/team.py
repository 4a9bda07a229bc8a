"""The heart team's judgments: entered, never computed; each field's newest answer (safety D7)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from guidelines.catalogue.therapy import ProcedureImpediment
from guidelines.vocabulary import CenterType, Operability, SurgicalRisk, TeerAnatomy, Term
from treatments.facts.case import Case, Facts, newest, yes_or_no
from treatments.models import TeamReview

# Fact, column, what its text becomes, the text that says nothing.
_TERMS: tuple[tuple[str, str, Callable[[str], Term], Term], ...] = (
    ("operability", "operability", Operability, Operability.NOT_DISCUSSED),
    ("surgical_risk", "surgical_risk_class", SurgicalRisk, SurgicalRisk.UNKNOWN),
    ("teer_anatomy", "teer_anatomy", TeerAnatomy, TeerAnatomy.NOT_ASSESSED),
    (
        "procedure_impediment",
        "procedure_impediment",
        ProcedureImpediment,
        ProcedureImpediment.UNKNOWN,
    ),
)
_NUMBERS = (
    "repair_likelihood_percent",
    "expected_mortality_percent",
    "major_organs_compromised",
    "death_or_major_morbidity_1_year_percent",
)
# Fact, column of yes, no or unknown.
_ANSWERS = (
    ("durable_repair_likely", "durable_repair_expected"),
    ("intervention_futile", "intervention_futile"),
    ("surgery_impossible_or_delayed", "surgery_impossible_or_delayed"),
    ("gdmt_optimized", "gdmt_optimized"),
)


def team_facts(case: Case) -> Facts:
    """Operability, risk class, anatomy, center, estimates and therapy as the team judged them."""
    facts: Facts = {}
    if not case.record.team_reviews:
        return facts
    for name, column, term, unknown in _TERMS:
        review = _stated(case, column, unknown.value)
        if review is not None:
            value = term(getattr(review, column))
            facts[name] = case.fact(review, value, days=case.limits[name])
    for name in _NUMBERS:
        review = _stated(case, name, None)
        if review is not None:
            number = Decimal(getattr(review, name))
            facts[name] = case.fact(review, number, days=case.limits[name])
    for name, column in _ANSWERS:
        review = _stated(case, column, "unknown")
        if review is not None:
            answer = yes_or_no(getattr(review, column))
            facts[name] = case.fact(review, answer, days=case.limits[name])
    return facts | _center(case) | _sts(case)


def _stated(case: Case, column: str, unknown: Any) -> TeamReview | None:
    return newest(case.record.team_reviews, lambda review: getattr(review, column) != unknown)


def _center(case: Case) -> Facts:
    """Where it would be done; an event in the patient changes nothing about the center."""
    review = _stated(case, "center_type", CenterType.UNKNOWN.value)
    if review is None:
        return {}
    center, days = CenterType(review.center_type), case.limits["valve_center"]
    return {"valve_center": case.fact(review, center, days=days, lasts_through_events=True)}


def _sts(case: Case) -> Facts:
    """The STS value as entered, as old as its computation."""
    review = _stated(case, "sts_mortality_percent", None)
    if review is None:
        return {}
    fact = case.fact(
        review,
        review.sts_mortality_percent,
        days=case.limits["sts_prom_percent"],
        method=review.sts_model,
        on=review.sts_computed_on or review.reviewed_on,
    )
    return {"sts_prom_percent": fact}
