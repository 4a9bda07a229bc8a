"""Antithrombotic treatment and INR targets (ESC/EACTS 2021)."""

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = ()
