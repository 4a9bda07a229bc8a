"""What may stand in a log line: when, where and of which kind; never what somebody typed."""

import logging
import re
import traceback
from types import TracebackType
from typing import Any

# A query string inside a path or an address: everything from `?` to the next space or double
# quote; an apostrophe may be part of a name that somebody searched for.
QUERY_STRING = re.compile(r"(?<=[\w/%.~-])\?[^\s\"]+")
# What gunicorn says of a request that it cannot read repeats the request's own words, in quotes.
UNREADABLE = re.compile(r"(Invalid request from ip=[^'\"]*)['\"].*", re.DOTALL)
# What a database says of an error beside its text, which may repeat the row: names of our own.
SAFE_WORDS = ("sqlstate", "table_name", "column_name", "constraint_name")
MOST_CAUSES = 10

ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class WithoutQueryString(logging.Filter):
    """Cut query strings from log lines: a search or a token must never end in a log file."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true; the record's message is replaced by one without query strings."""
        message = record.getMessage()
        cleaned = UNREADABLE.sub(r"\1…", QUERY_STRING.sub("?…", message))
        if cleaned != message:
            record.msg, record.args = cleaned, ()
        return True


class WithoutValues(logging.Formatter):
    """Say where an exception was raised and of which kind it is, not what its text says.

    A refusal is one line: only what broke has its traceback.

    The text repeats what it failed on: a database names the whole row that it refused, `int()` the
    word that is no number. The lines of the program, its names and those of the database's tables
    and constraints remain, which is enough to find the place.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One record; what another formatter has kept of its exception is not taken over."""
        kept = record.exc_info, record.exc_text
        record.exc_text = None
        if record.levelno < logging.ERROR:
            record.exc_info = None
        try:
            return super().format(record)
        finally:
            record.exc_info, record.exc_text = kept

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 - logging's own name
        """The traceback with the kind of each exception, the first cause first."""
        told, exception = list[str](), ei[1]
        for _ in range(MOST_CAUSES):
            if exception is None:
                break
            lines = traceback.format_tb(exception.__traceback__)
            told.append("".join(["Traceback:\n", *lines, _kind_of(exception)]))
            exception = exception.__cause__ or exception.__context__
        return "\n\nThen:\n".join(reversed(told))


def _kind_of(exception: BaseException) -> str:
    kind = type(exception)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    diagnosis: Any = getattr(exception, "diag", None)
    words = [(word, getattr(diagnosis, word, None)) for word in SAFE_WORDS]
    told = " ".join(f"{word}={value}" for word, value in words if value)
    return f"{name} ({told})" if told else name
