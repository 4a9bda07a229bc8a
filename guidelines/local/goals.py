"""Outside the windows and goals of care (SAFE-03, SAFE-13, SAFE-14, SAFE-09)."""

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = ()
