"""Seal what the audit holds, and copy the seals out of the database.

python manage.py seal_audit --export /srv/seals
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.models import AuditSeal
from audit.seals import StillWriting, line_of, seal_events, unsealed
from audit.verification import copy_faults
from audit.whole_file import write_whole

FILE_NAME = "audit-seals.txt"


class Command(BaseCommand):
    """May run as often as one likes, also twice at the same time."""

    help = (
        "Seal the audit events older than five minutes that no seal covers yet, so that "
        "verify_audit finds what is changed later. With --export the seals are copied to a file, "
        "a line for each, to be kept on another machine; a copy with which the database does not "
        "agree is not overwritten (exit code 1)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the copy goes."""
        parser.add_argument(
            "--export",
            type=Path,
            metavar="FILE",
            help=f"write the seals there; into a folder as {FILE_NAME}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal, copy, and say what was done."""
        try:
            made = seal_events(now=timezone.now())
        except StillWriting as waiting:
            made = []
            self.stdout.write(f"{waiting} transactions are still writing; sealed the next time.")
        for seal in made:
            self.stdout.write(f"{seal}, {seal.count} in number.")
        self.stdout.write(f"{unsealed().number} events are not sealed yet.")
        if options["export"] is not None:
            self._export(options["export"])

    def _export(self, path: Path) -> None:
        file = path / FILE_NAME if path.is_dir() else path
        try:
            _check_former(file)
            write_whole(file, _lines())
        except OSError as error:
            raise CommandError(f"Not copied to {file}: {error.strerror or error}.") from error
        self.stdout.write(f"{file}: {AuditSeal.objects.count()} seals.")


def _check_former(file: Path) -> None:
    """Refuse to write over a copy that says otherwise: it may be the only proof."""
    if not file.exists() or file.stat().st_size == 0:
        return
    try:
        with file.open(encoding="ascii") as lines:
            fault = next(copy_faults(lines), None)
    except ValueError as error:
        raise CommandError(f"{file} was left as it is. {error}") from error
    if fault is not None:
        raise CommandError(f"{file} was left as it is. {fault} Run verify_audit --against it.")


def _lines() -> Iterator[bytes]:
    seals = AuditSeal.objects.defer("fingerprints").order_by("number", "id")
    for seal in seals.iterator(chunk_size=1000):
        yield f"{line_of(seal)}\n".encode("ascii")
