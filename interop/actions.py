"""Acts of an import: take the file, check it against the record, write it, or drop it.

The check runs outside of any write transaction and keeps a plan; writing follows the plan in one
transaction, after making sure under lock that the record is still as the plan found it.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.permissions import Action, allowing_role
from audit.models import AuditAction
from audit.recording import record, record_failure
from interop import storage
from interop.models import ColumnMapping, ImportBatch
from interop.spreadsheets.check import Check, Stored, stored_of
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


class RecordChangedError(Exception):
    """The record is no longer as the check found it; nothing was written."""


class NotReadyError(Exception):
    """The import is not at a point where this can be done; the message says why."""


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
        raise UnreadableFileError(
            f"The file has {size // 2**20} MB; at most {MOST_BYTES // 2**20} MB are taken at once. "
            "Split it into parts."
        )
    name = storage.store(chunks)
    try:
        layout, profile = _looked_at(name)
        with os.fdopen(storage.create(name, storage.PROFILE), "w", encoding="utf-8") as file:
            json.dump(profile.as_json(), file)
    except BaseException:
        storage.remove(name)
        raise
    return ImportBatch.objects.create(
        clinic=clinic,
        kind=kind,
        file_name=file_name[-200:],
        file_bytes=size,
        stored_as=name,
        encoding=layout.encoding,
        delimiter=layout.delimiter,
        headers=list(layout.headers),
        notes=list(layout.notes),
        rows=profile.rows,
        uploaded_by=by,
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
    """Keep what the person chose for the columns."""
    if not batch.is_open:
        raise NotReadyError(f"This import is {batch.get_status_display()}.")
    batch.mapping = mapping.as_json()
    batch.save(update_fields=["mapping"])


def keep_mapping(*, by: User, batch: ImportBatch, name: str, mapping: Mapping) -> ColumnMapping:
    """Keep a mapping under a name for the next file; a mapping of that name is replaced."""
    kept, _created = ColumnMapping.objects.update_or_create(
        clinic=batch.clinic,
        kind=batch.kind,
        name=name,
        defaults={"mapping": mapping.as_json(), "saved_by": by, "saved_at": timezone.now()},
    )
    return kept


def is_long(batch: ImportBatch) -> bool:
    """Whether a batch is worked on in the background."""
    return batch.rows > WAIT_ROWS or batch.file_bytes > WAIT_BYTES


def check_import(batch: ImportBatch) -> None:
    """Hold the file against the record and keep the plan; the record is only read.

    Raises ``UnreadableFileError`` when the file stops being CSV half way.
    """
    check = Check(
        kind=KINDS[batch.kind],
        mapping=Mapping.from_json(batch.mapping),
        headers=batch.headers,
        clinic=batch.clinic,
        today=batch.clinic.today(),
    )
    batch.counts = write_plan(batch.stored_as, check.outcomes(file_lines(batch)))
    batch.checked_at = timezone.now()
    batch.status = ImportBatch.Status.CHECKED
    batch.save(update_fields=["counts", "checked_at", "status"])


def commit_import(batch: ImportBatch, *, by: User, choices: Choices) -> ImportBatch:
    """Write the accepted rows of a checked import: all of them, or none.

    Raises ``RecordChangedError`` (after a new check) when the record changed since the preview, and
    ``NotReadyError`` when there is nothing to import or something refused to be written.
    """
    try:
        with transaction.atomic():
            batch = _locked(batch)
            written = _write_plan(batch, by, choices)
            _finish(batch, by, choices, written)
    except (RecordChangedError, StaleRecord) as error:
        _record_failure(batch, by, "the record changed since the preview")
        check_import(batch)
        raise RecordChangedError(
            "The record was changed by somebody else since this preview. Nothing was imported; "
            "this is the preview as of now."
        ) from error
    except (ValidationError, DatabaseError) as error:
        _record_failure(batch, by, "a row could not be written")
        ImportBatch.objects.filter(pk=batch.pk).update(status=ImportBatch.Status.CHECKED)
        words = (
            "; ".join(error.messages)
            if isinstance(error, ValidationError)
            else "the database refused a row"
        )
        raise NotReadyError(f"Nothing was imported: {words}.") from error
    except NotReadyError:
        raise
    except Exception:
        _record_failure(batch, by, "stopped unexpectedly")
        raise
    _keep_refused(batch, choices)
    storage.remove(batch.stored_as, keep_refused=True)
    return batch


def cancel_import(batch: ImportBatch) -> None:
    """Drop an import and its file."""
    with transaction.atomic():
        stored = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if not stored.is_open:
            raise NotReadyError(f"This import is {stored.get_status_display()}.")
        stored.status = ImportBatch.Status.CANCELLED
        stored.save(update_fields=["status"])
    storage.remove(batch.stored_as)


def purge_imports(now: datetime) -> tuple[int, int]:
    """Cancel imports left open for a day and remove files past their time.

    Gives the number of imports cancelled and of files removed.
    """
    left = ImportBatch.objects.filter(uploaded_at__lt=now - storage.UPLOADS_KEPT).exclude(
        status__in=[
            ImportBatch.Status.IMPORTED,
            ImportBatch.Status.CANCELLED,
            ImportBatch.Status.FAILED,
        ]
    )
    names = list(left.values_list("stored_as", flat=True))
    cancelled = left.update(
        status=ImportBatch.Status.CANCELLED, message="Left open for a day; the file was removed."
    )
    for name in names:
        storage.remove(name)
    return cancelled, storage.remove_old(now)


def _locked(batch: ImportBatch) -> ImportBatch:
    locked = (
        ImportBatch.objects.select_for_update(of=("self",))
        .select_related("clinic")
        .get(pk=batch.pk)
    )
    if locked.status not in {ImportBatch.Status.CHECKED, ImportBatch.Status.IMPORTING}:
        raise NotReadyError(f"This import is {locked.get_status_display()}.")
    return locked


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
    batch.status = ImportBatch.Status.IMPORTED
    batch.imported_at = timezone.now()
    batch.imported_by = by
    batch.message = ""
    batch.options = {
        "accept_implausible": choices.accept_implausible,
        "apply_changes": choices.apply_changes,
    }
    batch.counts = {**batch.counts, "imported": counts}
    batch.save()
    record(
        action=AuditAction.IMPORT,
        by=by,
        clinic_id=batch.clinic_id,
        role=allowing_role(by, Action.IMPORT_DATA, batch.clinic_id),
        record_kind="importbatch",
        record_id=batch.public_id,
        counts=counts,
        note=batch.kind,
    )


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
        yield [*cells, str(line.number), reason_of(outcome)]


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
        file.writelines(csv_lines(refused_rows(batch, choices)))


def refused_file_rows(batch: ImportBatch) -> int | None:
    """How many refused rows can still be downloaded after the import; None when none are kept."""
    path = storage.path_of(batch.stored_as, storage.REFUSED)
    if not batch.stored_as or not path.is_file():
        return None
    with path.open(encoding="utf-8-sig", newline="") as file:
        return max(sum(1 for _row in csv.reader(file)) - 1, 0)
