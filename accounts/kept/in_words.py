"""What was typed, as its form says it: labels instead of names, choices in words.

The form itself is read, as the person saw it: no floor below knows what its boxes mean. What the
form sends by itself (hidden boxes, buttons) is not shown. Of a form that is not there any more the
names have to do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

Values = Iterable[tuple[str, Iterable[str]]]

DRAFT = "kept_draft"
"""The box in which the script names a form that it keeps while one types."""

NOT_TYPED = {"csrfmiddlewaretoken", "version", "next", "facts", DRAFT}
"""Sent by a page by itself: nobody typed them."""

BUTTONS = {"submit", "button", "image", "reset"}
TICKED = {"radio", "checkbox"}


def in_words(values: Values, page: str, *, without: Collection[str] = ()) -> list[tuple[str, str]]:
    """Label and text of each box in which something was typed, in the form's order."""
    reader = _FormReader()
    reader.feed(page)
    reader.close()
    return [
        (label, text)
        for name, typed in values
        if name not in NOT_TYPED and name not in without and not name.startswith("_")
        for label, text in reader.said(name, [each for each in typed if each.strip()])
    ]


@dataclass
class _Box:
    """One name of a form: which kinds of input bear it, their ids, and what its choices say."""

    kinds: set[str] = field(default_factory=set)
    ids: list[str] = field(default_factory=list)
    legend: str = ""
    unit: str = ""
    words: dict[str, str] = field(default_factory=dict)
    id_of: dict[str, str] = field(default_factory=dict)


class _FormReader(HTMLParser):
    """Reads labels, legends, boxes and choices from a page."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, _Box] = {}
        self.labels: dict[str, str] = {}
        self._legends: list[str] = []
        self._label: str | None = None
        self._select = ""
        self._option: str | None = None
        self._inner = 0
        self._text: list[str] | None = None
        self._latest = _Box()
        self._is_unit = False

    def said(self, name: str, typed: list[str]) -> Iterator[tuple[str, str]]:
        """The label and the text of one name; nothing for what nobody saw, or left empty."""
        box = self.boxes.get(name)
        if not typed:
            return
        if box is None:
            yield _plain(name), "\n".join(typed)
        elif not box.kinds <= BUTTONS | {"hidden"}:
            yield self._title(name, box), "\n".join(self._word(box, value) for value in typed)

    def _title(self, name: str, box: _Box) -> str:
        own = next((self.labels[each] for each in box.ids if self.labels.get(each)), "")
        if box.kinds <= TICKED and len(box.ids) > 1:
            own = box.legend
        return own or box.legend or _plain(name)

    def _word(self, box: _Box, value: str) -> str:
        if box.kinds <= TICKED:
            return self.labels.get(box.id_of.get(value, ""), value) if len(box.ids) > 1 else "yes"
        return box.words.get(value) or f"{value} {box.unit}".strip()

    # As the page is read -----------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a box, or begin to listen to a label, a legend or a choice."""
        given = {name: value or "" for name, value in attrs}
        if tag in {"input", "select", "textarea", "button"} and given.get("name"):
            self._note(tag, given)
        elif tag == "fieldset":
            self._legends.append("")
        elif tag in {"label", "legend"}:
            self._label, self._text, self._inner = given.get("for", ""), [], 0
        elif tag == "option":
            self._option, self._text, self._inner = given.get("value"), [], 0
        elif tag in {"span", "small"}:
            self._inner += 1
            self._is_unit = "input-group-text" in given.get("class", "").split()

    def handle_endtag(self, tag: str) -> None:
        """Keep what was heard."""
        if tag in {"span", "small"}:
            self._inner -= 1
            self._is_unit = False
        elif tag == "fieldset" and self._legends:
            self._legends.pop()
        elif tag == "legend" and self._legends:
            self._legends[-1] = self._heard()
        elif tag == "label" and self._label is not None:
            self.labels.setdefault(self._label, self._heard())
            self._label = None
        elif tag == "option" and self._select:
            text = self._heard()
            self.boxes[self._select].words[text if self._option is None else self._option] = text
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        """A label's own words, without the hints in it."""
        if self._is_unit:
            self._latest.unit = data.strip()
        elif self._text is not None and self._inner <= 0:
            self._text.append(data)

    def _note(self, tag: str, given: dict[str, str]) -> None:
        box = self._latest = self.boxes.setdefault(given["name"], _Box())
        kind = given.get("type", "text") if tag == "input" else tag
        box.kinds.add("submit" if tag == "button" else kind)
        box.legend = next((each for each in reversed(self._legends) if each), "")
        if given.get("aria-label"):
            self.labels.setdefault(given.get("id", ""), given["aria-label"])
        if "id" in given:
            box.ids.append(given["id"])
            box.id_of[given.get("value", "")] = given["id"]
        if tag == "select":
            self._select = given["name"]

    def _heard(self) -> str:
        heard, self._text = " ".join("".join(self._text or ()).split()), None
        return heard.removesuffix(":").removesuffix("*").strip()


def _plain(name: str) -> str:
    return name.replace("_", " ")
