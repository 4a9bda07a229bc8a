"""The log of the web server process itself, held to the same rules as the application's."""

from typing import Any

from gunicorn.glogging import Logger

from mrtrack.logs import WithoutQueryString, WithoutValues


class ServerLog(Logger):  # type: ignore[misc] # gunicorn brings no types
    """gunicorn's own lines without query strings and without words of an unreadable request."""

    def setup(self, cfg: Any) -> None:
        """Take gunicorn's handlers as they are, and put our filter and format on each."""
        super().setup(cfg)
        for handler in [*self.error_log.handlers, *self.access_log.handlers]:
            handler.addFilter(WithoutQueryString())
        for handler in self.error_log.handlers:
            handler.setFormatter(WithoutValues(self.error_fmt, self.datefmt))
