"""Right atrial and pulmonary pressure (rows ASE-F-10 and ASE-F-11, safety A2 and D3)."""

from __future__ import annotations

from decimal import Decimal

from guidelines.numbers import Interval, Number, compare
from guidelines.quantities.quantity import (
    ImplausibleInputError,
    Quantity,
    plus,
    require_between,
    require_positive,
    times,
)

WIDE_IVC_MM = Decimal(21)  # ASE-F-11
COLLAPSE_PERCENT = Decimal(50)  # ASE-F-11, on a sniff
QUIET_COLLAPSE_PERCENT = Decimal(20)  # ASE-F-11, breathing quietly
RAP_LOW, RAP_MIDDLE, RAP_HIGH = Decimal(3), Decimal(8), Decimal(15)  # mmHg, ASE-F-11
HIGHEST_RAP_MMHG = Decimal(15)  # safety D3: an unknown right atrial pressure lies between 0 and it


def rvsp(*, tr_velocity_m_s: Number, right_atrial_pressure_mmhg: Number) -> Quantity:
    """Right ventricular systolic pressure in mmHg, 4 v2 + RAP (ASE-F-10).

    Equals the pulmonary pressure when the outflow is free. No jet means unknown, not normal.
    """
    require_positive(tr_velocity_m_s=tr_velocity_m_s)
    if right_atrial_pressure_mmhg < 0:
        raise ImplausibleInputError("right_atrial_pressure_mmhg is negative")
    inputs = {
        "tr_velocity_m_s": tr_velocity_m_s,
        "right_atrial_pressure_mmhg": right_atrial_pressure_mmhg,
    }
    pressure = plus(_gradient(tr_velocity_m_s), right_atrial_pressure_mmhg)
    return Quantity(pressure, "mmHg", "ASE-F-10", inputs)


def spap_by_tr_jet(
    *,
    tr_velocity_m_s: Number | None,
    right_atrial_pressure_mmhg: Number | None,
    tricuspid_regurgitation_torrential: bool | None,
) -> Interval | None:
    """What a TR jet says of the systolic pulmonary pressure in mmHg (safety A2, D3).

    No jet: ``None``, unknown and not normal. Without a right atrial pressure it lies between 4 v2
    and 4 v2 + 15. In torrential regurgitation the jet understates it: a lower limit only.
    """
    if tr_velocity_m_s is None:
        return None
    require_positive(tr_velocity_m_s=tr_velocity_m_s)
    gradient = _gradient(tr_velocity_m_s)
    rap = right_atrial_pressure_mmhg
    if rap is not None and rap < 0:
        raise ImplausibleInputError("right_atrial_pressure_mmhg is negative")
    low = plus(gradient, Decimal(0) if rap is None else rap)
    high = plus(gradient, HIGHEST_RAP_MMHG if rap is None else rap)
    return Interval(low, None if tricuspid_regurgitation_torrential else high)


def _gradient(velocity_m_s: Number) -> Number:
    return times(Decimal(4), times(velocity_m_s, velocity_m_s))


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
    require_positive(ivc_diameter_mm=ivc_diameter_mm)
    require_between("ivc_collapse_percent", ivc_collapse_percent, (Decimal(0), Decimal(100)))
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
