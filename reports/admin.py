"""What the reports floor adds to the administration."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from accounts.permissions import Action
from followup.models import TeamSheet
from patients.clinical_admin import ScopedAdmin
from patients.staff.scope import rows_seen_by, user_of
from reports.admin_actions import NAME, export_selected

# Registered once and offered only where a list names it: lists of users or of the audit have no
# use for it.
admin.site.add_action(export_selected, NAME)
admin.site.disable_action(NAME)


@admin.register(TeamSheet)
class TeamSheetAdmin(ScopedAdmin):
    """Frozen sheets of the heart team, to be found; each is read on its own page, and none changes.

    The content stays there: it is the whole record of a person.
    """

    action = Action.ENTER_CLINICAL
    actions: ClassVar[tuple[str, ...]] = ()  # type: ignore[misc]
    adds = False
    list_display = ("patient", "speaks_of_on", "meeting_on", "clinic", "entered_at", "entered_by")
    list_select_related = ("patient", "clinic", "entered_by")
    search_fields = ("patient__search_key",)
    search_help_text = "Patient's name, record number or birth date."
    date_hierarchy = "speaks_of_on"
    shown = (
        "patient",
        "clinic",
        "speaks_of_on",
        "meeting_on",
        "editions",
        "engine_version",
        "content_hash",
        "entered_at",
        "entered_by",
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: it is frozen."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Sheets of the patients whom one's clinics follow today, without their content."""
        rows = super().get_queryset(request).select_related("patient").defer("content")
        return rows_seen_by(user_of(request), rows)

    def record_fieldsets(self, request: HttpRequest, obj: Any) -> list[Any]:
        """What it is, for which meeting, and its hash."""
        return [(None, {"fields": self.shown})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Everything."""
        return [*super().get_readonly_fields(request, obj), *self.shown]

    def page_links(self, request: HttpRequest, row: Any) -> list[tuple[str, str]]:
        """The sheet itself."""
        page = reverse("reports:team-sheet-page", args=[row.public_id])
        return [("The sheet", page), *super().page_links(request, row)]
