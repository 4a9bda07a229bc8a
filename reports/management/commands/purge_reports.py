"""Remove reports made in the background past their time."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from reports.jobs import purge_reports


class Command(BaseCommand):
    """Run it every hour: cron or a systemd timer."""

    help = (
        "Remove the files of reports made in the background past their time, end those that nobody "
        "began, restart those whose worker died."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        done = purge_reports(timezone.now())
        self.stdout.write(
            f"{done.expired} reports expired, {done.restarted} restarted, {done.removed} further "
            "files removed."
        )
