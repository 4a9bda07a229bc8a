"""What is missing: the facts that could change the outcome, and what each would decide.

For each fact the edition is judged anew for every part of its possible values, so the words
("40 mm or more: Class 1") come from the rules and from nowhere else. Ordered by how far a fact
could move the outcome.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from guidelines.completions import Part, Standing, in_words, parts_of
from guidelines.criteria import Readings
from guidelines.editions import (
    EditionCase,
    EditionVerdict,
    all_timing_rules,
    class_of,
)
from guidelines.facts import FACTS, ORDER
from guidelines.gates import GATES, pass_gates
from guidelines.rule import Edition
from guidelines.severity import (
    EROA_BANDS,
    FRACTION_BANDS,
    SEVERE_BIPLANE_VENA_CONTRACTA,
    SEVERE_VENA_CONTRACTA,
    SEVERE_VENA_CONTRACTA_AREA,
    VOLUME_BANDS,
    Severity,
)
from guidelines.vocabulary import GradeResult, Scope, Term

SEVERE_FROM: Mapping[str, Decimal] = {
    "eroa_mm2": EROA_BANDS[-1],
    "regurgitant_volume_ml": VOLUME_BANDS[-1],
    "regurgitant_fraction_percent": FRACTION_BANDS[-1],
    "cmr_regurgitant_volume_ml": VOLUME_BANDS[-1],
    "cmr_regurgitant_fraction_percent": FRACTION_BANDS[-1],
    "vena_contracta_mm": SEVERE_VENA_CONTRACTA,
    "vena_contracta_biplane_mm": SEVERE_BIPLANE_VENA_CONTRACTA,
    "vena_contracta_area_mm2": SEVERE_VENA_CONTRACTA_AREA,
}
SEVERITY_FACTS = ("severe_mr_acc_aha", "severe_mr_esc_eacts")


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that could change the outcome, with what it would decide, by edition.

    ``is_judgement``: the team's to give, not to measure. ``reach`` orders the list: how strong a
    headline it could bring about by itself.
    """

    name: str
    label: str
    unit: str
    text: str
    by_edition: tuple[tuple[str, str], ...]
    is_judgement: bool
    for_grade: bool
    reach: int

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "name": self.name,
            "label": self.label,
            "unit": self.unit,
            "text": self.text,
            "by_edition": dict(self.by_edition),
            "is_judgement": self.is_judgement,
            "for_grade": self.for_grade,
        }


@dataclass(frozen=True, slots=True)
class _Effect:
    text: str
    reach: int


def missing_facts(
    verdicts: Sequence[EditionVerdict],
    severities: Sequence[Severity],
    grade: Severity,
    readings: Readings,
) -> tuple[MissingFact, ...]:
    """Every fact that could change the grade or an edition's outcome, the furthest first."""
    effects: dict[str, dict[str, _Effect]] = {}
    for verdict, severity in zip(verdicts, severities, strict=True):
        for name, effect in _of_edition(verdict, severity, readings).items():
            effects.setdefault(name, {})[verdict.edition.title] = effect
    for name in grade.missing:
        effects.setdefault(name, {})
    facts = [_missing_fact(name, by_edition, grade) for name, by_edition in effects.items()]
    return tuple(sorted(facts, key=lambda fact: (-fact.reach, ORDER[fact.name])))


def missing_names(
    verdicts: Sequence[EditionVerdict], severities: Sequence[Severity], grade: Severity
) -> tuple[str, ...]:
    """The names of the same facts, in the catalogue's order, without what each would decide."""
    names = set(grade.missing)
    for verdict, severity in zip(verdicts, severities, strict=True):
        names |= missing_of(verdict, severity)
    return tuple(sorted(names, key=ORDER.__getitem__))


def missing_of(verdict: EditionVerdict, severity: Severity) -> set[str]:
    """The names of the facts that could change what one edition says, its severity's included."""
    names: set[str] = set()
    if verdict.standing.decided != verdict.standing.possible:
        names |= set(verdict.missing) - set(SEVERITY_FACTS)
    if verdict.is_provisional or set(verdict.missing) & set(SEVERITY_FACTS):
        names |= set(severity.missing)
    return names


def _missing_fact(name: str, effects: Mapping[str, _Effect], grade: Severity) -> MissingFact:
    definition = FACTS[name]
    texts = {title: effect.text for title, effect in effects.items() if effect.text}
    for_grade = name in grade.missing
    said = [_for_grade(name, grade)] if for_grade else []
    if len(set(texts.values())) == 1 and len(texts) == len(effects):
        said += [next(iter(texts.values()))]
    else:
        said += [f"{title}: {text}" for title, text in texts.items()]
    return MissingFact(
        name=name,
        label=definition.label,
        unit=definition.unit,
        text=". ".join(said),
        by_edition=tuple(texts.items()),
        is_judgement=definition.is_judgement,
        for_grade=for_grade,
        reach=max((effect.reach for effect in effects.values()), default=0),
    )


def _for_grade(name: str, grade: Severity) -> str:
    limit = SEVERE_FROM.get(name)
    if limit is not None:
        line = "A line" if grade.result is not GradeResult.SEVERE else "A second line"
        return f"{line} of evidence; {FACTS[name].say(limit)} or more counts as severe"
    return "Needed to grade the regurgitation"


def _of_edition(
    verdict: EditionVerdict, severity: Severity, readings: Readings
) -> dict[str, _Effect]:
    effects: dict[str, _Effect] = {}
    reach = _reach(verdict.standing) if verdict.is_provisional else 0
    standing = verdict.standing
    is_settled = standing.decided == standing.possible
    case = EditionCase(verdict.edition, readings)
    for name in () if is_settled and not reach else verdict.missing:
        effect = _effect_of(case, name)
        if name in SEVERITY_FACTS:
            reach = max(reach, effect.reach)
        elif not is_settled:
            effects[name] = effect
    if reach:
        effects = {**{name: _Effect("", reach) for name in severity.missing}, **effects}
    return effects


def _effect_of(case: EditionCase, name: str) -> _Effect:
    """What each part of the fact's possible values would make of the edition's outcome."""
    outcomes: list[tuple[list[Part], Standing, str]] = []
    for part in parts_of(all_timing_rules(case.edition), case.readings, name):
        standing, words = _outcome(case.having(name, part.value))
        if outcomes and outcomes[-1][2] == words and not isinstance(part.value, Term):
            outcomes[-1][0].append(part)
        else:
            outcomes.append(([part], standing, words))
    outcomes = _joined(outcomes)
    reach = max(_reach(standing) for _, standing, _ in outcomes)
    if len(outcomes) == 1 and outcomes[0][1].headline:
        return _Effect(f"{outcomes[0][2]} whichever it is", 0)
    if len(outcomes) == 1:
        return _Effect("Decides only together with other missing facts", reach)
    said = sorted(outcomes, key=lambda outcome: -_reach(outcome[1]))
    return _Effect("; ".join(f"{in_words(name, run)}: {words}" for run, _, words in said), reach)


def _joined(
    outcomes: Sequence[tuple[list[Part], Standing, str]],
) -> list[tuple[list[Part], Standing, str]]:
    """Terms of the same outcome are named together, whatever their order."""
    joined: list[tuple[list[Part], Standing, str]] = []
    for run, standing, words in outcomes:
        alike = [o for o in joined if o[2] == words and isinstance(run[0].value, Term)]
        if alike:
            alike[0][0].extend(run)
        else:
            joined.append((run, standing, words))
    return joined


def _outcome(case: EditionCase) -> tuple[Standing, str]:
    standing = case.standing
    is_closed = pass_gates(GATES[Scope.NATIVE_CHRONIC], case.readings).is_closed
    return standing, _words(case.edition, standing, is_closed=is_closed)


def _words(edition: Edition, standing: Standing, *, is_closed: bool) -> str:
    if is_closed and not (standing.headline or standing.possible):
        return "these rules do not apply"
    certain = _class_name(edition, standing.headline)
    possible = _class_name(edition, standing.possible)
    if not possible:
        return "no rule met"
    if not certain:
        return f"{possible} possible"
    if standing.decided == standing.headline:
        words = certain
    elif standing.pending == standing.headline:
        words = f"{certain} pending team judgement"
    else:
        words = f"{certain} either way"
    return f"{words}, {possible} possible" if standing.possible > standing.headline else words


def _class_name(edition: Edition, strength: int) -> str:
    cor = class_of(edition, strength)
    return "" if cor is None else cor.label


def _reach(standing: Standing) -> int:
    """How strong an outcome is: certain before merely possible."""
    certain = standing.headline
    return 10 * certain + (standing.decided == certain) if certain else standing.possible
