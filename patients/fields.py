"""The catalogue of measured values: one place for models, forms, files, admin and dictionary.

A value outside ``possible`` is refused. A value outside ``plausible`` is asked, and marked when it
is confirmed. Plausible ranges follow the data dictionary of the rule tables (section 9.1); where it
is silent they are set wide enough for the sickest and the smallest adult seen in a valve clinic.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from guidelines.study_measures import meant_by

Range = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Measure:
    """One measured quantity.

    ``name`` carries the unit and is binding for models, facts and file headers; ``places`` is the
    number of decimals that are kept as typed; ``group`` is its chapter in an echo report.
    """

    name: str
    label: str
    unit: str
    places: int
    possible: Range
    plausible: Range
    group: str
    help_text: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def label_with_unit(self) -> str:
        """Label and unit as a column or form heading: ``LVESD (mm)``."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    def is_possible(self, value: Decimal) -> bool:
        """Whether the value can exist at all."""
        return self.possible[0] <= value <= self.possible[1]

    def is_plausible(self, value: Decimal) -> bool:
        """Whether the value needs no question."""
        return self.plausible[0] <= value <= self.plausible[1]

    def likely_slip(self, value: Decimal) -> Decimal | None:
        """The value meant when a length was typed in centimeters (or the like), if any.

        4.1 for a diameter in mm gives 41; 0.62 for a percentage 62; strain typed without its minus
        sign gets it. It is an offer to a person, never a correction.
        """
        if self.is_plausible(value):
            return None
        meant = [each for each, _ in meant_by(value, self.unit)]
        if self.plausible[1] < 0:
            meant.append(-value)
        return next((each.normalize() for each in meant if self.is_plausible(each)), None)


def _measure(
    name: str,
    label: str,
    unit: str,
    group: str,
    possible: tuple[str, str],
    plausible: tuple[str, str],
    places: int = 1,
    help_text: str = "",
    aliases: tuple[str, ...] = (),
) -> Measure:
    return Measure(
        name=name,
        label=label,
        unit=unit,
        places=places,
        possible=(Decimal(possible[0]), Decimal(possible[1])),
        plausible=(Decimal(plausible[0]), Decimal(plausible[1])),
        group=group,
        help_text=help_text,
        aliases=aliases,
    )


LEFT_VENTRICLE = "Left ventricle"
LEFT_ATRIUM = "Left atrium"
VALVE = "Mitral valve"
JET = "Regurgitant jet"
PISA = "Flow convergence (PISA)"
VOLUMETRIC = "Volumetric method"
INFLOW = "Inflow and pulmonary veins"
RIGHT_HEART = "Right heart and pressures"
OTHER_VALVES = "Other valves"
PROSTHESIS = "Prosthesis"
TEER_ANATOMY = "Anatomy for edge-to-edge repair"
CONDITIONS = "Conditions of the study"
BODY = "Body size"

_ALL = (
    _measure("heart_rate_bpm", "Heart rate", "bpm", CONDITIONS, ("10", "350"), ("30", "180"), 0),
    _measure(
        "systolic_bp_mmhg",
        "Systolic blood pressure",
        "mmHg",
        CONDITIONS,
        ("20", "320"),
        ("60", "240"),
        0,
    ),
    _measure(
        "diastolic_bp_mmhg",
        "Diastolic blood pressure",
        "mmHg",
        CONDITIONS,
        ("10", "220"),
        ("30", "140"),
        0,
    ),
    _measure("beats_averaged", "Beats averaged", "beats", CONDITIONS, ("1", "60"), ("1", "20"), 0),
    _measure("height_cm", "Height", "cm", BODY, ("30", "260"), ("120", "215"), 1),
    _measure("weight_kg", "Weight", "kg", BODY, ("1", "400"), ("30", "220"), 1),
    _measure(
        "bsa_m2",
        "Body surface area",
        "m2",
        BODY,
        ("0.1", "4"),
        ("1", "3"),
        2,
        "As printed in the report. The formula is kept with it.",
    ),
    _measure(
        "lvef_percent",
        "LVEF",
        "%",
        LEFT_VENTRICLE,
        ("0.1", "100"),
        ("5", "85"),
        1,
        "One number, or a range such as 55-60 or >60.",
        ("lvef_pct", "ef"),
    ),
    _measure(
        "lvesd_mm",
        "LVESD",
        "mm",
        LEFT_VENTRICLE,
        ("5", "120"),
        ("15", "90"),
        1,
        "End-systolic diameter, 2D or M-mode, at rest.",
        ("lvids",),
    ),
    _measure(
        "lvedd_mm",
        "LVEDD",
        "mm",
        LEFT_VENTRICLE,
        ("10", "140"),
        ("25", "100"),
        1,
        "End-diastolic diameter.",
        ("lvidd",),
    ),
    _measure(
        "lvedv_ml", "LV end-diastolic volume", "mL", LEFT_VENTRICLE, ("10", "800"), ("30", "500"), 1
    ),
    _measure(
        "lvesv_ml", "LV end-systolic volume", "mL", LEFT_VENTRICLE, ("2", "700"), ("8", "400"), 1
    ),
    _measure(
        "lvedv_index_ml_m2",
        "LV end-diastolic volume index",
        "mL/m2",
        LEFT_VENTRICLE,
        ("5", "400"),
        ("15", "250"),
        1,
    ),
    _measure("septum_mm", "Septal thickness", "mm", LEFT_VENTRICLE, ("2", "60"), ("5", "35"), 1),
    _measure(
        "posterior_wall_mm",
        "Posterior wall thickness",
        "mm",
        LEFT_VENTRICLE,
        ("2", "50"),
        ("5", "30"),
        1,
    ),
    _measure(
        "lv_mass_index_g_m2",
        "LV mass index",
        "g/m2",
        LEFT_VENTRICLE,
        ("10", "800"),
        ("30", "450"),
        2,
    ),
    _measure(
        "gls_percent",
        "Global longitudinal strain",
        "%",
        LEFT_VENTRICLE,
        ("-40", "10"),
        ("-32", "-2"),
        1,
        "Negative, as the machines print it.",
    ),
    _measure(
        "la_diameter_mm",
        "LA diameter",
        "mm",
        LEFT_ATRIUM,
        ("10", "180"),
        ("15", "100"),
        1,
        "Antero-posterior.",
        ("la_diam_mm",),
    ),
    _measure("la_volume_ml", "LA volume", "mL", LEFT_ATRIUM, ("5", "2000"), ("15", "500"), 1),
    _measure(
        "la_volume_index_ml_m2",
        "LA volume index",
        "mL/m2",
        LEFT_ATRIUM,
        ("2", "1000"),
        ("5", "200"),
        1,
        "",
        ("lavi_ml_m2", "lavi"),
    ),
    _measure(
        "la_area_four_chamber_cm2",
        "LA area, four-chamber",
        "cm2",
        LEFT_ATRIUM,
        ("3", "200"),
        ("8", "80"),
        1,
    ),
    _measure(
        "la_area_two_chamber_cm2",
        "LA area, two-chamber",
        "cm2",
        LEFT_ATRIUM,
        ("3", "200"),
        ("8", "80"),
        1,
    ),
    _measure("la_length_cm", "LA length (shorter)", "cm", LEFT_ATRIUM, ("1", "20"), ("3", "12"), 2),
    _measure(
        "mitral_annulus_ap_mm",
        "Mitral annulus, antero-posterior",
        "mm",
        VALVE,
        ("10", "80"),
        ("20", "60"),
        1,
    ),
    _measure(
        "mitral_annulus_ic_mm",
        "Mitral annulus, intercommissural",
        "mm",
        VALVE,
        ("10", "90"),
        ("20", "65"),
        1,
    ),
    _measure(
        "mitral_valve_area_cm2",
        "Mitral valve area",
        "cm2",
        VALVE,
        ("0.2", "12"),
        ("0.5", "8"),
        2,
        "",
        ("mva",),
    ),
    _measure(
        "mitral_mean_gradient_mmhg",
        "Mitral mean gradient",
        "mmHg",
        VALVE,
        ("0", "50"),
        ("0.5", "25"),
        1,
    ),
    _measure(
        "jet_area_percent_la",
        "Jet area, share of LA",
        "%",
        JET,
        ("0", "100"),
        ("0", "90"),
        1,
        "",
        ("jet_central_pct_la",),
    ),
    _measure(
        "vena_contracta_mm",
        "Vena contracta",
        "mm",
        JET,
        ("0.1", "40"),
        ("1.5", "20"),
        1,
        "",
        ("vc_mm", "vcw"),
    ),
    _measure(
        "vena_contracta_biplane_mm",
        "Vena contracta, biplane mean",
        "mm",
        JET,
        ("0.1", "40"),
        ("1.5", "20"),
        1,
        "",
        ("vc_biplane_mm",),
    ),
    _measure(
        "vena_contracta_area_3d_mm2",
        "3D vena contracta area",
        "mm2",
        JET,
        ("0.5", "400"),
        ("2", "200"),
        1,
    ),
    _measure("pisa_radius_mm", "PISA radius", "mm", PISA, ("0.5", "40"), ("1", "20"), 1),
    _measure(
        "aliasing_velocity_cm_s", "Aliasing velocity", "cm/s", PISA, ("5", "120"), ("15", "60"), 1
    ),
    _measure(
        "pisa_angle_degrees",
        "Flow convergence angle",
        "degrees",
        PISA,
        ("1", "360"),
        ("60", "180"),
        0,
        "180 when not corrected.",
    ),
    _measure(
        "mr_peak_velocity_m_s",
        "MR peak velocity",
        "m/s",
        PISA,
        ("0.5", "10"),
        ("3", "7"),
        2,
        "Continuous-wave Doppler.",
    ),
    _measure("mr_vti_cm", "MR velocity-time integral", "cm", PISA, ("5", "400"), ("50", "250"), 1),
    _measure(
        "eroa_mm2",
        "EROA",
        "mm2",
        PISA,
        ("0.1", "400"),
        ("1", "150"),
        1,
        "Effective regurgitant orifice area. 0.40 cm2 is 40 mm2.",
    ),
    _measure(
        "regurgitant_volume_ml",
        "Regurgitant volume",
        "mL",
        PISA,
        ("0.1", "400"),
        ("1", "200"),
        1,
        "",
        ("rvol_ml",),
    ),
    _measure(
        "regurgitant_fraction_percent",
        "Regurgitant fraction",
        "%",
        VOLUMETRIC,
        ("0.1", "99.9"),
        ("1", "90"),
        1,
        "",
        ("rf_pct",),
    ),
    _measure("lvot_diameter_mm", "LVOT diameter", "mm", VOLUMETRIC, ("5", "50"), ("14", "32"), 1),
    _measure(
        "lvot_vti_cm", "LVOT velocity-time integral", "cm", VOLUMETRIC, ("2", "80"), ("6", "45"), 1
    ),
    _measure(
        "mitral_annulus_vti_cm",
        "Mitral annulus velocity-time integral",
        "cm",
        VOLUMETRIC,
        ("2", "80"),
        ("5", "40"),
        1,
        "At the annulus, not at the leaflet tips.",
    ),
    _measure("e_velocity_m_s", "E velocity", "m/s", INFLOW, ("0.1", "5"), ("0.2", "3"), 2),
    _measure("a_velocity_m_s", "A velocity", "m/s", INFLOW, ("0.05", "5"), ("0.1", "2.5"), 2),
    _measure("e_over_e_prime", "E/e'", "", INFLOW, ("1", "100"), ("3", "50"), 1),
    _measure(
        "mitral_inflow_vti_cm",
        "Mitral inflow velocity-time integral",
        "cm",
        INFLOW,
        ("2", "120"),
        ("5", "70"),
        1,
    ),
    _measure(
        "aortic_vti_cm", "Aortic velocity-time integral", "cm", INFLOW, ("2", "150"), ("6", "60"), 1
    ),
    _measure(
        "tr_peak_velocity_m_s",
        "TR peak velocity",
        "m/s",
        RIGHT_HEART,
        ("0.5", "8"),
        ("1", "5.5"),
        2,
    ),
    _measure(
        "ivc_diameter_mm", "Inferior vena cava", "mm", RIGHT_HEART, ("2", "60"), ("5", "40"), 1
    ),
    _measure(
        "ivc_collapse_percent",
        "Inferior vena cava collapse",
        "%",
        RIGHT_HEART,
        ("0", "100"),
        ("0", "100"),
        0,
    ),
    _measure(
        "right_atrial_pressure_mmhg",
        "Right atrial pressure",
        "mmHg",
        RIGHT_HEART,
        ("0", "50"),
        ("0", "30"),
        0,
    ),
    _measure(
        "spap_mmhg",
        "Systolic pulmonary artery pressure",
        "mmHg",
        RIGHT_HEART,
        ("5", "200"),
        ("10", "150"),
        1,
        "",
        ("pasp", "rvsp"),
    ),
    _measure("tapse_mm", "TAPSE", "mm", RIGHT_HEART, ("1", "60"), ("4", "40"), 1),
    _measure("rv_s_prime_cm_s", "RV S'", "cm/s", RIGHT_HEART, ("1", "40"), ("3", "25"), 1),
    _measure(
        "tricuspid_annulus_mm",
        "Tricuspid annulus",
        "mm",
        RIGHT_HEART,
        ("10", "100"),
        ("20", "70"),
        1,
    ),
    _measure(
        "aortic_mean_gradient_mmhg",
        "Aortic mean gradient",
        "mmHg",
        OTHER_VALVES,
        ("0", "200"),
        ("0", "120"),
        1,
    ),
    _measure(
        "aortic_peak_velocity_m_s",
        "Aortic peak velocity",
        "m/s",
        OTHER_VALVES,
        ("0.2", "9"),
        ("0.5", "7"),
        2,
    ),
    _measure(
        "doppler_velocity_index",
        "Doppler velocity index (mitral prosthesis)",
        "",
        PROSTHESIS,
        ("0.1", "15"),
        ("0.5", "6"),
        2,
    ),
    _measure(
        "effective_orifice_area_cm2",
        "Effective orifice area",
        "cm2",
        PROSTHESIS,
        ("0.1", "8"),
        ("0.4", "4"),
        2,
    ),
    _measure("flail_gap_mm", "Flail gap", "mm", TEER_ANATOMY, ("0", "40"), ("1", "25"), 1),
    _measure("flail_width_mm", "Flail width", "mm", TEER_ANATOMY, ("0", "60"), ("2", "40"), 1),
    _measure(
        "coaptation_depth_mm", "Coaptation depth", "mm", TEER_ANATOMY, ("0", "40"), ("1", "25"), 1
    ),
    _measure(
        "coaptation_length_mm", "Coaptation length", "mm", TEER_ANATOMY, ("0", "30"), ("0", "15"), 1
    ),
    _measure(
        "posterior_leaflet_length_mm",
        "Posterior leaflet length",
        "mm",
        TEER_ANATOMY,
        ("1", "40"),
        ("4", "25"),
        1,
    ),
)

MEASURES: dict[str, Measure] = {measure.name: measure for measure in _ALL}

ECHO_MEASURES: tuple[str, ...] = tuple(
    m.name for m in _ALL if m.name not in {"lvef_percent", "height_cm", "weight_kg"}
)
"""Measures that stand in an echo study as plain columns (LVEF is a low/high pair)."""

_EXTRA_DIGITS = 4


def validate_possible(name: str, value: Decimal) -> None:
    """Refuse a value that cannot exist, in words that name the limits and the unit.

    Raises ``ValidationError`` with code ``impossible``; the likely slip of unit is offered.
    """
    measure = MEASURES[name]
    if measure.is_possible(value):
        return
    low, high = measure.possible
    message = (
        f"{measure.label} {value} {measure.unit} is not possible ({low} to {high} {measure.unit})."
    )
    meant = measure.likely_slip(value)
    if meant is not None:
        message += f" Did you mean {meant:f} {measure.unit}?"
    raise ValidationError(" ".join(message.split()), code="impossible")


class PossibleRange:
    """Model validator that refuses impossible values of one measure."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, value: Decimal) -> None:
        validate_possible(self.name, value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PossibleRange) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def deconstruct(self) -> tuple[str, tuple[str], dict[str, Any]]:
        """How a migration writes this validator."""
        return "patients.fields.PossibleRange", (self.name,), {}


def measured(name: str, **overrides: Any) -> models.DecimalField[Any, Any]:
    """A nullable decimal column of the catalogue; null means *not recorded*."""
    measure = MEASURES[name]
    largest = max(abs(measure.possible[0]), abs(measure.possible[1]))
    options: dict[str, Any] = {
        "verbose_name": measure.label_with_unit,
        "help_text": measure.help_text,
        "null": True,
        "blank": True,
        "max_digits": len(str(int(largest))) + measure.places + _EXTRA_DIGITS,
        "decimal_places": measure.places + 2,
        "validators": [PossibleRange(name)],
    }
    return models.DecimalField(**(options | overrides))
