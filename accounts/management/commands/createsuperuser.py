"""Django's own command would make an administrator whom the audit does not know."""

from typing import Any, NoReturn

from django.contrib.auth.management.commands import createsuperuser
from django.core.management.base import CommandError


class Command(createsuperuser.Command):
    """Points to the command that does it here."""

    def handle(self, *args: Any, **options: Any) -> NoReturn:
        """Refuse."""
        raise CommandError("Use manage.py create_administrator.")
