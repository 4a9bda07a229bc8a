"""Letters as they were kept with the record."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords

from patients.models import Versioned
from patients.models.base import VersionedHistory


class Letter(Versioned):
    """A letter as it was kept with the record: never changed, struck under a reason when wrong.

    It holds what it was written from: the day it speaks of, the editions and the engine's version,
    and the hash of the facts (``followup.letters.facts_hash``). A correction is a new letter that
    names the one it ``corrects``. It is a document about the record and feeds no verdict.
    """

    class Kind(models.TextChoices):
        CLINIC = "clinic", "clinic letter"
        PATIENT = "patient", "patient letter"

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="letters"
    )
    clinic = models.ForeignKey("accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    speaks_of_on = models.DateField("speaks of")
    addressee = models.CharField("to", max_length=300, blank=True)
    regarding = models.CharField("about", max_length=400)
    text = models.TextField()
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    editions = models.JSONField(default=list, blank=True)
    engine_version = models.CharField(max_length=40)
    facts_hash = models.CharField(max_length=64)
    struck_at = models.DateTimeField("struck", null=True, blank=True, editable=False)
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )

    history = HistoricalRecords(bases=[VersionedHistory])

    class Meta:
        ordering = ("-entered_at", "-id")
        indexes = (
            models.Index(fields=["patient", "-entered_at", "-id"], name="letters_of_patient"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.speaks_of_on}"
