"""The Markdown that the generated pages are made of."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

Lines = Iterator[str]
Row = Sequence[str]

WIDTH = 98


def table(headings: Row, rows: Iterable[Row]) -> Lines:
    """A Markdown table; nothing in a cell can break it."""
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(_cell(text) for text in row)} |"


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def page(lines: Iterable[str]) -> str:
    """The text of a file."""
    return "\n".join(lines) + "\n"


def paragraph(text: str) -> Lines:
    """A paragraph, wrapped, and the empty line after it."""
    yield from textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    yield ""


def upper_first(text: str) -> str:
    """The text with a capital at its beginning; abbreviations stay as they are."""
    return text[:1].upper() + text[1:]
