"""Invented readings with random gaps: every fact of the catalogue, at and beside every limit."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from random import Random

from guidelines.criteria import limits_of
from guidelines.facts import FACTS, RATIOS, Interval, Reading, complete_ratios
from guidelines.gates import GATES
from guidelines.registry import all_rules
from guidelines.rule import Rule
from guidelines.vocabulary import MitralValveState, Tempo, Term

BESIDE = Decimal("0.001")
HAIR = 1e-12  # relative; closer than floats are told apart
# What opens the gates of the largest scope; without it hardly any invented patient passes them.
USUAL: dict[str, Reading] = {
    "age_years": Interval.point(Decimal(60)),
    "tempo": Tempo.CHRONIC,
    "mitral_valve_state": MitralValveState.NATIVE,
    "endocarditis_active_or_suspected": False,
    "sam_or_lvot_obstruction": False,
    "lvad_or_transplant": False,
    "mva_cm2": Interval.point(Decimal(4)),
}


@cache
def limits() -> dict[str, list[Decimal]]:
    """All limits that a rule or a gate names, by fact; those of an index for its parts too."""
    rules = all_rules()
    criteria = [criterion for rule in rules for criterion in (rule.applies, rule.when)]
    for gates in GATES.values():
        for gate in gates:
            asked = (gate.closes_when, gate.opens_when, gate.asks_when, gate.only_when)
            criteria += [criterion for criterion in asked if criterion is not None]
    return {name: sorted(found) for name, found in limits_of(criteria).items()}


def invented_number(name: str, chance: Random) -> Decimal:
    """A value at, just beside or between the limits of this fact."""
    named = limits().get(name)
    if not named:
        return Decimal(chance.randint(1, 100))
    limit = chance.choice(named)
    other = chance.choice(named)
    beside = [limit - BESIDE, limit, limit + BESIDE, (limit + other) / 2, limit * 2]
    return chance.choice(beside)


def invented_interval(name: str, chance: Random) -> Interval:
    """A point, a computed value, a range with ends in or out, or one without an end."""
    value = invented_number(name, chance)
    kind = chance.randint(0, 7)
    if kind == 0:
        return Interval.point(float(value) * (1 + chance.choice([-1, 0, 1]) * HAIR))
    if kind == 1:
        return Interval(value, None, low_open=chance.random() < 0.5)
    if kind == 2:
        return Interval(None, value, high_open=chance.random() < 0.5)
    other = invented_number(name, chance)
    if kind == 3 and other != value:
        low, high = min(value, other), max(value, other)
        return Interval(low, high, chance.random() < 0.5, chance.random() < 0.5)
    return Interval.point(value)


def invented_reading(name: str, chance: Random) -> Reading:
    """Any value that a fact of the catalogue may read as."""
    definition = FACTS[name]
    if definition.kind is bool:
        return chance.random() < 0.5
    if issubclass(definition.kind, Term):
        terms = [t for t in definition.kind if t not in definition.unknown_terms]
        return chance.choice(terms)
    return invented_interval(name, chance)


def invented_readings(seed: int, names: Sequence[str] = ()) -> dict[str, Reading]:
    """Readings of a patient with gaps; few or many, by the seed. Indices are recomputed."""
    chance = Random(seed)
    known = chance.choice([0.1, 0.5, 0.8, 0.97])
    asked = [name for name in names or FACTS if name not in RATIOS]
    readings = dict(USUAL) if chance.random() < 0.7 else {}
    for name in asked:
        usual = name in readings and chance.random() < 0.8
        if not usual and chance.random() < known:
            readings[name] = invented_reading(name, chance)
    for name, ratio in RATIOS.items():
        if ratio.under not in readings and chance.random() < 0.3:
            readings[name] = invented_reading(name, chance)
    return complete_ratios(readings)


def steered_to(rule: Rule, seed: int) -> dict[str, Reading]:
    """Invented readings in which more of this rule's criteria hold than by chance."""
    chance = Random(seed)
    readings = invented_readings(seed)
    for atom in [*rule.applies.atoms(), *rule.when.atoms()]:
        if atom.fact in RATIOS or chance.random() < 0.15:
            continue
        for _ in range(4):
            reading = invented_reading(atom.fact, chance)
            if atom.holds({atom.fact: reading}):
                readings[atom.fact] = reading
                break
    return complete_ratios(readings)
