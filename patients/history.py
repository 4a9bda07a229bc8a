"""History of rows that were inserted in bulk, written by the database itself.

The library's own bulk function builds each history row in Python and sends all its columns back,
which for a study of a hundred columns costs more than the study. Here the database copies the rows
that it has just stored. A test holds the result against what the library writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connections, router

from patients.models.base import Versioned, current_app_version

if TYPE_CHECKING:
    from accounts.models import User

KEYS_AT_ONCE = 900
"""SQLite takes 999 parameters in one statement."""


def newest_of_each(model: type[Versioned], at: datetime) -> Any:
    """The newest version of each row that had been written by an instant, of those not removed."""
    manager: Any = model.history  # type: ignore[attr-defined]
    return manager.filter(history_date__lte=at).latest_of_each().exclude(history_type="-")


def keys_held(model: type[Versioned], patient_id: int, at: datetime) -> Any:
    """The keys of the rows that belonged to a patient at an instant, for a query to look among.

    A merge moves rows from one record to another: whose a row is now does not say whose it was.
    """
    return newest_of_each(model, at).filter(patient_id=patient_id).values("id")


def once_each(versions: Any, *order: Any) -> Iterator[Any]:
    """Versions in an order, each row once.

    Two versions of the same microsecond are both "latest" to the database: the later one counts.
    """
    seen: set[int] = set()
    for version in versions.order_by(*order, "-history_id"):
        if version.id not in seen:
            seen.add(version.id)
            yield version


def write_created(
    model: type[Versioned],
    rows: Sequence[Versioned],
    *,
    at: datetime,
    by: User | None,
    reason: str,
) -> None:
    """Write one history row of kind "created" for each of these stored rows."""
    connection = connections[router.db_for_write(model)]
    stated = {
        "history_date": connection.ops.adapt_datetimefield_value(at),
        "history_type": "+",
        "history_change_reason": reason,
        "history_user_id": by.pk if by is not None else None,
        "app_version": current_app_version(),
    }
    _copy(model, [row.pk for row in rows], stated=stated, own={})


def move_to(
    model: type[Versioned],
    keys: Sequence[int],
    *,
    patient_id: int,
    at: datetime,
    by: User | None,
    reason: str,
) -> None:
    """Give these stored rows to another patient, and write it into their history.

    Two history rows for each, of one instant and one new version: the row left the one record
    (kind "deleted") and came into the other (kind "changed"). Whoever reads the history of either
    patient finds it as it was: there until then, and there from then on.
    """
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    stated = {
        "history_date": connection.ops.adapt_datetimefield_value(at),
        "history_type": "-",
        "history_change_reason": reason,
        "history_user_id": by.pk if by is not None else None,
        "app_version": current_app_version(),
    }
    raised = {"version": f"{quote('version')} + 1"}
    _copy(model, keys, stated=stated, own={}, computed=raised)
    ordered = sorted(keys)
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), KEYS_AT_ONCE):
            chunk = ordered[start : start + KEYS_AT_ONCE]
            marks = ", ".join(["%s"] * len(chunk))
            # The names come from the models, every value is a parameter.
            cursor.execute(
                f"UPDATE {quote(model._meta.db_table)} "  # noqa: S608
                f"SET {quote('patient_id')} = %s, {quote('version')} = {quote('version')} + 1 "
                f"WHERE {quote('id')} IN ({marks})",
                [patient_id, *chunk],
            )
    _copy(model, keys, stated=stated | {"history_type": "~"}, own={})


def write_created_on_their_day(model: type[Versioned], keys: Sequence[int], *, reason: str) -> None:
    """The same, as written at each row's own ``entered_at`` by its own ``entered_by``."""
    stated = {
        "history_type": "+",
        "history_change_reason": reason,
        "app_version": current_app_version(),
    }
    own = {"history_date": "entered_at", "history_user_id": "entered_by_id"}
    _copy(model, keys, stated=stated, own=own)


def _copy(
    model: type[Versioned],
    keys: Sequence[int],
    *,
    stated: Mapping[str, Any],
    own: Mapping[str, str],
    computed: Mapping[str, str] | None = None,
) -> None:
    """Copy stored rows into their history; ``own`` names columns that follow from the row's.

    ``computed`` holds, by column, what the database writes in its place.
    """
    history = model.history.model  # type: ignore[attr-defined]
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    names = [field.column for field in history.tracked_fields]
    columns = [quote(name) for name in names]
    sources = [(computed or {}).get(name, quote(name)) for name in names]
    key = quote("id")
    targets = ", ".join([*columns, *map(quote, own), *map(quote, stated)])
    values = ", ".join([*sources, *map(quote, own.values()), *("%s" for _ in stated)])
    ordered = sorted(keys)
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), KEYS_AT_ONCE):
            chunk = ordered[start : start + KEYS_AT_ONCE]
            marks = ", ".join(["%s"] * len(chunk))
            parameters: list[Any] = [*stated.values(), *chunk]
            # The names come from the models, every value is a parameter.
            cursor.execute(
                f"INSERT INTO {quote(history._meta.db_table)} ({targets}) "  # noqa: S608
                f"SELECT {values} FROM {quote(model._meta.db_table)} "
                f"WHERE {key} IN ({marks}) ORDER BY {key}",
                parameters,
            )
