"""What the catalogue says of a fact: its words, its unit, in which direction it is worse, its age.

The catalogue itself is ``guidelines.catalogue``, one module for each subject.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from guidelines.numbers import Interval, plain
from guidelines.vocabulary import Term

Value = Decimal | float | bool | Term | Interval
Reading = Interval | bool | Term


class Worse(StrEnum):
    """In which direction a fact is worse for the patient."""

    LOWER = "lower"
    HIGHER = "higher"
    TRUE = "true"
    FALSE = "false"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class FactDefinition:
    """One entry of the catalogue.

    ``kind`` is ``Decimal`` for numbers, ``bool``, or the class of terms. ``adverse_terms`` are the
    terms that old age does not expire. ``unknown_terms`` mean the same as no value at all.
    ``is_judgement`` marks what a heart team decides and nobody measures. ``mdc95`` is the change
    that two studies need to differ for real, in the fact's unit.
    ``is_asked``: no measurement or diagnosis holds it, so the clinic answers it directly.
    ``days``: for how long an answer may reassure (safety C); ``None`` does not expire.
    """

    name: str
    label: str
    meaning: str
    kind: type[Decimal] | type[bool] | type[Term]
    unit: str = ""
    worse: Worse = Worse.NEITHER
    adverse_terms: frozenset[Term] = frozenset()
    unknown_terms: frozenset[Term] = frozenset()
    is_judgement: bool = False
    is_derived: bool = False
    said_true: str = ""
    said_false: str = ""
    mdc95: Decimal | None = None
    is_asked: bool = False
    days: int | None = None

    def say(self, value: Value | None) -> str:
        """The value in words, with its unit."""
        if value is None:
            return "not recorded"
        if isinstance(value, bool):
            return (self.said_true or "yes") if value else (self.said_false or "no")
        if isinstance(value, Term):
            return value.label
        text = str(value) if isinstance(value, Interval) else plain(value)
        return f"{text} {self.unit}" if self.unit else text


def number(
    name: str,
    label: str,
    unit: str,
    meaning: str,
    worse: Worse = Worse.NEITHER,
    *,
    is_judgement: bool = False,
    is_derived: bool = False,
    mdc95: Decimal | None = None,
    asked: bool = False,
    days: int | None = None,
) -> FactDefinition:
    return FactDefinition(
        name,
        label,
        meaning,
        Decimal,
        unit,
        worse,
        is_judgement=is_judgement,
        is_derived=is_derived,
        mdc95=mdc95,
        is_asked=asked,
        days=days,
    )


def yes_no(
    name: str,
    label: str,
    meaning: str,
    worse: Worse = Worse.TRUE,
    *,
    said: tuple[str, str] = ("", ""),
    is_judgement: bool = False,
    is_derived: bool = False,
    asked: bool = False,
    days: int | None = None,
) -> FactDefinition:
    return FactDefinition(
        name,
        label,
        meaning,
        bool,
        "",
        worse,
        is_judgement=is_judgement,
        is_derived=is_derived,
        said_true=said[0],
        said_false=said[1],
        is_asked=asked,
        days=days,
    )


def term(
    name: str,
    label: str,
    kind: type[Term],
    meaning: str,
    *,
    adverse: frozenset[Term] = frozenset(),
    unknown: frozenset[Term] = frozenset(),
    is_judgement: bool = False,
    asked: bool = False,
    days: int | None = None,
) -> FactDefinition:
    return FactDefinition(
        name,
        label,
        meaning,
        kind,
        adverse_terms=adverse,
        unknown_terms=unknown,
        is_judgement=is_judgement,
        is_asked=asked,
        days=days,
    )


LOWER, HIGHER = Worse.LOWER, Worse.HIGHER
