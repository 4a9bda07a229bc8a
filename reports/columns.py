"""The columns of a report that follow from a model's own fields, under their own names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import models

from patients.study_sheet import upper_first
from reports.csv import Column, Kind


def columns_of(field: Any) -> Iterator[Column]:
    """The column of one field; a code gets its label beside it, a row its opaque id."""
    name, label = field.name, upper_first(str(field.verbose_name))
    if field.is_relation:
        yield Column(f"{name}_id", f"{label}, opaque id", Kind.CODE, f"{name}__public_id")
    elif field.choices:
        yield Column(name, f"{label} (code)", Kind.CODE, name)
        yield Column(f"{name}_label", label, Kind.LABEL, name, dict(field.choices).get)
    else:
        yield Column(name, label, _kind_of(field), name, _reader_of(field))


def _reader_of(field: Any) -> Callable[[Any], Any] | None:
    """What a cell holds where it is not the value itself."""
    if isinstance(field, models.JSONField):
        return " ".join
    if isinstance(field, models.BooleanField) and not (field.null or _is_an_end(field)):
        # A tick that was not set says nothing, and nothing is an empty cell, never "no".
        return lambda ticked: ticked or None
    return None


def _is_an_end(field: Any) -> bool:
    """Whether the flag is part of a number: which end of its range is excluded."""
    return str(field.name).endswith("_open")


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
