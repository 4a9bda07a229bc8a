"""Acute mitral regurgitation: an emergency with clock times and names."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from patients.fields import measured
from patients.models.base import ClinicalRecord
from patients.models.echo import finding
from patients.models.studies import number


class AcuteEpisode(ClinicalRecord):
    """Acute or acute-on-chronic MR, from onset to a recorded act that closes it; never by time."""

    class Cause(models.TextChoices):
        PAPILLARY_MUSCLE_RUPTURE = "papillary_muscle_rupture", "papillary muscle rupture"
        CHORDAL_RUPTURE = "chordal_rupture", "chordal rupture"
        ENDOCARDITIS = "endocarditis", "endocarditis"
        ACUTE_ISCHEMIA = "acute_ischemia", "acute ischemia or LV failure"
        TRAUMA = "trauma", "trauma"
        AFTER_PROCEDURE = "after_procedure", "after a procedure"
        PROSTHETIC_FAILURE = "prosthetic_failure", "prosthetic leaflet failure"
        VALVE_THROMBOSIS = "valve_thrombosis", "valve thrombosis"
        PARAVALVULAR_LEAK = "paravalvular_leak", "paravalvular leak"
        UNKNOWN = "unknown", "cause not known"

    class Certainty(models.TextChoices):
        SUSPECTED = "suspected", "suspected"
        CONFIRMED = "confirmed", "confirmed"

    class Closure(models.TextChoices):
        INTERVENTION = "intervention", "intervention"
        RECLASSIFIED_CHRONIC = "reclassified_chronic", "stable 30 days, reclassified chronic"
        DEATH = "death", "death"
        EXCLUDED = "excluded", "acute MR excluded"

    onset_at = models.DateTimeField("onset")
    cause = models.CharField(max_length=28, choices=Cause.choices, default=Cause.UNKNOWN)
    certainty = models.CharField(
        "cause is", max_length=10, choices=Certainty.choices, default=Certainty.SUSPECTED
    )
    how_known = models.CharField("how known", max_length=200, blank=True)
    place = models.CharField("where the patient is", max_length=120, blank=True)
    accepted_at = models.DateTimeField("care accepted", null=True, blank=True)
    accepted_by_name = models.CharField("care accepted by", max_length=120, blank=True)
    acknowledged_at = models.DateTimeField("acknowledged", null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    observed_at = models.DateTimeField("observations taken", null=True, blank=True)
    systolic_bp_mmhg = measured("systolic_bp_mmhg")
    diastolic_bp_mmhg = measured("diastolic_bp_mmhg")
    heart_rate_bpm = measured("heart_rate_bpm")
    oxygen_saturation_percent = number("oxygen saturation (%)", 30, 100, 5, 1)
    pulmonary_edema = finding("pulmonary edema")
    shock = finding("shock")
    closed_at = models.DateTimeField("closed", null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    closure = models.CharField(
        "closed by", max_length=24, choices=Closure.choices, blank=True, editable=False
    )
    implausible_confirmed = models.JSONField(default=list, blank=True, editable=False)

    date_field = "onset_at"

    class Meta:
        ordering = ("-onset_at", "-id")

    def __str__(self) -> str:
        return f"acute MR {self.onset_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        """Whether the emergency stands: neither closed by an act nor struck."""
        return self.closed_at is None and self.struck_at is None
