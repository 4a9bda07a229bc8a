"""Interventions: planned, performed, declined or cancelled, with their results."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from patients.models import ClinicalRecord, YesNoUnknown
from patients.models.echo import LESION_CHOICES, finding, reader_grade
from patients.models.studies import number


class Intervention(ClinicalRecord):
    """One procedure on the heart. Several parts of one operation are rows of the same day."""

    class Kind(models.TextChoices):
        MITRAL_REPAIR = "mitral_repair", "mitral valve repair"
        MITRAL_MECHANICAL = "mitral_mechanical", "mechanical mitral replacement"
        MITRAL_BIOLOGICAL = "mitral_biological", "biological mitral replacement"
        TEER = "teer", "transcatheter edge-to-edge repair (TEER)"
        TRANSCATHETER_MITRAL = "transcatheter_mitral", "transcatheter mitral replacement"
        MITRAL_COMMISSUROTOMY = "mitral_commissurotomy", "mitral commissurotomy"
        PARAVALVULAR_CLOSURE = "paravalvular_closure", "closure of a paravalvular leak"
        AORTIC_REPLACEMENT = "aortic_replacement", "aortic valve replacement"
        TAVI = "tavi", "transcatheter aortic valve implantation"
        AORTIC_SURGERY = "aortic_surgery", "surgery of the thoracic aorta"
        TRICUSPID_SURGERY = "tricuspid_surgery", "tricuspid valve surgery"
        CABG = "cabg", "coronary bypass surgery (CABG)"
        PCI = "pci", "coronary intervention (PCI)"
        AF_ABLATION = "af_ablation", "ablation of atrial fibrillation"
        APPENDAGE_CLOSURE = "appendage_closure", "closure of the left atrial appendage"
        CRT = "crt", "resynchronization (CRT)"
        ICD = "icd", "defibrillator"
        PACEMAKER = "pacemaker", "pacemaker"
        LVAD = "lvad", "ventricular assist device"
        TRANSPLANT = "transplant", "heart transplant"
        OTHER = "other", "other"

    class Status(models.TextChoices):
        PLANNED = "planned", "planned"
        PERFORMED = "performed", "performed"
        DECLINED = "declined", "declined"
        CANCELLED = "cancelled", "cancelled"

    class NotDone(models.TextChoices):
        """Why a procedure was declined or called off; nothing is chosen for whoever enters it."""

        NOT_STATED = "not_stated", "not recorded"
        WISH = "wish", "the patient's wish"
        TOO_ILL = "too_ill", "too ill, or another illness first"
        ANATOMY = "anatomy", "anatomy not suitable"
        NOT_NEEDED = "not_needed", "no longer needed"
        CAPACITY = "capacity", "no bed, staff or theatre"
        OTHERWISE = "otherwise", "done elsewhere or in another way"
        NOT_REACHED = "not_reached", "did not come or was not reached"
        DIED = "died", "died before it"
        OTHER = "other", "other"

    class Urgency(models.TextChoices):
        ELECTIVE = "elective", "elective"
        URGENT = "urgent", "urgent"
        EMERGENCY = "emergency", "emergency"
        SALVAGE = "salvage", "salvage"
        NOT_STATED = "not_stated", "not recorded"

    class Approach(models.TextChoices):
        STERNOTOMY = "sternotomy", "sternotomy"
        MINIMALLY_INVASIVE = "minimally_invasive", "minimally invasive"
        ROBOTIC = "robotic", "robotic"
        TRANSSEPTAL = "transseptal", "transseptal"
        TRANSAPICAL = "transapical", "transapical"
        TRANSFEMORAL = "transfemoral", "transfemoral"
        OTHER = "other", "other"
        NOT_STATED = "not_stated", "not recorded"

    kind = models.CharField(max_length=24, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    planned_on = models.DateField("planned for", null=True, blank=True)
    performed_on = models.DateField("performed on", null=True, blank=True)
    decided_on = models.DateField("declined or cancelled on", null=True, blank=True)
    not_done_because = models.CharField(
        "kind of reason", max_length=12, choices=NotDone.choices, default=NotDone.NOT_STATED
    )
    reason = models.CharField("reason", max_length=300, blank=True)
    urgency = models.CharField(max_length=12, choices=Urgency.choices, default=Urgency.NOT_STATED)
    approach = models.CharField(
        max_length=20, choices=Approach.choices, default=Approach.NOT_STATED
    )
    operator = models.CharField(max_length=120, blank=True)
    center = models.CharField("center", max_length=120, blank=True)
    repair_technique = models.CharField("repair technique", max_length=200, blank=True)
    annuloplasty_ring = models.CharField("ring", max_length=120, blank=True)
    device_implanted = finding("device implanted", "An aborted TEER without implant is no repair.")
    devices_count = models.PositiveSmallIntegerField("number of devices", null=True, blank=True)
    prosthesis_model = models.CharField("prosthesis model", max_length=120, blank=True)
    prosthesis_size_mm = number("prosthesis size (mm)", 8, 60, 5, 1)
    redo = finding("redo operation")

    residual_regurgitation_low = reader_grade("residual MR, lower end")
    residual_regurgitation_high = reader_grade("residual MR, upper end")
    converted = finding("converted to another procedure")
    discharged_on = models.DateField("discharged on", null=True, blank=True)
    baseline_measured_on = models.DateField("baseline Doppler on", null=True, blank=True)
    baseline_mean_gradient_mmhg = number("baseline mean gradient (mmHg)", 0, 50, 5, 1)
    baseline_peak_velocity_m_s = number("baseline peak velocity (m/s)", "0.1", 8, 5, 2)
    baseline_doppler_velocity_index = number("baseline Doppler velocity index", "0.1", 15, 5, 2)
    baseline_effective_orifice_area_cm2 = number("baseline orifice area (cm2)", "0.1", 8, 5, 2)
    baseline_paravalvular_leak = models.PositiveSmallIntegerField(
        "baseline paravalvular leak", choices=LESION_CHOICES, null=True, blank=True
    )
    comment = models.TextField(blank=True)

    date_field = "performed_on"

    class Meta:
        ordering = (
            models.F("performed_on").desc(nulls_last=True),
            models.F("planned_on").desc(nulls_last=True),
            "-id",
        )
        indexes = (
            models.Index(fields=["patient", "status", "performed_on"], name="intervention_done"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(status="performed") | Q(performed_on__isnull=False),
                name="performed_has_date",
                violation_error_message="A performed intervention needs its date.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_status_display()})"


class Complication(ClinicalRecord):
    """A complication or later event after an intervention."""

    class Kind(models.TextChoices):
        DEATH = "death", "death"
        STROKE = "stroke", "stroke"
        BLEEDING = "bleeding", "major bleeding"
        VASCULAR = "vascular", "vascular complication"
        KIDNEY_INJURY = "kidney_injury", "acute kidney injury"
        MYOCARDIAL_INFARCTION = "myocardial_infarction", "myocardial infarction"
        LOW_OUTPUT = "low_output", "severe heart failure or low output"
        ATRIAL_FIBRILLATION = "atrial_fibrillation", "new atrial fibrillation"
        PACEMAKER = "pacemaker", "new pacemaker"
        ENDOCARDITIS = "endocarditis", "endocarditis"
        VALVE_THROMBOSIS = "valve_thrombosis", "valve thrombosis"
        PARAVALVULAR_LEAK = "paravalvular_leak", "paravalvular leak"
        HEMOLYSIS = "hemolysis", "hemolysis"
        SAM = "sam", "systolic anterior motion"
        DEVICE_DETACHMENT = "device_detachment", "device detachment"
        REINTERVENTION = "reintervention", "valve reintervention"
        INFECTION = "infection", "infection"
        OTHER = "other", "other"

    intervention = models.ForeignKey(
        Intervention, on_delete=models.PROTECT, related_name="complications"
    )
    occurred_on = models.DateField("occurred on")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    resolved = models.CharField(
        max_length=8, choices=YesNoUnknown.choices, default=YesNoUnknown.UNKNOWN
    )
    comment = models.TextField(blank=True)

    date_field = "occurred_on"

    class Meta:
        ordering = ("-occurred_on", "-id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_on}"
