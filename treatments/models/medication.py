"""Medication courses, the anticoagulation plan and endocarditis-prophylaxis advice."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from patients.models import ClinicalRecord
from treatments.formulary import FORMULARY, DrugClass, drug_choices


class Medication(ClinicalRecord):
    """One course of one drug, from start to stop."""

    class StopReason(models.TextChoices):
        INEFFECTIVE = "ineffective", "no effect"
        SIDE_EFFECT = "side_effect", "side effect"
        ALLERGY = "allergy", "allergy"
        NOT_NEEDED = "not_needed", "no longer needed"
        CONTRAINDICATED = "contraindicated", "contraindicated"
        PREGNANCY = "pregnancy", "pregnancy"
        PATIENT_WISH = "patient_wish", "patient's wish"
        REPLACED = "replaced", "replaced by another drug"
        DOSE_CHANGED = "dose_changed", "dose changed"
        OTHER = "other", "other"

    class Indication(models.TextChoices):
        HEART_FAILURE = "heart_failure", "heart failure"
        HYPERTENSION = "hypertension", "hypertension"
        MR_ALONE = "mr_alone", "mitral regurgitation alone"
        ATRIAL_FIBRILLATION = "atrial_fibrillation", "atrial fibrillation"
        PROSTHESIS = "prosthesis", "valve prosthesis"
        CORONARY_DISEASE = "coronary_disease", "coronary disease"
        OTHER = "other", "other"
        NOT_STATED = "not_stated", "not recorded"

    drug = models.CharField(max_length=40, choices=drug_choices())
    drug_class = models.CharField(
        "class", max_length=20, choices=DrugClass.choices, blank=True, editable=False
    )
    name_as_written = models.CharField("as written", max_length=120, blank=True)
    dose_mg = models.DecimalField(
        "dose (mg)",
        max_digits=10,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.0001"))],
    )
    times_a_day = models.DecimalField(
        "times a day",
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(24))],
    )
    dose_text = models.CharField("dose as written", max_length=120, blank=True)
    indication = models.CharField(
        max_length=20, choices=Indication.choices, default=Indication.NOT_STATED
    )
    at_maximal_tolerated_dose = models.BooleanField(
        "at maximal tolerated dose", null=True, blank=True
    )
    started_on = models.DateField(
        "started on", null=True, blank=True, help_text="Leave empty when not known."
    )
    noted_on = models.DateField("taking it on", help_text="The day on which this was recorded.")
    stopped_on = models.DateField("stopped on", null=True, blank=True)
    stop_reason = models.CharField(
        "why stopped", max_length=20, choices=StopReason.choices, blank=True
    )
    comment = models.TextField(blank=True)

    date_field = "noted_on"

    class Meta:
        ordering = ("-noted_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(stopped_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(stopped_on__gte=models.F("started_on")),
                name="medication_stops_after_start",
                violation_error_message="The drug stops before it starts.",
            ),
        )

    def __str__(self) -> str:
        return self.get_drug_display()

    def clean(self) -> None:
        """The class follows from the drug."""
        drug = FORMULARY.get(self.drug)
        if drug is None:
            raise ValidationError({"drug": "This drug is not in the formulary."})
        self.drug_class = drug.drug_class.value


class AnticoagulationPlan(ClinicalRecord):
    """What anticoagulant is meant, why, and within which INR limits, from one day on."""

    class Agent(models.TextChoices):
        VKA = "vka", "vitamin K antagonist"
        DOAC = "doac", "direct oral anticoagulant"
        HEPARIN = "heparin", "heparin"
        NONE = "none", "none"

    from_on = models.DateField("from")
    until_on = models.DateField("until", null=True, blank=True)
    agent = models.CharField(max_length=8, choices=Agent.choices)
    indication = models.CharField(max_length=200, blank=True)
    inr_target = models.DecimalField(
        "INR target",
        max_digits=3,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("1.5")), MaxValueValidator(Decimal("4.5"))],
    )
    inr_low = models.DecimalField(
        "INR lower limit", max_digits=3, decimal_places=1, null=True, blank=True
    )
    inr_high = models.DecimalField(
        "INR upper limit", max_digits=3, decimal_places=1, null=True, blank=True
    )
    self_testing = models.BooleanField("tests at home", null=True, blank=True)
    comment = models.TextField(blank=True)

    date_field = "from_on"
    one_at_a_time_until = "until_on"
    """Until when it is the one plan: two that run are pointed out where records are merged."""

    class Meta:
        ordering = ("-from_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(inr_low__isnull=True)
                | Q(inr_high__isnull=True)
                | Q(inr_high__gt=models.F("inr_low")),
                name="inr_limits_in_order",
                violation_error_message="The upper INR limit is not above the lower one.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_agent_display()} from {self.from_on}"

    def in_words(self) -> str:
        """The agent and its INR limits, within a sentence."""
        limits = (self.inr_low, self.inr_high)
        inr = f", INR {limits[0]} to {limits[1]}" if None not in limits else ""
        return f"{self.get_agent_display()}{inr}"


class EndocarditisProphylaxisAdvice(ClinicalRecord):
    """What the patient was told about prophylaxis of endocarditis."""

    class Advice(models.TextChoices):
        PROPHYLAXIS = "prophylaxis", "prophylaxis before dental work"
        NO_PROPHYLAXIS = "no_prophylaxis", "no prophylaxis, dental hygiene"

    advised_on = models.DateField("advised on")
    advice = models.CharField(max_length=16, choices=Advice.choices)
    card_given = models.BooleanField("card given", null=True, blank=True)
    comment = models.TextField(blank=True)

    date_field = "advised_on"

    class Meta:
        verbose_name = "endocarditis prophylaxis advice"
        verbose_name_plural = "endocarditis prophylaxis advice"
        ordering = ("-advised_on", "-id")

    def __str__(self) -> str:
        return f"{self.get_advice_display()} {self.advised_on}"
