"""Say whether this installation is able to work."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mrtrack.readiness import answers


class Command(BaseCommand):
    """The checks of /readyz with their reasons; fails when one is not well."""

    help = "Check database, migrations, audit triggers and cache."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line a check."""
        results = answers()
        for answer in results:
            self.stdout.write(f"{answer.name:<12} {answer.message}")
        if not all(answer.ok for answer in results):
            raise CommandError("This installation is not ready.")
