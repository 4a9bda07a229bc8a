"""The course of twelve measures of one patient with sixty studies each."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from benchmarks.figures import Part, best_of, milliseconds, times
from benchmarks.sizes import Size
from guidelines.progression import Limit, Progression, progression_of
from guidelines.progressive import MEASURED, is_progressive
from guidelines.series import MEASURES, Point, Series

ABOUT = (
    "One patient with every measure that is followed, 60 studies each and one limit each. The "
    "baseline is a fixed loop of plain Python (100,000 additions)."
)
STUDIES = 60
ADDITIONS = 100_000
ON = date(2026, 1, 1)


def run(size: Size) -> Part:
    """Measure the course of all measures, and the rule of three studies."""
    chance = Random(1)
    series = [_series(name, chance) for name in MEASURES]
    part = Part("Progression", ABOUT)
    repeats = size.repeats * 5
    loop = best_of(repeats, _loop)
    courses = best_of(repeats, lambda: [_course(each) for each in series])
    value = f"{milliseconds(courses)}"
    part.add("progression_of: twelve measures", value, ratio=times(courses / loop))
    threes = [each for each in series if each.measure in MEASURED]
    rule = best_of(repeats, lambda: [is_progressive(each, on=ON) for each in threes])
    part.add("is_progressive: three measures", milliseconds(rule), ratio=times(rule / loop))
    part.remark(f"The loop takes {milliseconds(loop)}.")
    return part


def _course(series: Series) -> Progression:
    return progression_of(series, on=ON, limits=[Limit(Decimal(50), "a limit")])


def _series(measure: str, chance: Random) -> Series:
    low, high = (-22.0, -14.0) if measure == "gls_percent" else (40.0, 60.0)
    return Series(
        measure,
        tuple(
            Point(
                date(2010, 1, 1) + timedelta(days=90 * number + chance.randrange(30)),
                Decimal(f"{chance.uniform(low, high):.1f}"),
                f"echo:{number}",
                method="biplane",
                laboratory="North",
            )
            for number in range(STUDIES)
        ),
    )


def _loop() -> int:
    total = 0
    for number in range(ADDITIONS):
        total += number
    return total
