"""Six-minute walk: the distance expected of a healthy person (Enright and Sherrill 1998)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from guidelines.numbers import Number, compare, plain
from guidelines.scores.formula import by_formula
from guidelines.scores.inputs import AGE, HEIGHT, SEX, WEIGHT
from guidelines.scores.items import Inputs
from guidelines.scores.score import InputDefinition, ScoreDefinition, ScoreResult, interval_of
from guidelines.vocabulary import Sex, Verification

# Meters; below the expected distance by this much is below the lower limit of normal.
LOWER_LIMIT_BELOW: Mapping[Sex, Decimal] = {Sex.MALE: Decimal(153), Sex.FEMALE: Decimal(139)}
IMPORTANT_CHANGE_M = Decimal(30)

EXPECTED = ScoreDefinition(
    id="six-minute-walk",
    title="Six-minute walk, expected distance",
    unit="m",
    population="Adults who can walk.",
    citation="Enright and Sherrill 1998",
    rows=("scores 10",),
    verification=Verification.SECONDARY_SOURCE,
    inputs=(
        AGE,
        SEX,
        HEIGHT,
        WEIGHT,
        InputDefinition("six_minute_walk_m", "distance walked", "In six minutes.", "m"),
    ),
    caveats=("A change of about 30 m matters.",),
)
LOWER_LIMIT = replace(
    EXPECTED,
    id="six-minute-walk-lower-limit",
    title="Six-minute walk, lower limit of normal",
    verification=Verification.FROM_KNOWLEDGE,
)
_NAMES = ("age_years", "height_cm", "weight_kg")


def _expected(sex: Sex, age: Number, height_cm: Number, weight_kg: Number) -> Number:
    years, height, weight = Decimal(age), Decimal(height_cm), Decimal(weight_kg)
    if sex is Sex.MALE:
        return Decimal("7.57") * height - Decimal("5.02") * years - Decimal("1.76") * weight - 309
    return Decimal("2.11") * height - Decimal("2.29") * weight - Decimal("5.78") * years + 667


def _lower_limit(sex: Sex, age: Number, height_cm: Number, weight_kg: Number) -> Number:
    return Decimal(_expected(sex, age, height_cm, weight_kg)) - LOWER_LIMIT_BELOW[sex]


def lower_limit_of_walk(inputs: Inputs) -> ScoreResult:
    """The lower limit of normal in meters; both sexes where sex is not known."""
    return by_formula(LOWER_LIMIT, _lower_limit, _NAMES, inputs)


def six_minute_walk(inputs: Inputs) -> ScoreResult:
    """The expected distance in meters, with the lower limit and, where the patient walked, whether
    that is below it (yes, no, or open where sex is not known).
    """
    result = by_formula(EXPECTED, _expected, _NAMES, inputs)
    limit = lower_limit_of_walk(inputs)
    if result.lowest is None or result.highest is None:
        return result
    parameters = {"lower limit of normal": limit.text}
    walked = interval_of(inputs, "six_minute_walk_m")
    if walked is not None and walked.is_point and walked.low is not None:
        parameters |= _walked(walked.low, result, limit)
    return replace(result, parameters=parameters)


def _walked(walked: Number, expected: ScoreResult, limit: ScoreResult) -> dict[str, str]:
    limits = (limit.lowest, limit.highest)
    is_below = [compare(walked, end) < 0 for end in limits if end is not None]
    said = {"walked": f"{plain(walked)} m", "below the lower limit": _answer(is_below)}
    if expected.value is not None and compare(expected.value, Decimal(0)) > 0:
        share = 100 * Decimal(walked) / Decimal(expected.value)
        said["share of the expected distance"] = f"{plain(float(share))} %"
    return said


def _answer(answers: list[bool]) -> str:
    if all(answers):
        return "yes"
    return "depends on sex" if any(answers) else "no"
