"""What stands in each column of a file: samples, distinct values, spelling of dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from interop.spreadsheets.controls import has_control, visible
from interop.spreadsheets.reading import Line

LOOKED_AT = 20_000
MOST_VALUES = 40
LONGEST_VALUE = 80
SAMPLES = 3
_SLASHED = re.compile(r"^\s*(\d{1,2})[/-](\d{1,2})[/-]\d{4}\b")


@dataclass
class Column:
    """One column: heading, how many cells are filled, a few samples, what values occur."""

    header: str
    filled: int = 0
    samples: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    has_more_values: bool = False
    day_first_only: int = 0
    month_first_only: int = 0
    ambiguous_dates: int = 0

    def see(self, text: str) -> None:
        """Take one cell into account."""
        text = text.strip()
        if not text:
            return
        self.filled += 1
        if not self.has_more_values and text not in self.values:
            self._keep(text)
        if found := _SLASHED.match(text):
            first, second = int(found[1]), int(found[2])
            self.day_first_only += first > 12 >= second
            self.month_first_only += second > 12 >= first
            self.ambiguous_dates += first <= 12 and second <= 12

    def _keep(self, text: str) -> None:
        if len(self.samples) < SAMPLES:
            self.samples.append(visible(text[:LONGEST_VALUE]))
        if has_control(text):
            return  # Its row is refused: there is no meaning to ask for.
        if len(self.values) >= MOST_VALUES or len(text) > LONGEST_VALUE:
            self.has_more_values = True
        else:
            self.values.append(text)

    @property
    def date_order(self) -> str:
        """``dmy`` or ``mdy`` when the dates themselves decide, ``""`` when they do not."""
        if self.day_first_only and not self.month_first_only:
            return "dmy"
        if self.month_first_only and not self.day_first_only:
            return "mdy"
        return ""

    @property
    def has_slashed_dates(self) -> bool:
        """Whether day and month can be confused in this column at all."""
        return bool(self.day_first_only or self.month_first_only or self.ambiguous_dates)


@dataclass
class Profile:
    """The columns of a file and its number of data rows."""

    columns: list[Column]
    rows: int = 0

    def as_json(self) -> dict[str, Any]:
        """For keeping beside the uploaded file."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Profile:
        """The reverse of ``as_json``."""
        return cls([Column(**column) for column in data["columns"]], data["rows"])

    def column(self, header: str) -> Column | None:
        """The column of this heading."""
        return next((column for column in self.columns if column.header == header), None)


def profile_of(headers: Iterable[str], lines: Iterable[Line]) -> Profile:
    """Look at the columns in the first rows, and count them all."""
    profile = Profile([Column(header) for header in headers])
    for line in lines:
        profile.rows += 1
        if profile.rows <= LOOKED_AT:
            for column, cell in zip(profile.columns, line.cells, strict=False):
                column.see(cell)
    return profile
