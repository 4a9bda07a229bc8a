"""Scores that rules ask for, as facts: a range while inputs are missing."""

from __future__ import annotations

from guidelines.facts import ClinicalPicture, Fact, Interval
from guidelines.scores.score import ScoreResult
from treatments.facts.case import Case, Facts

NAMES = ("cha2ds2_vasc", "cha2ds2_va", "has_bled", "ttr_percent")


def risk_facts(case: Case, facts: Facts) -> Facts:
    """Scores of embolism and bleeding, where there is fibrillation or an anticoagulation plan."""
    fibrillation = facts.get("atrial_fibrillation")
    has_fibrillation = fibrillation is not None and fibrillation.value is True
    if not has_fibrillation and case.record.anticoagulation_plan is None:
        return {}
    # The scores read the picture, which is made here: they are imported when it is.
    from treatments.score_inputs import ScoreInputs
    from treatments.scores import scores_of_anticoagulation

    results = scores_of_anticoagulation(ScoreInputs(case, ClinicalPicture(facts)))
    found = {name: _fact(case, result) for name, result in zip(NAMES, results, strict=True)}
    return {name: fact for name, fact in found.items() if fact is not None}


def _fact(case: Case, result: ScoreResult) -> Fact | None:
    low, high = result.lowest, result.highest
    if low is None or high is None:
        return None
    missing = f"missing: {', '.join(result.missing)}" if result.missing else ""
    value = low if low == high else Interval(low, high)
    return Fact(value, case.on, method=result.definition.title, reason=missing)
