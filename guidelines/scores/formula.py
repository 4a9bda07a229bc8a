"""Scores that are one formula of sex and a few numbers, monotone in each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import product

from guidelines.numbers import Interval, Number, compare
from guidelines.scores.items import Inputs
from guidelines.scores.score import (
    ScoreDefinition,
    ScoreResult,
    interval_of,
    not_computed,
    strata_of,
    used_inputs,
    value_of,
)
from guidelines.vocabulary import Sex

YOUNGEST = Decimal(18)  # years; the formulas were made for adults

Formula = Callable[..., Number]
"""Called with the sex and one number for each name."""


def sexes_of(inputs: Inputs) -> tuple[Sex, ...]:
    """The sexes that a formula is to be tried for: both when unknown or neither."""
    sex = value_of(inputs, "sex")
    return (sex,) if sex in (Sex.FEMALE, Sex.MALE) else (Sex.FEMALE, Sex.MALE)  # type: ignore[return-value]


def by_formula(
    definition: ScoreDefinition, formula: Formula, names: Sequence[str], inputs: Inputs
) -> ScoreResult:
    """The formula for every sex and every end of the numbers that are possible.

    A number that is unknown, or has no lower or upper end, is not replaced by a guess: the score
    is then not computed and says what is missing. Raises ``LookupError`` for a misspelt input.
    """
    definition.require_known(inputs)
    ends = {name: _ends(interval_of(inputs, name)) for name in names}
    missing = tuple(name for name, found in ends.items() if not found)
    age = interval_of(inputs, "age_years")
    if age is not None and age.is_below(YOUNGEST):
        return not_computed(definition, inputs, "made for adults")
    if missing:
        said = ", ".join(each.label for each in definition.inputs if each.name in missing)
        return not_computed(definition, inputs, f"{said} not known", missing)
    sexes = sexes_of(inputs)
    values = [formula(sex, *each) for sex in sexes for each in product(*ends.values())]
    lowest, highest = min(values), max(values)
    vague = [name for name, found in ends.items() if len(found) > 1]
    open_ = [*(["sex"] if len(sexes) > 1 else []), *vague]
    return ScoreResult(
        definition,
        lowest,
        highest,
        used_inputs(definition, inputs),
        missing=tuple(open_) if compare(lowest, highest) != 0 else (),
        strata=strata_of(definition, lowest, highest),
    )


def _ends(value: Interval | None) -> tuple[Number, ...]:
    """Both ends, one for an exact number, none where an end is missing or is not above 0."""
    if value is None or value.low is None or value.high is None or value.low <= 0:
        return ()
    return (value.low,) if value.is_point else (value.low, value.high)
