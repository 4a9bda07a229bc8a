"""Boxes that the forms of this floor share."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms

from patients.forms.records import field_for


def box_for(column: Any, **kwargs: Any) -> forms.Field | None:
    """The box for a column; what ``Meta`` calls it and its help stand above the model's own."""
    made = field_for(column, **kwargs)
    if made is not None:
        made.label = kwargs.get("label", made.label)
        made.help_text = kwargs.get("help_text", made.help_text)
    return made


def choices_but(box: Any, left_out: Collection[str]) -> list[Any]:
    """The choices of a box without some."""
    return [each for each in box.choices if each[0] not in left_out]
