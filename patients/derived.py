"""Values derived from one study. They are stored with it at every save, with formula and inputs.

What is stored serves reports and the study's page. Verdicts compute anew from the entered values
(``quantities_of``), so that nothing rests on a stored copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from guidelines import quantities
from guidelines.facts import Number
from guidelines.quantities import ImplausibleInputError, Quantity
from guidelines.vocabulary import StudyState
from patients.models import EchoStudy

MODERATE = 2
# States in which the vena cava may be under positive pressure and says nothing.
POSITIVE_PRESSURE = {StudyState.VENTILATED.value, StudyState.INTRA_OPERATIVE.value}
MM_PER_CM = Decimal(10)

Derivation = Callable[[EchoStudy, dict[str, Quantity]], Quantity | None]


def quantities_of(study: EchoStudy) -> dict[str, Quantity]:
    """Every derived value of a study whose inputs are recorded and within the guard rails."""
    found: dict[str, Quantity] = {}
    for name, derive in _DERIVATIONS:
        try:
            quantity = derive(study, found)
        except ImplausibleInputError:
            continue
        if quantity is not None:
            found[name] = quantity
    return found


def derived_values(study: EchoStudy) -> dict[str, Any]:
    """The same for storage: numbers as text in full precision, formula row, version, inputs."""
    return {
        name: {
            "value": _text(quantity.value),
            "unit": quantity.unit,
            "formula": quantity.formula,
            "version": quantity.version,
            "inputs": {key: _text(value) for key, value in quantity.inputs.items()},
        }
        for name, quantity in quantities_of(study).items()
    }


def refused_derivations(study: EchoStudy) -> dict[str, str]:
    """Derived values that a guard rail refused, each with the sentence that says why."""
    return dict(_refusals(study))


def _refusals(study: EchoStudy) -> Iterator[tuple[str, str]]:
    found: dict[str, Quantity] = {}
    for name, derive in _DERIVATIONS:
        try:
            quantity = derive(study, found)
        except ImplausibleInputError as refusal:
            yield name, str(refusal)
        else:
            if quantity is not None:
                found[name] = quantity


def _text(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _eroa(study: EchoStudy, found: dict[str, Quantity]) -> Quantity | None:
    radius, aliasing = study.pisa_radius_mm, study.aliasing_velocity_cm_s
    velocity = study.mr_peak_velocity_m_s
    if radius is None or aliasing is None or velocity is None:
        return None
    return quantities.eroa_by_pisa(
        radius_mm=radius,
        aliasing_velocity_cm_s=aliasing,
        jet_velocity_m_s=velocity,
        angle_degrees=study.pisa_angle_degrees or Decimal(180),
    )


def _regurgitant_volume(study: EchoStudy, found: dict[str, Quantity]) -> Quantity | None:
    if study.mr_vti_cm is None:
        return None
    # The reader's own orifice area comes first, as in the facts that verdicts rest on.
    area: Number | None = study.eroa_mm2
    if area is None and "eroa_mm2" in found:
        area = found["eroa_mm2"].value
    if area is None:
        return None
    return quantities.regurgitant_volume_by_pisa(eroa_mm2=area, jet_vti_cm=study.mr_vti_cm)


def _lvot_stroke_volume(study: EchoStudy, found: dict[str, Quantity]) -> Quantity | None:
    if study.lvot_diameter_mm is None or study.lvot_vti_cm is None:
        return None
    return quantities.doppler_stroke_volume(
        diameter_mm=study.lvot_diameter_mm, vti_cm=study.lvot_vti_cm
    )


def _mitral_stroke_volume(study: EchoStudy, found: dict[str, Quantity]) -> Quantity | None:
    if study.mitral_annulus_ap_mm is None or study.mitral_annulus_vti_cm is None:
        return None
    return quantities.doppler_stroke_volume(
        diameter_mm=study.mitral_annulus_ap_mm,
        second_diameter_mm=study.mitral_annulus_ic_mm,
        vti_cm=study.mitral_annulus_vti_cm,
    )


def _volumetric_volume(study: EchoStudy, found: dict[str, Quantity]) -> Quantity | None:
    total = found.get("mitral_stroke_volume_ml")
    forward = found.get("lvot_stroke_volume_ml")
    if total is None or forward is None:
        return None
    # Aortic regurgitation not recorded is no proof that the outflow equals the forward flow; the
    # value is kept with its caveat, and the severity rules see the unknown. A study has no field
    # for a shunt.
    leak = study.aortic_regurgitation
    return quantities.regurgitant_volume_volumetric(
        total_stroke_volume_ml=total.value,
        lvot_stroke_volume_ml=forward.value,
        aortic_regurgitation_more_than_mild=None if leak is None else leak >= MODERATE,
        intracardiac_shunt=None,
    )


def _volumetric_fraction(study: EchoStudy, found: dict[str, Quantity]) -> Quantity | None:
    volume = found.get("volumetric_regurgitant_volume_ml")
    total = found.get("mitral_stroke_volume_ml")
    if volume is None or total is None:
        return None
    return quantities.regurgitant_fraction(
        regurgitant_volume_ml=volume.value,
        mitral_stroke_volume_ml=total.value,
        caveats=volume.caveats,
    )


def _right_atrial_pressure(study: EchoStudy, found: dict[str, Quantity]) -> Quantity | None:
    if study.ivc_diameter_mm is None or study.ivc_collapse_percent is None:
        return None
    return quantities.right_atrial_pressure(
        ivc_diameter_mm=study.ivc_diameter_mm,
        ivc_collapse_percent=study.ivc_collapse_percent,
        positive_pressure_ventilation=study.state in POSITIVE_PRESSURE,
    )


def _rvsp(study: EchoStudy, found: dict[str, Quantity]) -> Quantity | None:
    pressure = study.right_atrial_pressure_mmhg
    if pressure is None and "right_atrial_pressure_mmhg" in found:
        computed = found["right_atrial_pressure_mmhg"].value
        pressure = computed if isinstance(computed, Decimal) else None
    if study.tr_peak_velocity_m_s is None or pressure is None:
        return None
    return quantities.rvsp(
        tr_velocity_m_s=study.tr_peak_velocity_m_s, right_atrial_pressure_mmhg=pressure
    )


def _la_volume(study: EchoStudy, found: dict[str, Quantity]) -> Quantity | None:
    four, two = study.la_area_four_chamber_cm2, study.la_area_two_chamber_cm2
    if four is None or two is None or study.la_length_cm is None:
        return None
    return quantities.la_volume_area_length(
        area_4ch_cm2=four, area_2ch_cm2=two, shorter_length_mm=study.la_length_cm * MM_PER_CM
    )


def _la_volume_index(study: EchoStudy, found: dict[str, Quantity]) -> Quantity | None:
    volume: Any = study.la_volume_ml
    if volume is None and "la_volume_ml" in found:
        volume = found["la_volume_ml"].value
    if volume is None or study.bsa_m2 is None:
        return None
    return quantities.la_volume_index(la_volume_ml=volume, bsa_m2=study.bsa_m2)


def _lvef(study: EchoStudy, found: dict[str, Quantity]) -> Quantity | None:
    if study.lvedv_ml is None or study.lvesv_ml is None:
        return None
    return quantities.lvef(
        end_diastolic_volume_ml=study.lvedv_ml, end_systolic_volume_ml=study.lvesv_ml
    )


def _lv_mass(study: EchoStudy, found: dict[str, Quantity]) -> Quantity | None:
    if study.septum_mm is None or study.lvedd_mm is None or study.posterior_wall_mm is None:
        return None
    if diameters_conflict(study):
        return None
    return quantities.lv_mass(
        septum_mm=study.septum_mm,
        lvedd_mm=study.lvedd_mm,
        posterior_wall_mm=study.posterior_wall_mm,
    )


def _relative_wall_thickness(study: EchoStudy, found: dict[str, Quantity]) -> Quantity | None:
    if study.posterior_wall_mm is None or study.lvedd_mm is None or diameters_conflict(study):
        return None
    return quantities.relative_wall_thickness(
        posterior_wall_mm=study.posterior_wall_mm, lvedd_mm=study.lvedd_mm
    )


def _lvesd_index(study: EchoStudy, found: dict[str, Quantity]) -> Quantity | None:
    if study.lvesd_mm is None or study.bsa_m2 is None or diameters_conflict(study):
        return None
    return quantities.lvesd_index(lvesd_mm=study.lvesd_mm, bsa_m2=study.bsa_m2)


def diameters_conflict(study: EchoStudy) -> bool:
    """Whether LVESD is larger than LVEDD: then neither feeds a verdict until it is resolved."""
    if study.lvesd_mm is None or study.lvedd_mm is None:
        return False
    return bool(study.lvesd_mm > study.lvedd_mm)


_DERIVATIONS: tuple[tuple[str, Derivation], ...] = (
    ("eroa_mm2", _eroa),
    ("regurgitant_volume_ml", _regurgitant_volume),
    ("lvot_stroke_volume_ml", _lvot_stroke_volume),
    ("mitral_stroke_volume_ml", _mitral_stroke_volume),
    ("volumetric_regurgitant_volume_ml", _volumetric_volume),
    ("volumetric_regurgitant_fraction_percent", _volumetric_fraction),
    ("right_atrial_pressure_mmhg", _right_atrial_pressure),
    ("rvsp_mmhg", _rvsp),
    ("la_volume_ml", _la_volume),
    ("la_volume_index_ml_m2", _la_volume_index),
    ("lvef_percent", _lvef),
    ("lv_mass_g", _lv_mass),
    ("relative_wall_thickness", _relative_wall_thickness),
    ("lvesd_index_mm_m2", _lvesd_index),
)
