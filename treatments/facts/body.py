"""Height, weight and the body surface that indexes a measurement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from guidelines import quantities
from guidelines.facts import Fact, Interval, Number, compare, plain
from patients.models import BodySize, ClinicalRecord, Comorbidity, EchoStudy
from treatments.facts.case import Case, Facts, exact, has_condition, newest, put, source_of
from treatments.facts.linear import lvesd_study

LVESD_INDEX_LIMIT = Decimal(20)  # mm/m2, row ESC25-P-02


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
            height, height.height_cm, days=case.limits["height_cm"], lasts_through_events=True
        )
    weight = max(_weights(case), key=lambda each: each.on, default=None)
    if weight is not None:
        days = case.limits["weight_with_fluid" if _holds_fluid(case) else "weight_kg"]
        facts["weight_kg"] = case.fact(weight.row, weight.kg, days=days, lasts_through_events=True)
    study = lvesd_study(case)
    surface = None if study is None else body_surface(case, study)
    put(facts, "bsa_m2", surface)
    if study is not None and surface is not None:
        facts |= _indexed(case, study, surface)
    put(facts, "body_mass_index_kg_m2", _mass_index(case, facts))
    return facts


def _mass_index(case: Case, facts: Facts) -> Fact | None:
    """Weight over the square of height, as old as the weight."""
    height, weight = facts.get("height_cm"), facts.get("weight_kg")
    if height is None or weight is None or height.too_old_to_reassure:
        return None
    if not isinstance(height.value, Decimal) or not isinstance(weight.value, Decimal):
        return None
    index = weight.value / (height.value / 100) ** 2
    old = weight.too_old_to_reassure
    return Fact(index, weight.on, weight.source, too_old_to_reassure=old)


def _indexed(case: Case, study: EchoStudy, surface: Fact) -> Facts:
    """LVESDi under both formulas, where they fall on different sides of its limit (safety D3).

    What is adverse by Du Bois stays; what reassures by Du Bois and not by Mosteller is open.
    """
    both = _both_surfaces(case, study)
    if both is None or study.lvesd_mm is None or study.bsa_m2 is not None:
        return {}
    by_du_bois, by_mosteller = (
        quantities.lvesd_index(lvesd_mm=study.lvesd_mm, bsa_m2=area).value for area in both
    )
    sides = [compare(index, LVESD_INDEX_LIMIT) >= 0 for index in (by_du_bois, by_mosteller)]
    if sides[0] == sides[1]:
        return {}
    note = (
        f"LVESDi differs by formula: {_short(by_du_bois)} mm/m² by Du Bois, "
        f"{_short(by_mosteller)} mm/m² by Mosteller"
    )
    reason = "; ".join(filter(None, (surface.reason, note)))
    found = {"lvesd_index_mm_m2": case.fact(study, by_du_bois, reason=note)}
    if sides[0]:
        return found | {"bsa_m2": replace(surface, reason=reason)}
    area = Interval(min(both), max(both))
    return found | {"bsa_m2": replace(surface, value=area, reason=reason)}


def _short(value: Number) -> str:
    return f"{value:.1f}"


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
    both = _both_surfaces(case, study)
    if weight is not None and both is not None:
        reason = f"Mosteller gives {plain(both[1])} m²"
        source = source_of(weight.row)
        return Fact(both[0], weight.on, source, method="Du Bois", reason=reason)
    sizes = [row for row in case.record.body_sizes if row.bsa_m2 is not None]
    limit = case.limits["weight_near_echo"]
    close = [row for row in sizes if _apart(row.measured_on, study) <= limit]
    nearest = min(close, key=lambda row: _apart(row.measured_on, study), default=None)
    if nearest is None or nearest.bsa_m2 is None:
        return None
    return _printed(nearest, nearest.bsa_m2, nearest.measured_on, nearest.bsa_formula)


def _both_surfaces(case: Case, study: EchoStudy) -> tuple[Number, Number] | None:
    """Body surface by Du Bois and by Mosteller from the weight and height near the study."""
    weight = _weight_near(case, study.performed_on)
    height = _height_for(case, study.performed_on)
    if weight is None or height is None:
        return None
    return (
        quantities.bsa_du_bois(height_cm=height, weight_kg=weight.kg).value,
        quantities.bsa_mosteller(height_cm=height, weight_kg=weight.kg).value,
    )


def _printed(row: EchoStudy | BodySize, area: Decimal, on: date, formula: str) -> Fact:
    method = row.get_bsa_formula_display() if formula else "formula not stated"
    return Fact(exact(area), on, source_of(row), method=method)


def _apart(day: date, study: EchoStudy) -> int:
    return abs((day - study.performed_on).days)


def _weight_near(case: Case, day: date) -> _Weight | None:
    limit = case.limits["weight_near_echo"]
    near = [each for each in _weights(case) if abs((each.on - day).days) <= limit]
    return min(near, key=lambda each: (abs((each.on - day).days), day > each.on), default=None)


def _height_for(case: Case, day: date) -> Decimal | None:
    limit = case.limits["height_cm"]
    for row in case.record.body_sizes:
        if row.height_cm is not None and abs((row.measured_on - day).days) <= limit:
            height: Decimal = row.height_cm
            return height
    return None
