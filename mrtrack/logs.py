"""What may stand in a log line."""

import logging
import re

# A query string inside a path or an address: everything from `?` to the next space or double
# quote; an apostrophe may be part of a name that somebody searched for.
QUERY_STRING = re.compile(r"(?<=[\w/%.~-])\?[^\s\"]+")


class WithoutQueryString(logging.Filter):
    """Cut query strings from log lines: a search or a token must never end in a log file."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true; the record's message is replaced by one without query strings."""
        message = record.getMessage()
        cleaned = QUERY_STRING.sub("?…", message)
        if cleaned != message:
            record.msg, record.args = cleaned, ()
        return True
