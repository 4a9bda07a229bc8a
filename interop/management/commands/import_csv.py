"""Import a CSV file from the command line: check, preview and writing as in the browser."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Clinic, User
from accounts.permissions import Action, may
from interop import actions
from interop.models import ImportBatch
from interop.progress import NotReadyError
from interop.selectors import mappings_for
from interop.spreadsheets.mapping import (
    ColumnChoice,
    Mapping,
    adapted,
    guess,
    heading_contradicts,
    problems,
)
from interop.spreadsheets.plan import CHANGED, REJECTED, read_plan
from interop.spreadsheets.reading import UnreadableFileError
from interop.spreadsheets.rows import KINDS, RowKind
from interop.spreadsheets.units import other_units

KEPT = "kept"
MOST_SAID = 50


class Command(BaseCommand):
    """Exit code 0: all rows were taken; 1: nothing was imported; 3: some rows were refused."""

    help = (
        "Import a CSV file. Columns are matched by heading; --map and the like overrule that.\n"
        "Exit code 0: every row was taken or unchanged; 3: some rows were refused; 1: nothing done."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        """Keep the line breaks of the help."""
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Read the command line."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--clinic", required=True, help="code of the clinic")
        parser.add_argument("--kind", required=True, choices=sorted(KINDS))
        parser.add_argument("--by", required=True, help="user name of who imports")
        parser.add_argument("--mapping", help="name of a mapping the clinic kept")
        pairs: dict[str, Any] = {"action": "append", "default": []}
        parser.add_argument(
            "--map", metavar="COLUMN=FIELD", help="field of a column; empty: ignore it", **pairs
        )
        parser.add_argument(
            "--unit", metavar="COLUMN=UNIT", help="unit a column is in, or “kept”", **pairs
        )
        parser.add_argument(
            "--order", metavar="COLUMN=dmy|mdy", help="order of day and month", **pairs
        )
        parser.add_argument(
            "--value", metavar="COLUMN:TEXT=MEANING", help="meaning of a text", **pairs
        )
        parser.add_argument(
            "--constant", metavar="FIELD=VALUE", help="one value for the whole file", **pairs
        )
        parser.add_argument("--accept-implausible", action="store_true")
        parser.add_argument("--apply-changes", action="store_true")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the file, say what was found, and write it unless told not to."""
        by, clinic = _who(options["by"], options["clinic"])
        batch = _received(options, by, clinic)
        try:
            self._import(batch, by, options)
        except BaseException:
            with suppress(NotReadyError):
                actions.cancel_import(batch, by=by)
            raise

    def _import(self, batch: ImportBatch, by: User, options: dict[str, Any]) -> None:
        kind = KINDS[batch.kind]
        mapping = _mapping(batch, kind, options)
        if lacking := problems(kind, mapping):
            raise CommandError("\n".join(lacking))
        actions.choose_mapping(batch, mapping)
        try:
            actions.check_import(batch)
        except (UnreadableFileError, NotReadyError) as error:
            raise CommandError(str(error)) from error
        self._say(batch, mapping)
        choices = actions.Choices(options["accept_implausible"], options["apply_changes"])
        refused = sum(not choices.takes(outcome) for outcome in read_plan(batch.stored_as))
        if options["dry_run"]:
            actions.cancel_import(batch, by=by)
            self.stdout.write("Dry run: nothing was written.")
        else:
            self._commit(batch, by, choices)
        if refused:
            raise CommandError(f"{refused} rows were not taken.", returncode=3)

    def _commit(self, batch: ImportBatch, by: User, choices: actions.Choices) -> None:
        try:
            done = actions.commit_import(batch, by=by, choices=choices).counts["imported"]
        except (actions.RecordChangedError, NotReadyError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Imported: {done['rows_new']} new, {done['rows_changed']} changed, "
            f"{done['rows_unchanged']} unchanged, {done['rows_refused']} not imported."
        )

    def _say(self, batch: ImportBatch, mapping: Mapping) -> None:
        """The same as the preview page: how it was read, counts, and each reason with its row."""
        for note in batch.notes:
            self.stdout.write(f"Note: {note}")
        for header, choice in mapping.columns.items():
            self.stdout.write(f"  {header} -> {choice.target or '(ignored)'}")
        counts = batch.counts
        self.stdout.write(
            f"{counts['rows']} rows: {counts['new']} new, {counts['changed']} changed, "
            f"{counts['unchanged']} unchanged, {counts['rejected']} rejected; "
            f"{counts['asked']} implausible values in {counts['asked_rows']} rows."
        )
        said = counts["rejected"] + counts["changed"]
        for outcome in islice(read_plan(batch.stored_as, REJECTED + CHANGED), MOST_SAID):
            why = actions.reason_of(outcome)
            word = "rejected" if outcome.status == REJECTED else "changed"
            self.stdout.write(f"  row {outcome.number} {word}: {why}")
        if said > MOST_SAID:
            self.stdout.write(f"  … and {said - MOST_SAID} more; all reasons, counted:")
            for reason, count in counts["reasons"].items():
                self.stdout.write(f"  {count} × {reason}")


def _who(username: str, code: str) -> tuple[User, Clinic]:
    clinic = Clinic.objects.filter(code=code).first()
    user = User.objects.filter(username=username, is_active=True).first()
    if clinic is None:
        raise CommandError(f"There is no clinic with the code {code}.")
    if user is None or not may(user, Action.IMPORT_DATA, clinic):
        raise CommandError(f"{username} may not import data in {clinic}.")
    return user, clinic


def _received(options: dict[str, Any], by: User, clinic: Clinic) -> ImportBatch:
    path: Path = options["file"]
    if not path.is_file():
        raise CommandError(f"There is no file {path}.")
    try:
        with path.open("rb") as file:
            return actions.receive_file(
                by=by,
                clinic=clinic,
                kind=options["kind"],
                file_name=path.name,
                chunks=iter(lambda: file.read(1 << 20), b""),
                size=path.stat().st_size,
            )
    except UnreadableFileError as error:
        raise CommandError(str(error)) from error


def _mapping(batch: ImportBatch, kind: RowKind, options: dict[str, Any]) -> Mapping:
    mapping = guess(kind, actions.profile_kept(batch))
    if options["mapping"]:
        saved = mappings_for(batch).filter(name=options["mapping"]).first()
        if saved is None:
            raise CommandError(f"The clinic keeps no mapping “{options['mapping']}” of this kind.")
        mapping = adapted(Mapping.from_json(saved.mapping), mapping)
    for header, name in _pairs(options["map"], mapping):
        if name and kind.target(name) is None:
            raise CommandError(f"There is no field {name}; see the list of fields of this kind.")
        mapping.columns[header] = ColumnChoice(name, order=mapping.columns[header].order)
    for header, order in _pairs(options["order"], mapping):
        if order not in {"dmy", "mdy"}:
            raise CommandError("--order takes dmy or mdy.")
        mapping.columns[header].order = order
    _take_units(kind, mapping, dict(_pairs(options["unit"], mapping)))
    for text in options["value"]:
        header, _, rest = text.partition(":")
        source, _, meaning = rest.partition("=")
        _column(mapping, header).values[source] = meaning
    for text in options["constant"]:
        name, _, value = text.partition("=")
        if kind.target(name) is None:
            raise CommandError(f"There is no field {name}.")
        mapping.constants[name] = value
    return mapping


def _take_units(kind: RowKind, mapping: Mapping, units: dict[str, str]) -> None:
    """A heading that names another unit than the kept one needs an answer, as in the browser."""
    for header, choice in mapping.columns.items():
        target = kind.target(choice.target) if choice.target else None
        if target is None:
            continue
        unit = units.get(header)
        if unit is None:
            if heading_contradicts(target, header) and not choice.unit:
                raise CommandError(
                    f'“{header}” names another unit than {target.unit}. Say --unit "{header}=…" '
                    f"(or “{KEPT}” when it is in {target.unit})."
                )
            continue
        if unit != KEPT and unit not in other_units(target.unit, target.analyte):
            raise CommandError(f"{target.label} cannot be converted from {unit}.")
        choice.unit = "" if unit == KEPT else unit


def _pairs(texts: list[str], mapping: Mapping) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        header, _, value = text.rpartition("=")
        _column(mapping, header)
        pairs.append((header, value))
    return pairs


def _column(mapping: Mapping, header: str) -> ColumnChoice:
    if header not in mapping.columns:
        raise CommandError(f"The file has no column “{header}”.")
    return mapping.columns[header]
