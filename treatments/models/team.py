"""The heart team's inputs that rules need, its decision and its reasons."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models

from guidelines.catalogue.therapy import ProcedureImpediment
from guidelines.vocabulary import CenterType, Operability, SurgicalRisk, TeerAnatomy
from patients.models import ClinicalRecord, YesNoUnknown
from patients.models.studies import number


def judgment(verbose_name: str) -> models.CharField[str, str]:
    """A judgment answered yes, no or unknown; unknown leaves the answer before it as it is."""
    return models.CharField(
        verbose_name, max_length=8, choices=YesNoUnknown.choices, default=YesNoUnknown.UNKNOWN
    )


class TeamReview(ClinicalRecord):
    """One review by the heart team. Its judgments are entered, never computed.

    Operability and surgical risk class are two fields; a judgment left open is pending, which is
    not a missing measurement.
    """

    class Decision(models.TextChoices):
        INTERVENE = "intervene", "intervention"
        WATCH = "watch", "watchful waiting"
        MEDICAL = "medical", "medical treatment"
        FURTHER_TESTS = "further_tests", "further tests first"
        DECLINED_BY_PATIENT = "declined_by_patient", "declined by the patient"
        NOT_DECIDED = "not_decided", "not decided"

    reviewed_on = models.DateField("reviewed on")
    operability = models.CharField(
        max_length=14, choices=Operability.choices(), default=Operability.NOT_DISCUSSED.value
    )
    surgical_risk_class = models.CharField(
        "surgical risk class",
        max_length=14,
        choices=SurgicalRisk.choices(),
        default=SurgicalRisk.UNKNOWN.value,
    )
    sts_mortality_percent = number("STS predicted mortality (%)", 0, 100, 6, 3)
    sts_model = models.CharField("STS model and version", max_length=80, blank=True)
    sts_computed_on = models.DateField("STS computed on", null=True, blank=True)
    expected_mortality_percent = number("expected mortality (%)", 0, 100, 6, 3)
    repair_likelihood_percent = number("likelihood of a durable repair (%)", 0, 100, 6, 3)
    durable_repair_expected = judgment("durable repair expected")
    teer_anatomy = models.CharField(
        "anatomy for TEER",
        max_length=14,
        choices=TeerAnatomy.choices(),
        default=TeerAnatomy.NOT_ASSESSED.value,
    )
    center_type = models.CharField(
        "center", max_length=20, choices=CenterType.choices(), default=CenterType.UNKNOWN.value
    )
    intervention_futile = judgment("intervention futile")
    surgery_impossible_or_delayed = judgment("surgery impossible or delayed")
    major_organs_compromised = models.PositiveSmallIntegerField(
        "organ systems compromised besides the heart",
        null=True,
        blank=True,
        validators=[MaxValueValidator(10)],
    )
    procedure_impediment = models.CharField(
        "impediment to the operation",
        max_length=10,
        choices=ProcedureImpediment.choices(),
        default=ProcedureImpediment.UNKNOWN.value,
    )
    death_or_major_morbidity_1_year_percent = number(
        "predicted death or major morbidity in one year (%)", 0, 100, 6, 3
    )
    gdmt_optimized = judgment("medical therapy of heart failure optimized")
    heart_failure_specialist = models.CharField(
        "heart failure specialist", max_length=120, blank=True
    )
    life_expectancy_years = number("life expectancy (years)", 0, 80, 4, 1)
    decision = models.CharField(
        max_length=20, choices=Decision.choices, default=Decision.NOT_DECIDED
    )
    decision_reason = models.TextField("reasons", blank=True)
    review_on = models.DateField("to be looked at again by", null=True, blank=True)
    patient_wish = models.TextField("patient's wish", blank=True)
    participants = models.CharField(max_length=300, blank=True)

    date_field = "reviewed_on"

    class Meta:
        ordering = ("-reviewed_on", "-id")

    def __str__(self) -> str:
        return f"team review {self.reviewed_on}"
