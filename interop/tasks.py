"""Long checks and imports, run by `manage.py work`.

A job goes on only while the import is in the state in which it was handed over; when it is
elsewhere by then (cancelled, done by another job), the job does nothing.
"""

from __future__ import annotations

from django_tasks import task

from accounts.models import User
from accounts.permissions import Action, may
from interop import actions
from interop.models import ImportBatch
from interop.progress import NotReadyError, advance
from interop.spreadsheets.reading import UnreadableFileError

Status = ImportBatch.Status


@task()
def check_in_background(public_id: str) -> None:
    """Check a long file, unless it was cancelled meanwhile."""
    batch = _batch(public_id, Status.CHECKING)
    if batch is None:
        return
    try:
        actions.check_import(batch)
    except (UnreadableFileError, NotReadyError) as error:
        _give_up(batch, Status.CHECKING, str(error))
    except Exception:
        _give_up(
            batch,
            Status.CHECKING,
            "The check stopped unexpectedly. The administrator finds why in the log.",
        )
        raise


@task()
def commit_in_background(
    public_id: str, by_pk: int, accept_implausible: bool, apply_changes: bool
) -> None:
    """Import a long file, unless it was cancelled meanwhile.

    Who decided may have lost the right since: then nothing is written.
    """
    batch = _batch(public_id, Status.IMPORTING)
    if batch is None:
        return
    by = User.objects.get(pk=by_pk)
    if not may(by, Action.IMPORT_DATA, batch.clinic):
        words = "Nothing was imported: who asked for it may no longer import in this clinic."
        advance(batch, before=(Status.IMPORTING,), to=Status.CHECKED, message=words)
        return
    try:
        actions.commit_import(
            batch, by=by, choices=actions.Choices(accept_implausible, apply_changes)
        )
    except (actions.RecordChangedError, NotReadyError):
        # The import was put back with the reason already, or somebody else closed it.
        return
    except Exception:
        _give_up(batch, Status.IMPORTING, "The import stopped unexpectedly; nothing was written.")
        raise


def _batch(public_id: str, status: str) -> ImportBatch | None:
    found = ImportBatch.objects.filter(public_id=public_id, status=status)
    return found.select_related("clinic").first()


def _give_up(batch: ImportBatch, status: str, message: str) -> None:
    advance(batch, before=(status,), to=Status.FAILED, message=message)
