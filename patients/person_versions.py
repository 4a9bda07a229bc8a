"""What changed in a person's own data and in their registrations: when, by whom, why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from patients.models import Patient, Registration, Versioned
from patients.record_sheet import column_text
from patients.study_sheet import Difference, upper_first

PERSON = (
    "family_name",
    "given_name",
    "born_on",
    "sex",
    "telephone",
    "email",
    "address",
    "pregnancy_possible",
    "research_consent",
    "research_consent_on",
    "deceased_on",
    "last_contact_on",
)
PLACE = (
    "record_number",
    "from_on",
    "until_on",
    "ended_because",
    "responsible_clinician",
    "referring_doctor",
)


@dataclass(frozen=True)
class Change:
    """One version of a person or a registration, and what it changed; nothing for the first."""

    number: int
    row: Any
    changes: tuple[Difference, ...]


@dataclass(frozen=True)
class Course:
    """A person, or a registration in one clinic, with its versions, newest first."""

    title: str
    versions: Sequence[Change]


def person_courses(
    patient: Patient, registrations: Sequence[Registration], known_at: datetime | None
) -> list[Course]:
    """The person first, then each registration; for a former clinic the versions that it knew."""
    person = Course("Name, birth date, contact", _versions(patient, PERSON, known_at))
    places = [
        Course(f"Registration in {each.clinic.name}", _versions(each, PLACE, known_at))
        for each in registrations
    ]
    return [person, *places]


def _versions(row: Versioned, names: Sequence[str], known_at: datetime | None) -> list[Change]:
    people = ["history_user"]
    if isinstance(row, Registration):
        people.append("responsible_clinician")
    manager: Any = row.history  # type: ignore[attr-defined]
    history = manager.select_related(*people)
    if known_at is not None:
        history = history.filter(history_date__lte=known_at)
    found: list[Change] = []
    before: Any = None
    for version in history.order_by("history_date", "history_id"):
        changes = tuple(_changed(names, before, version)) if before is not None else ()
        found.append(Change(version.version, version, changes))
        before = version
    return found[::-1]


def _changed(names: Sequence[str], before: Any, after: Any) -> Iterator[Difference]:
    for name in names:
        old, new = column_text(before, name), column_text(after, name)
        if old != new:
            yield Difference(name, _label(after, name), old, new)


def _label(version: Any, name: str) -> str:
    column = version.instance_type._meta.get_field(name)
    return upper_first(str(column.verbose_name))
