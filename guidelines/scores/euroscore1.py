"""Logistic EuroSCORE I (Roques 2003), in percent: kept only to read old records.

It overestimates today's risk. Printed bands of LVEF are continuous here as in EuroSCORE II: above
50 %, 30 to 50 %, below 30 %.
"""

from __future__ import annotations

from decimal import Decimal

from guidelines.numbers import Interval
from guidelines.scores.inputs import AGE, CREATININE, LVEF, SEX, SPAP
from guidelines.scores.items import (
    NOTHING,
    Band,
    Banded,
    Choice,
    Inputs,
    Item,
    YesNo,
    strictly_above,
)
from guidelines.scores.logistic import age_item, logistic
from guidelines.scores.score import (
    InputDefinition,
    ScoreDefinition,
    ScoreResult,
)
from guidelines.vocabulary import Sex, Verification

CONSTANT = Decimal("-4.789594")
PER_YEAR = Decimal("0.0666354")
AGE_FROM = Decimal(59)  # years; below 60 age counts 1, at 60 it counts 2
CREATININE_LIMIT = Decimal(200)  # umol/L, above it
SPAP_LIMIT = Decimal(60)  # mmHg, above it
LVEF_LOW, LVEF_HIGH = Decimal(30), Decimal(50)  # %


ITEMS: tuple[Item, ...] = (
    age_item(PER_YEAR, AGE_FROM),
    Choice("sex", "sex", {Sex.FEMALE: Decimal("0.3304052"), Sex.MALE: NOTHING}),
    YesNo("chronic lung disease", "chronic_lung_disease", Decimal("0.4931341")),
    YesNo("extracardiac arteriopathy", "extracardiac_arteriopathy", Decimal("0.6558917")),
    YesNo("neurological dysfunction", "neurological_dysfunction", Decimal("0.841626")),
    YesNo("previous heart surgery", "previous_cardiac_surgery", Decimal("1.002625")),
    Banded(
        "creatinine",
        "creatinine_umol_l",
        strictly_above(CREATININE_LIMIT, Decimal("0.6521653")),
    ),
    YesNo("active endocarditis", "active_endocarditis", Decimal("1.101265")),
    YesNo("critical preoperative state", "critical_state", Decimal("0.9058132")),
    YesNo("unstable angina", "unstable_angina", Decimal("0.5677075")),
    Banded(
        "LV function",
        "lvef_percent",
        (
            Band(Interval(None, LVEF_LOW, high_open=True), Decimal("1.094443")),
            Band(Interval(LVEF_LOW, LVEF_HIGH), Decimal("0.4191643")),
            Band(Interval(LVEF_HIGH, None, low_open=True), NOTHING),
        ),
    ),
    YesNo("recent infarction", "recent_infarction", Decimal("0.5460218")),
    Banded("pulmonary pressure", "spap_mmhg", strictly_above(SPAP_LIMIT, Decimal("0.7676924"))),
    YesNo("emergency", "emergency", Decimal("0.7127953")),
    YesNo("other than bypass alone", "other_than_isolated_cabg", Decimal("0.5420364")),
    YesNo("surgery of the thoracic aorta", "thoracic_aorta_surgery", Decimal("1.159787")),
    YesNo("septal rupture after infarction", "septal_rupture", Decimal("1.462009")),
)

DEFINITION = ScoreDefinition(
    id="euroscore-1-logistic",
    title="Logistic EuroSCORE I",
    unit="%",
    population="Adults before major heart surgery; for reading old records only.",
    citation="Roques 2003, logistic EuroSCORE",
    rows=("scores 1b",),
    verification=Verification.SECONDARY_SOURCE,
    inputs=(
        AGE,
        SEX,
        InputDefinition(
            "chronic_lung_disease", "chronic lung disease", "Long-term drugs for the lung."
        ),
        InputDefinition(
            "extracardiac_arteriopathy", "extracardiac arteriopathy", "As in EuroSCORE II."
        ),
        InputDefinition(
            "neurological_dysfunction",
            "neurological dysfunction",
            "Severely limits walking or daily life.",
        ),
        InputDefinition(
            "previous_cardiac_surgery", "previous heart surgery", "The pericardium was opened."
        ),
        CREATININE,
        InputDefinition("active_endocarditis", "active endocarditis", "Still on antibiotics."),
        InputDefinition("critical_state", "critical preoperative state", "As in EuroSCORE II."),
        InputDefinition("unstable_angina", "unstable angina", "Angina at rest needing nitrates."),
        LVEF,
        InputDefinition("recent_infarction", "recent infarction", "Within the last 90 days."),
        SPAP,
        InputDefinition("emergency", "emergency", "Before the next working day."),
        InputDefinition(
            "other_than_isolated_cabg", "other than bypass alone", "Any other or further procedure."
        ),
        InputDefinition("thoracic_aorta_surgery", "surgery of the thoracic aorta", "Part of it."),
        InputDefinition("septal_rupture", "septal rupture", "After an infarction."),
    ),
    caveats=("Overestimates today's risk; kept for reading old records.",),
)


def euroscore1(inputs: Inputs) -> ScoreResult:
    """Logistic EuroSCORE I in percent; a range over whatever is unknown.

    Not computed for a known age below 18 or above 110. Raises ``LookupError`` for a misspelt
    input.
    """
    return logistic(DEFINITION, CONSTANT, ITEMS, inputs)
