"""Left atrium and left ventricle (rows ASE-F-12 to ASE-F-15 and ASE-F-17; indices ASE-R)."""

from __future__ import annotations

import math
from decimal import Decimal

from guidelines.numbers import Number
from guidelines.quantities.quantity import (
    ImplausibleInputError,
    Quantity,
    minus,
    over,
    plus,
    require_positive,
    times,
)
from guidelines.quantities.regurgitation import lv_stroke_volume

CONCENTRIC_RWT = Decimal("0.42")  # ASE-F-15, above it
MM_PER_CM = Decimal(10)
WALL_MOTION_NOT_RECORDED = "invalid with a regional wall-motion abnormality, which is not recorded"


def la_volume_area_length(
    *, area_4ch_cm2: Number, area_2ch_cm2: Number, shorter_length_mm: Number
) -> Quantity:
    """Left atrial volume in mL, 8/(3 pi) A1 A2 / L, L the shorter long axis (ASE-F-12)."""
    require_positive(
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
    return _indexed("la_volume_ml", la_volume_ml, bsa_m2, "mL/m²", "ASE-F-12")


def lvef(*, end_diastolic_volume_ml: Number, end_systolic_volume_ml: Number) -> Quantity:
    """Left ventricular ejection fraction in percent from two volumes (ASE-F-13)."""
    stroke = lv_stroke_volume(
        end_diastolic_volume_ml=end_diastolic_volume_ml,
        end_systolic_volume_ml=end_systolic_volume_ml,
    )
    percent = over(times(Decimal(100), stroke.value), end_diastolic_volume_ml)
    return Quantity(percent, "%", "ASE-F-13", stroke.inputs)


def teichholz_volume(
    *, diameter_mm: Number, regional_wall_motion_abnormality: bool | None
) -> Quantity:
    """Left ventricular volume in mL from one diameter (ASE-F-13); ASE discourages it.

    Refused with a regional wall-motion abnormality, where it is invalid; a caveat when that is
    not recorded.
    """
    if regional_wall_motion_abnormality:
        raise ImplausibleInputError("Teichholz is invalid with a regional wall-motion abnormality")
    require_positive(diameter_mm=diameter_mm)
    diameter_cm = over(diameter_mm, MM_PER_CM)
    cube = times(diameter_cm, times(diameter_cm, diameter_cm))
    factor = over(Decimal(7), plus(Decimal("2.4"), diameter_cm))
    caveats = (WALL_MOTION_NOT_RECORDED,) if regional_wall_motion_abnormality is None else ()
    inputs = {"diameter_mm": diameter_mm}
    return Quantity(times(factor, cube), "mL", "ASE-F-13", inputs, caveats=caveats)


def lv_mass(*, septum_mm: Number, lvedd_mm: Number, posterior_wall_mm: Number) -> Quantity:
    """Left ventricular mass in g by the linear method, at end-diastole (ASE-F-14)."""
    require_positive(septum_mm=septum_mm, lvedd_mm=lvedd_mm, posterior_wall_mm=posterior_wall_mm)
    cavity = over(lvedd_mm, MM_PER_CM)
    outer = over(plus(plus(septum_mm, lvedd_mm), posterior_wall_mm), MM_PER_CM)
    muscle = minus(times(outer, times(outer, outer)), times(cavity, times(cavity, cavity)))
    mass = plus(times(Decimal("0.832"), muscle), Decimal("0.6"))
    inputs = {
        "septum_mm": septum_mm,
        "lvedd_mm": lvedd_mm,
        "posterior_wall_mm": posterior_wall_mm,
    }
    return Quantity(mass, "g", "ASE-F-14", inputs)


def relative_wall_thickness(*, posterior_wall_mm: Number, lvedd_mm: Number) -> Quantity:
    """Twice the posterior wall over the cavity (ASE-F-15); concentric above 0.42."""
    require_positive(posterior_wall_mm=posterior_wall_mm, lvedd_mm=lvedd_mm)
    value = over(times(Decimal(2), posterior_wall_mm), lvedd_mm)
    inputs = {"posterior_wall_mm": posterior_wall_mm, "lvedd_mm": lvedd_mm}
    return Quantity(value, "", "ASE-F-15", inputs)


def lvesd_index(*, lvesd_mm: Number, bsa_m2: Number) -> Quantity:
    """LVESD in mm per m2 of body surface (ASE-F-17); exact for entered decimals."""
    return _indexed("lvesd_mm", lvesd_mm, bsa_m2, "mm/m²", "ASE-F-17")


def lvedd_index(*, lvedd_mm: Number, bsa_m2: Number) -> Quantity:
    """LVEDD in mm per m2 of body surface (reference range ASE-R-05)."""
    return _indexed("lvedd_mm", lvedd_mm, bsa_m2, "mm/m²", "ASE-R-05")


def lvedv_index(*, lvedv_ml: Number, bsa_m2: Number) -> Quantity:
    """End-diastolic volume in mL per m2 of body surface (reference range ASE-R-10)."""
    return _indexed("lvedv_ml", lvedv_ml, bsa_m2, "mL/m²", "ASE-R-10")


def lvesv_index(*, lvesv_ml: Number, bsa_m2: Number) -> Quantity:
    """End-systolic volume in mL per m2 of body surface (reference range ASE-R-11)."""
    return _indexed("lvesv_ml", lvesv_ml, bsa_m2, "mL/m²", "ASE-R-11")


def lv_mass_index(*, lv_mass_g: Number, bsa_m2: Number) -> Quantity:
    """Left ventricular mass in g per m2 of body surface (reference range ASE-R-14)."""
    return _indexed("lv_mass_g", lv_mass_g, bsa_m2, "g/m²", "ASE-R-14")


def _indexed(name: str, value: Number, bsa_m2: Number, unit: str, formula: str) -> Quantity:
    require_positive(**{name: value, "bsa_m2": bsa_m2})
    return Quantity(over(value, bsa_m2), unit, formula, {name: value, "bsa_m2": bsa_m2})
