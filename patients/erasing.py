"""The lawful erasure of a person: asked for by one, confirmed by another, in one transaction.

It is the one place where rows about a patient are deleted, histories included. Which rows belong to
a person is read from the models, so that a table that comes later is erased with the others. What
stays is the audit, which knows opaque ids only, and the ``Erasure`` (docs/adr/0020).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.permissions import allowing_role_of
from audit.models import AuditAction
from audit.recording import record as record_event
from patients.models import Erasure, Patient, PatientMerge, Registration
from patients.selectors import persons_of, record_that_stays
from patients.writing import locked

if TYPE_CHECKING:
    from accounts.models import Clinic, User

SHORTEST_NUMBER = 4  # characters
KEYS_AT_ONCE = 900
"""SQLite takes 999 parameters in one statement."""
TRACES_IN_WORDS = {
    "kept_forms": "forms typed and not saved",
    "sessions": "sessions with a message about the person",
    "admin_log": "lines of the administration’s log",
    "jobs": "background jobs",
    "import_files": "uploaded files and their plans",
    "imports": "notes of imports",
    "column_mappings": "columns matched for imports, kept under the person’s name",
    "made_reports": "reports made in the background, of whomever",
    "report_purposes": "purposes of reports that name the person",
}
SAME_PERSON_AFTER = timedelta(hours=24)
"""Where one person alone has the right, between their request and their confirmation."""

Model = type[models.Model]
Rows = dict[Model, set[int]]


class ErasureChangedError(Exception):
    """What would be erased is not any more what was shown; nothing was erased."""


@dataclass(frozen=True)
class Sentinels:
    """By what a person is found in texts: opaque ids, record numbers, names, birth date."""

    ids: frozenset[str]
    numbers: frozenset[str]
    names: frozenset[tuple[str, str]]
    """Family and given name: only both together name somebody."""

    def are_in(self, text: str, *, shortest: int = SHORTEST_NUMBER) -> bool:
        """Whether a text speaks of the person; a shorter record number says nothing by itself."""
        folded = text.casefold()
        numbers = [each for each in self.numbers if len(each) >= shortest]
        return (
            any(each in folded for each in self.ids)
            or any(_stands_in(folded, each) for each in numbers)
            or any(
                _stands_in(folded, family) and _stands_in(folded, given)
                for family, given in self.names
            )
        )


def _stands_in(text: str, word: str) -> bool:
    """Whether a word stands in a text by itself, and not as a part of a longer one.

    An underscore parts words, as in the name of a file.
    """
    return re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", text) is not None


Trace = Callable[[Sentinels, bool], dict[str, int]]
"""What a floor keeps apart from the rows: counts it, or with ``True`` removes it."""


# ---- what belongs to a person --------------------------------------------------------------------


def rows_of(patients: Collection[Patient]) -> Rows:
    """Every stored row about these records, by model, versions in histories included.

    Followed from the patient through the foreign keys of all models. A former version belongs to
    whom its row belongs to now: a wrong merge that was undone made nobody else's values theirs.
    """
    found: Rows = defaultdict(set)
    found[Patient] = {each.pk for each in patients}
    waiting: list[Model] = [Patient]
    while waiting:
        there = waiting.pop()
        for model, column in _naming(there):
            keys = set(_keys(model, column, found[there])) - found[model]
            if keys:
                found[model] |= keys
                waiting.append(model)
    for model in apps.get_models():
        if hasattr(model, "instance_type"):
            keys = set(_keys(model, "id", found.get(model.instance_type, set())))
            if keys:
                found[model] |= keys
    found[Patient.history.model] |= _versions_with_taken_values(found[Patient])
    return {model: keys for model, keys in found.items() if keys}


def _versions_with_taken_values(keys: Collection[int]) -> set[int]:
    """Versions of other people that hold a name or address of these.

    A merge took it over, and was undone: what the person was called in between was not theirs.
    """
    undone = PatientMerge.objects.filter(absorbed__in=keys, undone_at__isnull=False)
    versions: set[int] = set()
    for merge in undone.exclude(taken=[]).order_by("pk"):
        between = Patient.history.filter(id=merge.patient_id, version=merge.kept_version)
        versions |= set(between.values_list("history_id", flat=True))
    return versions


def _naming(there: Model) -> Iterator[tuple[Model, str]]:
    """Every column that names a row of a model, in any table but those of former versions."""
    for model in apps.get_models(include_auto_created=True):
        if hasattr(model, "instance_type") or model is Patient:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is there:
                yield model, field.column


def _keys(model: Model, column: str, values: Collection[int]) -> Iterator[int]:
    key = model._meta.pk
    assert key is not None  # noqa: S101 - for the type checker
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for chunk in _chunks(values):
            marks = ", ".join(["%s"] * len(chunk))
            # The names come from the models, every value is a parameter.
            cursor.execute(
                f"SELECT {quote(str(key.column))} FROM {quote(model._meta.db_table)} "  # noqa: S608
                f"WHERE {quote(column)} IN ({marks})",
                chunk,
            )
            yield from (row[0] for row in cursor.fetchall())


def _chunks(values: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(values)
    for start in range(0, len(ordered), KEYS_AT_ONCE):
        yield ordered[start : start + KEYS_AT_ONCE]


def sentinels_of(rows: Rows) -> Sentinels:
    """By what the person is found in texts outside of their rows, former names included."""
    ids: set[str] = set()
    for model, keys in rows.items():
        if any(field.name == "public_id" for field in model._meta.concrete_fields):
            found = model._default_manager.filter(pk__in=keys).values_list("public_id", flat=True)
            ids |= {text for each in found for text in (str(each), each.hex)}
    people: list[Any] = list(Patient.objects.filter(pk__in=rows[Patient]))
    people += list(Patient.history.filter(id__in=rows[Patient]))
    places: list[Any] = list(Registration.objects.filter(patient__in=rows[Patient]))
    places += list(Registration.history.filter(patient__in=rows[Patient]))
    return Sentinels(
        ids=frozenset(ids),
        numbers=frozenset(place.record_number.casefold() for place in places),
        names=frozenset(
            (each.family_name.casefold(), each.given_name.casefold())
            for each in people
            if each.family_name and each.given_name
        ),
    )


@dataclass(frozen=True)
class Holdings:
    """What an erasure takes away, by table in words."""

    rows: Rows
    traces: Mapping[str, int]

    @property
    def lines(self) -> list[tuple[str, int, int]]:
        """Kind of row, how many, and how many former versions of them."""
        found: dict[str, list[int]] = {}
        for model, keys in self.rows.items():
            is_version = hasattr(model, "instance_type")
            kind: Model = getattr(model, "instance_type", model)
            line = found.setdefault(str(kind._meta.verbose_name_plural), [0, 0])
            line[int(is_version)] += len(keys)
        return sorted((label, *numbers) for label, numbers in found.items())  # type: ignore[misc]

    @property
    def trace_lines(self) -> list[tuple[str, int]]:
        """What was found outside of the rows, in words; nothing of what was not."""
        return [(TRACES_IN_WORDS[name], number) for name, number in self.traces.items() if number]

    @property
    def digest(self) -> str:
        """A name for exactly these rows."""
        named = sorted((model._meta.label, sorted(keys)) for model, keys in self.rows.items())
        return hashlib.sha256(json.dumps(named, default=str).encode()).hexdigest()

    @property
    def counts(self) -> dict[str, int]:
        """The same for the audit: by table, whole numbers."""
        named = {model._meta.model_name or "": len(keys) for model, keys in self.rows.items()}
        return {**named, **self.traces}


def holdings_of(patient: Patient) -> Holdings:
    """Everything that an erasure of this person takes away."""
    rows = rows_of(persons_of(patient))
    return Holdings(rows, _traces(sentinels_of(rows), remove=False))


def _traces(sentinels: Sentinels, *, remove: bool) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in settings.ERASE_TRACES:
        trace: Trace = import_string(name)
        found |= trace(sentinels, remove)
    return found


# ---- asking, withdrawing, confirming -------------------------------------------------------------


def other_clinics_following(patient: Patient, clinic: Clinic) -> int:
    """How many other clinics follow the person: none decides over the record of another."""
    return len(
        {
            place.clinic_id
            for each in persons_of(patient)
            for place in each.registrations.exclude(clinic=clinic)
            .exclude(ended_because=Registration.Ended.ENTERED_IN_ERROR)
            .select_related("clinic")
            if place.until_on is None or place.until_on >= place.clinic.today()
        }
    )


def is_number_of(patient: Patient, clinic: Clinic, typed: str) -> bool:
    """Whether what was typed is a record number of this person in this clinic."""
    return any(
        place.record_number.casefold() == " ".join(typed.split()).casefold()
        for place in patient.registrations.filter(clinic=clinic)
    )


def request_erasure(
    *, patient: Patient, by: User, clinic: Clinic, basis: str, reason: str, typed_number: str
) -> Erasure:
    """Ask for the erasure of a person; nothing is erased before another person confirms.

    Raises ``ValidationError`` beside the field that is wrong, and where another clinic follows.
    """
    errors = {}
    if not reason.strip():
        errors["reason"] = "Say who asked for it and how the legal ground was checked."
    if not is_number_of(patient, clinic, typed_number):
        errors["typed_number"] = "This is not the record number of this patient."
    if errors:
        raise ValidationError(errors)
    with transaction.atomic():
        list(locked([patient.pk]))
        _require_nobody_else(patient, clinic)
        erasure = Erasure(
            erased_id=patient.public_id, clinic=clinic, basis=basis, reason=reason, requested_by=by
        )
        _lapse(erasure)
        erasure.full_clean()
        erasure.save()
        _note(erasure, by, "erasure asked for")
    return erasure


def _require_nobody_else(patient: Patient, clinic: Clinic) -> None:
    if number := other_clinics_following(patient, clinic):
        others = "Another clinic follows" if number == 1 else f"{number} other clinics follow"
        raise ValidationError(
            f"{others} this person. A record that others work with is not erased by one of them: "
            "each ends its registration first."
        )


def _lapse(erasure: Erasure) -> None:
    """A former request that nobody confirmed in time makes way for a new one."""
    rows = Erasure.objects.filter(erased_id=erasure.erased_id, withdrawn_at=None, erased_at=None)
    for former in rows:
        if has_lapsed(former):
            former.withdrawn_at = timezone.now()
            former.reason = ""
            former.save()


def confirm_until(erasure: Erasure) -> datetime:
    """The instant up to which the request can be confirmed."""
    return erasure.requested_at + timedelta(days=settings.ERASURE_CONFIRM_DAYS)


def has_lapsed(erasure: Erasure) -> bool:
    """Whether nobody confirmed the request in time."""
    return erasure.erased_at is None and timezone.now() > confirm_until(erasure)


def why_not_confirmed(erasure: Erasure, by: User) -> str:
    """Why this person cannot confirm the request now, in words; empty when they can."""
    if erasure.erased_at is not None:
        return "This was carried out already."
    if erasure.withdrawn_at is not None:
        return "This request was withdrawn."
    if Patient.objects.filter(public_id=erasure.erased_id, merged_into__isnull=False).exists():
        return (
            "The record was merged into another one of the same person since, which holds its "
            "entries now. Withdraw this request, and ask for the erasure of that record."
        )
    if has_lapsed(erasure):
        return (
            f"A request is confirmed within {settings.ERASURE_CONFIRM_DAYS} days, and this one was "
            "not. It has to be asked for again."
        )
    if erasure.requested_by_id != by.pk:
        return ""
    if not settings.ERASURE_BY_ONE_PERSON:
        return "You asked for it: another person with this right confirms it."
    if timezone.now() < erasure.requested_at + SAME_PERSON_AFTER:
        return "You asked for it, and this clinic has one person for both: come back after a day."
    return ""


def withdraw_erasure(erasure: Erasure, *, by: User) -> Erasure:
    """Take a request back that was not carried out; nothing about the person changes."""
    with transaction.atomic():
        stored = Erasure.objects.select_for_update().get(pk=erasure.pk)
        if stored.erased_at is not None or stored.withdrawn_at is not None:
            raise ValidationError("This request is settled already.")
        stored.withdrawn_at, stored.withdrawn_by, stored.reason = timezone.now(), by, ""
        stored.save()
        _note(stored, by, "erasure withdrawn")
    return stored


def confirm_erasure(
    erasure: Erasure, *, by: User, typed_number: str, expected: str | None = None
) -> Erasure:
    """Erase the person: every row, every former version, every trace; all of it or nothing.

    ``expected`` is the digest of what was shown. Raises ``ValidationError`` in words,
    ``ErasureChangedError`` when something was entered or removed since.
    """
    with transaction.atomic():
        stored = Erasure.objects.select_for_update().select_related("clinic").get(pk=erasure.pk)
        patient = Patient.objects.filter(public_id=stored.erased_id).first()
        # Whoever merges or registers the person waits from here on, or was before and is seen.
        list(locked(each.pk for each in persons_of(patient)) if patient is not None else ())
        if problem := why_not_confirmed(stored, by):
            raise ValidationError(problem)
        if patient is None:
            raise ValidationError("There is no such record any more.")
        if not is_number_of(patient, stored.clinic, typed_number):
            raise ValidationError(
                {"typed_number": "This is not the record number of this patient."}
            )
        _require_nobody_else(patient, stored.clinic)
        _require_open_list()
        held = holdings_of(patient)
        if expected is not None and held.digest != expected:
            raise ErasureChangedError
        stored.erased_ids = _erase(patient, held.rows)
        stored.erased_at, stored.confirmed_by = timezone.now(), by
        stored.counts, stored.reason = held.counts, ""
        stored.save()
        _note(stored, by, "patient erased", held.counts)
        transaction.on_commit(lambda: remember_outside([stored]))
    return stored


def _note(erasure: Erasure, by: User, note: str, counts: Mapping[str, int] | None = None) -> None:
    record_event(
        action=AuditAction.CHANGE,
        by=by,
        clinic_id=erasure.clinic_id,
        role=allowing_role_of(by, erasure.clinic),
        record_kind="erasure",
        record_id=erasure.public_id,
        patient_id=erasure.erased_id,
        counts=counts,
        note=note,
    )


# ---- erasing -------------------------------------------------------------------------------------


def _erase(patient: Patient, rows: Rows) -> list[str]:
    """Delete these rows and every trace; gives the opaque ids of the records that were erased."""
    persons = persons_of(patient)
    sentinels = sentinels_of(rows)
    for model, keys in rows.items():
        _delete(model, keys)
    _traces(sentinels, remove=True)
    return [str(each.public_id) for each in persons]


def _delete(model: Model, keys: Iterable[int]) -> None:
    """Delete rows by key. Foreign keys are checked at the end of the transaction."""
    quote = connection.ops.quote_name
    key = model._meta.pk
    assert key is not None  # noqa: S101 - for the type checker
    with connection.cursor() as cursor:
        for chunk in _chunks(list(keys)):
            marks = ", ".join(["%s"] * len(chunk))
            # The names come from the models, every value is a parameter.
            cursor.execute(
                f"DELETE FROM {quote(model._meta.db_table)} "  # noqa: S608
                f"WHERE {quote(str(key.column))} IN ({marks})",
                chunk,
            )


# ---- after a backup was restored -----------------------------------------------------------------


def list_path() -> Path:
    """The file that remembers erased records outside of the database, one opaque id a line."""
    return Path(settings.ERASURE_LIST)


def _require_open_list() -> None:
    """Refuse where the list cannot be written: a restored backup would bring the person back."""
    try:
        with _list_opened():
            pass
    except OSError:
        raise ValidationError(
            "The list of erased records cannot be written, so nothing was erased. Tell the people "
            "who run mrtrack."
        ) from None


def _list_opened() -> TextIO:
    path = list_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path.open("a", encoding="utf-8")


def remember_outside(erasures: Iterable[Erasure]) -> None:
    """Add opaque ids to the list that a restored database is held against."""
    with _list_opened() as file:
        for erasure in erasures:
            file.writelines(f"{each}\n" for each in erasure.erased_ids)


def erased_ids(more: Iterable[str] = ()) -> set[str]:
    """Every opaque id that was erased: by the database, by the list beside it, and ``more``."""
    found = {line.strip().lower() for line in more}
    if list_path().is_file():
        found |= {line.strip().lower() for line in list_path().read_text("utf-8").splitlines()}
    for ids in Erasure.objects.filter(erased_at__isnull=False).values_list("erased_ids", flat=True):
        found |= set(ids)
    return found - {""}


def reapply(ids: Collection[str]) -> tuple[int, list[str]]:
    """Erase again whom a restored backup brought back; gives how many records were there.

    With the ids of those that cannot be: the backup holds a merge with a record that was not
    erased, which was undone since. Raises ``ValidationError`` for what is no opaque id.
    """
    erased, merged = 0, []
    with transaction.atomic():
        for public_id in sorted(ids):
            patient = Patient.objects.filter(public_id=public_id).first()
            if patient is None:
                continue
            stays = {str(each.public_id) for each in persons_of(record_that_stays(patient))}
            if not stays <= set(ids):
                merged.append(public_id)
                continue
            list(locked([patient.pk]))
            held = holdings_of(patient)
            _erase(patient, held.rows)
            erased += 1
            record_event(
                action=AuditAction.CHANGE,
                by=None,
                record_kind="erasure",
                patient_id=public_id,
                counts=held.counts,
                note="patient erased again after a backup was restored",
            )
    return erased, merged
