"""Files of imports that speak of a patient who is erased."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from interop import storage
from interop.models import ColumnMapping, ImportBatch

if TYPE_CHECKING:
    from patients.erasing import Sentinels

ENCODINGS = ("utf-8", "utf-16", "cp1252")
TEXTS = ("file_name", "message", "notes", "options", "headers", "mapping")
NAME_REMOVED = "name removed"
REMOVED = "A file of this import was removed with a patient's record."


def import_files(sentinels: Sentinels, remove: bool) -> dict[str, int]:
    """Uploaded files, plans and refused rows that hold the person; an open import is cancelled.

    A file holds other people as well; it is removed whole, and can be uploaded again without them.
    """
    folder = Path(settings.UPLOAD_DIR)
    paths = [path for path in sorted(folder.glob("*")) if path.is_file()] if folder.is_dir() else []
    found = [path for path in paths if _speaks_of(path, sentinels)]
    said = [
        batch for batch in ImportBatch.objects.order_by("pk") if sentinels.are_in(_said_by(batch))
    ]
    kept = [
        each.pk
        for each in ColumnMapping.objects.order_by("pk")
        if sentinels.are_in(f"{each.name} {each.mapping}")
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
            if batch.is_open:
                storage.remove(batch.stored_as)
                batch.status = ImportBatch.Status.CANCELLED
            batch.file_name = NAME_REMOVED
            batch.message, batch.notes, batch.options, batch.headers = REMOVED, [], {}, []
            batch.mapping, batch.counts = {}, batch.counts | {"reasons": {}}
            batch.save()
        ColumnMapping.objects.filter(pk__in=kept).delete()
    return {"import_files": len(found), "imports": len(said), "column_mappings": len(kept)}


def _said_by(batch: ImportBatch) -> str:
    """What stands in words with an import; reasons may repeat what stood in a row."""
    texts = [str(getattr(batch, name)) for name in TEXTS]
    return " ".join([*texts, *batch.counts.get("reasons", {})])


def _speaks_of(path: Path, sentinels: Sentinels) -> bool:
    content = path.read_bytes()
    return any(
        sentinels.are_in(content.decode(encoding, errors="ignore"), shortest=1)
        for encoding in ENCODINGS
    )
