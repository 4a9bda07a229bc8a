"""A browser, a way to log in, and a watch over everything that goes wrong in a page."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.cache import cache
from django.test import Client, override_settings
from playwright.sync_api import ConsoleMessage, Page, Request, Response
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from demo.book import Book
from demo.clinics import make_cast
from demo.patients import Story
from patients.models import Patient
from tools.browser import find_chromium

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LONGEST_WAIT_MS = 10_000
# How the threads of the live server are named, one for each connection.
SERVER_THREAD = "process_request_thread"
# Addresses that stay inside the page.
INNER_SCHEMES = {"data", "blob", "about"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test with a database that commits."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker("browser")
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Playwright keeps an event loop in this thread, which Django would take for async code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    chromium = find_chromium()
    if chromium is None:
        pytest.fail("No Chromium found: apt install --no-install-recommends chromium")
    return {"executable_path": chromium, "args": CHROMIUM_FLAGS, "headless": True}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, object]:
    return {"locale": "en-US", "viewport": {"width": 1280, "height": 900}}


class PageErrors:
    """What went wrong in a page: script errors, blocked content, foreign hosts, failed requests.

    A test that provokes an error names a part of its message: `page_errors.expect("404")`.
    """

    def __init__(self, own_address: str) -> None:
        self.own_host = urlsplit(own_address).netloc
        self.found: list[str] = []
        self.expected: list[str] = []

    def expect(self, part: str) -> None:
        """Do not count messages with this part."""
        self.expected.append(part)

    def watch(self, page: Page) -> None:
        """Listen to a page; call it for each further page that a test opens."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"script error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.found.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in INNER_SCHEMES and address.netloc != self.own_host:
            self.found.append(f"foreign host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.found.append(f"status {response.status}: {response.url}")

    def unexpected(self) -> list[str]:
        """What was found and not expected."""
        return [text for text in self.found if not any(part in text for part in self.expected)]


@pytest.fixture
def server_at_rest(transactional_db: None) -> Iterator[None]:
    """Between the end of a test and the emptying of its database: nobody still answers a page.

    A page may close while the server works for it (a live panel, a search as one types). What
    that answer has locked stands in the way of emptying the tables: PostgreSQL reports a deadlock.
    Each connection has a thread of its own, which ends soon after the page has closed it.
    """
    yield
    end = time.monotonic() + LONGEST_WAIT_MS / 1000
    for thread in threading.enumerate():
        if SERVER_THREAD in thread.name:
            thread.join(max(0, end - time.monotonic()))
            assert not thread.is_alive(), "The server still answers a page that has closed."


@pytest.fixture(autouse=True)
def page_errors(server_at_rest: None, page: Page, live_server: LiveServer) -> Iterator[PageErrors]:
    """Watches the page of every browser test, and fails the test at its end.

    Asks for the server's rest before the page, so that the page is closed first.
    """
    errors = PageErrors(live_server.url)
    errors.watch(page)
    page.set_default_timeout(LONGEST_WAIT_MS)
    yield errors
    assert errors.unexpected() == []


@pytest.fixture(autouse=True)
def empty_cache(transactional_db: None) -> Iterator[None]:
    """The cache's table is no model's: what one test leaves there would reach the next."""
    yield
    cache.clear()


@pytest.fixture
def log_in(page: Page, live_server: LiveServer) -> Callable[[AbstractBaseUser], Page]:
    """`log_in(alice)`: the page, with Alice's session, without the detour over the form."""

    def with_session(user: AbstractBaseUser) -> Page:
        assert isinstance(user, get_user_model())
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        return page

    return with_session


@pytest.fixture
def no_barriers(page_errors: PageErrors) -> Callable[[Page], None]:
    """`no_barriers(page)`: axe finds nothing that keeps people out of the page as it is now.

    Axe adds a style of its own, which the page's policy blocks and the console reports: what the
    page itself did is looked at before. After a click that leads to another page, a test first
    expects something of that page: axe would otherwise read the old one, or half of the new one.
    """

    def check(page: Page) -> None:
        page.wait_for_load_state()
        assert page_errors.unexpected() == []
        violations = Axe().run(page).response["violations"]
        page_errors.found.clear()
        assert [
            (each["id"], each["help"], [node["html"] for node in each["nodes"]][:3])
            for each in violations
        ] == []

    return check


@pytest.fixture
def demo(transactional_db: None) -> Callable[[Story], Patient]:
    """The demonstration clinics; `demo(write_severe_growing)` writes this one patient of theirs.

    Their people are not the fixed cast: a test that uses the demo takes `somebody("alice")`.
    """
    cast = make_cast()
    north = cast.north
    book = Book(north, north.today(), cast.users["alice"], cast.users["nina"])

    def writer(write: Story) -> Patient:
        # A made-up past is refused wherever DEBUG is off, as it is in tests.
        with override_settings(DEBUG=True):
            return write(book)

    return writer


@pytest.fixture
def somebody() -> Callable[[str], User]:
    """`somebody("nina")`: the user with this name, as the demo made it."""
    return lambda name: User.objects.get(username=name)
