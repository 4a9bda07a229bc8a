"""How a laboratory measures the truth: noise, habits, gaps.

The noise of one study is the suggested within-subject standard deviation (SEM) of section 11c of
the score tables: LVEF 2.4 points, LVESD 1.3 mm, LVEDD 1.6 mm, EROA 6 mm2, LA volume index
2.5 mL/m2, pulmonary pressure 5 mmHg, strain 1.0. Another laboratory, or an eyeballed LVEF, adds
its own error on top, so that a pair of laboratories differs as that section says (LVEF 3.6,
LVESD 2.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import pi, sqrt
from random import Random

from demo.simulation.chance import five, half, hundredth, tenth, whole
from demo.simulation.heart import NARROWING, PROLAPSES, PROSTHESES, Heart, State

LVEF_SEM = 2.4
LVESD_SEM = 1.3
LVEDD_SEM = 1.6
EROA_SEM = 6.0
LAVI_SEM = 2.5
SPAP_SEM = 5.0
GLS_SEM = 1.0
FRACTION_SEM = 5.0
VENA_CONTRACTA_SEM = 0.6
# Another laboratory: sqrt(3.6^2 - 2.4^2) and sqrt(2.2^2 - 1.3^2).
LVEF_BETWEEN, LVESD_BETWEEN, LVEDD_BETWEEN = 2.7, 1.8, 1.8
VISUAL_ADDS = 3.6
FULL_NOISE_FROM_MM2 = 20.0
"""Below this orifice the error shrinks with it: nobody measures 3 mm2 as 15."""


@dataclass(frozen=True, slots=True)
class Laboratory:
    """Where studies are made: its name, its prefix of accession numbers, its error, its habits."""

    name: str
    prefix: str
    own: bool
    full: float  # how much of a full protocol it does
    since: int = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: how grades lean, how LVEF is written, how much is quantified."""

    name: str
    lean_mm2: float
    visual: float
    ranges: float
    rounds: float
    quantifies: float


NORTH_LABORATORY = Laboratory("North echo laboratory", "NE", True, 1.0)
SOUTH_LABORATORY = Laboratory("South echo laboratory", "SE", True, 0.95)
OUTSIDE = (
    Laboratory("Harbor Cardiology", "HC", False, 0.62),
    Laboratory("Riverside District Hospital", "RD", False, 0.7),
    Laboratory("Dr P. Lambert, cardiology practice", "", False, 0.5),
    Laboratory("Hilltop Heart Center", "HH", False, 0.75),
)
NORTH_READERS = (
    Reader("Dr A. Moreau", 0.0, 0.04, 0.02, 0.1, 1.0),
    Reader("Dr B. Weiss", -2.0, 0.10, 0.08, 0.35, 0.85),
    Reader("Dr S. Okonkwo", 1.0, 0.05, 0.04, 0.15, 1.05),
    Reader("L. Marchetti, sonographer", 0.5, 0.03, 0.02, 0.05, 1.1),
)
SOUTH_READERS = (
    Reader("Dr C. Grant", 1.5, 0.12, 0.10, 0.3, 0.8),
    Reader("Dr J. Abara", -1.0, 0.08, 0.05, 0.2, 0.95),
    Reader("T. Nguyen, sonographer", 0.0, 0.03, 0.03, 0.1, 1.05),
)
OUTSIDE_READERS = (
    Reader("", 2.0, 0.40, 0.22, 0.5, 0.6),
    Reader("Dr P. Lambert", -3.0, 0.45, 0.25, 0.5, 0.5),
    Reader("Dr M. Osei", 3.0, 0.25, 0.18, 0.35, 0.7),
)
_MACHINES = ("", "", "cart 1", "cart 2", "cart 3", "bedside unit")
_BASE: dict[str, object] = {"modality": "tte", "state": "rest"}
FOCUSED = 0.35
"""How much of the protocol a short, focused study does."""


@dataclass(slots=True)
class Reading:
    """What the clinic learns from one study; None where it was not measured or written."""

    grade: int | None = None
    severe: bool = False
    flail: bool = False
    eroa: float | None = None
    lvef: float | None = None
    lvesd: float | None = None
    lavi: float | None = None
    spap: float | None = None


def measured_eroa(eroa_mm2: float, rng: Random) -> float:
    """The orifice as one study by flow convergence gives it."""
    share = eroa_mm2 / FULL_NOISE_FROM_MM2
    return max(1.5, eroa_mm2 + rng.gauss(0, EROA_SEM if share > 1 else EROA_SEM * share))


@dataclass(slots=True)
class Session:
    """One study while it is made: what is written, and everything that it depends on."""

    heart: Heart
    state: State
    rng: Random
    laboratory: Laboratory
    reader: Reader
    year: int
    bsa: Decimal | None
    full: float
    at_the_desk: tuple[float, float] | None
    values: dict[str, object]
    reading: Reading


def true_width(eroa_mm2: float) -> float:
    """Vena contracta in mm of an orifice: 3 mm at 15 mm2, 7 mm at 40 mm2 (row ASE-G-06).

    Above that it is no wider than a circle of the same area.
    """
    if eroa_mm2 > 40:
        return 7.0 * sqrt(eroa_mm2 / 40)
    return 0.289 * float(eroa_mm2**0.864)


def study(
    heart: Heart,
    state: State,
    rng: Random,
    laboratory: Laboratory,
    reader: Reader,
    *,
    year: int,
    bsa: Decimal | None,
    focused: bool = False,
    at_the_desk: tuple[float, float] | None = None,
) -> tuple[dict[str, object], Reading]:
    """One transthoracic study at rest: its columns, and what the reader takes from it.

    ``at_the_desk``: systolic pressure and heart rate of the same visit.
    """
    full = laboratory.full * (FOCUSED if focused else 1.0)
    at = Session(
        heart, state, rng, laboratory, reader, year, bsa, full, at_the_desk, {**_BASE}, Reading()
    )
    _who_and_where(at)
    _conditions(at)
    _ejection(at)
    _diameters(at)
    _strain(at)
    _wall_motion(at)
    _atrium(at)
    _pressures(at)
    _right_heart(at)
    if heart.valve in PROSTHESES:
        _prosthesis(at)
    else:
        _leak(at)
        _doppler(at)
        _valve(at)
    _volumes(at)
    return at.values, at.reading


def _who_and_where(at: Session) -> None:
    values, draw = at.values, at.rng.random
    values["laboratory"] = at.laboratory.name
    if at.reader.name:
        values["reader"] = at.reader.name
    if at.laboratory.own:
        machine = _MACHINES[int(draw() * 6)]
        if machine:
            values["machine"] = machine
    if at.bsa is not None and draw() < 0.75 * at.full:
        values["bsa_m2"] = at.bsa
        values["bsa_formula"] = "du_bois" if draw() < 0.8 else "not_stated"


def _conditions(at: Session) -> None:
    values, heart, rng, full = at.values, at.heart, at.rng, at.full
    draw = rng.random
    away = heart.af and not heart.permanent and draw() < 0.7
    if draw() < 0.95:
        values["rhythm"] = "sinus" if away else heart.rhythm
    quality = draw()
    if quality < 0.93:
        values["quality"] = "good" if quality < 0.5 else "adequate" if quality < 0.88 else "poor"
    if draw() < 0.72 * full:
        rate = rng.gauss(70, 10) if at.at_the_desk is None else rng.gauss(at.at_the_desk[1], 4)
        values["heart_rate_bpm"] = whole(min(140.0, max(44.0, rate)))
    if draw() < 0.55 * full:
        if at.at_the_desk is None:
            systolic = rng.gauss(116.0 if heart.lvef < 35 else 131.0, 13)
        else:
            systolic = rng.gauss(at.at_the_desk[0], 5)
        systolic = min(185.0, max(88.0, systolic))
        values["systolic_bp_mmhg"] = whole(systolic)
        values["diastolic_bp_mmhg"] = whole(min(105.0, systolic * 0.5 + 11 + 6 * draw()))
    if draw() < 0.3 * full:
        values["beats_averaged"] = whole(5 if heart.af else 3)
    if draw() < 0.3 * full:
        values["decompensated"] = heart.nyha >= 4


# --- The left heart -------------------------------------------------------------------------------


def _ejection(at: Session) -> None:
    draw, gauss = at.rng.random, at.rng.gauss
    if draw() >= 0.97:
        return
    own, visual = at.laboratory.own, draw() < at.reader.visual
    lvef = at.state[5] + gauss(0, LVEF_SEM)
    if not own:
        lvef += gauss(0, LVEF_BETWEEN)
    if visual:
        lvef += gauss(0, VISUAL_ADDS)
    lvef = min(80.0, max(9.0, lvef))
    at.reading.lvef = _write_lvef(at.values, lvef, at.rng, at.reader, visual)
    method = "3d" if at.year >= 2016 and draw() < 0.12 else "biplane"
    if not own and draw() < 0.35:
        method = "not_stated"
    at.values["lvef_method"] = "visual" if visual else method


def _write_lvef(
    values: dict[str, object], lvef: float, rng: Random, reader: Reader, visual: bool
) -> float:
    """Write LVEF as this reader does: a number, a rounded number, a range, or "over 60"."""
    draw = rng.random()
    if draw < reader.ranges or (visual and draw < 0.45):
        if lvef > 63 and rng.random() < 0.4:
            values["lvef_percent_low"], values["lvef_percent_low_open"] = whole(60), True
            return 62.0
        low = five(lvef - 2.5)
        values["lvef_percent_low"], values["lvef_percent_high"] = low, low + 5
        return float(low) + 2.5
    rounded = five(lvef) if visual or rng.random() < reader.rounds else whole(lvef)
    values["lvef_percent_low"] = values["lvef_percent_high"] = rounded
    return float(rounded)


def _diameters(at: Session) -> None:
    draw, gauss, values, own = at.rng.random, at.rng.gauss, at.values, at.laboratory.own
    if draw() >= 0.88 + 0.08 * at.full:
        return
    lvedd = at.state[3] + gauss(0, LVEDD_SEM) + (0 if own else gauss(0, LVEDD_BETWEEN))
    lvesd = at.state[4] + gauss(0, LVESD_SEM) + (0 if own else gauss(0, LVESD_BETWEEN))
    lvesd = min(lvesd, lvedd - 3)
    values["lvedd_mm"] = whole(lvedd)
    if draw() < 0.96:
        values["lvesd_mm"] = whole(lvesd)
        at.reading.lvesd = float(int(lvesd + 0.5))
    if draw() < 0.9:
        values["linear_method"] = "two_d" if draw() < 0.85 else "m_mode"
    if draw() < 0.35 * at.full:
        values["septum_mm"] = whole(max(6.0, gauss(10.2, 1.3)))
        values["posterior_wall_mm"] = whole(max(6.0, gauss(9.6, 1.2)))


def _volumes(at: Session) -> None:
    """Volumes from which the written LVEF follows: what is ejected forward, and what leaks back.

    Planes underestimate them, but nobody prints a leak that is larger than all that is ejected.
    """
    draw, values, lvef = at.rng.random, at.values, at.reading.lvef
    if lvef is None or draw() >= 0.45 * at.full:
        return
    by_size = 0.00107 * at.state[3] ** 2.92
    ejected = at.heart.forward_ml + at.state[1]
    by_flow = 92 * ejected / max(15.0, at.state[5])
    end_diastolic = by_size**0.3 * by_flow**0.7 * (0.95 + 0.1 * draw())
    leak = values.get("regurgitant_volume_ml")
    if isinstance(leak, Decimal):
        end_diastolic = max(end_diastolic, 100 * (float(leak) + 0.75 * at.heart.forward_ml) / lvef)
    end_diastolic = min(480.0, end_diastolic)
    values["lvedv_ml"] = whole(end_diastolic)
    values["lvesv_ml"] = whole(end_diastolic * (1 - lvef / 100))


def _strain(at: Session) -> None:
    draw, values = at.rng.random, at.values
    if at.year >= 2014 and draw() < 0.17 * at.full:
        strain = 2.0 + at.state[5] * 0.29 + at.rng.gauss(0, GLS_SEM)
        values["gls_percent"] = -tenth(min(30.0, max(2.5, strain)))


def _wall_motion(at: Session) -> None:
    weak = at.heart.ventricular or at.heart.mechanism == "mixed"
    if at.rng.random() < (0.7 if weak else 0.3) * at.full:
        at.values["regional_wall_motion_abnormality"] = at.heart.etiology == "ischemic"


def _atrium(at: Session) -> None:
    lavi = max(12.0, at.state[6] + at.rng.gauss(0, LAVI_SEM))
    draw, values = at.rng.random, at.values
    if draw() < 0.78 * at.full:
        values["la_volume_index_ml_m2"] = whole(lavi)
        at.reading.lavi = float(int(lavi + 0.5))
        if at.bsa is not None and draw() < 0.25:
            values["la_volume_ml"] = whole(lavi * float(at.bsa))
    if draw() < 0.36:
        values["la_diameter_mm"] = whole(min(92.0, 24 + 0.47 * lavi + at.rng.gauss(0, 2.0)))


# --- The right heart and the other valves ---------------------------------------------------------


def _pressures(at: Session) -> None:
    draw, values = at.rng.random, at.values
    if draw() >= 0.78 * (0.5 + 0.5 * at.full):
        return
    pressure = max(16.0, at.state[7] + at.rng.gauss(0, SPAP_SEM))
    atrial = 15 if pressure > 58 and draw() < 0.5 else 8 if pressure > 42 else 3
    velocity = hundredth(sqrt(max(2.25, (pressure - atrial) / 4)))
    values["tr_peak_velocity_m_s"] = velocity
    if draw() < 0.85:
        values["right_atrial_pressure_mmhg"] = whole(atrial)
        at.reading.spap = float(int(4 * float(velocity) ** 2 + atrial + 0.5))
        values["spap_mmhg"] = whole(at.reading.spap)
        values["spap_source"] = "echo"


def _right_heart(at: Session) -> None:
    draw, gauss, values, full = at.rng.random, at.rng.gauss, at.values, at.full
    if draw() < 0.62 * full:
        grade = 1.0 + (at.state[7] - 35) / 22 + (0.6 if at.heart.af else 0.0) + gauss(0, 0.6)
        values["tricuspid_regurgitation"] = 0 if grade < 0.4 else min(3, max(0, int(grade)))
    if draw() < 0.45 * full:
        tapse = min(33.0, max(8.0, gauss(22.5 - (5 if at.heart.ventricular else 0), 2.8)))
        values["tapse_mm"] = whole(tapse)
        values["rv_function"] = "normal" if tapse >= 17 else "mild" if tapse >= 14 else "moderate"
    if draw() < 0.45 * full:
        values["aortic_regurgitation"] = 0 if draw() < 0.75 else 1
    if draw() < 0.2 * full:
        values["aortic_stenosis"] = 0 if draw() < 0.9 else 1


# --- The mitral valve -----------------------------------------------------------------------------


def _prosthesis(at: Session) -> None:
    draw, gauss, values, heart = at.rng.random, at.rng.gauss, at.values, at.heart
    mechanical = heart.valve == "mechanical"
    if draw() < 0.93:
        worn = 0.0 if mechanical else 1.2 * max(0.0, heart.operated_years - 8)
        clotted = 5.5 if heart.failing and mechanical else 0.0
        gradient = min(18.0, max(1.8, gauss(4.2, 0.8) + worn + clotted))
        values["mitral_mean_gradient_mmhg"] = tenth(gradient)
        values["e_velocity_m_s"] = hundredth(min(2.9, 1.1 + 0.12 * gradient + gauss(0, 0.06)))
        if draw() < 0.55 * at.full:
            values["doppler_velocity_index"] = hundredth(1.45 + 0.09 * gradient)
            values["effective_orifice_area_cm2"] = hundredth(max(0.8, 2.75 - 0.15 * gradient))
    if draw() < 0.85 * at.full:
        torn = heart.failing and not mechanical
        values["intraprosthetic_regurgitation"] = 3 if torn else 0 if draw() < 0.9 else 1
        values["paravalvular_leak"] = 0 if draw() < 0.95 else 1


_DENSITY = ("faint", "faint", "dense", "dense", "dense_triangular")
_CONVERGENCE = ("absent", "absent", "intermediate", "intermediate", "large")
_VEIN = ("systolic_dominant", "systolic_dominant", "blunted", "blunted", "reversal")
# How often the orifice is quantified, by the impression: none, mild, moderate, 3+, severe.
_QUANTIFIED = (0.15, 0.93, 0.96, 0.97, 0.95)


def _leak(at: Session) -> None:
    """The reader's impression, a number where one is taken, and the grade from both."""
    draw, gauss, values, reading = at.rng.random, at.rng.gauss, at.values, at.reading
    true, reader = at.state[0], at.reader
    eye = true + reader.lean_mm2 * min(1.0, true / 20)
    eye += gauss(0, min(3.0 + 0.07 * true, 0.5 + 0.25 * true))
    seen = _rank(eye)
    native = at.heart.valve == "native"
    wanted = _QUANTIFIED[seen] * reader.quantifies * at.full
    if draw() < (wanted if native else 0.35 * wanted):
        reading.eroa = _flow_convergence(values, at.state, at.heart, at.rng)
        # The number moves the grade: that is what it was measured for.
        seen = _rank(0.45 * eye + 0.55 * reading.eroa)
    elif native and draw() < 0.25 * at.full:
        _volumetric(values, at.state, at.rng)
    if true > 2.5 and draw() < (0.45 + 0.47 * at.full if seen else 0.1):
        width = min(19.0, max(1.6, true_width(true) + gauss(0, VENA_CONTRACTA_SEM)))
        values["vena_contracta_mm"] = half(width) if draw() < 0.6 else tenth(width)
    if draw() < 0.955:
        reading.grade = seen
        unsure = 1 <= seen <= 3 and draw() < 0.12
        up = unsure and draw() < 0.5
        values["reader_grade_low"] = seen - (1 if unsure and not up else 0)
        values["reader_grade_high"] = seen + (1 if up else 0)
    reading.severe = seen == 4 or (reading.eroa is not None and reading.eroa >= 40)
    _signs(at, seen)


def _signs(at: Session, seen: int) -> None:
    draw, values = at.rng.random, at.values
    if seen and draw() < 0.42 * at.full:
        values["jet_density"] = _DENSITY[seen]
    if seen and draw() < 0.36 * at.full:
        values["flow_convergence"] = _CONVERGENCE[seen]
    if seen > 1 and draw() < 0.3 * at.full:
        values["pulmonary_vein_flow"] = _VEIN[seen] if draw() < 0.85 else "blunted"


def _doppler(at: Session) -> None:
    gauss = at.rng.gauss
    if at.rng.random() < 0.45 * at.full:
        early = min(2.4, max(0.45, 0.72 + 0.010 * at.state[0] + gauss(0, 0.12)))
        at.values["e_velocity_m_s"] = hundredth(early)
        if at.values.get("rhythm") == "sinus":
            at.values["a_velocity_m_s"] = hundredth(min(1.5, max(0.25, gauss(0.72, 0.15))))


def _rank(eroa: float) -> int:
    if eroa >= 40:
        return 4
    if eroa >= 30:
        return 3
    if eroa >= 20:
        return 2
    return 1 if eroa >= 4 else 0


def _flow_convergence(values: dict[str, object], state: State, heart: Heart, rng: Random) -> float:
    """PISA as the report prints it: radius, aliasing velocity, jet, and the orifice from them."""
    orifice = min(140.0, measured_eroa(state[0], rng))
    aliasing = (30, 34, 36, 38, 40)[int(rng.random() * 5)]
    peak = 5.2 + rng.gauss(0, 0.25) - (0.6 if heart.ventricular else 0.0)
    peak = min(6.4, max(3.8, peak))
    radius = tenth(min(19.0, max(2.0, sqrt(orifice * peak * 100 / (2 * pi * aliasing)))))
    velocity = tenth(peak) if rng.random() < 0.6 else hundredth(peak)
    printed = round(2 * pi * float(radius) ** 2 * aliasing / (float(velocity) * 100))
    if printed < 1:
        printed = 1
    values["pisa_radius_mm"] = radius
    values["aliasing_velocity_cm_s"] = whole(aliasing)
    values["mr_peak_velocity_m_s"] = velocity
    values["eroa_mm2"] = whole(printed)
    values["eroa_method"] = "pisa"
    if rng.random() < 0.8:
        length = whole(min(210.0, max(75.0, heart.vti + rng.gauss(0, 6.0))))
        values["mr_vti_cm"] = length
        volume = round(printed * float(length) / 100)
        if volume >= 1:
            values["regurgitant_volume_ml"] = whole(volume)
            values["regurgitant_volume_method"] = "pisa"
    return float(printed)


def _volumetric(values: dict[str, object], state: State, rng: Random) -> None:
    """The volumetric method with its inputs: what enters less what leaves by the outflow tract."""
    fraction = min(78.0, max(4.0, state[2] + rng.gauss(0, FRACTION_SEM)))
    outflow = round(rng.gauss(21.5, 1.2), 0)
    forward = state[1] * (100 / max(8.0, state[2]) - 1) if state[1] > 2 else 60.0
    forward = min(105.0, max(32.0, forward * rng.uniform(0.94, 1.06)))
    outflow_vti = tenth(min(40.0, max(7.0, forward / (pi / 4 * (outflow / 10) ** 2))))
    forward = pi / 4 * (outflow / 10) ** 2 * float(outflow_vti)
    inflow = forward / (1 - fraction / 100)
    narrow = round(rng.gauss(34.0, 2.0), 0)
    wide = narrow + 5
    inflow_vti = tenth(min(38.0, max(5.5, inflow / (pi / 4 * narrow * wide / 100))))
    inflow = pi / 4 * narrow * wide / 100 * float(inflow_vti)
    if inflow - forward < 1:
        return
    values["lvot_diameter_mm"] = whole(outflow)
    values["lvot_vti_cm"] = outflow_vti
    values["mitral_annulus_ap_mm"] = whole(narrow)
    values["mitral_annulus_ic_mm"] = whole(wide)
    values["mitral_annulus_vti_cm"] = inflow_vti
    values["regurgitant_volume_ml"] = whole(inflow - forward)
    values["regurgitant_fraction_percent"] = whole(100 * (inflow - forward) / inflow)
    values["regurgitant_volume_method"] = "doppler_volumetric"


def _valve(at: Session) -> None:
    """What the leaflets show, by what is wrong with them."""
    if at.heart.endocarditis:
        at.values["vegetation"] = at.rng.random() < 0.7
    if at.heart.valve != "native":
        _mended(at)
    elif at.heart.etiology in PROLAPSES:
        _prolapse(at)
    elif at.heart.etiology == "papillary_muscle_rupture":
        at.values["ruptured_papillary_muscle"] = at.values["flail_leaflet"] = True
    else:
        _restricted(at)


def _mended(at: Session) -> None:
    if at.rng.random() < 0.85:
        gradient = at.rng.gauss(4.2 if at.heart.valve == "teer" else 3.0, 0.8)
        at.values["mitral_mean_gradient_mmhg"] = tenth(max(1.0, gradient))
    if at.rng.random() < 0.5 * at.full:
        at.values["lvot_obstruction"] = "none"


def _prolapse(at: Session) -> None:
    draw, values = at.rng.random, at.values
    if draw() < 0.85:
        values["jet_direction"] = "eccentric" if draw() < 0.85 else "wall_impinging"
        late = at.heart.etiology == "barlow" and at.state[0] < 30 and draw() < 0.35
        values["jet_timing"] = "late_systolic" if late else "holosystolic"
    if at.heart.flail:
        if draw() < 0.9:
            values["flail_leaflet"] = at.reading.flail = True
        if at.reading.flail and draw() < 0.2 * at.full:
            values["flail_gap_mm"] = whole(max(2.0, at.rng.gauss(5, 1.6)))
            values["flail_width_mm"] = whole(max(4.0, at.rng.gauss(11, 3)))
    elif draw() < 0.55 * at.full:
        values["flail_leaflet"] = False


def _restricted(at: Session) -> None:
    draw, gauss, values, full = at.rng.random, at.rng.gauss, at.values, at.full
    if draw() < 0.75:
        values["jet_direction"] = "central" if draw() < 0.8 else "eccentric"
        values["jet_timing"] = "holosystolic"
    if at.heart.ventricular:
        if draw() < 0.6 * full:
            values["leaflet_tethering"] = True
            values["coaptation_depth_mm"] = whole(max(4.0, gauss(9.5, 1.8)))
        if draw() < 0.45 * full:
            values["orifice_elliptical"] = draw() < 0.7
            values["low_flow"] = draw() < 0.3
    elif at.heart.etiology in NARROWING:
        if draw() < 0.7 * full:
            area = at.heart.valve_area
            gradient = 7.5 / area + 0.01 * at.state[0] + gauss(0, 0.4)
            values["mitral_mean_gradient_mmhg"] = tenth(max(1.2, gradient))
            values["mitral_valve_area_cm2"] = tenth(max(1.7, area + gauss(0, 0.15)))
        if at.heart.etiology == "mitral_annular_calcification" and draw() < 0.8:
            values["annular_calcification"] = True
