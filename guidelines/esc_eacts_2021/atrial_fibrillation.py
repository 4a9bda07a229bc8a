"""Atrial fibrillation (ESC/EACTS 2021)."""

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = ()
