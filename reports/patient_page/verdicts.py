"""What each edition says, worded so that silence can never be read as "no indication".

One card per edition: the strongest recommendation once, then one table of the facts it rests on.
What else is open, what is not met and what is for other patients is folded, one line each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from guidelines.assessment import Assessment, assess
from guidelines.editions import EditionVerdict, GateState, HeadlineKind
from guidelines.facts import FACTS, as_number
from guidelines.flips import Flip
from guidelines.latch import OpenTrigger
from guidelines.registry import ALL_EDITIONS
from guidelines.rule import CriterionState, Edition, Finding, ShownFact
from guidelines.vocabulary import Cor, Verdict
from patients.days import spoken
from patients.study_sheet import upper_first
from reports.kinds import source_url
from reports.patient_page.case import PageCase
from reports.patient_page.explain import explanation_of
from reports.patient_page.words import age_of, entry_link, notes_of

MARKS = {True: "met", False: "not-met", None: "unknown"}
STRONG = {"1", "I"}
SAID = {
    Cor.CLASS_1: "is recommended",
    Cor.CLASS_2A: "is reasonable",
    Cor.CLASS_2B: "may be considered",
    Cor.CLASS_I: "is recommended",
    Cor.CLASS_IIA: "should be considered",
    Cor.CLASS_IIB: "may be considered",
}
"""How each body words its classes."""
TOGETHER = "Decides only together"  # how it is said of a fact that decides nothing alone
LONG = 64  # letters of a value or a reason from which the rest is opened from its row
ROWS_SHOWN = 9  # facts on the card; of more, some that hold are folded
LINES_SHOWN = 3  # other open rules that stand on the card; the rest is folded
SHORT = 34  # letters of a reason that stands beside its value without folding
NOT_SIGNED_OFF = "not yet signed off by your clinic"
STANDS = {Verdict.MET, Verdict.PENDING_JUDGEMENT}


@dataclass
class RuleLine:
    """One rule as the card shows it: a line that opens to its facts."""

    message: str
    status: str
    cor: str
    loe: str
    section: str
    row: str
    verification: str
    state: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    as_above: list[str] = field(default_factory=list)
    assessed: list[str] = field(default_factory=list)
    short_status: str = ""


@dataclass
class EditionCard:
    """One edition's card; ``lead`` is the rule behind its headline."""

    title: str
    badge: str
    state: str
    possible: str = ""
    lead_class: str = ""
    advice: str = ""
    remark: str = ""
    caution: str = ""
    source: list[str] = field(default_factory=list)
    verification: str = ""
    held: str = ""
    flags: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    rows_more: list[dict[str, Any]] = field(default_factory=list)
    wanted: str = ""
    others: list[RuleLine] = field(default_factory=list)
    more: list[RuleLine] = field(default_factory=list)
    not_met: list[RuleLine] = field(default_factory=list)
    not_applicable: list[str] = field(default_factory=list)
    vetoes: list[RuleLine] = field(default_factory=list)
    to_settle: list[RuleLine] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    gates: list[str] = field(default_factory=list)
    flip: str = ""
    rules_href: str = ""
    is_hidden: bool = False


def edition_cards(case: PageCase) -> list[EditionCard]:
    """One card per edition, side by side, in the order of the registry; then one asked for.

    What an edition says is hidden until a clinician of the clinic has signed it off; its gates
    still show.
    """
    cards = [_card_of(verdict, case.assessment, case) for verdict in case.assessment.editions]
    if case.asked_edition is not None:
        own = assess(case.picture, on=case.on, editions=(case.asked_edition,))
        cards.append(_card_of(own.editions[0], own, case))
    return cards


def edition_to_offer(case: PageCase) -> Edition | None:
    """An edition that is not in force on the day and can be shown beside those that are.

    None where it would say nothing: after a death, behind closed gates, or shown already.
    """
    verdicts = case.assessment.editions
    silent = all(v.gates.is_closed and v.strongest_possible is None for v in verdicts)
    if case.asked_edition is not None or case.record.has_died or silent:
        return None
    shown = {verdict.edition for verdict in verdicts}
    found = (e for e in ALL_EDITIONS if e not in shown and e.published_on <= case.on)
    return next(found, None)


def _card_of(verdict: EditionVerdict, assessment: Assessment, case: PageCase) -> EditionCard:
    asked = verdict.edition == case.asked_edition
    if case.record.has_died:
        return _after_death(verdict, case)
    if verdict.edition in case.hidden or (asked and case.asked_is_hidden):
        return _hidden_card(verdict, case)
    return _Card(verdict, assessment, case).made()


def _hidden_card(verdict: EditionVerdict, case: PageCase) -> EditionCard:
    return EditionCard(
        title=verdict.edition.title,
        badge=NOT_SIGNED_OFF,
        state="unknown",
        caution="What this edition says is not shown until a clinician of your clinic has read "
        "its rules and signed them off. That is not advice against an intervention.",
        gates=[gate.message for gate in verdict.gates.closed or verdict.gates.unknown],
        rules_href=_rules_of(verdict, case),
        is_hidden=True,
    )


def _after_death(verdict: EditionVerdict, case: PageCase) -> EditionCard:
    return EditionCard(
        title=verdict.edition.title,
        badge="died",
        state="quiet",
        caution=f"{died_words(case)} Nothing is advised after that day.",
        rules_href=_rules_of(verdict, case),
    )


def died_words(case: PageCase) -> str:
    """ "The patient died on 26 Jun 2026." """
    day = case.record.patient.deceased_on
    return f"The patient died{f' on {spoken(day)}' if day else ''}."


def _rules_of(verdict: EditionVerdict, case: PageCase) -> str:
    return reverse("reports:guideline-page", args=[case.clinic.code, verdict.edition.id])


class _Card:
    """Makes one card; keeps which facts the card has already shown."""

    def __init__(self, verdict: EditionVerdict, assessment: Assessment, case: PageCase) -> None:
        self.verdict, self.assessment, self.case = verdict, assessment, case
        self.shown: set[tuple[str, str]] = set()
        title = verdict.edition.title
        by_edition = {fact.name: dict(fact.by_edition) for fact in assessment.missing}
        self.would_give = {name: texts.get(title, "") for name, texts in by_edition.items()}

    def made(self) -> EditionCard:
        """The card, its headline's facts first."""
        verdict = self.verdict
        timing = [finding for finding in verdict.findings if finding.rule.is_timing]
        leads = lead_findings(verdict, timing)
        silent = verdict.gate is GateState.CLOSED and verdict.strongest_possible is None
        rows = self._rows(leaf for finding in leads for leaf in _all_leaves(finding))
        holding = [row for row in rows if row["mark"] == "met"]
        folded = holding[len(holding) - max(0, len(rows) - ROWS_SHOWN) :] if holding else []
        rest = [f for f in timing if f not in leads and f.verdict is not Verdict.NOT_APPLICABLE]
        others = [finding for finding in rest if _is_open(finding)]
        card = EditionCard(
            title=verdict.edition.title,
            badge=badge_of(verdict),
            state=state_of(verdict),
            possible=possible_of(verdict),
            caution="" if verdict.headline else _caution(verdict),
            rows=[row for row in rows if row not in folded],
            rows_more=folded,
            others=[self._line(finding) for finding in others[:LINES_SHOWN]],
            more=[self._line(finding) for finding in others[LINES_SHOWN:]],
            not_met=[self._not_met(f) for f in rest if not _is_open(f)],
            not_applicable=[]
            if silent
            else [_named(f) for f in timing if f.verdict is Verdict.NOT_APPLICABLE],
            vetoes=self._against(self.assessment.vetoes),
            to_settle=self._against(self.assessment.vetoes_to_settle),
            assumptions=[upper_first(text) for text in verdict.assumptions],
            gates=_gates_beside(verdict),
            flip=self._flip(),
            rules_href=_rules_of(verdict, self.case),
        )
        self._headline(card, leads)
        self._triggers(card)
        return card

    def _headline(self, card: EditionCard, leads: list[Finding]) -> None:
        """The recommendation in words, its class, where it is printed, since when it has held."""
        verdict = self.verdict
        lead = leads[0] if leads else None
        if verdict.headline is not None:
            card.lead_class, _, said = verdict.headline.partition(": ")
            met = lead is not None and verdict.headline_kind is not HeadlineKind.EITHER_WAY
            words = lead.rule.message if lead is not None and met else _first_sentence(said)
            if lead is not None and met and said[:2] == "if":  # mixed mechanism, SAFE-10
                words = f"{said.partition(': ')[0]}: {words}"
            card.advice, card.remark = _without_remark(words)
            card.flags = _flags(verdict)
        if lead is None:
            return
        rules = [finding.rule for finding in leads]
        if verdict.headline is None:
            card.wanted = f"Possible: {_without_remark(rules[0].message)[0]}"
        card.source = [
            rules[0].level_label if len(rules) == 1 else "",
            _section(rules[0].section),
            ", ".join(rule.source.row for rule in rules),
        ]
        card.verification = rules[0].source.verification.label
        since = [self.case.held_since[r.id] for r in rules if r.id in self.case.held_since]
        if since and verdict.headline is not None:
            card.held = f"held since {spoken(min(since))}"

    def _triggers(self, card: EditionCard) -> None:
        """A class 1 or I that was met and that nobody has answered."""
        for trigger in self.case.whole.triggers:
            if trigger.body is not self.verdict.edition.body or not self._is_in_force():
                continue
            if trigger.still_stands:
                card.held = f"{met_and_open(trigger)}: nobody has decided"
            else:
                card.reopened.append(f"{upper_first(reopened_words(trigger))}.")

    def _is_in_force(self) -> bool:
        return self.verdict in self.case.assessment.editions

    def _flip(self) -> str:
        found = (flip for edition, flip in self.case.whole.flips if edition == self.verdict.edition)
        flip = next(found, None)
        return flip_words(flip) if flip is not None and not self.verdict.gates.is_closed else ""

    def _rows(self, leaves: Iterable[CriterionState]) -> list[dict[str, Any]]:
        """Each fact once; those that decide nothing any more have their place too."""
        rows = []
        for leaf in leaves:
            key = _key(leaf)
            if key not in self.shown:
                self.shown.add(key)
                rows.append(self._row(leaf))
        return rows

    def _line(self, finding: Finding) -> RuleLine:
        """An open rule folded to one line; facts that the card shows already are only named."""
        leaves = _once(_all_leaves(finding))
        new = [leaf for leaf in leaves if _key(leaf) not in self.shown]
        line = _rule_line(finding)
        line.as_above = [_short_label(leaf) for leaf in leaves if _key(leaf) in self.shown]
        line.rows = [self._row(leaf) for leaf in new]
        return line

    def _not_met(self, finding: Finding) -> RuleLine:
        """What was assessed, with its value, day and age."""
        line = _rule_line(finding)
        false = [leaf for leaf in _once(_all_leaves(finding)) if leaf.holds is False]
        line.assessed = [self._assessed(leaf) for leaf in false if leaf.fact is not None]
        return line

    def _assessed(self, leaf: CriterionState) -> str:
        fact = leaf.fact
        if fact is None:
            return upper_first(leaf.text)
        day = f", {spoken(fact.on)} ({age_of(fact.on, self.case.on)})" if fact.on else ""
        return f"{upper_first(leaf.text)}: {_value(leaf, fact)}{day}"

    def _against(self, findings: Iterable[Finding]) -> list[RuleLine]:
        own = [f for f in findings if f.rule.edition == self.verdict.edition]
        lines = []
        for finding in own:
            line = _rule_line(finding)
            line.as_above = [upper_first(FACTS[name].label) for name in finding.missing]
            lines.append(line)
        return lines

    def _gives(self, name: str, leaf: CriterionState) -> str:
        """What a missing fact would decide; one that needs others, the panel below says."""
        text = self.would_give.get(name, "") if leaf.holds is None else ""
        return "" if text.startswith(TOGETHER) else text

    def _row(self, leaf: CriterionState) -> dict[str, Any]:
        """Mark, statement, value, day and age; a missing one with its form and what it gives."""
        fact, on = leaf.fact, self.case.on
        row: dict[str, Any] = {"mark": MARKS[leaf.holds], "label": _label(leaf), "on": None}
        if fact is None or not fact.is_recorded:
            name = fact.name if fact else ""
            href = entry_link(name, self.case.doors) if name else ""
            said = upper_first(fact.reason) if fact else ""
            return row | {
                "value": None,
                "href": href,
                "note": _brief(said),
                "how": [f"{said}."] if len(said) > LONG else [],
                "gives": self._gives(name, leaf),
            }
        row |= {"value": _value(leaf, fact), "on": fact.on, "source": source_url(fact.source)}
        row["note"] = notes_of(fact, on)
        method = "method not recorded" if fact.method.lower() == "not recorded" else fact.method
        row["method"] = method if len(method) <= SHORT else ""
        row["gives"] = self._gives(fact.name, leaf)
        row["how"] = self._how(fact, str(row["value"]))
        if row["how"] and fact.name in FACTS and FACTS[fact.name].is_derived:
            row["method"] = ""
        return row

    def _how(self, fact: ShownFact, value: str) -> list[str]:
        """What the row opens to: the formula and its inputs, or why this value was chosen."""
        found = explanation_of(fact.name, self.case.picture, self.case.record)
        if found is not None:
            return list(found.lines)
        if len(fact.text) > LONG:
            return [f"{upper_first(fact.text)}."]
        said = upper_first(fact.reason)
        is_said = fact.reason.casefold() in value.casefold()
        return [f"{said}."] if said and not is_said else []


def lead_findings(verdict: EditionVerdict, timing: list[Finding]) -> list[Finding]:
    """The rules that the card's table explains: behind the headline, else the strongest possible.

    Of "either way" all rules of that class which may still hold; of no headline the first rule of
    the strongest possible class.
    """
    kind, strength = verdict.headline_kind, verdict.standing.headline
    if kind is HeadlineKind.EITHER_WAY:
        return [f for f in timing if f.rule.strength == strength and _is_open(f)]
    if kind is not None:
        wanted = Verdict.MET if kind is HeadlineKind.MET else Verdict.PENDING_JUDGEMENT
        behind = (f for f in timing if f.verdict is wanted and f.rule.strength == strength)
    else:
        possible = verdict.standing.possible
        behind = (f for f in timing if f.rule.strength == possible and possible and _is_open(f))
    return list(behind)[:1]


def flip_words(flip: Flip) -> str:
    """The smallest change that would alter the verdict, and whether error alone may make it.

    ``LVESD 39 mm, 1 mm more → Class 1; within measurement error (0.8 standard errors)``. It says
    how near the limit is and never invites to measure again until a number fits (hazard H13).
    """
    definition = FACTS[flip.name]
    change = definition.say(as_number(float(f"{abs(flip.change):.3g}")))
    error = "within" if flip.is_within_error else "beyond"
    return (
        f"{definition.label} {definition.say(flip.now)}, {'over ' if flip.past else ''}{change} "
        f"{'more' if flip.change > 0 else 'less'} → {flip.would_be}; "
        f"{error} measurement error ({flip.in_sem:.1f} standard errors)"
    )


def met_and_open(trigger: OpenTrigger) -> str:
    """ "met on 3 Mar 2025 and still open"; says where the clock starts with the publication."""
    since = f"met on {spoken(trigger.since)}"
    if trigger.clock_starts_with_publication:
        since += f" (the day {trigger.edition} was published)"
    if trigger.news:
        since += f" ({trigger.news})"
    return f"{since} and still open"


def reopened_words(trigger: OpenTrigger) -> str:
    """What was met once, does not stand today, and is open because nobody answered it."""
    shown = ", ".join(
        f"{each.text}{f' on {spoken(each.on)}' if each.on else ''}" for each in trigger.evidence
    )
    rested = f" It rested on {shown}" if shown else ""
    begun = trigger.said.partition(":")[0]
    return (
        f"{begun} was {met_and_open(trigger)}. It last stood on {spoken(trigger.last_stood_on)}: "
        f"a newer value does not close it, a decision does.{rested}"
    )


def _caution(verdict: EditionVerdict) -> str:
    """What is said without a headline; the missing facts stand in the table and the panel."""
    if verdict.strongest_possible is None:
        return verdict.summary
    return (
        f"Cannot tell: {verdict.strongest_possible.label} is possible. "
        "That is not advice against an intervention."
    )


def _gates_beside(verdict: EditionVerdict) -> list[str]:
    """Gates that the summary does not name; behind a closed one the unknown ones do not matter."""
    gates = verdict.gates.closed or verdict.gates.unknown
    said = "" if verdict.strongest_possible is not None else verdict.summary
    return [gate.message for gate in gates if gate.message not in said]


def _is_open(finding: Finding) -> bool:
    """It stands, or it still may: a condition that is false stays so for any population."""
    if finding.verdict in STANDS:
        return True
    return finding.verdict is Verdict.CANNOT_TELL and finding.when.holds is not False


def badge_of(verdict: EditionVerdict) -> str:
    """The verdict in the words of the body; every state has its own."""
    if verdict.headline_kind is None or verdict.headline_class is None:
        if verdict.gate is GateState.CLOSED and verdict.strongest_possible is None:
            return "rules switched off"
        return "cannot tell" if verdict.strongest_possible else "no rule met"
    words = SAID[verdict.headline_class]
    if verdict.is_provisional:
        words += ", provisional"
    return words


def class_words(verdict: EditionVerdict) -> str:
    """The class with how certain it is: "Class 2a pending team judgement", "cannot tell"."""
    if verdict.headline_kind is None or verdict.headline_class is None:
        return badge_of(verdict)
    words = verdict.headline_class.label
    if verdict.headline_kind is HeadlineKind.PENDING_JUDGEMENT:
        words += " pending team judgement"
    if verdict.headline_kind is HeadlineKind.EITHER_WAY:
        words += " either way"
    return f"{words}, provisional" if verdict.is_provisional else words


def possible_of(verdict: EditionVerdict) -> str:
    """A class that missing facts could still bring about, where it is stronger than what stands."""
    possible = verdict.strongest_possible
    if possible is None:
        return ""
    stands = verdict.headline_class.strength if verdict.headline_class else 0
    return f"{possible.label} possible" if possible.strength > stands else ""


def state_of(verdict: EditionVerdict) -> str:
    """The badge's state: beyond for a strong class, attention below it, unknown, quiet."""
    if verdict.headline_class is not None:
        return "beyond" if verdict.headline_class.value in STRONG else "attention"
    if verdict.gate is GateState.CLOSED and verdict.strongest_possible is None:
        return "quiet"
    return "unknown" if verdict.strongest_possible else "quiet"


def _flags(verdict: EditionVerdict) -> list[str]:
    flags = []
    if verdict.is_provisional:
        flags.append("Provisional: the severity rests on one line of evidence. Confirm it.")
    if verdict.needs_confirmation:
        flags.append("Within measurement error of a limit: confirm.")
    if verdict.rests_on_old_evidence:
        flags.append("It rests on evidence that is too old to reassure: renew it.")
    if verdict.headline and "In some cases pending team judgement" in verdict.headline:
        flags.append("In some cases pending team judgement.")
    return flags


def _rule_line(finding: Finding) -> RuleLine:
    rule = finding.rule
    return RuleLine(
        message=rule.message,
        status=finding.status,
        cor=rule.class_label,
        loe=rule.level_label,
        section=_section(rule.section),
        row=rule.source.row,
        verification=rule.source.verification.label,
        state=MARKS[True if finding.verdict is Verdict.MET else None],
        short_status=_short_status(finding),
    )


def _short_status(finding: Finding) -> str:
    """Class and verdict, and that it waits for a confirmation: "Class 2b met, confirm"."""
    if finding.pending_judgement:
        words = "pending team judgement"
    elif finding.verdict is Verdict.CANNOT_TELL:
        words = "possible, cannot tell"
    else:
        words = finding.verdict.label.lower()
    if finding.is_provisional:
        words += ", provisional"
    if finding.needs_confirmation:
        words += ", confirm"
    return f"{finding.rule.class_label} {words}"


def _named(finding: Finding) -> str:
    return finding.rule.source.row


def _section(section: str) -> str:
    return f"section {section}" if section[0].isdigit() else section


def _without_remark(message: str) -> tuple[str, str]:
    """A rule's sentence, and the remark in brackets that some of them end with."""
    said, bracket, remark = message.partition(" (The ")
    return (said, f"The {remark.rstrip(')')}") if bracket else (message, "")


def _first_sentence(said: str) -> str:
    """Of "either way": what stands, without what the flags and badges say."""
    return f"{upper_first(said.split('. ')[0].rstrip('.'))}."


def _all_leaves(finding: Finding) -> list[CriterionState]:
    return [*_leaves(finding.applies), *_leaves(finding.when)]


def _leaves(state: CriterionState) -> list[CriterionState]:
    if not state.parts:
        return [state]
    return [leaf for part in state.parts for leaf in _leaves(part)]


def _key(leaf: CriterionState) -> tuple[str, str]:
    """What makes two statements the same: an unknown fact is asked once, however it is put."""
    if leaf.fact is not None and leaf.holds is None:
        return leaf.fact.name, ""
    return leaf.fact.name if leaf.fact else "", leaf.text


def _once(leaves: list[CriterionState]) -> list[CriterionState]:
    return list({_key(leaf): leaf for leaf in leaves}.values())


def _label(leaf: CriterionState) -> str:
    """The statement; where the value beside it says the rest, only what it is about."""
    fact = leaf.fact
    if fact is not None and leaf.holds is not False:
        about = upper_first(FACTS[fact.name].label)
        if leaf.text.casefold().startswith(f"{about.casefold()}:"):
            return about
        if leaf.holds is None and not fact.is_recorded and _is_yes_no(fact):
            return about
    return upper_first(leaf.text)


def _is_yes_no(fact: ShownFact) -> bool:
    return FACTS[fact.name].kind is bool


def _short_label(leaf: CriterionState) -> str:
    return _label(leaf)


def _value(leaf: CriterionState, fact: ShownFact) -> str:
    """The value in words; where the statement says it already, what it rests on."""
    if fact.text.casefold() != leaf.text.casefold():
        return _brief(fact.text)
    return fact.reason if fact.reason and len(fact.reason) <= SHORT else "yes"


def _brief(text: str) -> str:
    """A long explanation up to its first colon or semicolon; the row opens to the rest."""
    if len(text) <= LONG:
        return text
    return text.partition(":")[0].partition(";")[0]
