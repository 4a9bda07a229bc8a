"""Nothing that somebody searched for ends in a log."""

import logging

import pytest

from mrtrack.logs import WithoutQueryString


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ('"GET /patients/?name=Doe HTTP/1.1" 200', '"GET /patients/?… HTTP/1.1" 200'),
        ("Not Found: /x?token=abc", "Not Found: /x?…"),
        ("see http://h/a?b=c&d=e now", "see http://h/a?… now"),
        ('"GET /patients/?q=O\'Brien HTTP/1.1" 200', '"GET /patients/?… HTTP/1.1" 200'),
        ("Is this a question? Yes.", "Is this a question? Yes."),
    ],
)
def test_it_cuts_query_strings(line: str, kept: str) -> None:
    record = logging.LogRecord("django.request", logging.INFO, "", 0, "%s", (line,), None)
    assert WithoutQueryString().filter(record)
    assert record.getMessage() == kept
