"""That a person was erased: when, by whom, on which legal ground. Nothing of whom."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Erasure(models.Model):
    """A request to erase one person, and what became of it.

    It outlives the person: it has no foreign key to them, and what was typed as a reason is emptied
    when the request is carried out. What stays is opaque ids, days, who, and the legal ground.
    """

    class Basis(models.TextChoices):
        REQUEST = "request", "the person asks for it, and no duty to keep the record stands against"
        CONSENT = "consent", "consent was withdrawn, and there is no other legal ground"
        UNLAWFUL = "unlawful", "the record was kept without a legal ground"
        ORDER = "order", "a court or an authority orders it"
        RETENTION = "retention", "the time for which the record must be kept is over"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    erased_id = models.UUIDField("opaque id of the record", editable=False)
    erased_ids = models.JSONField("opaque ids of all records", default=list, editable=False)
    """With those of the records that were merged into it: a backup may hold any of them."""
    clinic = models.ForeignKey("accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    basis = models.CharField("legal ground", max_length=12, choices=Basis.choices)
    reason = models.TextField(blank=True)
    counts = models.JSONField("rows erased", default=dict, editable=False)
    requested_at = models.DateTimeField(default=timezone.now, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    erased_at = models.DateTimeField("erased", null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        ordering = ("-requested_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["erased_id"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_erasure_of_a_record",
                violation_error_message="The erasure of this record was asked for already.",
            ),
        )

    def __str__(self) -> str:
        return f"erasure of {self.erased_id}"
