"""What a measurement may not be used for (SAFE-30, SAFE-31, SAFE-32)."""

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = ()
