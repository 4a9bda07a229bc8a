"""The parts of a fact's possible values in which every rule answers alike.

An unknown fact is split at the limits that the rules name, and each part is represented by one
value; so a search over possible values is finite, and the words for each part ("40 mm or more")
come from the rules and from nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from guidelines.criteria import Criterion, Readings, limits_of, terms_of
from guidelines.facts import (
    FACTS,
    RATIOS,
    FactDefinition,
    Interval,
    Number,
    Reading,
    plain,
)
from guidelines.gates import GATES
from guidelines.rule import Rule
from guidelines.vocabulary import Term


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a fact's possible values in which every rule answers alike.

    ``low`` and ``high`` are the limits around it, both the same for the limit's own value; a yes,
    a no or a term has none.
    """

    value: Reading
    low: Decimal | None = None
    high: Decimal | None = None
    words: str = ""

    @property
    def is_limit(self) -> bool:
        """Whether it is the limit's own value."""
        return self.low is not None and self.low == self.high


def parts_of(rules: Sequence[Rule], readings: Readings, name: str) -> list[Part]:
    """The parts into which the rules' limits split the fact's possible values, low to high."""
    definition = FACTS[name]
    if definition.kind is bool:
        return [Part(value, words=definition.say(value)) for value in (True, False)]
    if issubclass(definition.kind, Term):
        return _term_parts(definition, _named_terms(tuple(rules)))
    now = readings.get(name)
    possible = now if isinstance(now, Interval) else POSITIVE
    return _number_parts(possible, split_limits(tuple(rules), readings, name))


def _term_parts(definition: FactDefinition, named: frozenset[Term]) -> list[Part]:
    """Each term that a rule or gate names, and one for all the others."""
    kind = definition.kind
    terms = [t for t in kind if t not in definition.unknown_terms] if issubclass(kind, Term) else []
    parts = [Part(term, words=term.label) for term in terms if term in named]
    others = [term for term in terms if term not in named]
    if not others:
        return parts
    few = len(others) <= FEW_TERMS
    words = " or ".join(term.label for term in others) if few else "any other"
    return [*parts, Part(others[0], words=words)]


FEW_TERMS = 4
POSITIVE = Interval(Decimal(0), None, low_open=True)


def _number_parts(possible: Interval, limits: Sequence[Decimal]) -> list[Part]:
    edges: list[Decimal | None] = [None, *limits, None]
    parts = []
    for low, high in pairwise(edges):
        inside = _inside(possible, low, high)
        if inside is not None:
            parts.append(Part(Interval.point(inside), low, high))
        if high is not None and possible.contains(high):
            parts.append(Part(Interval.point(high), high, high))
    return parts


@lru_cache(maxsize=4096)
def _criteria(rules: tuple[Rule, ...]) -> tuple[Criterion, ...]:
    """The criteria of the rules and of the gates before them."""
    of_rules = [criterion for rule in rules for criterion in (rule.applies, rule.when)]
    gates = {gate for rule in rules for gate in GATES[rule.scope]}
    of_gates = [c for g in gates for c in (g.closes_when, g.asks_when, g.only_when) if c]
    return (*of_rules, *of_gates)


@lru_cache(maxsize=4096)
def _limits(rules: tuple[Rule, ...]) -> Mapping[str, frozenset[Decimal]]:
    return limits_of(_criteria(rules))


@lru_cache(maxsize=4096)
def _named_terms(rules: tuple[Rule, ...]) -> frozenset[Term]:
    return terms_of(_criteria(rules))


def split_limits(rules: tuple[Rule, ...], readings: Readings, name: str) -> list[Decimal]:
    """The limits that split a number, those of an index carried over to its parts, in order."""
    limits = _limits(rules)
    found = set(limits.get(name, ()))
    for index, ratio in RATIOS.items():
        for limit in limits.get(index, ()):
            if name == ratio.over:
                found |= {limit * end for end in _ends(readings, ratio.under)}
            if name == ratio.under:
                found |= {end / limit for end in _ends(readings, ratio.over)}
    return sorted(found)


def _ends(readings: Readings, name: str) -> list[Decimal]:
    reading = readings.get(name)
    ends = (reading.low, reading.high) if isinstance(reading, Interval) else ()
    return [_exact(end) for end in ends if end is not None and end > 0]


def _exact(value: Number) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def _inside(possible: Interval, low: Decimal | None, high: Decimal | None) -> Decimal | None:
    """A value of the interval strictly between two limits, or ``None`` when there is none."""
    start = max((_exact(e) for e in (low, possible.low) if e is not None), default=None)
    end = min((_exact(e) for e in (high, possible.high) if e is not None), default=None)
    value = _amid(start, end)
    outside = (low is not None and value <= low) or (high is not None and value >= high)
    return None if outside or not possible.contains(value) else value


def _amid(start: Decimal | None, end: Decimal | None) -> Decimal:
    if start is not None and end is not None:
        return (start + end) / 2
    if start is not None:
        return start + 1
    return end / 2 if end is not None else Decimal(1)


def in_words(name: str, run: Sequence[Part]) -> str:
    """Neighbouring parts in words: "40 mm or more", "less than 40 mm"."""
    definition = FACTS[name]
    if definition.kind is not Decimal:
        return " or ".join(part.words for part in run)
    first, last = run[0], run[-1]
    if first.is_limit and last is first:
        return definition.say(first.low)
    if last.high is None:
        start = definition.say(first.low)
        return f"{start} or more" if first.is_limit else f"more than {start}"
    if first.low is None:
        end = definition.say(last.high)
        return f"{end} or less" if last.is_limit else f"less than {end}"
    start = f"{plain(first.low)} or more" if first.is_limit else f"more than {plain(first.low)}"
    end = definition.say(last.high)
    return f"{start}, {'at most' if last.is_limit else 'less than'} {end}"
