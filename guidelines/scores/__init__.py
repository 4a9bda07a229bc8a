"""Risk scores and formulas, each from its published points, each with its inputs and its limits.

STS PROM, KCCQ and MLHFQ are not here: they are stored as obtained elsewhere and never computed.
"""

from guidelines.scores import (
    cha2ds2,
    coapt,
    euroscore1,
    euroscore2,
    has_bled,
    mida,
    mitrascore,
    renal,
    six_minute_walk,
    ttr,
)
from guidelines.scores.score import (
    InputDefinition,
    ItemPoints,
    ScoreDefinition,
    ScoreResult,
    Stratum,
    UsedInput,
)

SCORES: tuple[ScoreDefinition, ...] = (
    euroscore2.DEFINITION,
    euroscore1.DEFINITION,
    mida.DEFINITION,
    mitrascore.DEFINITION,
    coapt.DEFINITION,
    cha2ds2.VASC,
    cha2ds2.VA,
    has_bled.DEFINITION,
    renal.CLEARANCE,
    renal.EGFR,
    ttr.DEFINITION,
    six_minute_walk.EXPECTED,
    six_minute_walk.LOWER_LIMIT,
)
"""Every score, in the order in which a rules page lists them."""


def score_of(score_id: str) -> ScoreDefinition:
    """The score of this id; raises ``LookupError`` when there is none."""
    for score in SCORES:
        if score.id == score_id:
            return score
    raise LookupError(f"no such score: {score_id!r}")


__all__ = [
    "SCORES",
    "InputDefinition",
    "ItemPoints",
    "ScoreDefinition",
    "ScoreResult",
    "Stratum",
    "UsedInput",
    "score_of",
]
