"""Files of imports that speak of a patient who is erased."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from interop import storage
from interop.models import ImportBatch

if TYPE_CHECKING:
    from patients.erasing import Sentinels

ENCODINGS = ("utf-8", "utf-16", "cp1252")
REMOVED = "A file of this import was removed with a patient's record."


def import_files(sentinels: Sentinels, remove: bool) -> dict[str, int]:
    """Uploaded files, plans and refused rows that hold the person; an open import is cancelled.

    A file holds other people as well; it is removed whole, and can be uploaded again without them.
    """
    folder = Path(settings.UPLOAD_DIR)
    paths = [path for path in sorted(folder.glob("*")) if path.is_file()] if folder.is_dir() else []
    found = [path for path in paths if _speaks_of(path, sentinels)]
    said = [
        batch
        for batch in ImportBatch.objects.order_by("pk")
        if sentinels.are_in(f"{batch.message} {batch.notes} {batch.options} {batch.headers}")
    ]
    if remove:
        for path in found:
            storage.remove(path.stem)
            path.unlink(missing_ok=True)
        names = {path.stem.partition("-")[0] for path in found}
        for batch in ImportBatch.objects.filter(stored_as__in=names).order_by("pk"):
            if batch.is_open:
                batch.status = ImportBatch.Status.CANCELLED
            batch.message = REMOVED
            batch.save()
        for batch in said:
            batch.message, batch.notes, batch.options, batch.headers = REMOVED, [], {}, []
            batch.save()
    return {"import_files": len(found), "imports": len(said)}


def _speaks_of(path: Path, sentinels: Sentinels) -> bool:
    content = path.read_bytes()
    return any(
        sentinels.are_in(content.decode(encoding, errors="ignore"), shortest=1)
        for encoding in ENCODINGS
    )
