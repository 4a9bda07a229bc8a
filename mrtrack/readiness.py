"""Is this installation able to work? Asked by load balancers, by `make run` and by operators."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from audit import triggers
from audit.recording import can_record

# How each database names the triggers in force.
TRIGGERS_IN_FORCE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'",
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
    """Empty when the audit's tables have all of their triggers, which refuse changes."""
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS_IN_FORCE[connection.vendor])
        found = {name for (name,) in cursor.fetchall()}
    if triggers.names(connection.vendor) <= found:
        return ""
    return "The audit accepts changes: triggers of its tables are missing."


def audit_writable() -> str:
    """Empty when an event can be written; it is tried and taken back."""
    if can_record():
        return ""
    return "The audit cannot be written: pages of records are refused."


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
    "audit_writable": audit_writable,
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
