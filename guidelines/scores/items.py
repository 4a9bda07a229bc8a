"""The items that scores add up, each with the lowest and highest it may add.

An item knows its inputs. Unknown inputs widen what it may add to every value that they allow, so
that knowing one later can only narrow the sum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from guidelines.definitions import Value
from guidelines.facts import Fact
from guidelines.numbers import Interval
from guidelines.scores.score import (
    ItemPoints,
    ScoreDefinition,
    ScoreResult,
    interval_of,
    strata_of,
    truth_of,
    used_inputs,
    value_of,
)
from guidelines.vocabulary import Term

Inputs = Mapping[str, Fact]
Span = tuple[Decimal, Decimal]
"""Lowest and highest that an item may add."""

NOTHING = Decimal(0)


class Item(Protocol):
    """One item of a score."""

    @property
    def label(self) -> str:
        """What it is called for people."""

    @property
    def names(self) -> tuple[str, ...]:
        """The inputs it asks for."""

    def span(self, inputs: Inputs) -> Span:
        """The lowest and the highest it may add."""


@dataclass(frozen=True, slots=True)
class YesNo:
    """Points for a yes."""

    label: str
    name: str
    points: Decimal

    @property
    def names(self) -> tuple[str, ...]:
        """Its one input."""
        return (self.name,)

    def span(self, inputs: Inputs) -> Span:
        """The points when yes, nothing when no, either when unknown."""
        return judged(truth_of(inputs, self.name), self.points)


def judged(answer: bool | None, points: Decimal) -> Span:
    """What an item adds when its condition holds, does not, or is unknown."""
    if answer is None:
        return min(points, NOTHING), max(points, NOTHING)
    return (points, points) if answer else (NOTHING, NOTHING)


@dataclass(frozen=True, slots=True)
class Judged:
    """Points when a condition over several inputs holds; ``holds`` is three-valued."""

    label: str
    names: tuple[str, ...]
    points: Decimal
    holds: Callable[[Inputs], bool | None]

    def span(self, inputs: Inputs) -> Span:
        """The points when it holds, nothing when not, either when unknown."""
        return judged(self.holds(inputs), self.points)


@dataclass(frozen=True, slots=True)
class Band:
    """Points for one band of a number."""

    values: Interval
    points: Decimal


@dataclass(frozen=True, slots=True)
class Banded:
    """Points by the band that a number falls into; the bands leave no gap."""

    label: str
    name: str
    bands: tuple[Band, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Its one input."""
        return (self.name,)

    def span(self, inputs: Inputs) -> Span:
        """Over all bands that the number may fall into."""
        value = interval_of(inputs, self.name)
        return span_of([band.points for band in self.bands if _meets(band.values, value)])


def _meets(band: Interval, value: Interval | None) -> bool:
    """Whether some value lies in both."""
    if value is None:
        return True
    return not (_lies_below(value, band) or _lies_below(band, value))


def _lies_below(lower: Interval, upper: Interval) -> bool:
    if lower.high is None or upper.low is None:
        return False
    if lower.high_open:
        return upper.is_at_least(lower.high)
    return upper.is_above(lower.high)


@dataclass(frozen=True, slots=True)
class Choice:
    """Points for one word of several."""

    label: str
    name: str
    points: Mapping[Term, Decimal]

    @property
    def names(self) -> tuple[str, ...]:
        """Its one input."""
        return (self.name,)

    def span(self, inputs: Inputs) -> Span:
        """The word's points; those of all words when unknown or when it is none of them."""
        value = value_of(inputs, self.name)
        if value is not None and not isinstance(value, Term):
            raise TypeError(f"{self.name} takes a word, not {value!r}")
        if value is None or value not in self.points:
            return span_of(list(self.points.values()))
        return span_of([self.points[value]])


@dataclass(frozen=True, slots=True)
class Spanned:
    """An item with a span of its own making."""

    label: str
    names: tuple[str, ...]
    of: Callable[[Inputs], Span]

    def span(self, inputs: Inputs) -> Span:
        """As its function says."""
        return self.of(inputs)


def span_of(points: Sequence[Decimal]) -> Span:
    """The lowest and the highest of some points."""
    return min(points), max(points)


def at_least(inputs: Inputs, name: str, limit: Decimal) -> bool | None:
    """Whether a number is at or above the limit; unknown when it may be either."""
    value = interval_of(inputs, name)
    if value is None:
        return None
    if value.is_at_least(limit):
        return True
    return False if value.is_below(limit) else None


def opposite(answer: bool | None) -> bool | None:
    """No for yes, yes for no, unknown for unknown."""
    return None if answer is None else not answer


def at_or_above(limit: Decimal, points: Decimal) -> tuple[Band, ...]:
    """Points at and above a limit, nothing below."""
    return (
        Band(Interval(None, limit, high_open=True), NOTHING),
        Band(Interval(limit, None), points),
    )


def strictly_above(limit: Decimal, points: Decimal) -> tuple[Band, ...]:
    """Points above a limit, nothing at or below it."""
    return (
        Band(Interval(None, limit), NOTHING),
        Band(Interval(limit, None, low_open=True), points),
    )


def at_or_below(limit: Decimal, points: Decimal) -> tuple[Band, ...]:
    """Points at and below a limit, nothing above."""
    return (
        Band(Interval(None, limit), points),
        Band(Interval(limit, None, low_open=True), NOTHING),
    )


def strictly_below(limit: Decimal, points: Decimal) -> tuple[Band, ...]:
    """Points below a limit, nothing at or above it."""
    return (
        Band(Interval(None, limit, high_open=True), points),
        Band(Interval(limit, None), NOTHING),
    )


def missing_of(item: Item, inputs: Inputs) -> tuple[str, ...]:
    """The inputs that leave the item open: not known, or not known exactly enough."""
    lowest, highest = item.span(inputs)
    if lowest == highest:
        return ()
    open_ = (name for name in item.names if _is_open(value_of(inputs, name)))
    return tuple(open_) or item.names


def _is_open(value: Value | None) -> bool:
    return value is None or (isinstance(value, Interval) and not value.is_point)


def points_of(items: Sequence[Item], inputs: Inputs) -> tuple[ItemPoints, ...]:
    """What each item adds."""
    return tuple(ItemPoints(item.label, *item.span(inputs)) for item in items)


def all_missing(items: Sequence[Item], inputs: Inputs) -> tuple[str, ...]:
    """Every input that would narrow the sum, in the order of the items, each once."""
    return tuple(dict.fromkeys(name for item in items for name in missing_of(item, inputs)))


def total(points: Sequence[ItemPoints]) -> Span:
    """The sums of the lowest and of the highest."""
    lowest = sum((Decimal(each.lowest) for each in points), NOTHING)
    return lowest, sum((Decimal(each.highest) for each in points), NOTHING)


def add_up(
    definition: ScoreDefinition,
    items: Sequence[Item],
    inputs: Inputs,
    *,
    flags: tuple[str, ...] = (),
) -> ScoreResult:
    """The score as the plain sum of its items. Raises ``LookupError`` for a misspelt input."""
    definition.require_known(inputs)
    points = points_of(items, inputs)
    lowest, highest = total(points)
    return ScoreResult(
        definition,
        lowest,
        highest,
        used_inputs(definition, inputs),
        missing=all_missing(items, inputs),
        items=points,
        strata=strata_of(definition, lowest, highest),
        flags=flags,
    )
