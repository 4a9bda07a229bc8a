"""Diagnosis, severity, symptoms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from followup.letters.case import LetterCase, listed, sentence
from guidelines.acute import SWITCHED_OFF
from guidelines.facts import FACTS
from guidelines.severity import Reason
from guidelines.vocabulary import Advice, Body, MitralValveState
from patients.days import spoken
from patients.models import SymptomLog
from treatments.facts import valve_state_of
from treatments.facts.rhythm import newest_rhythm
from treatments.symptoms import reading_of

ROMAN = ("", "I", "II", "III", "IV")


REASONS_FOR, REASONS_AGAINST, LABELS = 4, 4, 6
DECIDES_NOTHING = "Supports "
"""How a note begins that names what supports a grade and does not decide it."""


def grade_words(case: LetterCase) -> str:
    """The grade in words, with what qualifies it."""
    grade = case.whole.assessment.grade
    result, state = grade.result.label, grade.state.label
    if state.startswith(result):
        return state[0].lower() + state[1:]
    return f"{result.lower()} ({state[0].lower()}{state[1:]})"


def diagnosis_lines(case: LetterCase) -> Iterator[str]:
    """Mechanism, cause, valve and rhythm."""
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
    newest = newest_rhythm(case.record)
    if newest is None:
        return "not recorded"
    day, rhythm = newest
    return f"{rhythm.label[0].lower()}{rhythm.label[1:]} ({spoken(day)})"


def acute_lines(case: LetterCase) -> Iterator[str]:
    """The acute episode, and that the chronic rules are switched off."""
    episode = case.record.open_episode
    if episode is None:
        return
    yield f"Since {spoken(case.record.day_of(episode.onset_at))}."
    yield f"Cause: {episode.get_cause_display()}, {episode.get_certainty_display()}."
    yield f"Where the patient is: {episode.place or 'not recorded'}."
    yield f"Care accepted by: {episode.accepted_by_name or 'not recorded'}."
    yield SWITCHED_OFF


def severity_lines(case: LetterCase) -> Iterator[str]:
    """The grade with its reasons, and the stages that show."""
    grade = case.whole.assessment.grade
    yield sentence(grade_words(case))
    yield from _evidence("For it", grade.reasons_for[:REASONS_FOR])
    yield from _evidence("Against it", grade.reasons_against[:REASONS_AGAINST])
    if grade.missing and not grade.reasons_for:
        yield f"Not recorded: {listed(FACTS[name].label for name in grade.missing[:LABELS])}."
    notes = [note for note in grade.notes if not note.startswith(DECIDES_NOTHING)]
    yield from (sentence(note) for note in notes[:1])
    yield sentence(grade.reader_differs)
    staging = case.whole.assessment.staging
    if not hides_stage(case) and not case.is_acute:
        said = staging.stage.label if staging.stage is not None else staging.text
        yield sentence(f"ACC/AHA stage {said}" if staging.stage else said)


def hides_stage(case: LetterCase) -> bool:
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


def symptom_lines(case: LetterCase) -> Iterator[str]:
    """The last symptom log and how it is read."""
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
            yield sentence(finding.rule.message)


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
