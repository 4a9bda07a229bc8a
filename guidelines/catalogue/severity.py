"""Measurements of severity, and the circumstances they were made in."""

from __future__ import annotations

from guidelines.definitions import HIGHER, LOWER, Worse, number, term, yes_no
from guidelines.noise import default_mdc95
from guidelines.vocabulary import JetTiming, Rhythm, StudyQuality, StudyState, Term

_METHOD = "Its method decides its line of evidence."
_OF_THE_STUDY = "Of the study that the severity measurements come from."


class JetDirection(Term):
    """Where the color jet goes; only a central one is judged by its area."""

    CENTRAL = "central", "Central"
    ECCENTRIC = "eccentric", "Eccentric"
    WALL_IMPINGING = "wall_impinging", "Eccentric, along the wall"
    NOT_STATED = "not_stated", "Not stated"


class JetDensity(Term):
    """The continuous-wave signal of the jet (row ASE-G-05)."""

    FAINT = "faint", "Faint or incomplete"
    DENSE = "dense", "Dense, incomplete or parabolic"
    DENSE_TRIANGULAR = "dense_triangular", "Dense, holosystolic, triangular"
    NOT_STATED = "not_stated", "Not stated"


class FlowConvergence(Term):
    """The zone of flow convergence at a Nyquist limit of 30 to 40 cm/s (row ASE-G-04)."""

    ABSENT = "absent", "Not visible or small"
    INTERMEDIATE = "intermediate", "Intermediate"
    LARGE = "large", "Large throughout systole"
    NOT_STATED = "not_stated", "Not stated"


FACTS = (
    number("eroa_mm2", "EROA", "mm²", _METHOD, HIGHER, mdc95=default_mdc95("eroa_mm2")),
    number(
        "regurgitant_volume_ml",
        "regurgitant volume",
        "mL",
        _METHOD,
        HIGHER,
        mdc95=default_mdc95("regurgitant_volume_ml"),
    ),
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
    number(
        "jet_area_percent_la",
        "color jet area",
        "% of LA",
        "Area of the color jet as a share of the left atrium, Nyquist limit 50 to 70 cm/s. Never "
        "decides alone.",
        HIGHER,
    ),
    term(
        "jet_direction",
        "direction of the jet",
        JetDirection,
        _OF_THE_STUDY,
        adverse=frozenset(JetDirection),
        unknown=frozenset({JetDirection.NOT_STATED}),
    ),
    term(
        "jet_density",
        "continuous-wave signal of the jet",
        JetDensity,
        _OF_THE_STUDY,
        adverse=frozenset({JetDensity.DENSE, JetDensity.DENSE_TRIANGULAR}),
        unknown=frozenset({JetDensity.NOT_STATED}),
    ),
    term(
        "flow_convergence",
        "flow convergence",
        FlowConvergence,
        _OF_THE_STUDY,
        adverse=frozenset({FlowConvergence.INTERMEDIATE, FlowConvergence.LARGE}),
        unknown=frozenset({FlowConvergence.NOT_STATED}),
    ),
    number("e_velocity_m_s", "mitral E velocity", "m/s", _OF_THE_STUDY, HIGHER),
    number("a_velocity_m_s", "mitral A velocity", "m/s", _OF_THE_STUDY, LOWER),
    number(
        "vti_ratio_mitral_aortic",
        "mitral to aortic VTI ratio",
        "",
        "Of that study; not used with mitral stenosis or more than mild aortic regurgitation.",
        HIGHER,
    ),
    yes_no(
        "annular_calcification",
        "mitral annular calcification",
        _OF_THE_STUDY,
        Worse.NEITHER,
    ),
    yes_no("severe_leaflet_retraction", "severe leaflet retraction", "Seen on imaging."),
    yes_no(
        "severe_tenting",
        "severe tenting or poor coaptation",
        "Of the leaflets, seen on imaging; a sign in secondary regurgitation.",
    ),
    number("study_lvedd_mm", "LVEDD of that study", "mm", _OF_THE_STUDY, HIGHER),
    number("study_lvef_percent", "LVEF of that study", "%", _OF_THE_STUDY, LOWER),
    number(
        "study_la_volume_index_ml_m2",
        "LA volume index of that study",
        "mL/m²",
        _OF_THE_STUDY,
        HIGHER,
    ),
    number("study_la_diameter_mm", "LA diameter of that study", "mm", _OF_THE_STUDY, HIGHER),
    yes_no(
        "study_aortic_regurgitation_more_than_mild",
        "aortic regurgitation more than mild in that study",
        "Makes volumes of that study that rest on the outflow tract invalid.",
    ),
    yes_no(
        "other_cause_of_large_chambers",
        "another recorded cause of large chambers",
        "Coronary disease, infarction, a cardiomyopathy, a shunt or more than mild aortic "
        "regurgitation: then chamber size says nothing of this leak (safety A2).",
        Worse.NEITHER,
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
