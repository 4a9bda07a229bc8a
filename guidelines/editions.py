"""What one edition says of one patient (safety D11).

Nothing here ever says that there is no indication. While an edition is only partly built, an
empty headline means that none of the built rules stands, and ``coverage`` says how few those are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from guidelines.completions import Case, Standing, case_of
from guidelines.criteria import Readings
from guidelines.days import spoken
from guidelines.facts import (
    FACTS,
    OF_RATIOS,
    ORDER,
    RATIOS,
    ClinicalPicture,
    Reading,
    complete_ratios,
)
from guidelines.gates import GATES, GateReport, facts_of_gates, pass_gates
from guidelines.registry import RULES, built_rules, coverage
from guidelines.rule import (
    CriterionState,
    Edition,
    Finding,
    Known,
    Rule,
    ShownFact,
    find,
)
from guidelines.vocabulary import Body, Chapter, Cor, Mechanism, Scope, Term, Verdict

_CLASSES = {
    Body.ACC_AHA: {3: Cor.CLASS_1, 2: Cor.CLASS_2A, 1: Cor.CLASS_2B},
    Body.ESC_EACTS: {3: Cor.CLASS_I, 2: Cor.CLASS_IIA, 1: Cor.CLASS_IIB},
}


def class_of(edition: Edition, strength: int) -> Cor | None:
    """The class of this strength in the edition's own alphabet; ``None`` for 0."""
    return _CLASSES[edition.body].get(strength)


class GateState(Term):
    """Whether the edition's rules may speak of this patient."""

    OPEN = "open", "The rules apply"
    CLOSED = "closed", "The rules do not apply"
    UNKNOWN = "unknown", "Whether the rules apply cannot be told"


class HeadlineKind(Term):
    """How certain a headline is."""

    MET = "met", "Met"
    PENDING_JUDGEMENT = "pending_judgement", "Pending team judgement"
    EITHER_WAY = "either_way", "Either way"


@dataclass(frozen=True, slots=True)
class EditionVerdict:
    """An edition's verdict: strongest decided, pending, either way, possible, and the gates.

    ``headline`` is ``None`` when no built rule stands. That is never "no indication": show
    ``summary`` and ``coverage``, which say so in words.
    """

    edition: Edition
    findings: tuple[Finding, ...]
    gates: GateReport
    strongest_decided: Cor | None
    strongest_pending: Cor | None
    either_way: Cor | None
    strongest_possible: Cor | None
    headline: str | None
    headline_kind: HeadlineKind | None
    headline_class: Cor | None
    is_provisional: bool
    needs_confirmation: bool
    rests_on_old_evidence: bool
    not_yet_published: bool
    standing: Standing
    missing: tuple[str, ...]
    behind: tuple[Finding, ...]
    """The findings whose rules carry the headline; none for "either way"."""

    @property
    def gate(self) -> GateState:
        """Whether the rules may speak."""
        if self.gates.is_closed:
            return GateState.CLOSED
        return GateState.UNKNOWN if self.gates.is_unknown else GateState.OPEN

    @property
    def assumptions(self) -> tuple[str, ...]:
        """ "assuming no ..." lines to print under the verdict."""
        return () if self.gates.is_closed else self.gates.assumptions

    @property
    def coverage(self) -> str:
        """How much of the edition is built."""
        return coverage(self.edition)

    @property
    def pending_judgement(self) -> bool:
        """The headline waits for the team's judgement; the clock runs."""
        return self.headline_kind is HeadlineKind.PENDING_JUDGEMENT

    @property
    def summary(self) -> str:
        """One line that always may be shown; never reads as "no indication"."""
        if self.headline is not None:
            return self.headline
        if self.gate is GateState.CLOSED and self.strongest_possible is None:
            return f"Not applicable: {self.gates.closed[0].message}"
        if self.strongest_possible is not None:
            asks = f" Missing: {_shown_labels(self.missing)}." if self.missing else ""
            return f"Cannot tell: {self.strongest_possible.label} is possible.{asks} {NO_ADVICE}"
        return f"No rule for an intervention is met today. Assessed: {self.assessed}. {NO_ADVICE}"

    @property
    def assessed(self) -> str:
        """The measured facts that the timing rules looked at, with value and day."""
        shown = {
            atom.fact.name: atom.fact
            for finding in self.findings
            if finding.rule.is_timing
            for atom in _looked_at(finding)
            if atom.fact is not None and atom.fact.is_recorded
        }
        names = sorted(shown, key=ORDER.__getitem__)
        words = [_with_day(shown[name]) for name in names]
        return ", ".join(words) or "the population of each rule"

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "edition": self.edition.id,
            "title": self.edition.title,
            "body": self.edition.body.value,
            "published_on": self.edition.published_on.isoformat(),
            "not_yet_published": self.not_yet_published,
            "rules_built": built_rules(self.edition),
            "rules_planned": self.edition.total_rules_planned,
            "coverage": self.coverage,
            "gate": self.gate.value,
            "gate_label": self.gate.label,
            "gates_closed": [gate.as_dict() for gate in self.gates.closed],
            "gates_unknown": [gate.as_dict() for gate in self.gates.unknown],
            "assumptions": list(self.assumptions),
            "headline": self.headline,
            "headline_kind": _value(self.headline_kind),
            "headline_class": _value(self.headline_class),
            "summary": self.summary,
            "strongest_decided": _value(self.strongest_decided),
            "strongest_pending": _value(self.strongest_pending),
            "either_way": _value(self.either_way),
            "either_way_needs_judgement": self.standing.either_way_needs_judgement,
            "strongest_possible": _value(self.strongest_possible),
            "pending_judgement": self.pending_judgement,
            "provisional": self.is_provisional,
            "confirm": self.needs_confirmation,
            "evidence_old": self.rests_on_old_evidence,
            "missing": list(self.missing),
            "findings": [finding.as_dict() for finding in self.findings],
        }


SHOWN_MISSING = 5


def _shown_labels(names: Sequence[str]) -> str:
    labels = ", ".join(FACTS[name].label for name in names[:SHOWN_MISSING])
    return f"{labels}, and more" if len(names) > SHOWN_MISSING else labels


NO_ADVICE = "That is not advice against an intervention."


def _looked_at(finding: Finding) -> Iterator[CriterionState]:
    """What a rule that is not met looked at; of one that does not apply, the severity."""
    if finding.verdict is Verdict.NOT_MET:
        yield from _leaves(finding.when)
    elif finding.verdict is Verdict.NOT_APPLICABLE and not finding.gate:
        for leaf in _leaves(finding.applies):
            if leaf.fact is not None and leaf.fact.name.startswith("severe_mr"):
                yield leaf


def _leaves(state: CriterionState) -> Iterator[CriterionState]:
    if not state.parts:
        yield state
    for part in state.parts:
        yield from _leaves(part)


def _with_day(fact: ShownFact) -> str:
    day = f" ({spoken(fact.on)})" if fact.on else ""
    if fact.name.startswith("severe_mr"):
        # How well it is supported belongs to it: "close below" is not the same as "not severe".
        return f"{fact.text}: {fact.reason}{day}" if fact.reason else f"{fact.text}{day}"
    says_itself = FACTS[fact.name].said_true
    return f"{fact.text}{day}" if says_itself else f"{fact.label} {fact.text}{day}"


def _value(term: Term | None) -> str | None:
    return None if term is None else term.value


NOTHING = Standing(0, 0, 0, 0)


class EditionCase:
    """One edition's timing rules before one patient's readings, real or supposed."""

    __slots__ = ("_scopes", "edition", "readings")

    def __init__(
        self, edition: Edition, readings: Readings, scopes: Mapping[Scope, _InScope] | None = None
    ) -> None:
        self.edition = edition
        self.readings = readings
        self._scopes = scopes or {
            scope: _in_scope(edition, scope, readings)
            for scope in GATES
            if timing_rules(edition, scope)
        }

    def having(self, name: str, reading: Reading) -> EditionCase:
        """The same with one fact supposed; gates that do not ask for it are not passed again."""
        readings = {**self.readings, name: reading}
        if name in OF_RATIOS:
            readings = complete_ratios(readings)
        scopes = {}
        for scope, there in self._scopes.items():
            if name in facts_of_gates(GATES[scope]):
                scopes[scope] = _in_scope(self.edition, scope, readings)
            elif there.case is not None and name in facts_of_timing(self.edition, scope):
                scopes[scope] = _InScope(there.may_not_apply, there.case.having(name, reading))
            else:
                scopes[scope] = there
        return EditionCase(self.edition, readings, scopes)

    @property
    def standing(self) -> Standing:
        """Where the edition stands, each scope behind its own gates."""
        standings = [there.standing for there in self._scopes.values()] or [NOTHING]
        strongest = max(standings, key=lambda standing: (standing.either_way, standing.possible))
        return Standing(
            decided=max(standing.decided for standing in standings),
            pending=max(standing.pending for standing in standings),
            either_way=strongest.either_way,
            possible=max(standing.possible for standing in standings),
            either_way_needs_judgement=strongest.either_way_needs_judgement,
        )


@dataclass(frozen=True, slots=True)
class _InScope:
    """The rules of one scope: no case behind a closed gate, only possible behind an unknown one."""

    may_not_apply: bool
    case: Case | None

    @property
    def standing(self) -> Standing:
        if self.case is None:
            return NOTHING
        if self.may_not_apply:
            return Standing(0, 0, 0, self.case.strongest_possible())
        return self.case.standing


def _in_scope(
    edition: Edition, scope: Scope, readings: Readings, passed: GateReport | None = None
) -> _InScope:
    gates = passed or pass_gates(GATES[scope], readings)
    if gates.is_closed:
        return _InScope(False, None)
    return _InScope(gates.is_unknown, case_of(timing_rules(edition, scope), readings))


def standing_of(
    edition: Edition, readings: Readings, gates_of: Mapping[Scope, GateReport] | None = None
) -> Standing:
    """Where the edition's timing rules stand, each scope behind its own gates.

    ``gates_of``: what the gates say of these readings, where that is known already.
    """
    if gates_of is None:
        return EditionCase(edition, readings).standing
    scopes = {
        scope: _in_scope(edition, scope, readings, gates)
        for scope, gates in gates_of.items()
        if timing_rules(edition, scope)
    }
    return EditionCase(edition, readings, scopes).standing


@cache
def timing_rules(edition: Edition, scope: Scope) -> tuple[Rule, ...]:
    """The rules of this scope that may carry the edition's headline."""
    return tuple(rule for rule in RULES[edition] if rule.is_timing and rule.scope is scope)


@cache
def facts_of_timing(edition: Edition, scope: Scope) -> tuple[str, ...]:
    """All facts that these rules may ask for, the parts of an index included."""
    asked = {name for rule in timing_rules(edition, scope) for name in rule.facts}
    for name in asked & RATIOS.keys():
        asked |= {RATIOS[name].over, RATIOS[name].under}
    return tuple(sorted(asked))


@cache
def all_timing_rules(edition: Edition) -> tuple[Rule, ...]:
    """All rules that may carry the edition's headline."""
    return tuple(rule for rule in RULES[edition] if rule.is_timing)


@lru_cache(maxsize=64)
def held_rules(edition: Edition, on: date) -> tuple[Rule, ...]:
    """The edition's rules whose documents were published by the day."""
    return tuple(rule for rule in RULES[edition] if rule.is_held(on))


@cache
def facts_of_edition(edition: Edition) -> tuple[str, ...]:
    """All facts that the edition's timing rules may ask for."""
    return tuple(sorted({name for scope in GATES for name in facts_of_timing(edition, scope)}))


def judge_edition(
    edition: Edition, known: Known, *, on: date, informed: Known | None = None
) -> EditionVerdict:
    """The edition's verdict on one patient and day.

    The timing rules are judged on ``known``. The others say how, what else and what not, and may
    ask whether an intervention is indicated: they are judged on ``informed``, which holds that.
    """
    informed = informed or known
    rules = held_rules(edition, on)
    findings = tuple(find(rule, known if rule.is_timing else informed) for rule in rules)
    return _verdict(edition, known, findings, on)


def judge_timing(edition: Edition, known: Known, *, on: date) -> EditionVerdict:
    """The same verdict with the findings of the timing rules alone."""
    rules = held_rules(edition, on)
    findings = tuple(find(rule, known) for rule in rules if rule.is_timing)
    return _verdict(edition, known, findings, on)


def _verdict(
    edition: Edition, known: Known, findings: tuple[Finding, ...], on: date
) -> EditionVerdict:
    picture, readings = known.picture, known.readings
    timing = tuple(finding for finding in findings if finding.rule.is_timing)
    standing = standing_of(edition, readings, known.gates_of)
    classes = _CLASSES[edition.body]
    kind = headline_kind(standing)
    behind = _behind_headline(timing, standing, kind)
    is_provisional = _rests_on_one_line(picture, timing, behind, kind)
    missing = _missing(timing)
    return EditionVerdict(
        edition=edition,
        findings=findings,
        gates=known.gates,
        strongest_decided=classes.get(standing.decided),
        strongest_pending=classes.get(standing.pending),
        either_way=classes.get(standing.either_way),
        strongest_possible=classes.get(standing.possible),
        headline=_headline(classes, standing, kind, behind, readings, is_provisional, missing),
        headline_kind=kind,
        headline_class=classes.get(standing.headline),
        is_provisional=is_provisional,
        needs_confirmation=bool(behind) and all(f.needs_confirmation for f in behind),
        rests_on_old_evidence=_rests_on_old(edition, known, behind, standing, kind),
        not_yet_published=on < edition.published_on,
        standing=standing,
        missing=missing,
        behind=behind,
    )


def _rests_on_old(
    edition: Edition,
    known: Known,
    behind: Sequence[Finding],
    standing: Standing,
    kind: HeadlineKind | None,
) -> bool:
    """Whether the headline would not stand on what is fresh enough to reassure alone."""
    if kind is HeadlineKind.EITHER_WAY:
        if known.fresh is known.readings:
            return False
        return standing_of(edition, known.fresh).headline < standing.headline
    return bool(behind) and all(finding.rests_on_old_evidence for finding in behind)


def headline_kind(standing: Standing) -> HeadlineKind | None:
    """How certain the headline of a standing is; ``None`` when there is none."""
    strongest = standing.headline
    if not strongest:
        return None
    if standing.decided == strongest:
        return HeadlineKind.MET
    if standing.pending == strongest:
        return HeadlineKind.PENDING_JUDGEMENT
    return HeadlineKind.EITHER_WAY


_VERDICT_BEHIND = {
    HeadlineKind.MET: Verdict.MET,
    HeadlineKind.PENDING_JUDGEMENT: Verdict.PENDING_JUDGEMENT,
}


def _behind_headline(
    findings: Sequence[Finding], standing: Standing, kind: HeadlineKind | None
) -> tuple[Finding, ...]:
    """The findings whose rules stand behind the headline; none for "either way"."""
    verdict = _VERDICT_BEHIND.get(kind) if kind else None
    return tuple(
        finding
        for finding in findings
        if finding.verdict is verdict
        and finding.rule.is_timing
        and finding.rule.strength == standing.headline
    )


def _rests_on_one_line(
    picture: ClinicalPicture,
    findings: Sequence[Finding],
    behind: Sequence[Finding],
    kind: HeadlineKind | None,
) -> bool:
    if kind is HeadlineKind.EITHER_WAY:
        facts = {name for finding in findings for name in finding.rule.facts}
        return any(name in facts and fact.is_provisional for name, fact in picture.facts.items())
    return bool(behind) and all(finding.is_provisional for finding in behind)


def _headline(
    classes: dict[int, Cor],
    standing: Standing,
    kind: HeadlineKind | None,
    behind: Sequence[Finding],
    readings: Readings,
    is_provisional: bool,
    missing: Sequence[str],
) -> str | None:
    if kind is None:
        return None
    name = classes[standing.headline].label
    text = {
        HeadlineKind.MET: name,
        HeadlineKind.PENDING_JUDGEMENT: f"{name} pending team judgement",
        HeadlineKind.EITHER_WAY: f"{name} either way",
    }[kind]
    said = behind[0].rule.message if behind else _either_way_words(standing, missing)
    if readings.get("mechanism") is Mechanism.MIXED:
        said = f"{_part_that_dominates(behind)}: {said}"
    suffix = " Provisional: if severity is confirmed." if is_provisional else ""
    if standing.possible > standing.headline:
        stronger = classes[standing.possible].label
        suffix += f" {stronger} is possible: it depends on {_shown_labels(missing)}."
    return f"{text}: {said}{suffix}"


def _part_that_dominates(behind: Sequence[Finding]) -> str:
    """Mixed mechanism: each chapter speaks under its own condition (SAFE-10)."""
    chapters = {finding.rule.chapter for finding in behind}
    if chapters == {Chapter.SECONDARY}:
        return "if the secondary part dominates"
    if Chapter.SECONDARY in chapters or not chapters:
        return "mixed mechanism, by the rules of both parts"
    return "if the primary part dominates"


def _either_way_words(standing: Standing, missing: Sequence[str]) -> str:
    labels = ", ".join(FACTS[name].label for name in missing if not FACTS[name].is_judgement)
    said = f"one rule or another of this class stands, whatever is true of: {labels}."
    judgement = " In some cases pending team judgement."
    return said + (judgement if standing.either_way_needs_judgement else "")


def _missing(findings: Sequence[Finding]) -> tuple[str, ...]:
    """What the timing rules lack; the other rules name their own."""
    names = {name for f in findings if f.rule.is_timing for name in f.missing}
    return tuple(sorted(names, key=ORDER.__getitem__))
