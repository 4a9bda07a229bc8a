"""Bleeding and INR emergencies (ESC/EACTS 2021): no row of the tables gives its wording."""

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = ()
