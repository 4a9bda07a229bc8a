"""Tricuspid valve at left-sided surgery (ACC/AHA 2020)."""

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = ()
