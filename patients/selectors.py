"""Reads that start at what a person may see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from accounts.permissions import Action, allowing_role, clinics_where, may
from patients.emergency.selectors import ROLE as EMERGENCY_ROLE
from patients.emergency.selectors import (
    remember_use,
    running_access,
    running_accesses,
)
from patients.models import (
    AcuteEpisode,
    ClinicalRecord,
    EchoStudy,
    Patient,
    Registration,
    Versioned,
)
from patients.models.patient import PatientQuerySet, folded

if TYPE_CHECKING:
    from accounts.models import Clinic, User


def patient_or_404(user: User, public_id: UUID | str) -> Patient:
    """The patient of this public id, or 404 when the user may not see them (or none exists)."""
    try:
        wanted = UUID(str(public_id))
    except ValueError:
        raise Http404("No such patient.") from None
    patient = Patient.objects.visible_to(user).filter(public_id=wanted).first()
    patient = patient or _opened_in_emergency(user, wanted)
    if patient is None:
        raise Http404("No such patient.")
    return patient


def _opened_in_emergency(user: User, public_id: UUID) -> Patient | None:
    """The patient whose record the user opened in an emergency; no list ever shows them."""
    patients = (access.registration.patient for access in running_accesses(user))
    return next((patient for patient in patients if patient.public_id == public_id), None)


def viewing_role(user: User, patient: Patient, clinic: Clinic) -> str:
    """Through which role the record is read in the name of this clinic, for the audit."""
    role = allowing_role(user, Action.VIEW_PATIENT, clinic)
    return role or (EMERGENCY_ROLE if running_access(user, patient) is not None else "")


def registrations_seen_by(user: User, patient: Patient) -> list[Registration]:
    """The patient's registrations in clinics where the user may view, the active ones first.

    Where none of them runs, the one through which the record was opened in an emergency is among
    them: the one place that knows of it, for every page of a patient.
    """
    clinic_ids = clinics_where(user, Action.VIEW_PATIENT)
    places = patient.registrations.all()
    if patient.merged_into_id is not None:
        # Its clinics follow the person under the record that stays (docs/adr/0019).
        places = Registration.objects.filter(Q(patient=patient) | Q(pk__in=moved_places(patient)))
    found = places.filter(clinic_id__in=clinic_ids).select_related("clinic")
    rows = list(found.exclude(ended_because=Registration.Ended.ENTERED_IN_ERROR))
    if all(row.until_on is not None for row in rows):
        access = running_access(user, patient)
        if access is not None and access.registration.clinic_id not in clinic_ids:
            rows.append(access.registration)
            remember_use(user, access)
    return sorted(rows, key=lambda r: (r.until_on is not None, r.clinic.name, r.pk))


def moved_places(patient: Patient) -> list[int]:
    """The keys of the registrations that a merge moved from this record to the one that stays."""
    merge = patient.merged_away.filter(undone_at__isnull=True).first()
    return [int(key) for key in merge.moved.get("patients.registration", {})] if merge else []


def record_that_stays(patient: Patient) -> Patient:
    """The record that a merged one points to, through as many merges as there were."""
    while patient.merged_into is not None:
        patient = patient.merged_into
    return patient


def persons_of(patient: Patient) -> list[Patient]:
    """The record and every record that was merged into it, the newest first."""
    found = [patient]
    for each in found:
        found += [other for other in each.absorbed.order_by("pk") if other not in found]
    return found


def registrations_running(patient: Patient, clinic: Clinic) -> QuerySet[Registration]:
    """The patient's registration in a clinic that goes on after today; there is at most one."""
    goes_on = Q(until_on__isnull=True) | Q(until_on__gt=clinic.today())
    return patient.registrations.filter(goes_on, clinic=clinic).exclude(
        ended_because=Registration.Ended.ENTERED_IN_ERROR
    )


def registrations_running_in(clinics: Iterable[Clinic]) -> QuerySet[Registration]:
    """The registrations in these clinics that run today, each by its own clinic's calendar."""
    runs = Q(pk__in=())
    for clinic in clinics:
        today = clinic.today()
        goes_on = Q(until_on__isnull=True) | Q(until_on__gte=today)
        runs |= goes_on & Q(clinic_id=clinic.pk, from_on__lte=today)
    errors = Registration.Ended.ENTERED_IN_ERROR
    return Registration.objects.filter(runs).exclude(ended_because=errors).order_by()


def seen_until(registrations: list[Registration]) -> date | None:
    """The last day of the record that these registrations open; None when nothing is closed.

    After a move the old clinic keeps a read-only record up to the day of the move.
    """
    if any(registration.until_on is None for registration in registrations):
        return None
    ends = [r.until_on for r in registrations if r.until_on is not None]
    return max(ends) if ends else None


def known_until(registrations: list[Registration]) -> datetime | None:
    """The instant up to which these registrations show what was known; None when one runs.

    A former clinic reads what it held when it let the patient go: up to the end of the last day,
    or up to the act that ended the registration where that came later. What others entered or
    amended afterwards is theirs.
    """
    if seen_until(registrations) is None:
        return None
    ended = _ended_at(registrations)
    return max(_last_instant(row, ended.get(row.pk)) for row in registrations)


def as_known_by(
    patients: Iterable[Patient], registrations: Mapping[int, list[Registration]]
) -> dict[int, Patient]:
    """Each person as the clinics of these registrations (by the patient's key) know them.

    Who left is shown as they were known when the last of them ended; a name that another clinic
    entered afterwards is that clinic's. Two queries for all who left, none where nobody did.
    """
    known = {patient.pk: patient for patient in patients}
    left = {key: rows for key in known if (rows := registrations.get(key, [])) and seen_until(rows)}
    if not left:
        return known
    ended = _ended_at([row for rows in left.values() for row in rows])
    until = {
        key: max(_last_instant(row, ended.get(row.pk)) for row in rows)
        for key, rows in left.items()
    }
    history: Any = Patient.history
    versions = history.filter(id__in=left, history_date__lte=max(until.values()))
    for version in versions.order_by("history_date", "history_id"):
        if version.history_date <= until[version.id]:
            known[version.id] = version.instance
    return known


def _ended_at(registrations: list[Registration]) -> dict[int, datetime]:
    """By the registration's key, the act that gave it the end it has."""
    ends = {row.pk: row.until_on for row in registrations}
    history: Any = Registration.history
    acts = history.filter(id__in=ends).order_by("-history_date", "-history_id")
    return {
        act.id: act.history_date
        for act in acts.only("id", "until_on", "history_date")
        if act.until_on == ends[act.id]
    }


def _last_instant(registration: Registration, ended: datetime | None) -> datetime:
    zone = ZoneInfo(registration.clinic.time_zone)
    day_after = (registration.until_on or date.max - timedelta(days=1)) + timedelta(days=1)
    end_of_day = datetime.combine(day_after, time.min, tzinfo=zone)
    return max(end_of_day, ended) if ended is not None else end_of_day


def version_known(model: type[Versioned], key: int, at: datetime) -> Any | None:
    """A row in the version that was the newest at an instant; None when there was none yet."""
    history: Any = model.history  # type: ignore[attr-defined]
    version = history.filter(id=key, history_date__lte=at).order_by("-history_date", "-history_id")
    newest = version.first()
    return None if newest is None else newest.instance


def records_named(model: type[models.Model]) -> dict[str, type[ClinicalRecord]]:
    """The columns by which a row names another clinical row, as the result that was seen."""
    related = {
        column.name: column.related_model
        for column in model._meta.concrete_fields
        if isinstance(column, models.ForeignKey)
    }
    return {name: each for name, each in related.items() if issubclass(each, ClinicalRecord)}


def named_as_known(row: Any, at: datetime) -> Any:
    """The row, with each clinical row that it names in the version known at an instant."""
    for name, model in records_named(type(row)).items():
        key = getattr(row, f"{name}_id")
        then = version_known(model, key, at) if key is not None else None
        if then is not None:
            setattr(row, name, then)
    return row


def writing_clinic(user: User, patient: Patient, action: Action) -> Clinic | None:
    """The clinic in whose name the user may do this to the patient's record today, if any."""
    return writing_clinic_among(user, registrations_seen_by(user, patient), action)


def writing_clinic_among(
    user: User, registrations: list[Registration], action: Action
) -> Clinic | None:
    """The same, of registrations that were read before."""
    for registration in registrations:
        clinic: Clinic = registration.clinic
        if registration.is_active_on(clinic.today()) and may(user, action, clinic):
            return clinic
    return None


_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_YEARS = range(1850, 2200)
_WORDED = (
    re.compile(r"^(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s.,-]*(?P<m>[a-z]{3,9})[\s.,-]*(?P<y>\d{4})$"),
    re.compile(r"^(?P<m>[a-z]{3,9})[\s.,-]*(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s.,-]+(?P<y>\d{4})$"),
)
_YEAR_FIRST = re.compile(r"^(?P<y>\d{4})[-./ ](?P<m>\d{1,2})[-./ ](?P<d>\d{1,2})$")
_YEAR_LAST = re.compile(r"^(?P<d>\d{1,2})[-./ ](?P<m>\d{1,2})[-./ ](?P<y>\d{4})$")
_EIGHT_DIGITS = re.compile(r"^\d{8}$")


def day_in(text: str) -> date | None:
    """A birth date in one of the usual spellings; None when the text is not a day.

    1959-04-12, 12.4.1959, 12/04/1959, 12 Apr 1959, April 12, 1959, 12041959, 19590412. Where day
    and month could change places, the day comes first: see ``other_day_in``.
    """
    text = " ".join(text.split()).casefold()
    for pattern in _WORDED:
        if found := pattern.match(text):
            return _day(found["y"], str(_month_named(found["m"])), found["d"])
    if found := _YEAR_FIRST.match(text):
        return _day(found["y"], found["m"], found["d"])
    if found := _YEAR_LAST.match(text):
        day, month = found["d"], found["m"]
        return _day(found["y"], month, day) or _day(found["y"], day, month)
    if _EIGHT_DIGITS.match(text):
        # A year begins with 18 to 21, which is no month: one of the two readings at most is a day.
        return _day(text[4:], text[2:4], text[:2]) or _day(text[:4], text[4:6], text[6:])
    return None


def other_day_in(text: str) -> date | None:
    """The day that the month-first reading of the same text would give; None when it gives none.

    04/12/1959 is read as 4 December by ``day_in``, and could have been meant as 12 April.
    """
    found = _YEAR_LAST.match(" ".join(text.split()))
    other = _day(found["y"], found["d"], found["m"]) if found else None
    return other if other != day_in(text) else None


def _month_named(word: str) -> int:
    """The number of a month by its English name or its beginning; 0 for another word."""
    for number, name in enumerate(_MONTHS, start=1):
        if name.startswith(word):
            return number
    return 0


def _day(year: str, month: str, day: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def patients_found(patients: PatientQuerySet, text: str, clinic_ids: list[int]) -> PatientQuerySet:
    """Patients whose name parts, record number (in these clinics) or birth date match the text.

    Every word of a name must occur in the folded name; case, accents and order do not matter. A
    text that reads as a birth date may also be the beginning of a record number.
    """
    text = text.strip()
    if not text:
        return patients
    numbered = Registration.objects.filter(
        patient=OuterRef("pk"), clinic_id__in=clinic_ids, record_number__istartswith=text
    )
    condition = Q(Exists(numbered))
    day = day_in(text)
    if day is not None:
        return patients.filter(condition | Q(born_on=day))
    named = Q()
    for word in folded(text).split():
        named &= Q(search_key__contains=word)
    if named:
        condition |= named
    return patients.filter(condition)


def has_open_episode(patient: Patient) -> bool:
    """Whether an acute episode stands that no act has closed: an emergency."""
    episodes = AcuteEpisode.objects.filter(patient_id=patient.pk)
    return episodes.filter(closed_at__isnull=True, struck_at__isnull=True).exists()


def countable_echo_studies(patient: Patient, on: date) -> list[EchoStudy]:
    """Studies that may feed a verdict on a day: final or amended, not struck, newest first."""
    return [
        study
        for study in patient.echostudy_set.filter(performed_on__lte=on).order_by(
            "-performed_on", "-id"
        )
        if study.counts
    ]
