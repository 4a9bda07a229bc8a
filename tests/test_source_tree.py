"""The house's tests find what they look for."""

import ast
import re

import pytest

from tests.source_tree import receiver_chain
from tests.test_house import DECIDES, FORBIDDEN_IN_TEMPLATES, FORBIDDEN_WORDS


def test_a_chain_of_calls_is_read_from_its_beginning() -> None:
    call = ast.parse("Echo.objects.filter(a=1)[0].rows.update(b=2)").body[0].value  # type: ignore[attr-defined]
    assert receiver_chain(call) == ["Echo", "objects", "filter", "rows"]


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a style attribute", '<p style="color: red">'),
        ("an inline style sheet", "<STYLE>p {}</STYLE>"),
        ("an inline script", "<script>alert(1)</script>"),
        ("an inline event handler", '<a onclick="go()">'),
        ("htmx code that needs eval", '<a hx-on:click="go()">'),
        ("a file from another host", '<img src="//elsewhere.example/a.png">'),
        ("a page from another host", '<iframe src="/x">'),
    ],
)
def test_it_finds_what_a_template_may_not_hold(what: str, text: str) -> None:
    assert re.search(FORBIDDEN_IN_TEMPLATES[what], text, re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    [
        '<script src="/static/a.js" defer></script>',
        '<script id="d" type="application/json">{}</script>',
        '<p class="style">on="no handler"',
        '<a href="https://example.org/">',
    ],
)
def test_it_lets_the_rest_of_a_template_be(text: str) -> None:
    found = [
        what
        for what, pattern in FORBIDDEN_IN_TEMPLATES.items()
        if re.search(pattern, text, re.IGNORECASE)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a path of somebody's machine", "see /ho" + "me/ann/x"),
        ("a passing file", "written to /tm" + "p/x"),
        ("a package index", "https://py" + "pi.org/x"),
        ("a content delivery network", "cdn.js" + "delivr.net"),
        ("a ticket", "as iss" + "ue 12 asks"),
    ],
)
def test_it_finds_what_a_file_may_not_say(what: str, text: str) -> None:
    assert re.search(FORBIDDEN_WORDS[what], text, re.IGNORECASE)


@pytest.mark.parametrize("column", ["id", "-id", "pk", "patient__id", "history_id", "?"])
def test_a_key_ends_an_ordering(column: str) -> None:
    assert DECIDES.fullmatch(column)


@pytest.mark.parametrize("column", ["name", "-performed_on", "paid", "patient_id", ""])
def test_another_column_does_not(column: str) -> None:
    assert not DECIDES.fullmatch(column)
