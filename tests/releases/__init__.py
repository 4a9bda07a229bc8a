"""Small databases of made-up patients, one for each release, as text.

`python -m tools.keep_release` writes one; tests/survival/test_upgrade.py brings each up to date.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extras

from mrtrack.backup.contents import CONVERSIONS, Column, Content, content_of, left_out
from mrtrack.backup.reading import PostgresqlReading, Reading, SqliteReading
from mrtrack.database_url import parse

FOLDER = Path(__file__).parent
# Written by `migrate` itself, with numbers of its own.
OF_MIGRATE = {"django_content_type", "django_migrations", "auth_permission"}
KEPT_AS_TEXT = {"json"}


@dataclass(frozen=True)
class Kept:
    """The database of one release: its migrations, and its tables with columns and rows."""

    release: str
    migrations: dict[str, list[str]]
    tables: dict[str, dict[str, Any]]


def kept_releases() -> list[str]:
    """The releases of which there is a database."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def kept_of(release: str) -> Kept:
    """The database of a release."""
    return Kept(**json.loads((FOLDER / f"{release}.json").read_text(encoding="utf-8")))


def keep(release: str, reading: Reading) -> Path:
    """Write the database of a release to its file, a row a line."""
    tables = {}
    for table in reading.table_names():
        if table in OF_MIGRATE | left_out():
            continue
        columns = reading.columns(table)
        rows = sorted(_rows(reading, table, columns), key=json.dumps)
        if rows:
            tables[table] = {"columns": [column.name for column in columns], "rows": rows}
    said = {"release": release, "migrations": reading.migrations(), "tables": tables}
    path = FOLDER / f"{release}.json"
    text = json.dumps(said, indent=0, sort_keys=True, ensure_ascii=False)
    path.write_text(text.replace("\n", " ").replace("], [", "],\n[") + "\n", encoding="utf-8")
    return path


def _rows(reading: Reading, table: str, columns: list[Column]) -> Iterator[list[Any]]:
    names = ", ".join(f'"{column.name}"' for column in columns)
    for row in reading.rows(f'SELECT {names} FROM "{table}"'):  # noqa: S608
        yield [_as_text(column, value) for column, value in zip(columns, row, strict=True)]


def _as_text(column: Column, value: Any) -> Any:
    convert = CONVERSIONS.get(column.holds)
    if value is None or convert is None or column.holds in KEPT_AS_TEXT:
        return value
    return convert(value)


@contextmanager
def opened(url: str) -> Iterator[tuple[Any, Reading]]:
    """A connection to any database of the tests, and a look through it."""
    known = parse(url, base=Path("/"))
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(known["NAME"])) as file:
            yield file, SqliteReading(file)
            file.commit()
        return
    made = psycopg2.connect(dbname=known["NAME"], user=known["USER"], host=known["HOST"])
    with closing(made):
        psycopg2.extras.register_default_jsonb(made, loads=lambda text: text)
        yield made, PostgresqlReading(made)
        made.commit()


def load(url: str, kept: Kept) -> None:
    """Put the rows of a release into a database with that release's tables."""
    with opened(url) as (connection, reading):
        cursor = connection.cursor()
        is_sqlite = reading.engine == "sqlite"
        if not is_sqlite:
            # Rows come in the order of tables' names: references are held by the file.
            cursor.execute("SET session_replication_role = replica")
        for table, told in kept.tables.items():
            holds = {column.name: column.holds for column in reading.columns(table)}
            names = ", ".join(f'"{name}"' for name in told["columns"])
            marks = ", ".join("?" if is_sqlite else "%s" for _ in told["columns"])
            statement = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'  # noqa: S608
            for row in told["rows"]:
                cells = zip(told["columns"], row, strict=True)
                values = [_for(is_sqlite, holds[name], value) for name, value in cells]
                cursor.execute(statement, values)
            if not is_sqlite and "id" in told["columns"]:
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) "  # noqa: S608
                    f'FROM "{table}"'
                )


def _for(is_sqlite: bool, holds: str, value: Any) -> Any:
    if is_sqlite and holds == "instant" and value is not None:
        instant = datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
        return instant.isoformat(sep=" ")
    return value


def said_now(url: str, kept: Kept) -> dict[str, Content | None]:
    """Rows and digest of each table, by the columns that the release had and that still exist."""
    found: dict[str, Content | None] = {}
    with opened(url) as (_, reading):
        tables = set(reading.table_names())
        for table, told in kept.tables.items():
            known = (
                {column.name: column for column in reading.columns(table)}
                if table in tables
                else {}
            )
            columns = [known[name] for name in told["columns"] if name in known]
            if len(columns) < len(told["columns"]):
                found[table] = None
                continue
            names = ", ".join(f'"{column.name}"' for column in columns)
            rows = reading.rows(f'SELECT {names} FROM "{table}"')  # noqa: S608
            found[table] = content_of(table, columns, rows)
    return found
