"""What the two EuroSCOREs share: a logistic model over items, for adults.

``p = exp(y) / (1 + exp(y))``, ``y`` the constant and the sum of all items. Age counts 1 up to some
year and one more for each year after.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from guidelines.numbers import Interval, Number
from guidelines.scores.items import (
    NOTHING,
    Inputs,
    Item,
    Span,
    Spanned,
    all_missing,
    points_of,
    total,
)
from guidelines.scores.score import (
    ScoreDefinition,
    ScoreResult,
    interval_of,
    not_computed,
    strata_of,
    used_inputs,
)

YOUNGEST, OLDEST = Decimal(18), Decimal(110)  # years; the ages that calculators accept


def age_item(per_year: Decimal, counts_one_to: Decimal) -> Item:
    """Age: ``per_year`` up to the given year, and again for each year after."""

    def points(years: Number) -> Decimal:
        return per_year * (1 + max(Decimal(years) - counts_one_to, NOTHING))

    def span(inputs: Inputs) -> Span:
        years = interval_of(inputs, "age_years") or Interval(None, None)
        low = YOUNGEST if years.low is None else years.low
        return points(low), points(OLDEST if years.high is None else years.high)

    return Spanned("age", ("age_years",), span)


def probability_percent(linear_predictor: Decimal) -> float:
    """100 exp(y) / (1 + exp(y))."""
    return 100 / (1 + math.exp(-float(linear_predictor)))


def logistic(
    definition: ScoreDefinition,
    constant: Decimal,
    items: Sequence[Item],
    inputs: Inputs,
    *,
    extrapolated_above: Decimal | None = None,
) -> ScoreResult:
    """The model in percent; a range over whatever is unknown.

    Not computed for a known age below 18 or above 110. Raises ``LookupError`` for a misspelt
    input.
    """
    definition.require_known(inputs)
    age = interval_of(inputs, "age_years")
    refusal = _age_refusal(age)
    if refusal:
        return not_computed(definition, inputs, refusal)
    points = points_of(items, inputs)
    low, high = total(points)
    lowest, highest = probability_percent(constant + low), probability_percent(constant + high)
    return ScoreResult(
        definition,
        lowest,
        highest,
        used_inputs(definition, inputs),
        missing=all_missing(items, inputs),
        items=points,
        strata=strata_of(definition, lowest, highest),
        flags=_flags(age, extrapolated_above),
    )


def _age_refusal(age: Interval | None) -> str:
    if age is None:
        return ""
    if age.is_below(YOUNGEST):
        return "made for adults"
    return "an age above 110 years" if age.is_above(OLDEST) else ""


def _flags(age: Interval | None, above: Decimal | None) -> tuple[str, ...]:
    if age is None or above is None or age.is_at_most(above):
        return ()
    return (f"extrapolated: few patients of the development were older than {above} years",)
