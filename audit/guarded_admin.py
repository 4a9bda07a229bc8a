"""What every list and form of the administration has in common: no address breaks it.

Django's own takes what stands in an address as it comes: a key that is no number, a lookup that no
filter offers, a year outside of the calendar, a search longer than the database reads.
"""

from __future__ import annotations

from datetime import MAXYEAR
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import DataError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.dateparse import parse_datetime

LONGEST_SEARCH = 100  # characters
MOST_WORDS = 8
LONGEST_KEY = 18  # digits: what fits into the database's 64 bits
# Ends of a lookup that Django's own filters add to a column's name.
FILTER_ENDS = {"exact", "isnull"}
DAY_ENDS = {"gte", "lt"}


class GuardedList(ChangeList):
    """A list that calls what no database can look up a wrong filter."""

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        """The rows; a filter that makes no sense leads to the list's start."""
        try:
            rows: QuerySet[Any] = super().get_queryset(request, *args, **kwargs)
        except (OverflowError, ValueError) as error:
            raise IncorrectLookupParameters(error) from error
        return rows

    def get_results(self, request: HttpRequest) -> None:
        """Read the page; the same for what only the database finds impossible."""
        try:
            super().get_results(request)
        except (OverflowError, ValueError, DataError) as error:
            raise IncorrectLookupParameters(error) from error


class GuardedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Keys are numbers, lookups are those of the list's filters, searches are short."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """The row of this key, among those one may see; None for anything but a number."""
        return super().get_object(request, object_id) if is_key(object_id) else None

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> Any:
        """What is done with the ticked rows; a key that is no number stood in no list."""
        if not all(is_key(key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise Http404("No such row.")
        return super().response_action(request, queryset, *args, **kwargs)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """A list that no address breaks."""
        return GuardedList

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """The list's own filters: an address asks for nothing else."""
        return "\x00" not in str(value) and is_offered(lookup, str(value), self.list_filter)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows found by a search that the database can read."""
        return super().get_search_results(request, queryset, typed(search_term))


def is_key(text: str) -> bool:
    """Whether this can be a row's key: a plain number that the database can hold."""
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY


def typed(text: str) -> str:
    """A search as it is looked up: short, of a few words, without control characters.

    A database refuses what is longer, and PostgreSQL a NUL.
    """
    signs = (sign if sign.isprintable() else " " for sign in text[:LONGEST_SEARCH])
    return " ".join("".join(signs).split()[:MOST_WORDS])


def is_offered(lookup: str, value: str, filters: Any) -> bool:
    """Whether one of the list's filters asks for this."""
    offered = {filter_name(each) for each in filters}
    name, _, end = lookup.rpartition("__")
    if lookup in offered or (end in FILTER_ENDS and name in offered):
        return True
    # Columns of time are filtered from an instant to an instant.
    return end in DAY_ENDS and name in offered and _is_instant(value)


def _is_instant(text: str) -> bool:
    """Whether this is a clock time with its zone, at which no zone leads out of the calendar."""
    try:
        instant = parse_datetime(text)
    except ValueError:
        return False
    return instant is not None and instant.tzinfo is not None and 1 < instant.year < MAXYEAR


def filter_name(offered: Any) -> str:
    """The name under which a list's filter stands in the address."""
    if isinstance(offered, tuple):
        # ("clinic", RelatedOnlyFieldListFilter) asks for clinic__id
        return f"{offered[0]}__id"
    return offered if isinstance(offered, str) else str(offered.parameter_name)


class ReadBySuperusers(GuardedAdmin):
    """What the program writes by itself about all clinics: to read, for superusers."""

    # Counting a table that only grows would cost more than the page.
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Superusers only."""
        return request.user.is_active and request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers only."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False
