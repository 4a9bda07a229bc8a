"""Acts of an import: take the file, check it against the record, write it, or drop it.

The check runs outside of any write transaction and keeps a plan; writing follows the plan in one
transaction, after making sure under lock that the record is still as the plan found it.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.permissions import Action, allowing_role
from audit.models import AuditAction
from audit.recording import record as record_event
from audit.recording import record_failure
from interop import storage
from interop.models import ColumnMapping, ImportBatch
from interop.progress import AT_REST, OPEN, NotReadyError, advance, hold, not_ready, note_act
from interop.spreadsheets.check import Check, Stored, stored_of
from interop.spreadsheets.controls import visible
from interop.spreadsheets.mapping import Mapping
from interop.spreadsheets.plain_csv import csv_lines
from interop.spreadsheets.plan import (
    CHANGED,
    NEW,
    REJECTED,
    UNCHANGED,
    Outcome,
    PlannedPart,
    read_plan,
    write_plan,
)
from interop.spreadsheets.profile import Profile, profile_of
from interop.spreadsheets.reading import Layout, Line, UnreadableFileError, layout_of, lines_of
from interop.spreadsheets.rows import KINDS
from interop.spreadsheets.shapes import (
    ECHO_STUDY,
    PATIENT,
    REGISTRATION,
    SHAPES,
    Shape,
)
from patients.actions import prepare_echo_study
from patients.derived import derived_values
from patients.models import EchoStudy, Patient, Registration, folded
from patients.writing import StaleRecord, Writer, writing_many

if TYPE_CHECKING:
    from accounts.models import Clinic, User

MOST_BYTES = 64 * 1024 * 1024
MOST_ROWS = {"sqlite": 20_000, "postgresql": 1_000_000}
# Up to this size a check or an import is done while the person waits.
WAIT_ROWS = 5_000
WAIT_BYTES = 2 * 1024 * 1024
CHUNK = 500

Status = ImportBatch.Status
FILE_GONE = "The file of this import is gone; upload it again."


class RecordChangedError(Exception):
    """The record is no longer as the check found it; nothing was written."""


@dataclass(frozen=True)
class Choices:
    """What the person decided on the preview."""

    accept_implausible: bool = False
    apply_changes: bool = False

    def takes(self, outcome: Outcome) -> bool:
        """Whether a row of the plan is to be written (or was found unchanged)."""
        if outcome.status == REJECTED:
            return False
        if outcome.asked and not self.accept_implausible:
            return False
        return outcome.status != CHANGED or self.apply_changes


def receive_file(
    *, by: User, clinic: Clinic, kind: str, file_name: str, chunks: Iterable[bytes], size: int
) -> ImportBatch:
    """Keep an uploaded file and look at its columns.

    Raises ``UnreadableFileError`` when it is no CSV, has no rows or is too large; then nothing is
    kept.
    """
    if size > MOST_BYTES:
        raise _too_large()
    batch = ImportBatch(clinic=clinic, kind=kind, file_bytes=size, uploaded_by=by)
    batch.file_name = visible(file_name)[-200:]
    batch.stored_as = storage.new_name()
    try:
        storage.store(batch.stored_as, _at_most(MOST_BYTES, chunks))
        layout, profile = _looked_at(batch.stored_as)
        with os.fdopen(
            storage.create(batch.stored_as, storage.PROFILE), "w", encoding="utf-8"
        ) as file:
            json.dump(profile.as_json(), file)
        _keep_batch(batch, by, layout, profile)
    except BaseException:
        storage.remove(batch.stored_as)
        raise
    return batch


def _keep_batch(batch: ImportBatch, by: User, layout: Layout, profile: Profile) -> None:
    batch.encoding, batch.delimiter = layout.encoding, layout.delimiter
    batch.headers, batch.notes = list(layout.headers), list(layout.notes)
    batch.rows = profile.rows
    counts = {"rows": batch.rows, "columns": len(batch.headers), "bytes": batch.file_bytes}
    with transaction.atomic():
        batch.save(force_insert=True)
        note_act(batch, by=by, note=f"file received: {batch.kind}", counts=counts)


def _at_most(limit: int, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks of a file; more than it said to have is refused as well."""
    taken = 0
    for chunk in chunks:
        taken += len(chunk)
        if taken > limit:
            raise _too_large()
        yield chunk


def _too_large() -> UnreadableFileError:
    return UnreadableFileError(
        f"The file is larger than {MOST_BYTES // 2**20} MB ({MOST_BYTES:,} bytes), the most that "
        "is taken at once. Split it into parts."
    )


def _looked_at(name: str) -> tuple[Layout, Profile]:
    path = storage.path_of(name, storage.UPLOADED)
    layout = layout_of(path)
    profile = profile_of(layout.headers, lines_of(path, layout))
    if profile.rows == 0:
        raise UnreadableFileError("This file has headings and no rows below them.")
    most = MOST_ROWS.get(connection.vendor, MOST_ROWS["sqlite"])
    if profile.rows > most:
        raise UnreadableFileError(_too_many_rows(profile.rows, most))
    return layout, profile


def _too_many_rows(rows: int, most: int) -> str:
    where = "on SQLite" if connection.vendor == "sqlite" else "at once"
    advice = (
        "Split the file, or run mrtrack on PostgreSQL."
        if connection.vendor == "sqlite"
        else "Split the file."
    )
    return f"The file has {rows:,} rows; at most {most:,} are imported {where}. {advice}"


def profile_kept(batch: ImportBatch) -> Profile:
    """What was seen in the columns of a file that still lies in the upload folder."""
    with storage.path_of(batch.stored_as, storage.PROFILE).open(encoding="utf-8") as file:
        return Profile.from_json(json.load(file))


def file_lines(batch: ImportBatch) -> Iterator[Line]:
    """The data rows of an import's file."""
    layout = Layout(batch.encoding, batch.delimiter, tuple(batch.headers))
    return lines_of(storage.path_of(batch.stored_as, storage.UPLOADED), layout)


def plan_is_kept(batch: ImportBatch) -> bool:
    """Whether the plan of a checked import still lies in the upload folder."""
    return storage.path_of(batch.stored_as, storage.PLAN).is_file()


def choose_mapping(batch: ImportBatch, mapping: Mapping) -> None:
    """Keep what the person chose for the columns; a former check no longer counts.

    Raises ``NotReadyError`` when the import is being worked on or closed.
    """
    if not advance(batch, before=AT_REST, to=Status.UPLOADED, mapping=mapping.as_json()):
        raise not_ready(batch)


def keep_mapping(*, by: User, batch: ImportBatch, name: str, mapping: Mapping) -> ColumnMapping:
    """Keep a mapping under a name for the next file; a mapping of that name is replaced."""
    with transaction.atomic():
        kept, _created = ColumnMapping.objects.update_or_create(
            clinic=batch.clinic,
            kind=batch.kind,
            name=name,
            defaults={"mapping": mapping.as_json(), "saved_by": by, "saved_at": timezone.now()},
        )
        note_act(
            batch,
            by=by,
            note=f"mapping kept: {batch.kind}",
            counts={"columns": len(mapping.columns), "columns_mapped": len(mapping.mapped())},
            kind="columnmapping",
            record_id=kept.pk,
        )
    return kept


def is_long(batch: ImportBatch) -> bool:
    """Whether a batch is worked on in the background."""
    return batch.rows > WAIT_ROWS or batch.file_bytes > WAIT_BYTES


def check_import(batch: ImportBatch, *, message: str = "") -> None:
    """Hold the file against the record and keep the plan; the record is only read.

    The plan replaces a former one only if nobody took the import elsewhere meanwhile. Raises
    ``UnreadableFileError`` when the file stops being CSV half way, and ``NotReadyError`` when the
    import is in another state than ``batch`` shows.
    """
    # A job goes on from the state in which the import was handed over to it.
    before = (batch.status,) if batch.is_working else AT_REST
    if not ImportBatch.objects.filter(pk=batch.pk, status__in=before).exists():
        raise not_ready(batch)
    draft = storage.new_draft(batch.stored_as)
    try:
        counts = write_plan(draft, _outcomes(batch))
        with transaction.atomic():
            hold(batch, before=before)
            os.replace(draft, storage.path_of(batch.stored_as, storage.PLAN))
            advance(
                batch,
                before=before,
                to=Status.CHECKED,
                message=message,
                counts=counts,
                checked_at=timezone.now(),
                mapping=batch.mapping,
            )
    except FileNotFoundError as error:
        raise NotReadyError(FILE_GONE) from error
    finally:
        draft.unlink(missing_ok=True)


def _outcomes(batch: ImportBatch) -> Iterator[Outcome]:
    check = Check(
        kind=KINDS[batch.kind],
        mapping=Mapping.from_json(batch.mapping),
        headers=batch.headers,
        clinic=batch.clinic,
        today=batch.clinic.today(),
    )
    return check.outcomes(file_lines(batch))


def commit_import(batch: ImportBatch, *, by: User, choices: Choices) -> ImportBatch:
    """Write the accepted rows of a checked import: all of them, or none.

    Raises ``RecordChangedError`` (after a new check) when the record changed since the preview, and
    ``NotReadyError`` when there is nothing to import or something refused to be written; the
    import then waits for a decision again, unless somebody else closed it.
    """
    before = (Status.IMPORTING if batch.status == Status.IMPORTING else Status.CHECKED,)
    try:
        with transaction.atomic():
            done = hold(batch, before=before)
            _finish(done, by, choices, _write_plan(done, by, choices))
    except (RecordChangedError, StaleRecord) as error:
        _record_failure(batch, by, "the record changed since the preview")
        changed = RecordChangedError(
            "The record was changed by somebody else since this preview. Nothing was imported; "
            "this is the preview as of now."
        )
        check_import(batch, message=str(changed))
        raise changed from error
    except (ValidationError, DatabaseError) as error:
        _record_failure(batch, by, "a row could not be written")
        words = f"Nothing was imported: {_words_of(error)}."
        advance(batch, before=before, to=Status.CHECKED, message=words)
        raise NotReadyError(words) from error
    except FileNotFoundError as error:
        _record_failure(batch, by, "the file is gone")
        advance(batch, before=before, to=Status.FAILED, message=FILE_GONE)
        raise NotReadyError(FILE_GONE) from error
    except NotReadyError:
        raise
    except Exception:
        _record_failure(batch, by, "stopped unexpectedly")
        raise
    _keep_refused(done, choices)
    storage.remove(done.stored_as, keep_refused=True)
    return done


def _words_of(error: ValidationError | DatabaseError) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(error.messages)
    return "the database refused a row"


def cancel_import(batch: ImportBatch, *, by: User | None, why: str = "") -> None:
    """Drop an import and its file. Raises ``NotReadyError`` when it is closed already."""
    with transaction.atomic():
        if not advance(batch, before=OPEN, to=Status.CANCELLED, message=why):
            raise not_ready(batch)
        note_act(batch, by=by, note=f"cancelled: {batch.kind}", counts={"rows": batch.rows})
    storage.remove(batch.stored_as)


def purge_imports(now: datetime) -> tuple[int, int]:
    """Cancel imports left open for a day and remove files past their time.

    Gives the number of imports cancelled and of files removed.
    """
    cancelled = 0
    for batch in ImportBatch.objects.filter(
        uploaded_at__lt=now - storage.UPLOADS_KEPT, status__in=OPEN
    ):
        # One that was imported or cancelled since the list was read is left as it is.
        with suppress(NotReadyError):
            cancel_import(batch, by=None, why="Left open for a day; the file was removed.")
            cancelled += 1
    removed = storage.remove_old(now)
    if removed:
        # A cancelled import has an event of its own.
        record_event(
            action=AuditAction.CHANGE,
            by=None,
            record_kind="importbatch",
            counts={"files_removed": removed},
            note="command purge_imports",
        )
    return cancelled, removed


def _write_plan(batch: ImportBatch, by: User, choices: Choices) -> dict[str, int]:
    """Write the taken rows; gives the number of new and changed records by model."""
    written: dict[str, int] = {}
    touched = {
        outcome.patient_pk
        for outcome in read_plan(batch.stored_as, NEW + CHANGED)
        if outcome.patient_pk is not None and choices.takes(outcome)
    }
    reason = f"imported file (import {batch.public_id})"
    patients = [Patient(pk=pk) for pk in touched]
    with writing_many(patients, by=by, reason=reason, clinic=batch.clinic) as write:
        outcomes = filter(choices.takes, read_plan(batch.stored_as, NEW + CHANGED + UNCHANGED))
        while chunk := list(islice(outcomes, CHUNK)):
            _verify(batch, chunk)
            for name, count in _write_chunk(batch, write, chunk).items():
                written[name] = written.get(name, 0) + count
    return written


def _verify(batch: ImportBatch, chunk: list[Outcome]) -> None:
    """Make sure that the record is as the check found it. Raises ``RecordChangedError``."""
    numbers = {outcome.record_number for outcome in chunk}
    registered = {
        registration.record_number: registration
        for registration in Registration.objects.filter(
            clinic=batch.clinic, record_number__in=numbers
        ).select_related("patient")
    }
    stored = _stored_now(chunk)
    for outcome in chunk:
        registration = registered.get(outcome.record_number)
        if (registration.patient_id if registration else None) != outcome.patient_pk:
            raise RecordChangedError
        if registration is not None and not registration.is_active_on(batch.clinic.today()):
            # It let the patient go since: the new check says so beside the row.
            raise RecordChangedError
        for part in outcome.parts:
            _verify_part(part, registration, stored)


def _verify_part(
    part: PlannedPart, registration: Registration | None, stored: dict[str, Stored]
) -> None:
    row: Any = None
    if registration is not None:
        if part.shape == PATIENT.code:
            row = registration.patient
        elif part.shape == REGISTRATION.code:
            row = registration
        else:
            row = stored.get(part.shape, {}).get((registration.patient_id, part.key))
    if (row.pk if row else None, row.version if row else None) != (part.pk, part.version):
        raise RecordChangedError


def _stored_now(chunk: list[Outcome]) -> dict[str, Stored]:
    """Stored rows of the keys in a chunk, by model, patient and key."""
    wanted: dict[str, tuple[set[int], set[date]]] = {}
    for outcome in chunk:
        for part in outcome.parts:
            if outcome.patient_pk is not None and SHAPES[part.shape].days:
                pks, days = wanted.setdefault(part.shape, (set(), set()))
                pks.add(outcome.patient_pk)
                days.update(_days_in(part.key))
    return {code: stored_of(SHAPES[code], pks, days, ()) for code, (pks, days) in wanted.items()}


def _days_in(key: tuple[str, ...]) -> Iterator[date]:
    for text in key:
        if len(text) == 10 and text[4] == text[7] == "-":
            yield date.fromisoformat(text)


def _write_chunk(batch: ImportBatch, write: Writer, chunk: list[Outcome]) -> dict[str, int]:
    """Write the rows of a chunk: persons first, then what belongs to them."""
    persons = _add_persons(batch, write, chunk)
    added: dict[str, list[Any]] = {}
    changed: dict[str, int] = {}
    for outcome in chunk:
        patient = persons.get(outcome.record_number) or write.patients.get(outcome.patient_pk or 0)
        for part in outcome.parts:
            if part.status == NEW and part.shape not in {PATIENT.code, REGISTRATION.code}:
                row = _new_row(SHAPES[part.shape], part, patient, write)
                added.setdefault(part.shape, []).append(row)
            elif part.status == CHANGED:
                _change(SHAPES[part.shape], part, write)
                name = f"changed_{part.shape}"
                changed[name] = changed.get(name, 0) + 1
    for code, rows in added.items():
        write.add_all(SHAPES[code].model, rows)
    counts = {f"new_{code}": len(rows) for code, rows in added.items()}
    if persons:
        counts[f"new_{PATIENT.code}"] = len(persons)
    return {**counts, **changed}


def _add_persons(batch: ImportBatch, write: Writer, chunk: list[Outcome]) -> dict[str, Patient]:
    """New patients with their registrations; gives them by record number."""
    persons: dict[str, Patient] = {}
    registrations: list[Registration] = []
    for outcome in chunk:
        for part in outcome.parts:
            if part.status != NEW:
                continue
            if part.shape == PATIENT.code:
                patient = Patient(**part.values)
                patient.search_key = folded(patient.family_name, patient.given_name)
                persons[outcome.record_number] = patient
            elif part.shape == REGISTRATION.code:
                registrations.append(Registration(clinic=batch.clinic, **part.values))
    write.add_all(Patient, list(persons.values()))
    for patient in persons.values():
        write.lock(patient)
    for registration in registrations:
        registration.patient = persons[registration.record_number]
    write.add_all(Registration, registrations)
    return persons


def _new_row(shape: Shape, part: PlannedPart, patient: Patient | None, write: Writer) -> Any:
    values = dict(part.values)
    if shape is ECHO_STUDY:
        final = values.pop("status", EchoStudy.Status.FINAL) == EchoStudy.Status.FINAL
        study = EchoStudy(patient=patient, **values)
        study.implausible_confirmed = sorted(part.implausible)
        prepare_echo_study(study, by=write.by, final=final)
        return study
    row = shape.model(patient=patient, **values)
    if part.implausible:
        row.implausible_confirmed = sorted(part.implausible)
    return row


def _change(shape: Shape, part: PlannedPart, write: Writer) -> None:
    """Store the file's values in an existing row; a final study becomes an amended one."""
    row = shape.model.objects.get(pk=part.pk)
    for name, value in part.values.items():
        if name != "status" or shape is not ECHO_STUDY:
            setattr(row, name, value)
    if part.implausible:
        row.implausible_confirmed = sorted({*row.implausible_confirmed, *part.implausible})
    if isinstance(row, EchoStudy):
        _amend(row, finalize="status" in part.values, by=write.by)
    elif isinstance(row, Patient):
        row.search_key = folded(row.family_name, row.given_name)
    write.change(row, expected_version=part.version)


def _amend(study: EchoStudy, *, finalize: bool, by: User | None) -> None:
    if finalize or study.status == EchoStudy.Status.DRAFT:
        prepare_echo_study(study, by=by, final=finalize)
        return
    study.derived = derived_values(study)
    study.status = EchoStudy.Status.AMENDED


def _finish(batch: ImportBatch, by: User, choices: Choices, written: dict[str, int]) -> None:
    """Close the import and write its audit event, in the transaction of the rows."""
    taken = {NEW: 0, CHANGED: 0, UNCHANGED: 0, "left": 0}
    for outcome in read_plan(batch.stored_as):
        taken[outcome.status if choices.takes(outcome) else "left"] += 1
    counts = {
        "rows": batch.rows,
        "rows_new": taken[NEW],
        "rows_changed": taken[CHANGED],
        "rows_unchanged": taken[UNCHANGED],
        "rows_refused": taken["left"],
        **written,
    }
    batch.status = Status.IMPORTED
    batch.imported_at = timezone.now()
    batch.imported_by = by
    batch.message = ""
    batch.options = {
        "accept_implausible": choices.accept_implausible,
        "apply_changes": choices.apply_changes,
    }
    batch.counts = {**batch.counts, "imported": counts}
    batch.save()
    note_act(batch, by=by, note=batch.kind, counts=counts)


def _record_failure(batch: ImportBatch, by: User, note: str) -> None:
    record_failure(
        by=by,
        clinic_id=batch.clinic_id,
        role=allowing_role(by, Action.IMPORT_DATA, batch.clinic_id),
        record_kind="importbatch",
        record_id=batch.public_id,
        note=f"import: {note}",
    )


def refused_rows(batch: ImportBatch, choices: Choices) -> Iterator[list[str]]:
    """The rows that are not imported as they stood in the file, with the reason behind each."""
    yield [*batch.headers, "row in the file", "reason"]
    width = len(batch.headers)
    for line, outcome in zip(file_lines(batch), read_plan(batch.stored_as), strict=False):
        if choices.takes(outcome):
            continue
        cells = line.cells[:width] + [""] * (width - len(line.cells))
        yield [*map(visible, cells), str(line.number), reason_of(outcome)]


def reason_of(outcome: Outcome) -> str:
    """Why a row is not imported, in a line."""
    if outcome.errors:
        return "; ".join(
            f"{label}: {message}" if label else message for label, message, _typed in outcome.errors
        )
    if outcome.asked:
        return "; ".join(f"{words}; not confirmed" for words in outcome.asked)
    return "; ".join(f"{label}: {old} would become {new}" for label, old, new in outcome.changes)


def _keep_refused(batch: ImportBatch, choices: Choices) -> None:
    if not batch.counts["imported"]["rows_refused"]:
        return
    with os.fdopen(
        storage.create(batch.stored_as, storage.REFUSED), "w", encoding="utf-8", newline=""
    ) as file:
        file.writelines(refused_lines(batch, choices))


def refused_lines(batch: ImportBatch, choices: Choices) -> Iterator[str]:
    """The same as lines of CSV, separated as the uploaded file is."""
    return csv_lines(refused_rows(batch, choices), batch.delimiter)


def refused_file_rows(batch: ImportBatch) -> int | None:
    """How many refused rows can still be downloaded after the import; None when none are kept."""
    path = storage.path_of(batch.stored_as, storage.REFUSED)
    if not batch.stored_as or not path.is_file():
        return None
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, delimiter=batch.delimiter)
        return max(sum(1 for _row in rows) - 1, 0)
