"""The columns of a report that follow from a model's own fields, under their own names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.db import models

from patients.data_classes import DataClass, data_class_of
from patients.fields import MEASURES
from patients.study_sheet import upper_first
from reports.csv import Column, Kind, coded, joined, ticked

QUASI = DataClass.QUASI_IDENTIFYING
CLINIC = Column(
    "clinic",
    "Clinic",
    Kind.TEXT,
    "listed_clinic_code",
    data_class=QUASI,
    definition="Code of the clinic in whose name the row leaves.",
)
RECORD_NUMBER = Column(
    "record_number",
    "Record number",
    Kind.TEXT,
    "listed_record_number",
    definition="The patient's number in that clinic.",
)
ENTERED = Column("entered_at", "Entered (UTC)", Kind.INSTANT, "entered_at", data_class=QUASI)
STRUCK = Column(
    "struck_at",
    "Entered in error, struck (UTC)",
    Kind.INSTANT,
    "struck_at",
    data_class=QUASI,
    definition="A row with an instant here was entered in error and counts no more.",
)
VERSION = Column("version", "Version of the row", Kind.NUMBER, "version", None, DataClass.CLINICAL)
UNIT_IN_LABEL = re.compile(r"\(([^()]*)\)$")


def patient_id(source: str = "patient__public_id") -> Column:
    """The column that says whose row it is, by the id that stands in the addresses."""
    return Column("patient_id", "Patient, opaque id", Kind.CODE, source)


def columns_of(field: Any) -> Iterator[Column]:
    """The column of one field; a code gets its label beside it, a row its opaque id."""
    name, label = field.name, upper_first(str(field.verbose_name))
    said = data_class_of(field.model._meta.label, name) or DataClass.IDENTIFYING
    if field.is_relation:
        yield Column(f"{name}_id", f"{label}, opaque id", Kind.CODE, f"{name}__public_id",
                     None, said)  # fmt: skip
    elif field.choices:
        yield from coded(name, label, name, dict(field.flatchoices), said)
    else:
        yield Column(name, label, _kind_of(field), name, _reader_of(field), said,
                     unit=_unit_of(field), definition=_definition_of(field))  # fmt: skip


def _reader_of(field: Any) -> Callable[[Any], Any] | None:
    """What a cell holds where it is not the value itself."""
    if isinstance(field, models.JSONField):
        return joined
    if isinstance(field, models.BooleanField) and not (field.null or _is_an_end(field)):
        return ticked
    return None


def _is_an_end(field: Any) -> bool:
    """Whether the flag is part of a number: which end of its range is excluded."""
    return str(field.name).endswith("_open")


def _unit_of(field: Any) -> str:
    """The unit of a measure, else the one that the label names."""
    if field.name in MEASURES:
        return MEASURES[field.name].unit
    found = UNIT_IN_LABEL.search(str(field.verbose_name))
    is_number = isinstance(field, models.DecimalField | models.IntegerField)
    return found.group(1) if found and is_number else ""


def _definition_of(field: Any) -> str:
    """What the form says beside the box, and for a measure what is refused and asked about."""
    said = [str(field.help_text)]
    measure = MEASURES.get(field.name)
    if measure is not None:
        said = [measure.help_text]
        said.append(f"Possible {_span(measure.possible)}; plausible {_span(measure.plausible)}.")
    return " ".join(filter(None, said))


def _span(ends: tuple[Any, Any]) -> str:
    return f"{ends[0]:f} to {ends[1]:f}"


def _kind_of(field: Any) -> Kind:
    # An instant is a date to Django as well, so it is asked first.
    for model_field, kind in _KINDS:
        if isinstance(field, model_field):
            return kind
    return Kind.TEXT


_KINDS: tuple[tuple[type[models.Field[Any, Any]], Kind], ...] = (
    (models.DateTimeField, Kind.INSTANT),
    (models.DateField, Kind.DATE),
    (models.BooleanField, Kind.BOOLEAN),
    (models.DecimalField, Kind.NUMBER),
    (models.IntegerField, Kind.NUMBER),
)
