"""Endocarditis, acute regurgitation, pregnancy, coronary arteries and other circumstances."""

from __future__ import annotations

from guidelines.definitions import FactDefinition

FACTS: tuple[FactDefinition, ...] = ()
