"""The outcome of a check, row by row, kept in a file until the import is done.

Each line of the file is one data row: a letter for its status, then JSON. The letter lets a page
of one status be read without parsing the others. A plan holds no code and no objects, only values.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from interop import storage
from interop.spreadsheets.controls import visible
from patients.fields import MEASURES
from patients.models import ANALYTES

NEW, CHANGED, UNCHANGED, REJECTED = "n", "c", "u", "r"
STATUS_NAMES = {NEW: "new", CHANGED: "changed", UNCHANGED: "unchanged", REJECTED: "rejected"}


@dataclass
class PlannedPart:
    """One row of the record: what is to be done with it, and what it rests on.

    ``pk`` and ``version`` are those of the stored row at the time of the check; None for a new one.
    """

    shape: str
    status: str
    key: tuple[str, ...]
    values: dict[str, Any]
    pk: int | None = None
    version: int | None = None
    implausible: list[str] = field(default_factory=list)

    def as_json(self) -> list[Any]:
        """A short form for the file."""
        values = self.values if self.status != UNCHANGED else {}
        return [
            self.shape,
            self.status,
            list(self.key),
            values,
            self.pk,
            self.version,
            self.implausible,
        ]

    @classmethod
    def from_json(cls, data: list[Any]) -> PlannedPart:
        """The reverse."""
        shape, status, key, values, pk, version, implausible = data
        return cls(shape, status, tuple(key), values, pk, version, implausible)


@dataclass
class Outcome:
    """What became of one data row.

    ``errors`` are (field, reason, text of the cell); ``changes`` (field, old, new); ``asked`` are
    implausible values in words.
    """

    number: int
    record_number: str
    status: str
    patient_pk: int | None = None
    parts: list[PlannedPart] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    errors: list[tuple[str, str, str]] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)

    def line(self) -> str:
        """The row as a line of the plan's file."""
        data = [
            self.number, self.record_number, self.patient_pk,
            [part.as_json() for part in self.parts],
            self.asked, self.warnings, self.errors, self.changes,
        ]  # fmt: skip
        return self.status + json.dumps(data, default=_encode, separators=(",", ":"))

    @classmethod
    def from_line(cls, line: str) -> Outcome:
        """The reverse."""
        number, record, patient, parts, asked, warnings, errors, changes = json.loads(
            line[1:], object_hook=_decode
        )
        return cls(
            number, record, line[0], patient, [PlannedPart.from_json(part) for part in parts],
            asked, warnings, [tuple(e) for e in errors], [tuple(c) for c in changes],
        )  # fmt: skip


def _encode(value: Any) -> dict[str, str]:
    if isinstance(value, Decimal):
        return {"$": str(value)}
    if isinstance(value, date):
        return {"@": value.isoformat()}
    raise TypeError(f"a plan holds no {type(value).__name__}")


def _decode(data: dict[str, Any]) -> Any:
    if len(data) == 1:
        if "$" in data:
            return Decimal(data["$"])
        if "@" in data:
            return date.fromisoformat(data["@"])
    return data


def write_plan(path: Path, outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Keep the outcomes of a check; gives their counts."""
    counts = Counts()
    with os.fdopen(storage.create_at(path), "w", encoding="utf-8") as file:
        for outcome in outcomes:
            counts.count(outcome)
            file.write(outcome.line() + "\n")
    return counts.as_json()


def read_plan(name: str, statuses: str = "ncur") -> Iterator[Outcome]:
    """Outcomes of these statuses, in the order of the file."""
    with storage.path_of(name, storage.PLAN).open(encoding="utf-8") as file:
        for line in file:
            if line[0] in statuses:
                yield Outcome.from_line(line)


def page_of_plan(name: str, status: str, start: int, size: int) -> list[Outcome]:
    """Some outcomes of one status."""
    with storage.path_of(name, storage.PLAN).open(encoding="utf-8") as file:
        lines = (line for line in file if line[0] == status)
        return [Outcome.from_line(line) for line in islice(lines, start, start + size)]


_VALUES = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}|(?<=mean )[\d.]+|(?<=“)[^”]*(?=”)")


def _without_values(message: str, typed: str) -> str:
    """A reason without what one row typed, so that equal reasons can be counted."""
    if typed.strip():
        pattern = rf"(?<![\w.]){re.escape(typed.strip())}(?![\w.])"
        message = re.sub(pattern, "…", message, count=1)
    return _VALUES.sub("…", message)


def _asked_label(name: str, values: dict[str, Any]) -> str:
    """What an implausible value measures: a measure of the catalogue, or an analyte."""
    if name in MEASURES:
        return MEASURES[name].label
    code = str(values.get("analyte", name))
    return ANALYTES[code].label if code in ANALYTES else name


class Counts:
    """Counts of rows by status, of records by model, and of reasons."""

    MOST_REASONS = 12

    def __init__(self) -> None:
        self.rows = dict.fromkeys(
            (*STATUS_NAMES.values(), "asked_rows", "asked", "warnings", "slips"), 0
        )
        self.rows["rows"] = 0
        self.records: dict[str, int] = {}
        self.changed: dict[str, int] = {}
        self.reasons: dict[str, int] = {}
        self.asked_by: dict[str, int] = {}

    def count(self, outcome: Outcome) -> None:
        """Take one row into account."""
        rows = self.rows
        rows["rows"] += 1
        rows[STATUS_NAMES[outcome.status]] += 1
        rows["warnings"] += bool(outcome.warnings)
        rows["asked"] += len(outcome.asked)
        rows["asked_rows"] += bool(outcome.asked)
        words = [*outcome.asked, *(message for _label, message, _typed in outcome.errors)]
        rows["slips"] += any("id you mean" in text for text in words)
        for part in outcome.parts:
            if part.status != UNCHANGED:
                book = self.records if part.status == NEW else self.changed
                book[part.shape] = book.get(part.shape, 0) + 1
            for name in part.implausible:
                label = _asked_label(name, part.values)
                self.asked_by[label] = self.asked_by.get(label, 0) + 1
        for label, message, typed in outcome.errors:
            reason = visible(f"{label}: {_without_values(message, typed)}" if label else message)
            if reason in self.reasons or len(self.reasons) < self.MOST_REASONS:
                self.reasons[reason] = self.reasons.get(reason, 0) + 1

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        return {
            **self.rows,
            "records": self.records,
            "records_changed": self.changed,
            "reasons": self.reasons,
            "asked_by": self.asked_by,
        }
