"""Compare the audit with its seals.

python manage.py verify_audit --against /mnt/elsewhere/audit-seals.txt --longest-wait 180
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.seals import unsealed
from audit.verification import Fault, Totals, copy_faults, faults

MOST_TOLD = 20


class Command(BaseCommand):
    """Exit code 0: everything is as it was sealed; 1: it is not, or it could not be compared."""

    help = (
        "Compute the seals of the audit anew and name the first event under each that was edited, "
        "removed or inserted since. With --against, compare the seals with a copy that "
        "seal_audit --export wrote: whoever can rewrite the seals cannot rewrite the copy. "
        "With --longest-wait it is a fault as well when an event has waited longer for its seal. "
        "Exit code 0: everything is as it was sealed; 1: it is not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The copy to compare with."""
        parser.add_argument("--against", type=Path, metavar="FILE", help="a copy of the seals")
        parser.add_argument(
            "--longest-wait",
            type=int,
            metavar="MINUTES",
            help="for how long an event may wait for its seal",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, tell, and end with the code."""
        totals = Totals()
        found = [*self._told(faults(totals))]
        if options["against"] is not None:
            found += self._told(_copied(options["against"]))
        self.stdout.write(f"{totals.events} events under {totals.seals} seals were compared.")
        waited = self._tell_tail()
        if found:
            raise CommandError(f"The audit is not what was sealed: {found[0]}")
        longest = options["longest_wait"]
        if longest is not None and waited > longest:
            raise CommandError(
                f"What was sealed is as it was, but an event has waited {waited} minutes for its "
                "seal: does seal_audit run?"
            )
        self.stdout.write("Everything is as it was sealed.")

    def _told(self, each: Iterator[Fault]) -> list[Fault]:
        """Say the faults as they are found; only the first ones are kept."""
        kept: list[Fault] = []
        more = 0
        for fault in each:
            if len(kept) < MOST_TOLD:
                kept.append(fault)
                self.stderr.write(str(fault))
            else:
                more += 1
        if more:
            self.stderr.write(f"And {more} seals more.")
        return kept

    def _tell_tail(self) -> int:
        """Say what is not sealed; for how many minutes the oldest of it has waited."""
        tail = unsealed()
        if tail.oldest_at is None:
            self.stdout.write("No event waits for a seal.")
            return 0
        minutes = int((timezone.now() - tail.oldest_at).total_seconds() // 60)
        self.stdout.write(
            f"{tail.number} events are not sealed yet and were not compared; the oldest is "
            f"{minutes} minutes old."
        )
        return minutes


def _copied(file: Path) -> Iterator[Fault]:
    try:
        with file.open(encoding="ascii") as lines:
            yield from copy_faults(lines)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise CommandError(f"{file}: {error}") from error
