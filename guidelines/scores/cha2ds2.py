"""CHA2DS2-VASc (0 to 9) and CHA2DS2-VA (0 to 8): stroke risk in atrial fibrillation.

Event rates exist for VASc; they are not rates of VA, which has none here.
"""

from __future__ import annotations

from decimal import Decimal

from guidelines.numbers import Interval
from guidelines.scores.inputs import AGE, SEX
from guidelines.scores.items import (
    NOTHING,
    Band,
    Banded,
    Choice,
    Inputs,
    Item,
    YesNo,
    add_up,
)
from guidelines.scores.score import InputDefinition, ScoreDefinition, ScoreResult, Stratum
from guidelines.vocabulary import Sex, Verification

ONE, TWO = Decimal(1), Decimal(2)
AGE_MIDDLE, AGE_HIGH = Decimal(65), Decimal(75)  # years, from each on

VA_ITEMS: tuple[Item, ...] = (
    YesNo("heart failure", "heart_failure", ONE),
    YesNo("hypertension", "hypertension", ONE),
    Banded(
        "age",
        "age_years",
        (
            Band(Interval(None, AGE_MIDDLE, high_open=True), NOTHING),
            Band(Interval(AGE_MIDDLE, AGE_HIGH, high_open=True), ONE),
            Band(Interval(AGE_HIGH, None), TWO),
        ),
    ),
    YesNo("diabetes", "diabetes", ONE),
    YesNo("stroke, TIA or embolism", "stroke_tia_or_embolism", TWO),
    YesNo("vascular disease", "vascular_disease", ONE),
)
VASC_ITEMS: tuple[Item, ...] = (
    *VA_ITEMS,
    Choice("sex", "sex", {Sex.FEMALE: ONE, Sex.MALE: NOTHING}),
)

# Friberg 2012, without anticoagulation, by score 0 to 9, per 100 patient-years.
ISCHEMIC_STROKES = ("0.2", "0.6", "2.2", "3.2", "4.8", "7.2", "9.7", "11.2", "10.8", "12.2")
ALL_EMBOLISM = ("0.3", "0.9", "2.9", "4.6", "6.7", "10.0", "13.6", "15.7", "15.2", "17.4")

_INPUTS = (
    InputDefinition("heart_failure", "heart failure", "Heart failure or LV dysfunction."),
    InputDefinition("hypertension", "hypertension", "Known or treated."),
    AGE,
    InputDefinition("diabetes", "diabetes", "Of any kind."),
    InputDefinition(
        "stroke_tia_or_embolism", "stroke, TIA or embolism", "Stroke, TIA or arterial embolism."
    ),
    InputDefinition(
        "vascular_disease",
        "vascular disease",
        "Infarction, peripheral artery disease or aortic plaque.",
    ),
)
_CAVEATS = (
    "For atrial fibrillation. With a mechanical valve or moderate to severe rheumatic mitral "
    "stenosis a vitamin K antagonist is needed whatever the score.",
)

VASC = ScoreDefinition(
    id="cha2ds2-vasc",
    title="CHA₂DS₂-VASc",
    unit="",
    population="Atrial fibrillation.",
    citation="CHA2DS2-VASc; event rates Friberg 2012",
    rows=("scores 5",),
    verification=Verification.SECONDARY_SOURCE,
    inputs=(*_INPUTS, SEX),
    caveats=_CAVEATS,
    strata=tuple(
        Stratum(
            str(score),
            f"without anticoagulation {strokes} ischemic strokes and {embolism} strokes, TIAs or "
            "embolisms per 100 patient-years",
            Decimal(score),
            Decimal(score),
        )
        for score, (strokes, embolism) in enumerate(
            zip(ISCHEMIC_STROKES, ALL_EMBOLISM, strict=True)
        )
    ),
)
VA = ScoreDefinition(
    id="cha2ds2-va",
    title="CHA₂DS₂-VA",
    unit="",
    population="Atrial fibrillation.",
    citation="2024 ESC guidelines for atrial fibrillation",
    rows=("scores 5",),
    verification=Verification.SECONDARY_SOURCE,
    inputs=_INPUTS,
    caveats=(*_CAVEATS, "No event rates: those of CHA₂DS₂-VASc are not of this score."),
    strata=(
        Stratum("0", "below the scores that ESC 2024 names for anticoagulation", NOTHING, NOTHING),
        Stratum("1", "ESC 2024: anticoagulation should be considered", ONE, ONE),
        Stratum("2 or more", "ESC 2024: anticoagulation is recommended", TWO, Decimal(8)),
    ),
)


def cha2ds2_vasc(inputs: Inputs) -> ScoreResult:
    """CHA2DS2-VASc, 0 to 9; a range over whatever is unknown."""
    return add_up(VASC, VASC_ITEMS, inputs)


def cha2ds2_va(inputs: Inputs) -> ScoreResult:
    """CHA2DS2-VA, 0 to 8; a range over whatever is unknown."""
    return add_up(VA, VA_ITEMS, inputs)
