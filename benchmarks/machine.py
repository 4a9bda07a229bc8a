"""What a figure depends on: processor, versions. Nothing that names the machine or its folders."""

from __future__ import annotations

import os
import platform
import sqlite3

import django
from django.db import connection

from mrtrack import __version__


def facts() -> dict[str, str]:
    """Facts of this process and its database, by name."""
    return {
        "mrtrack": __version__,
        "Cores": str(os.cpu_count()),
        "Processor": platform.machine(),
        "Python": platform.python_version(),
        "Django": django.get_version(),
        "Database": _database(),
    }


def _database() -> str:
    if connection.vendor == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        major, minor = divmod(int(cursor.fetchone()[0]), 10_000)
    return f"PostgreSQL {major}.{minor}"


def load() -> str:
    """How busy the machine is: processes that want to run, averaged over the last minute."""
    return f"{os.getloadavg()[0]:.1f}"
