"""The newest measurements, compared with those before."""

from __future__ import annotations

from collections.abc import Iterator

from followup.letters.case import LetterCase, listed, sentence
from followup.letters.measured import KEY_MEASURES, Measured, chance_of, measured, value_of
from guidelines.change import Direction
from guidelines.series import MEASURES
from guidelines.vocabulary import LvefMethod
from patients.days import spoken


def on_brackets(case: LetterCase) -> Iterator[str]:
    """What stands at the end of each line."""
    if any(each.is_compared for each in measured(case.whole.courses)):
        yield "At the end of each line: by how much two studies differ by chance alone."


def measured_lines(case: LetterCase) -> Iterator[str]:
    """The newest value of each measure, compared with the one before."""
    for each in measured(case.whole.courses):
        yield sentence(f"{_newest(each)}{_compared(each)}")


def _newest(each: Measured) -> str:
    point = each.newest
    method = ""
    if each.measure.name == "lvef_percent" and point.knows_method:
        method = f", {LvefMethod(point.method).label.lower()}"
    return f"{each.measure.label} {value_of(point, each.measure)} ({spoken(point.on)}{method})"


def _compared(each: Measured) -> str:
    measure, latest, changed = each.measure, each.latest, each.changed
    if each.why_apart:
        why = each.why_apart
        taken = "taken " if why.startswith("on or before") else ""
        return f"; not compared with other studies: {taken}{why}"
    if latest is None:
        return "; no earlier study to compare with"
    said = f". Before: {value_of(latest.earlier, measure)} ({spoken(latest.earlier.on)})"
    word = "worse" if each.course.direction is Direction.WORSE else "better"
    if changed is latest:
        said += f", changed for real, {word}"
    else:
        said += {
            True: ", changed for real",
            False: ", within measurement error",
            None: ", a range leaves open whether it changed",
        }[latest.is_real]
    if changed is not None and changed is not latest:
        first = changed.earlier
        said += (
            f". First: {value_of(first, measure)} ({spoken(first.on)}), changed for real, {word}"
        )
    return f"{said} ({chance_of(latest, measure)})"


def unmeasured_lines(case: LetterCase) -> Iterator[str]:
    """Key measures without a value."""
    told = {each.measure.name for each in measured(case.whole.courses)}
    asked = [name for name in KEY_MEASURES[:6] if name not in told]
    if asked:
        yield f"Not recorded: {listed(MEASURES[name].label for name in asked)}."
