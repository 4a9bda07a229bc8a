"""What comes next, by which edition."""

from __future__ import annotations

from collections.abc import Iterator

from followup.letters.case import LetterCase, sentence
from followup.open_plans import answered_words
from guidelines.surveillance import Due, FollowUp, FollowUpKind
from patients.days import spoken

NOT_BY_INTERVAL = {
    FollowUpKind.EMERGENCY: "an emergency, intervals are switched off",
    FollowUpKind.DECISION: "a decision is due now, not an interval",
    FollowUpKind.QUESTION: "ask now, since what is missing may make a decision due",
    FollowUpKind.NOW: "symptoms or signs changed, so echo and visit now",
    FollowUpKind.NOT_SCHEDULED: "not scheduled by the rules for adults",
}


def shown_follow_ups(case: LetterCase) -> list[FollowUp]:
    """The follow-up by each edition that the clinic has signed off."""
    return [each for each in case.whole.follow_ups if each.edition not in case.whole.hidden]


def next_intro(case: LetterCase) -> Iterator[str]:
    """Why no date stands here, where none does."""
    if case.record.has_died:
        yield "Nothing is due."
    elif not shown_follow_ups(case):
        yield "A date for the next echo or visit is not given here."


def next_lines(case: LetterCase) -> Iterator[str]:
    """Echo and visit by each edition, or why there is no interval."""
    for each in shown_follow_ups(case):
        echo, visit = each.echo, each.visit
        dues = [_due("echo", echo)] if echo else []
        dues += [_due("visit", visit)] if visit else []
        if echo and visit and (echo.by, echo.rule) == (visit.by, visit.rule):
            dues = [_due("echo and visit", echo)]
        kind = sentence(instead_of_interval(case, each.kind))
        said = " ".join(filter(None, (kind, sentence("; ".join(dues)))))
        yield f"{each.edition.title}: {said}"


def instead_of_interval(case: LetterCase, kind: FollowUpKind) -> str:
    """Why no interval is told: "" where one is; a decision that was taken is not due."""
    words = NOT_BY_INTERVAL.get(kind, "")
    if kind is FollowUpKind.DECISION:
        return answered_words(case.record, case.whole.triggers) or words
    return words


def _due(word: str, due: Due) -> str:
    local = "our clinic's own rule: " if due.rule.is_local else ""
    when = f"by {spoken(due.by)}" if due.by is not None else "not by routine"
    return f"{word} {when} ({local}{due.rule.words})"
