"""What a backup says of itself: written last, so that a file without it is not whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from mrtrack.backup.contents import Content
from mrtrack.backup.errors import BackupError

FORMAT = 1


@dataclass(frozen=True)
class Part:
    """One file inside of a backup."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """Where a backup comes from, and what is in it.

    ``audit_upto``: the newest audit event it holds. ``missing``: uploaded files that the database
    names and that were not there any more.
    """

    id: str
    made_at: str
    app_version: str
    instance: str
    engine: str
    server_version: str
    audit_upto: int
    migrations: Mapping[str, list[str]]
    tables: Mapping[str, Content]
    parts: Mapping[str, Part]
    left_out: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """The number of rows in all tables."""
        return sum(content.rows for content in self.tables.values())

    def as_bytes(self) -> bytes:
        """JSON, for people too."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()


def read_manifest(text: bytes) -> Manifest:
    """Raises ``BackupError`` when it is of another format or was changed."""
    try:
        said: dict[str, Any] = json.loads(text)
        if said["format"] != FORMAT:
            raise BackupError(
                f"This backup has format {said['format']}; this release of mrtrack reads {FORMAT}."
            )
        said["tables"] = {name: Content(**each) for name, each in said["tables"].items()}
        said["parts"] = {name: Part(**each) for name, each in said["parts"].items()}
        return Manifest(**said)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError("The list of contents of this backup is damaged.") from error
