"""Imports of files, and the mappings of columns a clinic keeps."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from interop.spreadsheets.rows import KINDS

KIND_CHOICES = [(kind.code, kind.label) for kind in KINDS.values()]


class ImportBatch(models.Model):
    """One uploaded file on its way into the record.

    The file itself lies in the upload folder under ``stored_as`` and is removed when the import is
    done, cancelled or a day old. The row stays: who imported what, when, with which outcome.
    """

    class Status(models.TextChoices):
        UPLOADED = "uploaded", "columns not yet mapped"
        CHECKING = "checking", "being checked"
        CHECKED = "checked", "checked, waiting for a decision"
        IMPORTING = "importing", "being imported"
        IMPORTED = "imported", "imported"
        CANCELLED = "cancelled", "cancelled"
        FAILED = "failed", "failed"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    clinic = models.ForeignKey("accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=KIND_CHOICES)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.UPLOADED)
    file_name = models.CharField(max_length=200)
    file_bytes = models.BigIntegerField()
    stored_as = models.CharField(max_length=40, blank=True)
    encoding = models.CharField(max_length=20)
    delimiter = models.CharField(max_length=1)
    headers = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    rows = models.PositiveIntegerField(default=0)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    message = models.CharField(max_length=500, blank=True)
    checked_at = models.DateTimeField(null=True)
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    imported_at = models.DateTimeField(null=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        verbose_name_plural = "import batches"
        ordering = ("-uploaded_at", "-id")
        indexes = (models.Index(fields=("clinic", "-uploaded_at"), name="import_of_clinic"),)

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_open(self) -> bool:
        """Whether the import can still go on."""
        return self.status not in {
            self.Status.IMPORTED,
            self.Status.CANCELLED,
            self.Status.FAILED,
        }

    @property
    def is_working(self) -> bool:
        """Whether a background job holds it now."""
        return self.status in {self.Status.CHECKING, self.Status.IMPORTING}


class ColumnMapping(models.Model):
    """A clinic's named mapping of the columns of a file that comes again."""

    clinic = models.ForeignKey("accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=KIND_CHOICES)
    mapping = models.JSONField(default=dict)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("clinic", "kind", "name"),
                name="column_mapping_name",
                violation_error_message="The clinic has a mapping of this name already.",
            ),
        )

    def __str__(self) -> str:
        return self.name
