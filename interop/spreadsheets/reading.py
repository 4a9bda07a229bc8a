"""From the bytes of a file to rows of text: encoding, delimiter, headings.

Nothing is interpreted here. A file that is no CSV is refused in words a clerk can act on.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from interop.spreadsheets.controls import has_control, without_controls

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
SNIFFED_ROWS = 50
MAX_COLUMNS = 300
# One row, line breaks inside its quoted cells included.
MAX_ROW_CHARACTERS = 500_000
CHUNK_BYTES = 1 << 20

_SIGNATURES = (
    (b"PK\x03\x04", "an Excel or OpenDocument workbook (or a ZIP archive)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
)
# Control characters that a text file does not hold; NUL is judged cell by cell.
_BINARY = bytes(set(range(1, 32)) - {9, 10, 11, 12, 13, 26, 27})
_BINARY_SHARE = 0.02


class UnreadableFileError(Exception):
    """The file cannot be read as rows of text; the message says why and what to do."""


@dataclass(frozen=True)
class Layout:
    """How a file is written, and its headings (made unique)."""

    encoding: str
    delimiter: str
    headers: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One data row: its number as a spreadsheet shows it (headings are row 1), and its cells."""

    number: int
    cells: list[str]


def layout_of(path: Path) -> Layout:
    """Find out how a file is written. Raises ``UnreadableFileError``."""
    with path.open("rb") as file:
        head = file.read(CHUNK_BYTES)
    if not head.strip():
        raise UnreadableFileError("This file is empty.")
    _refuse_binary(head)
    encoding, notes = _encoding_of(path, head)
    delimiter = _delimiter_of(path, encoding)
    headers = _first_row(path, encoding, delimiter)
    names, more = _unique(headers)
    return Layout(encoding, delimiter, names, (*notes, *more))


def lines_of(path: Path, layout: Layout) -> Iterator[Line]:
    """Data rows of a file, one after the other; blank rows are left out.

    A row's number counts rows, not lines of text: a quoted cell may hold line breaks. Raises
    ``UnreadableFileError`` where the text stops being CSV.
    """
    heading_seen = False
    for number, cells in enumerate(_rows(path, layout.encoding, layout.delimiter), start=1):
        if not any(cell.strip() for cell in cells):
            continue
        if not heading_seen:
            heading_seen = True
            continue
        yield Line(number, _narrowed(cells, f"Row {number}"))


class _Lines:
    """The lines of a text, none of them read farther than one row may be long."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.left = MAX_ROW_CHARACTERS

    def __iter__(self) -> Iterator[str]:
        while line := self.file.readline(self.left + 1):
            self.left -= len(line)
            if self.left < 0:
                raise _RowTooLongError
            yield line

    def begin_row(self) -> None:
        """Count anew: what was read before belongs to rows that are complete."""
        self.left = MAX_ROW_CHARACTERS


class _RowTooLongError(Exception):
    pass


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[list[str]]:
    """All rows of a file, in little memory. Raises ``UnreadableFileError``."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=delimiter)
        try:
            for cells in reader:
                lines.begin_row()
                yield cells
        except csv.Error as error:
            raise UnreadableFileError(
                f"Near line {reader.line_num} the file stops being CSV ({error}). A quotation mark "
                "that is opened and never closed is the usual cause."
            ) from error
        except _RowTooLongError:
            raise UnreadableFileError(
                f"Near line {reader.line_num + 1} a row is longer than {MAX_ROW_CHARACTERS:,} "
                "characters. Either this is no table, or a quotation mark is opened and never "
                "closed."
            ) from None


def _narrowed(cells: list[str], which: str) -> list[str]:
    """The cells without empty ones beyond the last column that is read.

    Raises ``UnreadableFileError`` when there are more that are not empty.
    """
    width = len(cells)
    while width > MAX_COLUMNS and not cells[width - 1].strip():
        width -= 1
    if width > MAX_COLUMNS:
        raise UnreadableFileError(f"{which} has {width:,} columns; at most {MAX_COLUMNS} are read.")
    return cells[:width]


def _refuse_binary(head: bytes) -> None:
    for signature, what in _SIGNATURES:
        if head.startswith(signature):
            raise UnreadableFileError(
                f"This is {what}, not a CSV file. Open it in your spreadsheet program and save it "
                "as CSV (UTF-8)."
            )
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return
    sample = head[:65536]
    odd = len(sample) - len(sample.translate(None, _BINARY)) + sample.count(0)
    if odd > len(sample) * _BINARY_SHARE:
        raise UnreadableFileError(
            "This is not a text file. Save the table as CSV (UTF-8) and choose that file."
        )


def _encoding_of(path: Path, head: bytes) -> tuple[str, tuple[str, ...]]:
    """The encoding, with a note for the person when it is not plain UTF-8."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", ("The file is UTF-16, as spreadsheet programs save “Unicode text”.",)
    if _decodes(path, "utf-8"):
        return "utf-8-sig", ()
    note = (
        "The file is not UTF-8; it was read as {}. Check that letters with accents look right "
        "below, or save the file again as CSV (UTF-8)."
    )
    if _decodes(path, "cp1252"):
        return "cp1252", (note.format("Windows-1252"),)
    return "latin-1", (note.format("Latin-1"),)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter_of(path: Path, encoding: str) -> str:
    """The delimiter under which the first rows have the most columns, evenly."""
    best, best_score = ",", (-1.0, 0)
    for delimiter in DELIMITERS:
        try:
            rows = islice(_rows(path, encoding, delimiter), SNIFFED_ROWS)
            widths = [len(row) for row in rows if any(row)]
        except UnreadableFileError:
            continue
        if not widths or widths[0] < 2:
            continue
        even = sum(width == widths[0] for width in widths) / len(widths)
        if (even, widths[0]) > best_score:
            best, best_score = delimiter, (even, widths[0])
    return best


def _first_row(path: Path, encoding: str, delimiter: str) -> list[str]:
    for row in _rows(path, encoding, delimiter):
        if any(cell.strip() for cell in row):
            return _narrowed(row, "The first row")
    raise UnreadableFileError("This file is empty.")


def _unique(headers: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """Headings without blanks and doubles, and notes on what was renamed."""
    while headers and not headers[-1].strip():
        headers = headers[:-1]
    names: list[str] = []
    notes: list[str] = []
    for position, header in enumerate(headers, start=1):
        wanted = " ".join(without_controls(header).split())[:120] or f"column {position}"
        if has_control(header):
            notes.append(f"A control character was removed from the heading “{wanted}”.")
        name, count = wanted, 1
        while name in names:
            count += 1
            name = f"{wanted} ({count})"
        if name != wanted:
            notes.append(f"The heading “{wanted}” occurs twice; the later one is called “{name}”.")
        names.append(name)
    return tuple(names), notes
