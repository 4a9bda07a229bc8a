"""Which rows of the record a clinic may take along, and in which version.

A clinic that follows a patient takes the whole record. Of a patient who left it takes the rows
dated up to that day that nobody changed after the registration was ended: what was entered or
amended later is another clinic's. A row leaves once, in the name of the first clinic of the scope
that may take it.

Whose record may be read is decided by the registrations of today, also where the rows are those
of another day.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import (
    Case,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncDate

from patients.models import AcuteEpisode, ClinicalRecord, Patient, Registration, Versioned
from reports.scope import Scope
from reports.selectors import followed_by, listed_under, registered_in
from treatments.models import Intervention, Medication

Annotates = Callable[[QuerySet[Any, Any]], QuerySet[Any, Any]]


def record_rows(model: type[Versioned], scope: Scope) -> QuerySet[Any, Any]:
    """The rows of one kind that the clinics of the scope may take, as it asks for them.

    Struck rows are among them. They carry ``row_day``, the day they speak of, and the clinic and
    record number they are listed under; with ``known_on`` they are versions from the history, each
    the newest of its row at that instant.
    """
    rows = versions_of(model, scope).annotate(row_day=_day_of(model))
    rows = _narrowed(rows, model, scope)
    patient = "id" if model is Patient else "patient_id"
    taken = _registrations(model, scope, patient)
    return rows.filter(Exists(taken)).annotate(**listed_under(taken))


def followed_patients(scope: Scope) -> QuerySet[Any, Any]:
    """The patients whom the clinics of the scope follow today, by name.

    What is computed of the whole record is of these alone. Where another day is asked for, only
    those whom a clinic of the scope followed on it as well.
    """
    follows = followed_by(list(scope.clinics))
    patients = Patient.objects.annotate(**listed_under(follows)).filter(~Q(listed_clinic_id=None))
    if scope.is_then:
        patients = patients.filter(Exists(_running_on(registered_in(scope.clinic_ids), scope)))
    patients = patients.filter(_chosen(scope))
    return patients.filter(_standing(scope, "standing__")).order_by("search_key", "id")


def versions_of(model: type[Versioned], scope: Scope) -> QuerySet[Any, Any]:
    """All rows as they are, or the newest version of each at an instant."""
    if scope.known_at is None:
        return model._default_manager.all()
    manager: Any = model.history  # type: ignore[attr-defined]
    known = manager.filter(history_date__lte=scope.known_at)
    newest = known.filter(id=OuterRef("id")).order_by("-history_date", "-history_id")
    versions: QuerySet[Any, Any] = known.filter(
        history_id=Subquery(newest.values("history_id")[:1])
    ).exclude(history_type="-")
    return versions


def _day_of(model: type[Versioned]) -> Any:
    """The day that a row speaks of; for a plan without one the day on which it was entered."""
    if model is Patient:
        return TruncDate("entered_at")
    if model is Intervention:
        return Coalesce("performed_on", "decided_on", "planned_on", TruncDate("entered_at"))
    if model is Medication:
        return Coalesce("started_on", "noted_on")
    if not issubclass(model, ClinicalRecord):
        return TruncDate("entered_at")
    field = model._meta.get_field(model.date_field)
    if model is AcuteEpisode or not isinstance(field, DateField):
        return TruncDate(model.date_field)
    return F(model.date_field)


def _narrowed(rows: QuerySet[Any, Any], model: type[Versioned], scope: Scope) -> Any:
    if scope.from_on is not None:
        rows = rows.filter(row_day__gte=scope.from_on)
    if scope.until_on is not None:
        rows = rows.filter(row_day__lte=scope.until_on)
    if scope.is_then and model is not Patient:
        rows = rows.filter(row_day__lte=scope.day)
    if scope.for_research and issubclass(model, ClinicalRecord):
        rows = rows.filter(struck_at__isnull=True)
    of_patient = "" if model is Patient else "patient__"
    return rows.filter(_chosen(scope, of_patient), _standing(scope, f"{of_patient}standing__"))


def _chosen(scope: Scope, prefix: str = "") -> Q:
    """Which patients alone, where that was asked for."""
    chosen = Q(**{f"{prefix}research_consent": True}) if scope.for_research else Q()
    return chosen if scope.among is None else chosen & Q(**{f"{prefix}pk__in": scope.among})


def _standing(scope: Scope, prefix: str) -> Q:
    """What the stored standing says of the patient, where it was asked for."""
    chosen = {"mechanism": scope.mechanism, "stage": scope.stage}
    return Q(**{f"{prefix}{name}": code for name, code in chosen.items() if code})


def _registrations(
    model: type[Versioned], scope: Scope, patient: str
) -> QuerySet[Registration, Registration]:
    """The registrations in the name of which a row may leave, in the order of the clinics."""
    acts: Any = Registration.history
    ended = acts.filter(id=OuterRef("pk")).order_by("-history_date", "-history_id")
    registered = registered_in(scope.clinic_ids, patient).annotate(
        ended_at=Subquery(ended.values("history_date")[:1])
    )
    runs = Q(until_on__isnull=True) | Q(until_on__gte=scope.today)
    held = _as_it_was_held(model, scope)
    if model is not Patient:
        held &= Q(until_on__gte=OuterRef("row_day"))
    if scope.is_then:
        registered = _running_on(registered, scope)
    return registered.filter(runs | held).order_by(*_in_order(scope))


def _as_it_was_held(model: type[Versioned], scope: Scope) -> Q:
    """Nobody changed the row after the registration was ended."""
    if scope.known_at is not None:
        return Q(ended_at__gte=OuterRef("history_date"))
    versions: Any = model.history  # type: ignore[attr-defined]
    row, ended_at = OuterRef(OuterRef("id")), OuterRef("ended_at")
    return ~Q(Exists(versions.filter(id=row, history_date__gt=ended_at)))


def _running_on(registered: QuerySet[Any, Any], scope: Scope) -> QuerySet[Any, Any]:
    runs = Q(until_on__isnull=True) | Q(until_on__gte=scope.day)
    return registered.filter(runs, from_on__lte=scope.day)


def _in_order(scope: Scope) -> list[Any]:
    if len(scope.clinics) == 1:
        return ["id"]
    places = [When(clinic_id=pk, then=Value(place)) for place, pk in enumerate(scope.clinic_ids)]
    return [Case(*places), "id"]
