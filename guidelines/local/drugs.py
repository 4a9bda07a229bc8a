"""Drug checks (SAFE-08, SAFE-40)."""

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = ()
