"""What a rule may ask about one patient on one day.

``FACTS`` is the catalogue (``guidelines.catalogue``): every fact's label, unit, meaning and the
direction in which it is worse. A ``ClinicalPicture`` holds some of these facts, each with its
value, date, source and method; a fact that is absent is unknown, never "no" and never zero.

How a value reads
    A value given as a range ("55-60 %") is an ``Interval``. A value that is too old to reassure,
    or that may only count when adverse (a visual LVEF), is read as an interval that reaches up to
    the worst: an old LVEF of 65 % reads as "65 % or less", an old "no symptoms" as unknown, an
    old "symptoms" still as symptoms. So adverse facts stay and reassuring ones expire.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType, NoneType

from guidelines.catalogue import DEFINITIONS
from guidelines.definitions import FactDefinition, Reading, Value, Worse
from guidelines.numbers import Interval, Number, as_number, compare, plain
from guidelines.vocabulary import RegurgitationMethod, Term

__all__ = [
    "FACTS",
    "ORDER",
    "RATIOS",
    "ClinicalPicture",
    "Fact",
    "FactDefinition",
    "Interval",
    "Number",
    "Ratio",
    "Reading",
    "Value",
    "Worse",
    "as_number",
    "compare",
    "complete_ratios",
    "definition_of",
    "method_of",
    "plain",
    "ratio_of",
    "reading_of",
    "widened_by_noise",
]

FACTS: Mapping[str, FactDefinition] = MappingProxyType(
    {definition.name: definition for definition in DEFINITIONS}
)


ORDER: Mapping[str, int] = MappingProxyType({name: i for i, name in enumerate(FACTS)})


@dataclass(frozen=True, slots=True)
class Ratio:
    """An index that is always recomputed from its two parts when both are known."""

    over: str
    under: str


RATIOS: Mapping[str, Ratio] = MappingProxyType({"lvesd_index_mm_m2": Ratio("lvesd_mm", "bsa_m2")})
OF_RATIOS = frozenset(RATIOS).union(*({ratio.over, ratio.under} for ratio in RATIOS.values()))
"""Indices and their parts: what changes with one of them has the others recomputed."""


def definition_of(name: str) -> FactDefinition:
    """The catalogue entry; raises ``LookupError`` for a misspelt name."""
    try:
        return FACTS[name]
    except KeyError:
        raise LookupError(f"no such fact: {name!r}") from None


@dataclass(frozen=True, slots=True)
class Fact:
    """One value with where it comes from.

    ``source`` is "<record kind>:<public id>". ``method`` is how it was obtained, ``reason`` why it
    was chosen, or why there is no value. ``too_old_to_reassure`` and ``adverse_only`` (with its
    reason, such as "visual estimate") let a value count only in the adverse direction.
    ``is_provisional`` marks a derived fact that rests on one line of evidence.
    """

    value: Value | None
    on: date | None = None
    source: str = ""
    method: str = ""
    reason: str = ""
    too_old_to_reassure: bool = False
    adverse_only: str = ""
    is_provisional: bool = False

    def __post_init__(self) -> None:
        value = self.value
        if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            number = as_number(value)
            if number is not value:
                object.__setattr__(self, "value", number)

    @property
    def reassures(self) -> bool:
        """Whether the value may also count in the reassuring direction."""
        return not (self.too_old_to_reassure or self.adverse_only)

    def age_in_days(self, *, on: date) -> int | None:
        """Days from the fact's date to ``on``; ``None`` for an undated fact."""
        return None if self.on is None else (on - self.on).days


def reading_of(definition: FactDefinition, fact: Fact) -> Reading | None:
    """How the fact reads in a rule, ``None`` for unknown; ages asymmetrically (see the module)."""
    value = fact.value
    if value is None:
        return None
    if isinstance(value, bool):
        return _reading_of_yes_no(definition, fact, value)
    if isinstance(value, Term):
        return _reading_of_term(definition, fact, value)
    interval = value if isinstance(value, Interval) else Interval.point(value)
    return interval if fact.reassures else _towards_the_worst(definition, interval)


def _reading_of_yes_no(definition: FactDefinition, fact: Fact, value: bool) -> bool | None:
    if fact.reassures or definition.worse is (Worse.TRUE if value else Worse.FALSE):
        return value
    return None


def _reading_of_term(definition: FactDefinition, fact: Fact, value: Term) -> Term | None:
    if value in definition.unknown_terms:
        return None
    return value if fact.reassures or value in definition.adverse_terms else None


def _towards_the_worst(definition: FactDefinition, value: Interval) -> Interval | None:
    if definition.worse is Worse.LOWER and value.high is not None:
        return Interval(None, value.high, high_open=value.high_open)
    if definition.worse is Worse.HIGHER and value.low is not None:
        return Interval(value.low, None, low_open=value.low_open)
    return None


def _quotient(over: Number, under: Number) -> Number:
    if isinstance(over, Decimal) and isinstance(under, Decimal):
        return over / under
    return float(over) / float(under)


def ratio_of(over: Interval, under: Interval) -> Interval | None:
    """The interval of a quotient of two positive quantities; ``None`` when it has no end.

    A quotient of entered decimals stays a decimal; one with a computed part is a float.
    """
    low = high = None
    if over.low is not None and under.high is not None and under.high > 0:
        low = _quotient(over.low, under.high)
    if over.high is not None and under.low is not None and under.low > 0:
        high = _quotient(over.high, under.low)
    if low is None and high is None:
        return None
    return Interval(
        low, high, low is not None and (over.low_open or under.high_open),
        high is not None and (over.high_open or under.low_open),
    )  # fmt: skip


def complete_ratios(readings: dict[str, Reading]) -> dict[str, Reading]:
    """The same readings with every index recomputed from its parts, where both are known."""
    for name, ratio in RATIOS.items():
        over, under = readings.get(ratio.over), readings.get(ratio.under)
        if isinstance(over, Interval) and isinstance(under, Interval):
            computed = ratio_of(over, under)
            if computed is None:
                readings.pop(name, None)
            else:
                readings[name] = computed
    return readings


def widened_by_noise(readings: Mapping[str, Reading]) -> dict[str, Reading]:
    """The readings with each measured number widened by the change that is mere noise (MDC95)."""
    return {name: _widened(FACTS[name], reading) for name, reading in readings.items()}


def _widened(definition: FactDefinition, reading: Reading) -> Reading:
    mdc95 = definition.mdc95
    if mdc95 is None or not isinstance(reading, Interval):
        return reading
    return Interval(_shifted(reading.low, -mdc95), _shifted(reading.high, mdc95))


def _shifted(end: Number | None, by: Decimal) -> Number | None:
    if end is None:
        return None
    return (end if isinstance(end, Decimal) else Decimal(end)) + by


_NUMBERS: tuple[type, ...] = (Decimal, float, Interval)
_TYPES: Mapping[str, tuple[type, ...]] = {
    name: (NoneType, *(_NUMBERS if definition.kind is Decimal else (definition.kind,)))
    for name, definition in FACTS.items()
}
"""What the value of each fact may be."""


@dataclass(frozen=True)
class ClinicalPicture:
    """Everything known of one patient on one day: facts by name, each optional.

    ``ClinicalPicture({"lvef_percent": Fact(Decimal(58), on=..., source=...)})``. A name that the
    catalogue does not hold raises ``LookupError``; a value of the wrong kind ``TypeError``.
    """

    facts: Mapping[str, Fact] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, fact in self.facts.items():
            definition = definition_of(name)
            if not isinstance(fact.value, _TYPES[name]):
                kind = definition.kind.__name__
                raise TypeError(f"{name} takes {kind}, not {fact.value!r}")
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))

    def fact(self, name: str) -> Fact | None:
        """The fact, or ``None`` when nothing is recorded; a misspelt name raises."""
        definition_of(name)
        return self.facts.get(name)

    def reading(self, name: str) -> Reading | None:
        """How the one fact reads in a rule; ``None`` for unknown."""
        fact = self.fact(name)
        return None if fact is None else reading_of(FACTS[name], fact)

    def readings(self) -> dict[str, Reading]:
        """All known facts as rules read them, indices recomputed; unknown ones are absent."""
        return dict(self._readings)

    @cached_property
    def _readings(self) -> dict[str, Reading]:
        # Asked for several times in one assessment; a picture never changes.
        return complete_ratios(dict(self._each))

    @cached_property
    def _each(self) -> dict[str, Reading]:
        """The readings one by one, before an index is recomputed from its parts."""
        readings = {}
        for name, fact in self.facts.items():
            reading = reading_of(FACTS[name], fact)
            if reading is not None:
                readings[name] = reading
        return readings

    def having(self, **facts: Fact) -> ClinicalPicture:
        """A copy with these facts added or replaced; what is known of the others is kept."""
        if not facts:
            return self
        added = ClinicalPicture(facts)
        readings = {name: each for name, each in self._each.items() if name not in facts}
        copy = object.__new__(ClinicalPicture)
        merged = MappingProxyType({**self.facts, **added.facts})
        object.__setattr__(copy, "facts", merged)
        object.__setattr__(copy, "_each", readings | added._each)
        return copy

    def without(self, *names: str) -> ClinicalPicture:
        """A copy in which nothing is recorded for these facts."""
        return ClinicalPicture({n: f for n, f in self.facts.items() if n not in names})

    def readings_without(self, *names: str) -> dict[str, Reading]:
        """The readings as they are when nothing is recorded for these facts."""
        return complete_ratios({n: each for n, each in self._each.items() if n not in names})

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)


def method_of(fact: Fact | None) -> RegurgitationMethod:
    """The method of a regurgitant volume, fraction or orifice; "not stated" when unknown."""
    method = "" if fact is None else fact.method
    return _METHODS.get(method, RegurgitationMethod.NOT_STATED)


_METHODS: Mapping[str, RegurgitationMethod] = {str(m): m for m in RegurgitationMethod}
