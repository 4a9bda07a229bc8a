"""Take away a lost second factor, so that its owner can log in and set up a new one."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import reset_second_factor
from accounts.models import User


class Command(BaseCommand):
    """For the operator of the installation, who has made sure of who is asking."""

    help = (
        "Remove a user's authenticator app, security keys and recovery codes, and end the user's "
        "sessions. Make sure first that it is really this person who asks."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the argument."""
        parser.add_argument("username")

    def handle(self, **options: Any) -> None:
        """Remove what there is, and say so."""
        username = options["username"]
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no user {username}.")
        removed = reset_second_factor(user=user, by=None)
        if not removed:
            raise CommandError(f"{username} has no second factor.")
        self.stdout.write(f"The second factor of {username} is removed; sessions are ended.")
