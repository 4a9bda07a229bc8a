"""The audit trail in the administration: to read, for superusers; reading it is an act, too."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from audit.guarded_admin import ReadBySuperusers
from audit.models import AuditAction, AuditEvent, AuditSeal
from audit.recording import record


@admin.register(AuditEvent)
class AuditEventAdmin(ReadBySuperusers):
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

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, str] | None = None
    ) -> HttpResponse:
        """The list, and that it was opened."""
        _note(request)
        return super().changelist_view(request, extra_context)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """One event, and that it was opened."""
        _note(request)
        return super().changeform_view(request, *args, **kwargs)


def _note(request: HttpRequest) -> None:
    """Whoever is not allowed in is refused, and opens nothing; so is whoever tries to change it."""
    is_reading = request.method in {"GET", "HEAD"}
    if is_reading and request.user.is_active and request.user.is_superuser:
        note = "in the administration, all clinics"
        record(action=AuditAction.VIEW, by=request.user, record_kind="audit", note=note)


@admin.register(AuditSeal)
class AuditSealAdmin(ReadBySuperusers):
    """The seals over the events; read only as well."""

    list_display = ("number", "sealed_at", "first_id", "last_id", "count", "digest")
    fields = (*list_display, "previous_digest")
