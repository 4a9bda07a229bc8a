"""Nothing that somebody searched for ends in a log."""

import logging
import sys

import pytest

from mrtrack.logs import WithoutQueryString, WithoutValues

NAME = "Doe"
HEADER_UNTOLD = "Invalid request from ip=::1: Invalid HTTP Header: …"


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ('"GET /patients/?name=Doe HTTP/1.1" 200', '"GET /patients/?… HTTP/1.1" 200'),
        ("Not Found: /x?token=abc", "Not Found: /x?…"),
        ("see http://h/a?b=c&d=e now", "see http://h/a?… now"),
        ('"GET /patients/?q=O\'Brien HTTP/1.1" 200', '"GET /patients/?… HTTP/1.1" 200'),
        ("Is this a question? Yes.", "Is this a question? Yes."),
        (
            "Invalid request from ip=10.0.0.7: Invalid HTTP request line: 'GET /?q=Doe J HTTP/1.1'",
            "Invalid request from ip=10.0.0.7: Invalid HTTP request line: …",
        ),
        ('Invalid request from ip=::1: Invalid HTTP Header: "X: Doe\'s"', HEADER_UNTOLD),
    ],
)
def test_it_cuts_query_strings(line: str, kept: str) -> None:
    record = logging.LogRecord("django.request", logging.INFO, "", 0, "%s", (line,), None)
    assert WithoutQueryString().filter(record)
    assert record.getMessage() == kept


class RefusedRowError(Exception):
    """What psycopg2 raises: the text repeats the row, `diag` names what refused it."""

    class diag:  # noqa: N801 - psycopg2's own name
        sqlstate = "23505"
        constraint_name = "one_number_in_a_clinic"
        message_detail = "Key (record_number)=(HV-1) already exists."


def told_of_a_chain() -> str:
    """The log's text of an exception that was raised while another one was handled."""
    try:
        try:
            int(NAME)
        except ValueError as error:
            raise RefusedRowError(f"Failing row contains ({NAME}, HV-1).") from error
    except RefusedRowError:
        line = logging.LogRecord("x", logging.ERROR, "", 0, "It failed", (), sys.exc_info())
    return WithoutValues("%(message)s").format(line)


def test_an_exception_is_told_without_its_text() -> None:
    told = told_of_a_chain()
    assert NAME not in told
    assert "already exists" not in told


def test_it_tells_the_place_the_kind_and_what_the_database_named() -> None:
    told = told_of_a_chain()
    assert told.index("ValueError") < told.index("Then:") < told.index("RefusedRowError")
    assert "test_logs.py" in told
    assert "(sqlstate=23505 constraint_name=one_number_in_a_clinic)" in told


def test_what_another_formatter_kept_of_it_is_not_taken_over() -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 0, "It failed", (), None)
    record.exc_text = "ValueError: Doe"
    assert WithoutValues("%(message)s").format(record) == "It failed"


def test_a_refusal_is_one_line() -> None:
    try:
        raise PermissionError(NAME)
    except PermissionError:
        found = sys.exc_info()
    line = logging.LogRecord("x", logging.WARNING, "", 0, "Forbidden: /x", (), found)
    assert WithoutValues("%(message)s").format(line) == "Forbidden: /x"
    assert line.exc_info is found  # other handlers still have it
