"""The audit event, one row for one act, and the seals over closed batches of them."""

from django.db import models
from django.utils import timezone


class AuditAction(models.TextChoices):
    """What was done."""

    LOGIN = "login", "Logged in"
    LOGIN_FAILED = "login_failed", "Login failed"
    LOGOUT = "logout", "Logged out"
    VIEW = "view", "Opened"
    SEARCH = "search", "Searched"
    PRINT = "print", "Printed"
    IMPORT = "import", "Imported"
    EXPORT = "export", "Exported"
    CREATE = "create", "Created"
    CHANGE = "change", "Changed"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"


class AuditEvent(models.Model):
    """Who did what to which record, when, from where, in which role and clinic.

    It has no foreign keys, so that it outlives what it speaks of, and holds no names and no
    clinical values. The database itself refuses to update or delete a row (audit/triggers.py).
    Rows are written through audit/recording.py only.
    """

    at = models.DateTimeField(default=timezone.now, editable=False)
    actor_id = models.BigIntegerField(
        null=True, blank=True, help_text="The user's id; empty when nobody was logged in."
    )
    clinic_id = models.BigIntegerField(null=True, blank=True)
    role = models.CharField(
        max_length=100, blank=True, help_text="The role or roles through which the act was allowed."
    )
    action = models.CharField(max_length=20, choices=AuditAction.choices)
    record_kind = models.CharField(max_length=60, blank=True)
    record_id = models.CharField(max_length=36, blank=True, help_text="The record's public id.")
    patient_id = models.CharField(max_length=36, blank=True, help_text="The patient's public id.")
    counts = models.JSONField(default=dict, blank=True)
    note = models.CharField(max_length=500, blank=True, help_text="No names and no values.")
    ip = models.CharField(max_length=45, blank=True)
    app_version = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("at",), name="audit_by_time"),
            models.Index(fields=("patient_id", "at"), name="audit_by_patient"),
            models.Index(fields=("actor_id", "at"), name="audit_by_actor"),
            # The last two columns answer a filter by act or kind without reading the rows.
            models.Index(
                fields=("clinic_id", "at", "action", "record_kind"), name="audit_by_clinic_and_act"
            ),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.record_kind} {self.record_id}".strip()


class AuditSeal(models.Model):
    """What the audit held up to an id, so that a later change can be found and named.

    A seal covers every id after the seal before it up to its own `last_id`. Its digest follows
    from the rows and from the digest before it (audit/seals.py); `fingerprints` tells which row
    it was. The database refuses to update or delete a seal, as it does an event.
    """

    number = models.PositiveBigIntegerField(unique=True, help_text="1, 2, 3 without a gap.")
    sealed_at = models.DateTimeField(editable=False)
    first_id = models.BigIntegerField(help_text="The id of the first event in it.")
    last_id = models.BigIntegerField(help_text="The id of the last event in it.")
    count = models.PositiveIntegerField(help_text="How many events it covers.")
    previous_digest = models.CharField(
        max_length=64, blank=True, help_text="That of the seal before; empty in the first."
    )
    digest = models.CharField(max_length=64, help_text="SHA-256 in hexadecimal digits.")
    fingerprints = models.BinaryField(
        help_text="For each event its id and the first eight bytes of its SHA-256."
    )

    class Meta:
        ordering = ("-number", "-id")

    def __str__(self) -> str:
        return f"Seal {self.number}: events {self.first_id} to {self.last_id}"
