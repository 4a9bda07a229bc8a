"""The triggers that make the audit's tables append-only, on SQLite and on PostgreSQL.

One pair, `install` and `remove`, serves the migrations and the teardown of tests that flush the
database. Both may be called twice. On SQLite, Django alters a table by building a new one, which
loses its triggers silently: a later migration that alters one of the tables calls `remove` before
and `install` after.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import NotSupportedError
from django.db.backends.base.base import BaseDatabaseWrapper

EVENTS = "audit_auditevent"
SEALS = "audit_auditseal"
# Each table that only grows, and what its triggers' names begin with.
TABLES = {EVENTS: "audit_refuse", SEALS: "audit_seal_refuse"}
REFUSAL = "The audit trail is append-only"


def _sqlite_triggers(table: str) -> dict[str, str]:
    """SQLite deletes the old row of an INSERT OR REPLACE without firing delete triggers, hence the
    third trigger.
    """
    prefix = TABLES[table]
    again = f"NEW.id IN (SELECT id FROM {table} WHERE id = NEW.id)"  # noqa: S608
    return {
        f"{prefix}_update": f"BEFORE UPDATE ON {table}",
        f"{prefix}_delete": f"BEFORE DELETE ON {table}",
        f"{prefix}_replace": f"BEFORE INSERT ON {table} WHEN {again}",
    }


def _postgresql_triggers(table: str) -> dict[str, str]:
    prefix = TABLES[table]
    return {
        f"{prefix}_update": f"BEFORE UPDATE ON {table} FOR EACH STATEMENT",
        f"{prefix}_delete": f"BEFORE DELETE ON {table} FOR EACH STATEMENT",
        f"{prefix}_truncate": f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
    }


POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{REFUSAL}: % refused', TG_OP USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""


def names(vendor: str) -> set[str]:
    """The triggers that must be in force."""
    of = _sqlite_triggers if vendor == "sqlite" else _postgresql_triggers
    return {name for table in TABLES for name in of(table)}


def install(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """Make the database refuse to change or delete audit events and seals (an IntegrityError).

    A migration names the one table that it has made; without a name it is both.
    """
    for table in tables or TABLES:
        remove(connection, table)
        _run(connection, _install_statements(connection.vendor, table))


def remove(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """Take the triggers away again; the tables stay as they are."""
    for table in tables or TABLES:
        _run(connection, _remove_statements(connection.vendor, table))


@contextmanager
def suspended(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Run a block without the triggers: for the flush at the end of a test, nothing else."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def _install_statements(vendor: str, table: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            for name, when in _sqlite_triggers(table).items()
        ]
    return [
        POSTGRESQL_FUNCTION,
        *(
            f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION audit_refuse_change()"
            for name, when in _postgresql_triggers(table).items()
        ),
    ]


def _remove_statements(vendor: str, table: str) -> list[str]:
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in _sqlite_triggers(table)]
    if vendor == "postgresql":
        # The function stays: it does nothing by itself, and the other table's triggers call it.
        return [f"DROP TRIGGER IF EXISTS {name} ON {table}" for name in _postgresql_triggers(table)]
    raise NotSupportedError(f"The audit trail cannot be protected on {vendor}.")


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
