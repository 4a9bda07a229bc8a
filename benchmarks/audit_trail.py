"""The audit at size: sealing, comparing with the seals, its page, and the same as a file."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from accounts.actions import create_user, grant_membership
from accounts.models import User
from accounts.permissions import Role
from audit.models import AuditAction, AuditEvent
from audit.seals import seal_events
from audit.verification import Totals, faults
from benchmarks import pages
from benchmarks.cohort import Place, analyze, new_place
from benchmarks.figures import Part, best_of, milliseconds, per_second, seconds_of, times
from benchmarks.sizes import Size
from reports.audit_list import Place as PlaceInList
from reports.audit_report import AUDIT_EVENTS
from reports.scope import Scope

ABOUT = (
    "Events of a year in one clinic. The baseline of sealing, comparing and the file is reading "
    "the same rows plain, in the same order; that of the page is a bare page: logged in, the "
    "whole middleware, one query."
)
PATIENTS = 2000
AT_ONCE = 5000
KINDS = ("patient", "echostudy", "labresult", "today")
ACTIONS = (AuditAction.VIEW, AuditAction.VIEW, AuditAction.CHANGE, AuditAction.PRINT)


def run(size: Size) -> Part:
    """Make the events, seal them, compare, open the page."""
    place, number = new_place(), size.audit_events
    auditor = _auditor(place)
    _fill(place, number)
    analyze()
    part = Part("Audit", ABOUT)
    _seals(part, size)
    _pages(part, auditor, size)
    _file(part, place, size)
    return part


def _seals(part: Part, size: Size) -> None:
    """A row is sealed once, so that is measured once; reading and comparing more often."""
    reading = best_of(size.repeats, _read)
    made: list[Any] = []
    sealing = seconds_of(lambda: made.extend(seal_events(now=timezone.now() + timedelta(hours=1))))
    rows = sum(seal.count for seal in made)
    totals = Totals()
    comparing = best_of(size.repeats, lambda: _compare(totals))
    for name, seconds in (("seal_audit", sealing), ("verify_audit", comparing)):
        part.add(
            f"{name}, {rows:,} events",
            per_second(rows, seconds),
            ratio=f"{times(seconds / reading)} the time of reading them",
        )
    part.remark(f"Reading the rows plain: {per_second(rows, reading)}; {len(made)} seals.")


def _pages(part: Part, auditor: User, size: Size) -> None:
    """The page without filters, with each, and a page in the middle of the year."""
    middle = AuditEvent.objects.filter(clinic_id__isnull=False).order_by("id")
    event = middle[middle.count() // 2]
    place = PlaceInList(event.at, event.pk).written
    with pages.logged_in(auditor) as client:
        bare = pages.bare_seconds(client, size.page_repeats)
        for name, query in (
            ("newest", ""),
            ("in the middle", f"?after={place}"),
            ("one act", f"?action={AuditAction.PRINT}"),
            ("an act that was not", f"?action={AuditAction.IMPORT}"),
            ("one person", f"?person={event.actor_id}"),
            ("one patient", f"?patient={event.patient_id}"),
        ):
            address = reverse("reports:audit-list") + query
            page = pages.measured(client, address, size.page_repeats)
            part.add(
                f"page of {size.audit_events:,} events, {name}: {page.queries} queries, time",
                milliseconds(page.seconds),
                ratio=times(page.seconds / bare),
            )
    part.remark(f"The bare page takes {milliseconds(bare)}.")


def _file(part: Part, place: Place, size: Size) -> None:
    scope = Scope([place.clinic])
    rows = sum(AUDIT_EVENTS.count_by_clinic(scope).values())
    reading = best_of(size.repeats, _read)
    writing = best_of(size.repeats, lambda: deque(AUDIT_EVENTS.pieces(scope), maxlen=0))
    part.add(
        f"audit_events as a file, {rows:,} rows",
        per_second(rows, writing),
        ratio=f"{times(writing / reading)} the time of reading them",
    )


def _read() -> None:
    rows = AuditEvent.objects.order_by("id").values_list()
    deque(rows.iterator(chunk_size=AT_ONCE), maxlen=0)


def _compare(totals: Totals) -> None:
    assert not list(faults(totals)), "the audit does not agree with its seals"


def _auditor(place: Place) -> User:
    name = f"auditor-of-{place.clinic.code}"
    user = create_user(username=name, email=f"{name}@example.org", by=None)
    grant_membership(user=user, clinic=place.clinic, roles=[Role.AUDITOR], by=None)
    return user


def _fill(place: Place, number: int) -> None:
    events = _events(place, number, timezone.now())
    while batch := list(islice(events, AT_ONCE)):
        AuditEvent.objects.bulk_create(batch)


def _events(place: Place, number: int, now: datetime) -> Iterator[AuditEvent]:
    """A year of events, the oldest first; every tenth is a login, which belongs to no clinic."""
    step = timedelta(days=365) / (number + 1)
    for each in range(number):
        at = now - timedelta(hours=1) - step * (number - each)
        if each % 10 == 9:
            yield AuditEvent(at=at, actor_id=place.user.pk, action="login", record_kind="user")
            continue
        patient = str(UUID(int=each * 7919 % PATIENTS + 1))
        yield AuditEvent(
            at=at,
            actor_id=place.user.pk,
            clinic_id=place.clinic.pk,
            role="clinician",
            action=ACTIONS[each % len(ACTIONS)],
            record_kind=KINDS[each // 3 % len(KINDS)],
            record_id=patient,
            patient_id=patient,
            counts={"rows": each % 50},
            ip="192.0.2.7",
            app_version="0.1.0",
        )
