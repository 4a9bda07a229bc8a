"""Columns and sections of the administration's lists and forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.contrib import admin
from django.db.models import BooleanField, DecimalField, Model

from patients.record_sheet import column_text

NOT_RECORDED = "not recorded"
IMPORTED_ONLY = {"asserted_known_on"}  # what a file says of itself


def editable_fields(model: type[Model]) -> list[str]:
    """Names of the columns that people enter, in the order of the model."""
    return [
        field.name
        for field in model._meta.fields
        if field.editable and not field.primary_key and field.name not in IMPORTED_ONLY
    ]


@cache
def column_shown(model: type[Model], name: str) -> Callable[[Any], str] | None:
    """How a number or an answer is read on a page, in words; None for any other column.

    A tick that was not set says nothing: "no stenosis: no" would be read as stenosis.

    Cached, because the administration compares these functions by identity.
    """
    fields = {f.name: f for f in model._meta.fields if isinstance(f, DecimalField | BooleanField)}
    if name not in fields:
        return None

    def shown(row: Any) -> str:
        return column_text(row, name) or NOT_RECORDED

    shown.__name__ = name
    return admin.display(description=str(fields[name].verbose_name), ordering=name)(shown)


def as_read(model: type[Model], part: dict[str, Any]) -> dict[str, Any]:
    """A section whose numbers and answers are read, not typed."""
    return part | {"fields": [column_shown(model, name) or name for name in part["fields"]]}


def sections_from(model: type[Model], starts: Sequence[tuple[str, str]]) -> list[Any]:
    """Sections of a long form: each title with the first of its fields; all fields appear once."""
    names = editable_fields(model)
    firsts = [names.index(first) for _, first in starts] + [len(names)]
    return [
        (title, {"fields": names[firsts[i] : firsts[i + 1]]}) for i, (title, _) in enumerate(starts)
    ]
