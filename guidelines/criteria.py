"""Three-valued criteria: true, false, or unknown (``None``), by Kleene's tables.

A criterion is a value built once, at import, where a misspelt fact or a limit of the wrong kind
fails. It answers from readings (see ``facts``), prints itself, names the facts it rests on and
those that would decide it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property

from guidelines.facts import RATIOS, Interval, Reading, definition_of, plain
from guidelines.vocabulary import Term

Readings = Mapping[str, Reading]
NO_FACTS: frozenset[str] = frozenset()


class Criterion(ABC):
    """A question about a patient with the answers yes, no and unknown."""

    parts: tuple[Criterion, ...] = ()
    fact: str = ""

    @abstractmethod
    def holds(self, readings: Readings) -> bool | None:
        """True, false, or ``None`` when the known facts do not decide it."""

    @abstractmethod
    def __str__(self) -> str:
        """The criterion in words and signs, as page, file and documentation print it."""

    @cached_property
    def text(self) -> str:
        """The printed criterion, made once."""
        return str(self)

    @cached_property
    def facts(self) -> frozenset[str]:
        """Names of all facts it may ask for."""
        own = frozenset({self.fact}) if self.fact else frozenset[str]()
        return own.union(*(part.facts for part in self.parts))

    def atoms(self) -> Sequence[Criterion]:
        """The criteria on single facts that it is built of."""
        return [self] if self.fact else [atom for part in self.parts for atom in part.atoms()]

    def ask(self, readings: Readings) -> bool | frozenset[str]:
        """The answer, or the facts that would decide it where the known ones do not."""
        held = self.holds(readings)
        if held is not None:
            return held
        return NO_FACTS.union(*(part.unsettled(readings) for part in self.parts))

    def unsettled(self, readings: Readings) -> frozenset[str]:
        """The facts that would decide it; empty when it is decided."""
        said = self.ask(readings)
        return NO_FACTS if isinstance(said, bool) else said


class _OfOneFact(Criterion):
    """A criterion on one fact of the catalogue."""

    def __init__(self, fact: str) -> None:
        self.definition = definition_of(fact)
        self.fact = fact
        self.itself = frozenset({fact})

    def ask(self, readings: Readings) -> bool | frozenset[str]:
        held = self.holds(readings)
        if held is not None:
            return held
        ratio = RATIOS.get(self.fact)
        if ratio is None:
            return self.itself
        return frozenset(p for p in (ratio.over, ratio.under) if not _is_exact(readings.get(p)))


def _is_exact(reading: Reading | None) -> bool:
    return isinstance(reading, Interval) and reading.is_point


class _Limit(_OfOneFact):
    """A number against a limit."""

    sign = ""

    def __init__(self, fact: str, limit: Decimal) -> None:
        super().__init__(fact)
        if self.definition.kind is not Decimal or not isinstance(limit, Decimal):
            raise TypeError(f"{fact} is compared with {limit!r}")
        self.limit = limit

    def __str__(self) -> str:
        limit = f"{plain(self.limit)} {self.definition.unit}".rstrip()
        return f"{self.definition.label} {self.sign} {limit}"

    def holds(self, readings: Readings) -> bool | None:
        value = readings.get(self.fact)
        return self._compare(value) if isinstance(value, Interval) else None

    @abstractmethod
    def _compare(self, value: Interval) -> bool | None:
        """True or false only when the whole interval agrees."""


class _AtLeast(_Limit):
    sign = "≥"

    def _compare(self, value: Interval) -> bool | None:
        return True if value.is_at_least(self.limit) else _false_or_unknown(
            value.is_below(self.limit)
        )  # fmt: skip


class _Above(_Limit):
    sign = ">"

    def _compare(self, value: Interval) -> bool | None:
        return True if value.is_above(self.limit) else _false_or_unknown(
            value.is_at_most(self.limit)
        )  # fmt: skip


class _AtMost(_Limit):
    sign = "≤"

    def _compare(self, value: Interval) -> bool | None:
        return True if value.is_at_most(self.limit) else _false_or_unknown(
            value.is_above(self.limit)
        )  # fmt: skip


class _Below(_Limit):
    sign = "<"

    def _compare(self, value: Interval) -> bool | None:
        return True if value.is_below(self.limit) else _false_or_unknown(
            value.is_at_least(self.limit)
        )  # fmt: skip


def _false_or_unknown(is_false: bool) -> bool | None:
    return False if is_false else None


class _OneOf(_OfOneFact):
    """A yes/no fact or a term against one or several values."""

    def __init__(self, fact: str, values: Sequence[bool | Term]) -> None:
        super().__init__(fact)
        if not values or not all(isinstance(value, self.definition.kind) for value in values):
            raise TypeError(f"{fact} is compared with {values!r}")
        self.values = tuple(values)

    def __str__(self) -> str:
        words = " or ".join(self.definition.say(value) for value in self.values)
        return words if self.definition.said_true else f"{self.definition.label}: {words}"

    def holds(self, readings: Readings) -> bool | None:
        value = readings.get(self.fact)
        return None if value is None else value in self.values


class _AllOf(Criterion):
    def __init__(self, parts: Sequence[Criterion]) -> None:
        self.parts = _at_least_one(parts)

    def __str__(self) -> str:
        return " and ".join(_in_brackets(part) for part in self.parts)

    def holds(self, readings: Readings) -> bool | None:
        answer: bool | None = True
        for part in self.parts:
            held = part.holds(readings)
            if held is False:
                return False
            if held is None:
                answer = None
        return answer

    def ask(self, readings: Readings) -> bool | frozenset[str]:
        asked = []
        for part in self.parts:
            said = part.ask(readings)
            if said is False:
                return False
            if said is not True:
                asked.append(said)
        return NO_FACTS.union(*asked) if asked else True


class _AtLeastNOf(Criterion):
    def __init__(self, needed: int, parts: Sequence[Criterion]) -> None:
        self.parts = _at_least_one(parts)
        if not 1 <= needed <= len(self.parts):
            raise ValueError(f"{needed} of {len(self.parts)} criteria")
        self.needed = needed

    def __str__(self) -> str:
        if self.needed == 1:
            return " or ".join(_in_brackets(part) for part in self.parts)
        listed = "; ".join(str(part) for part in self.parts)
        return f"at least {self.needed} of: {listed}"

    def holds(self, readings: Readings) -> bool | None:
        met = unknown = 0
        for part in self.parts:
            held = part.holds(readings)
            met += held is True
            unknown += held is None
            if met >= self.needed:
                return True
        return None if met + unknown >= self.needed else False

    def ask(self, readings: Readings) -> bool | frozenset[str]:
        met, asked = 0, []
        for part in self.parts:
            said = part.ask(readings)
            if said is True:
                met += 1
                if met >= self.needed:
                    return True
            elif said is not False:
                asked.append(said)
        return NO_FACTS.union(*asked) if met + len(asked) >= self.needed else False


class _EitherMeasured(Criterion):
    """Two measures of one thing, of which one is enough: what is measured decides (safety D3)."""

    def __init__(self, parts: Sequence[Criterion]) -> None:
        self.parts = _at_least_one(parts)

    def __str__(self) -> str:
        words = " or ".join(_in_brackets(part) for part in self.parts)
        return f"{words} (where only one is measured, it decides)"

    def holds(self, readings: Readings) -> bool | None:
        held = [part.holds(readings) for part in self.parts if part.facts & readings.keys()]
        if True in held:
            return True
        return False if held and None not in held else None


class _Negation(Criterion):
    def __init__(self, part: Criterion) -> None:
        self.parts = (part,)

    def __str__(self) -> str:
        return f"not ({self.parts[0]})"

    def holds(self, readings: Readings) -> bool | None:
        held = self.parts[0].holds(readings)
        return None if held is None else not held

    def ask(self, readings: Readings) -> bool | frozenset[str]:
        said = self.parts[0].ask(readings)
        return not said if isinstance(said, bool) else said


def _at_least_one(parts: Sequence[Criterion]) -> tuple[Criterion, ...]:
    if not parts:
        raise ValueError("a criterion of no criteria")
    return tuple(parts)


def _in_brackets(part: Criterion) -> str:
    return f"({part})" if len(part.parts) > 1 else str(part)


def at_least(fact: str, limit: Decimal) -> Criterion:
    """The fact is greater than or equal to the limit."""
    return _AtLeast(fact, limit)


def at_most(fact: str, limit: Decimal) -> Criterion:
    """The fact is less than or equal to the limit."""
    return _AtMost(fact, limit)


def above(fact: str, limit: Decimal) -> Criterion:
    """The fact is greater than the limit."""
    return _Above(fact, limit)


def below(fact: str, limit: Decimal) -> Criterion:
    """The fact is less than the limit."""
    return _Below(fact, limit)


def equals(fact: str, value: bool | Term) -> Criterion:
    """The yes/no fact or term has this value."""
    return _OneOf(fact, (value,))


def one_of(fact: str, *values: Term) -> Criterion:
    """The term is one of these."""
    return _OneOf(fact, values)


def all_of(*parts: Criterion) -> Criterion:
    """True when all are; false as soon as one is, whatever is missing."""
    return _AllOf(parts)


def any_of(*parts: Criterion) -> Criterion:
    """True as soon as one is, whatever is missing; false when all are."""
    return _AtLeastNOf(1, parts)


def at_least_n_of(needed: int, *parts: Criterion) -> Criterion:
    """True as soon as enough are true; false as soon as too few can still be."""
    return _AtLeastNOf(needed, parts)


def either_measured(*parts: Criterion) -> Criterion:
    """True as soon as one is; false when one is false and the others are not measured.

    A declared substitution, not Kleene's "or": it may turn to true when the other is measured.
    """
    return _EitherMeasured(parts)


def negation(part: Criterion) -> Criterion:
    """True when the part is false; unknown stays unknown."""
    return _Negation(part)


def limits_of(criteria: Sequence[Criterion]) -> Mapping[str, frozenset[Decimal]]:
    """All limits that the criteria name, by fact."""
    limits: dict[str, frozenset[Decimal]] = {}
    for criterion in criteria:
        for atom in criterion.atoms():
            if isinstance(atom, _Limit):
                limits[atom.fact] = limits.get(atom.fact, frozenset()) | {atom.limit}
    return limits


def terms_of(criteria: Sequence[Criterion]) -> frozenset[Term]:
    """All terms that the criteria name."""
    atoms = [atom for criterion in criteria for atom in criterion.atoms()]
    return frozenset(
        value
        for atom in atoms
        if isinstance(atom, _OneOf)
        for value in atom.values
        if isinstance(value, Term)
    )


def limit_of(criterion: Criterion) -> tuple[Decimal, str] | None:
    """The limit and sign of a criterion on one number; ``None`` for any other."""
    return (criterion.limit, criterion.sign) if isinstance(criterion, _Limit) else None
