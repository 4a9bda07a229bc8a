"""What each edition says, worded so that silence can never be read as "no indication"."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse

from accounts.models import Clinic
from guidelines.assessment import Assessment
from guidelines.editions import EditionVerdict, GateState, HeadlineKind
from guidelines.facts import FACTS
from guidelines.rule import CriterionState, Edition, Finding
from guidelines.vocabulary import Verdict
from patients.study_sheet import upper_first
from reports.kinds import Doors, source_url
from reports.patient_page.words import entry_link, notes_of

MARKS = {True: "met", False: "not-met", None: "unknown"}
STRONG = {"1", "I"}


@dataclass
class FindingView:
    """One rule as the card shows it."""

    message: str
    status: str
    cor: str
    loe: str
    section: str
    row: str
    verification: str
    rows: list[dict[str, Any]]
    missing: list[str]
    verdict: Verdict
    is_open: bool


@dataclass
class EditionCard:
    """One edition's card."""

    title: str
    coverage: str
    badge: str
    state: str
    advice: str
    caution: str
    shown: list[FindingView] = field(default_factory=list)
    folded: list[FindingView] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    gates: list[str] = field(default_factory=list)
    to_read: str = ""
    for_others: int = 0


NOT_SIGNED_OFF = "not yet signed off by your clinic"


def edition_cards(
    assessment: Assessment,
    doors: Doors,
    clinic: Clinic,
    hidden: Collection[Edition] = frozenset(),
) -> list[EditionCard]:
    """One card per edition, side by side, in the order of the registry.

    What an edition says is hidden until a clinician of the clinic has signed it off; its gates
    still show.
    """
    return [
        _hidden_card(verdict, clinic)
        if verdict.edition in hidden
        else _card(verdict, doors, assessment.on)
        for verdict in assessment.editions
    ]


def _hidden_card(verdict: EditionVerdict, clinic: Clinic) -> EditionCard:
    return EditionCard(
        title=verdict.edition.title,
        coverage=verdict.coverage,
        badge=NOT_SIGNED_OFF,
        state="unknown",
        advice="",
        caution="What this edition says is not shown until a clinician of your clinic has read "
        "its rules and signed them off. That is not advice against an intervention.",
        gates=[gate.message for gate in verdict.gates.closed or verdict.gates.unknown],
        to_read=reverse("reports:guideline-page", args=[clinic.code, verdict.edition.id]),
    )


def _card(verdict: EditionVerdict, doors: Doors, on: date) -> EditionCard:
    timing = [f for f in verdict.findings if f.rule.is_timing]
    views = [_view(f, doors, on) for f in timing if f.verdict is not Verdict.NOT_APPLICABLE]
    shown = [view for view in views if view.is_open]
    return EditionCard(
        title=verdict.edition.title,
        coverage=verdict.coverage,
        badge=badge_of(verdict),
        state=state_of(verdict),
        advice=verdict.headline or "",
        caution="" if verdict.headline else verdict.summary,
        shown=shown,
        folded=[view for view in views if not view.is_open],
        for_others=len(timing) - len(views),
        assumptions=list(verdict.assumptions),
        gates=_gates_beside(verdict),
    )


def _gates_beside(verdict: EditionVerdict) -> list[str]:
    """Gates that the summary does not name; behind a closed one the unknown ones do not matter."""
    gates = verdict.gates.closed or verdict.gates.unknown
    return [gate.message for gate in gates if gate.message not in verdict.summary]


STANDS = {Verdict.MET, Verdict.PENDING_JUDGEMENT}


def _is_open(finding: Finding) -> bool:
    """It stands, or it still may: a condition that is false stays so for any population."""
    if finding.verdict in STANDS:
        return True
    return finding.verdict is Verdict.CANNOT_TELL and finding.when.holds is not False


def badge_of(verdict: EditionVerdict) -> str:
    """The verdict in a few words; every state has its own."""
    if verdict.headline_kind is None or verdict.headline_class is None:
        if verdict.gate is GateState.CLOSED and verdict.strongest_possible is None:
            return "rules switched off"
        return "cannot tell" if verdict.strongest_possible else "no rule met"
    words = verdict.headline_class.label
    if verdict.headline_kind is HeadlineKind.PENDING_JUDGEMENT:
        words += " pending team judgement"
    if verdict.headline_kind is HeadlineKind.EITHER_WAY:
        words += " either way"
    if verdict.is_provisional:
        words += ", provisional"
    possible = verdict.strongest_possible
    stronger = possible is not None and possible.strength > verdict.headline_class.strength
    return f"{words}, {possible.label} possible" if stronger and possible else words


def state_of(verdict: EditionVerdict) -> str:
    """The badge's state: beyond for a strong class, attention below it, unknown, quiet."""
    if verdict.headline_class is not None:
        return "beyond" if verdict.headline_class.value in STRONG else "attention"
    if verdict.gate is GateState.CLOSED and verdict.strongest_possible is None:
        return "quiet"
    return "unknown" if verdict.strongest_possible else "quiet"


def _view(finding: Finding, doors: Doors, on: date) -> FindingView:
    rule = finding.rule
    stands = finding.verdict in STANDS
    leaves = [*_leaves(finding.applies), *_leaves(finding.when)]
    if not stands:
        # What is too old to reassure is shown with its age; what is missing is named below.
        leaves = [leaf for leaf in leaves if leaf.fact and leaf.fact.too_old_to_reassure]
    return FindingView(
        message=rule.message,
        status=finding.status,
        cor=rule.class_label,
        loe=rule.level_label,
        section=f"section {rule.section}" if rule.section[0].isdigit() else rule.section,
        row=rule.source.row,
        verification=rule.source.verification.label,
        rows=[_row(leaf, doors, on) for leaf in leaves],
        missing=[FACTS[name].label for name in finding.missing],
        verdict=finding.verdict,
        is_open=_is_open(finding),
    )


def _leaves(state: CriterionState) -> list[CriterionState]:
    if not state.parts:
        return [state]
    return [leaf for part in state.parts for leaf in _leaves(part)]


def _row(leaf: CriterionState, doors: Doors, on: date) -> dict[str, Any]:
    fact = leaf.fact
    if fact is None or not fact.is_recorded:
        name = fact.name if fact else ""
        return {
            "mark": MARKS[leaf.holds],
            "label": upper_first(leaf.text),
            "value": None,
            "href": entry_link(name, doors) if name else "",
            "note": fact.reason if fact else "",
            "on": None,
        }
    says_the_same = fact.text.casefold() == leaf.text.casefold()
    note = notes_of(fact, on)
    return {
        "mark": MARKS[leaf.holds],
        "label": upper_first(leaf.text),
        "value": "yes" if says_the_same else fact.text,
        "on": fact.on,
        "note": "" if note.casefold() == leaf.text.casefold() else note,
        "source": source_url(fact.source),
    }
