"""From facts to the members of lines: every measurement with its band, row and limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from guidelines.criteria import Readings
from guidelines.facts import FACTS, ClinicalPicture, Fact, method_of
from guidelines.severity.bands import (
    area_band,
    band_among,
    biplane_width_band,
    lifted,
    reader_band,
    single_width_band,
)
from guidelines.severity.conditions import (
    aortic_regurgitation,
    flag,
    is_secondary,
    lift_flag,
    number,
    why_2d_underestimates,
)
from guidelines.severity.limits import (
    EROA_BANDS,
    FRACTION_BANDS,
    JOINING_DAYS,
    MILD,
    MILD_PISA_RADIUS,
    NOT_AT_REST,
    RADIUS_ALIASING,
    SEVERE,
    SEVERE_PISA_RADIUS,
    VOLUME_BANDS,
    Band,
    Scheme,
)
from guidelines.severity.lines import LineKind, Member
from guidelines.vocabulary import Grade, RegurgitationMethod

Maker = Callable[[Scheme, str, Fact, Readings], Member | None]

AORTIC_REGURGITATION_UNKNOWN = "aortic regurgitation not recorded"
VOLUMETRIC_METHODS = (
    RegurgitationMethod.DOPPLER_VOLUMETRIC,
    RegurgitationMethod.LV_VOLUMETRIC_2D,
    RegurgitationMethod.LV_VOLUMETRIC_3D,
    RegurgitationMethod.CMR,
)
_PRIMARY_TABLE, _SECONDARY_TABLE = "AHA-PS-C", "AHA-SS-C"
_OF_ALL = dict.fromkeys(Scheme, "safety D2")


def _rows(ase: str, acc_aha: str, esc_eacts: str) -> Mapping[Scheme, str]:
    return {Scheme.ASE_2017: ase, Scheme.ACC_AHA: acc_aha, Scheme.ESC_EACTS: esc_eacts}


# Below: 0.40 cm2 or 0.7 cm entered as mm2 or mm; it says nothing against severe (safety H9).
LEAST_PLAUSIBLE: Mapping[str, Decimal] = {
    "eroa_mm2": Decimal(1),
    "vena_contracta_mm": Decimal(1),
    "vena_contracta_biplane_mm": Decimal(1),
    "vena_contracta_area_mm2": Decimal(1),
    "pisa_radius_mm": Decimal("1.5"),
}
PROBABLY_CENTIMETERS = "so small that centimeters were probably meant"

_WIDTH_ROWS = _rows("ASE-G-06", _PRIMARY_TABLE, "ESC-SV-05")
_VOLUME_ROWS = _rows("ASE-G-10", _PRIMARY_TABLE, "ESC-SV-10")
_FRACTION_ROWS = _rows("ASE-G-11", _PRIMARY_TABLE, "ESC-SV-11")
ROWS: Mapping[str, Mapping[Scheme, str]] = {
    "flail_leaflet": _rows("ASE-S-1", _PRIMARY_TABLE, "ESC-SV-01"),
    "papillary_muscle_rupture": _rows("ASE-G-01", "safety D2", "ESC-SV-01"),
    "large_perforation": _rows("ASE-G-01", "safety D2", "ESC-SV-01"),
    "pulmonary_vein_systolic_reversal": _rows("ASE-S-5", "safety D2", "ESC-SV-06"),
    "vena_contracta_mm": _WIDTH_ROWS,
    "vena_contracta_biplane_mm": _rows("ASE-G-06", "ASE-G-06", "ESC-SV-05"),
    "vena_contracta_area_mm2": _rows("ASE-G-06", "ASE-G-06", "ASE-G-06"),
    "eroa_mm2": _rows("ASE-G-09", _PRIMARY_TABLE, "ESC-SV-09"),
    "pisa_radius_mm": _rows("ASE-S-3", "ASE-S-3", "ASE-S-3"),
    "regurgitant_volume_ml": _VOLUME_ROWS,
    "volumetric_regurgitant_volume_ml": _VOLUME_ROWS,
    "cmr_regurgitant_volume_ml": _VOLUME_ROWS,
    "regurgitant_fraction_percent": _FRACTION_ROWS,
    "volumetric_regurgitant_fraction_percent": _FRACTION_ROWS,
    "cmr_regurgitant_fraction_percent": _FRACTION_ROWS,
    "reader_grade": _OF_ALL,
}


def row_of(scheme: Scheme, name: str, readings: Readings) -> str:
    """The row of the tables that this scheme's limit of a measurement comes from."""
    row = ROWS[name][scheme]
    in_table_18 = row == _PRIMARY_TABLE and name in _IN_TABLE_18 and is_secondary(readings)
    return _SECONDARY_TABLE if in_table_18 else row


_IN_TABLE_18 = frozenset(
    name for name in ROWS if name == "eroa_mm2" or "regurgitant" in name
)  # Table 18 prints orifice, volume and fraction.


def members_of(
    scheme: Scheme, picture: ClinicalPicture, readings: Readings, echo_limits: tuple[str, ...]
) -> list[Member]:
    """All measurements of severity that the scheme uses, of one study and what joins it."""
    at_rest = readings.get("study_state") not in NOT_AT_REST
    members = []
    for name in [name for name in readings if name in _MAKERS]:
        fact = picture.facts[name]
        member = _MAKERS[name](scheme, name, fact, readings)
        by_cmr = is_cmr(name, fact)
        if member is None or not (at_rest or by_cmr):
            continue
        if _is_probably_in_centimeters(name, readings):
            member = _limited(member, (PROBABLY_CENTIMETERS,))
        members.append(member if by_cmr or not echo_limits else _limited(member, echo_limits))
    return _one_study(members)


def _is_probably_in_centimeters(name: str, readings: Readings) -> bool:
    """Whether a value is so small that a slip of the unit is likelier than the value (H9)."""
    least = LEAST_PLAUSIBLE.get(name)
    return least is not None and number(readings, name).is_below(least)


def is_cmr(name: str, fact: Fact) -> bool:
    """Whether a measurement comes from magnetic resonance."""
    return name.startswith("cmr_") or method_of(fact) is RegurgitationMethod.CMR


def _limited(member: Member, reasons: tuple[str, ...]) -> Member:
    return replace(member, cannot_exclude=member.cannot_exclude + reasons)


def newest_of(members: Sequence[Member]) -> Member | None:
    """The newest dated measurement, if any."""
    dated = [member for member in members if member.on is not None]
    return max(dated, key=lambda member: member.on or date.min) if dated else None


def joins(on: date | None, source: str, newest: Member | None) -> bool:
    """Whether what was measured then speaks of the same day as the newest measurement."""
    if on is None or newest is None or newest.on is None or source == newest.source != "":
        return True
    return (newest.on - on).days <= JOINING_DAYS


def _one_study(members: list[Member]) -> list[Member]:
    """Sets aside what was measured too far from the newest study to speak of the same day."""
    newest = newest_of(members)
    return [m if joins(m.on, m.source, newest) else replace(m, set_aside=True) for m in members]


# --- One maker for each kind of measurement ------------------------------------------------------


def _member(
    scheme: Scheme,
    name: str,
    line: LineKind,
    band: Band,
    fact: Fact,
    readings: Readings,
    cannot_exclude: tuple[str, ...] = (),
) -> Member:
    definition = FACTS[name]
    value = definition.say(fact.value)
    text = f"{definition.label} {value}" if definition.kind is Decimal else value
    if definition.kind is bool:
        text = definition.said_true if fact.value and definition.said_true else definition.label
    if name == "reader_grade":
        text = f"reader's grade: {grade_words(band)}"
    row, is_old = row_of(scheme, name, readings), fact.too_old_to_reassure
    return Member(name, line, band, text, fact.on, fact.source, row, cannot_exclude, is_old=is_old)


def grade_words(band: Band) -> str:
    """The grades of a band in words."""
    words = [Grade.of_rank(rank).label.lower() for rank in sorted(set(band))]
    return " to ".join(words)


def _explained(member: Member, band: Band, why: str) -> Member:
    """The member, saying so when a lower limit makes it severe."""
    if member.band[0] == band[0]:
        return member
    return replace(member, text=f"{member.text} ({why})")


def _sign(kind: LineKind) -> Maker:
    def make(scheme: Scheme, name: str, fact: Fact, readings: Readings) -> Member | None:
        if readings.get(name) is not True:
            return None
        return _member(scheme, name, kind, (SEVERE, SEVERE), fact, readings)

    return make


def _eroa(scheme: Scheme, name: str, fact: Fact, readings: Readings) -> Member | None:
    band = band_among(number(readings, name), EROA_BANDS)
    if method_of(fact) in VOLUMETRIC_METHODS:
        # An orifice by volumes is of their line: that volume through the jet.
        return _volumetric_member(scheme, name, band, fact, readings)
    limits = _several_jets(readings)
    if method_of(fact) is RegurgitationMethod.PISA_3D:
        return _member(scheme, name, LineKind.PISA, band, fact, readings, limits)
    limits += why_2d_underestimates(scheme, readings, "orifice_elliptical")
    raised = lifted(band, lift_flag(scheme, readings, "orifice_elliptical"))
    member = _member(scheme, name, LineKind.PISA, raised, fact, readings, limits)
    return _explained(member, band, "elliptical orifice: severe from 30 mm²")


def _volume(scheme: Scheme, name: str, fact: Fact, readings: Readings) -> Member | None:
    band = band_among(number(readings, name), VOLUME_BANDS)
    raised = lifted(band, lift_flag(scheme, readings, "low_flow"))
    limits = why_2d_underestimates(scheme, readings, "low_flow")
    if _is_volumetric(name, fact):
        made = _volumetric_member(scheme, name, raised, fact, readings, limits)
        return made and _explained(made, band, "low flow: severe from 45 mL")
    limits += _several_jets(readings)
    limits += why_2d_underestimates(scheme, readings, "orifice_elliptical")
    member = _member(scheme, name, LineKind.PISA, raised, fact, readings, limits)
    return _explained(member, band, "low flow: severe from 45 mL")


def _fraction(scheme: Scheme, name: str, fact: Fact, readings: Readings) -> Member | None:
    band = band_among(number(readings, name), FRACTION_BANDS)
    if _is_volumetric(name, fact):
        return _volumetric_member(scheme, name, band, fact, readings)
    limits = _several_jets(readings)
    limits += why_2d_underestimates(scheme, readings, "orifice_elliptical")
    return _member(scheme, name, LineKind.PISA, band, fact, readings, limits)


def _is_volumetric(name: str, fact: Fact) -> bool:
    """By stroke volumes or CMR; a method not stated counts as PISA, so it corroborates less."""
    return name.startswith(("cmr_", "volumetric_")) or method_of(fact) in VOLUMETRIC_METHODS


def _volumetric_member(
    scheme: Scheme,
    name: str,
    band: Band,
    fact: Fact,
    readings: Readings,
    limits: tuple[str, ...] = (),
) -> Member | None:
    """A measurement of the volumetric line with its invalid cases (ASE-F-07, ESC25-MIX-02)."""
    kind = LineKind.VOLUMETRIC
    if is_cmr(name, fact):
        if flag(readings, "cmr_quality_good") is False:
            limits += ("CMR not of good quality",)
        return _member(scheme, name, kind, band, fact, readings, limits)
    regurgitation = aortic_regurgitation(readings)
    if regurgitation or flag(readings, "intracardiac_shunt"):
        return None
    if method_of(fact) is RegurgitationMethod.LV_VOLUMETRIC_2D:
        limits += ("2D LV volumes are underestimated",)
    if regurgitation is None and flag(readings, "none_of_these_asked") is not True:
        limits += (AORTIC_REGURGITATION_UNKNOWN,)
    return _member(scheme, name, kind, band, fact, readings, limits)


def _several_jets(readings: Readings) -> tuple[str, ...]:
    return ("several jets",) if flag(readings, "multiple_jets") else ()


def _radius(scheme: Scheme, name: str, fact: Fact, readings: Readings) -> Member | None:
    """The radius counts only at its own aliasing velocity and without an EROA from it."""
    reading = number(readings, name)
    velocity = number(readings, "aliasing_velocity_cm_s")
    at_its_velocity = velocity.is_at_least(RADIUS_ALIASING[0]) and velocity.is_at_most(
        RADIUS_ALIASING[1]
    )
    if not at_its_velocity or "eroa_mm2" in readings:
        return None
    if reading.is_at_least(SEVERE_PISA_RADIUS):
        return _member(scheme, name, LineKind.PISA, (SEVERE, SEVERE), fact, readings)
    high = MILD if reading.is_at_most(MILD_PISA_RADIUS) else SEVERE
    alone = ("a radius alone does not exclude",)
    return _member(scheme, name, LineKind.PISA, (MILD, high), fact, readings, alone)


def _width(scheme: Scheme, name: str, fact: Fact, readings: Readings) -> Member | None:
    reading = number(readings, name)
    band = (
        biplane_width_band(scheme, reading)
        if name == "vena_contracta_biplane_mm"
        else single_width_band(reading)
    )
    limits = _several_jets(readings)
    return _member(scheme, name, LineKind.VENA_CONTRACTA, band, fact, readings, limits)


def _area(scheme: Scheme, name: str, fact: Fact, readings: Readings) -> Member | None:
    band, limits = area_band(number(readings, name)), _several_jets(readings)
    return _member(scheme, name, LineKind.VENA_CONTRACTA, band, fact, readings, limits)


def _reader(scheme: Scheme, name: str, fact: Fact, readings: Readings) -> Member | None:
    band = reader_band(number(readings, name))
    return _member(scheme, name, LineKind.READER, band, fact, readings)


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
MEASUREMENTS = frozenset(_MAKERS)
"""The facts that are measurements of severity."""
