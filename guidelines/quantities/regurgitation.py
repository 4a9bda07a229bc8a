"""Regurgitant flow, orifice, volume and fraction (rows ASE-F-01 to ASE-F-09, ESC25-MIX-02)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from guidelines.numbers import Number, plain
from guidelines.quantities.quantity import (
    ImplausibleInputError,
    Quantity,
    minus,
    over,
    require_between,
    require_positive,
    times,
)
from guidelines.vocabulary import RegurgitationMethod

ALIASING_CM_S = (Decimal(15), Decimal(50))  # ASE-F-01
JET_VELOCITY_M_S = (Decimal(3), Decimal(7))  # ASE-F-02
JET_VTI_CM = (Decimal(50), Decimal(250))  # ASE-F-03
SHORTCUT_ALIASING_CM_S = (Decimal(38), Decimal(42))  # ASE-F-04: "about 40 cm/s"
SHORTCUT_VELOCITY_M_S = (Decimal("4.75"), Decimal("5.25"))  # ASE-F-04: "about 5 m/s"
FULL_ANGLE_DEGREES = Decimal(180)  # ASE-F-05
MM2_PER_CM2 = Decimal(100)

# Safety A2: a low volume by this route does not exclude severe regurgitation.
UNDERESTIMATES = (
    "2D discs underestimate the ventricle: a low regurgitant volume or fraction by this route does "
    "not exclude severe regurgitation"
)
AR_NOT_RECORDED = "holds only with no more than mild aortic regurgitation, which is not recorded"
SHUNT_NOT_RECORDED = "holds only without an intracardiac shunt, which is not recorded"
STENOSIS_NOT_RECORDED = "holds only without mitral stenosis, which is not recorded"


def pisa_flow(
    *,
    radius_mm: Number,
    aliasing_velocity_cm_s: Number,
    angle_degrees: Number = FULL_ANGLE_DEGREES,
) -> Quantity:
    """Peak flow in mL/s by PISA, 2 pi r2 Va, times angle/180 (ASE-F-01, ASE-F-05)."""
    require_positive(radius_mm=radius_mm, angle_degrees=angle_degrees)
    require_between("aliasing_velocity_cm_s", aliasing_velocity_cm_s, ALIASING_CM_S)
    if angle_degrees > FULL_ANGLE_DEGREES:
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
    angle_degrees: Number = FULL_ANGLE_DEGREES,
) -> Quantity:
    """Effective regurgitant orifice area in mm2: PISA flow over peak jet velocity (ASE-F-02)."""
    require_between("jet_velocity_m_s", jet_velocity_m_s, JET_VELOCITY_M_S)
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
    require_positive(eroa_mm2=eroa_mm2)
    require_between("jet_vti_cm", jet_vti_cm, JET_VTI_CM)
    volume = times(over(eroa_mm2, MM2_PER_CM2), jet_vti_cm)
    return Quantity(volume, "mL", "ASE-F-03", {"eroa_mm2": eroa_mm2, "jet_vti_cm": jet_vti_cm})


def eroa_shortcut(
    *, radius_mm: Number, aliasing_velocity_cm_s: Number, jet_velocity_m_s: Number
) -> Quantity:
    """EROA in mm2 as r2/2; refused unless Va is about 40 cm/s and Vmax about 5 m/s (ASE-F-04)."""
    require_positive(radius_mm=radius_mm)
    require_between("aliasing_velocity_cm_s", aliasing_velocity_cm_s, SHORTCUT_ALIASING_CM_S)
    require_between("jet_velocity_m_s", jet_velocity_m_s, SHORTCUT_VELOCITY_M_S)
    inputs = {
        "radius_mm": radius_mm,
        "aliasing_velocity_cm_s": aliasing_velocity_cm_s,
        "jet_velocity_m_s": jet_velocity_m_s,
    }
    return Quantity(over(times(radius_mm, radius_mm), Decimal(2)), "mm²", "ASE-F-04", inputs)


def doppler_stroke_volume(
    *, diameter_mm: Number, vti_cm: Number, second_diameter_mm: Number | None = None
) -> Quantity:
    """Stroke volume in mL through a round or elliptical annulus, pi/4 d1 d2 VTI (ASE-F-06).

    The mitral VTI is the one at the annulus, not at the leaflet tips.
    """
    second = diameter_mm if second_diameter_mm is None else second_diameter_mm
    require_positive(diameter_mm=diameter_mm, second_diameter_mm=second, vti_cm=vti_cm)
    volume = math.pi / 4 * float(diameter_mm) * float(second) / 100 * float(vti_cm)
    inputs = {"diameter_mm": diameter_mm, "second_diameter_mm": second, "vti_cm": vti_cm}
    return Quantity(volume, "mL", "ASE-F-06", inputs)


def lv_stroke_volume(
    *, end_diastolic_volume_ml: Number, end_systolic_volume_ml: Number
) -> Quantity:
    """Total stroke volume in mL of the left ventricle, EDV - ESV (ASE-F-07)."""
    require_positive(
        end_diastolic_volume_ml=end_diastolic_volume_ml,
        end_systolic_volume_ml=end_systolic_volume_ml,
    )
    stroke = minus(end_diastolic_volume_ml, end_systolic_volume_ml)
    if stroke <= 0:
        raise ImplausibleInputError("the end-systolic volume is not the smaller one")
    inputs = {
        "end_diastolic_volume_ml": end_diastolic_volume_ml,
        "end_systolic_volume_ml": end_systolic_volume_ml,
    }
    return Quantity(stroke, "mL", "ASE-F-07", inputs)


def regurgitant_volume_volumetric(
    *,
    total_stroke_volume_ml: Number,
    lvot_stroke_volume_ml: Number,
    aortic_regurgitation_more_than_mild: bool | None,
    intracardiac_shunt: bool | None,
    total_by: RegurgitationMethod = RegurgitationMethod.DOPPLER_VOLUMETRIC,
) -> Quantity:
    """Regurgitant volume in mL: mitral (or LV total) less outflow stroke volume (ASE-F-07).

    Invalid, and refused, with more than mild aortic regurgitation or a shunt (ESC25-MIX-02);
    where either is unknown the value carries a caveat. A negative difference is refused: one of
    the two stroke volumes is wrong. ``total_by`` says where the total comes from.
    """
    if aortic_regurgitation_more_than_mild or intracardiac_shunt:
        raise ImplausibleInputError(
            "the volumetric method is invalid with a shunt or more than mild aortic regurgitation"
        )
    require_positive(
        total_stroke_volume_ml=total_stroke_volume_ml, lvot_stroke_volume_ml=lvot_stroke_volume_ml
    )
    volume = minus(total_stroke_volume_ml, lvot_stroke_volume_ml)
    if volume < 0:
        raise ImplausibleInputError("the outflow stroke volume is larger than the total one")
    inputs: dict[str, Number | str] = {
        "total_stroke_volume_ml": total_stroke_volume_ml,
        "lvot_stroke_volume_ml": lvot_stroke_volume_ml,
    }
    caveats = _volumetric_caveats(aortic_regurgitation_more_than_mild, intracardiac_shunt, total_by)
    return Quantity(volume, "mL", "ASE-F-07", inputs, caveats=caveats)


def _volumetric_caveats(
    aortic_regurgitation: bool | None, shunt: bool | None, total_by: RegurgitationMethod
) -> tuple[str, ...]:
    is_2d = total_by is RegurgitationMethod.LV_VOLUMETRIC_2D
    said = (
        UNDERESTIMATES if is_2d else "",
        AR_NOT_RECORDED if aortic_regurgitation is None else "",
        SHUNT_NOT_RECORDED if shunt is None else "",
    )
    return tuple(filter(None, said))


def regurgitant_fraction(
    *,
    regurgitant_volume_ml: Number,
    mitral_stroke_volume_ml: Number,
    caveats: Sequence[str] = (),
) -> Quantity:
    """Regurgitant fraction in percent of the flow through the leaking valve (ASE-F-08).

    Not forward over total flow. ``caveats`` are those of the volume it is computed from.
    """
    require_positive(mitral_stroke_volume_ml=mitral_stroke_volume_ml)
    if regurgitant_volume_ml < 0 or regurgitant_volume_ml >= mitral_stroke_volume_ml:
        raise ImplausibleInputError("the regurgitant volume must be less than the stroke volume")
    percent = over(times(Decimal(100), regurgitant_volume_ml), mitral_stroke_volume_ml)
    inputs = {
        "regurgitant_volume_ml": regurgitant_volume_ml,
        "mitral_stroke_volume_ml": mitral_stroke_volume_ml,
    }
    return Quantity(percent, "%", "ASE-F-08", inputs, caveats=tuple(caveats))


def eroa_volumetric(
    *, regurgitant_volume_ml: Number, jet_vti_cm: Number, caveats: Sequence[str] = ()
) -> Quantity:
    """EROA in mm2 from a volumetric regurgitant volume over the jet's VTI (ASE-F-09)."""
    require_positive(regurgitant_volume_ml=regurgitant_volume_ml)
    require_between("jet_vti_cm", jet_vti_cm, JET_VTI_CM)
    area = over(times(regurgitant_volume_ml, MM2_PER_CM2), jet_vti_cm)
    inputs = {"regurgitant_volume_ml": regurgitant_volume_ml, "jet_vti_cm": jet_vti_cm}
    return Quantity(area, "mm²", "ASE-F-09", inputs, caveats=tuple(caveats))


def vti_ratio(
    *,
    mitral_inflow_vti_cm: Number,
    aortic_vti_cm: Number,
    aortic_regurgitation: bool | None,
    mitral_stenosis: bool | None,
) -> Quantity:
    """Mitral over aortic (LVOT) velocity-time integral; unreliable, and refused, with aortic
    regurgitation or mitral stenosis (ESC25-MIX-02, safety A1). Unknown lesions are a caveat.
    """
    if aortic_regurgitation or mitral_stenosis:
        raise ImplausibleInputError(
            "the VTI ratio is unreliable with aortic regurgitation or mitral stenosis"
        )
    require_positive(mitral_inflow_vti_cm=mitral_inflow_vti_cm, aortic_vti_cm=aortic_vti_cm)
    inputs = {"mitral_inflow_vti_cm": mitral_inflow_vti_cm, "aortic_vti_cm": aortic_vti_cm}
    said = (
        "holds only without aortic regurgitation, which is not recorded"
        if aortic_regurgitation is None
        else "",
        STENOSIS_NOT_RECORDED if mitral_stenosis is None else "",
    )
    value = over(mitral_inflow_vti_cm, aortic_vti_cm)
    return Quantity(value, "", "ESC25-MIX-02", inputs, caveats=tuple(filter(None, said)))
