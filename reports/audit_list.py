"""The acts that an auditor may read: which, narrowed by what, a page at a time.

A page begins after the last event of the page before, by time and id, so that the thousandth page
costs what the first one does.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.models import Clinic, Membership, User
from audit.models import AuditAction, AuditEvent
from audit.seals import Unsealed, last_seal, unsealed
from patients.days import EARLIEST, spoken
from patients.forms.typed import DayField
from reports.audit_acts import narrowed, sources, together, zone_of
from reports.audit_filter import AUDIT_BOXES, AuditBoxes, is_number, name_of
from reports.audit_report import counts_in_words
from reports.audit_words import (
    act_in_words,
    kind_in_words,
    note_in_words,
    people_named,
    roles_in_words,
)
from reports.scope import Scope

PER_PAGE = 100
MOST_COUNTED = 10_000  # events not yet sealed; counting more would cost more than the page


class AuditFilter(AuditBoxes):
    """By whom, on what, when. An unknown code does not narrow, and says so."""

    from_on = DayField(label="From", required=False)
    until_on = DayField(label="Until", required=False)

    field_order = ("from_on", "until_on", *AUDIT_BOXES)

    def __init__(
        self, data: QueryDict, *, clinics: Sequence[Clinic], people: Sequence[User], today: date
    ) -> None:
        super().__init__(data)
        self.today = today
        self.offer_acts(clinics, people)
        for name in ("from_on", "until_on"):
            day = self.fields[name]
            assert isinstance(day, DayField)  # noqa: S101 - for the type checker
            day.today = today
        self.is_valid()

    def clean(self) -> None:
        """Days that were, in their order."""
        check_days(self, self.today)

    @cached_property
    def chosen(self) -> Mapping[str, Any]:
        """What narrows the list, by name."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def patient_id(self) -> str:
        """The public id of the only patient of the list; empty where it holds everybody's."""
        return str(self.chosen.get("patient", ""))

    @property
    def scope(self) -> Scope:
        """What the list shows, as the report is asked for it."""
        return Scope(self.audited_clinics, **self.chosen)

    @property
    def address(self) -> str:
        """What narrows the list, as a query string; the report takes the same."""
        plain = {n: v.isoformat() if isinstance(v, date) else v for n, v in self.chosen.items()}
        return urlencode(plain)

    @property
    def note(self) -> str:
        """The same for the audit: codes and opaque ids only."""
        return ", ".join(f"{name} {value}" for name, value in self.chosen.items())


@dataclass(frozen=True)
class Place:
    """The event after which a page begins, in the order of time."""

    at: datetime
    key: int

    @classmethod
    def read(cls, text: str) -> Place | None:
        """A place as it stands in an address; None for anything else."""
        moment, _, key = text.partition("_")
        if not (is_number(moment) and is_number(key)):
            return None
        try:
            return cls(_EPOCH + timedelta(microseconds=int(moment)), int(key))
        except OverflowError:
            return None

    @property
    def written(self) -> str:
        """For an address: microseconds since 1970 and the id."""
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}_{self.key}"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class AuditScope:
    """The clinics whose acts a person may read, and the people who work there."""

    clinics: Sequence[Clinic]

    @cached_property
    def people(self) -> list[User]:
        """Everybody who is or was a member, by id."""
        members = Membership.objects.filter(clinic__in=self.clinics)
        return list(User.objects.filter(pk__in=members.values("user_id")).order_by("pk"))

    @property
    def zone(self) -> tzinfo:
        """The calendar by which days are counted."""
        return zone_of(self.clinics)

    def sources(self, form: AuditFilter) -> list[Q]:
        """Conditions that exclude each other, each with its index.

        Where a person or a patient is asked for, that is what an index finds, and one condition
        holds them all.
        """
        keys = [user.pk for user in self.people]
        if form.chosen.keys() & {"person", "patient"}:
            return [together(self.clinics, keys)]
        return sources(self.clinics, keys)


@dataclass(frozen=True)
class AuditRow:
    """One act as the page shows it."""

    event: AuditEvent
    who: str
    clinic: str

    @property
    def act(self) -> str:
        """What was done."""
        return act_in_words(self.event.action)

    @property
    def kind(self) -> str:
        """To which kind of record."""
        return kind_in_words(self.event.record_kind)

    @property
    def role(self) -> str:
        """In which role."""
        return roles_in_words(self.event.role)

    @property
    def note(self) -> str:
        """What more is known of it."""
        return note_in_words(self.event.note)

    @property
    def counts(self) -> str:
        """What was counted."""
        return counts_in_words(self.event.counts) or ""


@dataclass(frozen=True)
class AuditPage:
    """Up to a hundred acts, the newest first, and where the next page begins."""

    rows: Sequence[AuditRow]
    next_place: str


@dataclass(frozen=True)
class SealState:
    """Up to when the audit is sealed; None before the first seal."""

    until_at: datetime | None
    number: int
    tail: Unsealed

    @property
    def waiting(self) -> str:
        """How many events wait for a seal."""
        number = self.tail.number
        return f"{MOST_COUNTED} or more" if number >= MOST_COUNTED else str(number)


def seal_state() -> SealState:
    """How far the whole audit is sealed."""
    seal, tail = last_seal(), unsealed(counted_to=MOST_COUNTED)
    if seal is None:
        return SealState(None, 0, tail)
    last = AuditEvent.objects.filter(pk=seal.last_id).values_list("at", flat=True).first()
    return SealState(last or seal.sealed_at, seal.number, tail)


def audit_page(scope: AuditScope, form: AuditFilter, after: Place | None) -> AuditPage:
    """One page of the acts."""
    parts = [
        _beyond(after, narrowed(AuditEvent.objects.filter(source), form.scope))[: PER_PAGE + 1]
        for source in scope.sources(form)
    ]
    merged = heapq.merge(*parts, key=lambda event: (event.at, event.pk), reverse=True)
    found = list(islice(merged, PER_PAGE + 1))
    shown = found[:PER_PAGE]
    is_more = len(found) > PER_PAGE
    return AuditPage(
        rows=_rows(shown, scope),
        next_place=Place(shown[-1].at, shown[-1].pk).written if is_more else "",
    )


def _beyond(after: Place | None, events: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
    """The newest first, beyond a place."""
    if after is not None:
        # The first condition alone is one that an index answers.
        events = events.filter(at__lte=after.at).filter(Q(at__lt=after.at) | Q(pk__lt=after.key))
    return events.order_by("-at", "-id")


def check_days(form: forms.Form, today: date) -> None:
    """Refuse days that have not come, that no record reaches back to, or in the wrong order."""
    days = {name: form.cleaned_data.get(name) for name in ("from_on", "until_on")}
    for name, day in days.items():
        if day is not None and day > today:
            form.add_error(name, f"{spoken(day)} has not come yet.")
        elif day is not None and day < EARLIEST:
            form.add_error(name, f"No record reaches back to {spoken(day)}.")
    first, last = days["from_on"], days["until_on"]
    if first and last and last < first:
        form.add_error("until_on", f"This is before the first day, {spoken(first)}.")


def _rows(events: Sequence[AuditEvent], scope: AuditScope) -> list[AuditRow]:
    people = {user.pk: user for user in scope.people}
    strangers = {event.actor_id for event in events} - people.keys() - {None}
    if strangers:
        people |= people_named(strangers)
    clinics = {clinic.pk: clinic.name for clinic in scope.clinics}
    return [
        AuditRow(event, _who(event, people), clinics.get(event.clinic_id or 0, ""))
        for event in events
    ]


def _who(event: AuditEvent, people: Mapping[int, User]) -> str:
    if event.actor_id is None:
        return "nobody logged in" if event.action == AuditAction.LOGIN_FAILED else "the system"
    user = people.get(event.actor_id)
    return name_of(user) if user else f"user {event.actor_id}"
