"""Decisions, interventions, drugs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from followup.letters.case import LetterCase, listed, sentence
from followup.letters.medicines import (
    drug_changes,
    inr_place,
    inr_range,
    inr_text,
    last_inr,
    takes_a_thinner,
)
from guidelines.vocabulary import MitralValveState
from patients.days import spoken
from treatments.facts import valve_state_of
from treatments.models import Intervention, TeamReview


def team_lines(case: LetterCase) -> Iterator[str]:
    """What the heart team judged and decided."""
    review = next(iter(case.record.team_reviews), None)
    if review is None:
        if not case.record.has_died:
            yield "No review by the heart team is recorded."
        return
    day = spoken(review.reviewed_on)
    if review.decision == TeamReview.Decision.NOT_DECIDED:
        yield f"Reviewed on {day}; no decision is recorded."
    else:
        yield f"Decision of {day}: {review.get_decision_display()}."
    if case.is_carried_out and case.treated_on is not None:
        yield f"Since then the valve was treated, on {spoken(case.treated_on)}."
    if review.decision_reason:
        yield sentence(f"reasons: {review.decision_reason}")
    if review.patient_wish:
        yield sentence(f"the patient's wish: {review.patient_wish}")
    yield f"Operability: {review.get_operability_display().lower()}; surgical risk: " \
        f"{review.get_surgical_risk_class_display().lower()}."  # fmt: skip


def intervention_lines(case: LetterCase) -> Iterator[str]:
    """Interventions performed, with their results."""
    troubles: dict[int, list[str]] = defaultdict(list)
    for each in case.record.complications:
        words = f"{each.get_kind_display()} ({spoken(each.occurred_on)})"
        troubles[each.intervention_id].append(words)
    for row in case.record.interventions:
        yield sentence(f"{_intervention(row)}{_residual(row)}{_troubles(troubles[row.pk])}")


def _intervention(row: Intervention) -> str:
    parts = [
        row.prosthesis_model,
        f"{row.prosthesis_size_mm.normalize():f} mm" if row.prosthesis_size_mm is not None else "",
        row.repair_technique,
        row.annuloplasty_ring,
    ]
    detail = f" ({', '.join(filter(None, parts))})" if any(parts) else ""
    day = row.performed_on or row.decided_on or row.planned_on
    when = spoken(day) if day else "day not recorded"
    if row.status == Intervention.Status.PERFORMED:
        return f"{row.get_kind_display()}{detail}, {when}"
    return f"{row.get_kind_display()}{detail}: {row.get_status_display()}, {when}"


def _residual(row: Intervention) -> str:
    if row.residual_regurgitation_low is None:
        return ""
    low = row.get_residual_regurgitation_low_display()  # type: ignore[attr-defined]
    high = row.get_residual_regurgitation_high_display()  # type: ignore[attr-defined]
    return f"; residual regurgitation {low if low == high else f'{low} to {high}'}"


def _troubles(words: list[str]) -> str:
    return f"; complications: {listed(words)}" if words else ""


def drug_change_lines(case: LetterCase) -> Iterator[str]:
    """What changed in the medication since the last letter."""
    if not case.record.medications:
        yield "No medication is recorded; that does not mean that none is taken."
        return
    if case.record.has_died:
        return
    changes, since = drug_changes(case), spoken(case.since)
    when = f"Since our last letter of {since}" if case.since_letter else f"Since {since}"
    if changes.is_none:
        yield f"{when} no change is recorded."
        return
    words = (
        f"started: {listed(changes.started)}" if changes.started else "",
        f"new dose: {listed(changes.new_dose)}" if changes.new_dose else "",
        f"stopped: {listed(changes.stopped)}" if changes.stopped else "",
    )
    yield f"{when}: {'; '.join(filter(None, words))}."


def anticoagulation_lines(case: LetterCase) -> Iterator[str]:
    """The plan, its range and the last INR."""
    record = case.record
    plan, inr = record.anticoagulation_plan, last_inr(record)
    if plan is None and not takes_a_thinner(record):
        yield "No anticoagulant and no plan for one is recorded."
    if plan is not None:
        why = f" for {plan.indication}" if plan.indication else ""
        yield f"Plan since {spoken(plan.from_on)}: {plan.get_agent_display()}{why}."
        if plan.agent == plan.Agent.VKA:
            yield f"INR target: {inr_range(plan) or 'not recorded'}."
    if inr is not None:
        place = inr_place(inr, plan)
        beside = f", {place} that range" if place else ""
        yield f"Last INR {inr_text(inr)} on {spoken(inr.taken_on)}{beside}."
    elif plan is not None and plan.agent == plan.Agent.VKA:
        yield "No INR is recorded."


def prophylaxis_lines(case: LetterCase) -> Iterator[str]:
    """What was advised on endocarditis prophylaxis."""
    advice = case.standing_prophylaxis
    if advice is not None:
        card = {True: "; a card was given", False: "; no card was given", None: ""}
        said = advice.get_advice_display()
        yield f"Advised on {spoken(advice.advised_on)}: {said}{card[advice.card_given]}."
        return
    state = valve_state_of(case.record).value
    if case.record.has_died:
        return
    if state not in (None, MitralValveState.NATIVE, MitralValveState.UNKNOWN):
        yield "Advice to the patient on prophylaxis before dental work is not recorded."
