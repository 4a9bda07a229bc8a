"""The rows of one kind that a person may read, and the versions of one row.

A former clinic reads what it held when it let the patient go: rows dated up to its last day, in
the version that it knew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import F

from patients.forms.records import Before
from patients.forms.typed import MeasureField, NumberField, RangeField
from patients.history import once_each
from patients.models import ClinicalRecord, Patient, Registration
from patients.record_sheet import differences, holds_number, with_unit
from patients.selectors import known_until, named_as_known, records_named, seen_until
from patients.study_sheet import Difference

if TYPE_CHECKING:
    from patients.forms.records import RecordForm


@dataclass(frozen=True)
class FormerVersion:
    """One version in a row's history and what it changed."""

    number: int
    row: Any
    changes: tuple[Difference, ...]


def rows_seen(
    model: type[ClinicalRecord], patient: Patient, registrations: list[Registration]
) -> list[Any]:
    """All rows of a kind that these registrations open, struck ones too, newest first."""
    until, known_at = seen_until(registrations), known_until(registrations)
    if until is None or known_at is None:
        rows = model._default_manager.filter(patient=patient)
        return list(rows.select_related(*_people(model)).order_by(*_newest_first(model)))
    zone = ZoneInfo(registrations[0].clinic.time_zone)
    then = _rows_then(model, patient, known_at)
    return [row for row in then if _is_dated_by(getattr(row, model.date_field), until, zone)]


def _rows_then(
    model: type[ClinicalRecord], patient: Patient, known_at: datetime
) -> Iterator[ClinicalRecord]:
    """The newest versions of what belonged to the patient at the instant."""
    manager: Any = model.history
    versions = manager.filter(patient_id=patient.pk, history_date__lte=known_at).latest_of_each()
    versions = versions.exclude(history_type="-").select_related(*_people(model))
    named = {
        name: {row.pk: row for row in _rows_then(other, patient, known_at)}
        for name, other in records_named(model).items()
    }
    for version in once_each(versions, *_newest_first(model)):
        row = version.instance
        for name in _people(model):
            other = getattr(version, name)
            setattr(row, name, named.get(name, {}).get(other.pk, other) if other else None)
        yield row


def _people(model: type[ClinicalRecord]) -> list[str]:
    """Columns that name a person or another row, which a list reads with its rows."""
    return [
        column.name
        for column in model._meta.concrete_fields
        if column.is_relation and column.name != "patient"
    ]


def _newest_first(model: type[ClinicalRecord]) -> list[Any]:
    """By the day of the statement; what has no day yet, such as a plan, stands first."""
    return [F(model.date_field).desc(nulls_first=True), "-id"]


def _is_dated_by(day: date | datetime | None, until: date, zone: ZoneInfo) -> bool:
    if isinstance(day, datetime):
        day = day.astimezone(zone).date()
    return day is None or day <= until


def strike_reasons(model: type[ClinicalRecord], rows: list[Any]) -> dict[int, str]:
    """Why struck rows were struck, by primary key: a struck row takes no further version."""
    struck = [row.pk for row in rows if row.struck_at is not None]
    if not struck:
        return {}
    manager: Any = model.history
    acts = manager.filter(id__in=struck, struck_at__isnull=False).order_by("history_id")
    return dict(acts.values_list("id", "history_change_reason"))


def versions_of(form: type[RecordForm], row: Any) -> list[FormerVersion]:
    """The versions of a row, newest first; for a former clinic those that it knew."""
    history: Any = row.history.select_related("history_user", *_people(type(row)))
    known_at = getattr(row, "known_at", None)
    if known_at is not None:
        history = history.filter(history_date__lte=known_at)
    found, before = [], None
    history = history.exclude(history_type="-")  # a row that a merge moved stays one row
    for version in history.order_by("history_date", "history_id"):
        if known_at is not None:
            named_as_known(version, known_at)
        changes = tuple(differences(form, before, version)) if before is not None else ()
        found.append(FormerVersion(version.version, version, changes))
        before = version
    return found[::-1]


def values_before(form: type[RecordForm], rows: list[Any]) -> Mapping[str, Before]:
    """For each measured box its latest value in these rows (newest first), with its day."""
    found: dict[str, Before] = {}
    measured = [
        name
        for name, box in form.base_fields.items()
        if form.compares and isinstance(box, MeasureField | NumberField | RangeField)
    ]
    for row in rows:
        for name in measured:
            text = with_unit(form, row, name) if name not in found else None
            if text is not None and holds_number(text):
                found[name] = Before(text, getattr(row, row.date_field))
    return found
