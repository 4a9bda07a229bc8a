"""The audit trail in the administration: to read, for superusers."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from audit.guarded_admin import GuardedAdmin
from audit.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(GuardedAdmin):
    """Read only; the database refuses anything else."""

    list_display = (
        "at",
        "actor_id",
        "clinic_id",
        "role",
        "action",
        "record_kind",
        "record_id",
        "patient_id",
        "note",
    )
    list_filter = ("action", "record_kind", "at")
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
