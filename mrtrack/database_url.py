"""Turn a DATABASE_URL into Django's database settings."""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# WAL lets people read while one writes; IMMEDIATE takes the write lock at the start of a
# transaction, so that two writers wait for each other instead of failing half-way.
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,
    "init_command": (
        "PRAGMA journal_mode=WAL;"
        "PRAGMA synchronous=NORMAL;"
        "PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-16000;"
        "PRAGMA temp_store=MEMORY;"
    ),
}

# What may follow `?` in a PostgreSQL address: connection options of libpq that we know to be safe.
POSTGRESQL_OPTIONS = frozenset(
    {
        "application_name",
        "connect_timeout",
        "keepalives",
        "keepalives_idle",
        "options",
        "sslcert",
        "sslkey",
        "sslmode",
        "sslrootcert",
        "target_session_attrs",
    }
)


def parse(url: str, *, base: Path) -> dict[str, Any]:
    """Django's settings for one database.

    `sqlite:///name` is a file under `base`, `sqlite:////name` an absolute path;
    `postgres://user:password@host:port/name` is reached through psycopg2, over the socket in a
    folder when that follows as `?host=/folder`. Percent-encode special characters of a password.
    Raises ImproperlyConfigured, without repeating the address: it may hold a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured("DATABASE_URL is not a valid address.") from error
    if parts.scheme == "sqlite":
        return _sqlite(parts, base)
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgresql(parts, port)
    raise ImproperlyConfigured("DATABASE_URL must start with sqlite:// or postgres://.")


def _sqlite(parts: SplitResult, base: Path) -> dict[str, Any]:
    name = unquote(parts.path)[1:]
    if parts.netloc or not name:
        raise ImproperlyConfigured("A SQLite DATABASE_URL looks like sqlite:///var/name.sqlite3.")
    if name == ":memory:":
        raise ImproperlyConfigured("An SQLite database in memory would lose every record.")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(base / name),
        "OPTIONS": dict(SQLITE_OPTIONS),
    }


def _postgresql(parts: SplitResult, port: int | None) -> dict[str, Any]:
    name = unquote(parts.path)[1:]
    if not name:
        raise ImproperlyConfigured("DATABASE_URL names no database (postgres://…/NAME).")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    unknown = sorted(set(options) - POSTGRESQL_OPTIONS)
    if unknown:
        raise ImproperlyConfigured(f"DATABASE_URL has unknown options: {', '.join(unknown)}.")
    # A server that does not answer at all is told to the person, not waited for by the whole house.
    options.setdefault("connect_timeout", "5")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": "" if port is None else str(port),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
