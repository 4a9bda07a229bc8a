"""A kept letter as a PDF file, where the optional package WeasyPrint is installed.

It is not among the requirements (docs/operators/pdf-letters.md): without it the browser prints.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from django.contrib.staticfiles import finders

PACKAGE = "weasyprint"


def is_available() -> bool:
    """Whether letters can be had as files here."""
    return find_spec(PACKAGE) is not None


def pdf_of(html: str) -> bytes:
    """The page as a PDF. Nothing is fetched: neither from the network nor from the disk."""
    # One second and forty megabytes: only whoever asks for a file pays for it.
    from weasyprint import CSS, HTML  # type: ignore[import-not-found,import-untyped,unused-ignore]

    style = CSS(filename=finders.find("letter_pdf.css"))
    made: bytes = HTML(string=html, url_fetcher=_fetch_nothing).write_pdf(
        stylesheets=[style], pdf_variant="pdf/ua-1"
    )
    return made


def _fetch_nothing(url: str, *_: Any, **__: Any) -> Any:
    raise ValueError(f"a letter needs no other file: {url!r}")
