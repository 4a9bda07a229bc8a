"""A rule of a guideline as a value, and what it finds in one patient.

Three questions stand behind a verdict: whether the rules speak at all (scope gates), whether the
patient belongs to the rule's population (``applies``), whether its condition holds (``when``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from guidelines.criteria import Criterion, Readings
from guidelines.facts import (
    FACTS,
    ORDER,
    RATIOS,
    ClinicalPicture,
    Fact,
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
    renew them. None of these hides anything.
    """

    rule: Rule
    verdict: Verdict
    applies: CriterionState
    when: CriterionState
    missing: tuple[str, ...]
    is_provisional: bool
    needs_confirmation: bool
    rests_on_old_evidence: bool
    gate: str

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
        rule = self.rule
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
            "missing": list(self.missing),
            "missing_labels": [FACTS[name].label for name in self.missing],
            "applies": self.applies.as_dict(),
            "when": self.when.as_dict(),
        }


def judge(rule: Rule, readings: Readings) -> Verdict:
    """The verdict from the rule's own criteria, gates open."""
    applies = rule.applies.holds(readings)
    if applies is False:
        return Verdict.NOT_APPLICABLE
    when = rule.when.holds(readings)
    if applies and when is not None:
        return Verdict.MET if when else Verdict.NOT_MET
    if when is not False and _only_judgements(unsettled_of(rule, readings)):
        return Verdict.PENDING_JUDGEMENT
    return Verdict.CANNOT_TELL


def unsettled_of(rule: Rule, readings: Readings) -> frozenset[str]:
    """The facts that would decide the rule."""
    return rule.applies.unsettled(readings) | rule.when.unsettled(readings)


def _only_judgements(names: frozenset[str]) -> bool:
    return all(FACTS[name].is_judgement for name in names)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a patient, as the rules read it.

    ``noisy``: every measured number widened by its noise. ``fresh``: without what is too old to
    reassure. ``gates_of``: whether the rules of each scope may speak.
    """

    picture: ClinicalPicture
    readings: Readings
    noisy: Readings
    fresh: Readings
    gates_of: Mapping[Scope, GateReport]

    @property
    def gates(self) -> GateReport:
        """The gates before the rules for chronic regurgitation of a native valve."""
        return self.gates_of[Scope.NATIVE_CHRONIC]

    @classmethod
    def of(cls, picture: ClinicalPicture) -> Known:
        """Everything that the rules ask of this picture."""
        readings = picture.readings()
        old = [name for name, fact in picture.facts.items() if fact.too_old_to_reassure]
        return cls(
            picture=picture,
            readings=readings,
            noisy=widened_by_noise(readings),
            fresh=picture.without(*old).readings() if old else readings,
            gates_of={scope: pass_gates(gates, readings) for scope, gates in GATES.items()},
        )


def informed_by(known: Known, **facts: Fact) -> Known:
    """The same knowledge with yes/no facts that the core itself derived from it."""
    added = {name: fact.value for name, fact in facts.items() if isinstance(fact.value, bool)}
    return Known(
        picture=known.picture.having(**facts),
        readings={**known.readings, **added},
        noisy={**known.noisy, **added},
        fresh={**known.fresh, **added},
        gates_of=known.gates_of,
    )


def find(rule: Rule, known: Known) -> Finding:
    """The rule's finding, gates first."""
    picture, readings, gates = known.picture, known.readings, known.gates_of[rule.scope]
    verdict = _behind_gates(judge(rule, readings), gates)
    stands = verdict in (Verdict.MET, Verdict.PENDING_JUDGEMENT)
    decides = stands or verdict is Verdict.NOT_MET
    return Finding(
        rule=rule,
        verdict=verdict,
        applies=state_of(rule.applies, picture, readings),
        when=state_of(rule.when, picture, readings),
        missing=_missing(rule, readings, verdict, gates),
        is_provisional=stands and any(_is_provisional(picture, name) for name in rule.facts),
        needs_confirmation=decides and judge(rule, known.noisy) is not verdict,
        rests_on_old_evidence=stands and judge(rule, known.fresh) is not verdict,
        gate=gates.closed[0].message if gates.closed else "",
    )


def _behind_gates(verdict: Verdict, gates: GateReport) -> Verdict:
    if gates.is_closed:
        return Verdict.NOT_APPLICABLE
    if gates.is_unknown and verdict is not Verdict.NOT_APPLICABLE:
        return Verdict.CANNOT_TELL
    return verdict


def _missing(
    rule: Rule, readings: Readings, verdict: Verdict, gates: GateReport
) -> tuple[str, ...]:
    if verdict.is_decided:
        return ()
    own = sorted(unsettled_of(rule, readings), key=ORDER.__getitem__)
    return tuple(dict.fromkeys([*gates.missing, *own]))


def _is_provisional(picture: ClinicalPicture, name: str) -> bool:
    fact = picture.facts.get(name)
    return fact is not None and fact.is_provisional


def state_of(criterion: Criterion, picture: ClinicalPicture, readings: Readings) -> CriterionState:
    """The criterion explained with the patient's facts."""
    shown = show(criterion.fact, picture, readings) if criterion.fact else None
    parts = tuple(state_of(part, picture, readings) for part in criterion.parts)
    return CriterionState(criterion.text, criterion.holds(readings), shown, parts)


def show(name: str, picture: ClinicalPicture, readings: Readings) -> ShownFact:
    """One fact as explanations show it; an index shows the parts it was computed from."""
    definition = FACTS[name]
    computed = _computed(name, picture, readings)
    fact = computed or picture.facts.get(name) or Fact(None)
    return ShownFact(
        name=name,
        label=definition.label,
        text=definition.say(fact.value),
        unit=definition.unit,
        on=fact.on,
        source=fact.source,
        method=fact.method,
        reason=fact.reason,
        too_old_to_reassure=fact.too_old_to_reassure,
        adverse_only=fact.adverse_only,
    )


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
