"""Renew the standings that time, a new release or a setting may have changed; or compare them.

    python manage.py reassess                       # every night: those whose day has come
    python manage.py reassess --all --processes 2   # everybody
    python manage.py reassess --what-if --list      # what this release would change; writes nothing
    python manage.py reassess --what-if --edition esc-eacts-2025 --clinic north

It may be stopped at any moment and begun again. Exit code 1: a patient could not be assessed, or
the round was cut short; 3: a comparison found that something would change; 130: stopped by Ctrl-C.
"""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.guideline_settings import adopted_edition, hidden_editions
from accounts.models import Clinic
from accounts.selectors import clinic_named
from audit.models import AuditAction
from audit.recording import record
from followup.reassessing import Order, processes_possible, reassess
from followup.standing_changes import Outcome, told
from guidelines.rule import Edition

WOULD_CHANGE, INTERRUPTED = 3, 130
TELL_EVERY_PATIENTS, TELL_EVERY_SECONDS = 1000, 0.5


class Command(BaseCommand):
    """One round over the standings, or a comparison that writes nothing."""

    help = (
        "Renew the standings that time, a new release or a clinic's setting may have changed, or "
        "say what would change (--what-if)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom to visit, whether to write, what to print."""
        parser.add_argument("--all", action="store_true", help="everybody, not only who is due")
        parser.add_argument("--clinic", help="only patients who are followed in this clinic")
        parser.add_argument(
            "--processes", type=int, default=1, metavar="N", help="on PostgreSQL (default: 1)"
        )
        parser.add_argument(
            "--what-if", action="store_true", help="compare everybody and write nothing"
        )
        parser.add_argument(
            "--edition", metavar="ID", help="with --what-if and --clinic: as if it adopted this one"
        )
        parser.add_argument(
            "--list", action="store_true", help="print the record numbers behind each change"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Visit, print what changed, end with a code that a timer understands."""
        order = self._order(options)
        if order.processes != processes_possible(order.processes):
            self.stdout.write("One process: SQLite takes one writer at a time.")
        progress = _Progress(self)
        try:
            outcome = reassess(order, progress.tell)
        except KeyboardInterrupt:
            raise CommandError(_stopped(order, progress), returncode=INTERRUPTED) from None
        progress.end()
        _note(order, outcome)
        self._report(order, outcome, with_changes=options["verbosity"] > 0)
        if outcome.failed:
            raise CommandError(
                f"{len(outcome.failed):,} could not be assessed: {', '.join(outcome.failed[:20])}"
            )
        if order.what_if and outcome.changed:
            sys.exit(WOULD_CHANGE)

    def _order(self, options: dict[str, Any]) -> Order:
        if options["processes"] < 1:
            raise CommandError("At least one process is needed (--processes 1).")
        clinic = _clinic(options["clinic"]) if options["clinic"] else None
        edition = None
        if options["edition"]:
            if clinic is None or not options["what_if"]:
                raise CommandError("--edition needs --what-if and the clinic that would adopt it.")
            edition = _edition(options["edition"], clinic)
        return Order(
            everybody=options["all"],
            what_if=options["what_if"],
            edition=edition,
            clinic=clinic,
            lists=options["list"],
            processes=options["processes"],
        )

    def _report(self, order: Order, outcome: Outcome, *, with_changes: bool) -> None:
        verb = "would change" if order.what_if else "changed"
        self.stdout.write(
            f"{outcome.visited:,} patients visited, {outcome.changed:,} standings {verb}, "
            f"{len(outcome.failed):,} failed."
        )
        for line in told(outcome) if with_changes else ():
            self.stdout.write(line)
        if order.edition is not None and order.clinic is not None:
            self._say_whether_signed(order.edition, order.clinic)
        elif order.what_if and outcome.was_due:
            self.stdout.write(
                f"Of these {outcome.was_due:,} were due to be looked at anyway: run the round of "
                "the night first to leave the passing of time out."
            )
        if order.what_if:
            self.stdout.write("Nothing was written.")

    def _say_whether_signed(self, edition: Edition, clinic: Clinic) -> None:
        if hidden_editions([clinic], [edition], clinic.today()):
            self.stdout.write(
                f"{edition} is not signed off in {clinic.name}: until then nothing repeats it."
            )


def _note(order: Order, outcome: Outcome) -> None:
    """Write to the audit that patients' records were read, and their standings renewed."""
    record(
        action=AuditAction.VIEW if order.what_if else AuditAction.CHANGE,
        by=None,
        clinic_id=order.clinic.pk if order.clinic else None,
        record_kind="standing",
        counts={
            "visited": outcome.visited,
            "changed": outcome.changed,
            "failed": len(outcome.failed),
        },
        note="command reassess",
    )


def _clinic(code: str) -> Clinic:
    try:
        return clinic_named(code)
    except ValueError as error:
        raise CommandError(str(error)) from None


def _edition(edition_id: str, clinic: Clinic) -> Edition:
    try:
        edition = adopted_edition(edition_id)
    except ValueError as error:
        raise CommandError(f"{error}.") from None
    if edition.published_on > clinic.today():
        raise CommandError(f"{edition} is not published before {edition.published_on}.")
    return edition


def _stopped(order: Order, progress: _Progress) -> str:
    if order.what_if:
        return "Stopped. Nothing was written."
    return f"Stopped after {progress.visited:,} patients, which are stored; run it again to go on."


class _Progress:
    """How many of how many, how quickly, how long it will take: one line that is written over on a
    terminal, elsewhere a line for every thousand patients.
    """

    def __init__(self, command: BaseCommand) -> None:
        self._out = command.stdout
        self._is_terminal = self._out.isatty()
        self._began = time.monotonic()
        self._told_at, self._told = self._began, 0
        self._shown = False
        self.visited = 0

    def tell(self, outcome: Outcome, of: int) -> None:
        """Called after each batch."""
        now = time.monotonic()
        self.visited = outcome.visited
        if self._is_terminal:
            if now - self._told_at < TELL_EVERY_SECONDS:
                return
        elif self.visited // TELL_EVERY_PATIENTS == self._told // TELL_EVERY_PATIENTS:
            return
        self._told_at, self._told = now, self.visited
        rate = self.visited / max(now - self._began, 0.001)
        left = max(of - self.visited, 0) / rate
        line = f"{self.visited:,} of {of:,} patients, {rate:,.0f}/s, {left:,.0f} s to go"
        self._shown = self._is_terminal
        self._out.write(
            f"\r{line:<78}" if self._is_terminal else line, ending="" if self._is_terminal else "\n"
        )
        self._out.flush()

    def end(self) -> None:
        """Leave the line that is written over."""
        if self._shown:
            self._out.write("")
