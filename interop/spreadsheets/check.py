"""Holding a file against the record: what is new, changed, unchanged or refused, and why.

It only reads. Rows are taken in chunks, so that a file of any length needs little memory and a
fixed number of queries for each chunk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import islice
from typing import Any

from django.db.models import F, Max, Min, Q
from django.db.models.functions import Upper

from accounts.models import Clinic
from interop.spreadsheets.controls import visible
from interop.spreadsheets.mapping import Mapping, RowReader
from interop.spreadsheets.plan import CHANGED, NEW, REJECTED, UNCHANGED, Outcome, PlannedPart
from interop.spreadsheets.reading import Line
from interop.spreadsheets.rows import WARNINGS
from interop.spreadsheets.rows.kind import Part, RowContext, RowError, RowKind
from interop.spreadsheets.shapes import (
    BODY_SIZE,
    ECHO_STUDY,
    INTERVENTION,
    LAB_RESULT,
    PATIENT,
    REGISTRATION,
    SYMPTOM_LOG,
    Key,
    Shape,
    attributes_of,
    differences,
)
from patients.days import day_error, spoken
from patients.models import EchoStudy, Patient, Registration
from treatments.models import Intervention

CHUNK = 500
# What a moved birth or death is held against.
DATED = (ECHO_STUDY, INTERVENTION, SYMPTOM_LOG, LAB_RESULT, BODY_SIZE)

Stored = dict[tuple[int, Key], Any]


@dataclass
class _Row:
    """One row on its way through the check."""

    line: Line
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[tuple[str, str, str]] = field(default_factory=list)
    registration: Registration | None = None
    parts: list[Part] = field(default_factory=list)

    @property
    def record_number(self) -> str:
        """The record number as typed."""
        return str(self.values.get("record_number", ""))

    @property
    def patient(self) -> Patient | None:
        """The patient of this clinic, if known."""
        return self.registration.patient if self.registration else None

    def refuse(self, label: str, message: str, typed: str = "") -> None:
        """Note a reason."""
        self.errors.append((label, message, typed))


class Check:
    """One check of one file for one clinic on one day."""

    def __init__(
        self, *, kind: RowKind, mapping: Mapping, headers: list[str], clinic: Clinic, today: date
    ) -> None:
        self.kind = kind
        self.reader = RowReader(kind, mapping, headers)
        self.width = len(headers)
        self.clinic = clinic
        self.today = today
        self.warn = WARNINGS.get(kind.code)
        # Row number and values of each key met so far in this file.
        self.met: dict[tuple[str, str, Key], tuple[int, int]] = {}
        self.spelled: dict[str, str] = {}
        self.asks_first_operation = self.reader.constants.get("findings_on") == "first operation"

    def outcomes(self, lines: Iterable[Line]) -> Iterator[Outcome]:
        """The outcome of every row, in the order of the file."""
        lines = iter(lines)
        while chunk := list(islice(lines, CHUNK)):
            yield from self._chunk(chunk)

    def _chunk(self, lines: list[Line]) -> Iterator[Outcome]:
        rows = [self._read(line) for line in lines]
        self._find_patients(rows)
        operations = self._first_operations(rows)
        spans = self._recorded_spans(rows)
        for row in rows:
            if not row.errors:
                self._make_parts(row, operations)
                self._check_span(row, spans)
        stored = stored_rows(
            [(row.patient.pk, part) for row in rows if row.patient for part in row.parts]
        )
        for row in rows:
            yield self._judge(row, stored)

    def _read(self, line: Line) -> _Row:
        row = _Row(line)
        extra = [cell for cell in line.cells[self.width :] if cell.strip()]
        if extra or len(line.cells) < self.width:
            row.refuse("", f"This row has {len(line.cells)} cells; the heading has {self.width}.")
            place = self.reader.number_position
            if place is not None and place < len(line.cells):
                row.values["record_number"] = visible(line.cells[place].strip())[:60]
            return row
        row.values, row.errors = self.reader.read(line.cells)
        if not row.record_number and not any(
            label == "Record number" for label, _, _ in row.errors
        ):
            row.refuse("Record number", "This row has no record number.")
        for names in self.kind.needed:
            if names != ("record_number",):
                self._need(row, names)
        return row

    def _need(self, row: _Row, names: tuple[str, ...]) -> None:
        labels = [self.kind.target(name).label for name in names]  # type: ignore[union-attr]
        refused = {label for label, _message, _typed in row.errors}
        if not any(name in row.values for name in names) and not refused & set(labels):
            row.refuse(labels[0], "This row leaves it empty.")

    def _find_patients(self, rows: list[_Row]) -> None:
        numbers = {row.record_number for row in rows if row.record_number}
        capitals = Upper("record_number")
        there = (
            Registration.objects.filter(clinic=self.clinic)
            .annotate(capitals=capitals)
            .filter(
                Q(record_number__in=numbers)
                | Q(capitals__in={number.upper() for number in numbers})
            )
        )
        found: dict[str, Registration] = {
            each.record_number.upper(): each for each in there.select_related("patient")
        }
        self._follow_merges(found)
        for row in rows:
            row.registration = found.get(row.record_number.upper())
            self._spell(row)
            if row.registration is None:
                if row.record_number and not self.kind.registers and not row.errors:
                    row.refuse(
                        "Record number",
                        f"No patient with record number {row.record_number} in this clinic.",
                        row.record_number,
                    )
            elif not row.registration.is_active_on(self.today):
                row.refuse("Record number", _closed(row.registration), row.record_number)

    def _follow_merges(self, found: dict[str, Registration]) -> None:
        """The number of a record that was merged into another leads to that one's own number."""
        merged = {
            number: each
            for number, each in found.items()
            if each.ended_because == Registration.Ended.MERGED
        }
        if not merged:
            return
        running = Registration.objects.filter(
            clinic=self.clinic,
            until_on__isnull=True,
            patient__in=[each.patient_id for each in merged.values()],
        )
        by_patient = {each.patient_id: each for each in running.select_related("patient")}
        found.update({n: by_patient.get(each.patient_id, each) for n, each in merged.items()})

    def _spell(self, row: _Row) -> None:
        """One number in one spelling: as it is registered, else as the file wrote it first."""
        if number := row.record_number:
            known = row.registration.record_number if row.registration else number
            row.values["record_number"] = self.spelled.setdefault(number.upper(), known)

    def _first_operations(self, rows: list[_Row]) -> dict[int, date]:
        if not self.asks_first_operation:
            return {}
        keys = {row.patient.pk for row in rows if row.patient}
        done = Intervention.objects.filter(
            patient_id__in=keys, status=Intervention.Status.PERFORMED, struck_at__isnull=True
        )
        pairs = done.order_by().values_list("patient_id").annotate(first=Min("performed_on"))
        return dict(pairs)

    def _recorded_spans(self, rows: list[_Row]) -> dict[int, tuple[date, date]]:
        """First and last recorded day of patients whose birth or death the file moves."""
        keys = [row.patient.pk for row in rows if row.patient and _moves_life(row)]
        spans: dict[int, tuple[date, date]] = {}
        for shape in DATED if keys else ():
            days = F(shape.days[0])
            found = shape.model.objects.filter(patient_id__in=keys, struck_at__isnull=True)
            pairs = found.order_by().values_list("patient_id").annotate(Min(days), Max(days))
            for key, first, last in pairs:
                if first is not None:
                    known = spans.get(key, (first, last))
                    spans[key] = (min(known[0], first), max(known[1], last))
        return spans

    def _check_span(self, row: _Row, spans: dict[int, tuple[date, date]]) -> None:
        """Refuse a birth after, or a death before, what is already recorded."""
        if not self.kind.registers or row.patient is None or row.patient.pk not in spans:
            return
        first, last = spans[row.patient.pk]
        born_on, deceased_on = row.values.get("born_on"), row.values.get("deceased_on")
        if born_on and born_on > first:
            row.refuse("Birth date", f"Something is recorded on {spoken(first)}, before this day.")
        if deceased_on and deceased_on < last:
            row.refuse("Deceased on", f"Something is recorded on {spoken(last)}, after this day.")

    def _make_parts(self, row: _Row, operations: dict[int, date]) -> None:
        patient = row.patient
        first = operations.get(patient.pk) if patient else None
        try:
            parts = self.kind.parts(row.values, RowContext(patient, self.today, first))
        except RowError as error:
            row.refuse(error.label, error.message)
            return
        subject = self._subject(row, parts)
        for part in parts:
            self._check_days(row, part, subject)
        row.parts = parts

    def _subject(self, row: _Row, parts: list[Part]) -> Patient:
        """The person whose birth and death the dates are held against, as the file leaves them."""
        known = row.patient
        stated = parts[0].values if parts[0].shape is PATIENT else {}
        if known is not None and not stated:
            return known
        return Patient(
            born_on=stated.get("born_on") or (known.born_on if known else None),
            deceased_on=stated.get("deceased_on") or (known.deceased_on if known else None),
        )

    def _check_days(self, row: _Row, part: Part, subject: Patient) -> None:
        if error := day_error(part.on, subject, self.today):
            row.refuse(part.on_label, error, str(part.on))
        known_on = part.values.get("asserted_known_on")
        if known_on is None:
            return
        if known_on > self.today:
            row.refuse("Known since (as asserted)", "This date is in the future.", str(known_on))
        elif part.on and known_on < part.on:
            row.refuse("Known since (as asserted)", "This is before the day itself.", str(known_on))

    def _judge(self, row: _Row, stored: dict[str, Stored]) -> Outcome:
        outcome = Outcome(
            row.line.number, row.record_number, REJECTED, row.patient.pk if row.patient else None
        )
        if not row.errors:
            for part in row.parts:
                self._judge_part(row, part, stored, outcome)
        if row.errors:
            outcome.errors, outcome.parts = row.errors, []
            outcome.asked, outcome.changes = [], []
            return outcome
        self._remember(row)
        outcome.status = _status_of(outcome.parts)
        if self.warn and outcome.status != UNCHANGED:
            outcome.warnings.extend(self.warn(row.values))
        return outcome

    def _judge_part(
        self, row: _Row, part: Part, stored: dict[str, Stored], outcome: Outcome
    ) -> None:
        repeated = self.met.get((part.shape.code, row.record_number, part.key))
        if repeated is not None:
            self._judge_repeated(row, part, repeated, outcome)
            return
        existing = self._existing(row, part, stored)
        if existing is None:
            outcome.parts.append(_new(part))
            outcome.asked.extend(words for _name, words in part.implausible)
            return
        values = dict(part.values)
        self._judge_status(row, part, existing, values)
        changes = differences(part.shape, lambda name: getattr(existing, name), values)
        status = CHANGED if changes else UNCHANGED
        planned = PlannedPart(
            part.shape.code, status, part.key, values, existing.pk, existing.version
        )
        if changes:
            for name, words in part.implausible:
                if _is_touched(name, existing, values):
                    planned.implausible.append(name)
                    outcome.asked.append(words)
        outcome.parts.append(planned)
        outcome.changes.extend(changes)

    def _judge_repeated(
        self, row: _Row, part: Part, repeated: tuple[int, int], outcome: Outcome
    ) -> None:
        number, values = repeated
        if values == _fingerprint(part):
            outcome.warnings.append(f"Repeats the {part.shape.noun} of row {number}.")
            return
        what = "person" if part.shape is PATIENT else part.shape.noun
        row.refuse("", f"Row {number} of this file already has this {what}, with other values.")

    def _existing(self, row: _Row, part: Part, stored: dict[str, Stored]) -> Any:
        if row.registration is None:
            return None
        if part.shape is PATIENT:
            return row.registration.patient
        if part.shape is REGISTRATION:
            return row.registration
        return stored.get(part.shape.code, {}).get((row.registration.patient_id, part.key))

    def _judge_status(self, row: _Row, part: Part, existing: Any, values: dict[str, Any]) -> None:
        """A study's way from draft to final; a final one never goes back."""
        if part.shape is not ECHO_STUDY or "status" not in values:
            return
        wanted = values.pop("status")
        is_draft = existing.status == EchoStudy.Status.DRAFT
        if wanted == EchoStudy.Status.DRAFT and not is_draft:
            row.refuse("Status", "This study is final; a file cannot make it a draft again.")
        if wanted == EchoStudy.Status.FINAL and is_draft:
            values["status"] = wanted

    def _remember(self, row: _Row) -> None:
        for part in row.parts:
            key = (part.shape.code, row.record_number, part.key)
            self.met.setdefault(key, (row.line.number, _fingerprint(part)))


def _moves_life(row: _Row) -> bool:
    return any(
        name in row.values and row.values[name] != getattr(row.patient, name)
        for name in ("born_on", "deceased_on")
    )


def stored_rows(wanted: list[tuple[int, Part]]) -> dict[str, Stored]:
    """Stored rows that the parts may mean, by model, patient and key; the newest of equals."""
    by_shape: dict[str, list[tuple[int, Part]]] = {}
    for patient_pk, part in wanted:
        by_shape.setdefault(part.shape.code, []).append((patient_pk, part))
    found: dict[str, Stored] = {}
    for code, pairs in by_shape.items():
        shape = pairs[0][1].shape
        if shape in (PATIENT, REGISTRATION):
            continue
        names = {name for _pk, part in pairs for name in part.values}
        if shape is ECHO_STUDY:
            names.add("status")
        days = {
            part.values[name] for _pk, part in pairs for name in shape.days if name in part.values
        }
        found[code] = stored_of(shape, {pk for pk, _part in pairs}, days, names)
    return found


def stored_of(shape: Shape, patient_pks: set[int], days: set[date], names: Iterable[str]) -> Stored:
    """Rows of one model of these patients on these days that still count, by patient and key."""
    on_these_days = Q()
    for name in shape.days:
        on_these_days |= Q(**{f"{name}__in": days})
    rows = (
        shape.model.objects.filter(
            on_these_days, patient_id__in=patient_pks, struck_at__isnull=True
        )
        .only("patient_id", *attributes_of(shape, names))
        .order_by("id")
    )
    return {(row.patient_id, shape.key(partial(getattr, row))): row for row in rows}


def _closed(registration: Registration) -> str:
    if registration.until_on is not None:
        return (
            f"This clinic's record of the patient ended on {spoken(registration.until_on)} and is "
            "read-only."
        )
    return f"The patient is registered from {spoken(registration.from_on)} only."


def _new(part: Part) -> PlannedPart:
    values = {**part.defaults, **part.values}
    names = [name for name, _words in part.implausible]
    return PlannedPart(part.shape.code, NEW, part.key, values, implausible=names)


def _status_of(parts: list[PlannedPart]) -> str:
    statuses = {part.status for part in parts}
    for status in (CHANGED, NEW):
        if status in statuses:
            return status
    return UNCHANGED


def _is_touched(name: str, existing: Any, values: dict[str, Any]) -> bool:
    attribute = f"{name}_low" if f"{name}_low" in values else name
    return attribute in values and getattr(existing, attribute) != values[attribute]


def _fingerprint(part: Part) -> int:
    return hash(
        tuple(
            (name, tuple(value) if isinstance(value, list) else value)
            for name, value in sorted(part.values.items())
        )
    )
