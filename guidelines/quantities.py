"""Echo formulas with units (rows ASE-F-01 to ASE-F-17), each with its guard rails.

Every function returns a ``Quantity``: value, unit, the formula's row and version, and the inputs
it was computed from. Inputs outside a guard rail raise ``ImplausibleInputError`` with a sentence
for the person who typed them. Products, differences and quotients of entered decimals are exact
(to 28 digits); where pi, a root or a power comes in, the value is a float.

Units at the edge follow the record (mm, mm2, mL, cm/s, mmHg); each parameter names its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from guidelines.facts import Number, compare, plain

VERSION = 1

ALIASING_CM_S = (Decimal(15), Decimal(50))  # ASE-F-01
JET_VELOCITY_M_S = (Decimal(3), Decimal(7))  # ASE-F-02
JET_VTI_CM = (Decimal(50), Decimal(250))  # ASE-F-03
SHORTCUT_ALIASING_CM_S = (Decimal(38), Decimal(42))  # ASE-F-04: "about 40 cm/s"
SHORTCUT_VELOCITY_M_S = (Decimal("4.75"), Decimal("5.25"))  # ASE-F-04: "about 5 m/s"
WIDE_IVC_MM = Decimal(21)  # ASE-F-11
COLLAPSE_PERCENT = Decimal(50)  # ASE-F-11, on a sniff
QUIET_COLLAPSE_PERCENT = Decimal(20)  # ASE-F-11, breathing quietly
RAP_LOW, RAP_MIDDLE, RAP_HIGH = Decimal(3), Decimal(8), Decimal(15)  # mmHg, ASE-F-11
CONCENTRIC_RWT = Decimal("0.42")  # ASE-F-15, above it
MM_PER_CM = Decimal(10)
MM2_PER_CM2 = Decimal(100)


class ImplausibleInputError(ValueError):
    """An input that the formula does not allow; the message is for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A computed value with the formula it came from and what went in."""

    value: Number
    unit: str
    formula: str
    inputs: Mapping[str, Number | str] = field(default_factory=dict)
    version: int = VERSION

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", MappingProxyType(dict(self.inputs)))

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form, numbers as text."""
        inputs = {k: v if isinstance(v, str) else plain(v) for k, v in self.inputs.items()}
        return {
            "value": plain(self.value),
            "unit": self.unit,
            "formula": self.formula,
            "version": self.version,
            "inputs": inputs,
        }


def _require_positive(**values: Number) -> None:
    for name, value in values.items():
        if not value > 0:
            raise ImplausibleInputError(f"{name} must be more than 0, not {plain(value)}")


def _require_between(name: str, value: Number, limits: tuple[Number, Number]) -> None:
    if compare(value, limits[0]) < 0 or compare(value, limits[1]) > 0:
        ends = f"{plain(limits[0])} and {plain(limits[1])}"
        raise ImplausibleInputError(f"{name} {plain(value)} is not between {ends}")


def pisa_flow(
    *, radius_mm: Number, aliasing_velocity_cm_s: Number, angle_degrees: Number = Decimal(180)
) -> Quantity:
    """Peak flow in mL/s by PISA, 2 pi r2 Va, times angle/180 (ASE-F-01, ASE-F-05)."""
    _require_positive(radius_mm=radius_mm, angle_degrees=angle_degrees)
    _require_between("aliasing_velocity_cm_s", aliasing_velocity_cm_s, ALIASING_CM_S)
    if angle_degrees > 180:
        raise ImplausibleInputError(f"angle_degrees {plain(angle_degrees)} is more than 180")
    radius_cm = float(radius_mm) / 10
    flow = 2 * math.pi * radius_cm**2 * float(aliasing_velocity_cm_s) * float(angle_degrees) / 180
    inputs = {
        "radius_mm": radius_mm,
        "aliasing_velocity_cm_s": aliasing_velocity_cm_s,
        "angle_degrees": angle_degrees,
    }
    return Quantity(flow, "mL/s", "ASE-F-01", inputs)


def eroa_by_pisa(
    *,
    radius_mm: Number,
    aliasing_velocity_cm_s: Number,
    jet_velocity_m_s: Number,
    angle_degrees: Number = Decimal(180),
) -> Quantity:
    """Effective regurgitant orifice area in mm2: PISA flow over peak jet velocity (ASE-F-02)."""
    _require_between("jet_velocity_m_s", jet_velocity_m_s, JET_VELOCITY_M_S)
    flow = pisa_flow(
        radius_mm=radius_mm,
        aliasing_velocity_cm_s=aliasing_velocity_cm_s,
        angle_degrees=angle_degrees,
    )
    area_cm2 = float(flow.value) / (float(jet_velocity_m_s) * 100)
    inputs = {**flow.inputs, "jet_velocity_m_s": jet_velocity_m_s}
    return Quantity(area_cm2 * 100, "mm²", "ASE-F-02", inputs)


def regurgitant_volume_by_pisa(*, eroa_mm2: Number, jet_vti_cm: Number) -> Quantity:
    """Regurgitant volume in mL: EROA times the jet's velocity-time integral (ASE-F-03)."""
    _require_positive(eroa_mm2=eroa_mm2)
    _require_between("jet_vti_cm", jet_vti_cm, JET_VTI_CM)
    volume = _times(_over(eroa_mm2, MM2_PER_CM2), jet_vti_cm)
    return Quantity(volume, "mL", "ASE-F-03", {"eroa_mm2": eroa_mm2, "jet_vti_cm": jet_vti_cm})


def eroa_shortcut(
    *, radius_mm: Number, aliasing_velocity_cm_s: Number, jet_velocity_m_s: Number
) -> Quantity:
    """EROA in mm2 as r2/2; refused unless Va is about 40 cm/s and Vmax about 5 m/s (ASE-F-04)."""
    _require_positive(radius_mm=radius_mm)
    _require_between("aliasing_velocity_cm_s", aliasing_velocity_cm_s, SHORTCUT_ALIASING_CM_S)
    _require_between("jet_velocity_m_s", jet_velocity_m_s, SHORTCUT_VELOCITY_M_S)
    inputs = {
        "radius_mm": radius_mm,
        "aliasing_velocity_cm_s": aliasing_velocity_cm_s,
        "jet_velocity_m_s": jet_velocity_m_s,
    }
    return Quantity(_over(_times(radius_mm, radius_mm), Decimal(2)), "mm²", "ASE-F-04", inputs)


def doppler_stroke_volume(
    *, diameter_mm: Number, vti_cm: Number, second_diameter_mm: Number | None = None
) -> Quantity:
    """Stroke volume in mL through a round or elliptical annulus, pi/4 d1 d2 VTI (ASE-F-06).

    The mitral VTI is the one at the annulus, not at the leaflet tips.
    """
    second = diameter_mm if second_diameter_mm is None else second_diameter_mm
    _require_positive(diameter_mm=diameter_mm, second_diameter_mm=second, vti_cm=vti_cm)
    volume = math.pi / 4 * float(diameter_mm) * float(second) / 100 * float(vti_cm)
    inputs = {"diameter_mm": diameter_mm, "second_diameter_mm": second, "vti_cm": vti_cm}
    return Quantity(volume, "mL", "ASE-F-06", inputs)


def regurgitant_volume_volumetric(
    *,
    total_stroke_volume_ml: Number,
    lvot_stroke_volume_ml: Number,
    aortic_regurgitation_more_than_mild: bool,
    intracardiac_shunt: bool,
) -> Quantity:
    """Regurgitant volume in mL: mitral (or LV total) less outflow stroke volume (ASE-F-07).

    Invalid with more than mild aortic regurgitation or a shunt (ESC25-MIX-02). A negative
    difference is refused: one of the two stroke volumes is wrong.
    """
    if aortic_regurgitation_more_than_mild or intracardiac_shunt:
        raise ImplausibleInputError(
            "the volumetric method is invalid with a shunt or more than mild aortic regurgitation"
        )
    _require_positive(
        total_stroke_volume_ml=total_stroke_volume_ml, lvot_stroke_volume_ml=lvot_stroke_volume_ml
    )
    volume = _minus(total_stroke_volume_ml, lvot_stroke_volume_ml)
    if volume < 0:
        raise ImplausibleInputError("the outflow stroke volume is larger than the total one")
    inputs = {
        "total_stroke_volume_ml": total_stroke_volume_ml,
        "lvot_stroke_volume_ml": lvot_stroke_volume_ml,
    }
    return Quantity(volume, "mL", "ASE-F-07", inputs)


def regurgitant_fraction(
    *, regurgitant_volume_ml: Number, mitral_stroke_volume_ml: Number
) -> Quantity:
    """Regurgitant fraction in percent of the flow through the leaking valve (ASE-F-08)."""
    _require_positive(mitral_stroke_volume_ml=mitral_stroke_volume_ml)
    if regurgitant_volume_ml < 0 or regurgitant_volume_ml >= mitral_stroke_volume_ml:
        raise ImplausibleInputError("the regurgitant volume must be less than the stroke volume")
    percent = _over(_times(Decimal(100), regurgitant_volume_ml), mitral_stroke_volume_ml)
    inputs = {
        "regurgitant_volume_ml": regurgitant_volume_ml,
        "mitral_stroke_volume_ml": mitral_stroke_volume_ml,
    }
    return Quantity(percent, "%", "ASE-F-08", inputs)


def eroa_volumetric(*, regurgitant_volume_ml: Number, jet_vti_cm: Number) -> Quantity:
    """EROA in mm2 from a volumetric regurgitant volume over the jet's VTI (ASE-F-09)."""
    _require_positive(regurgitant_volume_ml=regurgitant_volume_ml)
    _require_between("jet_vti_cm", jet_vti_cm, JET_VTI_CM)
    area = _over(_times(regurgitant_volume_ml, MM2_PER_CM2), jet_vti_cm)
    inputs = {"regurgitant_volume_ml": regurgitant_volume_ml, "jet_vti_cm": jet_vti_cm}
    return Quantity(area, "mm²", "ASE-F-09", inputs)


def rvsp(*, tr_velocity_m_s: Number, right_atrial_pressure_mmhg: Number) -> Quantity:
    """Right ventricular systolic pressure in mmHg, 4 v2 + RAP (ASE-F-10).

    Equals the pulmonary pressure when the outflow is free. No jet means unknown, not normal.
    """
    _require_positive(tr_velocity_m_s=tr_velocity_m_s)
    if right_atrial_pressure_mmhg < 0:
        raise ImplausibleInputError("right_atrial_pressure_mmhg is negative")
    gradient = _times(Decimal(4), _times(tr_velocity_m_s, tr_velocity_m_s))
    inputs = {
        "tr_velocity_m_s": tr_velocity_m_s,
        "right_atrial_pressure_mmhg": right_atrial_pressure_mmhg,
    }
    return Quantity(_plus(gradient, right_atrial_pressure_mmhg), "mmHg", "ASE-F-10", inputs)


def right_atrial_pressure(
    *,
    ivc_diameter_mm: Number,
    ivc_collapse_percent: Number,
    quiet_breathing: bool = False,
    positive_pressure_ventilation: bool = False,
) -> Quantity:
    """Right atrial pressure in mmHg, 3, 8 or 15, from the inferior vena cava (ASE-F-11).

    Invalid on positive-pressure ventilation (safety A2).
    """
    if positive_pressure_ventilation:
        raise ImplausibleInputError("the vena cava says nothing on positive-pressure ventilation")
    _require_positive(ivc_diameter_mm=ivc_diameter_mm)
    _require_between("ivc_collapse_percent", ivc_collapse_percent, (Decimal(0), Decimal(100)))
    cutoff = QUIET_COLLAPSE_PERCENT if quiet_breathing else COLLAPSE_PERCENT
    is_wide = compare(ivc_diameter_mm, WIDE_IVC_MM) > 0
    collapse = compare(ivc_collapse_percent, cutoff)
    pressure = RAP_MIDDLE
    if not is_wide and collapse > 0:
        pressure = RAP_LOW
    if is_wide and collapse < 0:
        pressure = RAP_HIGH
    inputs = {
        "ivc_diameter_mm": ivc_diameter_mm,
        "ivc_collapse_percent": ivc_collapse_percent,
        "breathing": "quiet" if quiet_breathing else "sniff",
    }
    return Quantity(pressure, "mmHg", "ASE-F-11", inputs)


def la_volume_area_length(
    *, area_4ch_cm2: Number, area_2ch_cm2: Number, shorter_length_mm: Number
) -> Quantity:
    """Left atrial volume in mL, 8/(3 pi) A1 A2 / L, L the shorter long axis (ASE-F-12)."""
    _require_positive(
        area_4ch_cm2=area_4ch_cm2, area_2ch_cm2=area_2ch_cm2, shorter_length_mm=shorter_length_mm
    )
    length_cm = float(shorter_length_mm) / 10
    volume = 8 / (3 * math.pi) * float(area_4ch_cm2) * float(area_2ch_cm2) / length_cm
    inputs = {
        "area_4ch_cm2": area_4ch_cm2,
        "area_2ch_cm2": area_2ch_cm2,
        "shorter_length_mm": shorter_length_mm,
    }
    return Quantity(volume, "mL", "ASE-F-12", inputs)


def la_volume_index(*, la_volume_ml: Number, bsa_m2: Number) -> Quantity:
    """Left atrial volume in mL per m2 of body surface (ASE-F-12)."""
    _require_positive(la_volume_ml=la_volume_ml, bsa_m2=bsa_m2)
    inputs = {"la_volume_ml": la_volume_ml, "bsa_m2": bsa_m2}
    return Quantity(_over(la_volume_ml, bsa_m2), "mL/m²", "ASE-F-12", inputs)


def lvef(*, end_diastolic_volume_ml: Number, end_systolic_volume_ml: Number) -> Quantity:
    """Left ventricular ejection fraction in percent from two volumes (ASE-F-13)."""
    _require_positive(
        end_diastolic_volume_ml=end_diastolic_volume_ml,
        end_systolic_volume_ml=end_systolic_volume_ml,
    )
    stroke = _minus(end_diastolic_volume_ml, end_systolic_volume_ml)
    if stroke <= 0:
        raise ImplausibleInputError("the end-systolic volume is not the smaller one")
    inputs = {
        "end_diastolic_volume_ml": end_diastolic_volume_ml,
        "end_systolic_volume_ml": end_systolic_volume_ml,
    }
    percent = _over(_times(Decimal(100), stroke), end_diastolic_volume_ml)
    return Quantity(percent, "%", "ASE-F-13", inputs)


def teichholz_volume(*, diameter_mm: Number, regional_wall_motion_abnormality: bool) -> Quantity:
    """Left ventricular volume in mL from one diameter (ASE-F-13); ASE discourages it.

    Refused with a regional wall-motion abnormality, where it is invalid.
    """
    if regional_wall_motion_abnormality:
        raise ImplausibleInputError("Teichholz is invalid with a regional wall-motion abnormality")
    _require_positive(diameter_mm=diameter_mm)
    diameter_cm = _over(diameter_mm, MM_PER_CM)
    cube = _times(diameter_cm, _times(diameter_cm, diameter_cm))
    factor = _over(Decimal(7), _plus(Decimal("2.4"), diameter_cm))
    return Quantity(_times(factor, cube), "mL", "ASE-F-13", {"diameter_mm": diameter_mm})


def lv_mass(*, septum_mm: Number, lvedd_mm: Number, posterior_wall_mm: Number) -> Quantity:
    """Left ventricular mass in g by the linear method, at end-diastole (ASE-F-14)."""
    _require_positive(septum_mm=septum_mm, lvedd_mm=lvedd_mm, posterior_wall_mm=posterior_wall_mm)
    cavity = _over(lvedd_mm, MM_PER_CM)
    outer = _over(_plus(_plus(septum_mm, lvedd_mm), posterior_wall_mm), MM_PER_CM)
    muscle = _minus(_times(outer, _times(outer, outer)), _times(cavity, _times(cavity, cavity)))
    mass = _plus(_times(Decimal("0.832"), muscle), Decimal("0.6"))
    inputs = {
        "septum_mm": septum_mm,
        "lvedd_mm": lvedd_mm,
        "posterior_wall_mm": posterior_wall_mm,
    }
    return Quantity(mass, "g", "ASE-F-14", inputs)


def relative_wall_thickness(*, posterior_wall_mm: Number, lvedd_mm: Number) -> Quantity:
    """Twice the posterior wall over the cavity (ASE-F-15); concentric above 0.42."""
    _require_positive(posterior_wall_mm=posterior_wall_mm, lvedd_mm=lvedd_mm)
    value = _over(_times(Decimal(2), posterior_wall_mm), lvedd_mm)
    inputs = {"posterior_wall_mm": posterior_wall_mm, "lvedd_mm": lvedd_mm}
    return Quantity(value, "", "ASE-F-15", inputs)


def bsa_du_bois(*, height_cm: Number, weight_kg: Number) -> Quantity:
    """Body surface area in m2 by Du Bois (ASE-F-16)."""
    _require_positive(height_cm=height_cm, weight_kg=weight_kg)
    area = 0.007184 * float(weight_kg) ** 0.425 * float(height_cm) ** 0.725
    inputs = {"height_cm": height_cm, "weight_kg": weight_kg, "by": "Du Bois"}
    return Quantity(area, "m²", "ASE-F-16", inputs)


def bsa_mosteller(*, height_cm: Number, weight_kg: Number) -> Quantity:
    """Body surface area in m2 by Mosteller (ASE-F-16)."""
    _require_positive(height_cm=height_cm, weight_kg=weight_kg)
    area = math.sqrt(float(weight_kg) * float(height_cm) / 3600)
    inputs = {"height_cm": height_cm, "weight_kg": weight_kg, "by": "Mosteller"}
    return Quantity(area, "m²", "ASE-F-16", inputs)


def lvesd_index(*, lvesd_mm: Number, bsa_m2: Number) -> Quantity:
    """LVESD in mm per m2 of body surface (ASE-F-17); exact for entered decimals."""
    _require_positive(lvesd_mm=lvesd_mm, bsa_m2=bsa_m2)
    inputs = {"lvesd_mm": lvesd_mm, "bsa_m2": bsa_m2}
    return Quantity(_over(lvesd_mm, bsa_m2), "mm/m²", "ASE-F-17", inputs)


def _over(over: Number, under: Number) -> Number:
    if isinstance(over, Decimal) and isinstance(under, Decimal):
        return over / under
    return float(over) / float(under)


def _times(left: Number, right: Number) -> Number:
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left * right
    return float(left) * float(right)


def _minus(left: Number, right: Number) -> Number:
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left - right
    return float(left) - float(right)


def _plus(left: Number, right: Number) -> Number:
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left + right
    return float(left) + float(right)
