"""The cells of a CSV file: what a column is, and how a value is written.

Text that a spreadsheet program would run as a formula stays text. Numbers keep every digit that
was entered and no trailing zeros. An empty cell is not recorded, never zero and never no.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from itertools import islice
from typing import Any

from patients.data_classes import DataClass

BYTE_ORDER_MARK = "\ufeff"  # tells Excel that the file is UTF-8
ROWS_PER_CHUNK = 1000
RUNS_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Kind(Enum):
    """What stands in a column, and so how it is written."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    INSTANT = "instant"
    CODE = "code"
    LABEL = "label"
    BOOLEAN = "boolean"


@dataclass(frozen=True)
class Labels:
    """Reads the label of a code; nothing for a code without one."""

    by_code: Mapping[Any, str]

    def __call__(self, code: Any) -> str | None:
        return self.by_code.get(code)


@dataclass(frozen=True)
class Entry:
    """Reads one entry of a JSON object, and one of an object in it; nothing where it lacks."""

    path: tuple[str, ...]

    def __call__(self, value: Any) -> Any:
        for key in self.path:
            value = value.get(key) if value is not None else None
        return value


def joined(values: Sequence[str]) -> str:
    """The entries of a JSON list, with spaces between them."""
    return " ".join(values)


def formulas(derived: Mapping[str, Mapping[str, Any]]) -> str:
    """The formula and version behind each derived value of a study."""
    return "; ".join(
        f"{name}: {found['formula']} version {found['version']}" for name, found in derived.items()
    )


def ticked(value: bool) -> bool | None:
    """A tick that was not set says nothing, and nothing is an empty cell, never "no"."""
    return value or None


@dataclass(frozen=True)
class Column:
    """One column: heading, meaning, kind, where its value comes from, and how much it gives away.

    ``source`` is a column or annotation of the report's rows; ``read`` takes the value out of it
    where the source holds more (a label of a code, one entry of a JSON object). ``values`` are the
    codes that may stand here, with their labels. ``rule`` names the formula, rule or score behind
    a computed value. ``data_class``: what leaves in no extract without identity.
    """

    name: str
    label: str
    kind: Kind
    source: str
    read: Callable[[Any], Any] | None = None
    data_class: DataClass = DataClass.IDENTIFYING
    unit: str = ""
    values: Mapping[Any, str] = field(default_factory=dict)
    definition: str = ""
    rule: str = ""

    @property
    def identity(self) -> str:
        """How much it says of who somebody is, in words."""
        return self.data_class.value.replace("_", "-")

    def read_from(self, source: str) -> Column:
        """The same column of rows that hold its value under another name."""
        return replace(self, source=source)

    def writer(self) -> Callable[[Any], str]:
        """The function that turns a value of the source into the text of a cell."""
        write, read = WRITERS[self.kind], self.read
        if read is None:
            return lambda value: "" if value is None else write(value)

        def cell(value: Any) -> str:
            if value is not None:
                value = read(value)
            return "" if value is None else write(value)

        return cell


def coded(
    name: str, label: str, source: str, values: Mapping[Any, str], data_class: DataClass
) -> tuple[Column, Column]:
    """The two columns of a code: the code itself, and its label beside it."""
    return (
        Column(name, f"{label} (code)", Kind.CODE, source, None, data_class, values=values),
        Column(f"{name}_label", label, Kind.LABEL, source, Labels(values), data_class),
    )


def lines(rows: Iterable[Sequence[str]]) -> str:
    """Rows of cells as lines of a file."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()


def in_chunks(rows: Iterable[Sequence[str]]) -> Iterator[tuple[int, str]]:
    """Lines of a file in pieces of many rows each, every piece with its number of rows."""
    iterator = iter(rows)
    while waiting := list(islice(iterator, ROWS_PER_CHUNK)):
        yield len(waiting), lines(waiting)


def neutral(value: Any) -> str:
    """Text with an apostrophe before what a spreadsheet program would run as a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(RUNS_AS_FORMULA) else text


def number(value: Decimal | float | str) -> str:
    """A number as entered, without exponent and trailing zeros; -1 stays a number."""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _date(value: date) -> str:
    return value.isoformat()


def _boolean(value: bool) -> str:
    return "true" if value else "false"


WRITERS: Mapping[Kind, Callable[[Any], str]] = {
    Kind.TEXT: neutral,
    Kind.NUMBER: number,
    Kind.DATE: _date,
    Kind.INSTANT: _instant,
    Kind.CODE: str,
    Kind.LABEL: str,
    Kind.BOOLEAN: _boolean,
}
