"""Between which days a patient's record speaks: nobody is born after it begins or dies before it
ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import CharField, Count, DateTimeField, F, Max, Min, Q, QuerySet, Value
from django.db.models.functions import TruncDate

from patients.days import spoken
from patients.models import ClinicalRecord, Patient, Registration
from patients.writing import PAST_DAYS

if TYPE_CHECKING:
    from accounts.models import Clinic


# What a clinic may write down of somebody who, as it learns later, was no longer alive.
_WRITTEN_IN_ABSENCE = frozenset(
    {
        "patients.comorbidity",
        "patients.mitraldiagnosis",
        "patients.resultacknowledgment",
        "treatments.anticoagulationplan",
        "treatments.endocarditisprophylaxisadvice",
        "treatments.medication",
        "treatments.teamreview",
    }
)


@dataclass(frozen=True)
class RecordedDays:
    """How many rows of one kind a record holds, and the first and the last day they speak of."""

    label: str
    """Of the model, as ``patients.echostudy``."""
    column: str
    rows: int
    first: date
    last: date

    @property
    def kind(self) -> str:
        """What the rows are, in words."""
        model = apps.get_model(self.label)
        if self.is_statement:
            return str(model._meta.verbose_name)
        return f"{model._meta.verbose_name} ({model._meta.get_field(self.column).verbose_name})"

    @property
    def is_statement(self) -> bool:
        """Whether this is the day of the statement itself, and none that it mentions."""
        return bool(apps.get_model(self.label).date_field == self.column)


def recorded_days(patient: Patient, clinic: Clinic) -> list[RecordedDays]:
    """The days of every kind of row that was not struck, in one query over all floors' kinds.

    Days besides a statement's own (an onset, an earlier operation) stand by themselves, with
    ``rows`` 0. A clock time counts by the calendar of the clinic.
    """
    zone = ZoneInfo(clinic.time_zone)
    first, *others = [
        _of_kind(model, column, patient, zone)
        for model in _record_models()
        for column in (model.date_field, *PAST_DAYS)
        if column in {field.name for field in model._meta.fields}
    ]
    return [RecordedDays(*found) for found in first.union(*others, all=True)]


def birth_error(born_on: date, recorded: list[RecordedDays]) -> str | None:
    """Why nobody with this record can be born on this day; None when they can."""
    earliest = min(recorded, key=lambda days: days.first, default=None)
    if earliest is None or born_on <= earliest.first:
        return None
    return (
        f"The record begins earlier: {_said(earliest.kind)} of {spoken(earliest.first)}. "
        "A birth date after that cannot be right."
    )


def death_error(deceased_on: date, recorded: list[RecordedDays]) -> str | None:
    """Why nobody with this record can have died on this day; None when they can."""
    of_the_living = [
        days for days in recorded if days.is_statement and days.label not in _WRITTEN_IN_ABSENCE
    ]
    latest = max(of_the_living, key=lambda days: days.last, default=None)
    if latest is None or deceased_on >= latest.last:
        return None
    return (
        f"The record goes on after this date: {_said(latest.kind)} of {spoken(latest.last)}. "
        "Correct or strike that entry first if it is the one that is wrong."
    )


def closing_error(registration: Registration) -> str | None:
    """Why this registration cannot have been a mistake; None when it can.

    Where it is the only one that opens the record, nobody could find again what was entered.
    """
    patient = registration.patient
    mistake = Registration.Ended.ENTERED_IN_ERROR
    others = patient.registrations.exclude(pk=registration.pk).exclude(ended_because=mistake)
    if others.exists():
        return None
    held = [each for each in recorded_days(patient, registration.clinic) if each.is_statement]
    if not held:
        return None
    latest = max(held, key=lambda days: days.last)
    return (
        "Nobody could open this record any more, and it holds entries (the last: "
        f"{_said(latest.kind)} of {spoken(latest.last)}). Mark them as entered in error first, or "
        "move the patient to the right clinic."
    )


def _record_models() -> list[type[ClinicalRecord]]:
    return [model for model in apps.get_models() if issubclass(model, ClinicalRecord)]


def _of_kind(
    model: type[ClinicalRecord], column: str, patient: Patient, zone: ZoneInfo
) -> QuerySet[Any, Any]:
    is_clock = isinstance(model._meta.get_field(column), DateTimeField)
    day: Any = TruncDate(column, tzinfo=zone) if is_clock else F(column)
    stated = {"patient": patient, "struck_at__isnull": True, f"{column}__isnull": False}
    counted: Any = Count("pk") if column == model.date_field else Count("pk", filter=Q(pk=None))
    return (
        model._default_manager.filter(**stated)
        .order_by()
        .values("patient_id")
        .annotate(
            label=Value(model._meta.label_lower, CharField()),
            column=Value(column, CharField()),
            rows=counted,
            first=Min(day),
            last=Max(day),
        )
        .values_list("label", "column", "rows", "first", "last")
    )


def _said(kind: str) -> str:
    article = "an" if kind[:1] in "aeiouE" else "a"
    return f"{article} {kind}"
