"""Anticoagulation alarms (SAFE-20 to SAFE-22)."""

from guidelines.rule import Rule

RULES: tuple[Rule, ...] = ()
