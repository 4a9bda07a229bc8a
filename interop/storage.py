"""The upload folder: opaque names, readable by the application's own account only."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

UPLOADED = ".csv"
PROFILE = ".profile"
PLAN = ".plan"
REFUSED = ".refused"
DRAFT = ".draft"
_ALL = (UPLOADED, PROFILE, PLAN, REFUSED, DRAFT)

UPLOADS_KEPT = timedelta(days=1)
REFUSED_KEPT = timedelta(days=30)


def new_name() -> str:
    """An opaque name for an uploaded file and what belongs to it."""
    return uuid.uuid4().hex


def path_of(name: str, suffix: str) -> Path:
    """Where a file of an import lies."""
    return Path(settings.UPLOAD_DIR) / f"{name}{suffix}"


def create(name: str, suffix: str) -> int:
    """An open descriptor of a fresh file that only this account can read."""
    path = path_of(name, suffix)
    path.unlink(missing_ok=True)
    return create_at(path)


def new_draft(name: str) -> Path:
    """Where a plan is written before it takes the place of a former one; no two share it."""
    return path_of(f"{name}-{new_name()}", DRAFT)


def create_at(path: Path) -> int:
    """The same for a path that nothing lies at."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def store(name: str, chunks: Iterable[bytes]) -> None:
    """Keep an uploaded file under an opaque name."""
    with os.fdopen(create(name, UPLOADED), "wb") as file:
        for chunk in chunks:
            file.write(chunk)


def kept_of(name: str) -> list[Path]:
    """The files of an import that lie in the folder and are worth keeping: no drafts."""
    paths = [path_of(name, suffix) for suffix in _ALL if suffix != DRAFT]
    return [path for path in paths if path.is_file()]


def place(source: Path) -> Path:
    """Put a copy of a file into the folder under its own name. Raises ``FileExistsError``."""
    target = Path(settings.UPLOAD_DIR) / source.name
    with source.open("rb") as file, os.fdopen(create_at(target), "wb") as copy:
        shutil.copyfileobj(file, copy)
    return target


def remove(name: str, *, keep_refused: bool = False) -> None:
    """Remove what belongs to an import."""
    for suffix in _ALL:
        if name and not (keep_refused and suffix == REFUSED):
            path_of(name, suffix).unlink(missing_ok=True)


def remove_old(now: datetime) -> int:
    """Remove files past their time, whatever the database says of them; gives how many."""
    removed = 0
    folder = Path(settings.UPLOAD_DIR)
    for path in sorted(folder.glob("*")) if folder.is_dir() else []:
        if path.suffix not in _ALL:
            continue
        kept = REFUSED_KEPT if path.suffix == REFUSED else UPLOADS_KEPT
        if path.stat().st_mtime < (now - kept).timestamp():
            path.unlink(missing_ok=True)
            removed += 1
    return removed
