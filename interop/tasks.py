"""Long checks and imports, run by `manage.py work`."""

from __future__ import annotations

from django_tasks import task

from accounts.models import User
from interop import actions
from interop.models import ImportBatch
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
    except UnreadableFileError as error:
        _give_up(batch, str(error))
    except Exception:
        _give_up(batch, "The check stopped unexpectedly. The administrator finds why in the log.")
        raise


@task()
def commit_in_background(
    public_id: str, by_pk: int, accept_implausible: bool, apply_changes: bool
) -> None:
    """Import a long file, unless it was cancelled meanwhile."""
    batch = _batch(public_id, Status.IMPORTING)
    if batch is None:
        return
    choices = actions.Choices(accept_implausible, apply_changes)
    try:
        actions.commit_import(batch, by=User.objects.get(pk=by_pk), choices=choices)
    except (actions.RecordChangedError, actions.NotReadyError) as error:
        ImportBatch.objects.filter(pk=batch.pk).update(
            status=Status.CHECKED, message=str(error)[:500]
        )
    except Exception:
        _give_up(batch, "The import stopped unexpectedly; nothing was written.")
        raise


def _batch(public_id: str, status: str) -> ImportBatch | None:
    found = ImportBatch.objects.filter(public_id=public_id, status=status)
    return found.select_related("clinic").first()


def _give_up(batch: ImportBatch, message: str) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(status=Status.FAILED, message=message[:500])
