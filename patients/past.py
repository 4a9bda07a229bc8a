"""The second door: rows written as if each had been entered on its day. For demos only.

A demo made today has a history of today, in which nothing can be looked up "as known then". Here a
row comes with its versions: when each was entered, by whom, why, and what was not yet known. The
newest version becomes the row, all of them its history, and ``entered_at``, ``entered_by`` and
``version`` follow from them.

A history that is made up is a forgery wherever patients are real. So the door is closed on a live
instance and wherever DEBUG is off (docs/adr/0009). The audit is not back-dated: it says what was
really done, one event for each call, when and how much.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.module_loading import import_string

from audit.models import AuditAction
from audit.recording import record
from patients.history import write_created_on_their_day
from patients.models import Patient, Versioned
from patients.models.base import current_app_version

Columns = dict[str, Any]


class PastRefusedError(Exception):
    """A history may not be made up here; the text says why."""


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a row.

    ``former`` holds, by column (``patient_id``, not ``patient``), what was stored in this version
    where it differs from the newest.
    """

    at: datetime
    by_id: int | None
    reason: str
    former: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PastRow:
    """A row in its newest state and all its versions, the oldest first."""

    row: Versioned
    versions: tuple[Version, ...]


def refuse_where_patients_may_be_real() -> None:
    """Raise ``PastRefusedError`` on a live instance and where DEBUG is off."""
    if settings.INSTANCE == "live":
        raise PastRefusedError(
            "This is a live instance (MRTRACK_INSTANCE=live): it never holds demo patients."
        )
    if not settings.DEBUG:
        raise PastRefusedError(
            "DEBUG is off, as it is wherever patients are real: demo patients are made with "
            "MRTRACK_DEBUG=1 only."
        )


def write_past(
    rows: Sequence[PastRow], *, note: str, then: Callable[[], None] | None = None
) -> None:
    """Write new rows with their histories, one audit event and the patients' standings.

    All of it, or none. The caller has checked the rows; the database's constraints still hold.
    ``note`` is the audit's (no names, no values). ``then`` stands in for the functions of
    AFTER_WRITE where the caller need not read again what it has just written. Raises
    ``PastRefusedError`` where patients may be real, and ``ValueError`` for a row that is stored
    already or has no version.
    """
    refuse_where_patients_may_be_real()
    if not rows:
        return
    by_model: dict[type[Versioned], list[PastRow]] = defaultdict(list)
    for past in rows:
        by_model[type(past.row)].append(past)
    with transaction.atomic():
        for model, pasts in by_model.items():
            _stamp(model, pasts)
        for model, pasts in by_model.items():
            _insert(model, pasts)
        patients = _patients_of(rows)
        _record(rows, patients, note)
        waiting = _waiting.get()
        if then is not None:
            then()
        elif waiting is not None:
            waiting.update(patients)
        else:
            _after_write(patients)


@contextmanager
def derived_at_the_end() -> Iterator[None]:
    """Inside, many calls of ``write_past`` end in one renewal of what is derived from the record.

    One transaction: what is written inside never stands without its standings.
    """
    with transaction.atomic():
        token = _waiting.set(set())
        try:
            yield
            patients = _waiting.get()
        finally:
            _waiting.reset(token)
        if patients:
            _after_write(sorted(patients))


_waiting: ContextVar[set[int] | None] = ContextVar("patients whose standings wait", default=None)


def _after_write(patients: list[int]) -> None:
    for name in settings.AFTER_WRITE:
        import_string(name)(patients)


def _stamp(model: type[Versioned], pasts: Sequence[PastRow]) -> None:
    """Give each row its key, and what follows from its versions."""
    keys = _new_keys(model, len(pasts))
    for past, key in zip(pasts, keys, strict=True):
        row, versions = past.row, past.versions
        if row.pk is not None or not versions:
            raise ValueError("a row of the past is new and has at least one version")
        row.pk = key
        row.version = len(versions)
        row.entered_at = versions[0].at
        row.entered_by_id = versions[0].by_id  # type: ignore[attr-defined]


def _new_keys(model: type[Versioned], number: int) -> list[int]:
    """Keys that nobody else gets, in order."""
    connection = _connection(model)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), number],
            )
            return sorted(key for (key,) in cursor.fetchall())
        # SQLite: one writer at a time, and this transaction holds the lock.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    last = found[0] if found else 0
    return list(range(last + 1, last + number + 1))


def _insert(model: type[Versioned], pasts: Sequence[PastRow]) -> None:
    """The rows, then their histories: one version is copied by the database, several are sent."""
    fields = model._meta.concrete_fields
    links = [each for each in fields if isinstance(each, models.ForeignKey)]
    values_of = itemgetter(*(each.attname for each in fields))
    stored, versions = [], []
    single: dict[str, list[int]] = defaultdict(list)
    for past in pasts:
        row = past.row
        for link in links:
            if link.is_cached(row):
                other = link.get_cached_value(row)
                setattr(row, link.attname, None if other is None else other.pk)
        stored.append(values_of(row.__dict__))
        if len(past.versions) == 1:
            single[past.versions[0].reason].append(row.pk)
        else:
            versions += [values_of(state) + stated for state, stated in _states(past)]
    table = _Table(_connection(model), model._meta.db_table, fields)
    table.insert(stored)
    for reason, keys in single.items():
        write_created_on_their_day(model, keys, reason=reason)
    if versions:
        _history_table(model, fields).insert(versions)
    for past in pasts:
        past.row._state.adding = False
        past.row._state.db = table.connection.alias


# What a history row says beyond the row, in this order.
STATED = ("history_date", "history_type", "history_change_reason", "history_user", "app_version")


def _states(past: PastRow) -> Iterable[tuple[Columns, tuple[Any, ...]]]:
    """Each version's columns, and what its history row states."""
    now: Columns = past.row.__dict__
    app_version = current_app_version()
    for number, version in enumerate(past.versions, start=1):
        kind = "+" if number == 1 else "~"
        stated = (version.at, kind, version.reason, version.by_id, app_version)
        yield {**now, **version.former, "version": number}, stated


def _history_table(model: type[Versioned], fields: Sequence[models.Field[Any, Any]]) -> _Table:
    history = model.history.model  # type: ignore[attr-defined]
    columns = [history._meta.get_field(each.name) for each in fields]
    stated = [history._meta.get_field(name) for name in STATED]
    return _Table(_connection(model), history._meta.db_table, [*columns, *stated])


def _patients_of(rows: Iterable[PastRow]) -> list[int]:
    return sorted(
        {
            past.row.pk if isinstance(past.row, Patient) else past.row.patient_id  # type: ignore[attr-defined]
            for past in rows
        }
    )


def _record(rows: Sequence[PastRow], patients: Sequence[int], note: str) -> None:
    only = rows[0].row if isinstance(rows[0].row, Patient) and len(patients) == 1 else None
    record(
        action=AuditAction.CREATE,
        by=None,
        record_kind="demo",
        patient_id=only.public_id if only is not None else "",
        counts={
            "patients": len(patients),
            "rows": len(rows),
            "versions": sum(len(past.versions) for past in rows),
        },
        note=note,
    )


def _connection(model: type[Versioned]) -> BaseDatabaseWrapper:
    return connections[router.db_for_write(model)]


# Tables ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Table:
    """A table and its columns, filled by the quickest road of its database."""

    connection: BaseDatabaseWrapper
    name: str
    fields: Sequence[models.Field[Any, Any]]

    def insert(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows, each a tuple in the order of the fields."""
        with self.connection.cursor() as cursor, self.connection.wrap_database_errors:
            if self.connection.vendor == "postgresql":
                self._copy(cursor, rows)
            else:
                self._insert_many(cursor, rows)

    def _copy(self, cursor: Any, rows: Sequence[tuple[Any, ...]]) -> None:
        """COPY takes the rows as CSV.

        An empty cell is NULL, but in a column of text that is never NULL it is the empty text.
        """
        lines = StringIO()
        csv.writer(lines).writerows(self._with_documents(rows))
        lines.seek(0)
        texts = ", ".join(self._quoted(str(each.column)) for each in self.fields if _is_text(each))
        kept = f", FORCE_NOT_NULL ({texts})" if texts else ""
        cursor.copy_expert(
            f"COPY {self._quoted(self.name)} ({self._columns()}) FROM STDIN (FORMAT csv{kept})",
            lines,
        )

    def _with_documents(self, rows: Sequence[tuple[Any, ...]]) -> Iterable[Sequence[Any]]:
        """The rows with lists and mappings as JSON."""
        places = [
            place for place, each in enumerate(self.fields) if isinstance(each, models.JSONField)
        ]
        return (_with_json(row, places) for row in rows) if places else rows

    def _insert_many(self, cursor: Any, rows: Sequence[tuple[Any, ...]]) -> None:
        marks = ", ".join(["%s"] * len(self.fields))
        # The names come from the models, every value is a parameter.
        statement = f"INSERT INTO {self._quoted(self.name)} ({self._columns()}) VALUES ({marks})"  # noqa: S608
        cursor.executemany(statement, [self._prepared(row) for row in rows])

    def _prepared(self, row: tuple[Any, ...]) -> list[Any]:
        return [
            value if value is None or type(value) in _AS_IT_IS else self._adapted(each, value)
            for each, value in zip(self.fields, row, strict=True)
        ]

    def _adapted(self, each: models.Field[Any, Any], value: Any) -> Any:
        return each.get_db_prep_save(value, connection=self.connection)

    def _columns(self) -> str:
        return ", ".join(self._quoted(str(each.column)) for each in self.fields)

    def _quoted(self, name: str) -> str:
        return self.connection.ops.quote_name(name)


_AS_IT_IS = {str, int}


def _is_text(each: models.Field[Any, Any]) -> bool:
    return isinstance(each, models.CharField | models.TextField) and not each.null


def _with_json(row: tuple[Any, ...], places: Sequence[int]) -> list[Any]:
    cells = list(row)
    for place in places:
        if cells[place] is not None:
            cells[place] = json.dumps(cells[place])
    return cells
