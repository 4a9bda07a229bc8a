"""The triggers that make the audit table append-only, on SQLite and on PostgreSQL.

One pair, `install` and `remove`, serves the migration and the teardown of tests that flush the
database. Both may be called twice. On SQLite, Django alters a table by building a new one, which
loses its triggers silently: a later migration that alters the audit table calls `remove` before
and `install` after.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import NotSupportedError
from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "audit_auditevent"
REFUSAL = "The audit trail is append-only"

# SQLite deletes the old row of an INSERT OR REPLACE without firing delete triggers, hence the
# third trigger.
SQLITE_TRIGGERS = {
    "audit_refuse_update": f"BEFORE UPDATE ON {TABLE}",
    "audit_refuse_delete": f"BEFORE DELETE ON {TABLE}",
    "audit_refuse_replace": (
        f"BEFORE INSERT ON {TABLE} WHEN NEW.id IN (SELECT id FROM {TABLE} WHERE id = NEW.id)"  # noqa: S608
    ),
}

POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{REFUSAL}: % refused', TG_OP USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""

POSTGRESQL_TRIGGERS = {
    "audit_refuse_update": f"BEFORE UPDATE ON {TABLE} FOR EACH STATEMENT",
    "audit_refuse_delete": f"BEFORE DELETE ON {TABLE} FOR EACH STATEMENT",
    "audit_refuse_truncate": f"BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT",
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the database refuse to change or delete audit events (an IntegrityError)."""
    remove(connection)
    _run(connection, _install_statements(connection.vendor))


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away again; the table stays as it is."""
    _run(connection, _remove_statements(connection.vendor))


@contextmanager
def suspended(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Run a block without the triggers: for the flush at the end of a test, nothing else."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def _install_statements(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            for name, when in SQLITE_TRIGGERS.items()
        ]
    return [
        POSTGRESQL_FUNCTION,
        *(
            f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION audit_refuse_change()"
            for name, when in POSTGRESQL_TRIGGERS.items()
        ),
    ]


def _remove_statements(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in SQLITE_TRIGGERS]
    if vendor == "postgresql":
        return [
            *(f"DROP TRIGGER IF EXISTS {name} ON {TABLE}" for name in POSTGRESQL_TRIGGERS),
            "DROP FUNCTION IF EXISTS audit_refuse_change()",
        ]
    raise NotSupportedError(f"The audit trail cannot be protected on {vendor}.")


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
