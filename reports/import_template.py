"""A report as an import template: the same records, spelled as the import takes them.

What the import takes is known beside this floor: the setting ``IMPORT_TEMPLATES`` names it. A
template holds what counts of the patients whom one clinic follows today. Its rows stand in an order
that follows from what they say, so that records that say the same give the same file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, models
from django.db.models import F, OrderBy, QuerySet, Subquery
from django.db.models.functions import Collate
from django.utils.module_loading import import_string

from patients.data_classes import DataClass, data_class_of
from patients.models import Patient, Registration, Versioned
from reports.csv import Column, Kind, in_chunks
from reports.readable import record_rows
from reports.record_reports import RECORD_MODELS
from reports.report import READ_AT_ONCE, FromQueries, Queries, Report
from reports.scope import Scope
from reports.selectors import followed_by

ENDING = "_template"
ONE_CLINIC = "An import template is of one clinic, whose record numbers it carries: choose one."
NOW_ONLY = "An import template is of what is recorded now: leave the other day empty."
LEFT_BEHIND = (
    "An import template: the columns and spellings that the import takes, of the patients whom the "
    "clinic follows today. Import the patients first.",
    "Not carried: who entered a row and when, its former versions and reasons, its opaque id, rows "
    "struck as entered in error, that somebody confirmed an unusual value (the import asks again), "
    "blanks at the ends of a text.",
    "A text that a spreadsheet program would run, or that reads as an empty cell, has an "
    "apostrophe in front; the import takes it away.",
)
BYTEWISE = {"postgresql": "C", "sqlite": "BINARY"}
Rows = QuerySet[Any, Any]
OF_REGISTRATION = ("record_number", "from_on", "referring_doctor")


class TemplateColumn(Protocol):
    """One column: ``write`` spells the values of ``sources``, attributes of the record or of the
    patient's registration."""

    name: str
    label: str
    sources: tuple[str, ...]
    write: Callable[..., str]
    kind: str
    unit: str
    allowed: str
    values: Mapping[Any, str]


class Template(Protocol):
    """The file of one kind, what its rows are ordered by, what it leaves behind in words."""

    columns: Sequence[TemplateColumn]
    order: Sequence[str]
    left_behind: Sequence[str]


class FromRecords:
    """Rows of one query, each cell spelled by its column of the template."""

    def __init__(self, query: Queries, template: Template) -> None:
        self.query, self.template = query, template

    def count_by_clinic(self, scope: Scope) -> dict[int, int]:
        """Number of rows in the name of each clinic, counted by the database."""
        return FromQueries(self.query).count_by_clinic(scope)

    def rows(self, columns: Sequence[Column], scope: Scope) -> Iterator[list[str]]:
        """The rows, in the columns of the template."""
        spelled = self.template.columns
        names = list(dict.fromkeys(name for each in spelled for name in each.sources))
        cells = [([names.index(name) for name in each.sources], each.write) for each in spelled]
        for row in self.query(scope).values_list(*names).iterator(chunk_size=READ_AT_ONCE):
            yield [write(*(row[place] for place in places)) for places, write in cells]

    def pieces(self, columns: Sequence[Column], scope: Scope) -> Iterator[tuple[int, str]]:
        """The rows as lines."""
        return in_chunks(self.rows(columns, scope))


def import_template(report: Report) -> Report | None:
    """The import template of a report; none where its rows cannot be imported."""
    model = RECORD_MODELS.get(report.name)
    templates: Mapping[str, Template] = import_string(settings.IMPORT_TEMPLATES)
    if model is None or model._meta.label not in templates:
        return None
    template = templates[model._meta.label]
    return replace(
        report,
        name=report.name + ENDING,
        title=f"{report.title}, import template",
        columns=[_column(model, each) for each in template.columns],
        source=FromRecords(partial(_rows, model, template), template),
        notes=(*LEFT_BEHIND, *template.left_behind),
    )


def why_no_template(scope: Scope) -> str:
    """Why there is no import template of what is asked for, in words; empty where there is one."""
    if len(scope.clinics) != 1:
        return ONE_CLINIC
    return NOW_ONLY if scope.is_then else ""


def _column(model: type[Versioned], column: TemplateColumn) -> Column:
    """The column as the dictionary describes it; its cells come from the source."""
    owner = Registration if column.name in OF_REGISTRATION else model
    said = data_class_of(owner._meta.label, column.sources[0]) or DataClass.IDENTIFYING
    return Column(
        column.name,
        column.label,
        Kind(column.kind),
        column.name,
        data_class=said,
        unit=column.unit,
        values=column.values,
        definition="" if column.values else f"As the import takes it: {column.allowed}.",
    )


def _rows(model: type[Versioned], template: Template, scope: Scope) -> Rows:
    """The rows that count, of whom the clinic follows, each with the patient's registration."""
    follows = followed_by(list(scope.clinics), "pk" if model is Patient else "patient_id")
    rows = record_rows(model, scope).annotate(
        **{name: Subquery(follows.values(name)[:1]) for name in OF_REGISTRATION}
    )
    rows = rows.filter(record_number__isnull=False)
    if model is not Patient:
        rows = rows.filter(struck_at__isnull=True)
    order = [_ordered(model, name) for name in template.order]
    return rows.order_by(_bytewise("record_number").asc(), *order, "id")


def _ordered(model: type[Versioned], name: str) -> OrderBy:
    is_text = isinstance(model._meta.get_field(name), models.CharField)
    return (_bytewise(name) if is_text else F(name)).asc(nulls_first=True)


def _bytewise(name: str) -> Collate:
    """A text in the order of its bytes: the same in every database, in whatever language."""
    return Collate(F(name), BYTEWISE[connection.vendor])
