"""Fill an empty installation with a backup."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mrtrack.backup.acts import restore
from mrtrack.backup.errors import BackupError


class Command(BaseCommand):
    """Exit code 0: everything is back; 1: nothing was written, or what is left to do is said."""

    help = (
        "Fill an empty database with a backup: all of it, or nothing. A backup of an earlier "
        "release is brought up to this one."
    )
    # Nothing is there yet that could be checked.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Read the command line."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore and say what came back."""
        try:
            restored = restore(options["file"], key=settings.BACKUP_KEY)
        except BackupError as error:
            raise CommandError(str(error)) from error
        manifest = restored.manifest
        self.stdout.write(
            f"Restored the backup of {manifest.made_at}: {len(manifest.tables)} tables with "
            f"{manifest.rows:,} rows, {len(manifest.parts) - 1} uploaded files. Every table is as "
            "it was; the audit trail refuses changes. Nobody is logged in."
        )
        if restored.is_updated:
            self.stdout.write(
                f"Release {manifest.app_version} was brought up to {settings.APP_VERSION}."
            )
        self.stdout.write("Next: manage.py readiness, then manage.py reassess.")
