"""Echo studies, with every measurement that the rule tables need."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from guidelines.vocabulary import (
    JetTiming,
    LvefMethod,
    RegurgitationMethod,
    Rhythm,
    StudyQuality,
    StudyState,
)
from patients.fields import measured
from patients.models.base import ClinicalRecord

GRADE_CHOICES = (
    (0, "none or trace"),
    (1, "mild"),
    (2, "moderate"),
    (3, "moderate-to-severe"),
    (4, "severe"),
)
LESION_CHOICES = (
    (0, "none or trace"),
    (1, "mild"),
    (2, "moderate"),
    (3, "severe"),
    (4, "massive or torrential"),
)


def reader_grade(verbose_name: str) -> models.PositiveSmallIntegerField:
    """One end of a reader's own grade of MR; null means the reader gave none."""
    return models.PositiveSmallIntegerField(
        verbose_name, choices=GRADE_CHOICES, null=True, blank=True
    )


def lesion(verbose_name: str) -> models.PositiveSmallIntegerField:
    """Severity of another lesion; null means not recorded, 0 means looked for and absent."""
    return models.PositiveSmallIntegerField(
        verbose_name, choices=LESION_CHOICES, null=True, blank=True
    )


def finding(verbose_name: str, help_text: str = "") -> models.BooleanField:
    """A finding that is present, absent or (null) not recorded."""
    return models.BooleanField(verbose_name, null=True, blank=True, help_text=help_text)


class EchoStudy(ClinicalRecord):
    """One echo study of one patient. Every measurement may be missing; missing is never normal.

    The key is patient, date, modality and accession number. A final study is amended, never
    overwritten: same row, same address, the former version in its history.
    """

    class Modality(models.TextChoices):
        TTE = "tte", "transthoracic echo"
        TEE = "tee", "transesophageal echo"
        STRESS = "stress", "stress echo"
        INTRACARDIAC = "intracardiac", "intracardiac echo"

    class Status(models.TextChoices):
        DRAFT = "draft", "draft, not used"
        FINAL = "final", "final"
        AMENDED = "amended", "amended"
        ENTERED_IN_ERROR = "entered_in_error", "entered in error"

    class LinearMethod(models.TextChoices):
        TWO_D = "two_d", "2D"
        M_MODE = "m_mode", "M-mode"
        OTHER = "other", "other"
        NOT_STATED = "not_stated", "not recorded"

    class JetDirection(models.TextChoices):
        CENTRAL = "central", "central"
        ECCENTRIC = "eccentric", "eccentric"
        WALL_IMPINGING = "wall_impinging", "eccentric, wall-impinging"
        NOT_STATED = "not_stated", "not recorded"

    class JetDensity(models.TextChoices):
        FAINT = "faint", "faint or partial"
        DENSE = "dense", "dense, partial or parabolic"
        DENSE_TRIANGULAR = "dense_triangular", "dense, holosystolic, triangular"
        NOT_STATED = "not_stated", "not recorded"

    class FlowConvergence(models.TextChoices):
        ABSENT = "absent", "not visible or small"
        INTERMEDIATE = "intermediate", "intermediate"
        LARGE = "large", "large throughout systole"
        NOT_STATED = "not_stated", "not recorded"

    class PulmonaryVeinFlow(models.TextChoices):
        SYSTOLIC_DOMINANT = "systolic_dominant", "systolic dominance"
        BLUNTED = "blunted", "systolic blunting"
        REVERSAL = "reversal", "systolic reversal"
        NOT_STATED = "not_stated", "not recorded"

    class RvFunction(models.TextChoices):
        NORMAL = "normal", "normal"
        MILD = "mild", "mildly reduced"
        MODERATE = "moderate", "moderately reduced"
        SEVERE = "severe", "severely reduced"
        NOT_STATED = "not_stated", "not recorded"

    class LvotObstruction(models.TextChoices):
        NONE = "none", "looked for, none"
        SAM = "sam", "systolic anterior motion"
        OBSTRUCTION = "obstruction", "LVOT obstruction"
        NOT_STATED = "not_stated", "not recorded"

    class BsaFormula(models.TextChoices):
        DU_BOIS = "du_bois", "Du Bois"
        MOSTELLER = "mosteller", "Mosteller"
        HAYCOCK = "haycock", "Haycock"
        NOT_STATED = "not_stated", "formula not stated"

    performed_on = models.DateField("performed on")
    modality = models.CharField(max_length=12, choices=Modality.choices, default=Modality.TTE)
    accession_number = models.CharField("accession number", max_length=60, blank=True)
    status = models.CharField(
        max_length=16, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    finalized_at = models.DateTimeField(null=True, blank=True, editable=False)
    finalized_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    state = models.CharField(
        "state of the patient",
        max_length=16,
        choices=StudyState.choices(),
        default=StudyState.REST.value,
    )
    rhythm = models.CharField(max_length=20, choices=Rhythm.choices(), default=Rhythm.UNKNOWN.value)
    quality = models.CharField(
        "image quality",
        max_length=12,
        choices=StudyQuality.choices(),
        default=StudyQuality.UNKNOWN.value,
    )
    decompensated = finding("decompensated at the time of the study")
    heart_rate_bpm = measured("heart_rate_bpm")
    systolic_bp_mmhg = measured("systolic_bp_mmhg")
    diastolic_bp_mmhg = measured("diastolic_bp_mmhg")
    beats_averaged = measured("beats_averaged")
    reader = models.CharField(max_length=120, blank=True)
    laboratory = models.CharField(max_length=120, blank=True)
    machine = models.CharField(max_length=120, blank=True)

    lvef_percent_low = measured("lvef_percent", verbose_name="LVEF, lower end (%)")
    lvef_percent_high = measured("lvef_percent", verbose_name="LVEF, upper end (%)")
    lvef_percent_low_open = models.BooleanField("LVEF above the lower end", default=False)
    lvef_percent_high_open = models.BooleanField("LVEF below the upper end", default=False)
    lvef_method = models.CharField(
        "LVEF method",
        max_length=12,
        choices=LvefMethod.choices(),
        default=LvefMethod.NOT_STATED.value,
    )
    linear_method = models.CharField(
        "method of diameters",
        max_length=12,
        choices=LinearMethod.choices,
        default=LinearMethod.NOT_STATED,
    )
    lvesd_mm = measured("lvesd_mm")
    lvedd_mm = measured("lvedd_mm")
    lvedv_ml = measured("lvedv_ml")
    lvesv_ml = measured("lvesv_ml")
    lvedv_index_ml_m2 = measured("lvedv_index_ml_m2")
    septum_mm = measured("septum_mm")
    posterior_wall_mm = measured("posterior_wall_mm")
    lv_mass_index_g_m2 = measured("lv_mass_index_g_m2")
    gls_percent = measured("gls_percent")
    bsa_m2 = measured("bsa_m2")
    regional_wall_motion_abnormality = finding("regional wall motion abnormality")
    bsa_formula = models.CharField(
        "BSA formula", max_length=12, choices=BsaFormula.choices, blank=True
    )

    la_diameter_mm = measured("la_diameter_mm")
    la_volume_ml = measured("la_volume_ml")
    la_volume_index_ml_m2 = measured("la_volume_index_ml_m2")
    la_area_four_chamber_cm2 = measured("la_area_four_chamber_cm2")
    la_area_two_chamber_cm2 = measured("la_area_two_chamber_cm2")
    la_length_cm = measured("la_length_cm")

    flail_leaflet = finding("flail leaflet")
    ruptured_papillary_muscle = finding("ruptured papillary muscle")
    leaflet_perforation = finding("leaflet perforation")
    severe_leaflet_retraction = finding("severe leaflet retraction")
    leaflet_tethering = finding("leaflet tethering")
    severe_tenting = finding("severe tenting or poor coaptation")
    planar_coaptation = finding("planar coaptation")
    annular_calcification = finding("mitral annular calcification")
    annular_disjunction = finding("mitral annular disjunction")
    mitral_annulus_ap_mm = measured("mitral_annulus_ap_mm")
    mitral_annulus_ic_mm = measured("mitral_annulus_ic_mm")
    mitral_valve_area_cm2 = measured("mitral_valve_area_cm2")
    mitral_mean_gradient_mmhg = measured("mitral_mean_gradient_mmhg")
    prolapse_segments = models.JSONField("prolapsing or flail segments", default=list, blank=True)

    jet_direction = models.CharField(
        "jet direction",
        max_length=16,
        choices=JetDirection.choices,
        default=JetDirection.NOT_STATED,
    )
    jet_timing = models.CharField(
        "jet timing", max_length=16, choices=JetTiming.choices(), default=JetTiming.UNKNOWN.value
    )
    jet_density = models.CharField(
        "continuous-wave signal",
        max_length=20,
        choices=JetDensity.choices,
        default=JetDensity.NOT_STATED,
    )
    jet_area_percent_la = measured("jet_area_percent_la")
    vena_contracta_mm = measured("vena_contracta_mm")
    vena_contracta_biplane_mm = measured("vena_contracta_biplane_mm")
    vena_contracta_area_3d_mm2 = measured("vena_contracta_area_3d_mm2")
    multiple_jets = finding("multiple jets")
    orifice_elliptical = finding("elliptical orifice")
    low_flow = finding("low-flow state")
    flow_convergence = models.CharField(
        "flow convergence",
        max_length=16,
        choices=FlowConvergence.choices,
        default=FlowConvergence.NOT_STATED,
    )
    pulmonary_vein_flow = models.CharField(
        "pulmonary vein flow",
        max_length=20,
        choices=PulmonaryVeinFlow.choices,
        default=PulmonaryVeinFlow.NOT_STATED,
    )
    pisa_radius_mm = measured("pisa_radius_mm")
    aliasing_velocity_cm_s = measured("aliasing_velocity_cm_s")
    pisa_angle_degrees = measured("pisa_angle_degrees")
    mr_peak_velocity_m_s = measured("mr_peak_velocity_m_s")
    mr_vti_cm = measured("mr_vti_cm")
    eroa_mm2 = measured("eroa_mm2")
    regurgitant_volume_ml = measured("regurgitant_volume_ml")
    regurgitant_fraction_percent = measured("regurgitant_fraction_percent")
    lvot_diameter_mm = measured("lvot_diameter_mm")
    lvot_vti_cm = measured("lvot_vti_cm")
    mitral_annulus_vti_cm = measured("mitral_annulus_vti_cm")
    e_velocity_m_s = measured("e_velocity_m_s")
    a_velocity_m_s = measured("a_velocity_m_s")
    e_over_e_prime = measured("e_over_e_prime")
    mitral_inflow_vti_cm = measured("mitral_inflow_vti_cm")
    aortic_vti_cm = measured("aortic_vti_cm")
    regurgitant_volume_method = models.CharField(
        "method of regurgitant volume and fraction",
        max_length=24,
        choices=RegurgitationMethod.choices(),
        default=RegurgitationMethod.NOT_STATED.value,
    )
    eroa_method = models.CharField(
        "method of EROA",
        max_length=24,
        choices=RegurgitationMethod.choices(),
        default=RegurgitationMethod.NOT_STATED.value,
    )
    reader_grade_low = reader_grade("reader's grade, lower end")
    reader_grade_high = reader_grade("reader's grade, upper end")

    spap_source = models.CharField(
        "pulmonary pressure from",
        max_length=12,
        choices=(("echo", "echo"), ("catheter", "catheter"), ("not_stated", "not recorded")),
        default="not_stated",
    )
    tr_peak_velocity_m_s = measured("tr_peak_velocity_m_s")
    ivc_diameter_mm = measured("ivc_diameter_mm")
    ivc_collapse_percent = measured("ivc_collapse_percent")
    right_atrial_pressure_mmhg = measured("right_atrial_pressure_mmhg")
    spap_mmhg = measured("spap_mmhg")
    tapse_mm = measured("tapse_mm")
    rv_s_prime_cm_s = measured("rv_s_prime_cm_s")
    tricuspid_annulus_mm = measured("tricuspid_annulus_mm")
    rv_function = models.CharField(
        "RV function", max_length=12, choices=RvFunction.choices, default=RvFunction.NOT_STATED
    )
    tricuspid_regurgitation = lesion("tricuspid regurgitation")
    tricuspid_regurgitation_secondary = finding("tricuspid regurgitation is secondary")
    aortic_regurgitation = lesion("aortic regurgitation")
    aortic_stenosis = lesion("aortic stenosis")
    mitral_stenosis = lesion("mitral stenosis")
    aortic_mean_gradient_mmhg = measured("aortic_mean_gradient_mmhg")
    aortic_peak_velocity_m_s = measured("aortic_peak_velocity_m_s")
    intraprosthetic_regurgitation = lesion("regurgitation through a prosthesis")
    paravalvular_leak = lesion("paravalvular leak")
    doppler_velocity_index = measured("doppler_velocity_index")
    effective_orifice_area_cm2 = measured("effective_orifice_area_cm2")
    lvot_obstruction = models.CharField(
        "SAM or LVOT obstruction",
        max_length=12,
        choices=LvotObstruction.choices,
        default=LvotObstruction.NOT_STATED,
    )
    vegetation = finding("vegetation")
    flail_gap_mm = measured("flail_gap_mm")
    flail_width_mm = measured("flail_width_mm")
    coaptation_depth_mm = measured("coaptation_depth_mm")
    coaptation_length_mm = measured("coaptation_length_mm")
    posterior_leaflet_length_mm = measured("posterior_leaflet_length_mm")
    calcified_grasping_zone = finding("calcified grasping zone")
    comment = models.TextField(blank=True)

    implausible_confirmed = models.JSONField(default=list, blank=True, editable=False)
    derived = models.JSONField(default=dict, blank=True, editable=False)

    date_field = "performed_on"

    class Meta:
        verbose_name_plural = "echo studies"
        ordering = ("-performed_on", "-id")
        indexes = (
            models.Index(fields=["patient", "-performed_on", "-id"], name="echo_of_patient"),
            models.Index(fields=["-performed_on", "-id"], name="echo_by_day"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["patient", "performed_on", "modality", "accession_number"],
                condition=Q(struck_at__isnull=True),
                name="echo_key",
                violation_error_message=(
                    "A study of this kind with this accession number is already recorded on this "
                    "day. Open it to amend it, or enter another accession number."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_modality_display()} {self.performed_on}"

    @property
    def counts(self) -> bool:
        """Whether the study may feed a verdict: final or amended, and not struck."""
        return self.status in COUNTING and self.struck_at is None


# Asked of every study of a record many times over: made once.
COUNTING = frozenset({EchoStudy.Status.FINAL.value, EchoStudy.Status.AMENDED.value})
