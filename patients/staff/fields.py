"""Form fields of the administration."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime, AdminTextareaWidget
from django.db.models import BooleanField, DateTimeField, DecimalField, Field, TextField
from django.utils import timezone

from guidelines.vocabulary import Segment
from patients.forms.typed import plain

SEGMENT_FIELDS = {"segments", "prolapse_segments"}


class PlainNumberField(forms.DecimalField):
    """A number shown as it was typed: 64, not 64.000."""

    def prepare_value(self, value: Any) -> Any:
        """Without trailing zeros."""
        return plain(value) if isinstance(value, Decimal) else value


class NamedDateTime(AdminSplitDateTime):
    """Django's two boxes, each with a name for those who do not see them."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        for widget, name in zip(self.widgets, ("Date", "Time"), strict=True):
            widget.attrs["aria-label"] = name


class AnswerSelect(forms.NullBooleanSelect):
    """Yes, no, or nothing said: an answer that is left open is never a no."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.choices = [("unknown", "not recorded"), ("true", "yes"), ("false", "no")]


def field_of(column: Field[Any, Any]) -> dict[str, Any] | forms.Field:
    """A field for this column, or what Django's own field for it is made with."""
    if column.name in SEGMENT_FIELDS:
        return forms.MultipleChoiceField(
            choices=Segment.choices(),
            widget=forms.CheckboxSelectMultiple,
            required=False,
            label=column.verbose_name,
        )
    if isinstance(column, DecimalField):
        return {"form_class": PlainNumberField}
    if isinstance(column, DateTimeField):
        clock = f"Clock time of the clinic ({timezone.get_current_timezone_name()})."
        return {"widget": NamedDateTime, "help_text": clock}
    if isinstance(column, BooleanField) and column.null:
        return {"widget": AnswerSelect}
    if isinstance(column, TextField):
        return {"widget": AdminTextareaWidget(attrs={"rows": 3})}
    return {}
