"""Two records that are one person's made one, and made two again.

Every row keeps its identity: its address, its content, its history. What moves is whose it is, and
the history of either record says when (docs/adr/0019).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from accounts.permissions import allowing_role_of
from audit.models import AuditAction
from audit.recording import record as record_event
from patients.actions import death_and_birth_errors
from patients.days import spoken
from patients.models import EchoStudy, Patient, PatientMerge, Registration, Versioned, folded
from patients.writing import Writer, writing_many

if TYPE_CHECKING:
    from accounts.models import Clinic, User

PERSON_COLUMNS = (
    *("family_name", "given_name", "born_on", "sex"),
    *("telephone", "email", "address", "last_contact_on"),
    *("pregnancy_possible", "research_consent", "research_consent_on", "deceased_on"),
)
"""What may differ between two records of one person, and is chosen."""

MERGED = "Moved by a merge of records"
"""How the reason in the history of every row begins that a merge, or its undoing, moved."""

OF_THE_MERGE = frozenset({PatientMerge})
"""Rows about a patient that stay where they are."""


class MergeChangedError(Exception):
    """What was to be merged or undone is not any more as it was shown; nothing was written."""


@dataclass(frozen=True)
class MergeOrder:
    """What a person chose: which record stays, and what is taken from the other."""

    kept: Patient
    absorbed: Patient
    taken: tuple[str, ...] = ()
    """Columns of the person whose value is the absorbed record's."""

    @property
    def both(self) -> tuple[Patient, Patient]:
        """The two records."""
        return self.kept, self.absorbed


def moving_models() -> list[type[Versioned]]:
    """Every kind of row that belongs to a patient and was entered: what a merge moves."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, Versioned)
        and model not in OF_THE_MERGE
        and any(field.name == "patient" for field in model._meta.concrete_fields)
    ]


def rows_in(model: type[models.Model]) -> Any:
    """The manager of a kind of row that belongs to a patient."""
    return model._default_manager


def state_of(patients: Collection[Patient]) -> str:
    """The versions of two records and of all their rows: alike only while nobody wrote to them."""
    said = [f"{each.pk}:{each.version}" for each in _stored(patients)]
    for model in moving_models():
        found = rows_in(model).filter(patient__in=[each.pk for each in patients])
        rows = found.order_by("pk").values_list("pk", "version", "patient_id")
        said += [f"{model._meta.label_lower}:{row}" for row in rows]
    return "|".join(said)


def _stored(patients: Collection[Patient]) -> list[Patient]:
    return list(Patient.objects.filter(pk__in=[each.pk for each in patients]).order_by("pk"))


def twin_studies(order: MergeOrder) -> list[tuple[EchoStudy, EchoStudy]]:
    """Studies that both records hold under one key: day, kind and accession number."""
    key = ("performed_on", "modality", "accession_number")
    mine, theirs = (
        {tuple(getattr(row, name) for name in key): row for row in rows}
        for rows in (
            EchoStudy.objects.filter(patient=each, struck_at__isnull=True) for each in order.both
        )
    )
    return [(mine[each], theirs[each]) for each in sorted(mine.keys() & theirs.keys())]


def merge_patients(
    order: MergeOrder, *, by: User, clinic: Clinic, reason: str, expected: str | None = None
) -> PatientMerge:
    """Move everything of one record under the other; the absorbed one only points there.

    ``expected`` is ``state_of`` as it was shown. Raises ``MergeChangedError`` when either record
    was written to since, and ``ValidationError`` in words where the two cannot be one.
    """
    if not reason.strip():
        raise ValidationError({"reason": "Say how it is known that they are one person."})
    with writing_many(order.both, by=by, reason=f"{MERGED}: {reason}", clinic=clinic) as write:
        _require_unchanged(order.both, expected)
        kept, absorbed = (write.patients[each.pk] for each in order.both)
        _require_mergeable(MergeOrder(kept, absorbed), clinic)
        moved, ended = _move_everything(write, kept, absorbed)
        _take(write, kept, absorbed, order.taken, clinic)
        absorbed.merged_into = kept
        write.change(absorbed)
        merge = write.add(
            PatientMerge(
                patient=kept,
                absorbed=absorbed,
                clinic=clinic,
                merged_at=timezone.now(),
                reason=reason,
                taken=list(order.taken),
                moved=_versions_now(moved),
                ended=ended,
                kept_version=kept.version,
                absorbed_version=absorbed.version,
            )
        )
        _note(merge, by, "two records merged into one")
    return merge


@contextmanager
def as_if_merged(order: MergeOrder, *, by: User, clinic: Clinic) -> Iterator[Patient]:
    """The record as the merge would leave it, for a look; nothing of it stays.

    Raises what ``merge_patients`` would raise.
    """
    with transaction.atomic():
        merge = merge_patients(order, by=by, clinic=clinic, reason="looked at")
        yield Patient.objects.get(pk=merge.patient_id)
        transaction.set_rollback(True)


def _require_unchanged(patients: Collection[Patient], expected: str | None) -> None:
    if expected is not None and state_of(patients) != expected:
        raise MergeChangedError


def _require_mergeable(order: MergeOrder, clinic: Clinic) -> None:
    if order.kept.pk == order.absorbed.pk:
        raise ValidationError("This is one record already.")
    for each in order.both:
        if each.merged_into_id is not None:
            raise MergeChangedError
        if not _follows(clinic, each):
            raise ValidationError(f"{clinic} does not follow both of them today.")
    if twins := twin_studies(order):
        raise ValidationError([_twins_said(study) for study, _other in twins])


def _follows(clinic: Clinic, patient: Patient) -> bool:
    """Whether the clinic follows the patient today."""
    places = patient.registrations.filter(clinic=clinic)
    return any(place.is_active_on(clinic.today()) for place in places)


def _twins_said(study: EchoStudy) -> str:
    number = f"accession number {study.accession_number}" if study.accession_number else ""
    return (
        f"Both records hold a {study.get_modality_display()} of {spoken(study.performed_on)} "
        f"{f'with {number}' if number else 'without an accession number'}. If it is one study "
        "entered twice, mark one as entered in error; if it is two, give one an accession number. "
        "Then merge."
    )


# ---- what moves ----------------------------------------------------------------------------------


def _move_everything(
    write: Writer, kept: Patient, absorbed: Patient
) -> tuple[dict[type[Versioned], list[int]], list[int]]:
    """Move all rows; of registrations ``_registrations_to_move``. Gives keys, and the ended."""
    places = _registrations_to_move(kept, absorbed)
    ended = _running_twice(kept, places)
    moved: dict[type[Versioned], list[int]] = {}
    for model in moving_models():
        rows: Sequence[Versioned] = (
            places if model is Registration else list(rows_in(model).filter(patient=absorbed))
        )
        if rows:
            write.move_all(model, rows, to=kept)
            moved[model] = [row.pk for row in rows]
    for place in Registration.objects.filter(pk__in=ended).order_by("pk"):
        today = place.clinic.today()
        place.until_on = max(today, place.from_on)
        place.ended_because = Registration.Ended.MERGED
        write.change(place)
    return moved, ended


def _registrations_to_move(kept: Patient, absorbed: Patient) -> list[Registration]:
    """Those of clinics that follow the person now.

    A clinic that let the person go reads on what it held then, under the record in which it held
    it: its registration stays there, and opens nothing that came later.
    """
    mistake = Registration.Ended.ENTERED_IN_ERROR
    rows = list(absorbed.registrations.select_related("clinic").order_by("pk"))
    following = {
        row.clinic_id
        for row in (*rows, *kept.registrations.select_related("clinic"))
        if row.ended_because != mistake and _runs(row)
    }
    return [row for row in rows if row.clinic_id in following]


def _running_twice(kept: Patient, places: Sequence[Registration]) -> list[int]:
    """Those that end, because the clinic follows the record that stays already."""
    mistake = Registration.Ended.ENTERED_IN_ERROR
    there = {
        row.clinic_id
        for row in kept.registrations.select_related("clinic")
        if row.ended_because != mistake and _runs(row)
    }
    return [row.pk for row in places if row.clinic_id in there and _runs(row)]


def _runs(registration: Registration) -> bool:
    """Whether the clinic follows the patient today or will."""
    until_on = registration.until_on
    return until_on is None or until_on >= registration.clinic.today()


def _take(
    write: Writer, kept: Patient, absorbed: Patient, taken: Collection[str], clinic: Clinic
) -> None:
    """Store the chosen values; refuse a life that does not hold all the entries."""
    for name in PERSON_COLUMNS:
        if name in taken:
            setattr(kept, name, getattr(absorbed, name))
    kept.search_key = folded(kept.family_name, kept.given_name)
    if errors := death_and_birth_errors(kept, clinic):
        raise ValidationError(errors)
    write.change(kept)


def _versions_now(moved: dict[type[Versioned], list[int]]) -> dict[str, dict[str, int]]:
    return {
        model._meta.label_lower: {
            str(key): version
            for key, version in rows_in(model)
            .filter(pk__in=keys)
            .order_by("pk")
            .values_list("pk", "version")
        }
        for model, keys in moved.items()
    }


def _note(merge: PatientMerge, by: User, note: str) -> None:
    """One event for each of the two records, with how many rows of each kind moved."""
    counts = {label.split(".")[1]: len(keys) for label, keys in merge.moved.items()}
    for patient in (merge.patient, merge.absorbed):
        record_event(
            action=AuditAction.CHANGE,
            by=by,
            clinic_id=merge.clinic_id,
            role=allowing_role_of(by, merge.clinic),
            record_kind="patientmerge",
            record_id=merge.public_id,
            patient_id=patient.public_id,
            counts=counts,
            note=note,
        )


# ---- undoing -------------------------------------------------------------------------------------


def undo_until(merge: PatientMerge) -> date:
    """The last day on which the merge can be undone, in the calendar of its clinic."""
    return merge.clinic.today(merge.merged_at) + timedelta(days=settings.MERGE_UNDO_DAYS)


def why_not_undone(merge: PatientMerge) -> list[str]:
    """Why the merge cannot be undone, in words; empty when it can."""
    if merge.undone_at is not None:
        return ["This merge was undone already."]
    if merge.clinic.today() > undo_until(merge):
        return [
            f"A merge can be undone for {settings.MERGE_UNDO_DAYS} days; this one until "
            f"{spoken(undo_until(merge))}. Mark what belongs to somebody else as entered in error, "
            "and enter it there."
        ]
    stored = Patient.objects.in_bulk([merge.patient_id, merge.absorbed_id])
    kept, absorbed = stored[merge.patient_id], stored[merge.absorbed_id]
    if kept.merged_into_id is not None:
        return ["The record was merged into a further one since. Undo that merge first."]
    if not _follows(merge.clinic, kept):
        return [
            f"{merge.clinic} merged them and does not follow this person any more: it reads the "
            "record, and changes nothing in it. Whoever follows the person marks what belongs to "
            "somebody else as entered in error."
        ]
    found = []
    if kept.version != merge.kept_version or absorbed.version != merge.absorbed_version:
        found.append("Name, birth date or contact were corrected since the merge.")
    return [*found, *_edited_since(merge), *_resting_on_moved(merge)]


def _edited_since(merge: PatientMerge) -> list[str]:
    found = []
    for label, versions in merge.moved.items():
        model = apps.get_model(label)
        stored = dict(
            rows_in(model)
            .filter(pk__in=list(versions), patient_id=merge.patient_id)
            .order_by("pk")
            .values_list("pk", "version")
        )
        edited = sum(stored.get(int(key)) != version for key, version in versions.items())
        if edited:
            found.append(f"{_counted(model, edited)} that moved was changed since the merge.")
    return found


def _resting_on_moved(merge: PatientMerge) -> list[str]:
    """Rows entered since that name one that moved, as who saw a result names the result."""
    found = []
    for model in moving_models():
        moved = [int(key) for key in merge.moved.get(model._meta.label_lower, {})]
        entered = rows_in(model).filter(patient_id=merge.patient_id).exclude(pk__in=moved)
        for column in model._meta.concrete_fields:
            other = column.related_model if isinstance(column, models.ForeignKey) else None
            keys = merge.moved.get(other._meta.label_lower, {}) if other is not None else {}
            if keys and column.name != "patient":
                named = {f"{column.name}__in": [int(key) for key in keys]}
                if number := entered.filter(**named).count():
                    said = _counted(model, number)
                    found.append(f"{said} entered since the merge belongs to a row that moved.")
    return found


def _counted(model: type[models.Model], number: int) -> str:
    names = model._meta
    return f"{number} {names.verbose_name if number == 1 else names.verbose_name_plural}"


def entered_since(merge: PatientMerge) -> list[tuple[str, int]]:
    """What was entered after the merge and stays with the record that stays, by kind."""
    found = []
    for model in moving_models():
        moved = [int(key) for key in merge.moved.get(model._meta.label_lower, {})]
        rows = rows_in(model).filter(patient_id=merge.patient_id, entered_at__gt=merge.merged_at)
        if number := rows.exclude(pk__in=moved).count():
            found.append((str(model._meta.verbose_name_plural), number))
    return found


def undo_merge(
    merge: PatientMerge, *, by: User, clinic: Clinic, reason: str, expected: str | None = None
) -> PatientMerge:
    """Give back what moved: both records are as they were, but for what was entered since.

    Raises ``ValidationError`` with the reasons where it cannot be undone, ``MergeChangedError``
    when either record was written to since it was looked at (``expected``: ``state_of``).
    """
    if not reason.strip():
        raise ValidationError({"reason": "Say why they are two persons after all."})
    both = (merge.patient, merge.absorbed)
    with writing_many(both, by=by, reason=f"{MERGED}, undone: {reason}", clinic=clinic) as write:
        _require_unchanged(both, expected)
        stored = PatientMerge.objects.select_for_update().get(pk=merge.pk)
        if reasons := why_not_undone(stored):
            raise ValidationError(reasons)
        kept, absorbed = write.patients[stored.patient_id], write.patients[stored.absorbed_id]
        for label, versions in stored.moved.items():
            model: type[Versioned] = apps.get_model(label)
            rows = rows_in(model).filter(pk__in=[int(key) for key in versions])
            write.move_all(model, list(rows), to=absorbed)
        for place in Registration.objects.filter(pk__in=stored.ended).order_by("pk"):
            _as_before(place, stored.moved["patients.registration"][str(place.pk)] - 2)
            write.change(place)
        if stored.taken:
            _as_before(kept, stored.kept_version - 1, (*stored.taken, "search_key"))
        write.change(kept)
        absorbed.merged_into = None
        write.change(absorbed)
        stored.undone_at, stored.undone_by = timezone.now(), by
        write.change(stored)
        _note(stored, by, "merge undone")
    return stored


def _as_before(
    row: Any, version: int, names: Collection[str] = ("until_on", "ended_because")
) -> None:
    """Put back what columns held in an earlier version."""
    former = row.history.filter(version=version).first()
    for name in names:
        setattr(row, name, getattr(former, name))
