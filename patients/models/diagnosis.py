"""The mitral diagnosis, what else is known, and what was asked and found absent."""

from __future__ import annotations

from django.db import models

from guidelines import vocabulary
from patients.models.base import ClinicalRecord, YesNoUnknown


class MitralDiagnosis(ClinicalRecord):
    """Mechanism, etiology and tempo of the regurgitation as held from one day on.

    Mechanism and tempo are two axes: an acute papillary rupture keeps its mechanism.
    """

    diagnosed_on = models.DateField("as of")
    mechanism = models.CharField(
        max_length=24,
        choices=vocabulary.Mechanism.choices(),
        default=vocabulary.Mechanism.UNKNOWN.value,
    )
    etiology = models.CharField(
        max_length=48,
        choices=vocabulary.Etiology.choices(),
        default=vocabulary.Etiology.UNKNOWN.value,
    )
    carpentier_type = models.CharField(
        "Carpentier type", max_length=8, choices=vocabulary.CarpentierType.choices(), blank=True
    )
    segments = models.JSONField(
        "segments involved", default=list, blank=True, help_text="A1 to P3 and the commissures."
    )
    tempo = models.CharField(
        max_length=20,
        choices=vocabulary.Tempo.choices(),
        default=vocabulary.Tempo.UNKNOWN.value,
    )
    onset_on = models.DateField("onset", null=True, blank=True)
    previous_mitral_procedure = models.CharField(
        "previous mitral procedure elsewhere",
        max_length=24,
        choices=[("none", "Asked: none")]
        + [pair for pair in vocabulary.MitralValveState.choices() if pair[0] != "native"],
        default=vocabulary.MitralValveState.UNKNOWN.value,
    )
    previous_mitral_procedure_on = models.DateField("date of that procedure", null=True, blank=True)
    note = models.TextField(blank=True)

    date_field = "diagnosed_on"

    class Meta:
        verbose_name_plural = "mitral diagnoses"
        ordering = ("-diagnosed_on", "-id")

    def __str__(self) -> str:
        return f"{self.get_mechanism_display()}, {self.get_etiology_display()}"


class Comorbidity(ClinicalRecord):
    """One condition that rules and scores ask for: yes, no or unknown, as of one day."""

    class Kind(models.TextChoices):
        ATRIAL_FIBRILLATION = "atrial_fibrillation", "atrial fibrillation, ever"
        AF_SECONDARY_TO_MR = "af_secondary_to_mr", "atrial fibrillation secondary to MR"
        AF_DEVICE_DETECTED_ONLY = "af_device_detected_only", "atrial fibrillation by device only"
        HYPERTENSION = "hypertension", "hypertension"
        HEART_FAILURE = "heart_failure", "heart failure"
        HFPEF = "hfpef", "heart failure with preserved ejection fraction"
        CORONARY_DISEASE = "coronary_disease", "coronary artery disease"
        MYOCARDIAL_INFARCTION = "myocardial_infarction", "myocardial infarction"
        ANGINA = "angina", "angina"
        PREVIOUS_CARDIAC_SURGERY = "previous_cardiac_surgery", "previous heart surgery"
        PREVIOUS_PCI = "previous_pci", "previous coronary intervention"
        STROKE_OR_TIA = "stroke_or_tia", "stroke or TIA"
        SYSTEMIC_EMBOLISM = "systemic_embolism", "systemic embolism"
        VENOUS_THROMBOEMBOLISM = "venous_thromboembolism", "deep vein thrombosis or embolism"
        HYPERCOAGULABLE_STATE = "hypercoagulable_state", "hypercoagulable state"
        PERIPHERAL_ARTERIAL_DISEASE = "peripheral_arterial_disease", "extracardiac arteriopathy"
        DIABETES = "diabetes", "diabetes"
        DIABETES_ON_INSULIN = "diabetes_on_insulin", "diabetes on insulin"
        CHRONIC_LUNG_DISEASE = "chronic_lung_disease", "chronic lung disease"
        HOME_OXYGEN = "home_oxygen", "home oxygen"
        DIALYSIS = "dialysis", "dialysis"
        KIDNEY_DISEASE = "kidney_disease", "chronic kidney disease"
        LIVER_DISEASE = "liver_disease", "liver disease"
        ANEMIA = "anemia", "anemia"
        BLEEDING_HISTORY = "bleeding_history", "bleeding or predisposition to it"
        ALCOHOL = "alcohol", "eight or more alcohol units a week"
        POOR_MOBILITY = "poor_mobility", "poor mobility"
        ACTIVE_ENDOCARDITIS = "active_endocarditis", "active or suspected endocarditis"
        PREVIOUS_ENDOCARDITIS = "previous_endocarditis", "previous endocarditis"
        RHEUMATIC_FEVER = "rheumatic_fever", "rheumatic fever"
        HYPERTROPHIC_CARDIOMYOPATHY = "hypertrophic_cardiomyopathy", "hypertrophic cardiomyopathy"
        RESTRICTIVE_CARDIOMYOPATHY = "restrictive_cardiomyopathy", "restrictive cardiomyopathy"
        INFILTRATIVE_CARDIOMYOPATHY = "infiltrative_cardiomyopathy", "infiltrative cardiomyopathy"
        CONNECTIVE_TISSUE_DISEASE = "connective_tissue_disease", "connective tissue disease"
        CHEST_RADIATION = "chest_radiation", "chest radiation"
        CONGENITAL_HEART_DISEASE = "congenital_heart_disease", "congenital heart disease"
        INTRACARDIAC_SHUNT = "intracardiac_shunt", "intracardiac shunt"
        LVAD_OR_TRANSPLANT = "lvad_or_transplant", "ventricular assist device or transplant"
        SYNCOPE = "syncope", "unexplained syncope"
        VENTRICULAR_ARRHYTHMIA = "ventricular_arrhythmia", "complex ventricular arrhythmia"
        ADVANCED_HEART_FAILURE = "advanced_heart_failure", "advanced heart failure (stage D)"
        OBESITY = "obesity", "obesity"
        VKA_CONTRAINDICATED = "vka_contraindicated", "vitamin K antagonist contraindicated"

    kind = models.CharField(max_length=40, choices=Kind.choices)
    present = models.CharField(max_length=8, choices=YesNoUnknown.choices)
    noted_on = models.DateField("as of")
    since_on = models.DateField("since", null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    date_field = "noted_on"

    class Meta:
        verbose_name_plural = "comorbidities"
        ordering = ("-noted_on", "-id")
        indexes = (models.Index(fields=["patient", "kind", "-noted_on"], name="comorbidity_kind"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_present_display()}"


class AbsenceCheck(ClinicalRecord):
    """The yearly "none of these": what was asked and found absent, by whom, on which day."""

    checked_on = models.DateField("asked on")
    hypertrophic_cardiomyopathy_absent = models.BooleanField(
        "no hypertrophic cardiomyopathy, SAM or LVOT obstruction", default=False
    )
    mitral_stenosis_absent = models.BooleanField("no mitral stenosis", default=False)
    endocarditis_absent = models.BooleanField("no endocarditis, none suspected", default=False)
    aortic_valve_disease_absent = models.BooleanField(
        "no relevant aortic valve disease", default=False
    )
    pregnancy_absent = models.BooleanField("not pregnant, or impossible", default=False)
    previous_mitral_procedure_absent = models.BooleanField(
        "no previous mitral procedure", default=False
    )

    date_field = "checked_on"

    class Meta:
        ordering = ("-checked_on", "-id")

    def __str__(self) -> str:
        return f"none-of-these check {self.checked_on}"
