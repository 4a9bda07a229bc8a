"""What could still be: the verdicts over every possible value of the missing facts (safety D11).

Rules are three-valued one by one, and that alone hides what is certain: with LVEF 58 % and
symptoms unknown, one class 1 rule or the other holds whichever is true. So an unknown fact is
split at the limits that the rules name, each part is represented by one value, indices are
recomputed from their parts, and the search stops as soon as the known facts decide. What was found
is remembered by where the values lie among the limits, so that alike patients are asked once.

A team judgement that is still to be given is not split: a rule that lacks nothing else stands as
pending.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import TypeVar

from guidelines.columns import Columns, unknown_kinds, writers_of
from guidelines.criteria import NO_FACTS, Readings
from guidelines.facts import (
    FACTS,
    OF_RATIOS,
    ORDER,
    RATIOS,
    Interval,
    Reading,
    Worse,
    complete_ratios,
)
from guidelines.implications import IMPLICATIONS, Implication
from guidelines.parts import Part, in_words, parts_of, split_limits
from guidelines.rule import JUDGEMENTS, Rule, judge_asking
from guidelines.vocabulary import Verdict

__all__ = [
    "Case",
    "Part",
    "Standing",
    "case_of",
    "in_words",
    "parts_of",
    "split_limits",
    "stand",
    "strongest_possible",
]

MET = frozenset({Verdict.MET})
STANDS = frozenset({Verdict.MET, Verdict.PENDING_JUDGEMENT})
# Facts that settle most when split come first.
FIRST = ("severe_mr_acc_aha", "severe_mr_esc_eacts", "mechanism", "symptomatic")
REMEMBERED = 65_536  # answers of each kind, for one set of rules

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an edition stands, each as a strength (3 for class 1 or I), 0 for nothing.

    ``decided``: a rule is met. ``pending``: met but for the team's judgement. ``either_way``: one
    rule or another stands for every value of the missing facts, in some cases only pending when
    ``either_way_needs_judgement``. ``possible``: for some value.
    """

    decided: int
    pending: int
    either_way: int
    possible: int
    either_way_needs_judgement: bool = False

    @property
    def headline(self) -> int:
        """The strength that is certain, the team's judgement apart."""
        return max(self.decided, self.pending, self.either_way)


def stand(rules: Sequence[Rule], readings: Readings) -> Standing:
    """Where these rules stand with these readings, gates open."""
    return case_of(rules, readings).standing


def strongest_possible(rules: Sequence[Rule], readings: Readings, *, above: int = 0) -> int:
    """The strongest class that stands for some value of the missing facts, at least ``above``."""
    return case_of(rules, readings).strongest_possible(above)


def case_of(rules: Sequence[Rule], readings: Readings) -> Case:
    """The readings as these rules see them, to be asked and supposed from."""
    return _book(tuple(rules)).case(readings)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A rule's verdict and, when it cannot be told, the measured facts that would decide it."""

    verdict: Verdict
    asks: frozenset[str]


class Case:
    """One patient's readings, real or supposed, before one set of rules."""

    __slots__ = ("_book", "_judged", "_standing", "readings", "row")

    def __init__(
        self,
        book: _Book,
        readings: dict[str, Reading],
        row: list[int],
        judged: list[_Judged | None],
    ) -> None:
        self._book = book
        self.readings = readings
        self.row = row
        self._judged = judged
        self._standing: Standing | None = None

    def having(self, name: str, reading: Reading) -> Case:
        """The same with one fact supposed; rules that do not name it are not asked again."""
        readings = {**self.readings, name: reading}
        if name in OF_RATIOS:
            readings = complete_ratios(readings)
        row, judged = self.row.copy(), self._judged.copy()
        for changed in (name, *_INDICES.get(name, ())):
            self._book.write(changed, readings, row)
            for index in self._book.naming.get(changed, ()):
                judged[index] = None
        return Case(self._book, readings, row, judged)

    def judged(self, index: int) -> _Judged:
        """The verdict of the rule at this place, gates open."""
        found = self._judged[index]
        if found is None:
            found = self._judged[index] = self._book.entries[index].judge(self)
        return found

    @property
    def standing(self) -> Standing:
        """Where the rules stand, over every possible value of what is missing."""
        if self._standing is None:
            self._standing = self._book.stand(self)
        return self._standing

    def strongest_possible(self, above: int = 0) -> int:
        """The strongest class that stands for some value of the missing facts."""
        return self._book.strongest_possible(self, above)


_INDICES: Mapping[str, tuple[str, ...]] = {
    part: tuple(index for index, ratio in RATIOS.items() if part in (ratio.over, ratio.under))
    for ratio in RATIOS.values()
    for part in (ratio.over, ratio.under)
}


class _Entry:
    """One rule in a book: what its verdict depends on, and what was found before."""

    def __init__(self, rule: Rule, columns: Columns, tied: Sequence[str]) -> None:
        self.rule = rule
        facts = _with_parts(rule.facts)
        self.facts = facts
        self.state = _getter(columns, facts)
        self.parts = sorted(facts & _INDICES.keys())
        # A criterion of a kind of its own may tell apart what lies between the same limits.
        own_kinds = [c for whole in (rule.applies, rule.when) for c in unknown_kinds(whole)]
        self.exactly = sorted({name for criterion in own_kinds for name in criterion.facts})
        self.beside = (*self.parts, *self.exactly, *tied)
        self.verdicts: dict[object, _Judged] = {}
        self.possibles: dict[object, bool] = {}

    def judge(self, case: Case) -> _Judged:
        """The verdict, remembered by where the values lie among the limits."""
        state, readings = self.state(case.row), case.readings
        if self.parts or self.exactly:
            exact = [_is_exact(readings.get(name)) for name in self.parts]
            state = (state, *exact, *(readings.get(name) for name in self.exactly))
        found = self.verdicts.get(state)
        if found is None:
            found = _remember(self.verdicts, state, _judged(self.rule, readings))
        return found

    def whole_state(self, case: Case) -> object:
        """All on which it depends what the rule could still say."""
        state = self.state(case.row)
        if not self.beside:
            return state
        get = case.readings.get
        return (state, *[get(name) for name in self.beside])


def _getter(columns: Columns, facts: Iterable[str]) -> Callable[[Sequence[int]], object]:
    return itemgetter(*(place for name in sorted(facts) for place in columns.places(name)))


def _is_exact(reading: Reading | None) -> bool:
    return isinstance(reading, Interval) and reading.is_point


def _judged(rule: Rule, readings: Readings) -> _Judged:
    verdict, asked = judge_asking(rule, readings)
    return _Judged(verdict, asked - JUDGEMENTS if verdict is Verdict.CANNOT_TELL else NO_FACTS)


def _remember(memory: dict[object, _Found], state: object, found: _Found) -> _Found:
    """Keep what was found; a memory that grows too large is emptied, which changes nothing."""
    if len(memory) >= REMEMBERED:
        memory.clear()
    memory[state] = found
    return found


def _with_parts(facts: Iterable[str]) -> frozenset[str]:
    """The facts, and of each index its two parts."""
    names = frozenset(facts)
    ratios = [RATIOS[name] for name in names & RATIOS.keys()]
    return names.union(*({ratio.over, ratio.under} for ratio in ratios))


class _Book:
    """A set of rules with what was found of them, for all patients."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.strengths = [rule.strength for rule in rules]
        self.levels = sorted(set(self.strengths) - {0}, reverse=True)
        facts = _with_parts(name for rule in rules for name in rule.facts)
        self.tied = _tied_to(facts)
        criteria = [criterion for rule in rules for criterion in (rule.applies, rule.when)]
        columns = Columns.of(criteria, sorted(facts))
        self.missing = [column.missing for column in columns.all]
        self.writers = writers_of(columns)
        self.empty = {name: [(p, self.missing[p]) for p in columns.places(name)] for name in facts}
        self.entries = [_Entry(rule, columns, self.tied) for rule in rules]
        self.naming = {
            name: [i for i, entry in enumerate(self.entries) if name in entry.facts]
            for name in facts
        }
        self.beside = sorted({name for entry in self.entries for name in entry.beside})
        self.standings: dict[object, Standing] = {}
        self.certain: dict[object, bool] = {}
        self.splits: dict[object, list[Part]] = {}

    def case(self, readings: Readings) -> Case:
        """The readings as these rules see them."""
        row = self.missing.copy()
        known = {}
        for name, write in self.writers.items():
            reading = readings.get(name)
            if reading is not None:
                known[name] = reading
                write(reading, row)
        for name in self.tied:
            if name in readings:
                known[name] = readings[name]
        return Case(self, known, row, [None] * len(self.entries))

    def write(self, name: str, readings: Readings, row: list[int]) -> None:
        """Renew what the row says of one fact."""
        reading = readings.get(name)
        if reading is not None and name in self.writers:
            self.writers[name](reading, row)
            return
        for place, code in self.empty.get(name, ()):
            row[place] = code

    def stand(self, case: Case) -> Standing:
        """Where the rules stand in this case."""
        get = case.readings.get
        state = (tuple(case.row), *[get(name) for name in self.beside])
        found = self.standings.get(state)
        return found or _remember(self.standings, state, self._stand(case))

    def _stand(self, case: Case) -> Standing:
        verdicts = [case.judged(index).verdict for index in range(len(self.entries))]
        decided = self._strongest(verdicts, Verdict.MET)
        pending = self._strongest(verdicts, Verdict.PENDING_JUDGEMENT)
        certain = max(decided, pending)
        possible = self.strongest_possible(case, certain)
        stronger = (level for level in self.levels if certain < level <= possible)
        either = next((s for s in stronger if self._holds(case, s, STANDS)), certain)
        judgement = either > certain and not self._holds(case, either, MET)
        return Standing(decided, pending, either, possible, judgement)

    def _strongest(self, verdicts: Sequence[Verdict], wanted: Verdict) -> int:
        pairs = zip(self.strengths, verdicts, strict=True)
        return max((strength for strength, said in pairs if said is wanted), default=0)

    def strongest_possible(self, case: Case, above: int) -> int:
        """The strongest class of which a rule stands for some value of the missing facts."""
        for level in self.levels:
            if level <= above:
                break
            of_level = (i for i, strength in enumerate(self.strengths) if strength == level)
            if any(self._is_possible(case, index) for index in of_level):
                return level
        return above

    def _is_possible(self, case: Case, index: int) -> bool:
        """Whether the rule stands for some value of the missing facts."""
        judged = case.judged(index)
        if judged.verdict in STANDS or not judged.asks:
            return judged.verdict in STANDS
        entry = self.entries[index]
        state = entry.whole_state(case)
        found = entry.possibles.get(state)
        if found is None:
            name = min(judged.asks, key=_priority)
            supposed = self._supposed(case, name, (index,))
            found = any(self._is_possible(case, index) for case in supposed)
            _remember(entry.possibles, state, found)
        return found

    def _holds(self, case: Case, strength: int, verdicts: frozenset[Verdict]) -> bool:
        """Whether a rule of this strength or more has such a verdict for every missing value."""
        indices = [i for i, own in enumerate(self.strengths) if own >= strength]
        return self._always(case, indices, verdicts)

    def _always(self, case: Case, indices: Sequence[int], verdicts: frozenset[Verdict]) -> bool:
        open_still = []
        for index in indices:
            judged = case.judged(index)
            if judged.verdict in verdicts:
                return True
            if judged.asks:
                open_still.append(index)
        if not open_still:
            return False
        get = case.readings.get
        states = [self.entries[index].state(case.row) for index in open_still]
        state = (verdicts, *open_still, *states, *[get(name) for name in self.beside])
        found = self.certain.get(state)
        if found is None:
            name = self._next(case, open_still)
            naming = tuple(i for i in open_still if name in self.entries[i].facts)
            supposed = self._supposed(case, name, naming)
            found = all(self._always(case, open_still, verdicts) for case in supposed)
            _remember(self.certain, state, found)
        return found

    def _next(self, case: Case, indices: Sequence[int]) -> str:
        """The fact to suppose next: one that settles most, of the rule that lacks least."""
        asks = [case.judged(index).asks for index in indices]
        for name in FIRST:
            if any(name in names for names in asks):
                return name
        often = Counter(name for names in asks for name in names)
        fewest = sorted(asks, key=len)[0]
        return min(fewest, key=lambda name: (-often[name], ORDER[name]))

    def _supposed(self, case: Case, name: str, indices: tuple[int, ...]) -> Iterator[Case]:
        """The case with the fact known, once for each part of its values, reassuring ones first.

        What contradicts the table of implications is left out, unless nothing would be left.
        """
        parts = self._parts(case, name, indices)
        ties = _TIES.get(name, ())
        possible = parts
        if ties:
            possible = [p for p in parts if not _breaks(ties, {**case.readings, name: p.value})]
        for part in possible or parts:
            yield case.having(name, part.value)

    def _parts(self, case: Case, name: str, indices: tuple[int, ...]) -> list[Part]:
        if name in case.readings or name in _INDICES:
            return self._split(case.readings, name, indices)
        found = self.splits.get((name, indices))
        return found or _remember(self.splits, (name, indices), self._split({}, name, indices))

    def _split(self, readings: Readings, name: str, indices: tuple[int, ...]) -> list[Part]:
        parts = parts_of([self.entries[index].rule for index in indices], readings, name)
        # The last cases (no, another mechanism) refute soonest, but a number that is worse higher.
        return parts if FACTS[name].worse is Worse.HIGHER else parts[::-1]


def _priority(name: str) -> tuple[bool, int]:
    return name not in FIRST, ORDER[name]


_TIES: Mapping[str, tuple[Implication, ...]] = {
    name: tuple(line for line in IMPLICATIONS if name in line.facts)
    for name in frozenset[str]().union(*(line.facts for line in IMPLICATIONS))
}


def _breaks(ties: Sequence[Implication], readings: Readings) -> bool:
    return any(implication.is_broken(readings) for implication in ties)


def _tied_to(facts: Iterable[str]) -> list[str]:
    """The facts that an implication ties to these, these included where they are tied."""
    names = set(facts)
    lines = [line for line in IMPLICATIONS if line.facts & names]
    return sorted(frozenset[str]().union(*(line.facts for line in lines)))


@cache
def _book(rules: tuple[Rule, ...]) -> _Book:
    return _Book(rules)
