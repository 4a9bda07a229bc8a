"""The valve: mechanism, tempo, cause, state, and what closes a gate."""

from __future__ import annotations

from guidelines.definitions import HIGHER, LOWER, Worse, number, term, yes_no
from guidelines.vocabulary import CarpentierType, Etiology, Mechanism, MitralValveState, Tempo

FACTS = (
    term(
        "mechanism",
        "mechanism",
        Mechanism,
        "Why the valve leaks; never expires, void after infarction, endocarditis or a procedure.",
        adverse=frozenset(Mechanism),
        unknown=frozenset({Mechanism.UNKNOWN}),
    ),
    term(
        "tempo",
        "tempo",
        Tempo,
        "Chronic or acute; acute ends only by a recorded act (safety D4).",
        adverse=frozenset({Tempo.ACUTE, Tempo.ACUTE_ON_CHRONIC}),
        unknown=frozenset({Tempo.UNKNOWN}),
    ),
    term(
        "etiology",
        "cause",
        Etiology,
        "The main cause; never expires.",
        adverse=frozenset(Etiology),
        unknown=frozenset({Etiology.UNKNOWN}),
    ),
    term(
        "carpentier_type",
        "Carpentier type",
        CarpentierType,
        "Leaflet motion.",
        adverse=frozenset(CarpentierType),
        unknown=frozenset({CarpentierType.UNKNOWN}),
    ),
    term(
        "mitral_valve_state",
        "state of the mitral valve",
        MitralValveState,
        "From performed procedures, here or elsewhere (safety D5).",
        adverse=frozenset(MitralValveState) - {MitralValveState.NATIVE},
        unknown=frozenset({MitralValveState.UNKNOWN}),
    ),
    yes_no(
        "lvad_or_transplant",
        "left ventricular assist device or heart transplant",
        "Present today.",
    ),
    yes_no(
        "sam_or_lvot_obstruction",
        "systolic anterior motion or outflow obstruction",
        "As a cause of the regurgitation, hypertrophic cardiomyopathy included.",
    ),
    yes_no(
        "endocarditis_active_or_suspected",
        "active or suspected endocarditis",
        "On the day of the assessment.",
    ),
    number("mva_cm2", "mitral valve area", "cm²", "By any accepted method.", LOWER),
    number(
        "mitral_mean_gradient_mmhg",
        "mean mitral gradient",
        "mmHg",
        "At rest, by Doppler.",
        HIGHER,
    ),
    yes_no(
        "aortic_regurgitation_more_than_mild",
        "aortic regurgitation more than mild",
        "Makes volumes that rest on the outflow tract invalid.",
    ),
    yes_no("intracardiac_shunt", "intracardiac shunt", "Makes volumetric methods invalid."),
    yes_no(
        "none_of_these_asked",
        "\N{LEFT DOUBLE QUOTATION MARK}none of these\N{RIGHT DOUBLE QUOTATION MARK} check",
        "The yearly check that none of the conditions whose absence is the norm is present "
        "(safety D9); dated, by name. Too old: asked again.",
        Worse.FALSE,
    ),
    yes_no(
        "none_of_these_asked_before",
        "\N{LEFT DOUBLE QUOTATION MARK}none of these\N{RIGHT DOUBLE QUOTATION MARK} check, ever",
        "Whether that check was ever complete, however long ago: then absence may still be "
        "assumed, and the assumption is printed (safety D9, SAFE-12).",
        Worse.FALSE,
    ),
)
