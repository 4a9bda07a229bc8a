"""One consistent look at a database: all of it as of one instant, whoever writes meanwhile."""

from __future__ import annotations

import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extensions
import psycopg2.extras
from django.db import connection

from mrtrack.backup.contents import AUDIT, Column, Content, content_of, left_out

ROWS_AT_ONCE = 2000  # what is held in memory
JSON_CHECK = re.compile(r'JSON_VALID\("(\w+)"\)', re.IGNORECASE)
SQLITE_HOLDS = {
    "bool": "bool",
    "blob": "bytes",
    "char(32)": "uuid",
    "date": "date",
    "datetime": "instant",
    "decimal": "number",
    "real": "float",
    "time": "time",
}
POSTGRESQL_HOLDS = {
    "boolean": "bool",
    "bytea": "bytes",
    "date": "date",
    "double precision": "float",
    "jsonb": "json",
    "numeric": "number",
    "time without time zone": "time",
    "timestamp with time zone": "instant",
    "uuid": "uuid",
}


class Reading(ABC):
    """A database as of one instant."""

    engine: str

    @abstractmethod
    def server_version(self) -> str:
        """The database program's version."""

    @abstractmethod
    def table_names(self) -> list[str]:
        """Every table, those that are left out of backups too."""

    @abstractmethod
    def trigger_names(self) -> set[str]:
        """Every trigger."""

    @abstractmethod
    def columns(self, table: str) -> list[Column]:
        """The columns of a table, by name."""

    @abstractmethod
    def rows(self, statement: str) -> Iterator[Sequence[Any]]:
        """The rows of a question, a few at a time."""

    def contents(self, audit_upto: int | None = None) -> dict[str, Content]:
        """Rows and digest of each table; of the audit's events up to a number, if it is given."""
        skipped = left_out()
        return {
            table: self._content(table, audit_upto)
            for table in self.table_names()
            if table not in skipped
        }

    def _content(self, table: str, audit_upto: int | None) -> Content:
        columns = self.columns(table)
        names = ", ".join(f'"{column.name}"' for column in columns)
        statement = f'SELECT {names} FROM "{table}"'  # noqa: S608 - names out of the catalogue
        if table == AUDIT and audit_upto is not None:
            statement += f" WHERE id <= {int(audit_upto)}"
        return content_of(table, columns, self.rows(statement))

    def migrations(self) -> dict[str, list[str]]:
        """The migrations that were applied, by application."""
        found: dict[str, list[str]] = {}
        if "django_migrations" in self.table_names():
            for app, name in self.rows(
                "SELECT app, name FROM django_migrations ORDER BY app, name"
            ):
                found.setdefault(app, []).append(name)
        return found

    def last_audit_event(self) -> int:
        """The number of the newest audit event; 0 without any."""
        ((number,),) = self.rows(f"SELECT COALESCE(MAX(id), 0) FROM {AUDIT}")  # noqa: S608
        return int(number)


class SqliteReading(Reading):
    """A SQLite file: a copy that nobody writes to, or the live one inside a transaction."""

    engine = "sqlite"

    def __init__(self, opened: sqlite3.Connection) -> None:
        self._connection = opened

    def server_version(self) -> str:
        return sqlite3.sqlite_version

    def table_names(self) -> list[str]:
        statement = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        return [name for (name,) in self.rows(statement) if not name.startswith("sqlite_")]

    def trigger_names(self) -> set[str]:
        return {name for (name,) in self.rows(SQLITE_TRIGGERS)}

    def columns(self, table: str) -> list[Column]:
        ((made,),) = self._connection.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", [table]
        )
        json_columns = set(JSON_CHECK.findall(made))
        found = [
            Column(name, "json" if name in json_columns else _sqlite_holds(declared))
            for _, name, declared, *_ in self.rows(f'PRAGMA table_info("{table}")')
        ]
        return sorted(found, key=lambda column: column.name)

    def rows(self, statement: str) -> Iterator[Sequence[Any]]:
        with closing(self._connection.cursor()) as cursor:
            yield from cursor.execute(statement)


SQLITE_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"


def _sqlite_holds(declared: str) -> str:
    return SQLITE_HOLDS.get(declared.lower(), "plain")


class PostgresqlReading(Reading):
    """A PostgreSQL database inside a transaction that sees one snapshot."""

    engine = "postgresql"

    def __init__(self, opened: Any) -> None:
        self._connection = opened

    def snapshot(self) -> str:
        """The name by which ``pg_dump`` sees the same instant, while this one stays open."""
        ((name,),) = self.rows("SELECT pg_export_snapshot()")
        return str(name)

    def server_version(self) -> str:
        ((version,),) = self.rows("SHOW server_version")
        return str(version)

    def table_names(self) -> list[str]:
        statement = (
            "SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
            "AND table_schema = current_schema()"
        )
        return sorted(name for (name,) in self.rows(statement))

    def trigger_names(self) -> set[str]:
        statement = "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D' AND NOT tgisinternal"
        return {name for (name,) in self.rows(statement)}

    def columns(self, table: str) -> list[Column]:
        statement = (
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = %s"
        )
        with self._connection.cursor() as cursor:
            cursor.execute(statement, [table])
            found = [Column(name, POSTGRESQL_HOLDS.get(of, "plain")) for name, of in cursor]
        return sorted(found, key=lambda column: column.name)

    def rows(self, statement: str) -> Iterator[Sequence[Any]]:
        if not statement.startswith("SELECT"):
            with self._connection.cursor() as cursor:
                cursor.execute(statement)
                yield from cursor.fetchall()
            return
        # A cursor of the server's: the rows of a large table never stand in memory at once.
        with self._connection.cursor(name="mrtrack_backup") as cursor:
            cursor.itersize = ROWS_AT_ONCE
            cursor.execute(statement)
            yield from cursor


def open_sqlite(path: Path, *, alone: bool = False) -> sqlite3.Connection:
    """Open a file for reading. ``alone``: it is a copy that nobody else has open."""
    address = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"
    opened = sqlite3.connect(address, uri=True, isolation_level=None, timeout=60)
    opened.execute("BEGIN")
    # What is read first decides as of which instant all of it is read.
    opened.execute(SQLITE_TRIGGERS).fetchall()
    return opened


def postgresql_dsn() -> tuple[str, str]:
    """How programs of PostgreSQL reach the instance's database, and its password apart."""
    known = connection.get_connection_params()
    password = known.pop("password", "") or ""
    known.pop("cursor_factory", None)
    return psycopg2.extensions.make_dsn(**known), password


def open_postgresql() -> Any:
    """A connection to the instance's database for reading, as of now; UUID and JSON as text."""
    dsn, password = postgresql_dsn()
    opened = psycopg2.connect(dsn, **({"password": password} if password else {}))
    opened.set_session(isolation_level="REPEATABLE READ", readonly=True)
    psycopg2.extras.register_default_jsonb(opened, loads=lambda text: text)
    return opened


@contextmanager
def reading_instance() -> Iterator[Reading]:
    """The instance's own database as of now."""
    if connection.vendor == "sqlite":
        with closing(open_sqlite(Path(connection.settings_dict["NAME"]))) as file:
            yield SqliteReading(file)
    else:
        with closing(open_postgresql()) as opened:
            yield PostgresqlReading(opened)
