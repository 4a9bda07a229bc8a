"""Height, weight and the body surface that indexes a measurement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from guidelines import quantities
from guidelines.facts import Fact, plain
from patients.models import BodySize, ClinicalRecord, Comorbidity, EchoStudy
from treatments.facts.case import Case, Facts, exact, has_condition, newest, put, source_of
from treatments.facts.linear import lvesd_study

HEIGHT_DAYS = 3650
WEIGHT_DAYS = 365
WEIGHT_DAYS_WITH_FLUID = 90  # in heart failure or with edema
WEIGHT_NEAR_ECHO_DAYS = 90


@dataclass(frozen=True)
class _Weight:
    """A weight, from the body sizes or from a symptom log."""

    kg: Decimal
    on: date
    row: ClinicalRecord


def body_facts(case: Case) -> Facts:
    """Height, weight, and the body surface for the study that LVESD comes from."""
    facts: Facts = {}
    height = newest(case.record.body_sizes, lambda row: row.height_cm is not None)
    if height is not None:
        facts["height_cm"] = case.fact(
            height, height.height_cm, days=HEIGHT_DAYS, lasts_through_events=True
        )
    weight = max(_weights(case), key=lambda each: each.on, default=None)
    if weight is not None:
        days = WEIGHT_DAYS_WITH_FLUID if _holds_fluid(case) else WEIGHT_DAYS
        facts["weight_kg"] = case.fact(weight.row, weight.kg, days=days, lasts_through_events=True)
    study = lvesd_study(case)
    put(facts, "bsa_m2", None if study is None else body_surface(case, study))
    return facts


def _weights(case: Case) -> Iterator[_Weight]:
    for size in case.record.body_sizes:
        if size.weight_kg is not None:
            yield _Weight(size.weight_kg, size.measured_on, size)
    for log in case.record.symptom_logs:
        if log.weight_kg is not None:
            yield _Weight(log.weight_kg, log.recorded_on, log)


def _holds_fluid(case: Case) -> bool:
    log = newest(case.record.symptom_logs, lambda row: row.edema is not None)
    edema = log is not None and log.edema is True
    return edema or has_condition(case, Comorbidity.Kind.HEART_FAILURE)


def body_surface(case: Case, study: EchoStudy) -> Fact | None:
    """Body surface for the study that it indexes: as its report printed it, else computed.

    A weight counts within 90 days of that study, the nearest first; a height for ten years. It is
    computed by Du Bois; what Mosteller gives is said beside it (safety D3).
    """
    if study.bsa_m2 is not None:
        return _printed(study, study.bsa_m2, study.performed_on, study.bsa_formula)
    weight = _weight_near(case, study.performed_on)
    height = _height_for(case, study.performed_on)
    if weight is not None and height is not None:
        by_du_bois = quantities.bsa_du_bois(height_cm=height, weight_kg=weight.kg)
        by_mosteller = quantities.bsa_mosteller(height_cm=height, weight_kg=weight.kg)
        reason = f"Mosteller gives {plain(by_mosteller.value)} m²"
        source = source_of(weight.row)
        return Fact(by_du_bois.value, weight.on, source, method="Du Bois", reason=reason)
    sizes = [row for row in case.record.body_sizes if row.bsa_m2 is not None]
    close = [row for row in sizes if _apart(row.measured_on, study) <= WEIGHT_NEAR_ECHO_DAYS]
    nearest = min(close, key=lambda row: _apart(row.measured_on, study), default=None)
    if nearest is None or nearest.bsa_m2 is None:
        return None
    return _printed(nearest, nearest.bsa_m2, nearest.measured_on, nearest.bsa_formula)


def _printed(row: EchoStudy | BodySize, area: Decimal, on: date, formula: str) -> Fact:
    method = row.get_bsa_formula_display() if formula else "formula not stated"
    return Fact(exact(area), on, source_of(row), method=method)


def _apart(day: date, study: EchoStudy) -> int:
    return abs((day - study.performed_on).days)


def _weight_near(case: Case, day: date) -> _Weight | None:
    near = [each for each in _weights(case) if abs((each.on - day).days) <= WEIGHT_NEAR_ECHO_DAYS]
    return min(near, key=lambda each: (abs((each.on - day).days), day > each.on), default=None)


def _height_for(case: Case, day: date) -> Decimal | None:
    for row in case.record.body_sizes:
        if row.height_cm is not None and abs((row.measured_on - day).days) <= HEIGHT_DAYS:
            height: Decimal = row.height_cm
            return height
    return None
