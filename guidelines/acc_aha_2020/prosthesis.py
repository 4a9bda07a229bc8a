"""Prosthesis and repaired valve: dysfunction, leak, thrombosis (ACC/AHA 2020)."""

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = ()
