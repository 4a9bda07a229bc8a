"""What speaks for and against anticoagulation, and the course of atrial fibrillation."""

from __future__ import annotations

from guidelines.catalogue.antithrombosis import AfPattern
from guidelines.facts import Fact
from patients.models import Comorbidity, SymptomLog
from treatments.facts.case import Case, Facts, newer, newest, put

Kind = Comorbidity.Kind
PATTERNS = {
    SymptomLog.AfType.PAROXYSMAL.value: AfPattern.PAROXYSMAL,
    SymptomLog.AfType.PERSISTENT.value: AfPattern.PERSISTENT,
    SymptomLog.AfType.PERMANENT.value: AfPattern.PERMANENT,
}
RECENT_DAYS, PAST_YEAR = 90, 365
EMBOLISM = (Kind.STROKE_OR_TIA, Kind.SYSTEMIC_EMBOLISM)
THROMBOSIS = (*EMBOLISM, Kind.VENOUS_THROMBOEMBOLISM)
# Fact, the condition that answers it.
CONDITIONS = (
    ("hypercoagulable_state", Kind.HYPERCOAGULABLE_STATE),
    ("vka_contraindicated", Kind.VKA_CONTRAINDICATED),
    ("bleeding_risk_factors", Kind.BLEEDING_HISTORY),
    ("dialysis", Kind.DIALYSIS),
)


def anticoagulation_facts(case: Case) -> Facts:
    """Embolism, contraindications, kidneys and the pattern of atrial fibrillation."""
    facts: Facts = {}
    for name, kind in CONDITIONS:
        put(facts, name, newer(case.condition(kind), case.answer(name)))
    put(facts, "thromboembolism_ever", _ever(case))
    put(facts, "embolism_recent", _lately(case, "embolism_recent", EMBOLISM, RECENT_DAYS))
    past_year = "thrombotic_event_past_year"
    put(facts, past_year, _lately(case, past_year, THROMBOSIS, PAST_YEAR))
    amyloid = "hypertrophic_cardiomyopathy_or_amyloidosis"
    hypertrophic = case.condition(Kind.HYPERTROPHIC_CARDIOMYOPATHY)
    known = hypertrophic if hypertrophic is not None and hypertrophic.value is True else None
    put(facts, amyloid, known or case.answer(amyloid))
    log = newest(case.record.symptom_logs, lambda row: row.atrial_fibrillation_type in PATTERNS)
    if log is not None:
        facts["af_pattern"] = case.fact(log, PATTERNS[log.atrial_fibrillation_type])
    return facts


def _ever(case: Case) -> Fact | None:
    """A stroke, TIA or embolism of any time; no only when each was answered no."""
    told = [case.condition(kind) for kind in EMBOLISM]
    present = next((fact for fact in told if fact is not None and fact.value is True), None)
    if present is not None:
        return present
    absent = [fact for fact in told if fact is not None]
    if len(absent) < len(EMBOLISM):
        return None
    return min(absent, key=lambda fact: fact.on or case.on)


def _lately(case: Case, name: str, kinds: tuple[Kind, ...], days: int) -> Fact | None:
    """Yes from a condition that began within so many days; else as answered, while that holds."""
    for row in case.record.comorbidities:
        since = row.since_on
        if row.kind not in kinds or row.present != "yes" or since is None:
            continue
        if case.age(since) < days:
            return case.fact(row, True, on=since)
    told = case.answer(name)
    if told is not None and told.value is True and told.on and case.age(told.on) >= days:
        return Fact(None, told.on, told.source, reason="answered too long ago: ask again")
    return told
