"""The clinical picture: every part of the record read for its facts."""

from __future__ import annotations

from collections.abc import Mapping

from guidelines.facts import ClinicalPicture
from treatments.facts.ageing import LIMITS
from treatments.facts.answers import answer_facts
from treatments.facts.anticoagulation import anticoagulation_facts
from treatments.facts.body import body_facts
from treatments.facts.case import Case, Facts, put
from treatments.facts.case_of_record import case_of
from treatments.facts.circumstances import (
    arrhythmia_after_repair,
    circumstance_facts,
    doubt_of_symptoms,
)
from treatments.facts.coronary import coronary_facts
from treatments.facts.course import course_facts
from treatments.facts.devices import device_facts
from treatments.facts.diagnosis import diagnosis_facts
from treatments.facts.drugs import drug_facts, vasodilator_facts
from treatments.facts.findings import finding_facts
from treatments.facts.gates import gate_facts
from treatments.facts.heart import heart_facts
from treatments.facts.heart_failure import doubt_facts, heart_failure_facts
from treatments.facts.laboratory import laboratory_facts, peptide_facts, renal_facts
from treatments.facts.persistence import persistence_facts
from treatments.facts.person import person_facts
from treatments.facts.plans import plan_facts
from treatments.facts.prosthesis import prosthesis_facts
from treatments.facts.rhythm import rhythm_facts
from treatments.facts.risk import risk_facts
from treatments.facts.severity import severity_facts
from treatments.facts.team import team_facts
from treatments.record import PatientRecord
from treatments.symptoms import nyha_fact, symptomatic_fact

PARTS = (
    answer_facts,  # first: a part that knows more of a question answers it again
    person_facts,
    diagnosis_facts,
    gate_facts,
    team_facts,
    body_facts,
    heart_facts,
    finding_facts,
    rhythm_facts,
    device_facts,
    severity_facts,
    laboratory_facts,
    drug_facts,
    heart_failure_facts,
    coronary_facts,
    prosthesis_facts,
    anticoagulation_facts,
    circumstance_facts,
    plan_facts,
    course_facts,
)
# Facts that rest on other facts, each on those before it.
FOLLOWING = (
    renal_facts,
    peptide_facts,
    vasodilator_facts,
    doubt_facts,
    doubt_of_symptoms,
    arrhythmia_after_repair,
    persistence_facts,
    risk_facts,
)


def picture_of(record: PatientRecord, limits: Mapping[str, int] = LIMITS) -> ClinicalPicture:
    """Everything the rules may ask about this patient on the record's day.

    ``limits``: for how many days what reassures may do so (``treatments.facts.ageing``). Computed
    once for a gathered record, however many ask.
    """
    made: list[tuple[Mapping[str, int], ClinicalPicture]]
    made = record.of_all.setdefault("pictures", [])
    for by, picture in made:
        if by == limits:
            return picture
    picture = _picture_of(record, limits)
    made.append((dict(limits), picture))
    return picture


def _picture_of(record: PatientRecord, limits: Mapping[str, int]) -> ClinicalPicture:
    case = case_of(record, limits)
    facts = _symptoms(case)
    for part in PARTS:
        facts.update(part(case))
    facts = _come(facts, record)
    for following in FOLLOWING:
        facts.update(following(case, facts))
    return ClinicalPicture(_come(facts, record))


def _come(facts: Facts, record: PatientRecord) -> Facts:
    """Without what a row of the day came to say of a later one: it was not known yet.

    A baseline is measured weeks after the operation whose row holds it.
    """
    return {name: fact for name, fact in facts.items() if fact.on is None or fact.on <= record.on}


def _symptoms(case: Case) -> Facts:
    since, record = case.procedure_on, case.record
    facts: Facts = {"symptomatic": symptomatic_fact(record, since=since, voided=case.voided)}
    put(facts, "nyha_class", nyha_fact(record, since=since, voided=case.voided))
    return facts
