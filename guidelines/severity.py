"""How severe the regurgitation is, from lines of evidence (safety A2, D2, D3).

One measurement can show severe regurgitation, provisionally; it can never exclude it. What
belongs to one measurement is one line: EROA, regurgitant volume by PISA and the PISA radius are
the same line. Each body's definition is applied in its own right; the grade follows ASE 2017.
The count of ASE 2017's specific signs (rows ASE-A-1, ASE-A-2) is not built yet: the grade rests
on lines of evidence alone, and chamber size and jet area, which only support, are not used.

Bands: 1 mild, 2 moderate, 3 moderate to severe, 4 severe. A line's band is a pair, lowest and
highest possible.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from guidelines.criteria import Readings
from guidelines.facts import FACTS, ClinicalPicture, Fact, Interval, method_of
from guidelines.gates import ADULT_AGE, PROSTHESES, REPAIRED
from guidelines.vocabulary import (
    Grade,
    GradeResult,
    JetTiming,
    Mechanism,
    RegurgitationMethod,
    Rhythm,
    SeverityState,
    StudyQuality,
    StudyState,
    Tempo,
    Term,
)

# Limits at which the next band begins: moderate, moderate to severe, severe.
EROA_BANDS = (Decimal(20), Decimal(30), Decimal(40))  # mm2, ASE-G-09, AHA-PS-C, ESC-SV-09
VOLUME_BANDS = (Decimal(30), Decimal(45), Decimal(60))  # mL, ASE-G-10, AHA-PS-C, ESC-SV-10
FRACTION_BANDS = (Decimal(30), Decimal(40), Decimal(50))  # %, ASE-G-11, AHA-PS-C, ESC-SV-11
NOT_MILD_VENA_CONTRACTA = Decimal(3)  # mm, ASE-G-06 (the band, not the count of signs)
SEVERE_VENA_CONTRACTA = Decimal(7)  # mm, at or above, ASE-G-06, ESC-SV-05
SEVERE_BIPLANE_VENA_CONTRACTA = Decimal(8)  # mm, ASE-G-06: above it; ESC-SV-05: at or above it
SEVERE_VENA_CONTRACTA_AREA = Decimal(41)  # mm2, at or above, ASE table, from knowledge
SEVERE_PISA_RADIUS = Decimal(10)  # mm, at or above, ASE-S-3
MILD_PISA_RADIUS = Decimal(3)  # mm, at or below, ASE-M-3
RADIUS_ALIASING = (Decimal(30), Decimal(40))  # cm/s, ASE-S-3, ASE-M-3
SEVERE_CMR_VOLUME = Decimal(60)  # mL, safety D2
SEVERE_CMR_FRACTION = Decimal(50)  # %, safety D2

# Conditions under which a line may not exclude severe regurgitation (safety D2).
FAST_HEART_RATE = Decimal(100)  # /min, above it
FEW_BEATS, FEW_BEATS_IN_AF = Decimal(3), Decimal(5)  # below them
LOW_PRESSURE, HIGH_PRESSURE = Decimal(90), Decimal(160)  # mmHg systolic, beyond them
JOINING_DAYS = 90  # another study may join within these days (safety C, principle 3)

AORTIC_REGURGITATION_UNKNOWN = "aortic regurgitation not recorded"

MILD, MODERATE, MODERATE_TO_SEVERE, SEVERE = 1, 2, 3, 4
Band = tuple[int, int]


class Scheme(Term):
    """Whose definition is applied."""

    ASE_2017 = "ase_2017", "ASE 2017"
    ACC_AHA = "acc_aha", "ACC/AHA"
    ESC_EACTS = "esc_eacts", "ESC/EACTS"


class LineKind(Term):
    """The lines of evidence of safety D2."""

    STRUCTURE = "structure", "Structure of the valve"
    VENA_CONTRACTA = "vena_contracta", "Vena contracta"
    PISA = "pisa", "PISA (orifice, volume and radius are one measurement)"
    VOLUMETRIC = "volumetric", "Volumetric or CMR volume and fraction"
    PULMONARY_VEIN = "pulmonary_vein", "Pulmonary vein flow"
    READER = "reader", "Reader's integrated grade"


QUANTITATIVE = (LineKind.PISA, LineKind.VOLUMETRIC)
MILD_COUNTS = (LineKind.VENA_CONTRACTA, LineKind.PISA, LineKind.VOLUMETRIC)
SINGLE_FRAME = (LineKind.VENA_CONTRACTA, LineKind.PISA)

WAYS_TO_MEASURE: Mapping[LineKind, tuple[str, ...]] = {
    LineKind.PISA: ("eroa_mm2",),
    LineKind.VOLUMETRIC: ("regurgitant_volume_ml", "regurgitant_fraction_percent"),
    LineKind.VENA_CONTRACTA: ("vena_contracta_mm",),
    LineKind.PULMONARY_VEIN: ("pulmonary_vein_systolic_reversal",),
    LineKind.STRUCTURE: ("flail_leaflet",),
    LineKind.READER: ("reader_grade",),
}


@dataclass(frozen=True, slots=True)
class Member:
    """One measurement of a line: its band, and why it may not exclude severe, if so."""

    fact: str
    line: LineKind
    band: Band
    text: str
    on: date | None
    source: str
    cannot_exclude: tuple[str, ...] = ()
    set_aside: bool = False
    is_old: bool = False

    @property
    def may_exclude(self) -> bool:
        """Whether it may count as evidence against severe regurgitation."""
        return not self.cannot_exclude


@dataclass(frozen=True, slots=True)
class Line:
    """A line of evidence: what its measurements say together."""

    kind: LineKind
    members: tuple[Member, ...]
    is_overstated: bool = False

    @property
    def _reads_severe(self) -> bool:
        return any(member.band[0] == SEVERE for member in self.members)

    @property
    def reaches_down_to(self) -> int:
        """The lowest band of a measurement that may exclude; severe when there is none.

        Discordance looks at this one, the grade at the highest: so raising one measurement never
        makes a line contradict what it agreed with before.
        """
        return min((m.band[1] for m in self.members if m.may_exclude), default=SEVERE)

    @property
    def contradicts_itself(self) -> bool:
        """One of its measurements is severe and another two bands below."""
        return self._reads_severe and self.reaches_down_to <= MODERATE

    @property
    def is_severe(self) -> bool:
        """Counts as a line for severe regurgitation."""
        return self._reads_severe and not self.contradicts_itself and not self.is_overstated

    @property
    def says_severe_in_one_frame(self) -> bool:
        """Severe by a single frame of a late systolic jet: overstated, decides nothing."""
        return self._reads_severe and self.is_overstated

    @property
    def below(self) -> Band | None:
        """Its band when it counts as below severe, else ``None``."""
        bands = [member.band for member in self.members if member.may_exclude]
        if self._reads_severe or not bands:
            return None
        band = max(low for low, _ in bands), max(high for _, high in bands)
        return band if band[1] < SEVERE else None

    @property
    def may_be_severe(self) -> bool:
        """Uncertain at its upper end: moderate to severe at least, and not shown to be less."""
        return not self._reads_severe and any(
            m.band[0] >= MODERATE_TO_SEVERE and m.band[1] == SEVERE for m in self.members
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence for, against or about the grade, with the fact it rests on."""

    text: str
    fact: str
    line: str
    on: date | None
    source: str

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "text": self.text,
            "fact": self.fact,
            "line": self.line,
            "on": self.on.isoformat() if self.on else None,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Severity:
    """Severity by one scheme.

    ``is_severe`` is ``None`` for unknown. ``is_provisional``: it rests on one line. ``missing``
    are the measurements that would allow or settle a grade.
    """

    scheme: Scheme
    state: SeverityState
    is_severe: bool | None
    result: GradeResult
    reasons_for: tuple[Reason, ...]
    reasons_against: tuple[Reason, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    rests_on_old_evidence: bool = False

    @property
    def is_provisional(self) -> bool:
        """Severe by one line of evidence only."""
        return self.state is SeverityState.SEVERE_ONE_LINE

    @property
    def needs_confirmation(self) -> bool:
        """Just below severe."""
        return self.state is SeverityState.INTERMEDIATE

    def as_fact(self) -> Fact:
        """The derived fact that rules ask for."""
        reasons = self.reasons_for if self.is_severe else self.reasons_against
        days = [reason.on for reason in reasons if reason.on]
        return Fact(
            self.is_severe,
            on=max(days) if days else None,
            method=self.scheme.label,
            reason=self.state.label,
            too_old_to_reassure=self.rests_on_old_evidence,
            is_provisional=self.is_provisional,
        )

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "scheme": self.scheme.value,
            "scheme_label": self.scheme.label,
            "state": self.state.value,
            "state_label": self.state.label,
            "is_severe": self.is_severe,
            "result": self.result.value,
            "result_label": self.result.label,
            "provisional": self.is_provisional,
            "confirm": self.needs_confirmation,
            "evidence_old": self.rests_on_old_evidence,
            "reasons_for": [reason.as_dict() for reason in self.reasons_for],
            "reasons_against": [reason.as_dict() for reason in self.reasons_against],
            "missing": list(self.missing),
            "missing_labels": [FACTS[name].label for name in self.missing],
            "notes": list(self.notes),
        }


# --- The bands of measurements -------------------------------------------------------------------


def _band(value: Interval, limits: Sequence[Decimal]) -> Band:
    low = MILD + sum(value.is_at_least(limit) for limit in limits)
    high = MILD + sum(not value.is_below(limit) for limit in limits)
    return low, high


def _width_band(value: Interval, is_severe: bool, may_be_severe: bool) -> Band:
    """A vena contracta between mild and severe may be moderate or moderate to severe."""
    low = MODERATE if value.is_at_least(NOT_MILD_VENA_CONTRACTA) else MILD
    high = MILD if value.is_below(NOT_MILD_VENA_CONTRACTA) else MODERATE_TO_SEVERE
    return SEVERE if is_severe else low, SEVERE if may_be_severe else high


def _single_width_band(value: Interval) -> Band:
    limit = SEVERE_VENA_CONTRACTA
    return _width_band(value, value.is_at_least(limit), not value.is_below(limit))


def _biplane_width_band(scheme: Scheme, value: Interval) -> Band:
    limit = SEVERE_BIPLANE_VENA_CONTRACTA
    if scheme is Scheme.ESC_EACTS:
        return _width_band(value, value.is_at_least(limit), not value.is_below(limit))
    return _width_band(value, value.is_above(limit), not value.is_at_most(limit))


def _area_band(value: Interval) -> Band:
    limit = SEVERE_VENA_CONTRACTA_AREA
    low = SEVERE if value.is_at_least(limit) else MILD
    return low, MODERATE_TO_SEVERE if value.is_below(limit) else SEVERE


def _reader_band(value: Interval) -> Band:
    low = MILD if value.low is None else max(MILD, math.ceil(value.low))
    high = SEVERE if value.high is None else max(MILD, math.floor(value.high))
    return low, high


def _lifted(band: Band, flag: bool | None) -> Band:
    """Moderate to severe counts as severe when the flag holds; may do when it is unknown."""
    if flag is False or band[1] < MODERATE_TO_SEVERE or band[0] == SEVERE:
        return band
    low = SEVERE if flag and band[0] == MODERATE_TO_SEVERE else band[0]
    return low, SEVERE


# --- Conditions of measurement -------------------------------------------------------------------


def _flag(readings: Readings, name: str) -> bool | None:
    value = readings.get(name)
    return value if isinstance(value, bool) else None


def _number(readings: Readings, name: str) -> Interval:
    value = readings.get(name)
    return value if isinstance(value, Interval) else Interval(None, None)


def why_it_cannot_exclude(readings: Readings) -> tuple[str, ...]:
    """Conditions of the echo study under which it may not exclude severe MR (safety D2)."""
    state, beats = readings.get("study_state"), _number(readings, "study_beats_averaged")
    pressure = _number(readings, "study_systolic_bp_mmhg")
    in_af = readings.get("study_rhythm") in (Rhythm.ATRIAL_FIBRILLATION, Rhythm.ATRIAL_FLUTTER)
    conditions = {
        "poor image quality": readings.get("study_quality") is StudyQuality.POOR,
        "heart rate above 100": _number(readings, "study_heart_rate_bpm").is_above(FAST_HEART_RATE),
        "too few beats averaged": beats.is_below(FEW_BEATS_IN_AF if in_af else FEW_BEATS),
        "systolic pressure below 90": pressure.is_below(LOW_PRESSURE),
        "systolic pressure above 160": pressure.is_above(HIGH_PRESSURE),
        "ventilated": state is StudyState.VENTILATED,
        "sedated or anesthetized": state is StudyState.SEDATED,
        "on inotropes": state is StudyState.ON_INOTROPES,
        "decompensated": _flag(readings, "study_decompensated") is True,
    }
    return tuple(name for name, holds in conditions.items() if holds)


NOT_AT_REST = (StudyState.EXERCISE, StudyState.DOBUTAMINE, StudyState.INTRA_OPERATIVE)


def _is_secondary(readings: Readings) -> bool | None:
    """Whether the secondary criteria may apply; ``None`` when the mechanism is unknown."""
    mechanism = readings.get("mechanism")
    return None if mechanism is None else mechanism is not Mechanism.PRIMARY


def _lift_flag(scheme: Scheme, readings: Readings, name: str) -> bool | None:
    """Whether the lower limits for an elliptical orifice or low flow apply (see the rows).

    ASE-A-6 counts an elliptical orifice in any mechanism, ESC-SV-09 and ESC-SV-10 in secondary
    regurgitation; ACC/AHA has no lower limits, so there the answer is never a lift.
    """
    flag, secondary = _flag(readings, name), _is_secondary(readings)
    if scheme is Scheme.ACC_AHA:
        return False
    if scheme is Scheme.ASE_2017 and name == "orifice_elliptical" and flag is not None:
        return flag
    if secondary:
        return flag
    if secondary is False and flag is None:
        return False
    return False if flag is False else None


def _why_2d_underestimates(scheme: Scheme, readings: Readings, name: str) -> tuple[str, ...]:
    """ACC/AHA's footnotes: 2D PISA and the volume may be too low, so they do not exclude."""
    if scheme is not Scheme.ACC_AHA:
        return ()
    flag, secondary = _flag(readings, name), _is_secondary(readings)
    if flag is False or (flag is None and secondary is False):
        return ()
    words = {
        "orifice_elliptical": "an elliptical orifice is underestimated by 2D PISA",
        "low_flow": "the volume falls in low flow",
    }
    return (words[name] if flag else f"{FACTS[name].label} not recorded",)


# --- From facts to measurements ------------------------------------------------------------------


def _members(
    scheme: Scheme, picture: ClinicalPicture, readings: Readings, echo_limits: tuple[str, ...]
) -> list[Member]:
    """All measurements of severity that the scheme uses."""
    at_rest = readings.get("study_state") not in NOT_AT_REST
    members = []
    for name in readings:
        maker = _MAKERS.get(name)
        if maker is None:
            continue
        fact = picture.facts[name]
        member = maker(scheme, name, fact, readings)
        if member is None or not (at_rest or _is_cmr(name, fact)):
            continue
        members.append(member if _is_cmr(name, fact) else _limited(member, echo_limits))
    return _one_study(members)


def _is_cmr(name: str, fact: Fact) -> bool:
    return name.startswith("cmr_") or method_of(fact) is RegurgitationMethod.CMR


def _limited(member: Member, reasons: tuple[str, ...]) -> Member:
    return replace(member, cannot_exclude=member.cannot_exclude + reasons)


def _one_study(members: list[Member]) -> list[Member]:
    """Sets aside what was measured too far from the newest study to speak of the same day."""
    dated = [member for member in members if member.on is not None]
    if not dated:
        return members
    newest = max(dated, key=lambda m: m.on or date.min)
    return [m if _joins(m, newest) else replace(m, set_aside=True) for m in members]


def _joins(member: Member, newest: Member) -> bool:
    if member.on is None or newest.on is None or member.source == newest.source != "":
        return True
    return (newest.on - member.on).days <= JOINING_DAYS


def _member(
    name: str, line: LineKind, band: Band, fact: Fact, cannot_exclude: tuple[str, ...] = ()
) -> Member:
    definition = FACTS[name]
    value = definition.say(fact.value)
    text = f"{definition.label} {value}" if definition.kind is Decimal else value
    if definition.kind is bool:
        text = definition.said_true if fact.value and definition.said_true else definition.label
    if name == "reader_grade":
        text = f"reader's grade: {_grade_words(band)}"
    is_old = fact.too_old_to_reassure
    return Member(name, line, band, text, fact.on, fact.source, cannot_exclude, is_old=is_old)


def _explained(member: Member, band: Band, why: str) -> Member:
    """The member, saying so when a lower limit makes it severe."""
    if member.band[0] == band[0]:
        return member
    return replace(member, text=f"{member.text} ({why})")


def _grade_words(band: Band) -> str:
    words = [Grade.of_rank(rank).label.lower() for rank in sorted(set(band))]
    return " to ".join(words)


Maker = Callable[[Scheme, str, Fact, Readings], Member | None]


def _sign(line: LineKind) -> Maker:
    """A sign that shows severe regurgitation when present and says nothing when absent."""

    def make(scheme: Scheme, name: str, fact: Fact, readings: Readings) -> Member | None:
        return _member(name, line, (SEVERE, SEVERE), fact) if _flag(readings, name) else None

    return make


def _eroa(scheme: Scheme, name: str, fact: Fact, readings: Readings) -> Member | None:
    reading = _number(readings, name)
    method = method_of(fact)
    line = LineKind.VOLUMETRIC if method in VOLUMETRIC_METHODS else LineKind.PISA
    band = _band(reading, EROA_BANDS)
    if line is LineKind.VOLUMETRIC:
        return _volumetric_member(name, band, fact, readings)
    limits = _several_jets(readings)
    if method is RegurgitationMethod.PISA_3D:
        return _member(name, line, band, fact, limits)
    lifted = _lifted(band, _lift_flag(scheme, readings, "orifice_elliptical"))
    limits += _why_2d_underestimates(scheme, readings, "orifice_elliptical")
    why = "elliptical orifice: severe from 30 mm²"
    return _explained(_member(name, line, lifted, fact, limits), band, why)


def _volume(scheme: Scheme, name: str, fact: Fact, readings: Readings) -> Member | None:
    reading = _number(readings, name)
    band = _band(reading, VOLUME_BANDS)
    lifted = _lifted(band, _lift_flag(scheme, readings, "low_flow"))
    limits = _why_2d_underestimates(scheme, readings, "low_flow")
    if _is_volumetric(name, fact):
        member = _volumetric_member(name, lifted, fact, readings, limits)
    else:
        limits += _several_jets(readings)
        limits += _why_2d_underestimates(scheme, readings, "orifice_elliptical")
        member = _member(name, LineKind.PISA, lifted, fact, limits)
    return member and _explained(member, band, "low flow: severe from 45 mL")


def _fraction(scheme: Scheme, name: str, fact: Fact, readings: Readings) -> Member | None:
    reading = _number(readings, name)
    band = _band(reading, FRACTION_BANDS)
    if _is_volumetric(name, fact):
        return _volumetric_member(name, band, fact, readings)
    limits = _several_jets(readings)
    limits += _why_2d_underestimates(scheme, readings, "orifice_elliptical")
    return _member(name, LineKind.PISA, band, fact, limits)


VOLUMETRIC_METHODS = (
    RegurgitationMethod.DOPPLER_VOLUMETRIC,
    RegurgitationMethod.LV_VOLUMETRIC_2D,
    RegurgitationMethod.LV_VOLUMETRIC_3D,
    RegurgitationMethod.CMR,
)


def _is_volumetric(name: str, fact: Fact) -> bool:
    """By stroke volumes or CMR; a method not stated counts as PISA, so it corroborates less."""
    return name.startswith(("cmr_", "volumetric_")) or method_of(fact) in VOLUMETRIC_METHODS


def _volumetric_member(
    name: str, band: Band, fact: Fact, readings: Readings, limits: tuple[str, ...] = ()
) -> Member | None:
    """A measurement of the volumetric line with its invalid cases (ASE-F-07, ESC25-MIX-02)."""
    if _is_cmr(name, fact):
        if _flag(readings, "cmr_quality_good") is False:
            limits += ("CMR not of good quality",)
        return _member(name, LineKind.VOLUMETRIC, band, fact, limits)
    regurgitation = _flag(readings, "aortic_regurgitation_more_than_mild")
    shunt = _flag(readings, "intracardiac_shunt")
    if regurgitation or shunt:
        return None
    if method_of(fact) is RegurgitationMethod.LV_VOLUMETRIC_2D:
        limits += ("2D LV volumes are underestimated",)
    if regurgitation is None and _flag(readings, "none_of_these_asked") is not True:
        limits += (AORTIC_REGURGITATION_UNKNOWN,)
    return _member(name, LineKind.VOLUMETRIC, band, fact, limits)


def _several_jets(readings: Readings) -> tuple[str, ...]:
    return ("several jets",) if _flag(readings, "multiple_jets") else ()


def _radius(scheme: Scheme, name: str, fact: Fact, readings: Readings) -> Member | None:
    """The radius counts only at its own aliasing velocity and without an EROA from it."""
    reading = _number(readings, name)
    velocity = _number(readings, "aliasing_velocity_cm_s")
    at_its_velocity = velocity.is_at_least(RADIUS_ALIASING[0]) and velocity.is_at_most(
        RADIUS_ALIASING[1]
    )
    if not at_its_velocity or "eroa_mm2" in readings:
        return None
    if reading.is_at_least(SEVERE_PISA_RADIUS):
        return _member(name, LineKind.PISA, (SEVERE, SEVERE), fact)
    high = MILD if reading.is_at_most(MILD_PISA_RADIUS) else SEVERE
    return _member(name, LineKind.PISA, (MILD, high), fact, ("a radius alone does not exclude",))


def _width(scheme: Scheme, name: str, fact: Fact, readings: Readings) -> Member | None:
    reading = _number(readings, name)
    band = (
        _biplane_width_band(scheme, reading)
        if name == "vena_contracta_biplane_mm"
        else _single_width_band(reading)
    )
    return _member(name, LineKind.VENA_CONTRACTA, band, fact, _several_jets(readings))


def _area(scheme: Scheme, name: str, fact: Fact, readings: Readings) -> Member | None:
    reading = _number(readings, name)
    limits = _several_jets(readings)
    return _member(name, LineKind.VENA_CONTRACTA, _area_band(reading), fact, limits)


def _reader(scheme: Scheme, name: str, fact: Fact, readings: Readings) -> Member | None:
    reading = _number(readings, name)
    return _member(name, LineKind.READER, _reader_band(reading), fact)


_MAKERS: Mapping[str, Maker] = {
    "flail_leaflet": _sign(LineKind.STRUCTURE),
    "papillary_muscle_rupture": _sign(LineKind.STRUCTURE),
    "large_perforation": _sign(LineKind.STRUCTURE),
    "pulmonary_vein_systolic_reversal": _sign(LineKind.PULMONARY_VEIN),
    "vena_contracta_mm": _width,
    "vena_contracta_biplane_mm": _width,
    "vena_contracta_area_mm2": _area,
    "eroa_mm2": _eroa,
    "pisa_radius_mm": _radius,
    "regurgitant_volume_ml": _volume,
    "volumetric_regurgitant_volume_ml": _volume,
    "cmr_regurgitant_volume_ml": _volume,
    "regurgitant_fraction_percent": _fraction,
    "volumetric_regurgitant_fraction_percent": _fraction,
    "cmr_regurgitant_fraction_percent": _fraction,
    "reader_grade": _reader,
}


# --- From measurements to a state ----------------------------------------------------------------


def _lines(members: Sequence[Member], readings: Readings) -> list[Line]:
    late = readings.get("jet_timing") is JetTiming.LATE_SYSTOLIC
    lines = []
    for kind in LineKind:
        of_kind = tuple(m for m in members if m.line is kind and not m.set_aside)
        if of_kind:
            lines.append(Line(kind, of_kind, late and kind in SINGLE_FRAME))
    return lines


def _state(lines: Sequence[Line], members: Sequence[Member], readings: Readings) -> SeverityState:
    """The state of safety D2's table."""
    severe = [line for line in lines if line.is_severe]
    below = [(line.kind, line.below) for line in lines if line.below]
    if _is_severe_by_cmr(members, readings):
        return SeverityState.SEVERE_CORROBORATED
    if len(severe) >= 2:
        counted = [line for line in lines if line.kind in MILD_COUNTS]
        has_mild = any(line.reaches_down_to == MILD for line in counted)
        return SeverityState.DISCORDANT if has_mild else SeverityState.SEVERE_CORROBORATED
    if any(line.contradicts_itself for line in lines):
        return SeverityState.DISCORDANT
    if severe:
        apart = any(line.reaches_down_to <= MODERATE for line in lines)
        return SeverityState.DISCORDANT if apart else SeverityState.SEVERE_ONE_LINE
    return _state_without_severe_line(lines, below, members)


def _state_without_severe_line(
    lines: Sequence[Line], below: Sequence[tuple[LineKind, Band]], members: Sequence[Member]
) -> SeverityState:
    older_severe = any(m.set_aside and m.band[0] == SEVERE for m in members)
    if older_severe or any(line.says_severe_in_one_frame for line in lines):
        return SeverityState.DISCORDANT
    if not lines:
        return SeverityState.NOT_MEASURED
    bands = [band for _, band in below]
    lowest = min(line.reaches_down_to for line in lines)
    if bands and max(low for low, _ in bands) - lowest >= 2:
        return SeverityState.DISCORDANT
    has_quantity = any(kind in QUANTITATIVE for kind, _ in below)
    if len(below) < 2 or not has_quantity or any(line.may_be_severe for line in lines):
        return SeverityState.NOT_SEVERE_UNCONFIRMED
    if max(low for low, _ in bands) == MODERATE_TO_SEVERE:
        return SeverityState.INTERMEDIATE
    return SeverityState.NOT_SEVERE_CORROBORATED


def _is_severe_by_cmr(members: Sequence[Member], readings: Readings) -> bool:
    """Good-quality CMR with both volume and fraction severe stands alone (safety D2)."""
    if _flag(readings, "cmr_quality_good") is not True:
        return False
    counted = {member.fact for member in members if not member.set_aside}
    names = ("cmr_regurgitant_volume_ml", "cmr_regurgitant_fraction_percent")
    volume, fraction = (_number(readings, name) for name in names)
    return (
        counted.issuperset(names)
        and volume.is_at_least(SEVERE_CMR_VOLUME)
        and fraction.is_at_least(SEVERE_CMR_FRACTION)
    )


_ANSWERS: Mapping[SeverityState, bool] = {
    SeverityState.SEVERE_CORROBORATED: True,
    SeverityState.SEVERE_ONE_LINE: True,
    SeverityState.INTERMEDIATE: False,
    SeverityState.NOT_SEVERE_CORROBORATED: False,
}


_RESULTS: Mapping[int, GradeResult] = {
    MILD: GradeResult.MILD,
    MODERATE: GradeResult.MODERATE,
    MODERATE_TO_SEVERE: GradeResult.MODERATE_TO_SEVERE,
}


def _result(state: SeverityState, lines: Sequence[Line]) -> GradeResult:
    answer = _ANSWERS.get(state)
    if answer is None:
        return GradeResult.CANNOT_BE_GRADED
    if answer:
        return GradeResult.SEVERE
    rank = max(line.below[0] for line in lines if line.below)
    return _RESULTS[rank]


# --- Who is on this scale ------------------------------------------------------------------------


def why_not_on_this_scale(readings: Readings) -> str:
    """Why the grading of a chronic leak of a native valve is not run; empty when it is."""
    if readings.get("tempo") in (Tempo.ACUTE, Tempo.ACUTE_ON_CHRONIC):
        return "Acute regurgitation: the scale for chronic regurgitation reads falsely low."
    if readings.get("mitral_valve_state") in PROSTHESES:
        return "Mitral prosthesis: native grading does not apply."
    if readings.get("mitral_valve_state") in REPAIRED:
        return "Repaired valve: native grading does not apply."
    if _flag(readings, "lvad_or_transplant"):
        return "Assist device or heart transplant: native grading does not apply."
    if _number(readings, "age_years").is_below(ADULT_AGE):
        return "Younger than 18: adult limits do not apply."
    return ""


_NEEDED_FOR_SCALE = ("tempo", "mitral_valve_state", "age_years")


def grade_by(scheme: Scheme, picture: ClinicalPicture, readings: Readings) -> Severity:
    """Severity of the regurgitation by one scheme, with reasons for, against and missing."""
    limits = why_it_cannot_exclude(readings)
    members = _members(scheme, picture, readings, limits)
    lines = _lines(members, readings)
    off_scale = why_not_on_this_scale(readings)
    if off_scale:
        return _not_on_this_scale(scheme, members, off_scale)
    state = _state(lines, members, readings)
    unknown_scale = tuple(name for name in _NEEDED_FOR_SCALE if name not in readings)
    if unknown_scale and _ANSWERS.get(state) is False:
        state = SeverityState.NOT_SEVERE_UNCONFIRMED
    return Severity(
        scheme=scheme,
        state=state,
        is_severe=_ANSWERS.get(state),
        result=_result(state, lines),
        reasons_for=_reasons_for(members),
        reasons_against=_reasons_against(members),
        missing=_missing(state, lines, readings, unknown_scale),
        notes=_notes(members, readings, unknown_scale, limits),
        rests_on_old_evidence=_ANSWERS.get(state) is True
        and any(m.is_old for m in members if m.band[0] == SEVERE),
    )


def _not_on_this_scale(scheme: Scheme, members: Sequence[Member], why: str) -> Severity:
    """Only specific signs of structure and pulmonary vein are shown."""
    signs = [m for m in members if m.line in (LineKind.STRUCTURE, LineKind.PULMONARY_VEIN)]
    return Severity(
        scheme,
        SeverityState.NOT_ON_THIS_SCALE,
        None,
        GradeResult.NOT_ON_THIS_SCALE,
        _reasons_for(signs),
        (),
        (),
        (why,),
    )


# --- Reasons -------------------------------------------------------------------------------------


def _reason(member: Member, text: str) -> Reason:
    return Reason(text, member.fact, member.line.value, member.on, member.source)


def _reasons_for(members: Sequence[Member]) -> tuple[Reason, ...]:
    return tuple(
        _reason(m, m.text + (" (an earlier study)" if m.set_aside else ""))
        for m in members
        if m.band[0] == SEVERE
    )


def _reasons_against(members: Sequence[Member]) -> tuple[Reason, ...]:
    reasons = []
    for member in members:
        if member.band[0] == SEVERE:
            continue
        caveats = list(member.cannot_exclude)
        if member.band[1] == SEVERE:
            caveats.append("does not decide")
        if member.set_aside:
            caveats.append("an earlier study")
        suffix = f" (cannot exclude severe: {'; '.join(caveats)})" if caveats else ""
        reasons.append(_reason(member, member.text + suffix))
    return tuple(reasons)


def _missing(
    state: SeverityState,
    lines: Sequence[Line],
    readings: Readings,
    unknown_scale: tuple[str, ...],
) -> tuple[str, ...]:
    """The measurements that would allow a grade or settle it."""
    if state in (SeverityState.SEVERE_CORROBORATED, SeverityState.NOT_SEVERE_CORROBORATED):
        return ()
    present = {line.kind for line in lines if line.is_severe or line.below}
    wanted = [
        name
        for kind, names in WAYS_TO_MEASURE.items()
        for name in names
        if kind not in present and not _is_measured(readings.get(name))
    ]
    if state is SeverityState.DISCORDANT or LineKind.VOLUMETRIC not in present:
        wanted += ["cmr_regurgitant_volume_ml", "cmr_regurgitant_fraction_percent"]
    wanted += _missing_modifiers(lines, readings)
    return tuple(dict.fromkeys([*unknown_scale, *wanted]))


def _is_measured(reading: object) -> bool:
    """There is a value, and not one that only counts when adverse."""
    if isinstance(reading, Interval):
        return reading.low is not None and reading.high is not None
    return reading is not None


def _missing_modifiers(lines: Sequence[Line], readings: Readings) -> list[str]:
    """Orifice shape and flow, where a secondary leak's grade depends on them."""
    wanted = []
    in_doubt = any(line.may_be_severe or not line.below for line in lines)
    if _is_secondary(readings) is not False and in_doubt:
        wanted = [n for n in ("orifice_elliptical", "low_flow") if n not in readings]
        if "vena_contracta_area_mm2" not in readings:
            wanted.append("vena_contracta_area_mm2")
    members = [member for line in lines for member in line.members]
    if any(AORTIC_REGURGITATION_UNKNOWN in member.cannot_exclude for member in members):
        wanted.append("aortic_regurgitation_more_than_mild")
    return wanted


_ASSUMED_CONDITIONS = ("study_heart_rate_bpm", "study_systolic_bp_mmhg", "study_quality")


def _notes(
    members: Sequence[Member],
    readings: Readings,
    unknown_scale: tuple[str, ...],
    limits: tuple[str, ...],
) -> tuple[str, ...]:
    notes = []
    if unknown_scale:
        names = ", ".join(FACTS[name].label for name in unknown_scale)
        notes.append(f"Not recorded: {names}. Severe stands; less than severe is not concluded.")
    if limits:
        notes.append(f"The study may not exclude severe regurgitation: {', '.join(limits)}.")
    if readings.get("study_state") in NOT_AT_REST:
        notes.append("Measurements under stress or during an operation are not used.")
    if members:
        unrecorded = [FACTS[n].label for n in _ASSUMED_CONDITIONS if n not in readings]
        if unrecorded:
            notes.append(f"Assuming usual conditions; not recorded: {', '.join(unrecorded)}.")
    if readings.get("jet_timing") is JetTiming.LATE_SYSTOLIC:
        notes.append("Late systolic jet: vena contracta and PISA overstate it (ASE-A-9).")
    return tuple(notes)
