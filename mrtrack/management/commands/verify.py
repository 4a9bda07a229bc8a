"""Check a backup, by itself or against this installation."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mrtrack.backup.acts import Comparison, compare, verify
from mrtrack.backup.errors import BackupError

DIFFERENT = 3


class Command(BaseCommand):
    """Exit code 0: whole, or identical; 1: the file is no good; 3: this installation differs."""

    help = (
        "Read a backup to its end and check every part; with --instance compare it with this one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Read the command line."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--instance", action="store_true", help="compare it with this installation's database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was found."""
        try:
            if options["instance"]:
                self._say(compare(options["file"], key=settings.BACKUP_KEY))
                return
            manifest = verify(options["file"], key=settings.BACKUP_KEY)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Whole: made {manifest.made_at} by release {manifest.app_version} on "
            f"{manifest.engine} {manifest.server_version}; {len(manifest.tables)} tables with "
            f"{manifest.rows:,} rows, {len(manifest.parts) - 1} uploaded files."
        )

    def _say(self, found: Comparison) -> None:
        events = f"{found.newer_events:,} audit events are newer than the backup."
        if found.is_identical:
            self.stdout.write(
                f"Identical: every table is as the backup of {found.manifest.made_at}"
                f" has it. {events}"
            )
            return
        for table in found.tables:
            self.stdout.write(str(table))
        for name in found.missing_files:
            self.stdout.write(f"uploaded file {name}: not here")
        if found.manifest.app_version != settings.APP_VERSION:
            self.stdout.write(
                f"The backup is of release {found.manifest.app_version}, this is "
                f"{settings.APP_VERSION}: an update changes tables too."
            )
        raise CommandError(f"{len(found.tables)} tables differ. {events}", returncode=DIFFERENT)
