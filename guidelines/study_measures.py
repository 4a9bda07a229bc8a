"""What a measured number of a study is called, how far it may plausibly go, and how it is mistyped.

Plausible ranges follow the data dictionary of the rule tables (section 9.1) where it prints one;
the others are local defaults, wide enough for the sickest and the smallest adult of a valve
clinic. They only ask a question; they refuse nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from guidelines.numbers import Number, plain

TEN, HUNDRED = Decimal(10), Decimal(100)


@dataclass(frozen=True, slots=True)
class StudyMeasure:
    """One measured quantity: label, unit, plausible range with both ends in it."""

    name: str
    label: str
    unit: str
    low: Decimal
    high: Decimal

    def is_plausible(self, value: Number) -> bool:
        """Whether the value needs no question."""
        return bool(self.low <= value <= self.high)

    def say(self, value: Number) -> str:
        """The value in words: ``LVESD 41 mm``."""
        return f"{self.label} {plain(value)} {self.unit}".rstrip()

    @property
    def range_text(self) -> str:
        """``15 to 90 mm``."""
        return f"{plain(self.low)} to {plain(self.high)} {self.unit}".rstrip()


def _measure(name: str, label: str, unit: str, low: str, high: str) -> StudyMeasure:
    return StudyMeasure(name, label, unit, Decimal(low), Decimal(high))


MEASURES: Mapping[str, StudyMeasure] = MappingProxyType(
    {
        each.name: each
        for each in (
            _measure("height_cm", "height", "cm", "120", "215"),
            _measure("weight_kg", "weight", "kg", "30", "220"),
            _measure("bsa_m2", "body surface", "m²", "1", "3"),
            _measure("lvef_percent", "LVEF", "%", "5", "85"),
            _measure("lvesd_mm", "LVESD", "mm", "15", "90"),
            _measure("lvedd_mm", "LVEDD", "mm", "25", "100"),
            _measure("lvedv_ml", "LV end-diastolic volume", "mL", "30", "500"),
            _measure("lvesv_ml", "LV end-systolic volume", "mL", "8", "400"),
            _measure("lvedv_index_ml_m2", "LV end-diastolic volume index", "mL/m²", "15", "250"),
            _measure("septum_mm", "septum", "mm", "5", "35"),
            _measure("posterior_wall_mm", "posterior wall", "mm", "5", "30"),
            _measure("lv_mass_index_g_m2", "LV mass index", "g/m²", "30", "450"),
            _measure("la_diameter_mm", "LA diameter", "mm", "15", "100"),
            _measure("la_volume_ml", "LA volume", "mL", "15", "500"),
            _measure("la_volume_index_ml_m2", "LA volume index", "mL/m²", "5", "200"),
            _measure("la_area_four_chamber_cm2", "LA area, four-chamber", "cm²", "8", "80"),
            _measure("la_area_two_chamber_cm2", "LA area, two-chamber", "cm²", "8", "80"),
            _measure("la_length_cm", "LA length", "cm", "3", "12"),
            _measure("vena_contracta_mm", "vena contracta", "mm", "1.5", "20"),
            _measure("vena_contracta_biplane_mm", "biplane vena contracta", "mm", "1.5", "20"),
            _measure("vena_contracta_area_3d_mm2", "3D vena contracta area", "mm²", "2", "200"),
            _measure("pisa_radius_mm", "PISA radius", "mm", "1.5", "20"),
            _measure("aliasing_velocity_cm_s", "aliasing velocity", "cm/s", "15", "60"),
            _measure("mr_peak_velocity_m_s", "MR peak velocity", "m/s", "3", "7"),
            _measure("mr_vti_cm", "MR velocity-time integral", "cm", "50", "250"),
            _measure("eroa_mm2", "EROA", "mm²", "2", "150"),
            _measure("regurgitant_volume_ml", "regurgitant volume", "mL", "1", "200"),
            _measure("regurgitant_fraction_percent", "regurgitant fraction", "%", "1", "90"),
            _measure("lvot_diameter_mm", "LVOT diameter", "mm", "14", "32"),
            _measure("lvot_vti_cm", "LVOT velocity-time integral", "cm", "6", "45"),
            _measure("mitral_annulus_ap_mm", "mitral annulus", "mm", "20", "60"),
            _measure("mitral_annulus_ic_mm", "mitral annulus, second", "mm", "20", "65"),
            _measure("mitral_annulus_vti_cm", "mitral annulus VTI", "cm", "5", "40"),
            _measure("tr_peak_velocity_m_s", "TR peak velocity", "m/s", "1", "5.5"),
            _measure("spap_mmhg", "systolic pulmonary pressure", "mmHg", "10", "150"),
            _measure("ivc_diameter_mm", "inferior vena cava", "mm", "5", "40"),
            _measure("tricuspid_annulus_mm", "tricuspid annulus", "mm", "20", "70"),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Slip:
    """What was probably meant, and how the slip came about, in words."""

    meant: Decimal
    words: str


# By unit of the field, as names write it: the factor to what was meant, and the unit that was typed
# instead.
_FACTORS: Mapping[str, tuple[tuple[Decimal, str], ...]] = MappingProxyType(
    {
        "mm": ((TEN, "centimeters"),),
        "mm2": ((HUNDRED, "square centimeters"),),
        "cm": ((1 / TEN, "millimeters"), (HUNDRED, "meters")),
        "cm2": ((1 / HUNDRED, "square millimeters"),),
        "cm/s": ((HUNDRED, "meters per second"),),
        "m/s": ((1 / HUNDRED, "centimeters per second"),),
        "%": ((HUNDRED, "a fraction"),),
    }
)
# An index, and the absolute value that it is of.
_INDICES: Mapping[str, str] = MappingProxyType(
    {"la_volume_index_ml_m2": "la_volume_ml", "lvedv_index_ml_m2": "lvedv_ml"}
)
_ABSOLUTES = MappingProxyType({absolute: index for index, absolute in _INDICES.items()})
# Absolute values whose index has no field of its own, and is typed in their place.
_INDEXED_ELSEWHERE = ("lvesd_mm", "lvedd_mm", "lvesv_ml")


def meant_by(value: Decimal, unit: str) -> Iterator[tuple[Decimal, str]]:
    """What a number may mean that was typed in a neighboring unit, and in which, likeliest first.

    ``unit`` is that of the field: ``mm``, ``mm2`` or ``mm²``, ``cm/s``, ``%``.
    """
    for factor, typed in _FACTORS.get(unit.replace("²", "2"), ()):
        yield value * factor, typed


def slips_of(name: str, values: Mapping[str, Decimal]) -> Iterator[Slip]:
    """What may have been meant by one value, the likeliest slip first.

    Another unit, then an index in the place of an absolute value or the other way round (where
    body surface is known), then a decimal point one place off.
    """
    measure, value = MEASURES.get(name), values.get(name)
    if measure is None or value is None:
        return
    for meant, unit in meant_by(value, measure.unit):
        yield _slip(measure, value, meant, f"{unit} typed instead")
    yield from _index_slips(measure, value, values.get("bsa_m2"))
    yield _slip(measure, value, value * TEN, "the decimal point one place off")
    yield _slip(measure, value, value / TEN, "the decimal point one place off")


def _index_slips(measure: StudyMeasure, value: Decimal, surface: Decimal | None) -> Iterator[Slip]:
    if surface is None or surface <= 0:
        return
    if measure.name in _INDICES:
        how = "the absolute value in the place of the index"
        yield _slip(measure, value, value / surface, how)
    if measure.name in _ABSOLUTES or measure.name in _INDEXED_ELSEWHERE:
        how = "the index (per m²) in the place of the absolute value"
        yield _slip(measure, value, value * surface, how)


def _slip(measure: StudyMeasure, value: Decimal, meant: Decimal, how: str) -> Slip:
    short = plain(meant.normalize())
    unit = f" {measure.unit}" if measure.unit else ""
    return Slip(meant, f"{measure.say(value)} is probably {how}: {short}{unit} was meant.")
