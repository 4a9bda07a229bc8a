"""The clinic letter: to the referring doctor, with values, units, days, classes and levels.

It begins with the answers and gives the evidence below. What an edition says stands there only
where the clinic has signed it off; "cannot tell" is said as such, never as "no indication".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from followup.letters.by_edition import (
    gaps_of,
    guideline_parts,
    missing_items,
    more_missing,
    verdict_in_short,
)
from followup.letters.case import LetterCase, listed, sentence, with_spoken_days
from followup.letters.measured import KEY_MEASURES, Measured, chance_of, measured, value_of
from followup.letters.medicines import (
    drug_changes,
    drug_lines,
    inr_place,
    inr_range,
    inr_text,
    last_inr,
    takes_a_thinner,
)
from followup.letters.paper import Part, part
from guidelines.acute import SWITCHED_OFF
from guidelines.change import Direction
from guidelines.facts import FACTS
from guidelines.progression import CourseVerdict
from guidelines.series import MEASURES
from guidelines.severity import Reason
from guidelines.surveillance import Due, FollowUp, FollowUpKind
from guidelines.vocabulary import Advice, Body, LvefMethod, MitralValveState
from patients.days import spoken
from patients.models import SymptomLog
from treatments.facts import valve_state_of
from treatments.models import Intervention, TeamReview
from treatments.symptoms import reading_of

URGENT = (Advice.SAME_DAY_CONTACT, Advice.DRUG_WARNING)
ROMAN = ("", "I", "II", "III", "IV")
REASONS_FOR, REASONS_AGAINST, LABELS, WAITS = 4, 4, 6, 3
DECIDES_NOTHING = "Supports "
"""How a note begins that names what supports a grade and does not decide it."""


def clinic_letter(case: LetterCase) -> tuple[Part, ...]:
    """The parts of the letter; each fact with its unit and day, what is missing said so."""
    parts = [
        Part(sentences=(_greeting(case),)),
        Part(sentences=tuple(_opening(case))),
        part("Urgent on the day of this letter", items=_urgent(case)),
        part("In short", items=_in_short(case)),
        part("Diagnosis", _diagnosis(case)),
        part("Acute episode", _acute(case)),
        part("Severity", _severity(case)),
        part("Symptoms", _symptoms(case)),
        part(
            "Measurements and their course",
            _on_brackets(case),
            _measurements(case),
            _unmeasured(case),
        ),
        *guideline_parts(case),
        part(
            "What is missing and would decide", items=missing_items(case), after=more_missing(case)
        ),
        part("Heart team", _team(case)),
        part("Interventions", items=_interventions(case)),
        part("Medication", items=drug_lines(case.record), after=_drug_changes(case)),
        part("Anticoagulation", _anticoagulation(case)),
        part("Prophylaxis of endocarditis", _prophylaxis(case)),
        part("Next echo and visit", _next_intro(case), _next(case)),
        Part(sentences=("With kind regards",)),
    ]
    return tuple(each for each in parts if not each.is_empty)


def _greeting(case: LetterCase) -> str:
    name = case.addressee.partition(",")[0].strip()
    is_a_person = name.startswith(("Dr ", "Dr. ", "Prof ", "Prof. ", "Professor "))
    return f"Dear {name}," if is_a_person else "Dear colleague,"


def _opening(case: LetterCase) -> Iterator[str]:
    patient = case.record.patient
    age = patient.age_on(patient.deceased_on or case.on)
    name = " ".join(filter(None, (patient.given_name, patient.family_name)))
    who = name or f"the patient with record number {case.whole.record_number}"
    years = f", {age} years old" if age is not None else ""
    if case.record.has_died and patient.deceased_on is not None:
        yield f"We are sorry to tell you that {who} died on {spoken(patient.deceased_on)}."
        yield "Below is what our record held. Nothing is due."
        return
    yield f"We follow {who}{years}, in our heart valve clinic."
    yield f"This letter says what our record holds on {spoken(case.on)}."


# What stands on top -------------------------------------------------------------------------------


def _urgent(case: LetterCase) -> Iterator[str]:
    """The local safety rules that ask for an act today, or warn of a drug."""
    if case.record.has_died:
        return
    for finding in case.whole.assessment.alerts:
        if finding.rule.advice in URGENT:
            yield sentence(with_spoken_days(finding.rule.message))


def _in_short(case: LetterCase) -> Iterator[str]:
    assessment = case.whole.assessment
    if case.is_acute and not case.record.has_died:
        yield "Acute mitral regurgitation: an emergency. Advice for chronic regurgitation does " \
            "not apply."  # fmt: skip
        return
    stage = assessment.staging.stage
    told = f"; ACC/AHA stage {stage.value}" if stage is not None and not _hides_stage(case) else ""
    yield f"Severity: {_grade(case)}{_undecided(case)}{told}."
    yield f"Symptoms of the regurgitation: {_symptom_state(case)}."
    yield from _course_in_short(list(measured(case.whole.courses)))
    if case.record.has_died:
        return
    for verdict in assessment.editions:
        yield f"{verdict.edition.title}: {verdict_in_short(case, verdict)}."
    review = case.standing_review
    if review is not None and review.decision != TeamReview.Decision.NOT_DECIDED:
        yield f"Heart team, {spoken(review.reviewed_on)}: {review.get_decision_display()}."
    waits = [gap.label for gap in gaps_of(case)[:WAITS]]
    more = len(gaps_of(case)) - len(waits)
    if waits:
        named = [*waits, f"{more} more"] if more else waits
        yield f"We still wait for an answer on: {listed(named)}."
    yield from _next_in_short(case)


def _grade(case: LetterCase) -> str:
    grade = case.whole.assessment.grade
    result, state = grade.result.label, grade.state.label
    if state.startswith(result):
        return state[0].lower() + state[1:]
    return f"{result.lower()} ({state[0].lower()}{state[1:]})"


def _undecided(case: LetterCase) -> str:
    """Whose own definition does not decide where the grade does; nothing of a hidden edition."""
    assessment = case.whole.assessment
    hidden = {edition.body.value for edition in case.whole.hidden}
    if assessment.grade.is_severe is None:
        return ""
    schemes = [each.scheme for each in assessment.severities if each.is_severe is None]
    silent = [scheme.label for scheme in schemes if scheme.value not in hidden]
    return f"; not decided by {listed(silent)}" if silent else ""


def _symptom_state(case: LetterCase) -> str:
    """The fact that the rules ask for, with its day; too old to reassure is said."""
    fact = next((f for f in case.whole.assessment.facts if f.name == "symptomatic"), None)
    if fact is None or not fact.is_recorded:
        return "cannot be told from what is recorded"
    day = f", {spoken(fact.on)}" if fact.on else ""
    old = " (too old to reassure)" if fact.too_old_to_reassure else ""
    words = fact.text if fact.text.startswith("no ") else f"yes, {fact.text}"
    return f"{NONE_NOW.get(fact.text, words)}{day}{old}"


NONE_NOW = {
    FACTS["symptomatic"].said_false: "none",
    FACTS["symptomatic"].said_true: "yes",
}


def _course_in_short(found: list[Measured]) -> Iterator[str]:
    compared = [each for each in found if each.is_compared]
    worse = [each for each in compared if _is_worse(each)]
    better = [each for each in compared if each.changed is not None and not _is_worse(each)]
    same = [e for e in compared if e.verdict is CourseVerdict.WITHIN_MEASUREMENT_ERROR]
    words = [
        f"changed for real and worse: {_labels_of(worse)}" if worse else "",
        f"changed for real and better: {_labels_of(better)}" if better else "",
        f"within measurement error: {_labels_of(same)}" if same else "",
    ]
    said = "; ".join(filter(None, words)) or "too few studies to compare"
    yield f"Course: {said}."


def _is_worse(each: Measured) -> bool:
    return each.changed is not None and each.course.direction is Direction.WORSE


def _labels_of(found: Iterable[Measured]) -> str:
    return listed(each.measure.label for each in found)


NOT_BY_INTERVAL = {
    FollowUpKind.EMERGENCY: "an emergency, intervals are switched off",
    FollowUpKind.DECISION: "a decision is due now, not an interval",
    FollowUpKind.QUESTION: "ask now, since what is missing may make a decision due",
    FollowUpKind.NOW: "symptoms or signs changed, so echo and visit now",
    FollowUpKind.NOT_SCHEDULED: "not scheduled by the rules for adults",
}


def _next_in_short(case: LetterCase) -> Iterator[str]:
    shown = _shown_follow_ups(case)
    days = [each.echo.by for each in shown if each.echo is not None and each.echo.by is not None]
    urgent = next((each for each in shown if each.kind is not FollowUpKind.INTERVAL), None)
    if urgent is not None:
        yield f"Next: {NOT_BY_INTERVAL[urgent.kind]}."
    elif days:
        late = " (overdue)" if min(days) < case.on else ""
        yield f"Next echo by {spoken(min(days))}{late}."


# Disease ------------------------------------------------------------------------------------------


def _diagnosis(case: LetterCase) -> Iterator[str]:
    record = case.record
    yield f"Mechanism: {_stated(case, 'mechanism')}."
    yield f"Etiology: {_stated(case, 'etiology')}."
    state = valve_state_of(record).value
    known = isinstance(state, MitralValveState) and state is not MitralValveState.UNKNOWN
    yield f"State of the mitral valve: {state.label.lower() if known else 'not recorded'}."  # type: ignore[union-attr]
    yield f"Rhythm: {_rhythm(case)}."


def _stated(case: LetterCase, name: str) -> str:
    """What the newest diagnosis says that does not leave it open."""
    for row in case.record.diagnoses:
        if getattr(row, name) != "unknown":
            words = getattr(row, f"get_{name}_display")()
            return f"{words[0].lower()}{words[1:]} ({spoken(row.diagnosed_on)})"
    return "not recorded"


def _rhythm(case: LetterCase) -> str:
    record = case.record
    found = [(t.recorded_on, t.rhythm, t.get_rhythm_display()) for t in record.electrocardiograms]
    found += [
        (s.performed_on, s.rhythm, s.get_rhythm_display()) for s in record.echo_studies if s.counts
    ]
    stated = [(day, words) for day, code, words in found if code != "unknown"]
    if not stated:
        return "not recorded"
    day, words = max(stated, key=lambda each: each[0])
    return f"{words[0].lower()}{words[1:]} ({spoken(day)})"


def _acute(case: LetterCase) -> Iterator[str]:
    episode = case.record.open_episode
    if episode is None:
        return
    yield f"Since {spoken(case.record.day_of(episode.onset_at))}."
    yield f"Cause: {episode.get_cause_display()}, {episode.get_certainty_display()}."
    yield f"Where the patient is: {episode.place or 'not recorded'}."
    yield f"Care accepted by: {episode.accepted_by_name or 'not recorded'}."
    yield SWITCHED_OFF


def _severity(case: LetterCase) -> Iterator[str]:
    grade = case.whole.assessment.grade
    yield sentence(_grade(case))
    yield from _evidence("For it", grade.reasons_for[:REASONS_FOR])
    yield from _evidence("Against it", grade.reasons_against[:REASONS_AGAINST])
    if grade.missing and not grade.reasons_for:
        yield f"Not recorded: {listed(FACTS[name].label for name in grade.missing[:LABELS])}."
    notes = [note for note in grade.notes if not note.startswith(DECIDES_NOTHING)]
    yield from (sentence(with_spoken_days(note)) for note in notes[:1])
    yield sentence(with_spoken_days(grade.reader_differs))
    staging = case.whole.assessment.staging
    if not _hides_stage(case) and not case.is_acute:
        said = staging.stage.label if staging.stage is not None else staging.text
        yield sentence(with_spoken_days(f"ACC/AHA stage {said}" if staging.stage else said))


def _hides_stage(case: LetterCase) -> bool:
    """Stages are the ACC/AHA's: without the clinic's signature they are not told."""
    return any(edition.body is Body.ACC_AHA for edition in case.whole.hidden)


def _evidence(word: str, reasons: Iterable[Reason]) -> Iterator[str]:
    by_day: dict[date | None, list[str]] = defaultdict(list)
    for reason in reasons:
        by_day[reason.on].append(reason.text)
    said = [
        f"{', '.join(texts)}{f' ({spoken(day)})' if day else ''}" for day, texts in by_day.items()
    ]
    if said:
        yield f"{word}: {'; '.join(said)}."


ASKED = (
    ("dyspnea", "dyspnea on exertion"),
    ("orthopnea", "orthopnea"),
    ("nocturnal_dyspnea", "nocturnal dyspnea"),
    ("reduced_exercise_tolerance", "reduced exercise tolerance"),
    ("edema", "edema"),
    ("syncope", "syncope"),
    ("palpitations", "palpitations"),
    ("fatigue", "fatigue"),
    ("fever", "fever"),
)


def _symptoms(case: LetterCase) -> Iterator[str]:
    log = next(iter(case.record.symptom_logs), None)
    if log is None:
        yield "No symptom log is recorded; that does not mean that there are no symptoms."
        return
    yield f"Asked on {spoken(log.recorded_on)}: {_nyha(log)}."
    present = [words for name, words in ASKED if getattr(log, name)]
    if present:
        yield f"Present: {listed(present)}."
    yield sentence(_reading(log))
    for finding in () if case.record.has_died else case.whole.assessment.alerts:
        if finding.rule.advice is Advice.QUESTION:
            yield sentence(with_spoken_days(finding.rule.message))


def _reading(log: SymptomLog) -> str:
    """Why the log says yes, no or neither; a range of classes is said as such."""
    reason = reading_of(log).reason
    is_a_range = log.nyha_low is not None and log.nyha_low != log.nyha_high
    if is_a_range and reason.startswith("NYHA class not recorded"):
        return "a range does not tell whether there are symptoms"
    return reason


def _nyha(log: SymptomLog) -> str:
    if log.nyha_low is None or log.nyha_high is None:
        return "NYHA class not recorded"
    low, high = ROMAN[log.nyha_low], ROMAN[log.nyha_high]
    return f"NYHA {low}" if low == high else f"NYHA {low} to {high}"


# Measurements -------------------------------------------------------------------------------------


def _on_brackets(case: LetterCase) -> Iterator[str]:
    if any(each.is_compared for each in measured(case.whole.courses)):
        yield "At the end of each line: by how much two studies differ by chance alone."


def _measurements(case: LetterCase) -> Iterator[str]:
    for each in measured(case.whole.courses):
        yield sentence(f"{_newest(each)}{_compared(each)}")


def _newest(each: Measured) -> str:
    point = each.newest
    method = ""
    if each.measure.name == "lvef_percent" and point.knows_method:
        method = f", {LvefMethod(point.method).label.lower()}"
    return f"{each.measure.label} {value_of(point, each.measure)} ({spoken(point.on)}{method})"


def _compared(each: Measured) -> str:
    measure, latest, changed = each.measure, each.latest, each.changed
    if each.why_apart:
        why = with_spoken_days(each.why_apart)
        taken = "taken " if why.startswith("on or before") else ""
        return f"; not compared with other studies: {taken}{why}"
    if latest is None:
        return "; no earlier study to compare with"
    said = f". Before: {value_of(latest.earlier, measure)} ({spoken(latest.earlier.on)})"
    word = "worse" if each.course.direction is Direction.WORSE else "better"
    if changed is latest:
        said += f", changed for real, {word}"
    else:
        said += {
            True: ", changed for real",
            False: ", within measurement error",
            None: ", a range leaves open whether it changed",
        }[latest.is_real]
    if changed is not None and changed is not latest:
        first = changed.earlier
        said += (
            f". First: {value_of(first, measure)} ({spoken(first.on)}), changed for real, {word}"
        )
    return f"{said} ({chance_of(latest, measure)})"


def _unmeasured(case: LetterCase) -> Iterator[str]:
    told = {each.measure.name for each in measured(case.whole.courses)}
    asked = [name for name in KEY_MEASURES[:6] if name not in told]
    if asked:
        yield f"Not recorded: {listed(MEASURES[name].label for name in asked)}."


# Decisions and treatment --------------------------------------------------------------------------


def _team(case: LetterCase) -> Iterator[str]:
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


def _interventions(case: LetterCase) -> Iterator[str]:
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


def _drug_changes(case: LetterCase) -> Iterator[str]:
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


def _anticoagulation(case: LetterCase) -> Iterator[str]:
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


def _prophylaxis(case: LetterCase) -> Iterator[str]:
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


# Next ---------------------------------------------------------------------------------------------


def _shown_follow_ups(case: LetterCase) -> list[FollowUp]:
    return [each for each in case.whole.follow_ups if each.edition not in case.whole.hidden]


def _next_intro(case: LetterCase) -> Iterator[str]:
    if case.record.has_died:
        yield "Nothing is due."
    elif not _shown_follow_ups(case):
        yield "A date for the next echo or visit is not given here."


def _next(case: LetterCase) -> Iterator[str]:
    for each in _shown_follow_ups(case):
        echo, visit = each.echo, each.visit
        dues = [_due("echo", echo)] if echo else []
        dues += [_due("visit", visit)] if visit else []
        if echo and visit and (echo.by, echo.rule) == (visit.by, visit.rule):
            dues = [_due("echo and visit", echo)]
        kind = sentence(NOT_BY_INTERVAL.get(each.kind, ""))
        said = " ".join(filter(None, (kind, sentence("; ".join(dues)))))
        yield f"{each.edition.title}: {said}"


def _due(word: str, due: Due) -> str:
    local = "our clinic's own rule: " if due.rule.is_local else ""
    when = f"by {spoken(due.by)}" if due.by is not None else "not by routine"
    return f"{word} {when} ({local}{due.rule.words})"
