"""Python source for many rules at once, generated from their criteria.

Every criterion becomes two planes of bits, one for "yes" and one for "no"; a bit in neither is
unknown. A plane is a whole number with one lane of eight bits for each patient, so one ``&``
answers Kleene's "and" for a thousand patients, and the same source judges a single one. Every
distinct criterion is computed once, in the innermost block that all its users share: behind the
scope's gates, and behind the population when only its rules ask for it.

The criteria are the only text of a rule: nothing is written here that a rule does not say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from guidelines.columns import Columns, Opaque, planes_of
from guidelines.criteria import Criterion, _AllOf, _AtLeastNOf, _Negation
from guidelines.facts import FACTS
from guidelines.rule import Rule
from guidelines.vocabulary import Scope

# The bits of one lane: what a rule says of one patient. None of them: cannot tell.
MET, NOT_MET, NOT_APPLICABLE, PENDING = 1, 2, 4, 8

Block = tuple[object, ...]
ROOT: Block = ()


@dataclass(slots=True, eq=False)
class Node:
    """A criterion in the program: the names of its planes and the lines that make them.

    ``waits``: the expression of the lanes in which something unsettled is no team judgement; empty
    when that never is. It holds only where the criterion itself is undecided.
    """

    yes: str
    no: str
    waits: str
    columns: frozenset[int]
    parts: tuple[Node, ...] = ()
    lines: tuple[str, ...] = ()
    block: Block | None = None

    @property
    def is_measured(self) -> bool:
        """Whether it waits wherever it is undecided: no team judgement is among its facts."""
        return self.waits == _undecided(self.yes, self.no)


def _undecided(yes: str, no: str) -> str:
    return f"~({min(yes, no)} | {max(yes, no)})"


@dataclass
class Program:
    """The nodes of the criteria asked for so far, each structure once."""

    columns: Columns
    nodes: dict[object, Node] = field(default_factory=dict)
    made: list[Node] = field(default_factory=list)

    def node(self, criterion: Criterion) -> Node:
        """The node of a criterion; two criteria that say the same share one."""
        key = self._key(criterion)
        if key not in self.nodes:
            self.nodes[key] = self._new(criterion)
        return self.nodes[key]

    def _key(self, criterion: Criterion) -> object:
        kind = type(criterion)
        if kind in (_AllOf, _AtLeastNOf, _Negation):
            parts = tuple(id(self.node(part)) for part in criterion.parts)
            return kind, getattr(criterion, "needed", 0), parts
        return self.columns.key_of(criterion)

    def _new(self, criterion: Criterion) -> Node:
        if isinstance(criterion, _Negation) and type(criterion) is _Negation:
            part = self.node(criterion.parts[0])
            return Node(part.no, part.yes, part.waits, part.columns, (part,))
        if type(criterion) is _AllOf:
            return self._joined(criterion.parts, len(criterion.parts))
        if isinstance(criterion, _AtLeastNOf) and type(criterion) is _AtLeastNOf:
            return self._joined(criterion.parts, criterion.needed)
        return self._atom(criterion)

    def _atom(self, criterion: Criterion) -> Node:
        yes, no, waits, columns = planes_of(self.columns, criterion)
        if not isinstance(self.columns.key_of(criterion), Opaque):
            waits = "" if FACTS[criterion.fact].is_judgement else _undecided(yes, no)
        return Node(yes, no, waits, frozenset(columns))

    def _joined(self, criteria: Sequence[Criterion], needed: int) -> Node:
        parts = tuple(self.node(criterion) for criterion in criteria)
        if len(parts) == 1:
            return parts[0]
        number = len(self.made)
        yes, no = f"y{number}", f"n{number}"
        too_few = len(parts) - needed + 1
        lines = [
            *_enough(yes, [part.yes for part in parts], needed),
            *_enough(no, [part.no for part in parts], too_few),
        ]
        waiting = [part.waits for part in parts if part.waits]
        waits = f"(({' | '.join(waiting)}) & {_undecided(yes, no)})" if waiting else ""
        if all(part.is_measured for part in parts):
            waits = _undecided(yes, no)
        columns = frozenset[int]().union(*(part.columns for part in parts))
        node = Node(yes, no, waits, columns, parts, tuple(lines))
        self.made.append(node)
        return node


def _enough(name: str, planes: Sequence[str], needed: int) -> list[str]:
    """Lines that make the plane of the lanes in which at least so many of the planes are set."""
    if needed == len(planes):
        return [f"{name} = {' & '.join(planes)}"]
    if needed == 1:
        return [f"{name} = {' | '.join(planes)}"]
    counts = [f"{name}_{count}" for count in range(1, needed + 1)]
    lines = [f"{' = '.join(counts)} = 0"]
    for plane in planes:
        for count in range(needed - 1, 0, -1):
            lines.append(f"{counts[count]} |= {counts[count - 1]} & {plane}")
        lines.append(f"{counts[0]} |= {plane}")
    return [*lines, f"{name} = {counts[-1]}"]


@dataclass(frozen=True, slots=True)
class _Group:
    """The rules of one scope that speak of one population."""

    scope: Scope
    applies: Node
    members: tuple[tuple[int, Node], ...]

    @property
    def block(self) -> Block:
        """Its block: inside its scope's."""
        return self.scope, id(self.applies)


def source_of(rules: Sequence[Rule], columns: Columns, gates: Mapping[Scope, int]) -> str:
    """The source of ``judge(columns, everybody)``: what each rule says, as bits, by its index.

    ``columns``: of each column its planes. ``gates``: the column of each scope's gates, whose
    planes are "closed" and "open". ``everybody``: the plane with a one in every lane.
    """
    program = Program(columns)
    groups = _groups(rules, program)
    _place(program, groups)
    lines = [
        "def judge(columns, everybody):",
        f"    excluded = everybody * {NOT_APPLICABLE}",
        f"    out = [excluded] * {len(rules)}",
    ]
    places = _column_places(program, groups)
    lines += _block(program, places, ROOT, 1)
    for scope, column in gates.items():
        of_scope = [group for group in groups if group.scope is scope]
        lines += _scope(program, places, column, of_scope)
    return "\n".join([*lines, "    return out", ""])


def _groups(rules: Sequence[Rule], program: Program) -> list[_Group]:
    members: dict[tuple[Scope, int], list[tuple[int, Node]]] = {}
    applies: dict[tuple[Scope, int], Node] = {}
    for index, rule in enumerate(rules):
        population = program.node(rule.applies)
        key = (rule.scope, id(population))
        applies[key] = population
        members.setdefault(key, []).append((index, program.node(rule.when)))
    return [_Group(key[0], applies[key], tuple(found)) for key, found in members.items()]


def _place(program: Program, groups: Sequence[_Group]) -> None:
    """Each node's block: the innermost one that holds all its uses."""
    for group in groups:
        _use(group.applies, group.block[:1])
        for _, when in group.members:
            _use(when, group.block)
    for node in reversed(program.made):  # users were made after their parts
        for part in node.parts:
            _use(part, node.block or ROOT)


def _use(node: Node, block: Block) -> None:
    node.block = block if node.block is None else _shared(node.block, block)
    if node.parts and not node.lines:  # a negation has no lines of its own
        _use(node.parts[0], node.block)


def _shared(one: Block, other: Block) -> Block:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return one[:length]


def _column_places(program: Program, groups: Sequence[_Group]) -> dict[int, Block]:
    """Where each column is opened: the innermost block that holds all uses of its planes."""
    places: dict[int, Block] = {}
    nodes = [*program.made, *program.nodes.values()]
    for node in nodes:
        for column in node.columns:
            block = node.block or ROOT
            places[column] = _shared(places.get(column, block), block)
    return places


def _block(program: Program, places: Mapping[int, Block], block: Block, depth: int) -> list[str]:
    """The columns opened and the nodes computed in this block, in order."""
    indent = "    " * depth
    opened = [column for column, place in places.items() if place == block]
    lines = [f"{indent}{program.columns.names(c)} = columns[{c}]" for c in sorted(opened)]
    for node in program.made:
        if node.block == block:
            lines += [indent + line for line in node.lines]
    return lines


def _scope(
    program: Program,
    places: Mapping[int, Block],
    column: int,
    groups: Sequence[_Group],
) -> list[str]:
    lines = [f"    closed, opened = columns[{column}]", "    if closed != everybody:"]
    lines += _block(program, places, (groups[0].scope,), 2)
    for group in groups:
        lines += _group(program, places, group)
    return lines


def _group(program: Program, places: Mapping[int, Block], group: _Group) -> list[str]:
    applies = group.applies
    lines = [
        f"        excluded_too = (closed | {applies.no}) * {NOT_APPLICABLE}",
        f"        live = opened & ~{applies.no}",
        "        if live:",
        *_block(program, places, group.block, 3),
        f"            sure = live & {applies.yes}",
    ]
    for index, when in group.members:
        lines += _verdict(index, applies, when)
    numbers = ", ".join(str(index) for index, _ in group.members)
    return [
        *lines,
        "        elif excluded_too != excluded:",
        f"            for index in ({numbers},):",
        "                out[index] = excluded_too",
    ]


def _verdict(index: int, applies: Node, when: Node) -> list[str]:
    said = f"excluded_too | sure & {when.yes} | (sure & {when.no}) << 1"
    waiting = [node.waits for node in (applies, when) if node.waits]
    undecided = f"live & ~{when.no} & ~(sure & {when.yes})"
    if applies.is_measured and when.is_measured:
        return [f"            out[{index}] = {said}"]  # every fact is measured: never pending
    waits = f" & ~({' | '.join(waiting)})" if waiting else ""
    return [
        f"            pending = {undecided}",
        "            if pending:",
        f"                pending &= {waits.removeprefix(' & ') or 'everybody'}",
        f"            out[{index}] = {said} | pending << 3",
    ]
