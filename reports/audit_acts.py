"""Which acts somebody may read who reads the audit of some clinics, and what narrows them.

The page *Audit* and the report `audit_events` both take their acts from here, so that the file
holds what the page shows. A day is one of the calendar of the first clinic.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from accounts.models import Clinic, Membership
from audit.models import AuditEvent
from reports.scope import Scope

COLUMNS = {"action": "action", "kind": "record_kind", "patient": "patient_id"}
"""What narrows the acts, and the column that holds it."""


def workers_of(clinics: Sequence[Clinic]) -> list[int]:
    """The keys of everybody who is or was a member of these clinics."""
    members = Membership.objects.filter(clinic__in=clinics)
    return sorted(set(members.values_list("user_id", flat=True)))


def sources(clinics: Sequence[Clinic], workers: Collection[int]) -> list[Q]:
    """Conditions that exclude each other: one for each clinic, so that each has its index.

    The last one is what belongs to no clinic, as a login, when one of its people did it, or when
    somebody tried to log in as one of them.
    """
    tried = Q(actor_id=None, record_kind="user", record_id__in=[str(key) for key in workers])
    nowhere = Q(clinic_id=None) & (Q(actor_id__in=workers) | tried)
    return [*(Q(clinic_id=clinic.pk) for clinic in clinics), nowhere]


def together(clinics: Sequence[Clinic], workers: Collection[int]) -> Q:
    """The same as one condition."""
    *_clinics, nowhere = sources(clinics, workers)
    return Q(clinic_id__in=[clinic.pk for clinic in clinics]) | nowhere


def narrowed(events: QuerySet[AuditEvent], scope: Scope) -> QuerySet[AuditEvent]:
    """The events that fit what is asked for."""
    zone = zone_of(scope.clinics)
    if scope.from_on is not None:
        events = events.filter(at__gte=begin_of(scope.from_on, zone))
    for last in (scope.until_on, scope.on):
        if last is not None:
            events = events.filter(at__lt=begin_of(last + timedelta(days=1), zone))
    if scope.known_at is not None:
        events = events.filter(at__lte=scope.known_at)
    if scope.person:
        events = events.filter(actor_id=int(scope.person))
    for name, column in COLUMNS.items():
        if code := getattr(scope, name):
            events = events.filter(**{column: code})
    return events


def zone_of(clinics: Sequence[Clinic]) -> tzinfo:
    """The calendar by which days are counted: the first clinic's."""
    return ZoneInfo(clinics[0].time_zone) if clinics else UTC


def begin_of(day: date, zone: tzinfo) -> datetime:
    """The first instant of a day in a calendar."""
    return datetime.combine(day, time.min, tzinfo=zone)
