"""The limits that a course is watched against, taken from the rules in force and their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from guidelines.criteria import Criterion, limit_of
from guidelines.definitions import Worse
from guidelines.gaps import SEVERE_FROM
from guidelines.outlook import Limit
from guidelines.registry import RULES
from guidelines.rule import Edition, Rule
from guidelines.series import MEASURES
from guidelines.vocabulary import Chapter

ADVERSE_SIGNS = {Worse.HIGHER: ("≥", ">"), Worse.LOWER: ("≤", "<")}
# Rows of the band that begins "severe", for the measures of the regurgitation itself.
SEVERITY_ROWS = {"eroa_mm2": "ASE-G-09", "regurgitant_volume_ml": "ASE-G-10"}


def course_limits(editions: Sequence[Edition]) -> Mapping[str, tuple[Limit, ...]]:
    """By measure, the limits of the timing rules for primary regurgitation and of severity."""
    return _limits(tuple(editions))


@cache
def _limits(editions: tuple[Edition, ...]) -> Mapping[str, tuple[Limit, ...]]:
    found: dict[str, dict[str, Limit]] = {}
    for edition in editions:
        for rule in RULES[edition]:
            for name, limit in _of_rule(rule):
                found.setdefault(name, {}).setdefault(limit.label, limit)
    for name, row in SEVERITY_ROWS.items():
        label = f"severe from {SEVERE_FROM[name]}"
        found.setdefault(name, {})[label] = Limit(SEVERE_FROM[name], label, row)
    return MappingProxyType({name: tuple(by.values()) for name, by in found.items()})


def _of_rule(rule: Rule) -> Iterator[tuple[str, Limit]]:
    if not rule.is_timing or rule.chapter is not Chapter.PRIMARY:
        return
    for atom in rule.when.atoms():
        limit = _adverse_limit(atom)
        if limit is not None:
            value, strict = limit
            yield atom.fact, Limit(value, str(atom), rule.source.row, strict)


def _adverse_limit(atom: Criterion) -> tuple[Decimal, bool] | None:
    """The limit of a criterion that a sicker value meets; windows and ceilings are none."""
    found = limit_of(atom)
    if found is None or atom.fact not in MEASURES:
        return None
    value, sign = found
    if sign not in ADVERSE_SIGNS.get(MEASURES[atom.fact].worse, ()):
        return None
    return value, sign in (">", "<")
