"""How readings become small whole numbers: one column for each fact, cut at the rules' limits.

A number is read as where its two ends lie among the limits that the criteria name: 0 below the
first, 1 at it, 2 between the first and the second, and so on. Between two neighbouring limits
every criterion answers alike, so nothing is lost, and nothing is rounded.

A criterion of a kind that is not known here (another module may add one) is asked itself, patient
by patient: slower, and never wrong.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from guidelines.criteria import (
    Criterion,
    Readings,
    _Above,
    _AllOf,
    _AtLeast,
    _AtLeastNOf,
    _AtMost,
    _Below,
    _Limit,
    _Negation,
    _OneOf,
)
from guidelines.facts import FACTS, Interval, Number, Reading
from guidelines.numbers import RELATIVE_TOLERANCE
from guidelines.vocabulary import Term

CODES = 256  # a code is one byte
JOINS = (_AllOf, _AtLeastNOf, _Negation)
LIMITS = (_AtLeast, _Above, _AtMost, _Below)
YES, NO, UNKNOWN, PENDING = range(4)  # what a criterion that is asked itself answers

Write = Callable[[Reading, list[int]], None]


@dataclass(frozen=True, slots=True)
class Opaque:
    """The key of a criterion that only it itself can answer."""

    identity: int


@dataclass(slots=True)
class Column:
    """The codes of one thing and the planes that are read from them.

    A plane is a table of which codes set its bit. ``missing`` is the code of nothing known.
    """

    size: int
    missing: int
    planes: list[bytes] = field(default_factory=list)

    def plane(self, codes: Iterable[int]) -> int:
        """The index of the plane of these codes, added when it is new."""
        chosen = set(codes)
        table = bytes(code in chosen for code in range(CODES))
        if table not in self.planes:
            self.planes.append(table)
        return self.planes.index(table)

    def rows(self) -> list[tuple[int, ...]]:
        """The bits of all planes, for each code."""
        return [tuple(plane[code] for plane in self.planes) for code in range(self.size)]


@dataclass(frozen=True, slots=True)
class Cuts:
    """The limits of one number, and where a value lies among them."""

    limits: tuple[Decimal, ...]
    computed: tuple[float, ...]

    @classmethod
    def at(cls, limits: Iterable[Decimal]) -> Cuts:
        """Raises ``ValueError`` when two limits are too close to be told apart in a float."""
        ordered = tuple(sorted(limits))
        computed = tuple(float(limit) for limit in ordered)
        for one, other in pairwise(computed):
            if math.isclose(one, other, rel_tol=4 * RELATIVE_TOLERANCE):
                raise ValueError(f"limits too close: {one} and {other}")
        if 2 * len(ordered) + 1 > CODES:
            raise ValueError(f"too many limits: {len(ordered)}")
        return cls(ordered, computed)

    @property
    def end(self) -> int:
        """The place above all limits."""
        return 2 * len(self.limits)

    def place(self, value: Number) -> int:
        """Odd at a limit, even between; a float is at one within the tolerance of ``compare``."""
        if isinstance(value, Decimal):
            index = bisect_left(self.limits, value)
            is_at = index < len(self.limits) and self.limits[index] == value
            return 2 * index + is_at
        index = bisect_left(self.computed, value)
        for near in (index, index - 1):
            if 0 <= near < len(self.limits) and math.isclose(
                value, self.computed[near], rel_tol=RELATIVE_TOLERANCE
            ):
                return 2 * near + 1
        return 2 * index

    def ends(self, value: Interval) -> tuple[int, int]:
        """The places of both ends; an end that is excluded or absent lies beyond its limit."""
        if value.low is value.high and value.low is not None:
            place = self.place(value.low)
            return place, place
        low = 0 if value.low is None else self.place(value.low)
        high = self.end if value.high is None else self.place(value.high)
        low += value.low_open and low % 2
        high -= value.high_open and high % 2
        return low, high


@dataclass
class Columns:
    """All columns of a set of criteria, and how readings are written into them."""

    all: list[Column] = field(default_factory=list)
    cuts: dict[str, Cuts] = field(default_factory=dict)
    numbers: dict[str, tuple[int, int]] = field(default_factory=dict)
    values: dict[str, tuple[int, dict[Reading, int]]] = field(default_factory=dict)
    asked: list[tuple[int, Criterion]] = field(default_factory=list)

    @classmethod
    def of(cls, criteria: Sequence[Criterion], facts: Iterable[str] = ()) -> Columns:
        """Columns for all facts that the criteria name, and for these facts besides."""
        columns = cls()
        limits: dict[str, set[Decimal]] = {}
        for atom in known_atoms(criteria):
            named = limits.setdefault(atom.fact, set())
            if isinstance(atom, _Limit):
                named.add(atom.limit)
        for name in facts:
            limits.setdefault(name, set())
        for name, cuts in limits.items():
            columns._add_fact(name, cuts)
        return columns

    def _add(self, size: int, missing: int) -> int:
        if size > CODES:
            raise ValueError(f"too many codes: {size}")
        self.all.append(Column(size, missing))
        return len(self.all) - 1

    def _add_fact(self, name: str, limits: Iterable[Decimal]) -> None:
        kind = FACTS[name].kind
        if kind is Decimal:
            self.cuts[name] = cuts = Cuts.at(limits)
            places = cuts.end + 1
            self.numbers[name] = (self._add(places, 0), self._add(places, cuts.end))
            return
        readings: list[Reading] = [True, False]
        if issubclass(kind, Term):
            readings = list(kind)
        codes = {reading: code for code, reading in enumerate(readings)}
        # Two codes more: a reading of another kind, and nothing known.
        self.values[name] = (self._add(len(codes) + 2, len(codes) + 1), codes)

    def add_judged(self) -> int:
        """A column for something judged elsewhere: codes 0 open, 1 closed, 2 unknown."""
        return self._add(3, 2)

    def places(self, name: str) -> tuple[int, ...]:
        """The columns of a fact."""
        return self.numbers[name] if name in self.numbers else (self.values[name][0],)

    def key_of(self, criterion: Criterion) -> object:
        """What tells this atom from others."""
        if isinstance(criterion, _Limit) and type(criterion) in LIMITS:
            return type(criterion), criterion.fact, criterion.limit
        if isinstance(criterion, _OneOf) and type(criterion) is _OneOf:
            return _OneOf, criterion.fact, frozenset(criterion.values)
        return Opaque(id(criterion))

    def names(self, column: int) -> str:
        """The planes of a column as names to unpack into."""
        return "".join(f"c{column}_{plane}, " for plane in range(len(self.all[column].planes)))


def is_known(criterion: Criterion) -> bool:
    """Whether it can be read from columns as a whole."""
    if type(criterion) in JOINS:
        return all(is_known(part) for part in criterion.parts)
    return type(criterion) in LIMITS or type(criterion) is _OneOf


def unknown_kinds(criterion: Criterion) -> list[Criterion]:
    """The criteria in it that only they themselves can answer."""
    if type(criterion) in JOINS:
        return [found for part in criterion.parts for found in unknown_kinds(part)]
    return [] if is_known(criterion) else [criterion]


def known_atoms(criteria: Iterable[Criterion]) -> list[Criterion]:
    """The atoms that can be read from columns; what is of an unknown kind is left out."""
    found: list[Criterion] = []
    for criterion in criteria:
        if type(criterion) in JOINS:
            found += known_atoms(criterion.parts)
        elif type(criterion) in LIMITS or type(criterion) is _OneOf:
            found.append(criterion)
    return found


def planes_of(columns: Columns, criterion: Criterion) -> tuple[str, str, str, list[int]]:
    """The names of an atom's planes for yes, no and waiting, and the columns they lie in."""
    if isinstance(criterion, _Limit) and type(criterion) in LIMITS:
        return _planes_of_limit(columns, criterion)
    if isinstance(criterion, _OneOf) and type(criterion) is _OneOf:
        return _planes_of_values(columns, criterion)
    return _planes_of_asked(columns, criterion)


def _planes_of_limit(columns: Columns, criterion: _Limit) -> tuple[str, str, str, list[int]]:
    low, high = columns.numbers[criterion.fact]
    cuts = columns.cuts[criterion.fact]
    at = cuts.place(criterion.limit)
    includes = type(criterion) in (_AtLeast, _AtMost)
    is_upward = type(criterion) in (_AtLeast, _Above)
    # The first place of "more": the limit itself for "at least" and "below", the next otherwise.
    first = at if includes is is_upward else at + 1
    more = f"c{low}_{columns.all[low].plane(range(first, cuts.end + 1))}"
    less = f"c{high}_{columns.all[high].plane(range(first))}"
    return (more, less, "", [low, high]) if is_upward else (less, more, "", [low, high])


def _planes_of_values(columns: Columns, criterion: _OneOf) -> tuple[str, str, str, list[int]]:
    index, codes = columns.values[criterion.fact]
    column = columns.all[index]
    named = {codes[value] for value in criterion.values}
    others = set(range(column.size - 1)) - named
    yes, no = column.plane(named), column.plane(others)
    return f"c{index}_{yes}", f"c{index}_{no}", "", [index]


def _planes_of_asked(columns: Columns, criterion: Criterion) -> tuple[str, str, str, list[int]]:
    index = columns._add(4, UNKNOWN)
    columns.asked.append((index, criterion))
    yes, no, waits = (columns.all[index].plane([code]) for code in (YES, NO, UNKNOWN))
    return f"c{index}_{yes}", f"c{index}_{no}", f"c{index}_{waits}", [index]


def answer_of(criterion: Criterion, readings: Readings) -> int:
    """What a criterion that is asked itself answers, as a code."""
    held = criterion.holds(readings)
    if held is not None:
        return YES if held else NO
    missing = criterion.unsettled(readings)
    return PENDING if all(FACTS[name].is_judgement for name in missing) else UNKNOWN


def writers_of(columns: Columns) -> Mapping[str, Write]:
    """For each fact, what writes its reading into a row of codes."""
    writers: dict[str, Write] = {}
    for name, (low, high) in columns.numbers.items():
        writers[name] = _number_writer(columns.cuts[name], low, high)
    for name, (index, codes) in columns.values.items():
        writers[name] = _value_writer(index, codes)
    return writers


def _number_writer(cuts: Cuts, low: int, high: int) -> Write:
    ends, limits, count, end = cuts.ends, cuts.limits, len(cuts.limits), cuts.end

    def write(reading: Reading, row: list[int]) -> None:
        if not isinstance(reading, Interval):
            row[low], row[high] = 0, end
            return
        value = reading.low
        if value is reading.high and type(value) is Decimal:  # by far the most common
            index = bisect_left(limits, value)
            place = 2 * index
            if index < count and limits[index] == value:
                place += 1
            row[low] = row[high] = place
            return
        row[low], row[high] = ends(reading)

    return write


def _value_writer(index: int, codes: Mapping[Reading, int]) -> Write:
    other = len(codes)
    code_of = codes.get

    def write(reading: Reading, row: list[int]) -> None:
        row[index] = code_of(reading, other)

    return write
