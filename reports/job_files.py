"""The folder of reports made in the background: opaque names, closed to everybody else's account.

A job that runs holds a ticket there: a file that is locked as long as its process lives, however
that ends, and in which stands how many rows were written. It is the one way between the page and
the process that writes, whose connection to the database only reads meanwhile. A ticket that is
taken away tells the process to stop.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

TICKET, WHOLE = ".ticket", ".report"
DIGITS = 20


class WithdrawnError(Exception):
    """The report is not wanted any more."""


@dataclass(frozen=True)
class Ticket:
    """A name in the folder, held by this process."""

    name: str
    handle: int

    def tell(self, rows: int) -> None:
        """Say how many rows are written. Raises ``WithdrawnError`` when the job was cancelled."""
        if os.fstat(self.handle).st_nlink == 0:
            raise WithdrawnError
        # In place and of one length, so that a reader never finds half a number.
        os.pwrite(self.handle, f"{rows:0{DIGITS}}".encode(), 0)


@contextmanager
def held() -> Iterator[Ticket]:
    """A new ticket, until the block ends. Raises ``OSError`` where the folder cannot be written."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    name = uuid.uuid4().hex
    handle = os.open(_ticket(name), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        ticket = Ticket(name, handle)
        ticket.tell(0)
        yield ticket
    finally:
        _ticket(name).unlink(missing_ok=True)
        os.close(handle)


def is_held(name: str) -> bool:
    """Whether a living process holds the ticket of this name."""
    try:
        handle = os.open(_ticket(name), os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        # Shared, so that two who look at the same time do not take each other for the holder.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def rows_told(name: str) -> int:
    """Number of rows written by now; 0 where nobody says."""
    try:
        return int(_ticket(name).read_text(encoding="ascii") or 0)
    except (FileNotFoundError, ValueError):
        return 0


def folder() -> Path:
    """Where reports lie."""
    return Path(settings.REPORT_DIR)


def path_of(name: str) -> Path:
    """Where the whole file of a job lies."""
    return folder() / f"{name}{WHOLE}"


def remove(name: str) -> None:
    """Remove what belongs to a job, what was half written by a process that died included."""
    if not name:
        return
    _ticket(name).unlink(missing_ok=True)
    for half in folder().glob(f".{name}{WHOLE}.*"):
        half.unlink(missing_ok=True)
    path_of(name).unlink(missing_ok=True)


def remove_old(now: datetime, kept: timedelta) -> int:
    """Remove files past their time, whatever the database says of them; gives how many."""
    removed = 0
    for path in sorted(folder().glob("*")) if folder().is_dir() else []:
        with suppress(FileNotFoundError):  # fetched away by another purge meanwhile
            if path.stat().st_mtime < (now - kept).timestamp():
                path.unlink()
                removed += 1
    return removed


def _ticket(name: str) -> Path:
    return folder() / f"{name}{TICKET}"
