"""Every edition and every rule that is built, with class, level and verification."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.acc_aha_2020 import primary as acc_aha_2020_primary
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.esc_eacts_2025 import primary as esc_eacts_2025_primary
from guidelines.rule import Edition, Rule

EDITIONS: tuple[Edition, ...] = (ACC_AHA_2020, ESC_EACTS_2025)

RULES: Mapping[Edition, tuple[Rule, ...]] = MappingProxyType(
    {ACC_AHA_2020: acc_aha_2020_primary.RULES, ESC_EACTS_2025: esc_eacts_2025_primary.RULES}
)


def all_rules() -> tuple[Rule, ...]:
    """Every rule that is built, edition by edition."""
    return tuple(rule for edition in EDITIONS for rule in RULES[edition])


def built_rules(edition: Edition) -> int:
    """How many of the edition's recommendations are built."""
    return len(RULES[edition])


def coverage(edition: Edition) -> str:
    """ "2 of 99 rules built"."""
    return f"{built_rules(edition)} of {edition.total_rules_planned} rules built"


def rule_of(rule_id: str) -> Rule:
    """The rule of this id; raises ``LookupError`` when there is none."""
    for rule in all_rules():
        if rule.id == rule_id:
            return rule
    raise LookupError(f"no such rule: {rule_id!r}")
