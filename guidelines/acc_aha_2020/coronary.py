"""Coronary arteries before and at surgery (ACC/AHA 2020)."""

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = ()
