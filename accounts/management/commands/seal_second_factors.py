"""Encrypt everybody's second factors with the present key: after it was set, or changed."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.factor_sealing import seal_all_anew


class Command(BaseCommand):
    """May be run at any time, and again: what is sealed with the present key is left alone."""

    help = (
        "Encrypt the secrets of apps and the seeds of recovery codes with MRTRACK_FACTOR_KEY: rows "
        "from before there was a key, and rows of a former key (MRTRACK_FACTOR_KEY_FALLBACKS)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done; an error names what cannot be read."""
        if not settings.FACTOR_KEY:
            raise CommandError(
                "There is no key: set MRTRACK_FACTOR_KEY or MRTRACK_FACTOR_KEY_FILE."
            )
        done = seal_all_anew()
        self.stdout.write(f"{done.anew} sealed with the present key, {done.already} were already.")
        if done.unreadable:
            raise CommandError(
                f"{done.unreadable} cannot be read: their key is missing. List it in "
                "MRTRACK_FACTOR_KEY_FALLBACKS, or take these second factors away "
                "(manage.py reset_second_factor)."
            )
