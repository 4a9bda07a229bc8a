"""The administration's lists: quick at any size, with a calendar, filters and a page to print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import DateTimeField, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.permissions import Action, clinics_where, memberships_of
from audit.guarded_admin import GuardedList, is_key
from guidelines.days import MONTHS
from patients.models import Patient
from patients.staff.scope import full_label, labelled, patients_today, registrations_today, user_of

MOST_COUNTED = 10_000  # rows: a longer list is not read to its end to be counted
MOST_PRINTED = 500  # rows
MOST_SORTED = 2000  # rows: of more, the newest are found by walking from the newest on
PATIENT_FILTER = "patient"


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts up to a limit: to find a row, a list is narrowed and not leafed through."""

    @cached_property
    def count(self) -> int:
        """Number of rows, at most ``MOST_COUNTED``."""
        return min(self._counted, MOST_COUNTED)

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than were counted."""
        return self._counted > MOST_COUNTED

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: MOST_COUNTED + 1].count())


@dataclass(frozen=True)
class CalendarLink:
    """A year, month or day of the calendar above a list; no address for the one that is chosen."""

    title: str
    address: str = ""


class ScopedList(GuardedList):
    """A list whose calendar counts days as they were written down."""

    searched_text = ""
    longest_search = 0

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        """The rows; a few of many are found first and sorted then.

        To find three drafts by walking through all studies from the newest on takes longest.
        """
        rows = super().get_queryset(request, *args, **kwargs)
        if not (self.query or self.get_filters_params()):
            return rows
        keys = list(rows.order_by().values_list("pk", flat=True)[: MOST_SORTED + 1])
        return rows.filter(pk__in=keys) if len(keys) <= MOST_SORTED else rows

    def get_filters(self, request: HttpRequest) -> Any:
        """Django's, with plain days for a column of days.

        Django compares with the clinic's midnight, which in UTC may be the day before.
        """
        specs, has_specs, lookups, *rest = super().get_filters(request)
        if not self._is_of_instants:
            bounds: dict[str, Any] = lookups
            for lookup in {f"{self.date_hierarchy}__{end}" for end in ("gte", "lt")} & {*bounds}:
                bounds[lookup] = [bound.date() for bound in bounds[lookup]]
        return specs, has_specs, lookups, *rest

    @property
    def is_capped(self) -> bool:
        """Whether the list is longer than it was counted."""
        return bool(getattr(self.paginator, "is_capped", False))

    @property
    def is_narrowed(self) -> bool:
        """Whether a search, a filter or the calendar leaves rows out."""
        return bool(self.searched_text or self.get_filters_params())

    @property
    def print_address(self) -> str:
        """The same list to be printed."""
        return "print/" + self.get_query_string(remove=["p", "all"])

    @property
    def calendar_title(self) -> str:
        """Which of the dates the calendar counts: of a patient it is not the birth date."""
        column: Any = self.opts.get_field(self.date_hierarchy)
        title = str(column.verbose_name)
        return f"{title[:1].upper()}{title[1:]}".removesuffix(" at")

    @cached_property
    def calendar(self) -> list[CalendarLink]:
        """Years, then the months of one, then the days of one; some may hold no row.

        Only the first and the last day are read: to find out which days of a long list hold rows
        would take as long as reading the list.
        """
        chosen = [self._chosen(part) for part in ("year", "month", "day")]
        return list(self._calendar(*chosen))

    def _calendar(self, year: int | None, month: int | None, day: int | None) -> Iterator[Any]:
        if year is None:
            first, last = self._ends
            if first and last:
                for each in range(last.year, first.year - 1, -1):
                    yield self._link(str(each), year=each)
            return
        yield self._link("All dates")
        if month is None:
            yield CalendarLink(str(year))
            for number, name in enumerate(MONTHS, start=1):
                yield self._link(f"{name} {year}", year=year, month=number)
            return
        yield self._link(str(year), year=year)
        title = f"{MONTHS[month - 1]} {year}"
        if day is None:
            yield CalendarLink(title)
            for each in range(1, _days_in(year, month) + 1):
                yield self._link(str(each), year=year, month=month, day=each)
            return
        yield self._link(title, year=year, month=month)
        yield CalendarLink(f"{day} {title}")

    def _link(self, title: str, **parts: int) -> CalendarLink:
        column = self.date_hierarchy
        new = {f"{column}__{part}": value for part, value in parts.items()}
        return CalendarLink(title, self.get_query_string(new, [f"{column}__", "p"]))

    def _chosen(self, part: str) -> int | None:
        value = self.params.get(f"{self.date_hierarchy}__{part}")
        return int(value) if value is not None else None

    @property
    def _is_of_instants(self) -> bool:
        return isinstance(self.opts.get_field(self.date_hierarchy), DateTimeField)

    @property
    def _ends(self) -> tuple[date | None, date | None]:
        """The first and the last day of the list, whatever it is narrowed to."""
        column = self.date_hierarchy
        rows = self.root_queryset.filter(**{f"{column}__isnull": False})
        days = rows.order_by(column, "id").values_list(column, flat=True)
        return _day(days.first()), _day(days.reverse().first())


def _day(moment: Any) -> date | None:
    """The day of a clock time, or a day itself."""
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment


def _days_in(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


# Filters ------------------------------------------------------------------------------------------


class ClinicFilter(admin.SimpleListFilter):
    """One of one's own clinics; not offered to whoever has only one."""

    title = "clinic"
    parameter_name = "clinic"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Clinics in which the person may view patients."""
        allowed = clinics_where(request.user, Action.VIEW_PATIENT)
        return [
            (str(membership.clinic_id), membership.clinic.name)
            for membership in memberships_of(request.user)
            if membership.clinic_id in allowed
        ]

    def has_output(self) -> bool:
        """Whether there is a choice."""
        return len(self.lookup_choices) > 1

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those whom it follows today."""
        chosen = self.value()
        if chosen is None or chosen not in dict(self.lookups(request, None)):
            return queryset
        there = registrations_today(user_of(request)).filter(clinic_id=int(chosen))
        key = "pk__in" if queryset.model is Patient else "patient_id__in"
        return queryset.filter(**{key: there.values("patient_id")})


class DeceasedFilter(admin.SimpleListFilter):
    """Living or deceased."""

    title = "deceased"
    parameter_name = "deceased"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Two answers; a death that is not recorded is not one."""
        return [("yes", "Yes"), ("no", "No death recorded")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the date of death."""
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(deceased_on__isnull=self.value() == "no")


class StruckFilter(admin.SimpleListFilter):
    """What counts, and what was entered in error."""

    title = "entered in error"
    parameter_name = "struck"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Two answers."""
        return [("no", "No"), ("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the instant at which a row was struck."""
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(struck_at__isnull=self.value() == "no")


class EnteredFilter(admin.SimpleListFilter):
    """What somebody has just typed, to be compared with the paper."""

    title = "entered"
    parameter_name = "entered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Three spans that end now."""
        return [("mine", "By me today"), ("today", "Today"), ("week", "In the last 7 days")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the instant of entry; a day begins at the clinic's midnight."""
        if self.value() not in {"mine", "today", "week"}:
            return queryset
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        days = 7 if self.value() == "week" else 0
        rows = queryset.filter(entered_at__gte=midnight - timedelta(days=days))
        return rows.filter(entered_by=user_of(request)) if self.value() == "mine" else rows


class PatientFilter(admin.SimpleListFilter):
    """The rows of one patient, when a link of theirs led here."""

    title = "patient"
    parameter_name = PATIENT_FILTER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The patient who was asked for, among those one may see."""
        asked = request.GET.get(self.parameter_name, "")
        self.patient = patient_asked_for(request, asked) if asked else None
        return [(asked, full_label(self.patient))] if self.patient else []

    def has_output(self) -> bool:
        """Only when one was asked for."""
        return self.value() is not None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Theirs; nothing for somebody whom one may not see."""
        if self.value() is None:
            return queryset
        return queryset.filter(patient=self.patient) if self.patient else queryset.none()


def patient_asked_for(request: HttpRequest, asked: str) -> Patient | None:
    """The patient of a public id or a key in an address, among those whom one's clinics follow."""
    user = user_of(request)
    patients = labelled(user, patients_today(user))
    if is_key(asked):
        return patients.filter(pk=asked).first()
    try:
        return patients.filter(public_id=UUID(asked)).first()
    except ValueError:
        return None


def search_in_words(changelist: ScopedList) -> list[str]:
    """What a list is narrowed to, for the paper."""
    words = [f"{spec.title}: {choice}" for spec, choice in _chosen_filters(changelist)]
    dates = [link.title for link in changelist.calendar if not link.address]
    return [*dates, *words]


def _chosen_filters(changelist: ScopedList) -> Iterator[tuple[Any, str]]:
    for spec in changelist.filter_specs:
        for index, choice in enumerate(spec.choices(changelist)):
            if index and choice["selected"]:
                yield spec, str(choice["display"])
