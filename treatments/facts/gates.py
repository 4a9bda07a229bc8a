"""Conditions that switch rules off: devices, obstruction, endocarditis, stenosis, other valves.

The newest statement counts, whoever made it; of two of the same day the adverse one.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from guidelines.facts import Fact, Interval
from guidelines.vocabulary import Etiology, StudyState
from patients.models import AbsenceCheck, AcuteEpisode, Comorbidity, EchoStudy
from treatments.facts.case import Case, Facts, newest, put, source_of
from treatments.models import Intervention

MODERATE, SEVERE = 2, 3  # grades of another lesion, as recorded
# Upper ends of the valve area that a reader's grade of stenosis alone still allows, in cm2 (local):
# a severe one closes the gate of stenosis, a moderate one asks for the area.
AREA_OF_GRADE = {MODERATE: Decimal(2), SEVERE: Decimal("1.5"), SEVERE + 1: Decimal("1.5")}

# What is seen of the anatomy counts in any state of the patient.
ANY_STATE = tuple(StudyState)
ENDOCARDITIS_CAUSES = {
    Etiology.ENDOCARDITIS_ACTIVE.value,
    Etiology.ENDOCARDITIS_DESTRUCTION.value,
}


def gate_facts(case: Case) -> Facts:
    """Facts that open or close the gates before the rules."""
    facts: Facts = {}
    put(facts, "lvad_or_transplant", _device_or_transplant(case))
    put(facts, "sam_or_lvot_obstruction", _newest_statement(_obstruction(case)))
    put(facts, "endocarditis_active_or_suspected", _newest_statement(_endocarditis(case)))
    put(facts, "intracardiac_shunt", case.condition(Comorbidity.Kind.INTRACARDIAC_SHUNT))
    put(facts, "mva_cm2", _valve_area(case))
    put(facts, "mitral_mean_gradient_mmhg", _gradient(case))
    put(facts, "aortic_regurgitation_more_than_mild", _aortic_regurgitation(case))
    put(facts, "none_of_these_asked", _absence_check(case))
    complete = newest(case.record.absence_checks, _is_complete)
    if complete is not None:
        facts["none_of_these_asked_before"] = case.fact(complete, True)
    return facts


def _newest_statement(statements: Iterator[Fact]) -> Fact | None:
    dated = [fact for fact in statements if fact.on is not None]
    return max(dated, key=lambda fact: (fact.on, fact.value is True), default=None)


def _absence_check(case: Case) -> Fact | None:
    """The newest complete check; a later one about something else does not undo it."""
    checks = case.record.absence_checks
    complete = newest(checks, _is_complete)
    row = complete or (checks[0] if checks else None)
    return (
        None
        if row is None
        else case.fact(row, complete is not None, days=case.limits["none_of_these_asked"])
    )


def _is_complete(check: AbsenceCheck) -> bool:
    return (
        check.hypertrophic_cardiomyopathy_absent
        and check.mitral_stenosis_absent
        and check.endocarditis_absent
    )


def _device_or_transplant(case: Case) -> Fact | None:
    for row in case.record.performed:
        if row.kind in {Intervention.Kind.LVAD, Intervention.Kind.TRANSPLANT}:
            return Fact(True, row.performed_on, source_of(row))
    return case.condition(Comorbidity.Kind.LVAD_OR_TRANSPLANT)


def _obstruction(case: Case) -> Iterator[Fact]:
    """Systolic anterior motion, outflow obstruction or hypertrophic cardiomyopathy (SAFE-08)."""
    kinds = EchoStudy.LvotObstruction
    seen = newest(
        case.studies(*ANY_STATE),
        lambda row: row.lvot_obstruction not in {kinds.NONE, kinds.NOT_STATED},
    )
    if seen is not None:
        yield case.fact(seen, True, method=seen.get_lvot_obstruction_display())
    absent = newest(case.studies(), lambda row: row.lvot_obstruction == kinds.NONE)
    known = case.condition(Comorbidity.Kind.HYPERTROPHIC_CARDIOMYOPATHY)
    cardiomyopathy = known is not None and known.value is True
    if known is not None and cardiomyopathy:
        yield known
    # An outflow that is free today does not undo the cardiomyopathy.
    if absent is not None and not cardiomyopathy:
        yield case.fact(absent, False, days=case.limits["finding"])
    check = newest(case.record.absence_checks, lambda row: row.hypertrophic_cardiomyopathy_absent)
    # It asks about the cardiomyopathy: an obstruction that was seen is denied by an echo only.
    if check is not None and seen is None:
        yield case.fact(check, False, days=case.limits["none_of_these_asked"])


def _endocarditis(case: Case) -> Iterator[Fact]:
    """From an open emergency, the diagnosis, an answer, a vegetation, or the yearly check."""
    episode = case.record.open_episode
    if episode is not None and episode.cause == AcuteEpisode.Cause.ENDOCARDITIS:
        # It stands until the episode is closed, whatever was answered since.
        yield Fact(True, case.on, source_of(episode), reason="cause of the open acute episode")
    diagnoses = case.record.diagnoses
    if diagnoses and diagnoses[0].etiology in ENDOCARDITIS_CAUSES:
        yield case.fact(diagnoses[0], True, reason="cause of the regurgitation")
    known = case.condition(Comorbidity.Kind.ACTIVE_ENDOCARDITIS)
    if known is not None:
        yield known
    seen = newest(case.studies(*ANY_STATE), lambda row: row.vegetation is True)
    if seen is not None:
        yield case.fact(seen, True, reason="vegetation on echo")
    check = newest(case.record.absence_checks, lambda row: row.endocarditis_absent)
    if check is not None:
        yield case.fact(check, False, days=case.limits["none_of_these_asked"])


def _valve_area(case: Case) -> Fact | None:
    """The newest valve area, or what a reader's grade of stenosis says of it."""
    row = newest(
        case.studies(*ANY_STATE),
        lambda study: (
            study.mitral_valve_area_cm2 is not None or (study.mitral_stenosis or 0) >= MODERATE
        ),
    )
    if row is None:
        return None
    if row.mitral_valve_area_cm2 is not None:
        return case.fact(row, row.mitral_valve_area_cm2, days=case.limits["mva_cm2"])
    grade = row.get_mitral_stenosis_display()
    area = Interval(None, AREA_OF_GRADE[row.mitral_stenosis or MODERATE])
    return case.fact(row, area, reason=f"stenosis read as {grade}; area not recorded")


def _gradient(case: Case) -> Fact | None:
    row = newest(case.studies(), lambda study: study.mitral_mean_gradient_mmhg is not None)
    if row is None:
        return None
    days = case.limits["mitral_mean_gradient_mmhg"]
    return case.fact(row, row.mitral_mean_gradient_mmhg, days=days)


def _aortic_regurgitation(case: Case) -> Fact | None:
    row = newest(case.studies(), lambda study: study.aortic_regurgitation is not None)
    if row is not None:
        more = (row.aortic_regurgitation or 0) >= MODERATE
        return case.fact(row, more, days=case.limits["finding"])
    check = newest(case.record.absence_checks, lambda each: each.aortic_valve_disease_absent)
    return (
        None if check is None else case.fact(check, False, days=case.limits["none_of_these_asked"])
    )
