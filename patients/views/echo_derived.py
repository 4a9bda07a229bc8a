"""Derived values of a study as its page shows them: rounded for reading, exact when opened."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from patients.derived import refused_derivations
from patients.fields import MEASURES
from patients.forms.typed import plain, printed_unit
from patients.models import EchoStudy
from patients.study_sheet import upper_first

LABELS = {
    "eroa_mm2": "EROA by PISA",
    "regurgitant_volume_ml": "Regurgitant volume by PISA",
    "lvot_stroke_volume_ml": "LVOT stroke volume",
    "mitral_stroke_volume_ml": "Mitral stroke volume",
    "volumetric_regurgitant_volume_ml": "Regurgitant volume, volumetric",
    "volumetric_regurgitant_fraction_percent": "Regurgitant fraction, volumetric",
    "right_atrial_pressure_mmhg": "Right atrial pressure from the vena cava",
    "rvsp_mmhg": "RV systolic pressure",
    "la_volume_ml": "LA volume, area-length",
    "la_volume_index_ml_m2": "LA volume index",
    "lvef_percent": "LVEF from volumes",
    "lv_mass_g": "LV mass",
    "relative_wall_thickness": "Relative wall thickness",
    "lvesd_index_mm_m2": "LVESD index",
}

_SHOWN_PLACES = {"relative_wall_thickness": Decimal("0.01")}
_ONE_PLACE = Decimal("0.1")
_UNITS = (
    ("_ml_m2", "mL/m2"), ("_mm_m2", "mm/m2"), ("_cm_s", "cm/s"), ("_m_s", "m/s"), ("_mm2", "mm2"),
    ("_cm2", "cm2"), ("_mmhg", "mmHg"), ("_percent", "%"), ("_degrees", "degrees"), ("_mm", "mm"),
    ("_cm", "cm"), ("_ml", "mL"), ("_m2", "m2"), ("_g", "g"), ("_kg", "kg"),
)  # fmt: skip


@dataclass(frozen=True)
class DerivedLine:
    """One derived value: rounded, exact, with formula and inputs; or why there is none."""

    label: str
    text: str
    exact: str
    unit: str
    formula: str
    version: str
    inputs: tuple[tuple[str, str], ...]
    refusal: str = ""


def derived_lines(study: Any) -> list[DerivedLine]:
    """The derived values stored with a version of a study, and what a guard rail refused."""
    lines = [derived_line(name, stored) for name, stored in study.derived.items()]
    if isinstance(study, EchoStudy):
        lines += [_refused(name, why) for name, why in refused_derivations(study).items()]
    return lines


def derived_line(name: str, stored: dict[str, Any]) -> DerivedLine:
    """One stored derived value, as a page shows it."""
    return DerivedLine(
        label=_label(name),
        text=_rounded(name, stored["value"]),
        exact=str(stored["value"]),
        unit=printed_unit(stored["unit"]),
        formula=stored["formula"],
        version=str(stored["version"]),
        inputs=tuple(_input(key, value) for key, value in stored["inputs"].items()),
    )


def _refused(name: str, why: str) -> DerivedLine:
    return DerivedLine(_label(name), "", "", "", "", "", (), refusal=upper_first(why))


def _label(name: str) -> str:
    return LABELS.get(name) or upper_first(name.replace("_", " "))


def _rounded(name: str, value: str) -> str:
    try:
        return plain(Decimal(value).quantize(_SHOWN_PLACES.get(name, _ONE_PLACE)))
    except InvalidOperation:
        return value


def _input(key: str, value: str) -> tuple[str, str]:
    if key in MEASURES:
        measure = MEASURES[key]
        return measure.label, f"{_short(value)} {printed_unit(measure.unit)}".strip()
    for ending, unit in _UNITS:
        if key.endswith(ending):
            name = key.removesuffix(ending).replace("_", " ")
            return upper_first(name), f"{_short(value)} {printed_unit(unit)}"
    return upper_first(key.replace("_", " ")), _short(value)


def _short(value: str) -> str:
    try:
        return plain(Decimal(value))
    except InvalidOperation:
        return value
