"""Remove uploaded files past their time."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from interop.actions import purge_imports


class Command(BaseCommand):
    """Run it once a day: cron or a systemd timer."""

    help = "Cancel imports left open for a day; remove their files, and refused rows after 30 days."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        cancelled, removed = purge_imports(timezone.now())
        self.stdout.write(f"{cancelled} imports cancelled, {removed} further files removed.")
