"""The first page that anybody sees."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.conftest import PageErrors
from tests.factories.cast import PASSWORD


def type_login(page: Page, live_server: LiveServer, name: str, password: str) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.click("form:has(input[name=password]) button[type=submit]")


def test_the_login_page_has_no_barriers(
    page: Page, live_server: LiveServer, no_barriers: Callable[[Page], None]
) -> None:
    page.goto(f"{live_server.url}/")
    expect(page.locator("input[name=password]")).to_be_visible()
    no_barriers(page)


def test_it_lets_alice_in(page: Page, live_server: LiveServer, alice: User) -> None:
    type_login(page, live_server, alice.username, PASSWORD)
    expect(page).not_to_have_url(f"{live_server.url}/accounts/login/")
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert cookies["mrtrack_session"]["httpOnly"]


def test_it_keeps_what_was_typed_after_a_wrong_password(
    page: Page, live_server: LiveServer, alice: User
) -> None:
    type_login(page, live_server, alice.username, "wrong")
    expect(page.locator("input[name=login]")).to_have_value(alice.username)
    expect(page.locator("input[name=password]")).to_have_value("")


def test_a_missing_page_says_so(
    page: Page,
    live_server: LiveServer,
    alice: User,
    log_in: Callable[[User], Page],
    page_errors: PageErrors,
    no_barriers: Callable[[Page], None],
) -> None:
    page_errors.expect("404")
    log_in(alice).goto(f"{live_server.url}/no-such-page")
    expect(page.locator("h1")).to_be_visible()
    no_barriers(page)
