"""MIDA score (Grigioni 2018): degenerative MR, 0 to 12 points (NH-11).

Whether pulmonary pressure counts above 50 mmHg or from it on, and age from 65 on or above it, is
not settled in the sources; both are named constants here: above 50, from 65 on.
"""

from __future__ import annotations

from decimal import Decimal

from guidelines.scores.inputs import AGE, ATRIAL_FIBRILLATION, LVEF, LVESD
from guidelines.scores.items import (
    Banded,
    Inputs,
    Item,
    YesNo,
    add_up,
    at_or_above,
    at_or_below,
    strictly_above,
)
from guidelines.scores.score import InputDefinition, ScoreDefinition, ScoreResult, Stratum
from guidelines.vocabulary import Verification

AGE_LIMIT = Decimal(65)  # years, from it on; NH-11
RVSP_LIMIT = Decimal(50)  # mmHg, above it; NH-11
LA_DIAMETER_LIMIT = Decimal(55)  # mm, from it on; NH-11
LVESD_LIMIT = Decimal(40)  # mm, from it on; NH-11
LVEF_LIMIT = Decimal(60)  # %, up to it; NH-11

ITEMS: tuple[Item, ...] = (
    Banded("age", "age_years", at_or_above(AGE_LIMIT, Decimal(3))),
    YesNo("symptoms", "symptoms", Decimal(3)),
    Banded("pulmonary pressure", "spap_mmhg", strictly_above(RVSP_LIMIT, Decimal(2))),
    YesNo("atrial fibrillation", "atrial_fibrillation", Decimal(1)),
    Banded("LA diameter", "la_diameter_mm", at_or_above(LA_DIAMETER_LIMIT, Decimal(1))),
    Banded("LVESD", "lvesd_mm", at_or_above(LVESD_LIMIT, Decimal(1))),
    Banded("LVEF", "lvef_percent", at_or_below(LVEF_LIMIT, Decimal(1))),
)

NOT_PUBLISHED = "not published here"


def _stratum(low: int, high: int, meaning: str = "") -> Stratum:
    label = f"{low}" if low == high else f"{low} to {high}"
    text = meaning or NOT_PUBLISHED
    return Stratum(label, text, Decimal(low), Decimal(high), is_published=bool(meaning))


DEFINITION = ScoreDefinition(
    id="mida",
    title="MIDA score",
    unit="",
    population="Degenerative mitral regurgitation with a flail leaflet.",
    citation="Grigioni 2018, Eur Heart J 39:1281-1291",
    rows=("scores 2", "NH-11"),
    verification=Verification.FROM_KNOWLEDGE,
    inputs=(
        AGE,
        InputDefinition("symptoms", "symptoms", "NYHA class II or more."),
        InputDefinition(
            "spap_mmhg", "right ventricular systolic pressure", "At rest, by echo.", "mmHg"
        ),
        ATRIAL_FIBRILLATION,
        InputDefinition("la_diameter_mm", "LA diameter", "Antero-posterior, at rest.", "mm"),
        LVESD,
        LVEF,
    ),
    caveats=(
        "The points are from expert knowledge, the rates from the paper's abstract.",
        "Rates are of groups, not of one patient; between the printed groups nothing is estimated.",
    ),
    strata=(
        _stratum(
            0,
            0,
            "death within 1 year 0.4 % with medical treatment, 1 % with surgery; alive after "
            "5 years 98 ± 1 % and 99 ± 1 %",
        ),
        _stratum(1, 2),
        _stratum(3, 4),
        _stratum(5, 6),
        _stratum(
            7,
            8,
            "death within 1 year 17 % with medical treatment, 7 % with surgery; alive after "
            "5 years 57 ± 4 % and 82 ± 2 %",
        ),
        _stratum(9, 10),
        _stratum(
            11,
            12,
            "death within 1 year 48 % with medical treatment, 14 % with surgery; alive after "
            "5 years 21 ± 10 % and 57 %",
        ),
    ),
)


def mida(inputs: Inputs) -> ScoreResult:
    """MIDA score, 0 to 12; a range over whatever is unknown."""
    return add_up(DEFINITION, ITEMS, inputs)
