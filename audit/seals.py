"""Sealing the audit: a digest over each closed batch of events, chained to the one before it.

Whoever can lift the triggers can change an event; they cannot make the seals agree with it without
making anew every seal since, and a copy of the seals that was taken elsewhere then disagrees
(docs/adr/0017). `audit/verification.py` compares.
"""

from __future__ import annotations

import hashlib
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from audit.canonical import FORM, digests_of, instant, written
from audit.models import AuditEvent, AuditSeal
from audit.triggers import EVENTS

DELAY = timedelta(minutes=5)
EVENTS_IN_A_SEAL = 10_000
FINGERPRINT = struct.Struct(">q8s")  # an event's id and the first eight bytes of its digest
LONGEST_WAIT = 30.0  # seconds, for transactions that are writing when a run begins
PAUSE = 0.1  # seconds


class StillWriting(Exception):  # noqa: N818 (not a fault: the next run seals what this one left)
    """A transaction that may yet add an event among those to be sealed did not end in time."""


@dataclass(frozen=True)
class Unsealed:
    """The events after the last seal."""

    number: int
    oldest_at: datetime | None


def last_seal() -> AuditSeal | None:
    """The seal with the highest number, without its fingerprints; None before the first."""
    return AuditSeal.objects.defer("fingerprints").order_by("-number", "-id").first()


def events_after(seal: AuditSeal | None) -> QuerySet[AuditEvent]:
    """The events that come after a seal; all of them without one."""
    events = AuditEvent.objects.order_by("id")
    return events.filter(id__gt=seal.last_id) if seal else events


def unsealed(*, counted_to: int | None = None) -> Unsealed:
    """How many events no seal covers yet, and since when the oldest waits.

    A page that need not be exact stops counting at a number.
    """
    tail = events_after(last_seal())
    first = tail.first()
    return Unsealed(tail[:counted_to].count(), first.at if first else None)


def seal_events(*, now: datetime, longest_wait: float = LONGEST_WAIT) -> list[AuditSeal]:
    """Seal every event older than five minutes that no seal covers; the seals that were made.

    Run again at once it makes none. Two runs at the same time make each seal once: its number is
    unique. Raises `StillWriting` when it cannot be known yet what belongs among the events.
    """
    end = _newest_before(now - DELAY)
    if end is None:
        return []
    _wait_for_writers(longest_wait)
    made = []
    while seal := _seal_next(end, now):
        made.append(seal)
    return made


def line_of(seal: AuditSeal) -> str:
    """A seal on one line, for a copy that is kept elsewhere."""
    return (
        f"{seal.number} {seal.first_id} {seal.last_id} {seal.count} "
        f"{instant(seal.sealed_at)} {seal.digest}"
    )


def new_digest(seal: AuditSeal) -> hashlib._Hash:
    """The digest of a seal as far as it does not follow from rows: they are added to it in turn."""
    head = [
        FORM,
        seal.number,
        instant(seal.sealed_at),
        seal.first_id,
        seal.last_id,
        seal.count,
        seal.previous_digest,
    ]
    return hashlib.sha256(written(head))


def fingerprints_of(seal: AuditSeal) -> Iterator[tuple[int, bytes]]:
    """Id and eight bytes for each event that was sealed. Raises ``struct.error`` if spoiled."""
    yield from FINGERPRINT.iter_unpack(bytes(seal.fingerprints))


def _newest_before(moment: datetime) -> int | None:
    """The newest event of before that time which no seal covers."""
    waiting = events_after(last_seal()).filter(at__lte=moment)
    return waiting.order_by("-id").values_list("id", flat=True).first()


def _seal_next(end: int, now: datetime) -> AuditSeal | None:
    """Make the seal that follows the last one, up to this id at most; None when none is left.

    When another run made it meanwhile, the next one is tried.
    """
    while True:
        before = last_seal()
        rows = list(islice(digests_of(events_after(before).filter(id__lte=end)), EVENTS_IN_A_SEAL))
        if not rows:
            return None
        seal = AuditSeal(
            number=before.number + 1 if before else 1,
            sealed_at=now,
            first_id=rows[0][0],
            last_id=rows[-1][0],
            count=len(rows),
            previous_digest=before.digest if before else "",
        )
        digest = new_digest(seal)
        for _, row in rows:
            digest.update(row)
        seal.digest = digest.hexdigest()
        seal.fingerprints = b"".join(FINGERPRINT.pack(key, row[:8]) for key, row in rows)
        try:
            with transaction.atomic():
                seal.save(force_insert=True)
        except IntegrityError:
            continue
        return seal


def _wait_for_writers(longest: float) -> None:
    """Wait until no transaction is left that may have drawn an id and not committed it yet.

    PostgreSQL hands ids out before they are committed: an older id may appear after a newer one.
    A transaction holds a lock on the table before it draws an id, so that those that hold one now
    are all that matter; who comes later draws newer ids. SQLite has one writer at a time.
    """
    if connection.vendor != "postgresql":
        return
    writing = _writers()
    deadline = time.monotonic() + longest
    while writing:
        if time.monotonic() >= deadline:
            raise StillWriting(len(writing))
        time.sleep(PAUSE)
        writing &= _writers()


def _writers() -> set[str]:
    """The transactions, other than our own, that have begun to write events."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT virtualtransaction FROM pg_locks "
            "WHERE relation = %s::regclass AND mode = 'RowExclusiveLock' AND granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
            "AND pid IS DISTINCT FROM pg_backend_pid()",
            [EVENTS],
        )
        return {transaction_id for (transaction_id,) in cursor.fetchall()}
