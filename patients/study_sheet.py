"""One echo study as a report reads: chapters in order, each value in words with its unit.

The entry form, the study's page, its former versions and the comparison of two versions all use
this order and these words, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models

from guidelines.vocabulary import Segment
from patients import fields
from patients.fields import MEASURES
from patients.forms.typed import TypedRange, plain, printed_unit
from patients.models import EchoStudy


@dataclass(frozen=True)
class Chapter:
    """A part of an echo report and its fields in order."""

    title: str
    names: tuple[str, ...]


USUAL = Chapter(
    "Usual measurements",
    (
        "performed_on",
        "modality",
        "lvef_percent",
        "lvef_method",
        "lvesd_mm",
        "lvedd_mm",
        "eroa_mm2",
        "regurgitant_volume_ml",
        "regurgitant_fraction_percent",
        "vena_contracta_mm",
        "la_volume_index_ml_m2",
        "la_diameter_mm",
        "spap_mmhg",
        "tricuspid_regurgitation",
        "reader_grade",
    ),
)

FURTHER = (
    Chapter(
        fields.CONDITIONS,
        (
            "state",
            "rhythm",
            "heart_rate_bpm",
            "systolic_bp_mmhg",
            "diastolic_bp_mmhg",
            "beats_averaged",
            "quality",
            "decompensated",
            "accession_number",
            "reader",
            "laboratory",
            "machine",
        ),
    ),
    Chapter(
        fields.LEFT_VENTRICLE,
        (
            "linear_method",
            "lvedv_ml",
            "lvesv_ml",
            "lvedv_index_ml_m2",
            "septum_mm",
            "posterior_wall_mm",
            "lv_mass_index_g_m2",
            "gls_percent",
            "regional_wall_motion_abnormality",
            "bsa_m2",
            "bsa_formula",
        ),
    ),
    Chapter(
        fields.LEFT_ATRIUM,
        ("la_volume_ml", "la_area_four_chamber_cm2", "la_area_two_chamber_cm2", "la_length_cm"),
    ),
    Chapter(
        fields.VALVE,
        (
            "flail_leaflet",
            "ruptured_papillary_muscle",
            "leaflet_perforation",
            "severe_leaflet_retraction",
            "leaflet_tethering",
            "severe_tenting",
            "planar_coaptation",
            "annular_calcification",
            "annular_disjunction",
            "mitral_annulus_ap_mm",
            "mitral_annulus_ic_mm",
            "mitral_valve_area_cm2",
            "mitral_mean_gradient_mmhg",
            "mitral_stenosis",
            "vegetation",
            "prolapse_segments",
        ),
    ),
    Chapter(
        fields.JET,
        (
            "jet_direction",
            "jet_timing",
            "jet_density",
            "jet_area_percent_la",
            "vena_contracta_biplane_mm",
            "vena_contracta_area_3d_mm2",
            "multiple_jets",
            "orifice_elliptical",
            "low_flow",
            "flow_convergence",
        ),
    ),
    Chapter(
        fields.PISA,
        (
            "pisa_radius_mm",
            "aliasing_velocity_cm_s",
            "pisa_angle_degrees",
            "mr_peak_velocity_m_s",
            "mr_vti_cm",
            "eroa_method",
        ),
    ),
    Chapter(
        fields.VOLUMETRIC,
        (
            "lvot_diameter_mm",
            "lvot_vti_cm",
            "mitral_annulus_vti_cm",
            "regurgitant_volume_method",
        ),
    ),
    Chapter(
        fields.INFLOW,
        (
            "e_velocity_m_s",
            "a_velocity_m_s",
            "e_over_e_prime",
            "mitral_inflow_vti_cm",
            "aortic_vti_cm",
            "pulmonary_vein_flow",
        ),
    ),
    Chapter(
        fields.RIGHT_HEART,
        (
            "spap_source",
            "tr_peak_velocity_m_s",
            "ivc_diameter_mm",
            "ivc_collapse_percent",
            "right_atrial_pressure_mmhg",
            "rv_function",
            "tapse_mm",
            "rv_s_prime_cm_s",
            "tricuspid_annulus_mm",
            "tricuspid_regurgitation_secondary",
        ),
    ),
    Chapter(
        fields.OTHER_VALVES,
        (
            "aortic_stenosis",
            "aortic_regurgitation",
            "aortic_mean_gradient_mmhg",
            "aortic_peak_velocity_m_s",
            "lvot_obstruction",
        ),
    ),
    Chapter(
        fields.PROSTHESIS,
        (
            "intraprosthetic_regurgitation",
            "paravalvular_leak",
            "doppler_velocity_index",
            "effective_orifice_area_cm2",
        ),
    ),
    Chapter(
        fields.TEER_ANATOMY,
        (
            "flail_gap_mm",
            "flail_width_mm",
            "coaptation_depth_mm",
            "coaptation_length_mm",
            "posterior_leaflet_length_mm",
            "calcified_grasping_zone",
        ),
    ),
    Chapter("Comment", ("comment",)),
)

CHAPTERS = (USUAL, *FURTHER)

NAMES: tuple[str, ...] = tuple(name for chapter in CHAPTERS for name in chapter.names)

COLUMNS_OF_RANGES = {
    "lvef_percent": (
        "lvef_percent_low",
        "lvef_percent_high",
        "lvef_percent_low_open",
        "lvef_percent_high_open",
    ),
    "reader_grade": ("reader_grade_low", "reader_grade_high"),
}
"""Fields of the sheet that are kept as a low and a high end."""

READER_GRADE_LABEL = "MR grade by the reader"

_NOT_STATED = frozenset({"", "not_stated", "unknown"})


@dataclass(frozen=True)
class Pair:
    """Two values of which the first cannot be larger than the second in a real heart."""

    smaller: str
    larger: str
    code: str


PAIRS = (
    Pair("lvesd_mm", "lvedd_mm", "lvesd_above_lvedd"),
    Pair("lvesv_ml", "lvedv_ml", "lvesv_above_lvedv"),
)


def pair_is_impossible(study: Any, pair: Pair) -> bool:
    """Whether both values are there and the first is the larger one."""
    smaller, larger = getattr(study, pair.smaller), getattr(study, pair.larger)
    return smaller is not None and larger is not None and smaller > larger


def impossible_pairs(study: Any) -> list[Pair]:
    """Pairs of the study that contradict each other: neither value feeds a verdict."""
    return [pair for pair in PAIRS if pair_is_impossible(study, pair)]


def pair_text(pair: Pair, study: Any) -> str:
    """The contradiction of a pair and what follows from it, in words."""
    (one, other) = (
        f"{label_of(name)} ({plain(getattr(study, name))} {unit_of(name)})"
        for name in (pair.smaller, pair.larger)
    )
    return f"{one} is larger than {other}: neither feeds a verdict until this is resolved."


def label_of(name: str) -> str:
    """What a field is called for people, without its unit."""
    if name in MEASURES:
        return MEASURES[name].label
    if name == "reader_grade":
        return READER_GRADE_LABEL
    return upper_first(str(EchoStudy._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


def upper_first(text: str) -> str:
    """The text with a capital at its beginning and no other change."""
    return text[:1].upper() + text[1:]


def unit_of(name: str) -> str:
    """The unit of a field as it is printed; empty for words and bare ratios."""
    return printed_unit(MEASURES[name].unit) if name in MEASURES else ""


def value_text(study: Any, name: str) -> str | None:
    """A recorded value in words without its unit; None when it was not recorded.

    ``study`` is an echo study or one of its history rows.
    """
    if name in COLUMNS_OF_RANGES:
        return _range_text(study, name)
    if name == "eroa_method" and study.eroa_mm2 is None:
        return None  # it says how a value was obtained that is not there
    value = getattr(study, name)
    if value is None or value in ("", []):
        return None
    return _words(study, name, value)


def lvef_of(study: Any) -> TypedRange | None:
    """LVEF of the study as it was given: one number, a range or an open end."""
    if study.lvef_percent_low is None or study.lvef_percent_high is None:
        return None
    return TypedRange(
        study.lvef_percent_low,
        study.lvef_percent_high,
        study.lvef_percent_low_open,
        study.lvef_percent_high_open,
    )


def reader_grade_of(study: Any) -> tuple[int, int] | None:
    """The reader's own grade as its two ends."""
    if study.reader_grade_low is None or study.reader_grade_high is None:
        return None
    return study.reader_grade_low, study.reader_grade_high


def _range_text(study: Any, name: str) -> str | None:
    if name == "lvef_percent":
        lvef = lvef_of(study)
        return str(lvef).replace("-", "\N{EN DASH}") if lvef else None
    if reader_grade_of(study) is None:
        return None
    low, high = study.get_reader_grade_low_display(), study.get_reader_grade_high_display()
    return str(low) if low == high else f"{low} to {high}"


def _words(study: Any, name: str, value: Any) -> str | None:
    field = EchoStudy._meta.get_field(name)
    if getattr(field, "choices", None):
        return None if value in _NOT_STATED else str(getattr(study, f"get_{name}_display")())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value).replace("-", "\N{MINUS SIGN}")
    if isinstance(value, list):
        return ", ".join(_segment(each) for each in value)
    if isinstance(field, models.DateField):
        return f"{value.day} {value:%b %Y}"
    return str(value)


def _segment(value: Any) -> str:
    return dict(Segment.choices()).get(str(value), str(value))


@dataclass(frozen=True)
class Line:
    """One recorded value of a study."""

    name: str
    label: str
    text: str
    unit: str
    was_confirmed: bool = False
    pair: Pair | None = None


@dataclass(frozen=True)
class Part:
    """One chapter of one study: what was recorded, and the names of what was not."""

    title: str
    lines: tuple[Line, ...]
    not_recorded: tuple[str, ...]


def sheet_of(study: Any) -> list[Part]:
    """The study in chapters; date and modality stand in its heading and are left out."""
    return [_part(study, chapter) for chapter in CHAPTERS]


def _part(study: Any, chapter: Chapter) -> Part:
    names = [name for name in chapter.names if name not in {"performed_on", "modality"}]
    lines = [line for name in names if (line := _line(study, name))]
    missing = [name for name in names if value_text(study, name) is None]
    return Part(chapter.title, tuple(lines), tuple(label_of(name) for name in missing))


def _line(study: Any, name: str) -> Line | None:
    text = value_text(study, name)
    if text is None:
        return None
    pair = next((p for p in impossible_pairs(study) if name in {p.smaller, p.larger}), None)
    return Line(
        name, label_of(name), text, unit_of(name), name in study.implausible_confirmed, pair
    )


@dataclass(frozen=True)
class Difference:
    """A field that differs between two versions of a study, in words with unit."""

    name: str
    label: str
    before: str | None
    after: str | None


def differences(before: Any, after: Any) -> Iterator[Difference]:
    """What changed from one version to another, in the order of the report."""
    for name in NAMES:
        old, new = (with_unit(version, name) for version in (before, after))
        if old != new:
            yield Difference(name, label_of(name), old, new)
    if before.status != after.status:
        yield Difference(
            "status", "Status", before.get_status_display(), after.get_status_display()
        )


def with_unit(study: Any, name: str) -> str | None:
    """A recorded value with its unit (``41 mm``); None when it was not recorded."""
    text = value_text(study, name)
    return f"{text} {unit_of(name)}".strip() if text is not None else None
