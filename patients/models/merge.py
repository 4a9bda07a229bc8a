"""Two records that were one person, made one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords

from patients.models.base import Versioned, VersionedHistory
from patients.models.patient import Patient


class PatientMerge(Versioned):
    """One merge: which record stayed, which was absorbed, and what moved.

    It holds what undoing needs and no value of anybody: keys, versions, names of columns. The
    values are in the histories.
    """

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="merges", verbose_name="record that stays"
    )
    absorbed = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="merged_away", verbose_name="absorbed"
    )
    clinic = models.ForeignKey("accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField("merged")
    reason = models.TextField()
    taken = models.JSONField("taken from the absorbed record", default=list, editable=False)
    """Names of the person's columns whose value was taken from the absorbed record."""
    moved = models.JSONField(default=dict, editable=False)
    """By model, the key of each row that moved and the version that the move gave it."""
    ended = models.JSONField("registrations ended", default=list, editable=False)
    """Keys of the registrations that ended because the clinic had two."""
    kept_version = models.PositiveIntegerField(editable=False)
    """The version of the person that the merge left in the record that stays."""
    absorbed_version = models.PositiveIntegerField(editable=False)
    undone_at = models.DateTimeField("undone", null=True, blank=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )

    history = HistoricalRecords(bases=[VersionedHistory])

    class Meta:
        ordering = ("-merged_at", "-id")
        verbose_name = "merge of two records"
        verbose_name_plural = "merges of records"

    def __str__(self) -> str:
        return f"merge of {self.merged_at:%Y-%m-%d}"

    @property
    def rows(self) -> int:
        """How many entries moved."""
        return sum(len(keys) for keys in self.moved.values())
