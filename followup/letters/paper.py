"""The simple structure of a letter: parts as they are generated, text as it is edited, blocks.

In the text an empty line ends a part. A short first line without a stop at its end is the part's
heading; a line that begins with "- " is an item of a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

LONGEST_HEADING = 60
ENDS_OF_SENTENCES = (".", ",", ":", ";", "?", "!")
ITEM = "- "


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a generated letter: heading, sentences that run on, and a list below them."""

    heading: str = ""
    sentences: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing; a heading alone is nothing."""
        return not (self.sentences or self.items or self.after)

    @property
    def lines(self) -> Iterator[str]:
        """The part as lines of text."""
        if self.heading:
            yield self.heading
        if self.sentences:
            yield " ".join(self.sentences)
        yield from (f"{ITEM}{item}" for item in self.items)
        if self.after:
            yield " ".join(self.after)


@dataclass(slots=True)
class Block:
    """One part as it stands on paper: a heading, then paragraphs and lists in their order.

    Each of ``pieces`` is a paragraph (a list of its lines) or a list (its items).
    """

    heading: str = ""
    pieces: list[Piece] = field(default_factory=list)


@dataclass(slots=True)
class Piece:
    """A paragraph or a list."""

    is_list: bool
    lines: list[str]


def part(
    heading: str = "",
    sentences: Iterable[str] = (),
    items: Iterable[str] = (),
    after: Iterable[str] = (),
) -> Part:
    """A part without its empty sentences and items."""
    return Part(
        heading,
        tuple(filter(None, sentences)),
        tuple(filter(None, items)),
        tuple(filter(None, after)),
    )


def text_of(parts: Sequence[Part]) -> str:
    """The parts as plain text, an empty line between them."""
    return "\n\n".join("\n".join(each.lines) for each in parts if not each.is_empty) + "\n"


def blocks_of(text: str) -> list[Block]:
    """Plain text as it stands on paper; nothing of it is left out."""
    blocks: list[Block] = []
    for paragraph in _paragraphs(text):
        lines = list(paragraph)
        block = Block(heading=lines.pop(0) if _is_heading(lines) else "")
        for line in lines:
            _put(block, line)
        blocks.append(block)
    return blocks


def _paragraphs(text: str) -> Iterator[list[str]]:
    lines: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.strip():
            lines.append(line.strip())
        elif lines:
            yield lines
            lines = []


def _is_heading(lines: Sequence[str]) -> bool:
    first = lines[0]
    is_short = len(first) <= LONGEST_HEADING and not first.endswith(ENDS_OF_SENTENCES)
    return len(lines) > 1 and is_short and not first.startswith(ITEM)


def _put(block: Block, line: str) -> None:
    is_item = line.startswith(ITEM)
    if not block.pieces or block.pieces[-1].is_list is not is_item:
        block.pieces.append(Piece(is_item, []))
    block.pieces[-1].lines.append(line.removeprefix(ITEM))
