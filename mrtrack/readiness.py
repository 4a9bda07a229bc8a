"""Is this installation able to work? Asked by load balancers, by `make run` and by operators."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from audit.triggers import POSTGRESQL_TRIGGERS, SQLITE_TRIGGERS

# Each database's list of triggers in force: the names we want, and how to ask for all names.
TRIGGERS: Mapping[str, tuple[Iterable[str], str]] = {
    "sqlite": (SQLITE_TRIGGERS, "SELECT name FROM sqlite_master WHERE type = 'trigger'"),
    "postgresql": (POSTGRESQL_TRIGGERS, "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of one check: its name, whether all is well, and one plain sentence."""

    name: str
    ok: bool
    message: str


def database() -> str:
    """Empty when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def migrations() -> str:
    """Empty when the database has every migration of this version."""
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return f"{waiting} migrations are not applied; run manage.py migrate." if waiting else ""


def audit_triggers() -> str:
    """Empty when the audit table has all of its triggers, which refuse changes."""
    wanted, query = TRIGGERS[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = {name for (name,) in cursor.fetchall()}
    if set(wanted) <= found:
        return ""
    return "The audit table accepts changes: its triggers are missing."


def shared_cache() -> str:
    """Empty when the cache keeps a value."""
    # Another value each time: one that an earlier check has written says nothing of today.
    value = secrets.token_hex(8)
    cache.set("readiness", value, timeout=30)
    return "" if cache.get("readiness") == value else "The cache does not keep values."


CHECKS: Mapping[str, Callable[[], str]] = {
    "database": database,
    "migrations": migrations,
    "audit": audit_triggers,
    "cache": shared_cache,
}


def answers() -> list[Answer]:
    """Every check's answer; a check that fails with a database error is an answer too."""
    return [_answer(name, check) for name, check in CHECKS.items()]


def _answer(name: str, check: Callable[[], str]) -> Answer:
    try:
        message = check()
    except Error as error:
        # The error's text may hold addresses: only its kind is told.
        message = f"The database refused ({type(error).__name__})."
    return Answer(name, not message, message or "ok")
