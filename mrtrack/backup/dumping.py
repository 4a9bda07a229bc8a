"""The database as one file, with a look at the same instant; and from that file back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

from django.db import connection

from mrtrack.backup.contents import left_out
from mrtrack.backup.errors import BackupError
from mrtrack.backup.reading import (
    PostgresqlReading,
    Reading,
    SqliteReading,
    open_postgresql,
    open_sqlite,
    postgresql_dsn,
)

PAGES_AT_ONCE = 4096
MOST_SAID = 400  # characters of what a program of PostgreSQL complains of
# Comments belong to who owns the database, privileges to one server: neither is part of a record.
WITHOUT = ("--no-owner", "--no-privileges", "--no-comments")


@contextmanager
def dumped(path: Path) -> Iterator[Reading]:
    """Write the instance's database to ``path``, and look at exactly what was written."""
    if connection.vendor == "sqlite":
        _copy_sqlite(Path(connection.settings_dict["NAME"]), path)
        with closing(open_sqlite(path, alone=True)) as copy:
            yield SqliteReading(copy)
        return
    with closing(open_postgresql()) as opened:
        reading = PostgresqlReading(opened)
        with path.open("wb") as file:
            _run_postgresql(
                "pg_dump",
                ["--format=custom", f"--snapshot={reading.snapshot()}", *WITHOUT]
                + [f"--exclude-table-data={table}" for table in sorted(left_out())],
                into=file,
            )
        yield reading


def _copy_sqlite(source: Path, target: Path) -> None:
    """A copy through SQLite's own backup, which is consistent while others write."""
    with closing(open_sqlite(source)) as live, closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA journal_mode = OFF")
        copy.execute("PRAGMA synchronous = OFF")
        live.backup(copy, pages=-1)
        # The header still says WAL: nothing may lie beside the copy.
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("PRAGMA secure_delete = ON")
        for table in left_out() & set(SqliteReading(copy).table_names()):
            copy.execute(f'DELETE FROM "{table}"')  # noqa: S608 - a name of our own
        copy.commit()


def is_empty() -> bool:
    """Whether the instance's database holds no table at all."""
    return not connection.introspection.table_names()


def load(path: Path) -> None:
    """Fill the instance's empty database from a dump: all of it, or nothing."""
    connection.close()
    if connection.vendor == "sqlite":
        _load_sqlite(path)
        return
    with path.open("rb") as dump:
        _run_postgresql(
            "pg_restore",
            ["--single-transaction", "--exit-on-error", *WITHOUT],
            out_of=dump,
        )


def _load_sqlite(path: Path) -> None:
    target = Path(connection.settings_dict["NAME"])
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with (
            closing(open_sqlite(path, alone=True)) as copy,
            closing(sqlite3.connect(target, timeout=10)) as live,
        ):
            # One transaction of SQLite's own: a kill leaves the empty database.
            copy.backup(live, pages=-1)
    except sqlite3.Error as error:
        raise BackupError(f"The database could not be written: {error}.") from error


def unload() -> None:
    """Empty a database that was just filled and found wrong."""
    tables = connection.introspection.table_names()
    if connection.vendor == "sqlite":
        connection.close()
        for name in ("", "-wal", "-shm"):
            Path(f"{connection.settings_dict['NAME']}{name}").unlink(missing_ok=True)
    elif tables:
        with connection.cursor() as cursor:
            names = ", ".join(connection.ops.quote_name(table) for table in tables)
            cursor.execute(f"DROP TABLE {names} CASCADE")
            cursor.execute("DROP FUNCTION IF EXISTS audit_refuse_change()")


def _run_postgresql(
    program: str,
    arguments: Sequence[str],
    *,
    into: BinaryIO | None = None,
    out_of: BinaryIO | None = None,
) -> None:
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"{program} was not found. On Debian: apt install postgresql-client")
    dsn, password = postgresql_dsn()
    answer = subprocess.run(
        [found, *arguments, "--no-password", f"--dbname={dsn}"],
        env={**os.environ, **({"PGPASSWORD": password} if password else {})},
        stdin=out_of or subprocess.DEVNULL,
        stdout=into or subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if answer.returncode:
        said = answer.stderr.decode(errors="replace").strip()[:MOST_SAID]
        raise BackupError(f"{program} failed: {said}")
