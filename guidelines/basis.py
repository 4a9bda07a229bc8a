"""What an edition's headline rests on, in codes: for lists and files, which show no sentences.

The same verdict says the same in words (``EditionVerdict.summary`` and its findings).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from guidelines.clock import CLASS_1, either_way
from guidelines.editions import EditionVerdict, HeadlineKind
from guidelines.facts import ORDER, RATIOS, ClinicalPicture, Fact, Value
from guidelines.gaps import missing_of
from guidelines.numbers import Interval, plain
from guidelines.rule import Rule
from guidelines.severity import Severity
from guidelines.vocabulary import Term, Verdict

NO_LEVEL = "none"
"""Where a guideline prints a recommendation without a level of evidence."""
OPEN = (Verdict.MET, Verdict.PENDING_JUDGEMENT, Verdict.CANNOT_TELL)


@dataclass(frozen=True, slots=True)
class Basis:
    """What the headline of an edition rests on.

    ``rows``: of the rule tables, one for each recommendation that carries the headline; none where
    the class holds either way, for then no one of them is known to carry it. ``levels``: of
    evidence, one for each of the rows. ``keys``: by which a replay of the record knows since when
    each has held. ``facts``: known facts that these recommendations ask for, as
    ``name=value@day``. ``missing``: names of the facts that could change what the edition says.
    """

    rows: tuple[str, ...]
    levels: tuple[str, ...]
    keys: tuple[str, ...]
    facts: tuple[str, ...]
    missing: tuple[str, ...]


def basis_of(verdict: EditionVerdict, severity: Severity, picture: ClinicalPicture) -> Basis:
    """What the verdict rests on; ``severity`` is by the body's own definition, on ``picture``."""
    printed = dict.fromkeys(_printed(finding.rule) for finding in verdict.behind)
    return Basis(
        rows=tuple(row for row, _level in printed),
        levels=tuple(level for _row, level in printed),
        keys=headline_keys(verdict),
        facts=tuple(_told(_asking(verdict), picture)),
        missing=tuple(sorted(missing_of(verdict, severity), key=ORDER.__getitem__)),
    )


def headline_keys(verdict: EditionVerdict) -> tuple[str, ...]:
    """Under which names a replay keeps since when the headline has held."""
    if verdict.headline_kind is HeadlineKind.EITHER_WAY:
        is_kept = verdict.standing.headline == CLASS_1
        return (either_way(verdict.edition),) if is_kept else ()
    return tuple(finding.rule.id for finding in verdict.behind)


def _printed(rule: Rule) -> tuple[str, str]:
    return rule.source.row, rule.loe.value if rule.loe is not None else NO_LEVEL


def _asking(verdict: EditionVerdict) -> tuple[Rule, ...]:
    """The rules that carry the headline; where it holds either way, those that may."""
    if verdict.headline_kind is HeadlineKind.EITHER_WAY:
        strength = verdict.standing.headline
        return tuple(
            finding.rule
            for finding in verdict.findings
            if finding.rule.is_timing
            and finding.rule.strength == strength
            and finding.verdict in OPEN
        )
    return tuple(finding.rule for finding in verdict.behind)


@cache
def _asked(rules: tuple[Rule, ...]) -> tuple[str, ...]:
    """The facts that these rules ask for, an index by its parts, in the catalogue's order."""
    names = {name for rule in rules for name in rule.facts}
    for name, ratio in RATIOS.items():
        if name in names:
            names |= {ratio.over, ratio.under}
    return tuple(sorted(names, key=ORDER.__getitem__))


def _told(rules: tuple[Rule, ...], picture: ClinicalPicture) -> Iterator[str]:
    for name in _asked(rules):
        fact = picture.facts.get(name)
        if fact is not None and fact.value is not None:
            yield f"{name}={spelled(fact.value)}{_day(fact)}"


def _day(fact: Fact) -> str:
    """The day of the record behind it; what is about the person has none: it holds every day."""
    if fact.on is None or fact.source.startswith("patient:"):
        return ""
    return f"@{fact.on.isoformat()}"


def spelled(value: Value) -> str:
    """A value as files hold it: a code, ``true``, ``58``, a range ``55..60``, ``..<60``.

    A computed number has four significant digits.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Term):
        return value.value
    if isinstance(value, Interval):
        return _range(value)
    return plain(value)


def _range(value: Interval) -> str:
    if value.is_point and value.low is not None:
        return plain(value.low)
    low = "" if value.low is None else f"{'>' if value.low_open else ''}{plain(value.low)}"
    high = "" if value.high is None else f"{'<' if value.high_open else ''}{plain(value.high)}"
    return f"{low}..{high}"
