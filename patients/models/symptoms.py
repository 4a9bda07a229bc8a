"""Symptom logs: what the patient was asked and answered on one day."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from patients.fields import measured
from patients.models.base import ClinicalRecord
from patients.models.echo import finding
from patients.models.studies import number

NYHA_CHOICES = ((1, "I"), (2, "II"), (3, "III"), (4, "IV"))


def nyha_end(verbose_name: str) -> models.PositiveSmallIntegerField:
    """One end of a NYHA class; I–II is kept as the pair 1, 2."""
    return models.PositiveSmallIntegerField(
        verbose_name, choices=NYHA_CHOICES, null=True, blank=True
    )


class SymptomLog(ClinicalRecord):
    """Symptoms as asked on one day. A symptom left empty was not asked."""

    class ActivityLevel(models.TextChoices):
        ACTIVE = "active", "active"
        MODERATE = "moderate", "moderately active"
        SEDENTARY = "sedentary", "sedentary"
        IMMOBILE = "immobile", "immobile"
        NOT_STATED = "not_stated", "not recorded"

    class Attribution(models.TextChoices):
        CERTAIN = "certain", "to MR, certainly"
        PROBABLE = "probable", "to MR, probably"
        UNCERTAIN = "uncertain", "uncertain"
        OTHER_CAUSE = "other_cause", "to another cause"
        NOT_ANSWERED = "not_answered", "not answered"

    class AfType(models.TextChoices):
        NONE = "none", "none"
        PAROXYSMAL = "paroxysmal", "paroxysmal"
        PERSISTENT = "persistent", "persistent"
        PERMANENT = "permanent", "permanent"
        NOT_STATED = "not_stated", "not recorded"

    class DiureticNeed(models.TextChoices):
        NONE = "none", "none"
        FOR_MR = "for_mr", "for MR or heart failure"
        OTHER = "other", "for another reason"
        NOT_STATED = "not_stated", "not recorded"

    recorded_on = models.DateField("asked on")
    nyha_low = nyha_end("NYHA class, lower end")
    nyha_high = nyha_end("NYHA class, upper end")
    actively_asked_none = models.BooleanField("actively asked: no symptoms", default=False)
    dyspnea = finding("dyspnea on exertion")
    orthopnea = finding("orthopnea")
    nocturnal_dyspnea = finding("nocturnal dyspnea")
    edema = finding("edema")
    syncope = finding("syncope")
    palpitations = finding("palpitations")
    fatigue = finding("fatigue")
    fever = finding("fever")
    reduced_exercise_tolerance = finding("reduced exercise tolerance")
    angina_class = models.PositiveSmallIntegerField(
        "angina class (CCS)",
        choices=((0, "none"), (1, "1"), (2, "2"), (3, "3"), (4, "4")),
        null=True,
        blank=True,
    )
    activity_level = models.CharField(
        "activity level",
        max_length=12,
        choices=ActivityLevel.choices,
        default=ActivityLevel.NOT_STATED,
    )
    activity_given_up = finding("gave up activity because of symptoms")
    diuretic_need = models.CharField(
        "diuretic needed",
        max_length=12,
        choices=DiureticNeed.choices,
        default=DiureticNeed.NOT_STATED,
    )
    attribution = models.CharField(
        "symptoms attributed",
        max_length=14,
        choices=Attribution.choices,
        default=Attribution.NOT_ANSWERED,
    )
    attributed_cause = models.CharField("other cause", max_length=120, blank=True)
    atrial_fibrillation_type = models.CharField(
        "atrial fibrillation", max_length=12, choices=AfType.choices, default=AfType.NOT_STATED
    )
    systolic_bp_mmhg = measured("systolic_bp_mmhg")
    diastolic_bp_mmhg = measured("diastolic_bp_mmhg")
    heart_rate_bpm = measured("heart_rate_bpm")
    weight_kg = measured("weight_kg")
    oxygen_saturation_percent = number("oxygen saturation (%)", 30, 100, 5, 1)
    six_minute_walk_m = number("six-minute walk (m)", 0, 1000, 6, 1)
    kccq_overall = number("KCCQ overall score", 0, 100, 5, 1)
    mlhfq_total = number("MLHFQ total score", 0, 105, 5, 1)
    comment = models.TextField(blank=True)
    implausible_confirmed = models.JSONField(default=list, blank=True, editable=False)

    date_field = "recorded_on"

    class Meta:
        ordering = ("-recorded_on", "-id")
        indexes = (models.Index(fields=["-recorded_on", "-id"], name="symptom_log_by_day"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(nyha_low__isnull=True, nyha_high__isnull=True)
                | Q(nyha_low__isnull=False, nyha_high__gte=models.F("nyha_low")),
                name="symptom_log_nyha_pair",
                violation_error_message="The NYHA range runs from the lower to the higher class.",
            ),
        )

    def __str__(self) -> str:
        return f"symptom log {self.recorded_on}"
