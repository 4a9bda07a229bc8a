"""The catalogue of facts, one module for each subject; the order here is the order of display."""

from __future__ import annotations

from guidelines.catalogue import (
    antithrombosis,
    circumstances,
    derived,
    drugs,
    heart,
    infection,
    judgements,
    labs,
    person,
    plans,
    severity,
    symptoms,
    therapy,
    valve,
)
from guidelines.definitions import FactDefinition

_SUBJECTS = (
    person,
    valve,
    symptoms,
    judgements,
    heart,
    severity,
    labs,
    drugs,
    therapy,
    antithrombosis,
    infection,
    circumstances,
    plans,
    derived,
)


def _each_once(definitions: tuple[FactDefinition, ...]) -> tuple[FactDefinition, ...]:
    names = [definition.name for definition in definitions]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"defined twice: {sorted(twice)}")
    return definitions


DEFINITIONS: tuple[FactDefinition, ...] = _each_once(
    tuple(definition for subject in _SUBJECTS for definition in subject.FACTS)
)
