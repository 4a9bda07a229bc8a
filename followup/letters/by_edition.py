"""What each edition says in a clinic letter, and what is missing: classes, levels, facts, days.

An edition that the clinic has not signed off says nothing here: no verdict, class, limit or date.
"Cannot tell" is said as such, and silence is never left to be read as "no indication".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from followup.letters.case import LetterCase, listed, sentence
from followup.letters.paper import Part, part
from guidelines.editions import EditionVerdict, GateState, HeadlineKind
from guidelines.facts import FACTS, ORDER
from guidelines.gaps import MissingFact
from guidelines.rule import CriterionState, Finding, ShownFact
from guidelines.vocabulary import Verdict, Verification
from patients.days import spoken
from patients.study_sheet import upper_first

GAPS = 6
STANDS = (Verdict.MET, Verdict.PENDING_JUDGEMENT)
SHORT_EFFECT = 140
"""Characters of what a missing fact would decide; a longer text is left to the screen."""
TOGETHER = "Decides only together with other missing facts"
NOT_SIGNED_OFF = "not yet signed off by our clinic, so this letter does not say what it says"
NO_ADVICE_AGAINST = "Where a guideline is silent, that is not advice against an intervention."


def verdict_in_short(case: LetterCase, verdict: EditionVerdict) -> str:
    """The verdict in a few words; none of them can be read as "no indication"."""
    if verdict.edition in case.whole.hidden:
        return NOT_SIGNED_OFF
    if verdict.headline_class is None or verdict.headline_kind is None:
        if verdict.gate is GateState.CLOSED and verdict.strongest_possible is None:
            return "the rules do not apply, see below"
        if verdict.strongest_possible is not None:
            return f"cannot tell; {verdict.strongest_possible.label} is possible"
        return "no rule for an intervention is met today, which is not advice against one"
    words = verdict.headline_class.label
    if verdict.headline_kind is HeadlineKind.PENDING_JUDGEMENT:
        words += " pending the team's judgement"
    if verdict.headline_kind is HeadlineKind.EITHER_WAY:
        words += " whichever way the missing facts turn out"
    if verdict.is_provisional:
        words += ", provisional until severity is confirmed"
    possible = verdict.strongest_possible
    if possible is not None and possible.strength > verdict.headline_class.strength:
        words += f"; {possible.label} is possible"
    return words


def guideline_parts(case: LetterCase) -> Iterator[Part]:
    """Each edition in its own words, class and level; nothing of those not signed off."""
    whole = case.whole
    verdicts = [] if case.record.has_died else whole.assessment.editions
    silent = [v for v in verdicts if v.gates.is_closed and v.strongest_possible is None]
    if verdicts and len(silent) == len(verdicts):
        gate = sentence(silent[0].gates.closed[0].message)
        yield part("What the guidelines say", (gate, *_beside(case)))
        return
    for verdict in verdicts:
        yield _edition(case, verdict)
    if verdicts:
        yield part("Beside the guidelines", _beside(case))


def _edition(case: LetterCase, verdict: EditionVerdict) -> Part:
    heading = f"What {verdict.edition.title} says"
    if verdict.edition in case.whole.hidden:
        return part(heading, (sentence(NOT_SIGNED_OFF),))
    standing = [f for f in verdict.findings if f.rule.is_timing and f.verdict in STANDS]
    # "Either way" rests on several rules, none of which stands alone.
    needs_summary = not standing or verdict.headline_kind is HeadlineKind.EITHER_WAY
    return part(
        heading,
        (sentence(verdict.summary),) if needs_summary else (),
        (_finding(finding) for finding in standing),
        (*_rests_on(standing), *_could_be_more(case, verdict)),
    )


def _finding(finding: Finding) -> str:
    rule = finding.rule
    level = f", {rule.level_label[0].lower()}{rule.level_label[1:]}" if rule.level_label else ""
    pending = " pending team judgement" if finding.pending_judgement else ""
    flags = (
        "; provisional, if severity is confirmed" if finding.is_provisional else "",
        "; within measurement error of a limit: confirm" if finding.needs_confirmation else "",
        "; on old evidence: renew it" if finding.rests_on_old_evidence else "",
    )
    section = f"section {rule.section}" if rule.section[:1].isdigit() else rule.section
    unchecked = rule.source.verification is not Verification.PRIMARY_DOCUMENT
    source = f"; {rule.source.verification.label.lower()}" if unchecked else ""
    return (
        f"{rule.class_label}{pending}{level}{''.join(flags)}. {rule.message} ({section}{source}.)"
    )


def _rests_on(standing: Iterable[Finding]) -> Iterator[str]:
    """The facts that the standing rules rest on, by day, newest first."""
    facts: dict[str, ShownFact] = {}
    for finding in standing:
        for leaf in (*_leaves(finding.applies), *_leaves(finding.when)):
            if leaf.fact is not None and leaf.fact.is_recorded and leaf.holds:
                facts.setdefault(leaf.fact.name, leaf.fact)
    by_day: dict[date | None, list[str]] = defaultdict(list)
    for name in sorted(facts, key=ORDER.__getitem__):
        by_day[facts[name].on].append(_fact(facts[name]))
    said = [
        f"{', '.join(texts)}{f' ({spoken(day)})' if day else ''}"
        for day, texts in sorted(by_day.items(), key=lambda pair: pair[0] or date.min, reverse=True)
    ]
    if said:
        yield f"It rests on {'; '.join(said)}."


def _leaves(state: CriterionState) -> Iterator[CriterionState]:
    if not state.parts:
        yield state
    for each in state.parts:
        yield from _leaves(each)


def _fact(fact: ShownFact) -> str:
    old = " (too old to reassure)" if fact.too_old_to_reassure else ""
    says_itself = FACTS[fact.name].said_true or fact.name.startswith("severe_mr")
    is_number = fact.text[:1].isdigit() or fact.text[:1] in "<>≥≤"
    words = f"{fact.label}{'' if is_number else ':'} {fact.text}"
    words = fact.text if says_itself else words.removesuffix(": yes")
    return f"{words}{old}"


def _could_be_more(case: LetterCase, verdict: EditionVerdict) -> Iterator[str]:
    possible, said = verdict.strongest_possible, verdict.headline_class
    if possible is None or said is None or possible.strength <= said.strength:
        return
    told = f"{possible.label} is still possible by {verdict.edition.title}"
    if told in case.whole.assessment.why_they_differ and not case.whole.hidden:
        return
    asked: dict[str, None] = {}
    for finding in verdict.findings:
        is_open = finding.verdict is Verdict.CANNOT_TELL and finding.when.holds is not False
        if finding.rule.is_timing and is_open and finding.rule.strength == possible.strength:
            asked |= dict.fromkeys(FACTS[name].label for name in finding.missing)
    depends = f"; it depends on {listed(asked)}, not recorded" if asked else ""
    yield f"{possible.label} is possible{depends}."


def _beside(case: LetterCase) -> Iterator[str]:
    whole = case.whole
    if case.is_acute:
        return
    if whole.assessment.why_they_differ and not whole.hidden:
        yield f"Why they differ: {sentence(whole.assessment.why_they_differ)}"
    yield from (sentence(note) for note in whole.assessment.notes)
    shown = [v for v in whole.assessment.editions if v.edition not in whole.hidden]
    assumed = dict.fromkeys(each for verdict in shown for each in verdict.assumptions)
    if assumed:
        words = (each.removeprefix("assuming ") for each in assumed)
        yield f"Assumed, because it is not recorded: {'; '.join(words)}."
    if not whole.hidden:
        yield from (sentence(each.text) for each in whole.triggers)
        for finding in whole.assessment.vetoes:
            rule = finding.rule
            yield f"Against a plan or drug of this patient: {rule.message} ({rule.class_label}.)"
    yield NO_ADVICE_AGAINST


def missing_items(case: LetterCase) -> Iterator[str]:
    """The facts that could change the outcome, each with what it would decide."""
    if case.record.has_died:
        return
    for gap in gaps_of(case)[:GAPS]:
        text = "" if case.whole.hidden else gap.text
        is_told = text and len(text) <= SHORT_EFFECT and text != TOGETHER
        told = f": {text}" if is_told else ""
        yield sentence(f"{upper_first(gap.label)}{told}")


def more_missing(case: LetterCase) -> Iterator[str]:
    """How many more there are."""
    more = len(gaps_of(case)) - GAPS
    if more > 0 and not case.record.has_died:
        yield f"{more} further facts are not recorded that a rule asks for."


def gaps_of(case: LetterCase) -> list[MissingFact]:
    """What is missing, for the grade first, as the screen orders it."""
    return sorted(case.whole.assessment.missing, key=lambda gap: not gap.for_grade)
