"""Remove what was typed and never saved, past its time."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.kept.actions import purge_kept


class Command(BaseCommand):
    """Run it once a day: cron or a systemd timer."""

    help = "Delete forms that were kept for somebody whose session had ended, after 24 hours."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        self.stdout.write(f"{purge_kept(now=timezone.now())} kept forms deleted.")
