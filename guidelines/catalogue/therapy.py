"""Medical therapy, heart failure and devices."""

from __future__ import annotations

from guidelines.definitions import FactDefinition

FACTS: tuple[FactDefinition, ...] = ()
