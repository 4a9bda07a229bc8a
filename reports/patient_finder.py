"""Finding a patient as one types, and whom one opened lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Case, Value, When
from django.utils import timezone

from accounts.models import Clinic, User
from audit.models import AuditAction, AuditEvent
from patients.models import Patient, Registration, folded
from patients.models.patient import PatientQuerySet
from patients.selectors import as_known_by, day_in, other_day_in, patients_found
from reports.selectors import listed_patients, open_episodes, registrations_of

SHOWN = 8  # patients under the search box
SHORTEST = 2  # characters before anything is looked for
RECENT_FOR = timedelta(days=30)
RECENT_EVENTS = 200  # openings looked through for the last patients


@dataclass(frozen=True)
class FoundPatient:
    """One patient in a list to choose from: enough to tell two of the same name apart.

    ``read_until`` is the last day of the record in a clinic that follows the patient no longer.
    """

    patient: Patient
    record_number: str
    clinic: str
    age_years: int | None
    deceased_on: date | None
    read_until: date | None
    is_acute: bool


@dataclass(frozen=True)
class PatientsFound:
    """The first patients that match, and how many there are in all.

    ``born_on`` is the birth date that the text was read as, ``or_born_on`` what it would be with
    the month first, where both are days.
    """

    patients: list[FoundPatient] = field(default_factory=list)
    count: int = 0
    born_on: date | None = None
    or_born_on: date | None = None

    @property
    def further(self) -> int:
        """How many match beside those that are shown."""
        return self.count - len(self.patients)


def found_as_typed(user: User, text: str, clinics: Sequence[Clinic]) -> PatientsFound:
    """The patients of these clinics whom the text fits and whom the user may see, best first."""
    clinic_ids = [clinic.pk for clinic in clinics]
    found = patients_found(listed_patients(user, clinic_ids), text, clinic_ids)
    first = list(_best_first(found, text, clinic_ids)[:SHOWN])
    return PatientsFound(
        patients=_to_choose_from(user, first, clinics),
        # Whoever sees all of them needs no second count.
        count=found.count() if len(first) == SHOWN else len(first),
        born_on=day_in(text),
        or_born_on=other_day_in(text),
    )


def recent_patients(user: User, clinics: Sequence[Clinic]) -> list[FoundPatient]:
    """The patients whom this user opened last, the newest first, as far as visible now.

    They come from the user's own lines of the audit, so they follow the user to another computer
    and need no second list of who opened whom. Whoever lost a patient from view loses the line.
    """
    opened = (
        AuditEvent.objects.filter(
            actor_id=user.pk,
            at__gte=timezone.now() - RECENT_FOR,
            action=AuditAction.VIEW,
            record_kind="patient",
        )
        .exclude(patient_id="")  # a list of the administration
        .order_by("-at", "-id")
        .values_list("patient_id", flat=True)[:RECENT_EVENTS]
    )
    # Some more than are shown: one of them may be out of sight by now.
    newest = [each for each in dict.fromkeys(opened) if each][: 2 * SHOWN]
    if not newest:
        return []
    seen = listed_patients(user, [clinic.pk for clinic in clinics]).filter(public_id__in=newest)
    by_id = {str(patient.public_id): patient for patient in seen}
    shown = [by_id[each] for each in newest if each in by_id][:SHOWN]
    return _to_choose_from(user, shown, clinics)


def _best_first(found: PatientQuerySet, text: str, clinic_ids: Sequence[int]) -> PatientQuerySet:
    """The bearer of exactly this record number, then names that begin so, then the others."""
    spellings = {text, text.upper(), text.lower()}
    exact = Registration.objects.filter(clinic_id__in=clinic_ids, record_number__in=spellings)
    exact_ids = list(exact.order_by("id").values_list("patient_id", flat=True))
    begins = When(search_key__startswith=folded(text), then=Value(1))
    place = Case(
        When(pk__in=exact_ids, then=Value(0)),
        When(search_key="", then=Value(3)),
        *([begins] if folded(text) else []),
        default=Value(2),
    )
    return found.annotate(place=place).order_by("place", "search_key", "id")


def _to_choose_from(
    user: User, patients: Sequence[Patient], clinics: Sequence[Clinic]
) -> list[FoundPatient]:
    """These patients in words, in the same number of queries for one and for eight."""
    keys = [patient.pk for patient in patients]
    if not keys:
        return []
    registrations = registrations_of(user, keys)
    known = as_known_by(patients, registrations)
    today = max(clinic.today() for clinic in clinics)
    episodes = open_episodes(user, Patient.objects.filter(pk__in=keys), today)
    acute_ids = set(episodes.order_by().values_list("patient_id", flat=True))
    return [
        _line(
            known[patient.pk], registrations[patient.pk], clinics, is_acute=patient.pk in acute_ids
        )
        for patient in patients
    ]


def _line(
    patient: Patient,
    registrations: Sequence[Registration],
    clinics: Sequence[Clinic],
    *,
    is_acute: bool,
) -> FoundPatient:
    by_key = {clinic.pk: clinic for clinic in clinics}
    here = [each for each in registrations if each.clinic_id in by_key]
    shown = min(here, key=lambda each: (not _runs(each, by_key[each.clinic_id]), each.pk))
    clinic = by_key[shown.clinic_id]
    runs = any(each.until_on is None or each.until_on >= clinic.today() for each in registrations)
    until = None if runs else max(each.until_on for each in registrations if each.until_on)
    # A former clinic does not learn of a death after the registration.
    died = patient.deceased_on
    died = None if died and until and died > until else died
    return FoundPatient(
        patient=patient,
        record_number=shown.record_number,
        clinic=clinic.name,
        age_years=patient.age_on(died or clinic.today()),
        deceased_on=died,
        read_until=until,
        is_acute=is_acute,
    )


def _runs(registration: Registration, clinic: Clinic) -> bool:
    return registration.until_on is None or registration.until_on >= clinic.today()
