"""The case that every part of the facts reads: the record with its events and its procedure."""

from __future__ import annotations

from collections.abc import Mapping

from treatments.events import events_of
from treatments.facts.ageing import LIMITS
from treatments.facts.case import Case
from treatments.facts.valve import last_mitral_procedure, mitral_procedure_on
from treatments.record import PatientRecord


def case_of(record: PatientRecord, limits: Mapping[str, int] = LIMITS) -> Case:
    """The record with its events and its newest procedure on the mitral valve."""
    return Case(
        record,
        events_of(record),
        last_mitral_procedure(record),
        mitral_procedure_on(record),
        limits,
    )
