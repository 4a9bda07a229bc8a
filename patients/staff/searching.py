"""Lists in which patients are searched: the text never stands in an address."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.contrib.admin import ShowFacets
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from audit.guarded_admin import LONGEST_SEARCH, GuardedAdmin, filter_name, is_key, typed
from patients.staff.lists import MOST_PRINTED, BoundedPaginator, ScopedList, search_in_words
from patients.staff.scope import (
    found_by,
    kept_search,
    record_printing,
    record_search,
    record_shown,
    user_of,
)

SEARCHES_KEPT = 20
# With a year before and after them, so that no time zone leads out of the calendar.
CALENDAR_PARTS = {"year": range(2, 9999), "month": range(1, 13), "day": range(1, 32)}


class SearchedAdmin(GuardedAdmin):
    """A submitted search is remembered under a token and audited; a list can be printed."""

    patient_lookup: ClassVar[str] = "patient__in"
    paginator = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 0
    show_facets = ShowFacets.NEVER  # each would count the whole list anew
    show_full_result_count = False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, or where a submitted search leads."""
        if request.method == "POST" and SEARCH_VAR in request.POST:
            return self._searched(request)
        if request.GET.get(SEARCH_VAR) and not kept_search(request):
            return self._list_of(request, "")
        title = str(self.opts.verbose_name_plural)
        context = {"title": title[:1].upper() + title[1:], **(extra_context or {})}
        response: HttpResponse = super().changelist_view(request, context)
        shown = getattr(response, "context_data", None) or {}
        if "cl" in shown:
            record_shown(request, self.opts.model_name or "", len(shown["cl"].result_list))
        return response

    def _searched(self, request: HttpRequest) -> HttpResponse:
        text = typed(request.POST[SEARCH_VAR])
        if not text:
            return self._list_of(request, "")
        token = secrets.token_urlsafe(9)
        searches = [*request.session.get("staff_searches", {}).items(), (token, text)]
        request.session["staff_searches"] = dict(searches[-SEARCHES_KEPT:])
        record_search(request, self.opts.model_name or "")
        return self._list_of(request, token)

    def _list_of(self, request: HttpRequest, token: str) -> HttpResponse:
        """Lead to the list with this search, or with none instead of one that is not kept."""
        address = request.GET.copy()
        address.pop("p", None)
        address.pop(SEARCH_VAR, None)
        if token:
            address[SEARCH_VAR] = token
        return HttpResponseRedirect(f"{request.path}?{address.urlencode()}")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """A list with a calendar that holds in any time zone and at any length."""
        return ScopedList

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list, with the text that was searched for."""
        changelist: Any = super().get_changelist_instance(request)
        changelist.searched_text = kept_search(request)
        changelist.longest_search = LONGEST_SEARCH
        return changelist  # type: ignore[no-any-return]

    def get_search_fields(self, request: HttpRequest) -> Any:
        """None for Django's own search box, which would put names into its address."""
        match = request.resolver_match
        if match is not None and match.url_name == "autocomplete":
            return ()
        return super().get_search_fields(request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows of the patients whose name, record number or birth date was typed.

        The term comes from the address, so it is only the token of a search.
        """
        text = kept_search(request)
        if not text:
            return queryset, False
        found = found_by(user_of(request), text).order_by()
        return queryset.filter(**{self.patient_lookup: found.values("pk")}), False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """The list's own filters and calendar: an address asks for nothing else, least a name."""
        name, _, part = lookup.rpartition("__")
        if name == self.date_hierarchy and part in CALENDAR_PARTS:
            return is_key(str(value)) and int(value) in CALENDAR_PARTS[part]
        filters = self.get_list_filter(request) if request else self.list_filter
        offered = {filter_name(each) for each in filters}
        asked = name if part in {"exact", "isnull"} else lookup
        return asked in offered and "\x00" not in str(value)

    # On paper ------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """The list's page to print stands before the others."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_print"
        view = self.admin_site.admin_view(self.print_view)
        return [path("print/", view, name=name), *super().get_urls()]

    def print_view(self, request: HttpRequest) -> HttpResponse:
        """The whole list as it is narrowed, up to a limit, without what paper cannot use."""
        if not self.has_view_permission(request):
            raise PermissionDenied("Your role does not allow you to read these lists.")
        if request.GET.get(SEARCH_VAR) and not kept_search(request):
            return self._list_of(request, "")
        printed: Any = type(self)(self.model, self.admin_site)
        printed.list_per_page, printed.actions = MOST_PRINTED, ()
        printed.list_display_links = None
        try:
            changelist = printed.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect("../")
        changelist.formset = None
        rows = len(changelist.result_list)
        record_printing(request, self.opts.model_name or "", rows)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{self.opts.verbose_name_plural}"[:1].upper()
            + f"{self.opts.verbose_name_plural}"[1:],
            "opts": self.opts,
            "cl": changelist,
            "narrowed_to": search_in_words(changelist),
            "printed_at": timezone.localtime(),
            "most": MOST_PRINTED,
            "is_popup": False,
        }
        return TemplateResponse(request, "admin/print_list.html", context)
