"""Circumstances of measurement: what may not exclude, and what the lower limits rest on."""

from __future__ import annotations

from guidelines.criteria import Readings
from guidelines.facts import FACTS, Interval
from guidelines.gates import STENOSIS_GRADIENT, STENOSIS_MVA
from guidelines.severity.limits import (
    FAST_HEART_RATE,
    FEW_BEATS,
    FEW_BEATS_IN_AF,
    HIGH_PRESSURE,
    LOW_PRESSURE,
    Scheme,
)
from guidelines.vocabulary import Mechanism, Rhythm, StudyQuality, StudyState

IN_FIBRILLATION = (Rhythm.ATRIAL_FIBRILLATION, Rhythm.ATRIAL_FLUTTER)
UNMEASURED = Interval(None, None)


def flag(readings: Readings, name: str) -> bool | None:
    """A yes/no fact; ``None`` when it is not known."""
    value = readings.get(name)
    return value if isinstance(value, bool) else None


def number(readings: Readings, name: str) -> Interval:
    """A number; an interval without ends when it is not known."""
    value = readings.get(name)
    return value if isinstance(value, Interval) else UNMEASURED


def why_it_cannot_exclude(readings: Readings) -> tuple[str, ...]:
    """Conditions of the echo study under which it may not exclude severe MR (safety D2)."""
    state, beats = readings.get("study_state"), number(readings, "study_beats_averaged")
    pressure = number(readings, "study_systolic_bp_mmhg")
    in_af = readings.get("study_rhythm") in IN_FIBRILLATION
    conditions = {
        "poor image quality": readings.get("study_quality") is StudyQuality.POOR,
        "heart rate above 100": number(readings, "study_heart_rate_bpm").is_above(FAST_HEART_RATE),
        "too few beats averaged": beats.is_below(FEW_BEATS_IN_AF if in_af else FEW_BEATS),
        "systolic pressure below 90": pressure.is_below(LOW_PRESSURE),
        "systolic pressure above 160": pressure.is_above(HIGH_PRESSURE),
        "ventilated": state is StudyState.VENTILATED,
        "sedated or anesthetized": state is StudyState.SEDATED,
        "on inotropes": state is StudyState.ON_INOTROPES,
        "decompensated": flag(readings, "study_decompensated") is True,
    }
    return tuple(name for name, holds in conditions.items() if holds)


def has_stenosis(readings: Readings) -> bool:
    """Whether a stenosis of the mitral valve is recorded, by area or gradient."""
    narrow = number(readings, "mva_cm2").is_at_most(STENOSIS_MVA)
    return narrow or number(readings, "mitral_mean_gradient_mmhg").is_at_least(STENOSIS_GRADIENT)


def why_inflow_says_nothing(readings: Readings) -> str:
    """Why mitral inflow and pulmonary vein flow are not interpretable (safety A2); "" if they are.

    Fused E and A waves show as a missing A velocity: the sign is then unknown.
    """
    rhythm = readings.get("study_rhythm")
    if rhythm in IN_FIBRILLATION:
        return "atrial fibrillation or flutter during the study"
    if rhythm is Rhythm.PACED:
        return "paced rhythm during the study"
    if has_stenosis(readings):
        return "mitral stenosis"
    return "annular calcification" if flag(readings, "annular_calcification") else ""


def aortic_regurgitation(readings: Readings) -> bool | None:
    """Whether there was more than mild aortic regurgitation: in that study, else as known."""
    in_study = flag(readings, "study_aortic_regurgitation_more_than_mild")
    return flag(readings, "aortic_regurgitation_more_than_mild") if in_study is None else in_study


def is_secondary(readings: Readings) -> bool | None:
    """Whether the secondary criteria may apply; ``None`` when the mechanism is unknown."""
    mechanism = readings.get("mechanism")
    return None if mechanism is None else mechanism is not Mechanism.PRIMARY


def lift_flag(scheme: Scheme, readings: Readings, name: str) -> bool | None:
    """Whether the lower limits for an elliptical orifice or low flow apply (see the rows).

    ASE-A-6 counts an elliptical orifice in any mechanism, ESC-SV-09 and ESC-SV-10 in secondary
    regurgitation; ACC/AHA has no lower limits, so there the answer is never a lift.
    """
    holds, secondary = flag(readings, name), is_secondary(readings)
    if scheme is Scheme.ACC_AHA:
        return False
    if scheme is Scheme.ASE_2017 and name == "orifice_elliptical" and holds is not None:
        return holds
    if secondary:
        return holds
    if secondary is False and holds is None:
        return False
    return False if holds is False else None


def why_2d_underestimates(scheme: Scheme, readings: Readings, name: str) -> tuple[str, ...]:
    """ACC/AHA's footnotes (Table 18): 2D PISA and volume may be too low, so they do not exclude."""
    if scheme is not Scheme.ACC_AHA:
        return ()
    holds, secondary = flag(readings, name), is_secondary(readings)
    if holds is False or (holds is None and secondary is False):
        return ()
    words = {
        "orifice_elliptical": "an elliptical orifice is underestimated by 2D PISA",
        "low_flow": "the volume falls in low flow",
    }
    return (words[name] if holds else f"{FACTS[name].label} not recorded",)
