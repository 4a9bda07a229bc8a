"""Run background jobs until stopped."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from reports.jobs import restart_abandoned, running_jobs


class Command(BaseCommand):
    """Take jobs (large imports, reports) from the job table and run them, one at a time."""

    help = "Run background jobs until stopped; with --once until none is waiting."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read the command line."""
        parser.add_argument("--once", action="store_true", help="stop when no job is waiting")
        parser.add_argument(
            "--interval", type=float, default=1.0, help="seconds between two looks at the job table"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Restart reports whose worker died, then hand over to the worker of the job table."""
        restart_abandoned(running_jobs())
        call_command(
            "db_worker",
            queue_name="*",
            interval=options["interval"],
            batch=options["once"],
            reload=False,
            startup_delay=not options["once"],
        )
