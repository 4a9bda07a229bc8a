"""The whole record of one patient: every kind, its newest rows, and how many there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from patients.models import ClinicalRecord, Patient, Registration
from patients.record_rows import rows_seen
from reports.kinds import GROUPS, Doors, Model, plural_of, row_url
from reports.record_lines import day_text, line_of
from treatments.models import Medication

ROWS_SHOWN = 4


@dataclass(frozen=True)
class Line:
    """One row: its day, what it says, its page."""

    day: str
    text: str
    href: str


@dataclass(frozen=True)
class Section:
    """One kind of record."""

    title: str
    lines: list[Line]
    total: int
    struck: int
    list_url: str
    add_url: str

    @property
    def hidden(self) -> int:
        """Rows that count and are not shown."""
        return self.total - len(self.lines)


@dataclass(frozen=True)
class Chapter:
    """Kinds that belong together; those in which nothing is recorded stand apart."""

    title: str
    sections: list[Section] = field(default_factory=list)

    @property
    def filled(self) -> list[Section]:
        """Kinds with rows, also such that were all entered in error."""
        return [each for each in self.sections if each.total or each.struck]

    @property
    def empty(self) -> list[Section]:
        """Kinds in which nothing was ever recorded."""
        return [each for each in self.sections if not (each.total or each.struck)]


def record_index_of(
    patient: Patient, registrations: list[Registration], doors: Doors
) -> list[Chapter]:
    """Every kind of record as these registrations open it, in the order of a record.

    One query for each kind, however many rows there are; a former clinic reads what it held.
    """
    return [
        Chapter(
            group.title,
            [
                _section(model, rows_seen(model, patient, registrations), doors)
                for model in group.models
            ],
        )
        for group in GROUPS
    ]


def _section(model: Model, rows: list[ClinicalRecord], doors: Doors) -> Section:
    standing = [row for row in rows if row.struck_at is None]
    standing.sort(key=_ORDER.get(model, _as_read))
    return Section(
        title=plural_of(model),
        lines=[
            Line(day_text(row), line_of(row), row_url(model, row.public_id))
            for row in standing[:ROWS_SHOWN]
        ],
        total=len(standing),
        struck=len(rows) - len(standing),
        list_url=doors.list_url(model),
        add_url=doors.add_url(model),
    )


def _as_read(row: Any) -> int:
    """Newest first, as the rows come."""
    return 0


def _current_first(course: Medication) -> tuple[bool, int]:
    """Drugs that are taken before those that were stopped, the last to be stopped first."""
    stopped: date | None = course.stopped_on
    return (True, -stopped.toordinal()) if stopped else (False, 0)


_ORDER: dict[Model, Callable[[Any], Any]] = {Medication: _current_first}
