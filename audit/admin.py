"""The audit trail in the administration: to read, for superusers."""

from django.contrib import admin

from audit.guarded_admin import ReadBySuperusers
from audit.models import AuditEvent, AuditSeal


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


@admin.register(AuditSeal)
class AuditSealAdmin(ReadBySuperusers):
    """The seals over the events; read only as well."""

    list_display = ("number", "sealed_at", "first_id", "last_id", "count", "digest")
    fields = (*list_display, "previous_digest")
