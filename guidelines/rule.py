"""A rule of a guideline as a value, and what it finds in one patient.

Three questions stand behind a verdict: whether the rules speak at all (scope gates), whether the
patient belongs to the rule's population (``applies``), whether its condition holds (``when``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from guidelines.criteria import NO_FACTS, Criterion, Readings
from guidelines.facts import (
    FACTS,
    ORDER,
    RATIOS,
    ClinicalPicture,
    Fact,
    FactDefinition,
    Interval,
    widened_by_noise,
)
from guidelines.gates import GATES, GateReport, pass_gates
from guidelines.vocabulary import (
    ACC_AHA_LEVELS,
    ESC_LEVELS,
    Advice,
    Body,
    Chapter,
    Cor,
    Loe,
    Scope,
    Verdict,
    Verification,
)


@dataclass(frozen=True, slots=True)
class Edition:
    """One printed edition of a guideline; never edited, a new one is a new package."""

    id: str
    title: str
    body: Body
    published_on: date
    total_rules_planned: int
    succeeded_on: date | None = None

    def is_in_force(self, on: date) -> bool:
        """Published, and not yet succeeded by a newer edition of the same body."""
        return self.published_on <= on and (self.succeeded_on is None or on < self.succeeded_on)

    def __str__(self) -> str:
        return self.title


@dataclass(frozen=True, slots=True)
class Document:
    """A companion guideline of the same body from which single rules of an edition are taken."""

    title: str
    published_on: date


@dataclass(frozen=True, slots=True)
class Source:
    """The row of the rule tables a rule was built from, and how far that row was checked.

    ``document``: the companion guideline that prints it, when it is not the edition itself.
    """

    row: str
    verification: Verification
    document: Document | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One recommendation. Class and level must be of its own body's alphabet.

    ``cor`` and ``loe`` are ``None`` when the guideline prints the advice as text, without a class.
    ``is_timing``: it says whether to intervene on the mitral valve, so it may carry the headline
    of its edition; the others say how, what else, or what not. ``superseded_by`` names a newer row
    of the same body; both are shown.
    """

    id: str
    edition: Edition
    section: str
    cor: Cor | None
    loe: Loe | None
    source: Source
    applies: Criterion
    when: Criterion
    advice: Advice
    message: str
    chapter: Chapter = Chapter.PRIMARY
    scope: Scope = Scope.NATIVE_CHRONIC
    is_timing: bool = False
    superseded_by: str = ""

    def __post_init__(self) -> None:
        levels = ESC_LEVELS if self.edition.body is Body.ESC_EACTS else ACC_AHA_LEVELS
        if self.cor is None or self.edition.body is Body.LOCAL:
            is_sound = self.cor is None and self.loe is None
        else:
            is_sound = self.cor.body is self.edition.body and self.loe in (*levels, None)
        if not is_sound:
            raise ValueError(f"{self.id}: {self.cor} {self.loe} is not {self.edition}'s alphabet")

    @property
    def facts(self) -> frozenset[str]:
        """Names of all facts it may ask for."""
        return self.applies.facts | self.when.facts

    @property
    def strength(self) -> int:
        """3 for class 1 or I, 2 for 2a or IIa, 1 for 2b or IIb, 0 for 3, III or no class."""
        return 0 if self.cor is None else self.cor.strength

    @property
    def is_against(self) -> bool:
        """A class 3 or III: it speaks against what its advice names."""
        return self.cor is not None and self.cor.strength == 0

    @property
    def class_label(self) -> str:
        """The class in words; "no class printed" for advice in the text of a guideline."""
        return "No class printed" if self.cor is None else self.cor.label

    @property
    def level_label(self) -> str:
        """The level of evidence in words; empty when none is printed."""
        return "" if self.loe is None else self.loe.label

    def is_held(self, on: date) -> bool:
        """Whether the document that prints it was published by the day."""
        document = self.source.document
        published = self.edition.published_on if document is None else document.published_on
        return published <= on


@dataclass(frozen=True, slots=True)
class ShownFact:
    """One fact as an explanation shows it: value with unit, date, source, method, age note."""

    name: str
    label: str
    text: str
    unit: str
    on: date | None
    source: str
    method: str
    reason: str
    too_old_to_reassure: bool
    adverse_only: str

    @property
    def is_recorded(self) -> bool:
        """Whether there is a value at all."""
        return self.text != "not recorded"

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "name": self.name,
            "label": self.label,
            "text": self.text,
            "unit": self.unit,
            "on": self.on.isoformat() if self.on else None,
            "source": self.source,
            "method": self.method,
            "reason": self.reason,
            "too_old_to_reassure": self.too_old_to_reassure,
            "adverse_only": self.adverse_only,
            "is_recorded": self.is_recorded,
        }


@dataclass(frozen=True, slots=True)
class CriterionState:
    """A criterion, whether it holds, and what it rests on; a tree like the criterion itself."""

    text: str
    holds: bool | None
    fact: ShownFact | None
    parts: tuple[CriterionState, ...]

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "text": self.text,
            "holds": self.holds,
            "fact": self.fact.as_dict() if self.fact else None,
            "parts": [part.as_dict() for part in self.parts],
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule finds in one patient.

    ``missing`` names the facts that would decide it. ``is_provisional``: it rests on a severity
    from one line of evidence. ``needs_confirmation``: within measurement error of a limit, the
    other verdict is possible. ``rests_on_old_evidence``: it stands, on facts too old to reassure;
    renew them. None of these hides anything. ``applies`` and ``when`` explain it; most findings
    are never opened, so they are built when they are read.
    """

    rule: Rule
    verdict: Verdict
    is_provisional: bool
    needs_confirmation: bool
    rests_on_old_evidence: bool
    gate: str
    known: Known = field(repr=False)

    @property
    def applies(self) -> CriterionState:
        """The population, explained with the patient's facts."""
        return self.known.state_of(self.rule.applies)

    @property
    def when(self) -> CriterionState:
        """The condition, explained with the patient's facts."""
        return self.known.state_of(self.rule.when)

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that would decide it, those of the gates first; empty when it is decided."""
        return () if self.verdict.is_decided else self.known.missing_for(self.rule)

    @property
    def pending_judgement(self) -> bool:
        """All facts of the disease hold and only the team's judgement is not given yet."""
        return self.verdict is Verdict.PENDING_JUDGEMENT

    @property
    def status(self) -> str:
        """The verdict in words, with its flags."""
        if self.pending_judgement:
            text = f"{self.rule.class_label} pending team judgement"
        else:
            text = self.verdict.label
        if self.is_provisional:
            text += ", provisional (if severity is confirmed)"
        if self.needs_confirmation:
            text += ", confirm (within measurement error of a limit)"
        if self.rests_on_old_evidence:
            text += ", evidence old: renew"
        return text

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        rule, missing = self.rule, self.missing
        return {
            "rule": rule.id,
            "row": rule.source.row,
            "verification": rule.source.verification.value,
            "verification_label": rule.source.verification.label,
            "edition": rule.edition.id,
            "section": rule.section,
            "chapter": rule.chapter.value,
            "cor": rule.cor.value if rule.cor else None,
            "cor_label": rule.class_label,
            "loe": rule.loe.value if rule.loe else None,
            "loe_label": rule.level_label,
            "is_timing": rule.is_timing,
            "superseded_by": rule.superseded_by,
            "document": rule.source.document.title if rule.source.document else "",
            "advice": rule.advice.value,
            "advice_label": rule.advice.label,
            "message": rule.message,
            "verdict": self.verdict.value,
            "verdict_label": self.verdict.label,
            "status": self.status,
            "pending_judgement": self.pending_judgement,
            "provisional": self.is_provisional,
            "confirm": self.needs_confirmation,
            "evidence_old": self.rests_on_old_evidence,
            "gate": self.gate,
            "missing": list(missing),
            "missing_labels": [FACTS[name].label for name in missing],
            "applies": self.applies.as_dict(),
            "when": self.when.as_dict(),
        }


def judge(rule: Rule, readings: Readings) -> Verdict:
    """The verdict from the rule's own criteria, gates open."""
    return judge_asking(rule, readings)[0]


def judge_asking(rule: Rule, readings: Readings) -> tuple[Verdict, frozenset[str]]:
    """The verdict, and where it is not decided the facts that would decide it."""
    applies = rule.applies.ask(readings)
    if applies is False:
        return Verdict.NOT_APPLICABLE, NO_FACTS
    when = rule.when.ask(readings)
    if applies is True and isinstance(when, bool):
        return (Verdict.MET if when else Verdict.NOT_MET), NO_FACTS
    asked = NO_FACTS.union(*(said for said in (applies, when) if not isinstance(said, bool)))
    if when is not False and _only_judgements(asked):
        return Verdict.PENDING_JUDGEMENT, asked
    return Verdict.CANNOT_TELL, asked


def unsettled_of(rule: Rule, readings: Readings) -> frozenset[str]:
    """The facts that would decide the rule."""
    return rule.applies.unsettled(readings) | rule.when.unsettled(readings)


def _only_judgements(names: frozenset[str]) -> bool:
    return names <= JUDGEMENTS


JUDGEMENTS = frozenset(name for name, definition in FACTS.items() if definition.is_judgement)
Judge = Callable[[Rule, Readings], Verdict]
_STANDS = (Verdict.MET, Verdict.PENDING_JUDGEMENT)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a patient, as the rules read it.

    ``noisy``: every measured number widened by its noise. ``fresh``: without what is too old to
    reassure. ``gates_of``: whether the rules of each scope may speak. ``judged``: how a rule is
    judged from readings, gates open; a faster way may stand in for ``judge``.
    """

    picture: ClinicalPicture
    readings: Readings
    noisy: Readings
    fresh: Readings
    gates_of: Mapping[Scope, GateReport]
    judged: Judge = field(default=judge, compare=False, repr=False)
    # What was explained before: many rules share facts and criteria.
    _shown: dict[str, ShownFact] = field(default_factory=dict, compare=False, repr=False)
    _states: dict[Criterion, CriterionState] = field(
        default_factory=dict, compare=False, repr=False
    )
    _missing: dict[Rule, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    _asked: dict[Criterion, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def gates(self) -> GateReport:
        """The gates before the rules for chronic regurgitation of a native valve."""
        return self.gates_of[Scope.NATIVE_CHRONIC]

    @classmethod
    def of(cls, picture: ClinicalPicture, judged: Judge = judge) -> Known:
        """Everything that the rules ask of this picture."""
        readings = picture.readings()
        old = [name for name, fact in picture.facts.items() if fact.too_old_to_reassure]
        return cls(
            picture=picture,
            readings=readings,
            noisy=widened_by_noise(readings),
            fresh=picture.readings_without(*old) if old else readings,
            gates_of={scope: pass_gates(gates, readings) for scope, gates in GATES.items()},
            judged=judged,
        )

    def state_of(self, criterion: Criterion) -> CriterionState:
        """The criterion explained with the patient's facts."""
        state = self._states.get(criterion)
        if state is None:
            fact = self.shown(criterion.fact) if criterion.fact else None
            parts = tuple(self.state_of(part) for part in criterion.parts)
            holds = criterion.holds(self.readings)
            state = self._states[criterion] = CriterionState(criterion.text, holds, fact, parts)
        return state

    def shown(self, name: str) -> ShownFact:
        """One fact as explanations show it."""
        shown = self._shown.get(name)
        if shown is None:
            shown = self._shown[name] = show(name, self.picture, self.readings)
        return shown

    def missing_for(self, rule: Rule) -> tuple[str, ...]:
        """The facts that would open or close the rule's gates, and those that would decide it."""
        missing = self._missing.get(rule)
        if missing is None:
            asked = self._unsettled(rule.applies) | self._unsettled(rule.when)
            own = sorted(asked, key=ORDER.__getitem__)
            names = [*self.gates_of[rule.scope].missing, *own]
            missing = self._missing[rule] = tuple(dict.fromkeys(names))
        return missing

    def _unsettled(self, criterion: Criterion) -> frozenset[str]:
        asked = self._asked.get(criterion)
        if asked is None:
            asked = self._asked[criterion] = criterion.unsettled(self.readings)
        return asked


def informed_by(known: Known, **facts: Fact) -> Known:
    """The same knowledge with yes/no facts that the core itself derived from it."""
    added = {name: fact.value for name, fact in facts.items() if isinstance(fact.value, bool)}
    return Known(
        picture=known.picture.having(**facts),
        readings={**known.readings, **added},
        noisy={**known.noisy, **added},
        fresh={**known.fresh, **added},
        gates_of=known.gates_of,
        judged=known.judged,
    )


def find(rule: Rule, known: Known) -> Finding:
    """The rule's finding, gates first."""
    gates, judged = known.gates_of[rule.scope], known.judged
    if gates.closed:
        return _not_applicable(rule, known, gates.closed[0].message)
    verdict = judged(rule, known.readings)
    if verdict is Verdict.NOT_APPLICABLE:
        return _not_applicable(rule, known)
    if gates.unknown:
        verdict = Verdict.CANNOT_TELL
    stands = verdict in _STANDS
    decides = stands or verdict is Verdict.NOT_MET
    return Finding(
        rule=rule,
        verdict=verdict,
        is_provisional=stands and any(_is_provisional(known.picture, n) for n in rule.facts),
        needs_confirmation=decides and judged(rule, known.noisy) is not verdict,
        rests_on_old_evidence=stands and judged(rule, known.fresh) is not verdict,
        gate="",
        known=known,
    )


def _not_applicable(rule: Rule, known: Known, gate: str = "") -> Finding:
    return Finding(rule, Verdict.NOT_APPLICABLE, False, False, False, gate, known)


def _is_provisional(picture: ClinicalPicture, name: str) -> bool:
    fact = picture.facts.get(name)
    return fact is not None and fact.is_provisional


def show(name: str, picture: ClinicalPicture, readings: Readings) -> ShownFact:
    """One fact as explanations show it; an index shows the parts it was computed from."""
    definition = FACTS[name]
    computed = _computed(name, picture, readings)
    fact = computed or picture.facts.get(name) or Fact(None)
    text = _words_of(definition, fact)
    return ShownFact(
        name=name,
        label=definition.label,
        text=text,
        unit=definition.unit,
        on=fact.on,
        source=fact.source,
        method=fact.method,
        reason="" if text == fact.reason else fact.reason,
        too_old_to_reassure=fact.too_old_to_reassure,
        adverse_only=fact.adverse_only,
    )


def _words_of(definition: FactDefinition, fact: Fact) -> str:
    """The value in words; of a derived fact without a value, why there is none."""
    is_unsettled = fact.value is None and definition.is_derived and fact.reason
    return fact.reason if is_unsettled else definition.say(fact.value)


def _computed(name: str, picture: ClinicalPicture, readings: Readings) -> Fact | None:
    ratio, value = RATIOS.get(name), readings.get(name)
    if ratio is None or not isinstance(value, Interval):
        return None
    over, under = picture.facts.get(ratio.over), picture.facts.get(ratio.under)
    if over is None or under is None:
        return None
    words = [f"{FACTS[p].label} {FACTS[p].say(f.value)}"
             for p, f in ((ratio.over, over), (ratio.under, under))]  # fmt: skip
    shown = value.low if value.is_point and value.low is not None else value
    return Fact(
        shown,
        on=over.on,
        source=over.source,
        method=under.method,
        reason=f"computed from {words[0]} and {words[1]}",
        too_old_to_reassure=over.too_old_to_reassure or under.too_old_to_reassure,
    )
