"""Create the first administrator of an installation."""

import argparse
import getpass
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.actions import create_user


class Command(BaseCommand):
    """Asks for what the options leave out; the password is never an option."""

    help = (
        "Create an administrator: somebody who sets up clinics, users and memberships. "
        "It gives no right over patients' records."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--username")
        parser.add_argument("--email")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="Read the password from the first line of standard input.",
        )

    def handle(self, **options: Any) -> None:
        """Create the administrator, or say what is wrong."""
        try:
            user = create_user(
                username=options["username"] or input("User name: "),
                email=options["email"] or input("E-mail address: "),
                password=_password(from_stdin=options["password_stdin"]),
                is_staff=True,
                is_superuser=True,
                by=None,
            )
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(f"Administrator {user.username} created.")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Password again: "):
        raise CommandError("The two passwords differ.")
    return password
