"""Write everything that this installation knows to one file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from mrtrack.backup.acts import make_backup
from mrtrack.backup.errors import BackupError


class Command(BaseCommand):
    """Exit code 0: the file is whole and on the disk; 1: there is no file."""

    help = (
        "Write database and uploaded files to one file, encrypted with MRTRACK_BACKUP_KEY. People "
        "may work meanwhile. In a folder the file is named by the time: mrtrack-DAY-TIME.backup."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Read the command line."""
        parser.add_argument("file", type=Path, help="a new file, or a folder")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it and say what is in it."""
        target: Path = options["file"]
        if target.is_dir():
            target = target / f"mrtrack-{timezone.now():%Y-%m-%d-%H%M%S}.backup"
        try:
            manifest, is_noted = make_backup(target, key=settings.BACKUP_KEY)
        except BackupError as error:
            raise CommandError(str(error)) from error
        if not settings.BACKUP_KEY:
            self.stderr.write("NOT ENCRYPTED: no MRTRACK_BACKUP_KEY is set.")
        if not is_noted:
            self.stderr.write("The audit trail could not be told: the database takes no writes.")
        for name in manifest.missing:
            self.stderr.write(f"The file of an import is gone: {name}.")
        self.stdout.write(
            f"{target}: {target.stat().st_size:,} bytes; {len(manifest.tables)} tables with "
            f"{manifest.rows:,} rows, {len(manifest.parts) - 1} uploaded files."
        )
