"""Make a backup, bring one back, hold one against the instance."""

from __future__ import annotations

import fcntl
import gzip
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from audit.context import AuditUnavailable
from audit.models import AuditAction
from audit.recording import record, record_failure
from interop import storage
from mrtrack import readiness
from mrtrack.backup.archive import (
    BLOCK,
    DATABASE,
    UPLOADS,
    Writer,
    read_archive,
    writing_archive,
)
from mrtrack.backup.contents import Difference, differences, left_out
from mrtrack.backup.dumping import dumped, is_empty, load, unload
from mrtrack.backup.errors import BackupError
from mrtrack.backup.manifest import Manifest
from mrtrack.backup.reading import Reading, reading_instance

PASSING = "passing-backup-"
KIND = "backup"  # of record, in the audit


# The way out -------------------------------------------------------------------------------------


def make_backup(target: Path, *, key: str) -> tuple[Manifest, bool]:
    """Write everything to one file; gives what is in it, and whether the audit could be told.

    A database that takes no event any more (its disk is full) is backed up all the same. Raises
    ``BackupError``; then there is no file.
    """
    number = str(uuid.uuid4())
    with _passing_folder() as folder:
        is_noted = _noted(AuditAction.EXPORT, number, "backup begun")
        try:
            return _written(target, key, number, folder), is_noted
        except BaseException as error:
            _note_failure(number, type(error).__name__)
            if isinstance(error, OSError):
                raise BackupError(f"No backup was written: {error.strerror or error}.") from error
            raise


def _written(target: Path, key: str, number: str, folder: Path) -> Manifest:
    dump = folder / "database"
    with writing_archive(target, key) as archive:
        made_at = timezone.now()
        with dumped(dump) as reading:
            part = _packed(dump, reading.engine)
            archive.add(part.name, part)
            names = reading.rows("SELECT stored_as FROM interop_importbatch WHERE stored_as <> ''")
            missing = _add_uploads(archive, [name for (name,) in names])
            manifest = Manifest(
                id=number,
                made_at=made_at.isoformat(timespec="seconds"),
                app_version=settings.APP_VERSION,
                instance=settings.INSTANCE,
                engine=reading.engine,
                server_version=reading.server_version(),
                audit_upto=reading.last_audit_event(),
                migrations=reading.migrations(),
                tables=reading.contents(),
                parts=archive.parts,
                left_out=sorted(left_out()),
                missing=missing,
            )
        archive.end(manifest)
    return manifest


def _packed(dump: Path, engine: str) -> Path:
    """The dump under the name of its part; that of PostgreSQL is compressed already."""
    part = dump.with_name(DATABASE[engine])
    if part.suffix != ".gz":
        return dump.rename(part)
    with dump.open("rb") as plain, gzip.open(part, "wb", compresslevel=6) as packed:
        shutil.copyfileobj(plain, packed, BLOCK)
    return part


def _add_uploads(archive: Writer, names: list[str]) -> list[str]:
    """The files that imports still need; gives the names of imports whose file is gone."""
    missing = []
    for name in sorted(names):
        paths = storage.kept_of(name)
        for path in paths:
            archive.add(f"{UPLOADS}{path.name}", path)
        if not paths:
            missing.append(name)
    return missing


# The way back ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Restored:
    """What a restore did: whose backup it was, and whether newer migrations followed."""

    manifest: Manifest
    is_updated: bool


def restore(source: Path, *, key: str) -> Restored:
    """Fill an empty instance with a backup: the whole of it, or nothing.

    The file is read to its end first, so that nothing is written of one that is damaged. Raises
    ``BackupError``.
    """
    manifest = _checked(source, key)
    _refuse_what_does_not_fit(manifest)
    with _passing_folder() as folder:
        taken = _Taken(folder)
        if read_archive(source, key, taken) != manifest:
            raise BackupError("The file was changed while it was read.")
        _fill(manifest, taken)
    is_updated = _update()
    _noted(AuditAction.IMPORT, manifest.id, "backup restored", manifest.rows)
    return Restored(manifest, is_updated)


def _checked(source: Path, key: str) -> Manifest:
    try:
        return read_archive(source, key)
    except OSError as error:
        raise BackupError(f"{source} cannot be read: {error.strerror or error}.") from error


def _refuse_what_does_not_fit(manifest: Manifest) -> None:
    if manifest.engine != connection.vendor:
        raise BackupError(
            f"This backup was made on {manifest.engine}, this instance is on {connection.vendor}."
        )
    # Without a connection: only what this release brings.
    known = MigrationLoader(None).disk_migrations
    unknown = [
        f"{app}.{name}"
        for app, names in manifest.migrations.items()
        for name in names
        if (app, name) not in known
    ]
    if unknown:
        raise BackupError(
            f"This backup was made by release {manifest.app_version} of mrtrack, which is newer "
            f"than this one ({settings.APP_VERSION}): it has {', '.join(unknown[:3])}."
        )
    if not is_empty():
        raise BackupError(
            "This instance is not empty. A backup is restored into a new, empty database only: "
            "create one, name it in DATABASE_URL, and do not migrate it before."
        )


class _Taken:
    """Puts the parts of a backup into a passing folder, unpacked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.database = folder / "database"
        self.uploads: list[Path] = []

    def __call__(self, name: str, content: IO[bytes]) -> None:
        if name.startswith(UPLOADS):
            target = self._folder / name.removeprefix(UPLOADS)
            self.uploads.append(target)
        else:
            target = self.database
        with target.open("wb") as file:
            if name.endswith(".gz"):
                with gzip.open(content) as unpacked:
                    shutil.copyfileobj(unpacked, file, BLOCK)
            else:
                shutil.copyfileobj(content, file, BLOCK)


def _fill(manifest: Manifest, taken: _Taken) -> None:
    placed: list[Path] = []
    try:
        for file in taken.uploads:
            placed.append(storage.place(file))
        load(taken.database)
        _require_whole(manifest)
    except BaseException as error:
        for path in placed:
            path.unlink(missing_ok=True)
        if isinstance(error, FileExistsError):
            raise BackupError("An uploaded file of this backup lies here already.") from error
        raise


def _require_whole(manifest: Manifest) -> None:
    """What was loaded is what was saved, and the audit refuses changes; else all goes again."""
    with reading_instance() as reading:
        differing = [str(each) for each in _compared(manifest, reading)]
    wrong = "; ".join(differing[:5]) or readiness.audit_triggers()
    if wrong:
        unload()
        raise BackupError(f"What was loaded is not what was saved; nothing was kept. {wrong}")


def _update() -> bool:
    """Bring the database up to this release; True when there was anything to do."""
    is_behind = bool(readiness.migrations())
    if is_behind:
        call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    return is_behind


# The comparison ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """A backup beside the instance: the tables that differ, and how many audit events followed."""

    manifest: Manifest
    tables: list[Difference]
    missing_files: list[str]
    newer_events: int

    @property
    def is_identical(self) -> bool:
        """Whether everything of the backup is here, and nothing else but newer audit events."""
        return not self.tables and not self.missing_files


def verify(source: Path, *, key: str) -> Manifest:
    """Read a backup to its end and check every part. Raises ``BackupError``."""
    return _checked(source, key)


def compare(source: Path, *, key: str) -> Comparison:
    """Hold a backup against the instance as it is now. Raises ``BackupError``."""
    manifest = _checked(source, key)
    if manifest.engine != connection.vendor:
        raise BackupError(
            f"This backup was made on {manifest.engine}, this instance is on {connection.vendor}."
        )
    with reading_instance() as reading:
        tables = _compared(manifest, reading)
        has_audit = not any(each.now is None for each in tables)
        newest = reading.last_audit_event() if has_audit else manifest.audit_upto
    uploads = [Path(name).name for name in manifest.parts if name.startswith(UPLOADS)]
    missing = [name for name in uploads if not (Path(settings.UPLOAD_DIR) / name).is_file()]
    return Comparison(manifest, tables, missing, newest - manifest.audit_upto)


def _compared(manifest: Manifest, reading: Reading) -> list[Difference]:
    return list(differences(manifest.tables, reading.contents(manifest.audit_upto)))


# Around it ---------------------------------------------------------------------------------------


@contextmanager
def _passing_folder() -> Iterator[Path]:
    """A folder among the runtime data, for one backup or restore at a time.

    What it holds is as secret as the database: what one that was killed left is removed first.
    """
    passing = Path(settings.VAR_DIR) / "backup"
    passing.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (passing / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError("Another backup or restore is running.") from None
        for left in passing.glob(f"{PASSING}*"):
            shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=PASSING, dir=passing))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _noted(action: str, number: str, note: str, rows: int | None = None) -> bool:
    """Tell the audit; False when it cannot be told."""
    counts: Mapping[str, int] | None = None if rows is None else {"rows": rows}
    try:
        record(action=action, by=None, record_kind=KIND, record_id=number, note=note, counts=counts)
    except (AuditUnavailable, DatabaseError):
        return False
    return True


def _note_failure(number: str, why: str) -> None:
    try:
        record_failure(by=None, record_kind=KIND, record_id=number, note=f"no backup: {why}")
    except (AuditUnavailable, DatabaseError):
        return
