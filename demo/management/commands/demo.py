"""``manage.py demo``: two clinics with logins, hand-written and simulated patients."""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo.clinics import MEMBERS, PASSWORD
from demo.making import (
    DEFAULT_PATIENTS,
    DEFAULT_SEED,
    HAND_WRITTEN,
    MANY,
    DemoRefusedError,
    Order,
    demo_exists,
    is_empty,
    make_demo,
    refuse_on_live_instance,
    unfinished,
)
from demo.simulation.figures import figure_table
from followup import reassessing
from followup.standing_changes import Outcome

TELL_EVERY_SECONDS = 5
LEAST_SAMPLE, LARGEST_SAMPLE = 800, 4000
"""Simulated patients behind the printed figures: fewer say nothing, more say no more."""


class Command(BaseCommand):
    """Fill an empty database with the demo clinics."""

    help = (
        "Make the demo clinics in an empty database: invented patients with a back-dated history, "
        "and logins that the command prints. Refused on a live instance, where DEBUG is off, and "
        "beside other data."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many patients, from which seed, of which day, and where the truth goes."""
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing where there is a clinic or a patient already",
        )
        parser.add_argument(
            "--patients",
            type=int,
            default=DEFAULT_PATIENTS,
            metavar="N",
            help=f"how many, the {HAND_WRITTEN} hand-written among them (default: %(default)s)",
        )
        parser.add_argument(
            "--seed",
            type=int,
            default=DEFAULT_SEED,
            help="the same seed simulates the same patients (default: %(default)s)",
        )
        parser.add_argument(
            "--today",
            type=_day,
            help="the day on which the demo is dated, as 2026-11-30 (default: today)",
        )
        parser.add_argument(
            "--truth",
            type=Path,
            metavar="FILE",
            help="write the true state of every patient at any date to this CSV file",
        )
        parser.add_argument(
            "--jobs",
            type=int,
            metavar="J",
            help="processes that write at once, on PostgreSQL (default: 1, all cores for many)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the demo or leave things as they are; print the logins of a demo."""
        order = Order(
            patients=options["patients"],
            seed=options["seed"],
            today=options["today"],
            truth=options["truth"],
            jobs=options["jobs"],
        )
        try:
            refuse_on_live_instance()
            if not options["if_empty"] or is_empty():
                self._make(order, with_figures=not options["if_empty"])
        except DemoRefusedError as refusal:
            raise CommandError(str(refusal)) from refusal
        if demo_exists():
            self._print_logins()
        if command := unfinished():
            self.stdout.write(
                f"The demo is incomplete: making it was interrupted. Complete it with\n  {command}"
            )

    def _make(self, order: Order, *, with_figures: bool) -> None:
        start = time.monotonic()
        try:
            made = make_demo(order, _Progress(self).tell)
        except KeyboardInterrupt:
            raise CommandError(_interrupted()) from None
        seconds = time.monotonic() - start
        self.stdout.write(
            f"Made 2 demo clinics with {made:,} patients: {HAND_WRITTEN} hand-written, "
            f"{order.simulated:,} simulated (seed {order.seed}), in {seconds:,.1f} s."
        )
        self._look_again(order)
        if order.truth is not None:
            self.stdout.write(f"Their true states at any date: {order.truth}")
        if with_figures:
            self._print_figures(order)

    def _look_again(self, order: Order) -> None:
        """The round of the night: who was written in bulk is replayed, so that lists are whole."""
        self.stdout.write("Looking for what was met earlier and is still open …")
        self.stdout.flush()
        progress = _Progress(self)
        progress.tell(0, order.patients)
        many = order.simulated >= MANY
        processes = order.jobs or ((os.cpu_count() or 1) if many else 1)

        def tell(outcome: Outcome, of: int) -> None:
            progress.tell(outcome.visited, of)

        try:
            outcome = reassessing.reassess(reassessing.Order(processes=processes), tell)
        except KeyboardInterrupt:
            raise CommandError(
                "Interrupted: the demo is made; manage.py reassess completes its lists."
            ) from None
        self.stdout.write(
            f"Looked at {outcome.visited:,} patients, {len(outcome.failed):,} failed."
        )

    def _print_figures(self, order: Order) -> None:
        """The simulated cohort beside the published one; a start of the whole (--if-empty) is
        spared it, for the logins' sake.
        """
        sample = min(max(order.simulated, LEAST_SAMPLE), LARGEST_SAMPLE)
        more = ", more than this demo holds: fewer say nothing" if sample > order.simulated else ""
        self.stdout.write(
            f"\nSimulated against published figures, with sampling errors (the first {sample:,} "
            f"patients of seed {order.seed}{more}; docs/developers/demo.md):"
        )
        self.stdout.write(figure_table(order.seed, range(1, sample + 1), order.day()))

    def _print_logins(self) -> None:
        self.stdout.write(f"\nDemo logins, all with the password  {PASSWORD}")
        for member in MEMBERS:
            self.stdout.write(f"  {member.username:<9}{member.purpose}")
        self.stdout.write("")


class _Progress:
    """A line every few seconds: how many patients are made, how quickly, how long it will take."""

    def __init__(self, command: BaseCommand) -> None:
        self._out = command.stdout
        self._start = self._told = 0.0
        self._first: int | None = None

    def tell(self, made: int, of: int) -> None:
        """Called after each chunk."""
        now = time.monotonic()
        if self._first is None:
            # The clinics and the hand-written patients took their own time.
            self._first, self._start, self._told = made, now, now
        if now - self._told < TELL_EVERY_SECONDS:
            return
        self._told = now
        rate = max(made - self._first, 1) / (now - self._start)
        self._out.write(
            f"  {made:,} of {of:,} patients, {rate:,.0f}/s, {(of - made) / rate:,.0f} s to go"
        )
        self._out.flush()


def _interrupted() -> str:
    if not demo_exists():
        return "Interrupted: nothing was made."
    return f"Interrupted: the demo is incomplete. Complete it with\n  {unfinished()}"


def _day(text: str) -> date:
    """A day, for argparse, which turns the error into a sentence of its own."""
    return date.fromisoformat(text)


_day.__name__ = "day (write 2026-11-30)"
