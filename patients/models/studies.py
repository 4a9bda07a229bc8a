"""Studies other than echo, and hospital admissions for heart failure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from guidelines.vocabulary import Rhythm, StudyQuality
from patients.models.base import ClinicalRecord, YesNoUnknown
from patients.models.echo import finding


def number(
    verbose_name: str, low: int | str, high: int | str, digits: int = 7, places: int = 2
) -> models.DecimalField[Any, Any]:
    """A nullable number with possible limits; null means not recorded."""
    return models.DecimalField(
        verbose_name,
        max_digits=digits,
        decimal_places=places,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(low)), MaxValueValidator(Decimal(high))],
    )


class Electrocardiogram(ClinicalRecord):
    """A 12-lead ECG or a continuous recording."""

    class Kind(models.TextChoices):
        TWELVE_LEAD = "twelve_lead", "12-lead ECG"
        HOLTER = "holter", "Holter or patch"
        DEVICE = "device", "device interrogation"

    class Morphology(models.TextChoices):
        NARROW = "narrow", "narrow"
        LBBB = "lbbb", "left bundle branch block"
        RBBB = "rbbb", "right bundle branch block"
        OTHER = "other", "other wide"
        PACED = "paced", "paced"
        NOT_STATED = "not_stated", "not recorded"

    recorded_on = models.DateField("recorded on")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.TWELVE_LEAD)
    rhythm = models.CharField(max_length=20, choices=Rhythm.choices(), default=Rhythm.UNKNOWN.value)
    atrial_fibrillation_seen = finding("atrial fibrillation or flutter of 30 s or more")
    heart_rate_bpm = number("heart rate (bpm)", 10, 350, 5, 1)
    qrs_ms = number("QRS duration (ms)", 40, 400, 5, 1)
    qrs_morphology = models.CharField(
        "QRS morphology",
        max_length=12,
        choices=Morphology.choices,
        default=Morphology.NOT_STATED,
    )
    rv_pacing_percent = number("RV pacing (%)", 0, 100, 5, 1)
    complex_ventricular_ectopy = finding("complex ventricular ectopy")
    comment = models.TextField(blank=True)

    date_field = "recorded_on"

    class Meta:
        verbose_name = "ECG"
        verbose_name_plural = "ECGs"
        ordering = ("-recorded_on", "-id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.recorded_on}"


class ExerciseTest(ClinicalRecord):
    """An exercise test or cardiopulmonary exercise test."""

    class Result(models.TextChoices):
        NORMAL = "normal", "normal, no symptoms"
        SYMPTOMS = "symptoms", "symptoms or clearly reduced capacity"
        INCONCLUSIVE = "inconclusive", "inconclusive"

    performed_on = models.DateField("performed on")
    protocol = models.CharField(max_length=80, blank=True)
    result = models.CharField(max_length=14, choices=Result.choices)
    attributed_to_mr = models.CharField(
        "symptoms attributed to MR",
        max_length=8,
        choices=YesNoUnknown.choices,
        default=YesNoUnknown.UNKNOWN,
    )
    peak_workload_w = number("peak workload (W)", 0, 600, 5, 1)
    predicted_workload_percent = number("share of predicted (%)", 0, 250, 5, 1)
    peak_vo2_ml_kg_min = number("peak VO2 (mL/kg/min)", 2, 90, 5, 1)
    peak_spap_mmhg = number("SPAP at peak (mmHg)", 5, 200, 5, 1)
    comment = models.TextField(blank=True)

    date_field = "performed_on"

    class Meta:
        ordering = ("-performed_on", "-id")

    def __str__(self) -> str:
        return f"exercise test {self.performed_on}"


class CoronaryAssessment(ClinicalRecord):
    """What is known of the coronary arteries, and from which test."""

    class Method(models.TextChoices):
        INVASIVE = "invasive", "invasive angiography"
        CT = "ct", "CT angiography"
        OTHER = "other", "other"

    performed_on = models.DateField("performed on")
    method = models.CharField(max_length=10, choices=Method.choices)
    left_main_stenosis_percent = number("left main stenosis (%)", 0, 100, 5, 1)
    largest_other_stenosis_percent = number("largest other stenosis (%)", 0, 100, 5, 1)
    needs_revascularization = models.CharField(
        "needs revascularization",
        max_length=8,
        choices=YesNoUnknown.choices,
        default=YesNoUnknown.UNKNOWN,
    )
    comment = models.TextField(blank=True)

    date_field = "performed_on"

    class Meta:
        ordering = ("-performed_on", "-id")

    def __str__(self) -> str:
        return f"coronary assessment {self.performed_on}"


class CatheterStudy(ClinicalRecord):
    """A right-heart or left-heart catheter study."""

    performed_on = models.DateField("performed on")
    spap_mmhg = number("systolic PA pressure (mmHg)", 5, 200, 5, 1)
    mean_pap_mmhg = number("mean PA pressure (mmHg)", 2, 120, 5, 1)
    wedge_pressure_mmhg = number("wedge pressure (mmHg)", 0, 80, 5, 1)
    right_atrial_pressure_mmhg = number("right atrial pressure (mmHg)", 0, 50, 5, 1)
    cardiac_output_l_min = number("cardiac output (L/min)", "0.5", 25, 5, 2)
    angiographic_mr_grade = models.PositiveSmallIntegerField(
        "angiographic MR grade (0 to 4+)",
        null=True,
        blank=True,
        validators=[MaxValueValidator(4)],
    )
    comment = models.TextField(blank=True)

    date_field = "performed_on"

    class Meta:
        verbose_name_plural = "catheter studies"
        ordering = ("-performed_on", "-id")

    def __str__(self) -> str:
        return f"catheter study {self.performed_on}"


class CmrStudy(ClinicalRecord):
    """A cardiac magnetic resonance study."""

    performed_on = models.DateField("performed on")
    accession_number = models.CharField("accession number", max_length=60, blank=True)
    quality = models.CharField(
        "image quality",
        max_length=12,
        choices=StudyQuality.choices(),
        default=StudyQuality.UNKNOWN.value,
    )
    lvef_percent = number("LVEF (%)", "0.1", 100, 5, 2)
    lvedv_ml = number("LV end-diastolic volume (mL)", 10, 800, 6, 2)
    lvesv_ml = number("LV end-systolic volume (mL)", 2, 700, 6, 2)
    rvef_percent = number("RVEF (%)", "0.1", 100, 5, 2)
    regurgitant_volume_ml = number("mitral regurgitant volume (mL)", "0.1", 400, 6, 2)
    regurgitant_fraction_percent = number("mitral regurgitant fraction (%)", "0.1", "99.9", 5, 2)
    late_enhancement = finding("late gadolinium enhancement")
    comment = models.TextField(blank=True)

    date_field = "performed_on"

    class Meta:
        verbose_name = "CMR study"
        verbose_name_plural = "CMR studies"
        ordering = ("-performed_on", "-id")

    def __str__(self) -> str:
        return f"CMR {self.performed_on}"


class HeartFailureAdmission(ClinicalRecord):
    """A hospital admission for heart failure."""

    admitted_on = models.DateField("admitted on")
    discharged_on = models.DateField("discharged on", null=True, blank=True)
    hospital = models.CharField(max_length=120, blank=True)
    attributed_to_mr = models.CharField(
        "attributed to MR",
        max_length=8,
        choices=YesNoUnknown.choices,
        default=YesNoUnknown.UNKNOWN,
    )
    comment = models.TextField(blank=True)

    date_field = "admitted_on"

    class Meta:
        ordering = ("-admitted_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(discharged_on__isnull=True)
                | models.Q(discharged_on__gte=models.F("admitted_on")),
                name="admission_ends_after_start",
                violation_error_message="The discharge is before the admission.",
            ),
        )

    def __str__(self) -> str:
        return f"heart failure admission {self.admitted_on}"
