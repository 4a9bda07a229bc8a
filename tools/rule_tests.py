"""Which test modules of the clinical core name a rule, read from their source.

A rule is named by its id, also by one that is put together (``f"{EDITION}/primary/symptoms"``), or
by its row. A module of cases passes what it names on to the test modules that
import its CASES.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from guidelines.rule import Rule
from tools import steps

FOLDER = steps.ROOT / "tests/guidelines"
PACKAGE = "tests.guidelines."
ANYTHING = "[a-z0-9-]+"
"""What stands for a part of an id that is not known before the test runs."""


@dataclass(frozen=True)
class Source:
    """One module: the texts in it, as patterns, and the modules it imports from."""

    name: str
    patterns: frozenset[str]
    imports: frozenset[str]


def modules_naming(rule: Rule, folder: Path = FOLDER) -> tuple[str, ...]:
    """The names of the test modules that name the rule or its row, in order."""
    return tuple(
        name for name, said in _tests(folder).items() if rule.id in said or rule.source.row in said
    )


def modules_importing(module: str, folder: Path = FOLDER) -> tuple[str, ...]:
    """The names of the test modules that take something from this module, in order."""
    return tuple(
        source.name
        for source in _sources(folder)
        if source.name.startswith("test_") and module in source.imports
    )


@cache
def _tests(folder: Path) -> Mapping[str, frozenset[str]]:
    """For each test module the ids and rows of rules that it names, itself or by its cases."""
    from guidelines.registry import all_rules

    sources = {source.name: source for source in _sources(folder)}
    wanted = {word for rule in all_rules() for word in (rule.id, rule.source.row)}
    named = {name: _named(source, wanted) for name, source in sources.items()}
    return {
        name: frozenset().union(*(named[each] for each in _reached(source, sources)))
        for name, source in sources.items()
        if name.startswith("test_")
    }


def _named(source: Source, wanted: set[str]) -> frozenset[str]:
    open_ones = [each for each in source.patterns if ANYTHING in each and each != ANYTHING]
    return frozenset(
        word
        for word in wanted
        if re.escape(word) in source.patterns
        or ("/" in word and any(re.fullmatch(pattern, word) for pattern in open_ones))
    )


def _reached(source: Source, sources: Mapping[str, Source]) -> Iterator[str]:
    """The module itself, and those whose cases it imports, at first or second hand."""
    yield source.name
    for name, other in sources.items():
        if any(re.fullmatch(rf"{PACKAGE}{name}\.\w*CASES", each) for each in source.imports):
            yield from _reached(other, sources)


@cache
def _sources(folder: Path) -> tuple[Source, ...]:
    return tuple(_source(path) for path in sorted(folder.glob("*.py")))


def _source(path: Path) -> Source:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    patterns = frozenset(_patterns(tree, _constants(tree)))
    return Source(path.stem, patterns, frozenset(_imports(tree)))


def _constants(tree: ast.Module) -> dict[str, str]:
    """Names bound to a text or to one put together, as patterns; bound twice: one or the other."""
    known: dict[str, str] = {}
    bound = [node for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    for node in sorted(bound, key=lambda each: each.lineno):
        for target, value in (pair for each in node.targets for pair in _pairs(each, node.value)):
            known[target] = _either(known.get(target), _pattern(value, known))
    return known


def _either(before: str | None, pattern: str) -> str:
    return pattern if before in (None, pattern) else f"(?:{before}|{pattern})"


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for each, part in zip(target.elts, value.elts, strict=False):
            yield from _pairs(each, part)


def _pattern(node: ast.AST, known: Mapping[str, str]) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_pattern(value, known) for value in node.values)
    if isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Name):
        return known.get(node.value.id, ANYTHING)
    return ANYTHING


def _patterns(tree: ast.Module, known: Mapping[str, str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr):
            yield _pattern(node, known)


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
