"""One way to write an audit event down as bytes: the same on every database, for its digest.

Instants are in UTC with microseconds, numbers counted have their keys sorted, signs beyond ASCII
are escaped. A column that is added to the model changes every digest: it begins a new `FORM`, and
the seals made before are read by theirs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from audit.models import AuditEvent

FORM = 1
COLUMNS = (
    "id",
    "at",
    "actor_id",
    "clinic_id",
    "role",
    "action",
    "record_kind",
    "record_id",
    "patient_id",
    "counts",
    "note",
    "ip",
    "app_version",
)
ROWS_AT_ONCE = 2000


def written(values: Any) -> bytes:
    """Values as JSON in the one form that has no choices."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return text.encode("ascii")


def instant(moment: datetime) -> str:
    """A clock time in UTC, with microseconds also where there are none."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def row_digest(row: tuple[Any, ...]) -> bytes:
    """SHA-256 of an event read as `COLUMNS`."""
    return hashlib.sha256(written([row[0], instant(row[1]), *row[2:]])).digest()


def digests_of(events: QuerySet[AuditEvent]) -> Iterator[tuple[int, bytes]]:
    """Id and digest of each event by id; the digest is empty where a row cannot be read at all.

    Memory does not grow with the number of rows.
    """
    last: int | None = None
    try:
        for row in _read(events):
            last = row[0]
            yield last, row_digest(row)
    except (ValueError, TypeError, AttributeError, OverflowError):
        # A column holds what the program never writes: go on row by row.
        rest = events if last is None else events.filter(id__gt=last)
        yield from _one_by_one(rest)


def _read(events: QuerySet[AuditEvent]) -> Iterator[tuple[Any, ...]]:
    rows = events.order_by("id").values_list(*COLUMNS)
    return rows.iterator(chunk_size=ROWS_AT_ONCE)


def _one_by_one(events: QuerySet[AuditEvent]) -> Iterator[tuple[int, bytes]]:
    ids = events.order_by("id").values_list("id", flat=True)
    for key in ids.iterator(chunk_size=ROWS_AT_ONCE):
        try:
            yield key, row_digest(next(_read(AuditEvent.objects.filter(pk=key))))
        except (ValueError, TypeError, AttributeError, OverflowError):
            yield key, b""
