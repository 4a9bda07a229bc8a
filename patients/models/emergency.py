"""Somebody of another clinic who opened a record in an emergency, and what was said of it after."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class EmergencyAccess(models.Model):
    """One clinician reads one patient's record of another clinic, for a few hours.

    The reason is free text and stands here alone, never in the audit. Nothing is changed but its
    end and its review, and each of them once.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    registration = models.ForeignKey(
        "patients.Registration", on_delete=models.PROTECT, related_name="emergency_accesses"
    )
    """The patient's place in the clinic that was named: what that clinic reads is read."""
    reason = models.TextField()
    opened_at = models.DateTimeField("opened", default=timezone.now)
    ends_at = models.DateTimeField("ends")
    ended_at = models.DateTimeField("ended early", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reviewed_at = models.DateTimeField("reviewed", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    remark = models.TextField("remark of the review", blank=True)

    class Meta:
        verbose_name_plural = "emergency accesses"
        ordering = ("-opened_at", "-id")
        indexes = (
            models.Index(fields=["user", "ends_at"], name="emergency_of_user"),
            models.Index(fields=["reviewed_at", "registration"], name="emergency_to_review"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("opened_at")), name="emergency_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, remark="")
                | (Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(remark="")),
                name="emergency_review_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="emergency_end_is_whole",
            ),
        )

    def __str__(self) -> str:
        return f"emergency access {self.public_id}"

    @property
    def left(self) -> str:
        """How long it stays open, in words: 3 h 59 min."""
        minutes = max(0, int((self.ends_at - timezone.now()).total_seconds() // 60))
        return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"

    def is_running(self, at: datetime) -> bool:
        """Whether it opens the record at this instant."""
        return self.ended_at is None and self.opened_at <= at < self.ends_at
