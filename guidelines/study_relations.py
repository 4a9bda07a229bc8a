"""How the numbers of one study follow from each other, and how far they may lie apart.

Tolerances are local defaults, as wide as rounding and honest measurement need. A relation that
does not hold for a study (volumes do not balance with a leaking aortic valve) is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from guidelines.numbers import Interval, Number
from guidelines.quantities import (
    BSA_FORMULAS,
    ImplausibleInputError,
    doppler_stroke_volume,
    eroa_by_pisa,
    la_volume_area_length,
    lv_mass,
    spap_by_tr_jet,
)
from guidelines.vocabulary import RegurgitationMethod

Values = Mapping[str, Decimal]
Method = RegurgitationMethod

MORE_THAN_MILD = Decimal(2)  # grade of aortic regurgitation from which on volumes do not balance
# Methods by which a regurgitant volume is the orifice times the integral of the jet.
BY_ORIFICE = (Method.PISA, Method.PISA_3D, Method.NOT_STATED)
NEAR_LVEF_POINTS = Decimal(5)  # percentage points between a stated and a computed LVEF
# Shortening of the diameter beyond which a pair of diameters is not to be believed, in percent.
SHORTENING_PERCENT = (Decimal(5), Decimal(60))


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two numbers may lie apart: an amount, or a share of the expected, the larger."""

    amount: Decimal
    percent: Decimal = Decimal(0)

    def allows(self, entered: Number, expected: Number) -> bool:
        """Whether the two are close enough; the exact tolerance still is."""
        return abs(float(entered) - float(expected)) <= self.width(expected) * (1 + 1e-9)

    def width(self, expected: Number) -> float:
        """The tolerance in the unit of the numbers."""
        share = float(self.percent) / 100 * abs(float(expected))
        return max(float(self.amount), share)


@dataclass(frozen=True, slots=True)
class Relation:
    """One value that follows from others.

    ``expect`` computes it; ``None`` when it does not apply to the study. ``said`` is what it
    follows from, in words.
    """

    check: str
    entered: str
    inputs: tuple[str, ...]
    expect: Callable[[Values], Number | Interval | None]
    tolerance: Tolerance
    said: str

    @property
    def names(self) -> tuple[str, ...]:
        """All values that take part."""
        return (self.entered, *self.inputs)

    def expected(self, values: Values) -> Number | Interval | None:
        """What the value should be, ``None`` when it cannot be said."""
        if any(name not in values for name in self.names):
            return None
        try:
            return self.expect(values)
        except ImplausibleInputError:
            return None

    def disagreement(self, values: Values) -> Number | None:
        """The number that was expected where the entered one is not near it; else ``None``."""
        expected = self.expected(values)
        if expected is None:
            return None
        nearest = _nearest(expected, values[self.entered])
        return None if self.tolerance.allows(values[self.entered], nearest) else nearest


def _nearest(expected: Number | Interval, entered: Decimal) -> Number:
    if not isinstance(expected, Interval):
        return expected
    if expected.low is not None and expected.is_above(entered):
        return expected.low
    return expected.high if expected.high is not None and expected.is_below(entered) else entered


def relations_of(
    values: Mapping[str, Decimal | Interval],
    volume_method: RegurgitationMethod,
    shunt: bool | None,
) -> Iterator[Relation]:
    """The relations that hold for this study."""
    yield from RELATIONS
    if volume_method in BY_ORIFICE:
        yield ORIFICE_AND_VOLUME
    regurgitation = values.get("aortic_regurgitation")
    leaks = isinstance(regurgitation, Decimal) and regurgitation >= MORE_THAN_MILD
    if not leaks and not shunt:
        yield from BALANCE
    ejection = values.get("lvef_percent")
    if isinstance(ejection, Interval):
        yield _ejection_within(ejection)


def _ejection_within(stated: Interval) -> Relation:
    """An LVEF given as a range: the volumes should give one that lies in or near it."""
    return Relation(
        "ejection-fraction",
        "lvedv_ml",
        ("lvesv_ml",),
        lambda v: _volume_for(v, stated),
        Tolerance(Decimal(0)),
        f"an LVEF of {stated} % (give or take {NEAR_LVEF_POINTS}) and the end-systolic volume",
    )


def _volume_for(values: Values, stated: Interval) -> Interval:
    """The end-diastolic volumes that give about the stated LVEF with this end-systolic volume."""
    systolic = values["lvesv_ml"]

    def volume(percent: Number | None, add: Decimal) -> Decimal | None:
        if percent is None or Decimal(percent) + add >= 100:
            return None
        return systolic * 100 / (100 - Decimal(percent) - add)

    return Interval(volume(stated.low, -NEAR_LVEF_POINTS), volume(stated.high, NEAR_LVEF_POINTS))


def _percent_of(part: Number, whole: Number) -> float | None:
    return 100 * float(part) / float(whole) if whole > 0 else None


def _ejection(v: Values) -> Number | None:
    return _percent_of(v["lvedv_ml"] - v["lvesv_ml"], v["lvedv_ml"])


def _shortening(v: Values) -> Interval | None:
    """The end-systolic diameters that a ventricle of this end-diastolic one may have."""
    if v["lvesd_mm"] >= v["lvedd_mm"]:
        return None  # reported as an impossible pair
    least, most = SHORTENING_PERCENT
    return Interval(v["lvedd_mm"] * (100 - most) / 100, v["lvedd_mm"] * (100 - least) / 100)


def _pisa_area(v: Values) -> Number:
    return eroa_by_pisa(
        radius_mm=v["pisa_radius_mm"],
        aliasing_velocity_cm_s=v["aliasing_velocity_cm_s"],
        jet_velocity_m_s=v["mr_peak_velocity_m_s"],
        angle_degrees=v.get("pisa_angle_degrees", Decimal(180)),
    ).value


def _forward(v: Values) -> float:
    flow = doppler_stroke_volume(diameter_mm=v["lvot_diameter_mm"], vti_cm=v["lvot_vti_cm"])
    return float(flow.value)


def _inflow(v: Values) -> float:
    flow = doppler_stroke_volume(
        diameter_mm=v["mitral_annulus_ap_mm"],
        second_diameter_mm=v.get("mitral_annulus_ic_mm"),
        vti_cm=v["mitral_annulus_vti_cm"],
    )
    return float(flow.value)


def _least_inflow_integral(v: Values) -> Interval:
    """The mitral integral by which at least the outflow comes in."""
    second = v.get("mitral_annulus_ic_mm", v["mitral_annulus_ap_mm"])
    area_cm2 = math.pi / 4 * float(v["mitral_annulus_ap_mm"]) * float(second) / 100
    return Interval(_forward(v) / area_cm2, None)


def _fraction(v: Values, total: float) -> Number | None:
    volume = float(v["regurgitant_volume_ml"])
    return 100 * volume / total if total > volume else None


def _pressure(v: Values) -> Interval | None:
    return spap_by_tr_jet(
        tr_velocity_m_s=v["tr_peak_velocity_m_s"],
        right_atrial_pressure_mmhg=v.get("right_atrial_pressure_mmhg"),
        tricuspid_regurgitation_torrential=None,
    )


def _surface(v: Values) -> Interval:
    by_formula = [
        formula(height_cm=v["height_cm"], weight_kg=v["weight_kg"]).value
        for formula in BSA_FORMULAS.values()
    ]
    return Interval(min(by_formula), max(by_formula))


def _atrial_volume(v: Values) -> Number:
    return la_volume_area_length(
        area_4ch_cm2=v["la_area_four_chamber_cm2"],
        area_2ch_cm2=v["la_area_two_chamber_cm2"],
        shorter_length_mm=v["la_length_cm"] * 10,
    ).value


def _mass_index(v: Values) -> Number:
    mass = lv_mass(
        septum_mm=v["septum_mm"],
        lvedd_mm=v["lvedd_mm"],
        posterior_wall_mm=v["posterior_wall_mm"],
    )
    return float(mass.value) / float(v["bsa_m2"])


ANNULUS = ("mitral_annulus_ap_mm", "mitral_annulus_vti_cm")
OUTFLOW = ("lvot_diameter_mm", "lvot_vti_cm")

ORIFICE_AND_VOLUME = Relation(
    "orifice-and-volume",
    "regurgitant_volume_ml",
    ("eroa_mm2", "mr_vti_cm"),
    lambda v: v["eroa_mm2"] * v["mr_vti_cm"] / 100,
    Tolerance(Decimal(5), Decimal(20)),
    "EROA and the velocity-time integral of the jet",
)
# The balance of volumes without a leaking aortic valve or a shunt.
BALANCE = (
    Relation(
        "stroke-volume-balance",
        "lvedv_ml",
        ("lvesv_ml", "regurgitant_volume_ml", *OUTFLOW),
        lambda v: float(v["lvesv_ml"]) + _forward(v) + float(v["regurgitant_volume_ml"]),
        Tolerance(Decimal(40), Decimal(35)),  # 2D volumes run small
        "end-systolic volume, outflow and regurgitant volume",
    ),
    Relation(
        "outflow-above-total",
        "lvedv_ml",
        ("lvesv_ml", *OUTFLOW),
        lambda v: Interval(float(v["lvesv_ml"]) + _forward(v), None),
        Tolerance(Decimal(20), Decimal(20)),
        "end-systolic volume and outflow alone",
    ),
    Relation(
        "outflow-above-inflow",
        "mitral_annulus_vti_cm",
        ("mitral_annulus_ap_mm", *OUTFLOW),
        _least_inflow_integral,
        Tolerance(Decimal(1), Decimal(10)),
        "mitral annulus and outflow",
    ),
    Relation(
        "stroke-volume-balance-mitral",
        "regurgitant_volume_ml",
        (*ANNULUS, *OUTFLOW),
        lambda v: _inflow(v) - _forward(v),
        Tolerance(Decimal(25), Decimal(40)),
        "mitral inflow less outflow",
    ),
    Relation(
        "fraction-by-inflow",
        "regurgitant_fraction_percent",
        ("regurgitant_volume_ml", *ANNULUS),
        lambda v: _fraction(v, _inflow(v)),
        Tolerance(Decimal(15)),
        "regurgitant volume and mitral inflow",
    ),
    Relation(
        "fraction-by-outflow",
        "regurgitant_fraction_percent",
        ("regurgitant_volume_ml", *OUTFLOW),
        lambda v: _fraction(v, float(v["regurgitant_volume_ml"]) + _forward(v)),
        Tolerance(Decimal(15)),
        "regurgitant volume and outflow",
    ),
)
RELATIONS = (
    Relation(
        "orifice-by-pisa",
        "eroa_mm2",
        ("pisa_radius_mm", "aliasing_velocity_cm_s", "mr_peak_velocity_m_s"),
        _pisa_area,
        Tolerance(Decimal(5), Decimal(25)),
        "the PISA radius and its velocities",
    ),
    Relation(
        "ejection-fraction",
        "lvef_percent",
        ("lvedv_ml", "lvesv_ml"),
        _ejection,
        Tolerance(NEAR_LVEF_POINTS),
        "the two volumes",
    ),
    Relation(
        "shortening",
        "lvesd_mm",
        ("lvedd_mm",),
        _shortening,
        Tolerance(Decimal(0)),
        "LVEDD and any plausible shortening",
    ),
    Relation(
        "pulmonary-pressure",
        "spap_mmhg",
        ("tr_peak_velocity_m_s",),
        _pressure,
        Tolerance(Decimal(10)),
        "the TR jet and the right atrial pressure",
    ),
    Relation(
        "atrial-volume",
        "la_volume_ml",
        ("la_area_four_chamber_cm2", "la_area_two_chamber_cm2", "la_length_cm"),
        _atrial_volume,
        Tolerance(Decimal(10), Decimal(25)),
        "the two areas and the length",
    ),
    Relation(
        "atrial-index",
        "la_volume_index_ml_m2",
        ("la_volume_ml", "bsa_m2"),
        lambda v: v["la_volume_ml"] / v["bsa_m2"],
        Tolerance(Decimal(2), Decimal(10)),
        "LA volume and body surface",
    ),
    Relation(
        "ventricular-index",
        "lvedv_index_ml_m2",
        ("lvedv_ml", "bsa_m2"),
        lambda v: v["lvedv_ml"] / v["bsa_m2"],
        Tolerance(Decimal(3), Decimal(10)),
        "end-diastolic volume and body surface",
    ),
    Relation(
        "mass-index",
        "lv_mass_index_g_m2",
        ("septum_mm", "lvedd_mm", "posterior_wall_mm", "bsa_m2"),
        _mass_index,
        Tolerance(Decimal(10), Decimal(20)),
        "wall thickness, LVEDD and body surface",
    ),
    Relation(
        "body-surface",
        "bsa_m2",
        ("height_cm", "weight_kg"),
        _surface,
        Tolerance(Decimal("0.05"), Decimal(4)),
        "height and weight",
    ),
)
