"""The file of a backup: a tar of parts with the manifest last, sealed when there is a key.

Not sealed it is a plain tar, so that in an emergency it can be opened without mrtrack.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import re
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO, cast

from mrtrack.backup.errors import BackupError
from mrtrack.backup.manifest import Manifest, Part, read_manifest
from mrtrack.backup.sealing import CUT_OFF, DAMAGED, MAGIC, SealedReader, SealedWriter

MANIFEST = "manifest.json"
DATABASE = {"sqlite": "database.sqlite3.gz", "postgresql": "database.dump"}
UPLOADS = "uploads/"
KNOWN_PART = re.compile(r"database\.(sqlite3\.gz|dump)|uploads/[\w-]+\.\w+")
PARTIAL = ".mrtrack-partial"
LARGEST_MANIFEST = 16 * 1024 * 1024
BLOCK = 1024 * 1024

NO_KEY = "This backup is encrypted: set MRTRACK_BACKUP_KEY or MRTRACK_BACKUP_KEY_FILE."
Take = Callable[[str, IO[bytes]], None]


@contextmanager
def appearing_whole(target: Path) -> Iterator[BinaryIO]:
    """A file that gets its name when it is whole and on the disk; read by its owner only."""
    if target.exists():
        raise BackupError(f"{target} is there already; a backup is never written over.")
    _remove_leftovers(target.parent)
    partial = target.with_name(f".{target.name}{PARTIAL}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.rename(target)
        _sync(target.parent)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise


def _remove_leftovers(folder: Path) -> None:
    """What a backup left that was killed: its lock is gone with it."""
    for path in folder.glob(f".*{PARTIAL}"):
        with path.open("rb") as file, suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """The new name too survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Hashed(io.RawIOBase):
    """Reads a file and its SHA-256 in one go."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash, self.bytes = file, hashlib.sha256(), 0

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object) -> int:
        """The next bytes."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        read = self._file.read(len(view))
        view[: len(read)] = read
        self._hash.update(read)
        self.bytes += len(read)
        return len(read)

    @property
    def part(self) -> Part:
        """What was read so far."""
        return Part(self.bytes, self._hash.hexdigest())


class Writer:
    """Puts parts into a backup, one after the other."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.parts: dict[str, Part] = {}

    def add(self, name: str, path: Path) -> None:
        """One file, as long as it is now."""
        with path.open("rb") as file:
            hashed = _Hashed(file)
            self._add(name, os.fstat(file.fileno()).st_size, hashed)
        self.parts[name] = hashed.part

    def end(self, manifest: Manifest) -> None:
        """The last part."""
        text = manifest.as_bytes()
        self._add(MANIFEST, len(text), io.BytesIO(text))

    def _add(self, name: str, size: int, file: io.RawIOBase | io.BytesIO) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, 0o600, int(time.time())
        self._tar.addfile(entry, cast("IO[bytes]", file))


@contextmanager
def writing_archive(target: Path, key: str) -> Iterator[Writer]:
    """Write a backup, sealed when there is a key; no file appears unless all goes well."""
    with appearing_whole(target) as file:
        inner = SealedWriter(file, key) if key else file
        with tarfile.open(fileobj=inner, mode="w|", bufsize=BLOCK) as tar:
            yield Writer(tar)
        if inner is not file:
            inner.close()


def read_archive(source: Path, key: str, take: Take | None = None) -> Manifest:
    """Read a backup from beginning to end and hold each part against the manifest.

    ``take`` is given the name and the content of each part. Raises ``BackupError`` when the key
    does not fit and when anything was changed, is missing or is cut off.
    """
    with source.open("rb") as file:
        is_sealed = file.read(len(MAGIC)) == MAGIC
        file.seek(0)
        if is_sealed and not key:
            raise BackupError(NO_KEY)
        stream = io.BufferedReader(SealedReader(file, key)) if is_sealed else file
        try:
            with tarfile.open(fileobj=stream, mode="r|", bufsize=BLOCK) as tar:
                manifest, parts = _read_parts(tar, take)
                # What follows the tar's end belongs to the file too: its seal must be whole.
                while stream.read(BLOCK):
                    pass
        except (tarfile.TarError, EOFError, OSError) as error:
            raise BackupError(_unreadable(source)) from error
    if parts != manifest.parts:
        raise BackupError(DAMAGED)
    return manifest


def _unreadable(source: Path) -> str:
    return f"{source} is no backup of mrtrack, or it is damaged or cut off."


def _read_parts(tar: tarfile.TarFile, take: Take | None) -> tuple[Manifest, Mapping[str, Part]]:
    parts: dict[str, Part] = {}
    for entry in tar:
        content = tar.extractfile(entry)
        if content is None:
            raise BackupError(DAMAGED)
        if entry.name == MANIFEST:
            return read_manifest(content.read(LARGEST_MANIFEST)), parts
        if not KNOWN_PART.fullmatch(entry.name) or entry.name in parts:
            raise BackupError(DAMAGED)
        hashed = _Hashed(content)
        if take is not None:
            take(entry.name, cast("IO[bytes]", hashed))
        while hashed.read(BLOCK):
            pass
        parts[entry.name] = hashed.part
    raise BackupError(CUT_OFF)
