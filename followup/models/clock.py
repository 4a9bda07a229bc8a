"""When each class 1 or I was met, and what became of it, so that a clinic's waits are instant."""

from __future__ import annotations

from django.db import models

from guidelines.clock import Basis
from guidelines.vocabulary import Body


class Clock(models.Model):
    """One start of one recommendation of class 1 or I in one patient, with the events after it.

    It is computed from the record and renewed with the patient's standing (``guidelines.clock``);
    nobody enters or corrects it. It counts only where the standing says that clocks were computed
    (``Standing.clock``).
    """

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="clocks")
    basis = models.CharField(max_length=8, choices=Basis.choices())
    key = models.CharField(max_length=120)
    """The rule by its id, or the edition either way (``guidelines.clock.either_way``)."""
    body = models.CharField(max_length=16, choices=Body.choices())
    edition = models.CharField(max_length=40)
    row = models.CharField(max_length=24, blank=True)
    """The row of the rule tables; empty for an edition either way."""
    started_on = models.DateField()
    counted_from_on = models.DateField()
    """From when on an event answers it; as known it may be before ``started_on``."""
    referred_on = models.DateField(null=True)
    decided_on = models.DateField(null=True)
    decision = models.CharField(max_length=24, blank=True)
    against_on = models.DateField(null=True)
    """The first decision not to treat."""
    treated_on = models.DateField(null=True)
    procedure = models.CharField(max_length=24, blank=True)
    worsened_on = models.DateField(null=True)
    worsened_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("patient_id", "basis", "started_on", "key", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["patient", "basis", "key", "started_on"], name="one_clock_for_each_start"
            ),
        )
        indexes = (models.Index(fields=["basis", "patient"], name="clocks_by_basis"),)

    def __str__(self) -> str:
        return f"{self.key} {self.basis} {self.started_on}"
