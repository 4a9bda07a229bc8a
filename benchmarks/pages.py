"""Measuring one page: queries, time beside a bare page, bytes on the wire."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from benchmarks.figures import Part, best_of

BARE = "/bare"
MOST_KILOBYTES = 150
# What opens and closes a transaction asks nothing.
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")
_LINKS = re.compile(rb'<(?:link|script|img|source)\b[^>]*?\b(?:href|src)="([^"]+)"')


@dataclass(frozen=True)
class Page:
    """What one page costs; bytes are compressed by gzip, except ``html_plain``."""

    queries: int
    seconds: float
    html_plain: int
    html: int
    static: int

    @property
    def wire(self) -> int:
        """Bytes of a first visit, HTML and static files compressed."""
        return self.html + self.static


@contextmanager
def logged_in(user: User) -> Iterator[Client]:
    """A test client of this person, on a site that has the bare page too."""
    with override_settings(ROOT_URLCONF="benchmarks.urls"):
        client = Client()
        client.force_login(user)
        yield client


def bare_seconds(client: Client, repeats: int) -> float:
    """The bare page: whole middleware, logged in, one query of its own."""
    return best_of(repeats, lambda: _get(client, BARE))


def measured(client: Client, address: str, repeats: int) -> Page:
    """Queries, time and bytes of a page."""
    _get(client, address)
    with CaptureQueriesContext(connection) as queries:
        content = _get(client, address).content
    return Page(
        queries=sum(not query["sql"].startswith(TRANSACTION) for query in queries),
        seconds=best_of(repeats, lambda: _get(client, address)),
        html_plain=len(content),
        html=len(gzip.compress(content)),
        static=sum(len(gzip.compress(path.read_bytes())) for path in _static_files(content)),
    )


def add_bytes(part: Part, name: str, page: Page) -> None:
    """Note what a first visit brings over the network, and of what it consists."""
    part.add(
        name,
        f"{page.wire / 1000:.0f} kB",
        target=f"≤ {MOST_KILOBYTES} kB",
        met=page.wire <= MOST_KILOBYTES * 1000,
    )
    whole = (page.html_plain + page.static) / 1000
    part.remark(
        f"{name}: HTML {page.html / 1000:.0f} kB, CSS and JavaScript {page.static / 1000:.0f} kB; "
        f"{whole:.0f} kB in all where nothing compresses the HTML"
    )


def _get(client: Client, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response


def _static_files(content: bytes) -> set[Path]:
    """The files of our own that the page loads. Another host would be a mistake."""
    found = set()
    for link in _LINKS.findall(content):
        parts = urlsplit(link.decode())
        assert not parts.netloc, f"the page loads something from {parts.netloc}"
        if parts.path.startswith(settings.STATIC_URL):
            path = finders.find(parts.path.removeprefix(settings.STATIC_URL))
            assert path, f"{parts.path} was not found"
            found.add(Path(path))
    return found
