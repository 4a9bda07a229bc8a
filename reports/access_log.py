"""Who opened, printed, entered or changed a patient's record: by day, then by person.

It is made from the events that name this patient. Lists, reports and files that hold many patients
name none of them, and so cannot be here; the page says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Count, Max, Min
from django.db.models.functions import TruncDate
from django.http import QueryDict

from accounts.models import Clinic, User
from audit.models import AuditEvent
from patients.forms.typed import DayField
from patients.models import Patient
from patients.selectors import persons_of
from reports.audit_acts import begin_of
from reports.audit_list import check_days
from reports.audit_words import ACTS_ON_A_RECORD, kind_in_words, people_named, roles_in_words

SHOWN_DAYS = 365


class AccessFilter(forms.Form):
    """The days that are shown: the last year unless others are asked for."""

    from_on = DayField(label="From", required=False)
    until_on = DayField(label="Until", required=False)

    def __init__(self, data: QueryDict, *, today: date) -> None:
        super().__init__(data)
        self.today = today
        for name in ("from_on", "until_on"):
            day = self.fields[name]
            assert isinstance(day, DayField)  # noqa: S101 - for the type checker
            day.today = today
        self.is_valid()

    def clean(self) -> None:
        """Days that were, in their order."""
        check_days(self, self.today)

    @property
    def until(self) -> date:
        """The last day shown."""
        last: date | None = self.cleaned_data.get("until_on")
        return last or self.today

    @property
    def begin(self) -> date:
        """The first day shown."""
        first: date | None = self.cleaned_data.get("from_on")
        return first or self.until - timedelta(days=SHOWN_DAYS)

    @property
    def note(self) -> str:
        """The days for the audit."""
        return f"from {self.begin} until {self.until}"


@dataclass(frozen=True)
class Act:
    """One kind of act by one person on one day."""

    words: str
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Visitor:
    """What one person did in one role on one day."""

    name: str
    role: str
    clinic: str
    acts: Sequence[Act]


@dataclass(frozen=True)
class AccessDay:
    """One day and who had to do with the record on it."""

    on: date
    visitors: Sequence[Visitor]


def access_days(
    patient: Patient, clinics: Sequence[Clinic], form: AccessFilter, zone: ZoneInfo
) -> list[AccessDay]:
    """The days of the period on which somebody in these clinics did something, newest first."""
    rows = list(_rows(patient, clinics, form, zone))
    people = people_named(row["actor_id"] for row in rows)
    names = {clinic.pk: clinic.name for clinic in clinics}
    return [
        AccessDay(on, _visitors(of_day, people, names))
        for on, of_day in groupby(rows, key=lambda row: row["on"])
    ]


def _rows(
    patient: Patient, clinics: Sequence[Clinic], form: AccessFilter, zone: ZoneInfo
) -> Iterable[dict[str, Any]]:
    events = AuditEvent.objects.filter(
        # What was done to a record before it was merged into this one names that record.
        patient_id__in=[str(each.public_id) for each in persons_of(patient)],
        clinic_id__in=[clinic.pk for clinic in clinics],
        action__in=ACTS_ON_A_RECORD,
        at__gte=begin_of(form.begin, zone),
        at__lt=begin_of(form.until + timedelta(days=1), zone),
    )
    by = ("on", "actor_id", "clinic_id", "role", "action", "record_kind")
    counted = events.order_by().annotate(on=TruncDate("at", tzinfo=zone)).values(*by)
    rows = counted.annotate(times=Count("id"), first_at=Min("at"), last_at=Max("at"))
    # Sorted here: the last column that decides is a time, not an id, and a person's rows join.
    return sorted(
        rows,
        key=lambda row: (
            -row["on"].toordinal(),
            row["actor_id"] or 0,
            row["clinic_id"],
            row["role"],
            row["first_at"],
            row["action"],
            row["record_kind"],
        ),
    )


def _visitors(
    rows: Iterable[dict[str, Any]], people: Any, clinics: dict[int, str]
) -> list[Visitor]:
    by_person = groupby(rows, key=lambda row: (row["actor_id"], row["clinic_id"], row["role"]))
    found = [
        Visitor(
            name=_name(people.get(actor), actor),
            role=roles_in_words(role),
            clinic=clinics[clinic],
            acts=[_act(row) for row in of_person],
        )
        for (actor, clinic, role), of_person in by_person
    ]
    return sorted(found, key=lambda visitor: visitor.acts[0].first_at)


def _act(row: dict[str, Any]) -> Act:
    words = f"{ACTS_ON_A_RECORD[row['action']]}: {kind_in_words(row['record_kind'])}"
    return Act(words, row["times"], row["first_at"], row["last_at"])


def _name(user: User | None, actor: int | None) -> str:
    if actor is None:
        return "The system, without a person"
    return user.display_name if user else f"Former user {actor}"
