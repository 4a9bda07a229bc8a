"""The application as gunicorn runs it for a test: with an echo report that breaks, if asked for.

``MRTRACK_TEST_BREAKS_AT`` is the key of the study at which the database fails, on SQLite, which
has no such error, the reading of its status.
"""

import os
from dataclasses import replace

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()


def _break_at(key: int) -> None:
    from django.db import DataError, connection
    from django.db.models import ExpressionWrapper, F, IntegerField, Value

    from reports.catalogue import REPORTS
    from reports.csv import Column, Kind
    from reports.report import FromQueries

    echo = REPORTS["echo_studies"]
    [studies] = echo.source.queries

    def dividing_by_zero(scope):
        through = Value(1) / (F("id") - Value(key))
        return studies(scope).annotate(x=ExpressionWrapper(through, output_field=IntegerField()))

    def failing(value):
        if value is None:
            raise DataError("division by zero")
        return value

    in_sql = connection.vendor == "postgresql"
    column = Column("x", "X", Kind.NUMBER, "x" if in_sql else "id", None)
    if not in_sql:
        column = replace(column, read=lambda pk: failing(None if pk == key else pk))
    source = FromQueries(dividing_by_zero) if in_sql else echo.source
    REPORTS["echo_studies"] = replace(echo, columns=(*echo.columns, column), source=source)


if "MRTRACK_TEST_BREAKS_AT" in os.environ:
    _break_at(int(os.environ["MRTRACK_TEST_BREAKS_AT"]))
