"""Medical therapy (ESC/EACTS 2025)."""

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = ()
