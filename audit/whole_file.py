"""Writing a file that appears when it is whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, pieces: Iterable[bytes]) -> int:
    """Write a file that appears when it is whole, or leave what stood there; its length in bytes.

    Nobody but its owner reads it. Raises ``OSError`` where it cannot be written.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent)
    written = 0
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                written += file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    return written
