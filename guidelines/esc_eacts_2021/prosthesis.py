"""Prosthesis and repaired valve: dysfunction, leak, thrombosis (ESC/EACTS 2021)."""

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = ()
