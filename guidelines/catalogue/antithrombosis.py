"""Prostheses, anticoagulation, bleeding and atrial fibrillation."""

from __future__ import annotations

from guidelines.definitions import FactDefinition

FACTS: tuple[FactDefinition, ...] = ()
