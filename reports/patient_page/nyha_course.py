"""The NYHA classes over time, from the symptom logs: a course in steps, without a slope.

No measurement error of the NYHA class is known, so nothing is called within it.
"""

from __future__ import annotations

from collections.abc import Sequence

from patients.days import spoken
from patients.models import SymptomLog
from reports.charts import ChartPoint
from reports.patient_page.case import PageCase
from reports.patient_page.course_chart import age_text
from reports.patient_page.course_words import CourseWords

NYHA_CLASSES = ("I", "II", "III", "IV")
FREE = 1  # the class without limitation


def nyha_points(case: PageCase) -> list[ChartPoint]:
    """The class of each log that states one, oldest first; a range keeps both its ends."""
    logs = [log for log in reversed(case.record.symptom_logs) if log.nyha_low is not None]
    newest = logs[-1] if logs else None
    return [_point(log, stale=_why_stale(case, log) if log is newest else "") for log in logs]


def _point(log: SymptomLog, *, stale: str) -> ChartPoint:
    low = log.nyha_low or FREE
    high = log.nyha_high or low
    words = NYHA_CLASSES[low - 1]
    words = words if low == high else f"{words}\u2013{NYHA_CLASSES[high - 1]}"
    return ChartPoint(
        log.recorded_on, low=low, high=high, words=words, stale=bool(stale), note=stale
    )


def _why_stale(case: PageCase, log: SymptomLog) -> str:
    """Only freedom from symptoms ages: symptoms stay until somebody asks again."""
    if log.nyha_low != FREE or case.record.has_died:
        return ""
    fact = case.picture.facts.get("nyha_class")
    if fact is None or fact.on != log.recorded_on or not fact.too_old_to_reassure:
        return ""
    if fact.reason.startswith("before"):
        return f"{fact.reason}: no longer reassures"
    return f"{age_text((case.on - log.recorded_on).days)} old: too old to reassure"


def nyha_words(case: PageCase, points: Sequence[ChartPoint]) -> CourseWords:
    """Whether the class rose since the log before, and how old the newest is."""
    last = points[-1]
    lines = (f"Last log: {last.note}.",) if last.note else ()
    said = f"{last.text} on {spoken(last.on)}"
    if len(points) == 1:
        return CourseWords("unknown", f"One log only: class {said}.", lines)
    before = next((point for point in reversed(points[:-1]) if point.text != last.text), None)
    if before is None:
        asked = f"the same in {len(points)} logs"
        state = "quiet" if last.text == "I" and not last.stale else "attention"
        return CourseWords(state, f"Class {said}, {asked} since {spoken(points[0].on)}.", lines)
    (low, high), (was_low, was_high) = _ends(last), _ends(before)
    if high > was_high or (high == was_high and low > was_low):
        verdict, state = "Rose", "attention"
    else:
        verdict, state = "Fell", "good" if high == FREE else "attention"
    since = next(point for point in points[points.index(before) + 1 :] if point.text == last.text)
    return CourseWords(
        state,
        f"{verdict} from class {before.text} ({spoken(before.on)}) to {last.text}"
        f" ({spoken(since.on)}).",
        lines,
    )


def _ends(point: ChartPoint) -> tuple[int, int]:
    return int(point.low or 0), int(point.high or 0)
