"""A report for every kind of record: its rows as they are entered, one line for each.

The columns are those that patients/data_classes.py declares, in the order of the model, between
whose row it is and when it was entered. What is not declared has no column, so it cannot leave.
Colleagues' names stay in the record's history and the audit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F, Q, QuerySet, Subquery

from accounts.models import Clinic
from patients.data_classes import FIELD_CLASSES
from patients.models import EchoStudy, Patient, Versioned
from patients.study_sheet import upper_first
from reports.columns import columns_of
from reports.csv import Column, Kind, Report
from reports.echo_report import ECHO_STUDIES, LVEF_AS_ONE_NUMBER
from reports.selectors import followed_by

# Stand in front, or are only there to be searched by.
NOT_COLUMNS = frozenset({"public_id", "patient", "search_key"})

NOTES = (
    "Only patients whom the clinic follows today. Rows entered in error are included: struck_at "
    "says when they were struck.",
    "An empty cell means not recorded. Numbers keep every digit that was entered.",
)


def report_of(model: type[Versioned], clinics: Sequence[Clinic]) -> Report:
    """The report of one kind of record, of the patients whom these clinics follow today.

    A patient of several of them stands under the first. Echo studies have the columns of the echo
    report.
    """
    rows = partial(_rows, model, clinics)
    if model is EchoStudy:
        return replace(ECHO_STUDIES, queryset=rows)
    names = model._meta
    return Report(
        name=str(names.verbose_name_plural).lower().replace(" ", "_").replace("-", "_"),
        title=upper_first(str(names.verbose_name_plural)),
        one_row_per=str(names.verbose_name),
        columns=tuple(_columns(model)),
        queryset=rows,
        notes=NOTES,
    )


def _columns(model: type[Versioned]) -> Iterator[Column]:
    about_a_person = model is Patient
    yield Column("clinic", "Clinic", Kind.TEXT, "listed_clinic_code")
    yield Column("record_number", "Record number", Kind.TEXT, "listed_record_number")
    patient = "public_id" if about_a_person else "patient__public_id"
    yield Column("patient_id", "Patient, opaque id", Kind.CODE, patient)
    if not about_a_person:
        yield Column("record_id", "Row, opaque id", Kind.CODE, "public_id")
    for field in exported_fields(model):
        yield from columns_of(field)
    if not about_a_person:
        yield Column("struck_at", "Entered in error, struck (UTC)", Kind.INSTANT, "struck_at")
    yield Column("entered_at", "Entered (UTC)", Kind.INSTANT, "entered_at")
    yield Column("version", "Version of the row", Kind.NUMBER, "version")


def exported_fields(model: type[Versioned]) -> list[Any]:
    """The declared fields of a kind of record in the order of the model, without colleagues."""
    classes = FIELD_CLASSES.get(model._meta.label, {})
    declared = {name for names in classes.values() for name in names} - NOT_COLUMNS
    return [
        field
        for field in model._meta.concrete_fields
        if field.name in declared and field.related_model is not get_user_model()
    ]


def _rows(
    model: type[Versioned], clinics: Sequence[Clinic], clinic_ids: Sequence[int]
) -> QuerySet[Any, Any]:
    """The rows with the clinic in whose name each leaves: the first of these that follows."""
    patient = "pk" if model is Patient else "patient_id"
    follows = followed_by([each for each in clinics if each.pk in clinic_ids], patient)
    rows = model._default_manager.annotate(
        listed_clinic_id=Subquery(follows.values("clinic_id")[:1]),
        listed_clinic_code=Subquery(follows.values("clinic__code")[:1]),
        listed_record_number=Subquery(follows.values("record_number")[:1]),
    ).filter(~Q(listed_clinic_id=None))
    if model is EchoStudy:
        rows = rows.annotate(lvef_percent=LVEF_AS_ONE_NUMBER)
    if model is Patient:
        return rows.order_by("search_key", "id")
    day = model.date_field  # type: ignore[attr-defined]
    return rows.order_by("patient_id", F(day).desc(nulls_last=True), "-id")
