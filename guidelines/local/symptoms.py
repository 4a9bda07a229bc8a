"""Questions about symptoms (safety D1)."""

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = ()
