"""What stands in the tables: rows, and a digest that does not depend on their order.

A row is brought into one form whatever database holds it: columns by name, numbers without trailing
zeros, instants in UTC, JSON with sorted keys. The digest of a table is the SHA-256 over its name,
its columns, its number of rows and the sum of the rows' SHA-256 (modulo 2**256). It is read from
the database and not from the models, so that a backup of another release can be compared too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings

AUDIT = "audit_auditevent"
"""Grows by every look at a record: compared as far as the backup knew it."""

Convert = Callable[[Any], Any]


def left_out() -> set[str]:
    """Tables whose rows are not in a backup: who is logged in now, and what a cache holds."""
    return {"django_session", "usersessions_usersession", settings.CACHES["default"]["LOCATION"]}


@dataclass(frozen=True)
class Content:
    """Number of rows and digest of one table."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Column:
    """A column and what it holds: one of the keys of ``CONVERSIONS``, or "plain"."""

    name: str
    holds: str


def _number(value: Any) -> str:
    # SQLite keeps a decimal as a whole or floating number: its shortest text is what was entered.
    decimal = value if isinstance(value, Decimal) else Decimal(repr(value))
    return format(decimal.normalize(), "f") if decimal else "0"


def _instant(value: datetime | str) -> str:
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    zoned = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return zoned.astimezone(UTC).isoformat(timespec="microseconds")


def _clock(value: time | str) -> str:
    return (time.fromisoformat(value) if isinstance(value, str) else value).isoformat()


def _json(value: Any) -> str:
    read = json.loads(value, parse_float=Decimal) if isinstance(value, str) else value
    return json.dumps(_without_decimals(read), sort_keys=True, ensure_ascii=False)


def _without_decimals(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_decimals(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_decimals(each) for each in value]
    return {"number": _number(value)} if isinstance(value, Decimal) else value


CONVERSIONS: Mapping[str, Convert] = {
    "bool": bool,
    "bytes": lambda value: bytes(value).hex(),
    "date": lambda value: value.isoformat() if isinstance(value, date) else str(value),
    "float": lambda value: repr(float(value)),
    "instant": _instant,
    "json": _json,
    "number": _number,
    "time": _clock,
    "uuid": lambda value: value.hex if isinstance(value, UUID) else str(value).replace("-", ""),
}


def content_of(table: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Content:
    """Count and digest; each row holds the values of ``columns`` in their order."""
    conversions = [CONVERSIONS.get(column.holds) for column in columns]
    count = total = 0
    for row in rows:
        said = [
            value if value is None or convert is None else convert(value)
            for convert, value in zip(conversions, row, strict=True)
        ]
        text = json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")
        total += int.from_bytes(hashlib.sha256(text).digest(), "big")
        count += 1
    head = json.dumps([table, [column.name for column in columns], count]).encode()
    whole = hashlib.sha256(head + (total % 2**256).to_bytes(32, "big"))
    return Content(count, whole.hexdigest())


@dataclass(frozen=True)
class Difference:
    """A table that is not as the backup has it."""

    table: str
    before: Content | None
    now: Content | None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.table}: not in the backup, {_rows(self.now)} now"
        if self.now is None:
            return f"{self.table}: {_rows(self.before)} in the backup, no such table now"
        more = self.now.rows - self.before.rows
        if more:
            now = f"{self.now.rows:,} now ({more:+,})"
            return f"{self.table}: {_rows(self.before)} in the backup, {now}"
        return f"{self.table}: {_rows(self.before)} in both, not the same ones"


def _rows(content: Content | None) -> str:
    count = content.rows if content else 0
    return f"{count:,} row{'' if count == 1 else 's'}"


def differences(before: Mapping[str, Content], now: Mapping[str, Content]) -> Iterator[Difference]:
    """The tables that differ, by name."""
    for table in sorted(before.keys() | now.keys()):
        if before.get(table) != now.get(table):
            yield Difference(table, before.get(table), now.get(table))
