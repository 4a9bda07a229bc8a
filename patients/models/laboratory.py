"""Laboratory results and the acknowledgment of results."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from patients.models.base import ClinicalRecord


@dataclass(frozen=True)
class Analyte:
    """One kind of result: its unit, what is possible and what is plausible."""

    code: str
    label: str
    unit: str
    possible: tuple[str, str]
    plausible: tuple[str, str]


ANALYTES: dict[str, Analyte] = {
    analyte.code: analyte
    for analyte in (
        Analyte("bnp", "BNP", "pg/mL", ("0", "50000"), ("5", "10000")),
        Analyte("nt_probnp", "NT-proBNP", "pg/mL", ("0", "400000"), ("5", "70000")),
        Analyte("creatinine", "creatinine", "umol/L", ("5", "4000"), ("25", "1200")),
        Analyte("potassium", "potassium", "mmol/L", ("0.5", "15"), ("2", "8")),
        Analyte("hemoglobin", "hemoglobin", "g/dL", ("1", "30"), ("4", "22")),
        Analyte("platelets", "platelets", "10^9/L", ("0", "5000"), ("10", "1500")),
        Analyte("bilirubin", "bilirubin", "umol/L", ("0", "2000"), ("1", "500")),
        Analyte("alt", "ALT", "U/L", ("0", "50000"), ("2", "3000")),
        Analyte("troponin", "troponin", "ng/L", ("0", "1000000"), ("0", "100000")),
        Analyte("crp", "CRP", "mg/L", ("0", "1500"), ("0", "600")),
        Analyte("ldh", "LDH", "U/L", ("0", "50000"), ("50", "5000")),
        Analyte("inr", "INR", "", ("0.5", "30"), ("0.8", "15")),
    )
}
BLOOD_CULTURE = "blood_culture"


class LabResult(ClinicalRecord):
    """One result of one analyte on one day, with its unit.

    INR targets, plans and time in range belong to treatments.
    """

    class Comparator(models.TextChoices):
        LESS = "<", "less than"
        GREATER = ">", "more than"

    class CultureResult(models.TextChoices):
        POSITIVE = "positive", "positive"
        NEGATIVE = "negative", "negative"
        PENDING = "pending", "pending"

    taken_on = models.DateField("taken on")
    analyte = models.CharField(
        max_length=20,
        choices=[(a.code, a.label) for a in ANALYTES.values()] + [(BLOOD_CULTURE, "blood culture")],
    )
    comparator = models.CharField(max_length=1, choices=Comparator.choices, blank=True)
    value = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    culture_result = models.CharField(
        "culture result", max_length=10, choices=CultureResult.choices, blank=True
    )
    organism = models.CharField(max_length=120, blank=True)
    laboratory = models.CharField(max_length=120, blank=True)
    implausible_confirmed = models.JSONField(default=list, blank=True, editable=False)

    date_field = "taken_on"

    class Meta:
        ordering = ("-taken_on", "-id")
        indexes = (
            models.Index(fields=["patient", "analyte", "-taken_on"], name="result_of_analyte"),
            models.Index(fields=["-taken_on", "-id"], name="result_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.get_analyte_display()} {self.taken_on}"

    def clean(self) -> None:
        """A number needs its unit and must be possible; a culture has a result instead."""
        if self.analyte == BLOOD_CULTURE:
            if not self.culture_result:
                raise ValidationError({"culture_result": "Enter the result of the culture."})
            return
        analyte = ANALYTES.get(self.analyte)
        if analyte is None:
            return
        if self.value is None:
            raise ValidationError({"value": "Enter the value."})
        if self.unit != analyte.unit:
            wanted = analyte.unit or "no unit"
            raise ValidationError({"unit": f"{analyte.label} is kept in {wanted}."})
        low, high = analyte.possible
        if not Decimal(low) <= self.value <= Decimal(high):
            raise ValidationError(
                {
                    "value": f"{analyte.label} {self.value} {analyte.unit} is not possible "
                    f"({low} to {high} {analyte.unit})."
                }
            )


class ResultAcknowledgment(ClinicalRecord):
    """Who saw a new result, and when."""

    seen_at = models.DateTimeField("seen")
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    echo_study = models.ForeignKey(
        "patients.EchoStudy", on_delete=models.PROTECT, null=True, blank=True
    )
    lab_result = models.ForeignKey(LabResult, on_delete=models.PROTECT, null=True, blank=True)

    date_field = "seen_at"

    class Meta:
        ordering = ("-seen_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(echo_study__isnull=False, lab_result__isnull=True)
                | Q(echo_study__isnull=True, lab_result__isnull=False),
                name="acknowledges_one_result",
                violation_error_message="An acknowledgment is of one result.",
            ),
        )

    def __str__(self) -> str:
        return f"seen {self.seen_at:%Y-%m-%d}"
