"""CSV that leaves the house: text that a spreadsheet program would run stays text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

from interop.spreadsheets.cells import MISSING_WORDS

# The last four are the same signs in full width.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
# A spreadsheet program that expects another separator may cut a cell in two, quoted or not: what
# follows a separator inside of it must not begin a formula either. Plain numbers, and a dash
# before a blank (a list in a comment), are none.
_AFTER_SEPARATOR = re.compile(
    r"""(?<=[;,|\t\r\n])("*)(?=[=@\uff1d\uff0b\uff0d\uff20]|[+-](?![\s;,|]|$|\d+([.,]\d+)?\s*([;,|\t\r\n]|$)))"""
)


def neutral(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula.

    A plain number such as -18.5 stays a number.
    """
    if _NUMBER.fullmatch(text):
        return text
    text = _AFTER_SEPARATOR.sub(r"\1'", text)
    return "'" + text if text.lstrip(' "').startswith(_RISKY) else text


def guarded(text: str) -> str:
    """The text as the import reads it back: with an apostrophe where it needs one.

    It needs one before what a spreadsheet would take for a formula, and where the import would
    take the whole text for nothing (a name that is "Null", a comment that is "-").
    """
    return "'" + text if _needs_guard(text) else text


def unguarded(text: str) -> str:
    """The reverse of ``guarded``: without the apostrophe that was only put there to protect."""
    return text[1:] if text.startswith("'") and _needs_guard(text[1:]) else text


def _needs_guard(text: str) -> bool:
    # Apostrophes in front do not count, so that one more or one less is never mistaken.
    bare = text.lstrip("'")
    if not bare:
        return False
    return bare.lstrip(' "').startswith(_RISKY) or bare.lower() in MISSING_WORDS


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Iterable[str]], delimiter: str = ",") -> Iterator[str]:
    """Rows as lines of a UTF-8 CSV file with a byte-order mark, which Excel needs.

    Every cell is quoted: whatever stands in it, a separator or a line break, stays in it.
    """
    writer = csv.writer(_Echo(), delimiter=delimiter, quoting=csv.QUOTE_ALL)
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([neutral(cell) for cell in row])
