"""One row of any kind as it is read: chapters, each value in words with its unit, differences.

The order and the names come from the kind's form, so that entering, reading and comparing a row
cannot disagree. What was not recorded is ``None`` here, never "no" and never zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone

from guidelines.vocabulary import Segment
from patients.days import spoken
from patients.fields import MEASURES
from patients.forms.typed import plain, printed_unit
from patients.study_sheet import Difference, upper_first

if TYPE_CHECKING:
    from patients.forms.records import RecordForm

BOOKKEEPING = frozenset(
    {
        "id",
        "public_id",
        "version",
        "patient",
        "entered_at",
        "entered_by",
        "asserted_known_on",
        "struck_at",
        "struck_by",
        "implausible_confirmed",
    }
)
"""Columns that every row has; a page says them in its heading."""

UNSAID = frozenset({"", "not_stated", "not_answered"})
_SEGMENTS = dict(Segment.choices())


@dataclass(frozen=True)
class Line:
    """One column of a row: what it is called, and what was recorded (``None``: nothing)."""

    name: str
    label: str
    text: str | None
    unit: str = ""
    was_confirmed: bool = False


@dataclass(frozen=True)
class Part:
    """One chapter of a row."""

    title: str
    lines: tuple[Line, ...]


def sheet_of(form: type[RecordForm], row: Any) -> list[Part]:
    """The row in the chapters of its form, then what is not entered there.

    What the row cannot have and does not say is left out.
    """
    parts = [
        Part(chapter.title, tuple(_lines(form, row, chapter.names)))
        for chapter in (*form.chapters, *form.read_only)
    ]
    return [part for part in parts if part.lines]


def _lines(form: type[RecordForm], row: Any, names: tuple[str, ...]) -> Iterator[Line]:
    for name in names:
        line = line_of(form, row, name)
        if line.text is not None or form.applies(row, name):
            yield line


def line_of(form: type[RecordForm], row: Any, name: str) -> Line:
    """One value of the row with its label and unit."""
    confirmed = getattr(row, "implausible_confirmed", [])
    text = form.words(row, name)
    unit = unit_of(form, name) if text is not None and holds_number(text) else ""
    return Line(name, label_of(form, name), text, unit, name in confirmed)


def holds_number(text: str) -> bool:
    """Whether a value is a number, and no words that stand in its place."""
    return any(character.isdigit() for character in text)


def names_of(form: type[RecordForm]) -> list[str]:
    """All values of a kind in the order of its page."""
    return [name for chapter in (*form.chapters, *form.read_only) for name in chapter.names]


def label_of(form: type[RecordForm], name: str) -> str:
    """What a value is called, without its unit."""
    if name in form.base_fields and form.base_fields[name].label:
        return str(form.base_fields[name].label)
    if name in MEASURES:
        return MEASURES[name].label
    try:
        column: Any = form._meta.model._meta.get_field(name)
    except FieldDoesNotExist:
        return upper_first(name.replace("_", " "))
    return upper_first(str(column.verbose_name)).partition(" (")[0]


def unit_of(form: type[RecordForm], name: str) -> str:
    """The unit of a value as it is printed; empty for words and bare ratios."""
    if name in MEASURES:
        return printed_unit(MEASURES[name].unit)
    return printed_unit(str(getattr(form.base_fields.get(name), "unit", "")))


def with_unit(form: type[RecordForm], row: Any, name: str) -> str | None:
    """A recorded value with its unit (``41 mm``); None when it was not recorded."""
    line = line_of(form, row, name)
    return None if line.text is None else f"{line.text} {line.unit}".strip()


def differences(form: type[RecordForm], before: Any, after: Any) -> Iterator[Difference]:
    """What changed from one version of a row to another, in the order of its page."""
    for name in names_of(form):
        old, new = (with_unit(form, version, name) for version in (before, after))
        if old != new:
            yield Difference(name, label_of(form, name), old, new)
    if before.struck_at is None and after.struck_at is not None:
        yield Difference("struck_at", "Entered in error", "no", "yes")


def column_text(row: Any, name: str) -> str | None:
    """One column of a row, or of a former version of it, in words without unit.

    A tick that was not set says nothing; a finding that is false says no.
    """
    value = getattr(row, name)
    if value is None or value in ("", []):
        return None
    column = _model_of(row)._meta.get_field(name)
    if getattr(column, "choices", None):
        return None if value in UNSAID else str(getattr(row, f"get_{name}_display")())
    if isinstance(value, bool):
        return _answer(value, is_tick=not column.null)
    return _plain_words(value)


def _answer(value: bool, *, is_tick: bool) -> str | None:
    if value:
        return "yes"
    return None if is_tick else "no"


def _plain_words(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value).replace("-", "\N{MINUS SIGN}")
    if isinstance(value, datetime):
        return moment_text(value)
    if hasattr(value, "strftime"):
        return spoken(value)
    if isinstance(value, list):
        return ", ".join(_SEGMENTS.get(str(each), str(each)) for each in value)
    return str(getattr(value, "display_name", value))


def moment_text(instant: datetime) -> str:
    """An instant in the calendar of the clinic whose page it is: 12 Mar 2026, 14:30."""
    local = timezone.localtime(instant)
    return f"{spoken(local)}, {local:%H:%M}"


def _model_of(row: Any) -> type[models.Model]:
    """The row's model; for a row of the history the model whose history it is."""
    model: type[models.Model] = getattr(row, "instance_type", None) or type(row)
    return model
