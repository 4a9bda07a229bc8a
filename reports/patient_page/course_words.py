"""What a course says, in words that a nurse understands.

A date on which a limit is expected is where the course leads, never a promise: the earliest day
stands first, and it may only bring a visit forward (safety H11). Measurement noise never takes a
limit back that a study has met.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from guidelines.change import Change, Direction
from guidelines.numbers import Number, compare
from guidelines.progression import CourseVerdict, Progression
from guidelines.series import LeftOut
from guidelines.trend import Slope
from patients.days import spoken
from reports.charts.numbers import MINUS, is_computed
from reports.charts.numbers import measured_text as number_of
from reports.patient_page.course_chart import DrawnLimit

DIRECTIONS = {Direction.WORSE: ", for the worse", Direction.BETTER: ", for the better"}
# Marks that must not stand beside an old value, or a limit that was met once.
CALM = ("quiet", "good")
NO_BREAK = "\u00a0"
CONFIRM = " Met within measurement error: it stands, confirm by a repeat."
STATES = {
    CourseVerdict.WITHIN_MEASUREMENT_ERROR: "quiet",
    CourseVerdict.TOO_FEW_STUDIES: "unknown",
}


@dataclass(frozen=True, slots=True)
class CourseWords:
    """The state of a course for its mark, its verdict, and further lines."""

    state: str
    verdict: str
    lines: tuple[str, ...]


def words_of(
    course: Progression, limits: Sequence[DrawnLimit], *, stale: str, has_died: bool
) -> CourseWords:
    """The words under a chart."""
    lines = [limit_text(each, course, has_died=has_died) for each in limits]
    later = later_than_used(course)
    if later is not None:
        lines.append(f"{_later_text(course, later)}: not compared, {later.why}.")
    if len({signal.direction for signal in course.signals}) > 1:
        lines.append("Some studies point to better; the change for the worse is named.")
    if stale:
        lines.append(f"Last value: {stale}.")
    state = _state(course, limits)
    if state in CALM and (stale or any(met_before(each, course) for each in limits)):
        state = "attention"
    return CourseWords(state, _verdict(course), tuple(lines))


def later_than_used(course: Progression) -> LeftOut | None:
    """The newest final study that is not compared, where it is newer than all that are.

    What the course says is then not what was seen last.
    """
    last = course.used[-1].on if course.used else date.min
    finals = [each for each in course.left_out if each.point.is_final and not each.is_earlier]
    newest = finals[-1] if finals else None
    return newest if newest is not None and newest.point.on > last else None


def _later_text(course: Progression, later: LeftOut) -> str:
    value = _interval_text(later.point.interval.low, later.point.interval.high)
    return f"Newest value {value} {course.measure.unit} on {spoken(later.point.on)}"


def _state(course: Progression, limits: Sequence[DrawnLimit]) -> str:
    newest = later_than_used(course)
    for each in limits:
        seen = newest is not None and each.limit.is_beyond(
            newest.point.interval, course.measure.worse
        )
        if each.outlook.is_beyond or seen:
            return "beyond"
    if course.verdict is CourseVerdict.CHANGED_FOR_REAL:
        return "good" if course.direction is Direction.BETTER else "attention"
    return STATES[course.verdict]


# The verdict --------------------------------------------------------------------------------------


def _verdict(course: Progression) -> str:
    if course.verdict is CourseVerdict.TOO_FEW_STUDIES:
        if not course.used:
            return "Too few studies: none that can be compared."
        last = course.used[-1]
        value = f"{_interval_text(last.interval.low, last.interval.high)} {course.measure.unit}"
        return f"Too few studies: one that counts, {value} on {spoken(last.on)}."
    if course.verdict is CourseVerdict.WITHIN_MEASUREMENT_ERROR:
        return f"Within measurement error: {_pace(course)}."
    return f"Changed for real{DIRECTIONS.get(course.direction, '')}: {_reason(course)}."


def _pace(course: Progression) -> str:
    """The slope; of two studies their difference."""
    if course.slope is not None and len(course.used) > 2:
        return slope_text(course, course.slope)
    return "" if course.latest_change is None else change_text(course, course.latest_change)


def _reason(course: Progression) -> str:
    """The slope where it is the reason; else the difference that is, and the slope behind it."""
    slope = course.slope if len(course.used) > 2 else None
    if slope is not None and slope.excludes_zero:
        return slope_text(course, slope)
    changes = (course.latest_change, course.change_since_first)
    real = [change for change in changes if change is not None and change.is_real]
    named = [change for change in real if change.direction is course.direction] or real
    said = [change_text(course, change) for change in named[:1]]
    if slope is not None:
        said.append(slope_text(course, slope))
    return "; ".join(said)


def slope_text(course: Progression, slope: Slope, *, with_any_interval: bool = False) -> str:
    """ "+0.9 mm a year (0.6 to 1.2)"; the interval of a few studies says little and is left out."""
    ends = (slope.low, slope.high)
    decimals = _decimals(slope.value, *ends)
    unit = course.slope_unit.replace(" of the value", "").replace(" per year", " a year")
    if all(math.isfinite(end) for end in ends):
        between = f" ({_fixed(ends[0], decimals)} to {_fixed(ends[1], decimals)})"
    else:
        between = " (how sure cannot be told)"
    if not slope.is_informative:
        few = f", from {slope.studies} studies only: how sure cannot be told"
        between = f"{between if with_any_interval else ''}{few}"
    return f"{_signed(slope.value, decimals)} {unit}{between}"


def change_text(course: Progression, change: Change) -> str:
    """ "+6 mm since 12 Mar 2025; chance explains up to 3.6 mm"."""
    unit = "points" if course.measure.unit == "%" else course.measure.unit
    low, high = change.low, change.high
    if low is None or high is None:
        known = high if low is None else low
        sign = "at most" if low is None else "at least"
        amount = "open" if known is None else f"{sign} {_exact(known)}"
    elif compare(low, high) == 0:
        amount = _exact(low)
    else:
        amount = f"{_exact(low)} to {_exact(high)}"
    chance = _fixed(change.mdc95, _decimals(change.mdc95))
    return (
        f"{amount} {unit} since {spoken(change.earlier.on)}; chance explains up to {chance} {unit}"
    )


# The limits ---------------------------------------------------------------------------------------


def limit_text(each: DrawnLimit, course: Progression, *, has_died: bool) -> str:
    """Whether a limit is met, how surely, and from when it may be."""
    outlook = each.outlook
    name = f"{each.label} ({each.whose})" if each.whose else each.label
    chance = probability_text(outlook.by_latest)
    last = course.used[-1].on
    study = "the last study"
    if later_than_used(course) is not None:
        study = f"the last study that is compared ({spoken(last)})"
    if outlook.is_beyond:
        confirm = "" if has_died or not outlook.confirm else CONFIRM
        return (
            f"Limit {name}: {study} is beyond it; {chance} probability that the true value is."
            f"{confirm}"
        )
    met = met_before(each, course)
    said = f"met by the study of {spoken(met)}; " if met else ""
    perhaps = "a range on both sides; " if outlook.is_beyond is None else ""
    when = "" if has_died else _when(outlook.earliest_on, outlook.expected_on, course.on)
    return f"Limit {name}: {said}{perhaps}{chance} probability of being beyond it at {study}{when}."


def met_before(each: DrawnLimit, course: Progression) -> date | None:
    """When a study was beyond a limit that the last one is not; also one before the last event."""
    if each.outlook.is_beyond:
        return None
    worse = course.measure.worse
    earlier = [left.point for left in course.left_out if left.is_earlier]
    met = [p.on for p in (*earlier, *course.used) if each.limit.is_beyond(p.interval, worse)]
    return max(met, default=None)


def _when(earliest: date | None, expected: date | None, on: date) -> str:
    """The earliest day first: what is expected later must not read as time to spare."""
    if expected is None:
        return ""
    if expected <= on:
        return "; expected by now"
    if earliest is None or earliest <= on:
        return f"; may be met any day, expected {month_text(expected)}"
    return f"; may be met from {month_text(earliest)}, expected {month_text(expected)}"


def month_text(day: date) -> str:
    """A day that nobody knows to the day: "Mar 2028"."""
    return f"{day:%b %Y}"


def probability_text(ends: tuple[float, float]) -> str:
    """A probability in whole percent, or its two ends; never "0 %" nor "100 %"."""
    low, high = (_percent(end) for end in ends)
    return low if low == high else f"{low} to {high}"


def _percent(share: float) -> str:
    if share < 0.01:
        return f"under 1{NO_BREAK}%"
    return f"over 99{NO_BREAK}%" if share > 0.99 else f"{100 * share:.0f}{NO_BREAK}%"


# Numbers ------------------------------------------------------------------------------------------


def _decimals(*values: float) -> int:
    """As many as tell the largest of these from nothing."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=1.0)
    return 0 if largest >= 10 else 1 if largest >= 0.5 else 2


def _fixed(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", MINUS)


def _signed(value: float, decimals: int) -> str:
    text = _fixed(value, decimals)
    return text if text.startswith(MINUS) or float(text) == 0 else f"+{text}"


def _exact(value: Number) -> str:
    """A difference with its sign: of entered values as it is, of computed ones to one decimal."""
    text = _fixed(float(value), 1) if is_computed(value) else number_of(value)
    return text if text.startswith(MINUS) or text == "0" else f"+{text}"


def _interval_text(low: Number | None, high: Number | None) -> str:
    if low is None or high is None:
        known = high if low is None else low
        sign = "at most" if low is None else "at least"
        return "" if known is None else f"{sign} {number_of(known)}"
    return number_of(low) if compare(low, high) == 0 else f"{number_of(low)} to {number_of(high)}"
