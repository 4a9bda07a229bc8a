"""Comparing the audit with its seals: what was edited, removed or inserted since, and where.

Rows and seals are read in the order of their ids, a few thousand at a time.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from audit.canonical import digests_of
from audit.models import AuditEvent, AuditSeal
from audit.seals import fingerprints_of, line_of, new_digest

SEALS_AT_ONCE = 4
LONGEST_NUMBER = 19  # digits: what fits into the database's 64 bits


@dataclass(frozen=True)
class Fault:
    """Where the audit is not what was sealed: the seal, the first event in it, and words."""

    seal: int
    event: int | None
    what: str

    def __str__(self) -> str:
        return f"Seal {self.seal}: {self.what}"


@dataclass
class Totals:
    """How much was compared; counted while `faults` is read."""

    seals: int = 0
    events: int = 0


def faults(totals: Totals) -> Iterator[Fault]:
    """One fault for each seal that does not agree with the events under it, or with the others."""
    before: AuditSeal | None = None
    for seal in AuditSeal.objects.order_by("number", "id").iterator(chunk_size=SEALS_AT_ONCE):
        totals.seals += 1
        yield from _missing_seals(before, seal)
        if found := _broken_chain(before, seal) or _changed_row(before, seal, totals):
            yield found
        before = seal


def copy_faults(lines: Iterable[str]) -> Iterator[Fault]:
    """One fault for each line of a copy, taken earlier, with which the stored seal does not agree.

    Raises ValueError when this is no such copy.
    """
    stored = AuditSeal.objects.defer("fingerprints").order_by("number", "id")
    kept = stored.iterator(chunk_size=1000)
    seal = next(kept, None)
    last = 0
    for line in filter(None, map(str.strip, lines)):
        number = _number_of(line)
        if number <= last:
            raise ValueError("This is no file of seals: its numbers do not rise.")
        last = number
        while seal is not None and seal.number < number:
            seal = next(kept, None)
        if seal is None or seal.number != number:
            yield Fault(number, None, "it is in the copy, and no longer in the database.")
        elif line_of(seal) != line:
            yield Fault(number, None, "it is not the one that was copied: it was made anew.")
    if not last:
        raise ValueError("The file holds no seal.")


def _number_of(line: str) -> int:
    first = line.split(" ", 1)[0]
    if not (first.isascii() and first.isdecimal() and len(first) < LONGEST_NUMBER):
        raise ValueError("This is no file of seals: its lines begin with a number.")
    return int(first)


def _missing_seals(before: AuditSeal | None, seal: AuditSeal) -> Iterator[Fault]:
    expected = before.number + 1 if before else 1
    if seal.number > expected:
        last = seal.number - 1
        which = f"seal {last} is" if last == expected else f"seals {expected} to {last} are"
        yield Fault(expected, None, f"{which} missing.")


def _broken_chain(before: AuditSeal | None, seal: AuditSeal) -> Fault | None:
    """A seal that was made anew no longer leads to the next one."""
    is_next = seal.number == (before.number + 1 if before else 1)
    if is_next and seal.previous_digest != (before.digest if before else ""):
        what = "it does not follow from the seal before it: that one was made anew, or this one."
        return Fault(seal.number, None, what)
    return None


def _changed_row(before: AuditSeal | None, seal: AuditSeal, totals: Totals) -> Fault | None:
    """Compare event by event: the first that differs, or that the seal itself was changed."""
    digest, expected, first = new_digest(seal), _Fingerprints(seal), None
    for key, row in digests_of(_events_under(before, seal)):
        totals.events += 1
        digest.update(row)
        first = first or _difference(seal, expected.take(), key, row)
    if first is None and (sealed := expected.take()) is not None:
        first = _row_fault(seal, sealed[0], "was removed")
    are_the_same = digest.hexdigest() == seal.digest
    if are_the_same and first is None and not expected.are_spoiled:
        return None
    if are_the_same:
        return Fault(seal.number, None, "its fingerprints were changed; its events were not.")
    return first or Fault(seal.number, None, "the seal itself was changed.")


def _difference(
    seal: AuditSeal, sealed: tuple[int, bytes] | None, key: int, row: bytes
) -> Fault | None:
    if sealed is None or key < sealed[0]:
        return _row_fault(seal, key, "was inserted")
    if key > sealed[0]:
        return _row_fault(seal, sealed[0], "was removed")
    return None if sealed[1] == row[:8] else _row_fault(seal, key, "was edited")


class _Fingerprints:
    """The sealed ids and fingerprints one by one; what cannot be read ends them."""

    def __init__(self, seal: AuditSeal) -> None:
        self.are_spoiled = False
        try:
            self._rest = fingerprints_of(seal)
            self._next = next(self._rest, None)
        except struct.error:
            self.are_spoiled, self._next = True, None

    def take(self) -> tuple[int, bytes] | None:
        taken = self._next
        if taken is not None:
            self._next = next(self._rest, None)
        return taken


def _row_fault(seal: AuditSeal, key: int, what: str) -> Fault:
    return Fault(seal.number, key, f"event {key} {what} after it was made.")


def _events_under(before: AuditSeal | None, seal: AuditSeal) -> QuerySet[AuditEvent]:
    """What lies between this seal's end and the one before; of a missing one nothing is known."""
    events = AuditEvent.objects.filter(id__lte=seal.last_id)
    if before is None and seal.number == 1:
        return events
    if before is None or seal.number != before.number + 1:
        return events.filter(id__gte=seal.first_id)
    return events.filter(id__gt=before.last_id)
