"""The days on which time alone may change what is said of a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache

from django.db.models import DateField

from followup.clinic_rules import ClinicRules
from followup.pathway_rows import PathwayRows
from patients.models import ClinicalRecord
from treatments.latch import days_on_record
from treatments.record import KINDS, PatientRecord

# Ages at which time alone may change what a rule, a fact or a due date says.
FURTHER_AGES = (1, 14, 30, 31, 60, 61, 84, 90, 91, 120, 180, 182, 183, 184, 365, 366, 730, 731)


def after(on: date, days: Iterable[date]) -> Iterator[date]:
    return (day for day in days if day > on)


def ages(record: PatientRecord, rows: PathwayRows, rules: ClinicRules) -> Iterator[date]:
    """Each day of the record plus each age that may matter; later than needed would be wrong."""
    days = set(days_on_record(record))
    days |= {day for kind in KINDS for row in getattr(record, kind.name) for day in _days_in(row)}
    days |= {appointment.planned_on for appointment in rows.appointments}
    days |= {c.next_try_on for c in rows.contacts if c.next_try_on is not None}
    days |= {r.withdrawn_on for r in rows.referrals if r.withdrawn_on is not None}
    days |= {place.until_on for place in rows.registrations if place.until_on is not None}
    ages = sorted({*rules.limits.values(), *FURTHER_AGES})
    for day in days:
        passed = (record.on - day).days
        later = next((age + 1 for age in ages if age + 1 > passed), None)
        exact = next((age for age in ages if age > passed), None)
        for each in (later, exact):
            if each is not None:
                yield day + timedelta(days=each)
        if day > record.on:
            yield day
            yield day + timedelta(days=1)


def _days_in(row: ClinicalRecord) -> Iterator[date]:
    """Every day that a row names: when it began, ended, is to be looked at again."""
    for name in _date_columns(type(row)):
        day = getattr(row, name)
        if day is not None:
            yield day


@cache
def _date_columns(model: type[ClinicalRecord]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.fields if type(field) is DateField)


def birthday_after(born: date | None, on: date) -> date | None:
    if born is None:
        return None
    this, coming = (_birthday(born, year) for year in (on.year, on.year + 1))
    return this if this > on else coming


def _birthday(born: date, year: int) -> date:
    """The day from which on a person counts as a year older; of 29 February, often 1 March."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
