"""``manage.py demo``: two clinics with logins and hand-written patients to try mrtrack on."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo.clinics import MEMBERS, PASSWORD
from demo.making import (
    DemoRefusedError,
    demo_exists,
    is_empty,
    make_demo,
    refuse_on_live_instance,
)


class Command(BaseCommand):
    """Fill an empty database with the demo clinics."""

    help = "Make the demo clinics: invented patients, with logins that the command prints."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether an existing database is left alone, and the day of the demo."""
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing where there is a clinic or a patient already",
        )
        parser.add_argument(
            "--today",
            type=date.fromisoformat,
            help="the day on which the demo is dated, as 2026-11-30 (default: today)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the demo or leave things as they are; print the logins of a demo."""
        try:
            refuse_on_live_instance()
            if not (options["if_empty"] and not is_empty()):
                patients = make_demo(today=options["today"])
                self.stdout.write(f"Made 2 demo clinics with {len(patients)} patients.")
        except DemoRefusedError as refusal:
            raise CommandError(str(refusal)) from refusal
        if demo_exists():
            self._print_logins()

    def _print_logins(self) -> None:
        self.stdout.write(f"\nDemo logins, all with the password  {PASSWORD}")
        for member in MEMBERS:
            self.stdout.write(f"  {member.username:<9}{member.purpose}")
        self.stdout.write("")
