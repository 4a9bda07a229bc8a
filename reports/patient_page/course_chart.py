"""One course as a chart: points with their marks, the trend, the limits, what is expected next."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from guidelines.change import scaled, years_of
from guidelines.course_limits import course_limits
from guidelines.definitions import Worse
from guidelines.editions import GateState
from guidelines.numbers import Interval
from guidelines.outlook import DATE_FROM, Limit, Outlook
from guidelines.progression import Progression
from guidelines.rule import Edition
from guidelines.series import NOT_STATED, Measure, Point
from guidelines.vocabulary import LvefMethod, Mechanism, RegurgitationMethod
from patients.models import EchoStudy
from reports.charts import BandPart, ChartPoint, Threshold
from reports.charts.numbers import number_text
from reports.patient_page.case import PageCase

REACH_95 = 1.96  # of a normal distribution: 95 of 100 measurements lie within so many SEM
BAND_PARTS = 5  # the band is curved: so many days of it are drawn
YEAR = timedelta(days=365)
# Days after which a value without a fact of its own is too old to reassure, by its ageing limit.
AGES_AS = {"regurgitant_volume_ml": "grade", "eroa_mm2": "grade", "lvesd_index_mm_m2": "lvesd_mm"}
SECONDARY = {Mechanism.SECONDARY_VENTRICULAR.value, Mechanism.SECONDARY_ATRIAL.value}
METHODS: Mapping[str, str] = {
    **{str(each.value): each.label for each in RegurgitationMethod},
    **{str(each.value): each.label for each in LvefMethod},
    **{str(value): str(label) for value, label in EchoStudy.LinearMethod.choices},
    "echo": "echo",
    "catheter": "right heart catheter",
}


@dataclass(frozen=True, slots=True)
class DrawnLimit:
    """A limit of the rules in force with what the course says of it.

    ``label`` is its sign, value and unit, ``whose`` the editions that have it where others that
    are shown have not.
    """

    limit: Limit
    outlook: Outlook
    label: str
    whose: str
    whose_short: str
    threshold: Threshold


# Which limits may be shown -----------------------------------------------------------------------


def limits_apply(case: PageCase) -> bool:
    """Whether the rules whose limits the charts draw may speak: primary MR of a native valve.

    Where that is not known, no limit is drawn: a red 58 % would speak of what nobody measured.
    """
    stated = (row.mechanism for row in case.record.diagnoses if row.mechanism != "unknown")
    mechanism = next(stated, "")
    may_speak = all(verdict.gate is GateState.OPEN for verdict in case.assessment.editions)
    return may_speak and mechanism not in SECONDARY


def drawn_limits(case: PageCase, course: Progression, *, apply: bool) -> tuple[DrawnLimit, ...]:
    """The limits of a course with whose they are; none where they do not apply."""
    shown = [verdict.edition for verdict in case.assessment.editions]
    shown = [edition for edition in shown if edition not in case.hidden]
    if not (apply and shown):
        return ()
    return tuple(_drawn(course.measure, outlook, shown) for outlook in course.outlooks)


def _drawn(measure: Measure, outlook: Outlook, shown: Sequence[Edition]) -> DrawnLimit:
    limit, up = outlook.limit, measure.worse is Worse.HIGHER
    sign = (">" if up else "<") if limit.strict else ("≥" if up else "≤")
    direction = ("above" if up else "below") if limit.strict else ("at_least" if up else "at_most")
    value = number_text(limit.value)
    owners = [edition for edition in shown if limit.label in _labels(edition, measure)]
    is_grade = limit.label.startswith("severe")
    whose, short = "", ""
    if is_grade:
        whose = short = "severe MR"
    elif len(owners) < len(shown):
        whose = " and ".join(edition.title for edition in owners)
        short = ", ".join(dict.fromkeys(edition.title.rpartition(" ")[0] for edition in owners))
    return DrawnLimit(
        limit,
        outlook,
        f"{sign} {value} {measure.unit}",
        whose,
        short,
        Threshold(limit.value, direction, f"{sign} {value}", short),  # type: ignore[arg-type]
    )


def _labels(edition: Edition, measure: Measure) -> set[str]:
    return {limit.label for limit in course_limits((edition,)).get(measure.name, ())}


# Points ------------------------------------------------------------------------------------------


def chart_points(case: PageCase, course: Progression) -> list[ChartPoint]:
    """Every measurement of the course, used or not, oldest first."""
    measure, used = course.measure, course.used
    noises = case.rules.noise.of_points(measure, used, used[-1]) if used else []
    stale = why_stale(case, course)
    points = [
        _chart_point(
            point,
            error=_error_of(measure, point, noise.sem),
            stale=bool(stale) and point is used[-1],
            note=stale if point is used[-1] else point.remark,
        )
        for point, noise in zip(used, noises, strict=True)
    ]
    for left in course.left_out:
        point, why = left.point, left.why
        why = "" if why.startswith("draft") else why
        comparable = left.is_earlier or not point.is_final
        points.append(_chart_point(point, earlier=left.is_earlier, comparable=comparable, note=why))
    return sorted(points, key=lambda point: point.on)


def _chart_point(
    point: Point,
    *,
    note: str = "",
    comparable: bool = True,
    earlier: bool = False,
    stale: bool = False,
    error: tuple[float, float] | None = None,
) -> ChartPoint:
    value: Interval = point.interval
    return ChartPoint(
        point.on,
        low=value.low,
        high=value.high,
        low_open=value.low_open,
        high_open=value.high_open,
        final=point.is_final,
        comparable=comparable,
        earlier=earlier,
        stale=stale,
        method="" if point.method in NOT_STATED else METHODS.get(point.method, point.method),
        note=note,
        error=error,
    )


def _error_of(measure: Measure, point: Point, sem: float) -> tuple[float, float] | None:
    """Where 95 of 100 measurements of that heart would lie; a range has its own width instead."""
    if not point.interval.is_point:
        return None
    low, high = (
        point.middle * math.exp(side * sem) if measure.is_relative else point.middle + side * sem
        for side in (-REACH_95, REACH_95)
    )
    least, most = measure.possible
    low = low if least is None else max(low, float(least))
    return low, high if most is None else min(high, float(most))


def why_stale(case: PageCase, course: Progression) -> str:
    """Why the newest value that is used no longer reassures, in words; "" when it still does.

    The fact of the rules decides where there is one of that study (it knows of events, too), else
    the limit of its kind of value. Of a patient who died nothing is renewed.
    """
    if not course.used or case.record.has_died:
        return ""
    last, name = course.used[-1], course.measure.name
    fact = case.picture.facts.get(name)
    age = (case.on - last.on).days
    words = f"{age_text(age)} old: too old to reassure"
    if fact is not None and fact.on == last.on and fact.value is not None:
        if not fact.too_old_to_reassure:
            return ""
        return f"{fact.reason}: no longer reassures" if fact.reason.startswith("before") else words
    days = case.rules.limits.get(AGES_AS.get(name, name))
    return words if days is not None and age > days else ""


def age_text(days: int) -> str:
    """An age in days, months or years, never rounded up."""
    if days < 60:
        return f"{days} days"
    return f"{days * 12 // 365} months" if days < 730 else f"{days // 365} years"


# Trend and band ----------------------------------------------------------------------------------


def has_course(course: Progression) -> bool:
    """Whether enough studies have a number for a line and for what comes next."""
    return sum(point.is_bounded for point in course.used) >= DATE_FROM


def trend_line(course: Progression) -> list[tuple[date, float]]:
    """The robust line through the studies that are compared, by its two ends."""
    measure, slope = course.measure, course.slope
    known = [point for point in course.used if point.is_bounded]
    if slope is None or not has_course(course):
        return []
    by_year = math.log1p(slope.value / 100) if measure.is_relative else slope.value
    at = statistics.median(scaled(measure, p.middle) - by_year * years_of(p) for p in known)
    values = [at + by_year * years_of(point) for point in (known[0], known[-1])]
    if measure.is_relative:
        values = [math.exp(value) for value in values]
    return [(known[0].on, values[0]), (known[-1].on, values[-1])]


def band_until(course: Progression, horizon: date) -> list[BandPart]:
    """Where studies from the last one to the horizon are expected."""
    if course.estimated is None or not has_course(course):
        return []
    first = course.estimated.on
    days = max((horizon - first).days, 1)
    parts = []
    for index in range(BAND_PARTS):
        band = course.band_at(first + timedelta(days=days * index // (BAND_PARTS - 1)))
        if band is not None:
            parts.append(BandPart(band.on, band.low, band.middle, band.high))
    return parts
