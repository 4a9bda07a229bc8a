"""COAPT risk score (Shah 2022): secondary MR, death or HF admission in 2 years, -3 to 15.

LVEF bands are continuous: above 35 % nothing, 25 to 35 % one point, below 25 % two. Kidney stage
III is an eGFR of 30 to below 60, stage IV and worse below 30.
"""

from __future__ import annotations

from decimal import Decimal

from guidelines.numbers import Interval
from guidelines.scores.inputs import ATRIAL_FIBRILLATION, EGFR, LVEF, LVESD, NYHA, SPAP
from guidelines.scores.items import (
    NOTHING,
    Band,
    Banded,
    Inputs,
    Item,
    YesNo,
    add_up,
    at_or_above,
    strictly_above,
)
from guidelines.scores.score import InputDefinition, ScoreDefinition, ScoreResult
from guidelines.vocabulary import Verification

NYHA_LIMIT = Decimal(3)  # class, from it on
EGFR_STAGE_3, EGFR_STAGE_4 = Decimal(60), Decimal(30)  # mL/min/1.73 m2, below each
RVSP_LIMIT = Decimal(45)  # mmHg, above it
LVESD_LIMIT = Decimal(55)  # mm, above it
TR_LIMIT = Decimal(2)  # grade, from it on
LVEF_MODERATE, LVEF_LOW = Decimal(35), Decimal(25)  # %

ITEMS: tuple[Item, ...] = (
    Banded("NYHA class", "nyha_class", at_or_above(NYHA_LIMIT, Decimal(1))),
    YesNo("chronic obstructive lung disease", "copd", Decimal(1)),
    YesNo("atrial fibrillation", "atrial_fibrillation", Decimal(1)),
    Banded(
        "kidney function",
        "egfr_ml_min_173",
        (
            Band(Interval(None, EGFR_STAGE_4, high_open=True), Decimal(3)),
            Band(Interval(EGFR_STAGE_4, EGFR_STAGE_3, high_open=True), Decimal(1)),
            Band(Interval(EGFR_STAGE_3, None), NOTHING),
        ),
    ),
    Banded("pulmonary pressure", "spap_mmhg", strictly_above(RVSP_LIMIT, Decimal(3))),
    Banded("LVESD", "lvesd_mm", strictly_above(LVESD_LIMIT, Decimal(2))),
    Banded("tricuspid regurgitation", "tr_grade", at_or_above(TR_LIMIT, Decimal(2))),
    Banded(
        "LVEF",
        "lvef_percent",
        (
            Band(Interval(None, LVEF_LOW, high_open=True), Decimal(2)),
            Band(Interval(LVEF_LOW, LVEF_MODERATE), Decimal(1)),
            Band(Interval(LVEF_MODERATE, None, low_open=True), NOTHING),
        ),
    ),
    YesNo("edge-to-edge repair with drugs", "teer_with_gdmt", Decimal(-3)),
)

DEFINITION = ScoreDefinition(
    id="coapt",
    title="COAPT risk score",
    unit="",
    population="Secondary mitral regurgitation in heart failure.",
    citation="Shah 2022, JACC Cardiovasc Interv",
    rows=("scores 4",),
    verification=Verification.SECONDARY_SOURCE,
    inputs=(
        NYHA,
        InputDefinition("copd", "chronic obstructive lung disease", "Known."),
        ATRIAL_FIBRILLATION,
        EGFR,
        SPAP,
        LVESD,
        InputDefinition(
            "tr_grade", "tricuspid regurgitation", "0 none, 1 mild, 2 moderate, 3 and 4 severe."
        ),
        LVEF,
        InputDefinition(
            "teer_with_gdmt",
            "edge-to-edge repair",
            "Treated by edge-to-edge repair and drugs, not by drugs alone.",
        ),
    ),
    caveats=(
        "Poor discrimination outside the trial (c 0.74 where made, at most 0.61 in other cohorts).",
        "No risk by score is published here; in the trial 44.0 % with repair and 64.4 % with drugs "
        "alone died or were admitted within 2 years.",
    ),
)


def coapt(inputs: Inputs) -> ScoreResult:
    """COAPT risk score, -3 to 15; a range over whatever is unknown."""
    return add_up(DEFINITION, ITEMS, inputs)
