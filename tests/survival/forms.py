"""The forms of a page, filled in as a browser would send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

UNSENT = {"submit", "button", "image", "reset", "file"}


@dataclass
class PageForm:
    """One form: where it goes, how, and what it sends unless somebody types."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)

    def with_typed(self, **typed: str) -> dict[str, list[str]]:
        """What is sent after this was typed over it."""
        return self.values | {name: [text] for name, text in typed.items()}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, PageForm] = {}
        self._open = self._select = self._textarea = ""
        self._chosen: list[str] = []
        self._first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._open = given.get("id") or f"number {len(self.forms)}"
            method = (given.get("method") or "get").lower()
            self.forms[self._open] = PageForm(given.get("action") or "", method)
        elif tag == "input" and given.get("name"):
            self._input(given)
        elif tag == "select" and given.get("name"):
            self._select, self._chosen, self._first = given["name"] or "", [], None
        elif tag == "option" and self._select:
            if self._first is None:
                self._first = given.get("value") or ""
            if "selected" in given:
                self._chosen.append(given.get("value") or "")
        elif tag == "textarea" and given.get("name"):
            self._textarea = given["name"] or ""
            self._put(given, self._textarea, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = ""
        elif tag == "select" and self._select:
            chosen = self._chosen or ([self._first] if self._first is not None else [])
            for text in chosen:
                self._put({}, self._select, text)
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea and self._open in self.forms:
            values = self.forms[self._open].values[self._textarea]
            values[-1] += data.removeprefix("\n") if not values[-1] else data

    def _input(self, given: dict[str, str | None]) -> None:
        kind = (given.get("type") or "text").lower()
        is_off = kind in {"checkbox", "radio"} and "checked" not in given
        if kind not in UNSENT and not is_off and "disabled" not in given:
            default = "on" if kind in {"checkbox", "radio"} else ""
            self._put(given, given["name"] or "", given.get("value") or default)

    def _put(self, given: dict[str, str | None], name: str, text: str) -> None:
        form = self.forms.get(given.get("form") or self._open)
        if form is not None:
            form.values.setdefault(name, []).append(text)


def forms_of(page: str) -> list[PageForm]:
    """Every form of a page."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return list(reader.forms.values())
