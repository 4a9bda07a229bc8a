"""The way of an import from state to state, and who else holds it.

A state is only ever set from the states it may follow, in one statement or under the row's lock: a
job or a click that comes late finds the import elsewhere and does nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from accounts.permissions import Action, allowing_role
from audit.models import AuditAction
from audit.recording import record
from interop.models import ImportBatch
from interop.spreadsheets.controls import visible

if TYPE_CHECKING:
    from accounts.models import User

Status = ImportBatch.Status

OPEN = (Status.UPLOADED, Status.CHECKING, Status.CHECKED, Status.IMPORTING)
# Where a person may choose columns anew; a background job does not hold it.
AT_REST = (Status.UPLOADED, Status.CHECKED)


class NotReadyError(Exception):
    """The import is not at a point where this can be done; the message says why."""


def advance(
    batch: ImportBatch, *, before: Collection[str], to: str, message: str = "", **values: Any
) -> bool:
    """Bring an import from one of these states to another, with what else is stored then.

    False, and nothing changed, when it is in another state by now. On success ``batch`` shows it.
    """
    changes = {**values, "status": to, "message": visible(message)[:500]}
    found = ImportBatch.objects.filter(pk=batch.pk, status__in=before)
    if found.update(**changes) != 1:
        return False
    for name, value in changes.items():
        setattr(batch, name, value)
    return True


def hold(batch: ImportBatch, *, before: Collection[str]) -> ImportBatch:
    """The import as it is stored, locked until the transaction ends.

    Raises ``NotReadyError`` when it is in none of these states.
    """
    locked = (
        ImportBatch.objects.select_for_update(of=("self",))
        .select_related("clinic")
        .get(pk=batch.pk)
    )
    if locked.status not in before:
        raise not_ready(locked)
    return locked


def not_ready(batch: ImportBatch) -> NotReadyError:
    """The error that says in which state an import is by now."""
    status = ImportBatch.objects.values_list("status", flat=True).get(pk=batch.pk)
    return NotReadyError(f"This import is {Status(status).label}.")


def note_act(
    batch: ImportBatch,
    *,
    by: User | None,
    note: str,
    counts: dict[str, int] | None = None,
    kind: str = "importbatch",
    record_id: object = "",
) -> None:
    """Write an act on an import to the audit, in the caller's transaction: no names, no values."""
    record(
        action=AuditAction.IMPORT,
        by=by,
        clinic_id=batch.clinic_id,
        role=allowing_role(by, Action.IMPORT_DATA, batch.clinic_id) if by else "",
        record_kind=kind,
        record_id=str(record_id or batch.public_id),
        counts=counts,
        note=note,
    )
