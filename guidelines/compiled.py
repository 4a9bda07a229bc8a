"""Verdicts without explanations: every rule of every edition, for many patients, fast.

The rules' own criteria are compiled once (see ``codegen``); ``rule.find`` explains one patient by
the same criteria, and both agree. Nothing here searches the values of missing facts: that is
``completions``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from operator import itemgetter

from guidelines.codegen import MET, NOT_APPLICABLE, NOT_MET, PENDING, source_of
from guidelines.columns import Columns, Write, answer_of, is_known, writers_of
from guidelines.criteria import Criterion, Readings
from guidelines.facts import ClinicalPicture
from guidelines.gates import GATES, facts_of_gates, pass_gates
from guidelines.registry import all_rules
from guidelines.rule import Rule, judge
from guidelines.vocabulary import Scope, Verdict

BATCH = 1024  # patients judged together; more gains nothing and keeps more in memory
REMEMBERED = 65_536  # states of a scope's gates

_VERDICTS = {
    0: Verdict.CANNOT_TELL,
    MET: Verdict.MET,
    NOT_MET: Verdict.NOT_MET,
    NOT_APPLICABLE: Verdict.NOT_APPLICABLE,
    PENDING: Verdict.PENDING_JUDGEMENT,
}
OPEN, CLOSED, UNKNOWN = range(3)  # codes of a scope's gates

Planes = Sequence[Sequence[int]]
Judge = Callable[[Planes, int], list[int]]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What every rule says of one patient, behind its gates; a verdict is decoded when read."""

    rules: Sequence[Rule]
    codes: bytes

    def __iter__(self) -> Iterator[Verdict]:
        return map(_VERDICTS.__getitem__, self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    def of(self, rule: Rule) -> Verdict:
        """The verdict of one rule; raises ``ValueError`` for a rule that was not judged."""
        return _VERDICTS[self.codes[list(self.rules).index(rule)]]

    def by_rule(self) -> dict[str, Verdict]:
        """All verdicts by the rule's id."""
        return {rule.id: verdict for rule, verdict in zip(self.rules, self, strict=True)}

    def having(self, verdict: Verdict) -> tuple[Rule, ...]:
        """The rules that say this."""
        wanted = _CODES[verdict]
        pairs = zip(self.rules, self.codes, strict=True)
        return tuple(rule for rule, code in pairs if code == wanted)


_CODES = {verdict: code for code, verdict in _VERDICTS.items()}


class Compiled:
    """A set of rules, compiled: judges one patient or many."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        criteria: list[Criterion] = [c for rule in rules for c in (rule.applies, rule.when)]
        scopes = list(dict.fromkeys(rule.scope for rule in rules))
        asked = {name for scope in scopes for name in facts_of_gates(GATES[scope])}
        criteria += [criterion for scope in scopes for criterion in criteria_of(scope)]
        self.columns = Columns.of(criteria, sorted(asked))
        places = {scope: self.columns.add_judged() for scope in scopes}
        for column in places.values():
            self.columns.all[column].plane([CLOSED])
            self.columns.all[column].plane([OPEN])
        self.source = source_of(self.rules, self.columns, places)
        self.judge = _function(self.source)
        self.gates = [_Gate(self.columns, scope, column) for scope, column in places.items()]
        self.asked = self.columns.asked
        self.writers: dict[str, Write] = dict(writers_of(self.columns))
        self.missing = [column.missing for column in self.columns.all]
        self.rows = [column.rows() for column in self.columns.all]

    def one(self, readings: Readings, *, gates_open: bool = False) -> Verdicts:
        """What each rule says of these readings, behind its gates unless they are to be open."""
        row = self._row(readings)
        if gates_open:
            for gate in self.gates:
                row[gate.column] = OPEN
        planes = [rows[code] for rows, code in zip(self.rows, row, strict=True)]
        return Verdicts(self.rules, bytes(self.judge(planes, 1)))

    def many(self, all_readings: Iterable[Readings]) -> Iterator[Verdicts]:
        """What each rule says of each patient's readings, in their order."""
        rest = iter(all_readings)
        while batch := [self._row(readings) for readings in islice(rest, BATCH)]:
            yield from self._together(batch)

    def _row(self, readings: Readings) -> list[int]:
        row = self.missing.copy()
        write_of = self.writers.get
        for name, reading in readings.items():
            write = write_of(name)
            if write is not None:
                write(reading, row)
        for column, criterion in self.asked:
            row[column] = answer_of(criterion, readings)
        for gate in self.gates:
            gate.write(row, readings)
        return row

    def _together(self, rows: Sequence[Sequence[int]]) -> Iterator[Verdicts]:
        count = len(rows)
        by_column = map(bytes, zip(*rows, strict=True))
        planes = [
            [int.from_bytes(codes.translate(plane), "little") for plane in column.planes]
            for column, codes in zip(self.columns.all, by_column, strict=True)
        ]
        everybody = int.from_bytes(b"\x01" * count, "little")
        said = b"".join(out.to_bytes(count, "little") for out in self.judge(planes, everybody))
        return (Verdicts(self.rules, said[patient::count]) for patient in range(count))


def criteria_of(scope: Scope) -> list[Criterion]:
    """All criteria of the gates before a scope."""
    return [
        criterion
        for gate in GATES[scope]
        for criterion in (gate.closes_when, gate.opens_when, gate.asks_when, gate.only_when)
        if criterion is not None
    ]


class _Gate:
    """The gates of one scope, asked once for each state of the facts that they name."""

    def __init__(self, columns: Columns, scope: Scope, column: int) -> None:
        self.gates = GATES[scope]
        self.column = column
        facts = facts_of_gates(self.gates)
        self.state = itemgetter(*(place for name in facts for place in columns.places(name)))
        self.known: dict[object, int] = {}
        self.remembers = REMEMBERED if all(map(is_known, criteria_of(scope))) else 0

    def write(self, row: list[int], readings: Readings) -> None:
        state = self.state(row)
        code = self.known.get(state)
        if code is None:
            report = pass_gates(self.gates, readings)
            code = CLOSED if report.is_closed else UNKNOWN if report.is_unknown else OPEN
            if len(self.known) >= self.remembers:
                self.known.clear()
            if self.remembers:
                self.known[state] = code
        row[self.column] = code


def _function(source: str) -> Judge:
    namespace: dict[str, Judge] = {}
    # The source is made of this package's own criteria, never of anything entered.
    exec(compile(source, "<compiled rules>", "exec"), namespace)  # noqa: S102
    return namespace["judge"]


class JudgedTogether:
    """Stands in for ``rule.judge`` where many rules are asked of the same readings.

    Every rule is judged when the first is asked. It keeps what it judged: make one for a patient.
    """

    def __init__(self) -> None:
        self._said: dict[int, tuple[Readings, bytes]] = {}

    def __call__(self, rule: Rule, readings: Readings) -> Verdict:
        """The verdict from the rule's own criteria, gates open."""
        place = _places().get(rule)
        if place is None:
            return judge(rule, readings)
        said = self._said.get(id(readings))
        if said is None:  # the readings are kept too, so that the id stays theirs
            said = readings, compiled().one(readings, gates_open=True).codes
            self._said[id(readings)] = said
        return _VERDICTS[said[1][place]]


@cache
def _places() -> dict[Rule, int]:
    return {rule: place for place, rule in enumerate(compiled().rules)}


@cache
def compiled() -> Compiled:
    """Every rule of every edition, compiled at the first call."""
    return Compiled(all_rules())


def verdicts_of(readings: Readings) -> Verdicts:
    """What every rule of every edition says of these readings (``ClinicalPicture.readings()``).

    Facts that the core derives (severity, whether an intervention is indicated) must be among
    them, as ``assess`` adds them.
    """
    return compiled().one(readings)


def verdicts_of_many(pictures: Iterable[ClinicalPicture]) -> Iterator[Verdicts]:
    """The same for many pictures, in their order; the fastest way for a cohort."""
    return compiled().many(picture.readings() for picture in pictures)
