"""When to call an ambulance, and when to call the same day."""

from __future__ import annotations

from collections.abc import Iterator

from followup.letters.case import LetterCase
from followup.letters.medicines import (
    not_recognized,
    takes_a_thinner,
    takes_an_antibiotic,
)
from followup.letters.patient_parts.valve import REPAIRED, REPLACED
from guidelines.vocabulary import MitralValveState
from treatments.facts import valve_state_of


def _has_atrial_fibrillation(case: LetterCase) -> bool:
    return case.whole.picture.readings().get("atrial_fibrillation") is True


def emergency_lines(case: LetterCase) -> Iterator[str]:
    """Signs of pulmonary edema, fainting, embolism and a blocked valve (D4, SAFE-21)."""
    yield "You are suddenly very short of breath."
    yield "You faint."
    yield "You have strong pain or pressure in the chest."
    state = valve_state_of(case.record).value
    if state in REPLACED or state in REPAIRED or _has_atrial_fibrillation(case):
        yield "One side of your face or body is suddenly weak or numb, or you cannot speak clearly."
    if state is MitralValveState.MECHANICAL:
        yield "The click of your valve sounds dull, or is gone."
    if takes_a_thinner(case.record):
        yield "You bleed heavily, or you have hit your head hard."


def same_day_lines(case: LetterCase) -> Iterator[str]:
    """Signs of heart failure and new arrhythmia (D1); fever: culture first (AHA-IES-01, 02)."""
    yield "You get short of breath with less effort than before."
    yield "You need more pillows at night, or wake up short of breath."
    yield "Your legs swell."
    yield "Your heart races or beats unevenly."
    state = valve_state_of(case.record).value
    fever = "You have a fever and do not know why."
    if state in REPLACED or state in REPAIRED:
        fever = "You have a fever. With a treated valve this can be serious."
    if _is_treated_for_infection(case):
        yield "You have a fever or chills. Do not stop your antibiotic."
    elif not_recognized(case.record):
        yield f"{fever} If you take an antibiotic, do not stop it."
        yield "If you take none, ask for a blood test for germs before you take one."
    else:
        yield f"{fever} Ask for a blood test for germs before you take an antibiotic."
    if takes_a_thinner(case.record):
        yield "Your stool is black, or a small bleeding does not stop."


def _is_treated_for_infection(case: LetterCase) -> bool:
    known = case.whole.picture.readings().get("endocarditis_active_or_suspected")
    return known is True or takes_an_antibiotic(case.record)
