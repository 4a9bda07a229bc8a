"""Reads across records for the lists: who is listed, who is acute, what the rows show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Length

from accounts.permissions import Action, clinics_where
from followup.models import Standing
from patients.models import AcuteEpisode, EchoStudy, Patient, Registration
from patients.models.patient import PatientQuerySet

if TYPE_CHECKING:
    from accounts.models import Clinic, User


def listed_patients(user: User, clinic_ids: Sequence[int]) -> PatientQuerySet:
    """Patients whom the user may see and who are, or were, registered in one of these clinics."""
    registered = Registration.objects.filter(clinic_id__in=clinic_ids).exclude(
        ended_because=Registration.Ended.ENTERED_IN_ERROR
    )
    return Patient.objects.visible_to(user).filter(pk__in=registered.values("patient_id"))


def registered_in(
    clinic_ids: Sequence[int], patient: str = "pk"
) -> QuerySet[Registration, Registration]:
    """The registrations in these clinics of an outer query's patient.

    The clinic is asked through an expression: the database must go in by the patient, who has one
    or two registrations, and not walk through all record numbers of the clinic for every row.
    """
    here = Case(When(clinic_id__in=clinic_ids, then=Value(True)), default=Value(False))
    registered = Registration.objects.filter(patient=OuterRef(patient)).exclude(
        ended_because=Registration.Ended.ENTERED_IN_ERROR
    )
    return registered.alias(here=here).filter(here=True)


def followed_by(
    clinics: Sequence[Clinic], patient: str = "pk"
) -> QuerySet[Registration, Registration]:
    """The registrations of an outer query's patient that run today in these clinics.

    Each day is the clinic's own. They stand in the order of ``clinics``.
    """
    runs, places = Q(pk__in=()), []
    for place, clinic in enumerate(clinics):
        today = clinic.today()
        here = Q(clinic_id=clinic.pk, from_on__lte=today)
        runs |= here & (Q(until_on__isnull=True) | Q(until_on__gte=today))
        places.append(When(clinic_id=clinic.pk, then=Value(place)))
    followed = Case(When(runs, then=Value(True)), default=False)
    place_in_list = Case(*places, default=Value(len(clinics)))
    return (
        Registration.objects.filter(patient=OuterRef(patient))
        .exclude(ended_because=Registration.Ended.ENTERED_IN_ERROR)
        .alias(followed=followed, place_in_list=place_in_list)
        .filter(followed=True)
        .order_by("place_in_list", "id")
    )


def listed_under(registrations: QuerySet[Registration, Registration]) -> dict[str, Any]:
    """The clinic and record number in whose name a row of an outer query is listed: the first."""
    return {
        "listed_clinic_id": Subquery(registrations.values("clinic_id")[:1]),
        "listed_clinic_code": Subquery(
            registrations.values("clinic__code")[:1], output_field=CharField()
        ),
        "listed_record_number": Subquery(registrations.values("record_number")[:1]),
    }


def read_on(user: User, day: date | OuterRef | F, patient: str = "pk") -> Exists:
    """Whether the user's clinics may read the patient's record of this day.

    After a move the old clinic reads the record up to the day of the move and no further.
    """
    registered = registered_in(clinics_where(user, Action.VIEW_PATIENT), patient)
    return Exists(registered.filter(Q(until_on__isnull=True) | Q(until_on__gte=day)))


def open_episodes(
    user: User, patients: PatientQuerySet, today: date
) -> QuerySet[AcuteEpisode, AcuteEpisode]:
    """Acute episodes that no act has closed, of the patients followed today, newest first."""
    return (
        AcuteEpisode.objects.filter(
            read_on(user, today, patient="patient_id"),
            closed_at__isnull=True,
            struck_at__isnull=True,
            patient__in=patients.order_by().values("pk"),
        )
        .select_related("patient", "acknowledged_by")
        .order_by("-onset_at", "-id")
    )


def in_list_order(
    patients: PatientQuerySet, acute_ids: Collection[int], clinic_ids: Sequence[int]
) -> PatientQuerySet:
    """Acute patients first, then by folded name; those without a name last, by record number.

    A shorter record number comes before a longer one, so that 9 comes before 10.
    """
    number = (
        registered_in(clinic_ids)
        .order_by("clinic_id", "record_number", "id")
        .values("record_number")[:1]
    )
    first = When(pk__in=acute_ids, then=Value(0))
    return patients.annotate(
        place=Case(first, When(search_key="", then=Value(2)), default=Value(1)),
        number_when_unnamed=Case(When(search_key="", then=Subquery(number)), default=Value("")),
    ).order_by(
        "place", "search_key", Length("number_when_unnamed"), "number_when_unnamed", "id"
    )  # fmt: skip


def registrations_of(user: User, patient_ids: Collection[int]) -> dict[int, list[Registration]]:
    """The registrations of these patients in all clinics where the user may view patients."""
    found = (
        Registration.objects.filter(
            patient_id__in=patient_ids, clinic_id__in=clinics_where(user, Action.VIEW_PATIENT)
        )
        .exclude(ended_because=Registration.Ended.ENTERED_IN_ERROR)
        .select_related("clinic")
        .order_by("-from_on", "-id")
    )
    by_patient: dict[int, list[Registration]] = defaultdict(list)
    for registration in found:
        by_patient[registration.patient_id].append(registration)
    return by_patient


def standings_of(patient_ids: Collection[int]) -> dict[int, Standing]:
    """The stored standings of these patients."""
    found = Standing.objects.filter(patient_id__in=patient_ids).defer("missing", "replay")
    return {standing.patient_id: standing for standing in found}


def counted_studies(patient_ids: Collection[int], today: date) -> dict[int, list[EchoStudy]]:
    """Final studies of these patients that are not struck, newest first: day, state and LVEF."""
    found = (
        EchoStudy.objects.filter(
            patient_id__in=patient_ids,
            performed_on__lte=today,
            struck_at__isnull=True,
            status__in=(EchoStudy.Status.FINAL, EchoStudy.Status.AMENDED),
        )
        .only("patient_id", *_STUDY_COLUMNS)
        .order_by("patient_id", "-performed_on", "-id")
    )
    by_patient: dict[int, list[EchoStudy]] = defaultdict(list)
    for study in found:
        by_patient[study.patient_id].append(study)
    return by_patient


_STUDY_COLUMNS = (
    "performed_on",
    "state",
    "lvef_percent_low",
    "lvef_percent_high",
    "lvef_percent_low_open",
    "lvef_percent_high_open",
)
