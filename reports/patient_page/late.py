"""Which rows of a day were entered, or changed, after it: late entries, marked on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, Max, QuerySet, Value

from accounts.models import Clinic
from patients.days import spoken
from patients.models import ClinicalRecord
from reports.kinds import row_url, title_of
from treatments.record import KINDS, PatientRecord

Key = tuple[type[ClinicalRecord], int]


@dataclass(frozen=True, slots=True)
class Late:
    """One row that the clinic did not hold as it is shown, by the end of the day shown."""

    row: ClinicalRecord
    text: str
    days: int

    @property
    def title(self) -> str:
        """What the row is."""
        return title_of(type(self.row))

    @property
    def href(self) -> str:
        """Its page, as it is now."""
        return row_url(type(self.row), self.row.public_id)


def late_entries(
    record: PatientRecord, clinic: Clinic, known_at: datetime | None
) -> Mapping[Key, Late]:
    """The rows of a gathered record that were entered or changed after its day, with the words.

    Days are the clinic's. Who knew what is the history's date; what an imported file asserts of
    it stands beside it, as asserted. One query, and only where a row has more than one version.
    """
    zone = ZoneInfo(clinic.time_zone)
    found: dict[Key, Late] = {}
    changed = _changes(record, zone, known_at)
    for kind in KINDS:
        for row in getattr(record, kind.name):
            entered = row.entered_at.astimezone(zone).date()
            if entered > record.on:
                found[kind.model, row.pk] = _entered(row, entered, record.on)
            elif (kind.model, row.pk) in changed:
                day = changed[kind.model, row.pk].astimezone(zone).date()
                days = (day - record.on).days
                words = f"changed {spoken(day)}, {_after(days)}"
                found[kind.model, row.pk] = Late(row, words, days)
    return found


def _entered(row: ClinicalRecord, entered: date, on: date) -> Late:
    days = (entered - on).days
    words = f"entered {spoken(entered)}, {_after(days)}"
    if row.asserted_known_on is not None:
        words += f"; known since {spoken(row.asserted_known_on)} as the imported file asserts"
    return Late(row, words, days)


def _after(days: int) -> str:
    return f"{days} day{'' if days == 1 else 's'} later"


def _changes(
    record: PatientRecord, zone: ZoneInfo, known_at: datetime | None
) -> dict[Key, datetime]:
    """When the version that is shown was made, of rows that were changed after the day."""
    end = datetime.combine(record.on + timedelta(days=1), time(), tzinfo=zone)
    models = {
        kind.model._meta.label_lower: kind.model
        for kind in KINDS
        if any(row.version > 1 for row in getattr(record, kind.name))
    }
    if not models:
        return {}
    first, *others = _versions(models, record.patient.pk, end, known_at)
    return {(models[label], key): at for label, key, at in first.union(*others, all=True)}


def _versions(
    models: Mapping[str, type[ClinicalRecord]],
    patient_id: int,
    since: datetime,
    known_at: datetime | None,
) -> Iterator[QuerySet[Any, Any]]:
    for label, model in models.items():
        history: Any = model.history
        versions = history.filter(patient_id=patient_id, history_date__gte=since)
        if known_at is not None:
            versions = versions.filter(history_date__lte=known_at)
        yield (
            versions.order_by()
            .values("id")
            .annotate(label=Value(label, CharField()), at=Max("history_date"))
            .values_list("label", "id", "at")
        )
