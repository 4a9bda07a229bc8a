"""Erase again whom a restored backup brought back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.context import acting_from
from patients.erasing import erased_ids, reapply


class Command(BaseCommand):
    """Run it after every restore, before anybody logs in."""

    help = (
        "Erase again the patients who were erased after a restored backup was made. Reads the "
        "database, the list in the folder of variable data, and with --list a file of opaque ids."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """A further list, and a look without erasing."""
        parser.add_argument(
            "--list", type=Path, metavar="FILE", help="a file with one opaque id a line"
        )
        parser.add_argument(
            "--show", action="store_true", help="print the ids that were erased, to be kept"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        ids = erased_ids(_lines_of(options["list"]))
        if options["show"]:
            self.stdout.write("\n".join(sorted(ids)))
            return
        try:
            with acting_from():
                erased, merged = reapply(ids)
        except ValidationError as error:
            raise CommandError("The list holds something that is no opaque id.") from error
        self.stdout.write(
            f"{len(ids)} erased records are known; {erased} were there again and are erased."
        )
        if merged:
            raise CommandError(
                "Not erased, because the backup holds them merged with a record that was not "
                f"erased; undo the merge and run this again: {', '.join(merged)}"
            )


def _lines_of(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read.") from error
