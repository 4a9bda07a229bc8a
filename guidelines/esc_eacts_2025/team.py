"""Heart team and valve center (ESC/EACTS 2025)."""

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = ()
