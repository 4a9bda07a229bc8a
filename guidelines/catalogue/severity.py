"""Measurements of severity, and the circumstances they were made in."""

from __future__ import annotations

from guidelines.definitions import HIGHER, Worse, number, term, yes_no
from guidelines.vocabulary import JetTiming, Rhythm, StudyQuality, StudyState

_METHOD = "Its method decides its line of evidence."

FACTS = (
    number("eroa_mm2", "EROA", "mm²", _METHOD, HIGHER),
    number("regurgitant_volume_ml", "regurgitant volume", "mL", _METHOD, HIGHER),
    number("regurgitant_fraction_percent", "regurgitant fraction", "%", _METHOD, HIGHER),
    number(
        "volumetric_regurgitant_volume_ml",
        "volumetric regurgitant volume",
        "mL",
        "By stroke volumes, where the same study also has one by PISA.",
        HIGHER,
    ),
    number(
        "volumetric_regurgitant_fraction_percent",
        "volumetric regurgitant fraction",
        "%",
        "By stroke volumes, where the same study also has one by PISA.",
        HIGHER,
    ),
    number("cmr_regurgitant_volume_ml", "CMR regurgitant volume", "mL", "By CMR.", HIGHER),
    number("cmr_regurgitant_fraction_percent", "CMR regurgitant fraction", "%", "By CMR.", HIGHER),
    yes_no(
        "cmr_quality_good",
        "CMR of good quality",
        "As the reader stated it.",
        Worse.NEITHER,
    ),
    number("pisa_radius_mm", "PISA radius", "mm", "With its aliasing velocity.", HIGHER),
    number("aliasing_velocity_cm_s", "aliasing velocity", "cm/s", "Of the PISA radius."),
    number("vena_contracta_mm", "vena contracta", "mm", "Width, long-axis view.", HIGHER),
    number(
        "vena_contracta_biplane_mm",
        "biplane vena contracta",
        "mm",
        "Mean of two orthogonal views.",
        HIGHER,
    ),
    number("vena_contracta_area_mm2", "3D vena contracta area", "mm²", "By 3D color.", HIGHER),
    yes_no(
        "pulmonary_vein_systolic_reversal",
        "systolic flow reversal in a pulmonary vein",
        "Its absence does not exclude severe regurgitation.",
        said=("systolic reversal in a pulmonary vein", "no pulmonary vein reversal seen"),
    ),
    yes_no("flail_leaflet", "flail leaflet", "Seen on imaging."),
    yes_no("papillary_muscle_rupture", "ruptured papillary muscle", "Seen on imaging."),
    yes_no("large_perforation", "large leaflet perforation", "Seen on imaging."),
    number(
        "reader_grade",
        "reader's grade",
        "",
        "The reader's own integrated grade: zero none, one mild, two moderate, three moderate to "
        "severe, four severe.",
        HIGHER,
    ),
    term(
        "jet_timing",
        "timing of the jet",
        JetTiming,
        "Single-frame values overstate a late systolic jet.",
        adverse=frozenset(JetTiming),
        unknown=frozenset({JetTiming.UNKNOWN}),
    ),
    yes_no("multiple_jets", "several jets", "Widths of several jets do not add up."),
    yes_no(
        "orifice_elliptical",
        "elliptical orifice",
        "2D PISA underestimates a crescent-shaped orifice.",
    ),
    yes_no("low_flow", "low flow", "The regurgitant volume falls when flow is low."),
    term(
        "study_state",
        "state during the study",
        StudyState,
        "Of the study that the severity measurements come from.",
        adverse=frozenset(StudyState),
        unknown=frozenset({StudyState.UNKNOWN}),
    ),
    term(
        "study_quality",
        "image quality",
        StudyQuality,
        "Of the study that the severity measurements come from.",
        adverse=frozenset(StudyQuality),
        unknown=frozenset({StudyQuality.UNKNOWN}),
    ),
    term(
        "study_rhythm",
        "rhythm during the study",
        Rhythm,
        "Of the study that the severity measurements come from.",
        adverse=frozenset(Rhythm),
        unknown=frozenset({Rhythm.UNKNOWN}),
    ),
    number("study_heart_rate_bpm", "heart rate during the study", "/min", "Of that study."),
    number("study_beats_averaged", "beats averaged", "", "Of that study."),
    number("study_systolic_bp_mmhg", "systolic blood pressure", "mmHg", "During that study."),
    yes_no(
        "study_decompensated",
        "decompensated during the study",
        "Of the study that the severity measurements come from.",
    ),
)
