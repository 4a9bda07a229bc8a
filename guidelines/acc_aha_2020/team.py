"""Heart team and valve center (ACC/AHA 2020)."""

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = ()
