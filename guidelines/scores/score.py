"""What a score is, what it asks for, and what it says of one patient.

An input is a ``Fact``: value, day, source, method, reason. No value means unknown (never "no",
never zero), with the reason why; a value known only to lie between two ends is an ``Interval``.
Whoever gathers the inputs decides what is too old and leaves its value out. A score whose inputs
are not all known is a range: the lowest and the highest value that the unknown ones allow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from guidelines.definitions import Value
from guidelines.facts import Fact
from guidelines.numbers import Interval, Number, compare, plain
from guidelines.vocabulary import Term, Verification

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class InputDefinition:
    """One thing that a score asks for, defined in plain words."""

    name: str
    label: str
    meaning: str
    unit: str = ""

    def say(self, value: Value | None) -> str:
        """The value in words, with its unit."""
        if value is None:
            return "not known"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, Term):
            return value.label
        text = str(value) if isinstance(value, Interval) else plain(value)
        return f"{text} {self.unit}" if self.unit else text


@dataclass(frozen=True, slots=True)
class Stratum:
    """A published group of values and what was published of it. Both ends belong to it."""

    label: str
    meaning: str
    low: Number | None = None
    high: Number | None = None
    low_open: bool = False
    high_open: bool = False
    is_published: bool = True

    def meets(self, lowest: Number, highest: Number) -> bool:
        """Whether any value between the two falls into the stratum."""
        if self.low is not None:
            order = compare(highest, self.low)
            if order < 0 or (order == 0 and self.low_open):
                return False
        if self.high is None:
            return True
        order = compare(lowest, self.high)
        return order < 0 or (order == 0 and not self.high_open)

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {"label": self.label, "meaning": self.meaning, "is_published": self.is_published}


@dataclass(frozen=True, slots=True)
class ScoreDefinition:
    """A score as a rules page lists it."""

    id: str
    title: str
    unit: str
    population: str
    citation: str
    rows: tuple[str, ...]
    verification: Verification
    inputs: tuple[InputDefinition, ...]
    caveats: tuple[str, ...] = ()
    strata: tuple[Stratum, ...] = ()
    version: int = 1

    def require_known(self, inputs: Mapping[str, Fact]) -> None:
        """Raise ``LookupError`` for an input that the score does not ask for."""
        unknown = sorted(set(inputs) - {each.name for each in self.inputs})
        if unknown:
            raise LookupError(f"{self.id} has no input {', '.join(unknown)}")

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "id": self.id,
            "title": self.title,
            "unit": self.unit,
            "population": self.population,
            "citation": self.citation,
            "rows": list(self.rows),
            "verification": str(self.verification),
            "inputs": [
                {"name": i.name, "label": i.label, "meaning": i.meaning, "unit": i.unit}
                for i in self.inputs
            ],
            "caveats": list(self.caveats),
            "strata": [stratum.as_dict() for stratum in self.strata],
            "version": self.version,
        }


@dataclass(frozen=True, slots=True)
class UsedInput:
    """One input as it went in: definition, value in words, where from, from which day."""

    name: str
    label: str
    meaning: str
    text: str
    is_known: bool
    on: date | None
    source: str
    method: str
    reason: str

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "name": self.name,
            "label": self.label,
            "meaning": self.meaning,
            "text": self.text,
            "is_known": self.is_known,
            "on": self.on.isoformat() if self.on else None,
            "source": self.source,
            "method": self.method,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class ItemPoints:
    """What one item of a score adds: one number, or the lowest and highest it may add."""

    label: str
    lowest: Number
    highest: Number

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form, numbers as text."""
        return {"label": self.label, "lowest": plain(self.lowest), "highest": plain(self.highest)}


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """What a score says of one patient on one day.

    ``lowest`` and ``highest`` are equal when everything that matters is known. Both are ``None``
    when the score was not computed; ``not_computed`` says why. ``missing`` names the inputs that
    would narrow it. ``strata`` are all published groups that the range touches. ``flags`` say
    where the score is used beyond the patients it was made from; ``caveats`` always go with it.
    ``parameters`` are choices that belong to the result (variant, gap limit, therapeutic range).
    """

    definition: ScoreDefinition
    lowest: Number | None
    highest: Number | None
    inputs: tuple[UsedInput, ...]
    missing: tuple[str, ...] = ()
    items: tuple[ItemPoints, ...] = ()
    strata: tuple[Stratum, ...] = ()
    flags: tuple[str, ...] = ()
    not_computed: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    @property
    def name(self) -> str:
        """The score's id."""
        return self.definition.id

    @property
    def is_computed(self) -> bool:
        """Whether there is a value or a range at all."""
        return self.lowest is not None

    @property
    def value(self) -> Number | None:
        """The value when it is one number, else ``None``."""
        if self.lowest is None or self.highest is None or compare(self.lowest, self.highest) != 0:
            return None
        return self.highest

    @property
    def text(self) -> str:
        """The value or the range with its unit, or why there is none."""
        if self.lowest is None or self.highest is None:
            return f"not computed: {self.not_computed}"
        unit = f" {self.definition.unit}" if self.definition.unit else ""
        if self.value is not None:
            return f"{short(self.highest)}{unit}"
        return f"{short(self.lowest)} to {short(self.highest)}{unit}"

    @property
    def interpretation(self) -> str:
        """Every published group that the value or range touches, in words."""
        return " | ".join(f"{each.label}: {each.meaning}" for each in self.strata)

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form: numbers as text, dates in ISO form."""
        return {
            "schema": SCHEMA,
            "score": self.name,
            "title": self.definition.title,
            "unit": self.definition.unit,
            "value": _text(self.value),
            "lowest": _text(self.lowest),
            "highest": _text(self.highest),
            "text": self.text,
            "missing": list(self.missing),
            "inputs": [each.as_dict() for each in self.inputs],
            "items": [each.as_dict() for each in self.items],
            "strata": [each.as_dict() for each in self.strata],
            "interpretation": self.interpretation,
            "flags": list(self.flags),
            "caveats": list(self.definition.caveats),
            "not_computed": self.not_computed,
            "parameters": dict(self.parameters),
            "population": self.definition.population,
            "formula": self.definition.id,
            "formula_version": self.definition.version,
            "citation": self.definition.citation,
            "rows": list(self.definition.rows),
            "verification": str(self.definition.verification),
        }


def _text(value: Number | None) -> str | None:
    return None if value is None else short(value)


def short(value: Number) -> str:
    """The number as text, without the zeros that arithmetic adds: 28, not 28.0."""
    return plain(value.normalize() if isinstance(value, Decimal) else value)


UNKNOWN = Fact(None)


def value_of(inputs: Mapping[str, Fact], name: str) -> Value | None:
    """The value of one input, ``None`` when unknown."""
    return inputs.get(name, UNKNOWN).value


def interval_of(inputs: Mapping[str, Fact], name: str) -> Interval | None:
    """A number as an interval, ``None`` when unknown; raises ``TypeError`` for a wrong kind."""
    value = value_of(inputs, name)
    if value is None or isinstance(value, Interval):
        return value
    if isinstance(value, bool | Term):
        raise TypeError(f"{name} takes a number, not {value!r}")
    return Interval.point(value)


def truth_of(inputs: Mapping[str, Fact], name: str) -> bool | None:
    """Yes, no or unknown; raises ``TypeError`` for anything else."""
    value = value_of(inputs, name)
    if value is not None and not isinstance(value, bool):
        raise TypeError(f"{name} takes yes or no, not {value!r}")
    return value


def any_true(answers: Sequence[bool | None]) -> bool | None:
    """Kleene's "or": yes when one is yes, no when all are no, else unknown."""
    if any(answers):
        return True
    return None if None in answers else False


def used_inputs(definition: ScoreDefinition, inputs: Mapping[str, Fact]) -> tuple[UsedInput, ...]:
    """Every input of the score as it went in, in the order of the definition."""
    return tuple(_used(each, inputs.get(each.name, UNKNOWN)) for each in definition.inputs)


def _used(definition: InputDefinition, fact: Fact) -> UsedInput:
    return UsedInput(
        definition.name,
        definition.label,
        definition.meaning,
        definition.say(fact.value),
        fact.value is not None,
        fact.on,
        fact.source,
        fact.method,
        fact.reason or ("" if fact.value is not None else "not recorded"),
    )


def not_computed(
    definition: ScoreDefinition,
    inputs: Mapping[str, Fact],
    why: str,
    missing: tuple[str, ...] = (),
    parameters: Mapping[str, str] = MappingProxyType({}),
) -> ScoreResult:
    """A result without a value, and why."""
    return ScoreResult(
        definition,
        None,
        None,
        used_inputs(definition, inputs),
        missing=missing,
        not_computed=why,
        parameters=parameters,
    )


def strata_of(definition: ScoreDefinition, lowest: Number, highest: Number) -> tuple[Stratum, ...]:
    """The published groups between the two values."""
    return tuple(each for each in definition.strata if each.meets(lowest, highest))
