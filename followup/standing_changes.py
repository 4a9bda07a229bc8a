"""What became different between two standings of the same patients, counted and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from followup.models import Standing
from guidelines.pathway import Bucket
from guidelines.vocabulary import GradeResult

BOOKKEEPING = {
    "id", "patient", "assessed_at", "assessed_for_on", "valid_until_on", "engine_version", "replay",
    "clock",
}  # fmt: skip
"""Columns that no list shows: they may differ without anything having changed."""
SHOWN = tuple(
    each.attname for each in Standing._meta.concrete_fields if each.name not in BOOKKEEPING
)
NOTHING, NONE_BEFORE = "none", "no standing"

Change = tuple[str, str, str]
"""What changed, from what, to what; all in words."""


@dataclass
class Outcome:
    """What a visit to some patients, or a whole round, has found.

    ``changed``: patients of whom anything that lists show is different; ``otherwise``: those among
    them with the same bucket, classes and grade. ``was_due``: those among the changed whose
    standing was due anyway, so that time alone may be why. ``failed``: opaque ids. ``numbers``:
    record numbers by change, where they were asked for.
    """

    visited: int = 0
    changed: int = 0
    otherwise: int = 0
    was_due: int = 0
    failed: list[str] = field(default_factory=list)
    changes: Counter[Change] = field(default_factory=Counter)
    numbers: dict[Change, list[str]] = field(default_factory=dict)

    def add(self, other: Outcome) -> None:
        """Count another visit in."""
        self.visited += other.visited
        self.changed += other.changed
        self.otherwise += other.otherwise
        self.was_due += other.was_due
        self.failed += other.failed
        self.changes.update(other.changes)
        for change, numbers in other.numbers.items():
            self.numbers.setdefault(change, []).extend(numbers)


def is_different(before: Standing | None, after: Standing) -> bool:
    """Whether anything that lists show differs."""
    return before is None or any(getattr(before, n) != getattr(after, n) for n in SHOWN)


def changes_of(before: Standing | None, after: Standing) -> Iterator[Change]:
    """Bucket, class of each body, grade: those that differ."""
    then = _words(before) if before is not None else {}
    for what, words in _words(after).items():
        was = then.get(what, NONE_BEFORE)
        if was != words:
            yield what, was, words


def _words(standing: Standing) -> dict[str, str]:
    return {
        "Bucket": Bucket(standing.bucket).label if standing.bucket else NOTHING,
        "ACC/AHA class": standing.acc_aha_class or NOTHING,
        "ESC/EACTS class": standing.esc_class or NOTHING,
        "Grade": GradeResult(standing.grade).label,
    }


OTHERWISE = "Otherwise (dates, concerns, what is missing)"


def told(outcome: Outcome) -> Iterator[str]:
    """The lines of a report: each kind of change, from what to what, how many, and who."""
    for what, found in groupby(sorted(outcome.changes), key=lambda change: change[0]):
        yield f"{what}:"
        for change in sorted(found, key=lambda each: (-outcome.changes[each], each)):
            yield f"{outcome.changes[change]:>9,}  {change[1]} -> {change[2]}"
            yield from (f"{'':>13}{number}" for number in sorted(outcome.numbers.get(change, ())))
    if outcome.otherwise:
        yield f"{OTHERWISE}:"
        yield f"{outcome.otherwise:>9,}"
