"""The person: age, sex, pregnancy, body size, goals of care."""

from __future__ import annotations

from guidelines.definitions import LOWER, Worse, number, term, yes_no
from guidelines.vocabulary import PregnancyStatus, Sex

FACTS = (
    number("age_years", "age", "years", "Completed years on the day of the assessment."),
    term("sex", "sex", Sex, "Sex as reference ranges and rules use it."),
    term(
        "pregnancy_status",
        "pregnancy",
        PregnancyStatus,
        "Pregnancy, asked and dated.",
        adverse=frozenset({PregnancyStatus.PREGNANT}),
        unknown=frozenset({PregnancyStatus.UNKNOWN}),
    ),
    yes_no(
        "life_expectancy_under_1_year",
        "life expectancy below one year",
        "The team's judgement; leaves a verdict unchanged and adds a banner.",
        is_judgement=True,
    ),
    yes_no(
        "intervention_declined",
        "intervention declined by the patient",
        "The patient's own decision; leaves a verdict unchanged and adds a banner.",
        Worse.NEITHER,
    ),
    number("height_cm", "height", "cm", "Body height."),
    number("weight_kg", "weight", "kg", "Body weight; indexes a measurement near its own date."),
    number("bsa_m2", "body surface area", "m²", "With its formula as method.", LOWER),
)
