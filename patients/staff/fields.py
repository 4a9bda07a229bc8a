"""Form fields of the administration."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime, AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.db.models import (
    BooleanField,
    DateField,
    DateTimeField,
    DecimalField,
    Field,
    IntegerField,
    TextField,
)
from django.utils import timezone

from guidelines.vocabulary import Segment
from patients.forms.typed import parse_number, plain, quoted

SEGMENT_FIELDS = {"segments", "prolapse_segments"}
UNREAD_DATE = "This date cannot be read. Write it like 5.1.2026, 5 Jan 2026 or 2026-01-05."


class NumberBox(forms.TextInput):
    """A text box for a number.

    A browser's own box for numbers drops what it does not know: of 2,4 it leaves 24.
    """

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"inputmode": "decimal", "autocomplete": "off", "size": 12, **(attrs or {})}
        )


class PlainNumberField(forms.DecimalField):
    """A number with point or comma, shown as it was typed: 64, not 64.000."""

    widget = NumberBox

    def to_python(self, value: Any) -> Any:
        """The number; anything else is refused and stays in the box."""
        if isinstance(value, str):
            value = parse_number(value) if value.strip() else None
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """Without trailing zeros."""
        return plain(value) if isinstance(value, Decimal) else value


class WholeNumberField(forms.IntegerField):
    """A whole number; one with decimals is refused, not rounded or run together."""

    widget = NumberBox

    def to_python(self, value: Any) -> Any:
        """The number; anything else is refused and stays in the box."""
        if isinstance(value, str) and value.strip():
            number = parse_number(value)
            if number != int(number):
                raise ValidationError(f"“{quoted(value)}” is not a whole number.", code="invalid")
            value = int(number)
        return super().to_python(value)


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
    if isinstance(column, DecimalField) and not column.choices:
        return {"form_class": PlainNumberField, "widget": NumberBox}
    if isinstance(column, IntegerField) and not column.choices:
        return {"form_class": WholeNumberField, "widget": NumberBox}
    if isinstance(column, DateTimeField):
        clock = f"Clock time of the clinic ({timezone.get_current_timezone_name()})."
        return {"widget": NamedDateTime, "help_text": clock}
    if isinstance(column, DateField):
        return {"error_messages": {"invalid": UNREAD_DATE}}
    if isinstance(column, BooleanField) and column.null:
        return {"widget": AnswerSelect}
    if isinstance(column, TextField):
        return {"widget": AdminTextareaWidget(attrs={"rows": 3})}
    return {}
