"""Medical therapy (ACC/AHA 2020)."""

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = ()
