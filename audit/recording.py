"""Writing audit events: the only door to the table.

`record` and `record_many` write in the caller's transaction: the act and its event stand or fall
together. `record_refusal` and `record_failure` must be remembered although the act was undone: in
the middle of a transaction they wait for the end of the request (audit/context.py) and are written
after it; outside of one they are written at once.

Where an event cannot be written, `AuditUnavailable` is raised: what must be remembered is not done.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from typing import Protocol, TypedDict, Unpack
from uuid import UUID

from django.conf import settings
from django.db import transaction

from audit.context import AuditUnavailable, current, written_or_refused
from audit.models import AuditAction, AuditEvent

# Ids are opaque: a UUID or a number. This keeps names and record numbers with letters out.
OPAQUE_ID = re.compile(r"[0-9a-fA-F-]{0,36}")
COUNT_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
LOST = logging.getLogger("mrtrack.audit_lost")


class HasPrimaryKey(Protocol):
    """A user, as far as this floor knows one."""

    @property
    def pk(self) -> int | None: ...


Actor = HasPrimaryKey | int | None


class EventFields(TypedDict, total=False):
    """What `record` takes, for `record_many`."""

    action: str
    by: Actor
    clinic_id: int | None
    role: str
    record_kind: str
    record_id: str | int | UUID
    patient_id: str | UUID
    counts: Mapping[str, int] | None
    note: str
    ip: str | None


def record(
    *,
    action: str,
    by: Actor,
    clinic_id: int | None = None,
    role: str = "",
    record_kind: str = "",
    record_id: str | int | UUID = "",
    patient_id: str | UUID = "",
    counts: Mapping[str, int] | None = None,
    note: str = "",
    ip: str | None = None,
) -> None:
    """Write one event in the caller's transaction.

    `ip` is needed only outside of a request. Raises ValueError when an id is not opaque, when
    `counts` holds anything but whole numbers, or when the action is unknown, and AuditUnavailable
    when it cannot be written.
    """
    event = _event(
        action=action,
        by=by,
        clinic_id=clinic_id,
        role=role,
        record_kind=record_kind,
        record_id=record_id,
        patient_id=patient_id,
        counts=counts,
        note=note,
        ip=ip,
    )
    with written_or_refused():
        event.save(force_insert=True)


def record_many(events: Iterable[EventFields]) -> None:
    """Write many events in bulk, in the caller's transaction; one wrong event writes none."""
    made = [_event(**event) for event in events]
    with written_or_refused():
        AuditEvent.objects.bulk_create(made, batch_size=1000)


def can_record() -> bool:
    """Whether an event can be written now; tried, and taken back."""
    try:
        with transaction.atomic():
            record(action=AuditAction.VIEW, by=None, note="tried and taken back")
            transaction.set_rollback(True)
    except AuditUnavailable:
        return False
    return True


def note_lost(**fields: Unpack[EventFields]) -> None:
    """Write an event that the audit could not take to the log `mrtrack.audit_lost`.

    Only where a page must be shown all the same, as in an emergency. It holds ids and codes.
    """
    event = _event(**fields)
    LOST.error(
        "not in the audit: %s user %s clinic %s role %s %s %s patient %s from %s",
        event.action,
        event.actor_id,
        event.clinic_id,
        event.role,
        event.record_kind,
        event.record_id,
        event.patient_id,
        event.ip,
    )


def record_refusal(
    *,
    by: Actor,
    clinic_id: int | None = None,
    role: str = "",
    record_kind: str = "",
    record_id: str | int | UUID = "",
    patient_id: str | UUID = "",
    note: str = "",
) -> None:
    """Write that an act was refused; survives the rollback of the caller's transaction."""
    _write_apart(
        _event(
            action=AuditAction.REFUSED,
            by=by,
            clinic_id=clinic_id,
            role=role,
            record_kind=record_kind,
            record_id=record_id,
            patient_id=patient_id,
            note=note,
        )
    )


def record_failure(
    *,
    by: Actor,
    action: str = AuditAction.FAILED,
    clinic_id: int | None = None,
    role: str = "",
    record_kind: str = "",
    record_id: str | int | UUID = "",
    patient_id: str | UUID = "",
    counts: Mapping[str, int] | None = None,
    note: str = "",
) -> None:
    """Write that an act was tried and failed; survives the rollback of the transaction."""
    _write_apart(
        _event(
            action=action,
            by=by,
            clinic_id=clinic_id,
            role=role,
            record_kind=record_kind,
            record_id=record_id,
            patient_id=patient_id,
            counts=counts,
            note=note,
        )
    )


def _event(
    *,
    action: str,
    by: Actor = None,
    clinic_id: int | None = None,
    role: str = "",
    record_kind: str = "",
    record_id: str | int | UUID = "",
    patient_id: str | UUID = "",
    counts: Mapping[str, int] | None = None,
    note: str = "",
    ip: str | None = None,
) -> AuditEvent:
    context = current()
    return AuditEvent(
        action=AuditAction(action).value,
        actor_id=by if isinstance(by, int) or by is None else by.pk,
        clinic_id=clinic_id,
        role=role,
        record_kind=record_kind,
        record_id=_opaque(record_id),
        patient_id=_opaque(patient_id),
        counts=_whole_numbers(counts or {}),
        note=note,
        ip=ip if ip is not None else context.ip if context else "",
        app_version=settings.APP_VERSION,
    )


def _write_apart(event: AuditEvent) -> None:
    # A second connection would be a transaction of its own, but on SQLite it would wait for the
    # write lock that this very request holds.
    context = current()
    if context and transaction.get_connection().in_atomic_block:
        context.held.append(event)
    else:
        with written_or_refused():
            event.save(force_insert=True)


def _opaque(value: str | int | UUID) -> str:
    text = str(value)
    if not OPAQUE_ID.fullmatch(text):
        # The value itself stays out of the message: it may be what must not be written.
        raise ValueError("An audit event takes opaque ids only (a UUID or a number).")
    return text


def _whole_numbers(counts: Mapping[str, int]) -> dict[str, int]:
    for key, value in counts.items():
        if not COUNT_KEY.fullmatch(key) or isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("An audit event's counts are whole numbers under plain keys.")
    return dict(counts)
