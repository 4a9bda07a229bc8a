"""What was measured, in everyday words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from followup.letters.case import LetterCase, listed
from followup.letters.measured import Measured, measured, value_of
from guidelines.change import Change, Direction
from guidelines.series import Measure, Point
from patients.days import spoken


@dataclass(frozen=True, slots=True)
class Plainly:
    """A measure in everyday words: what it is, and how it is said to have changed."""

    name: str
    meaning: str
    worse: str
    better: str


PLAINLY: Mapping[str, Plainly] = {
    "lvef_percent": Plainly(
        "Pumping strength",
        "the share of its blood that the main chamber pumps out with each beat",
        "the heart now pumps out a smaller share",
        "the heart now pumps out a larger share",
    ),
    "lvesd_mm": Plainly(
        "Width of the main chamber after a beat",
        "in millimeters",
        "the chamber has become wider",
        "the chamber has become narrower",
    ),
    "eroa_mm2": Plainly(
        "Size of the gap that leaks",
        "in square millimeters",
        "the gap has become larger",
        "the gap has become smaller",
    ),
    "regurgitant_volume_ml": Plainly(
        "Blood that flows back with each beat",
        "in milliliters; a teaspoon holds 5",
        "more blood flows back",
        "less blood flows back",
    ),
    "la_volume_index_ml_m2": Plainly(
        "Size of the upper left chamber",
        "in milliliters, for each square meter of body surface",
        "the chamber has become larger",
        "the chamber has become smaller",
    ),
    "spap_mmhg": Plainly(
        "Pressure in the lung vessels",
        "estimated by ultrasound, in mmHg, the unit of blood pressure",
        "the pressure has risen",
        "the pressure has fallen",
    ),
    "nt_probnp_pg_ml": Plainly(
        "Blood test called NT-proBNP",
        "it rises when the heart is under strain",
        "the value has risen",
        "the value has fallen",
    ),
    "bnp_pg_ml": Plainly(
        "Blood test called BNP",
        "it rises when the heart is under strain",
        "the value has risen",
        "the value has fallen",
    ),
    "six_minute_walk_m": Plainly(
        "Walk of six minutes",
        "how many meters you walked",
        "you walked less far",
        "you walked farther",
    ),
}
ALWAYS_ASKED = ("lvef_percent", "lvesd_mm")


OF_THE_LEAK = frozenset({"eroa_mm2", "regurgitant_volume_ml"})


def _told(case: LetterCase) -> Iterator[Measured]:
    """The key measurements; the size of a leak only of the valve as it is now."""
    treated = case.treated_on
    for each in measured(case.whole.courses):
        is_of_now = treated is None or each.newest.on >= treated
        if is_of_now or each.measure.name not in OF_THE_LEAK:
            yield each


def _number(point: Point, measure: Measure) -> str:
    """A value with its unit; a range as people say it, in whole numbers."""
    low, high = point.interval.low, point.interval.high
    if point.interval.is_point or low is None or high is None:
        return value_of(point, measure)
    return f"between {round(low)} and {round(high)} {measure.unit}"


def on_error(case: LetterCase) -> Iterator[str]:
    """That numbers of two studies may differ without a change."""
    if any(each.is_compared for each in _told(case)):
        yield "No test gives exactly the same number twice."
        yield "So a small difference may be chance."
        yield "We then say that it is smaller than the test can tell."


def measured_lines(case: LetterCase) -> Iterator[str]:
    """Each measurement with its meaning and its change."""
    for each in _told(case):
        words = PLAINLY[each.measure.name]
        value = f"{_number(each.newest, each.measure)} on {spoken(each.newest.on)}"
        yield f"{words.name} ({words.meaning}): {value}. {_difference(each, words)}"


def _difference(each: Measured, words: Plainly) -> str:
    if each.why_apart:
        return "This number cannot be compared directly with your other ones."
    if each.latest is None:
        return "There is no earlier number to compare it with."
    before = f"Before that, it was {_value_then(each.latest, each)}."
    if each.changed is None:
        if each.latest.is_real is None:
            return f"{before} Whether it has changed cannot be told."
        return f"{before} The difference is smaller than the test can tell."
    if each.changed is each.latest:
        return f"{before} That is a real change: {_way(each, each.latest, words)}."
    lately = {
        True: f"That is a real change: {_way(each, each.latest, words)}.",
        False: "That difference is smaller than the test can tell.",
        None: "Whether it has changed since then cannot be told.",
    }[each.latest.is_real]
    first = f"But it was {_value_then(each.changed, each)}: since then"
    return f"{before} {lately} {first} {_way(each, each.changed, words)}."


def _value_then(change: Change, each: Measured) -> str:
    return f"{_number(change.earlier, each.measure)} on {spoken(change.earlier.on)}"


def _way(each: Measured, change: Change, words: Plainly) -> str:
    way = change.direction if change.direction is not Direction.NONE else each.course.direction
    return words.worse if way is Direction.WORSE else words.better


def unmeasured_lines(case: LetterCase) -> Iterator[str]:
    """What is always asked and was not measured."""
    told = {each.measure.name for each in measured(case.whole.courses)}
    asked = [PLAINLY[name].name.lower() for name in ALWAYS_ASKED if name not in told]
    if asked:
        yield f"Not in our record yet: {listed(asked)}."
