"""The clinical picture: every part of the record read for its facts."""

from __future__ import annotations

from guidelines.facts import ClinicalPicture
from treatments.events import events_of
from treatments.facts.body import body_facts
from treatments.facts.case import Case, Facts, put
from treatments.facts.diagnosis import diagnosis_facts
from treatments.facts.gates import gate_facts
from treatments.facts.heart import heart_facts
from treatments.facts.person import person_facts
from treatments.facts.rhythm import rhythm_facts
from treatments.facts.severity import severity_facts
from treatments.facts.team import team_facts
from treatments.facts.valve import last_mitral_procedure, mitral_procedure_on
from treatments.record import PatientRecord
from treatments.symptoms import nyha_fact, symptomatic_fact

PARTS = (
    person_facts,
    diagnosis_facts,
    gate_facts,
    team_facts,
    body_facts,
    heart_facts,
    rhythm_facts,
    severity_facts,
)


def picture_of(record: PatientRecord) -> ClinicalPicture:
    """Everything the rules may ask about this patient on the record's day."""
    case = case_of(record)
    facts = _symptoms(case)
    for part in PARTS:
        facts.update(part(case))
    return ClinicalPicture(facts)


def case_of(record: PatientRecord) -> Case:
    """The record with its events and its newest procedure on the mitral valve."""
    return Case(
        record, events_of(record), last_mitral_procedure(record), mitral_procedure_on(record)
    )


def _symptoms(case: Case) -> Facts:
    since, record = case.procedure_on, case.record
    facts: Facts = {"symptomatic": symptomatic_fact(record, since=since, voided=case.voided)}
    put(facts, "nyha_class", nyha_fact(record, since=since, voided=case.voided))
    return facts
