"""What stands on top of the letter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from followup.letters.by_edition import (
    gaps_of,
    verdict_in_short,
)
from followup.letters.case import LetterCase, listed, sentence
from followup.letters.clinic_parts.disease import grade_words, hides_stage
from followup.letters.clinic_parts.next_dates import instead_of_interval, shown_follow_ups
from followup.letters.measured import Measured, measured
from guidelines.change import Direction
from guidelines.facts import FACTS
from guidelines.progression import CourseVerdict
from guidelines.surveillance import FollowUpKind
from guidelines.vocabulary import Advice
from patients.days import spoken
from treatments.models import TeamReview

URGENT = (Advice.SAME_DAY_CONTACT, Advice.DRUG_WARNING)
WAITS = 3


def urgent_lines(case: LetterCase) -> Iterator[str]:
    """The local safety rules that ask for an act today, or warn of a drug."""
    if case.record.has_died:
        return
    for finding in case.whole.assessment.alerts:
        if finding.rule.advice in URGENT:
            yield sentence(finding.rule.message)


def short_lines(case: LetterCase) -> Iterator[str]:
    """The letter in a few lines."""
    assessment = case.whole.assessment
    if case.is_acute and not case.record.has_died:
        yield "Acute mitral regurgitation: an emergency. Advice for chronic regurgitation does " \
            "not apply."  # fmt: skip
        return
    stage = assessment.staging.stage
    told = f"; ACC/AHA stage {stage.value}" if stage is not None and not hides_stage(case) else ""
    yield f"Severity: {grade_words(case)}{_undecided(case)}{told}."
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


def _next_in_short(case: LetterCase) -> Iterator[str]:
    shown = shown_follow_ups(case)
    days = [each.echo.by for each in shown if each.echo is not None and each.echo.by is not None]
    urgent = next((each for each in shown if each.kind is not FollowUpKind.INTERVAL), None)
    if urgent is not None:
        yield f"Next: {instead_of_interval(case, urgent.kind)}."
    elif days:
        late = " (overdue)" if min(days) < case.on else ""
        yield f"Next echo by {spoken(min(days))}{late}."
