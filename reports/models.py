"""What people keep of the lists they work with, and the files made for them; no clinical record."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

NAME_LENGTH = 60


class SavedView(models.Model):
    """Filters and order of the worklist under a name: one's own, or shared with a clinic.

    ``codes`` holds what was chosen in each box; it names nobody. A code that no longer exists is
    said beside its box when the view is opened, and does not narrow.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    clinic = models.ForeignKey(
        "accounts.Clinic", on_delete=models.PROTECT, null=True, related_name="saved_views"
    )
    """The clinic whose members see it; none where it is the owner's own."""
    name = models.CharField(max_length=NAME_LENGTH)
    codes = models.JSONField(default=dict)

    class Meta:
        ordering = (Lower("name"), "id")
        constraints = (
            models.UniqueConstraint(
                "owner",
                Lower("name"),
                condition=models.Q(clinic__isnull=True),
                name="saved_view_once_for_its_owner",
            ),
            models.UniqueConstraint(
                "clinic",
                Lower("name"),
                condition=models.Q(clinic__isnull=False),
                name="saved_view_once_in_a_clinic",
            ),
        )

    def __str__(self) -> str:
        return self.name


class StartView(models.Model):
    """The view with which a person begins; without one, the whole list."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="start_view"
    )
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"start with {self.view_id}"


class ReportJob(models.Model):
    """A report that is made in the background for one person, who alone may fetch it.

    The row says what was asked for and how far it is; the file lies in the folder of reports under
    ``stored_as``, for a limited time. Order and fetch stand in the audit, which outlives the row.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "being made"
        DONE = "done", "ready"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"
        EXPIRED = "expired", "expired"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    clinics = models.ManyToManyField("accounts.Clinic", related_name="+")
    report = models.CharField(max_length=60)
    narrowed = models.JSONField(default=dict)
    """Days and codes, as ``Scope.narrowed`` writes them."""
    purpose = models.CharField(max_length=200)
    form = models.CharField(max_length=3)
    has_byte_order_mark = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    message = models.CharField(max_length=500, blank=True)
    rows_by_clinic = models.JSONField(default=dict)
    """Number of rows expected, by the key of each clinic."""
    rows_written = models.PositiveBigIntegerField(default=0)
    file_bytes = models.PositiveBigIntegerField(default=0)
    stored_as = models.CharField(max_length=40, blank=True)
    """Name of its files, another one at each start; none before the first."""
    starts = models.PositiveSmallIntegerField(default=0)
    ordered_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-ordered_at", "-id")
        indexes = (
            models.Index(fields=("owner", "-ordered_at"), name="report_job_of_owner"),
            models.Index(fields=("status", "ordered_at"), name="report_job_by_status"),
        )

    def __str__(self) -> str:
        return f"{self.report} of {self.ordered_at:%Y-%m-%d %H:%M}"

    @property
    def rows_expected(self) -> int:
        """Number of rows that were counted before they were written."""
        return sum(self.rows_by_clinic.values())

    @property
    def is_open(self) -> bool:
        """Whether it waits for the worker, or the worker makes it now."""
        return self.status in {self.Status.WAITING, self.Status.RUNNING}

    @property
    def kept_until(self) -> datetime | None:
        """When its file is removed; ``None`` where there is none."""
        if self.status != self.Status.DONE or self.finished_at is None:
            return None
        return self.finished_at + timedelta(hours=settings.REPORT_KEPT_HOURS)
