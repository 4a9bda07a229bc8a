"""Medicines, blood thinner, teeth."""

from __future__ import annotations

from collections.abc import Iterator

from followup.letters.case import LetterCase, listed
from followup.letters.medicines import (
    DrugChanges,
    drug_changes,
    inr_place,
    inr_range,
    inr_text,
    last_inr,
)
from followup.letters.patient_parts.valve import REPAIRED, REPLACED
from guidelines.vocabulary import MitralValveState
from patients.days import spoken
from treatments.facts import valve_state_of
from treatments.models import EndocarditisProphylaxisAdvice


def medicines_intro(case: LetterCase) -> Iterator[str]:
    """How to read the list of medicines."""
    if case.record.current_medications:
        yield "This is the list in our record. Please tell us if you take anything else."
    else:
        yield "No medicine is in our record. Please tell us what you take."


def medicine_lines(case: LetterCase) -> Iterator[str]:
    """What was changed, and what to do with the list."""
    if case.record.current_medications or not drug_changes(case).is_none:
        yield from _changes(case, drug_changes(case))
    if case.record.current_medications:
        yield "Do not stop a medicine or change its dose without asking us or your family doctor."


def _changes(case: LetterCase, changes: DrugChanges) -> Iterator[str]:
    since = spoken(case.since)
    when = f"Since our last letter of {since}" if case.since_letter else f"Since {since}"
    if changes.is_none:
        yield f"{when} your medicines have not changed in our record."
        return
    if changes.started:
        yield f"New since {since}: {listed(changes.started)}."
    if changes.new_dose:
        yield f"New dose: {listed(changes.new_dose)}."
    if changes.stopped:
        yield f"Stopped: {listed(changes.stopped)}."


def thinner_lines(case: LetterCase) -> Iterator[str]:
    """The blood thinner, its target and the last INR."""
    record = case.record
    plan, inr = record.anticoagulation_plan, last_inr(record)
    is_mechanical = valve_state_of(record).value is MitralValveState.MECHANICAL
    if is_mechanical:
        yield "With a mechanical valve you need a blood thinner every day, for life."
        yield "Without it, a clot can block the valve."
    if plan is None or plan.agent != plan.Agent.VKA:
        if is_mechanical:
            yield "Please call us today about your blood thinner. Do not stop it."
        return
    yield "The INR is a blood test that shows how well the blood thinner works."
    target = inr_range(plan)
    yield f"Your target is an INR of {target}." if target else "Your target is not in our record."
    if inr is None:
        yield "No INR is in our record. Please have it measured."
        return
    yield f"Your last INR in our record was {inr_text(inr)} on {spoken(inr.taken_on)}."
    fact = case.whole.picture.fact("inr")
    is_old = fact is not None and fact.too_old_to_reassure
    if is_old:
        yield "That is too long ago. Please have it measured now."
    place = inr_place(inr, plan)
    if place in {"below", "above"}:
        yield f"It was {place} your range." if is_old else f"That is {place} your range."
        yield "If nobody has spoken with you about it yet, please call us today."


def prophylaxis_lines(case: LetterCase) -> Iterator[str]:
    """As it was advised; where it was not, the dentist asks (rows AHA-IE-01, IE-02)."""
    advice = case.standing_prophylaxis
    state = valve_state_of(case.record).value
    if advice is None:
        if state in REPLACED or state in REPAIRED:
            yield "Tell your dentist that you have had treatment of a heart valve."
            yield "Ask us before dental work whether you need an antibiotic."
        return
    day = spoken(advice.advised_on)
    if advice.advice == EndocarditisProphylaxisAdvice.Advice.PROPHYLAXIS:
        yield f"On {day} we advised you to take an antibiotic before some kinds of dental work."
        yield "It protects your heart valve from infection. Please tell your dentist."
    else:
        yield f"On {day} we advised that you need no antibiotic before dental work."
    yield "Brush your teeth well, and see the dentist regularly."
