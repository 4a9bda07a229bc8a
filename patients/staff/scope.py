"""Whom the administration shows: the patients whom one's clinics follow today."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest

from accounts.models import User
from accounts.permissions import Action, allowing_role, clinics_where, memberships_of
from audit.models import AuditAction
from audit.recording import record as record_event
from patients.days import spoken
from patients.models import Patient, Registration
from patients.models.patient import PatientQuerySet, folded
from patients.selectors import day_in

MOST_KEYS = 10_000  # patients: a search that finds more is answered by the database as a whole


def user_of(request: HttpRequest) -> User:
    """Whoever passed the administration's door."""
    return cast(User, request.user)


def patient_of(row: Any) -> Patient:
    """The patient a row is about; the patient themself for a patient."""
    return row if isinstance(row, Patient) else row.patient


def full_label(patient: Patient) -> str:
    """Name, birth date and record numbers; expects ``numbers_seen`` to be prefetched."""
    born = spoken(patient.born_on) if patient.born_on else "birth date not recorded"
    numbers = [each.record_number for each in getattr(patient, "numbers_seen", [])]
    return " · ".join([str(patient), born, *numbers])


def registrations_today(user: User) -> QuerySet[Registration]:
    """Registrations that are active today, each in its clinic's time zone, where the user may view.

    One that was made by mistake is none.
    """
    active = Q(pk__in=())
    allowed = clinics_where(user, Action.VIEW_PATIENT)
    for clinic in (each.clinic for each in memberships_of(user) if each.clinic_id in allowed):
        today = clinic.today()
        not_ended = Q(until_on__isnull=True) | Q(until_on__gte=today)
        active |= Q(clinic=clinic, from_on__lte=today) & not_ended
    by_mistake = Registration.Ended.ENTERED_IN_ERROR
    return Registration.objects.filter(active).exclude(ended_because=by_mistake)


def patients_today(user: User) -> PatientQuerySet:
    """Patients whom a clinic follows today in which the user may view."""
    return Patient.objects.filter(_is_followed(user, "pk"))


def rows_seen_by(user: User, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows of the patients whom the user's clinics follow today."""
    return rows.filter(_is_followed(user, "patient_id"))


def found_by(user: User, text: str) -> PatientQuerySet:
    """Those of them whose name, record number or birth date was typed; all for no text."""
    patients = patients_today(user)
    day = day_in(text)
    if day is not None:
        return patients.filter(born_on=day)
    if not text:
        return patients
    named, numbered = _named(text), _numbered(user, text)
    keys = {*named[: MOST_KEYS + 1], *numbered[: MOST_KEYS + 1]}
    if len(keys) <= MOST_KEYS:
        # Asked once for all queries of a page.
        return patients.filter(pk__in=keys)
    return patients.filter(Q(pk__in=named) | Q(pk__in=numbered))


def _named(text: str) -> QuerySet[Any, Any]:
    """Keys of everybody in whose folded name each word of the text occurs."""
    words = folded(text).split()
    names = Patient.objects.order_by() if words else Patient.objects.none()
    for word in words:
        names = names.filter(search_key__contains=word)
    return names.values_list("pk", flat=True)


def _numbered(user: User, text: str) -> QuerySet[Any, Any]:
    """Keys of everybody whose record number begins with the text in a clinic of one's own."""
    clinics = clinics_where(user, Action.VIEW_PATIENT)
    numbers = Registration.objects.filter(clinic__in=clinics, record_number__istartswith=text)
    return numbers.order_by().values_list("patient_id", flat=True)


def numbers_seen_by(user: User) -> Prefetch[str, QuerySet[Any], str]:
    """What to prefetch for the record numbers in one's own clinics today: ``numbers_seen``."""
    seen = registrations_today(user).select_related("clinic", "responsible_clinician")
    return Prefetch("registrations", queryset=seen, to_attr="numbers_seen")


def labelled(user: User, patients: PatientQuerySet) -> PatientQuerySet:
    """Patients with what ``full_label`` shows of them."""
    return patients.prefetch_related(numbers_seen_by(user))


def _is_followed(user: User, key: str) -> Exists:
    """Asked row by row through an index, so that a page of a long list reads no more than it shows.

    A list of all followed patients would be made anew for each page.
    """
    return Exists(registrations_today(user).filter(patient_id=OuterRef(key)))


def kept_search(request: HttpRequest) -> str:
    """The text behind the token in a list's address; "" when none is kept under it."""
    kept: dict[str, str] = request.session.get("staff_searches", {})
    return kept.get(request.GET.get(SEARCH_VAR, ""), "")


def record_search(request: HttpRequest, kind: str, found: int | None = None) -> None:
    """Write into the audit that somebody searched, and how many were shown; not what was typed."""
    counts = None if found is None else {"found": found}
    _record_list(request, AuditAction.SEARCH, kind, counts)


def record_shown(request: HttpRequest, kind: str, rows: int) -> None:
    """Write into the audit that somebody opened a list, with the number of rows of its page."""
    _record_list(request, AuditAction.VIEW, kind, {"rows": rows}, "list in the administration")


def record_printing(request: HttpRequest, kind: str, rows: int) -> None:
    """Write into the audit that somebody opened a list to print it, with the number of rows."""
    _record_list(request, AuditAction.PRINT, kind, {"rows": rows})


def _record_list(
    request: HttpRequest,
    action: AuditAction,
    kind: str,
    counts: dict[str, int] | None,
    note: str = "",
) -> None:
    user = user_of(request)
    clinic_ids = clinics_where(user, Action.VIEW_PATIENT)
    one = clinic_ids[0] if len(clinic_ids) == 1 else None
    record_event(
        action=action,
        by=user,
        clinic_id=one,
        role=allowing_role(user, Action.VIEW_PATIENT, one) if one is not None else "",
        record_kind=kind,
        counts=counts,
        note=note,
    )
