"""CSV that leaves the house: text that a spreadsheet program would run stays text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

_RISKY = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def neutral(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula.

    A plain number such as -18.5 stays a number.
    """
    if text.startswith(_RISKY) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Rows as lines of a UTF-8 CSV file with a byte-order mark, which Excel needs."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([neutral(cell) for cell in row])
