"""The one door through which clinical rows are written.

``with writing(patient, by=user, reason="...") as write:`` opens a transaction, locks the patient's
row and hands out a ``Writer``. Each act writes the row, its history (with user, reason and the
application's version) and its audit event. On leaving, still inside the transaction, the functions
that the setting ``AFTER_WRITE`` names are called with the patients' keys, so that what is derived
from the record is renewed with it. All of it stands, or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.permissions import allowing_role_of
from audit.models import AuditAction
from audit.recording import EventFields, record_many
from patients.days import day_error
from patients.history import move_to, write_created
from patients.models import ClinicalRecord, Patient, Versioned

if TYPE_CHECKING:
    from accounts.models import Clinic, User

Row = TypeVar("Row", bound=Versioned)
BATCH = 500
# Days besides a statement's own that lie in the past: they are checked as it is.
PAST_DAYS = (
    "since_on",
    "onset_on",
    "previous_mitral_procedure_on",
    "sts_computed_on",
    "decided_on",
    "baseline_measured_on",
)


class StaleRecord(Exception):  # noqa: N818 (the fact that a nurse reads about, not a fault)
    """Somebody else saved the record since it was read; nothing was written."""

    def __init__(self, current: Versioned) -> None:
        super().__init__("This record was changed by somebody else since you opened it.")
        self.current = current


class Writer:
    """Writes rows of the locked patients and remembers what the audit must hold."""

    def __init__(
        self, *, by: User | None, reason: str, clinic: Clinic | None, today: date | None
    ) -> None:
        self.by = by
        self.reason = reason
        self.clinic = clinic
        self.today = today or (clinic.today() if clinic else timezone.localdate())
        self._zone: tzinfo = (
            ZoneInfo(clinic.time_zone) if clinic else timezone.get_current_timezone()
        )
        self.patients: dict[int, Patient] = {}
        self._events: list[EventFields] = []
        self._role = allowing_role_of(by, clinic)

    def add(self, row: Row) -> Row:
        """Check and insert one row, with history and audit."""
        self._require_new_and_locked(row)
        row.entered_by = self.by
        self._check(row)
        self._save(row)
        if isinstance(row, Patient):
            self.lock(row)
        self._note(AuditAction.CREATE, row)
        return row

    def change(self, row: Row, *, expected_version: int | None = None) -> Row:
        """Check and update one row; raises ``StaleRecord`` when another version is stored.

        A row that was entered in error is never changed, and no row changes its patient.
        """
        if row.frozen:
            raise ValueError("a frozen row is written once and never changed")
        self._require_locked(row)
        stored = type(row)._default_manager.select_for_update().get(pk=row.pk)
        wanted = row.version if expected_version is None else expected_version
        if stored.version != wanted:
            raise StaleRecord(stored)
        if _patient_id(stored) != _patient_id(row):
            raise ValueError("a row stays with its patient: strike it and enter it again")
        if getattr(stored, "struck_at", None) is not None:
            raise ValidationError(
                "This was marked as entered in error and is not changed any more."
            )
        row.full_clean()
        if getattr(row, "struck_at", None) is None:
            # Of a row that is struck no day is asked: that it was wrong may be why.
            self._check_day(row)
        row.version = stored.version + 1
        self._save(row)
        self._note(AuditAction.CHANGE, row)
        return row

    def add_all(self, model: type[Row], rows: Sequence[Row]) -> list[Row]:
        """Insert many checked rows in bulk, with history and audit.

        The caller has validated the rows (a form per imported row); the database's constraints
        still hold.
        """
        if not rows:
            return []
        for row in rows:
            self._require_new_and_locked(row)
            row.entered_by = self.by
            self._check_day(row)
        added: list[Row] = model._default_manager.bulk_create(rows, batch_size=BATCH)
        write_created(model, added, at=timezone.now(), by=self.by, reason=self.reason)
        for row in added:
            if isinstance(row, Patient):
                self.lock(row)
            self._note(AuditAction.CREATE, row)
        return added

    def move_all(
        self, model: type[Versioned], rows: Sequence[Versioned], *, to: Patient
    ) -> dict[str, int]:
        """Give stored rows to another patient whose row is locked, too; with history.

        For a merge and its undoing, where two records are one person's: in any other case a row
        stays with its patient. Struck and frozen rows move as well; nothing in them changes but
        whose they are. Gives the version of each by its key. The audit's event is the caller's: one
        for the merge, with counts.
        """
        if to.pk not in self.patients:
            raise ValueError("the patient was not opened for writing")
        for row in rows:
            self._require_locked(row)
        keys = [row.pk for row in rows]
        move_to(model, keys, patient_id=to.pk, at=timezone.now(), by=self.by, reason=self.reason)
        return {str(row.pk): row.version + 1 for row in rows}

    def lock(self, patient: Patient) -> None:
        """Count a patient in who was just registered inside this context."""
        self.patients[patient.pk] = patient

    def record_events(self) -> None:
        """Write what happened to the audit, once, at the end."""
        record_many(self._events)

    def _require_new_and_locked(self, row: Versioned) -> None:
        if not row._state.adding:
            raise ValueError("a stored row is changed, not added")
        if not isinstance(row, Patient):
            self._require_locked(row)
            self._require_not_merged_away(row)

    def _require_not_merged_away(self, row: Versioned) -> None:
        """Nothing is entered where nobody would look for it: the person has one record now."""
        patient_id = _patient_id(row)
        if patient_id is not None and self.patients[patient_id].merged_into_id is not None:
            raise ValidationError(
                "This record was merged into another one of the same person meanwhile. Nothing was "
                "saved. Open the patient again and enter it there."
            )

    def _require_locked(self, row: Versioned) -> None:
        """Without the lock there would be no audit for the patient and no renewed standing."""
        if _patient_id(row) not in self.patients:
            raise ValueError("the row's patient was not opened for writing")

    def _check(self, row: Versioned) -> None:
        row.full_clean()
        self._check_day(row)

    def _check_day(self, row: Versioned) -> None:
        """Refuse a statement dated in the future, before birth or after death."""
        if not isinstance(row, ClinicalRecord) or not row.date_field:
            return
        patient = self.patients[row.patient_id]
        errors = {}
        for name in (row.date_field, *PAST_DAYS):
            error = day_error(self._day(getattr(row, name, None)), patient, self.today)
            if error:
                errors[name] = error
        if errors:
            raise ValidationError(errors)

    def _day(self, moment: date | datetime | None) -> date | None:
        """The day of a clock time in the clinic's calendar, by which ``today`` is counted too."""
        return moment.astimezone(self._zone).date() if isinstance(moment, datetime) else moment

    def _save(self, row: Versioned) -> None:
        row._change_reason = self.reason  # type: ignore[attr-defined]
        row._history_user = self.by  # type: ignore[attr-defined]
        row.save()

    def _note(self, action: AuditAction, row: Versioned) -> None:
        patient_id = _patient_id(row)
        patient = self.patients.get(patient_id) if patient_id is not None else None
        self._events.append(
            {
                "action": action,
                "by": self.by,
                "clinic_id": self.clinic.pk if self.clinic else None,
                "role": self._role,
                "record_kind": row._meta.model_name or "",
                "record_id": row.public_id,
                "patient_id": row.public_id
                if isinstance(row, Patient)
                else (patient.public_id if patient else ""),
            }
        )


def _patient_id(row: Versioned) -> int | None:
    patient_id: int | None = (
        row.pk if isinstance(row, Patient) else getattr(row, "patient_id", None)
    )
    return patient_id


@contextmanager
def writing(
    patient: Patient,
    *,
    by: User | None,
    reason: str,
    clinic: Clinic | None = None,
    today: date | None = None,
) -> Iterator[Writer]:
    """Write to one patient's record: atomic, locked, with history, audit and standing.

    ``today`` is the day that decides what lies in the future; the clinic's own by default.
    """
    with writing_many([patient], by=by, reason=reason, clinic=clinic, today=today) as writer:
        yield writer


@contextmanager
def writing_many(
    patients: Iterable[Patient],
    *,
    by: User | None,
    reason: str,
    clinic: Clinic | None = None,
    today: date | None = None,
) -> Iterator[Writer]:
    """Write to several patients' records in one transaction; locks them in the order of keys."""
    with transaction.atomic():
        writer = Writer(by=by, reason=reason, clinic=clinic, today=today)
        for patient in locked(patient.pk for patient in patients if patient.pk is not None):
            writer.lock(patient)
        yield writer
        writer.record_events()
        for name in settings.AFTER_WRITE:
            import_string(name)(sorted(writer.patients))


def locked(keys: Iterable[int]) -> Iterator[Patient]:
    """The patients with their rows locked until the transaction ends, in the order of keys.

    Everybody who locks several locks in this order, so that nobody waits for each other.
    """
    ordered = sorted(set(keys))
    for start in range(0, len(ordered), BATCH):
        chunk = ordered[start : start + BATCH]
        yield from Patient.objects.select_for_update().filter(pk__in=chunk).order_by("pk")
