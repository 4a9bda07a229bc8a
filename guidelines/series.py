"""The measurements of one patient over time, and which of them may be compared with each other.

A ``Series`` is one measure with its ``Point`` values and the ``Event`` dates between them. Only
like is compared with like (safety D3, H10; scores 11c rule a):

- drafts, studies not at rest, studies after the day asked about and whatever the caller marked as
  not comparable are kept with the reason and never used;
- an event (an intervention, a new diagnosis) starts a new segment: what was measured on that day or
  before belongs to the segment before;
- within a segment, studies of one method and one rhythm are compared; for strain also of one
  vendor. A method or rhythm that was not stated is not "another one": such a study is used, with
  the wider noise between methods (``guidelines.noise``), never as if it were known to be the same.

``like_with_like(series, on=day)`` gives the chosen studies, oldest first, and every other one with
the reason in words. Where the latest study stands alone (a single visual estimate after years of
biplane studies) the latest method that has two studies is followed, and the words say so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from guidelines.days import spoken
from guidelines.definitions import Worse
from guidelines.numbers import Interval, Number, as_number
from guidelines.vocabulary import LvefMethod, RegurgitationMethod

DAYS_A_YEAR = 365.25
LATEST = 60  # studies of a segment that are compared, local default: pairs grow with the square
NOT_STATED = frozenset({"", "not_stated", "unknown"})
FIBRILLATION = frozenset({"atrial_fibrillation", "atrial_flutter"})  # one rhythm for comparing


@dataclass(frozen=True, slots=True)
class Measure:
    """What is followed over time.

    ``course`` is how much the true value usually changes in one year (a standard deviation, in
    the unit, or a fraction of the value when ``is_relative``): it keeps a slope from two noisy
    studies from being believed. A local default except where ``course_row`` names its source; it
    is never a forecast of one patient (guidelines section 5). ``possible``: values cannot pass.
    """

    name: str
    label: str
    unit: str
    worse: Worse
    course: Decimal
    course_row: str = "local default"
    is_relative: bool = False
    same_vendor: bool = False
    possible: tuple[Decimal | None, Decimal | None] = (Decimal(0), None)

    def refusal(self, value: Interval) -> str:
        """Why a value cannot be used at all, in words; empty when it can."""
        low, high = self.possible
        if self.is_relative and not (value.low is not None and value.low > 0):
            return "not a value above zero"
        if low is not None and value.is_below(low):
            return f"below {low:f} {self.unit}".rstrip()
        if high is not None and value.is_above(high):
            return f"above {high:f} {self.unit}".rstrip()
        return ""


def _measures(*measures: Measure) -> Mapping[str, Measure]:
    return MappingProxyType({measure.name: measure for measure in measures})


LOWER, HIGHER = Worse.LOWER, Worse.HIGHER

MEASURES: Mapping[str, Measure] = _measures(
    Measure(
        "lvef_percent",
        "LVEF",
        "%",
        LOWER,
        Decimal("1.26"),
        "scores 11b: standard deviation of the slopes of 256 patients",
        possible=(Decimal(0), Decimal(100)),
    ),
    Measure("lvesd_mm", "LVESD", "mm", HIGHER, Decimal("0.8")),
    Measure("lvesd_index_mm_m2", "LVESDi", "mm/m²", HIGHER, Decimal("0.45")),
    Measure("lvedd_mm", "LVEDD", "mm", HIGHER, Decimal("1.0")),
    Measure("eroa_mm2", "EROA", "mm²", HIGHER, Decimal(4)),
    Measure("regurgitant_volume_ml", "regurgitant volume", "mL", HIGHER, Decimal(6)),
    Measure("la_volume_index_ml_m2", "LA volume index", "mL/m²", HIGHER, Decimal("1.4")),
    Measure("spap_mmhg", "systolic pulmonary artery pressure", "mmHg", HIGHER, Decimal("1.5")),
    Measure(
        "gls_percent",
        "global longitudinal strain",
        "%",
        HIGHER,  # strain is written as a negative number: nearer to zero is worse
        Decimal("0.4"),
        same_vendor=True,
        possible=(None, Decimal(0)),
    ),
    Measure("bnp_pg_ml", "BNP", "pg/mL", HIGHER, Decimal("0.2"), is_relative=True),
    Measure("nt_probnp_pg_ml", "NT-proBNP", "pg/mL", HIGHER, Decimal("0.2"), is_relative=True),
    Measure("six_minute_walk_m", "six-minute walk", "m", LOWER, Decimal(15)),
)
"""Everything whose course is followed, by the name of its field."""


def measure_of(name: str) -> Measure:
    """The measure of this name; raises ``LookupError`` for one whose course is not followed."""
    try:
        return MEASURES[name]
    except KeyError:
        raise LookupError(f"no course is followed of {name!r}") from None


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement: its day, its value or range, and how, where and in which state it was made.

    ``source`` is "<record kind>:<public id>". ``is_final`` is false for a draft, ``is_rest`` for
    stress, intra-operative or sedated studies. ``is_comparable`` with ``why_not`` lets the caller
    exclude what only it can know ("on sacubitril/valsartan", SAFE-30). ``remark`` is shown beside
    a value that counts ("shifted by atrial fibrillation", SAFE-31).

    Derived: the value as an ``interval``; whether both its ends are known (``is_bounded``); its
    ``middle`` and ``width``, not a number for an open range.
    """

    on: date
    value: Interval | Number
    source: str = ""
    method: str = ""
    laboratory: str = ""
    vendor: str = ""
    rhythm: str = ""
    is_final: bool = True
    is_rest: bool = True
    is_comparable: bool = True
    why_not: str = ""
    remark: str = ""

    interval: Interval = field(init=False, repr=False, compare=False)
    is_bounded: bool = field(init=False, repr=False, compare=False)
    middle: float = field(init=False, repr=False, compare=False)
    width: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        value = self.value
        if not isinstance(value, Interval):
            value = Interval.point(as_number(value))
        low, high = value.low, value.high
        known = low is not None and high is not None
        ends = (math.nan if low is None else float(low), math.nan if high is None else float(high))
        object.__setattr__(self, "interval", value)
        object.__setattr__(self, "is_bounded", known)
        object.__setattr__(self, "middle", (ends[0] + ends[1]) / 2)
        object.__setattr__(self, "width", ends[1] - ends[0])

    @property
    def knows_method(self) -> bool:
        """Whether the method was stated."""
        return self.method not in NOT_STATED

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "on": self.on.isoformat(),
            "value": str(self.interval),
            "source": self.source,
            "method": self.method,
            "laboratory": self.laboratory,
            "remark": self.remark,
        }


@dataclass(frozen=True, slots=True)
class Event:
    """What starts a new segment: an intervention, an infarction, resynchronization, ..."""

    on: date
    what: str


@dataclass(frozen=True, slots=True)
class Series:
    """One measure of one patient over time; points and events in any order."""

    measure: str
    points: tuple[Point, ...]
    events: tuple[Event, ...] = ()

    def __post_init__(self) -> None:
        measure_of(self.measure)
        ordered = sorted(self.points, key=lambda point: (point.on, point.source))
        object.__setattr__(self, "points", tuple(ordered))
        object.__setattr__(self, "events", tuple(sorted(self.events, key=lambda e: e.on)))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A point that is not used, and why.

    ``is_earlier``: nothing is wrong with it, but it belongs to the course before the last event,
    or before the latest studies that are compared.
    """

    point: Point
    why: str
    is_earlier: bool = False

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {**self.point.as_dict(), "why": self.why}


@dataclass(frozen=True, slots=True)
class Comparable:
    """The studies that are compared, oldest first; the others with reasons; where it begins."""

    measure: Measure
    used: tuple[Point, ...]
    left_out: tuple[LeftOut, ...]
    since: date | None
    why_since: str
    remark: str = ""


def like_with_like(series: Series, *, on: date) -> Comparable:
    """The studies of the current segment that may be compared with each other on that day."""
    measure = measure_of(series.measure)
    usable, left_out = _usable(series, measure, on)
    event = latest_event(series.events, on)
    here = [point for point in usable if event is None or point.on > event.on]
    if event is not None:
        why = f"on or before {event.what} of {spoken(event.on)}"
        left_out += [LeftOut(point, why, True) for point in usable if point.on <= event.on]
    chosen, reference = _chosen(measure, here)
    if reference is not None and len(chosen) < len(here):
        whys = [(point, _unlike(measure, point, reference)) for point in here]
        left_out += [LeftOut(point, why) for point, why in whys if why]
    if len(chosen) > LATEST:
        why = f"before the latest {LATEST} studies that are compared"
        left_out += [LeftOut(point, why, True) for point in chosen[:-LATEST]]
        chosen = chosen[-LATEST:]
    return Comparable(
        measure,
        tuple(chosen),
        tuple(sorted(left_out, key=lambda each: (each.point.on, each.point.source))),
        event.on if event else chosen[0].on if chosen else None,
        f"since {event.what}" if event else "since the first study that is compared",
        _stands_alone(here, chosen),
    )


def latest_event(events: Sequence[Event], on: date) -> Event | None:
    """The last event up to that day, ``None`` when there was none."""
    return next((event for event in reversed(events) if event.on <= on), None)


def _usable(series: Series, measure: Measure, on: date) -> tuple[list[Point], list[LeftOut]]:
    usable: list[Point] = []
    left_out: list[LeftOut] = []
    for point in series.points:
        why = _why_never(point, measure, on)
        if why:
            left_out.append(LeftOut(point, why))
        else:
            usable.append(point)
    return usable, left_out


def _why_never(point: Point, measure: Measure, on: date) -> str:
    if point.on > on:
        return f"after {spoken(on)}"
    if not point.is_final:
        return "draft, not counted"
    if not point.is_rest:
        return "not a study at rest"
    if not point.is_comparable:
        return point.why_not or "not comparable"
    return measure.refusal(point.interval)


def _chosen(measure: Measure, points: Sequence[Point]) -> tuple[list[Point], Point | None]:
    """The latest group of like studies that has two numbers; else the group of the latest one."""
    first: tuple[list[Point], Point] | None = None
    for latest in reversed(points):
        reference = _completed(latest, points)
        group = [point for point in points if _is_like(measure, point, reference)]
        if sum(point.is_bounded for point in group) > 1:
            return group, reference
        first = first or (group, reference)
    return first or ([], None)


def _completed(point: Point, points: Sequence[Point]) -> Point:
    """The study with what it did not state taken from the latest study before it that did."""
    before = [each for each in points if each.on <= point.on]
    return replace(
        point,
        method=_latest_stated([each.method for each in before], point.method),
        rhythm=_latest_stated([each.rhythm for each in before], point.rhythm),
    )


def _latest_stated(words: Sequence[str], own: str) -> str:
    if own not in NOT_STATED:
        return own
    return next((word for word in reversed(words) if word not in NOT_STATED), own)


def _is_like(measure: Measure, point: Point, reference: Point) -> bool:
    return not _unlike(measure, point, reference)


def _unlike(measure: Measure, point: Point, reference: Point) -> str:
    """Why the two are not compared, in words; empty when they are."""
    if _differ(point.method, reference.method):
        return f"another method ({_word(point.method)}) than {_word(reference.method)}"
    if _differ(_rhythm(point), _rhythm(reference)):
        return f"another rhythm ({_word(point.rhythm)}) than {_word(reference.rhythm)}"
    if measure.same_vendor and not _same_vendor(point, reference):
        return "not known to be of the same vendor"
    return ""


def _differ(one: str, other: str) -> bool:
    return one != other and one not in NOT_STATED and other not in NOT_STATED


def _rhythm(point: Point) -> str:
    return "atrial_fibrillation" if point.rhythm in FIBRILLATION else point.rhythm


def _same_vendor(one: Point, other: Point) -> bool:
    """One laboratory that never states the vendor is taken to have kept it."""
    if one.vendor in NOT_STATED and other.vendor in NOT_STATED:
        return one.laboratory == other.laboratory
    return one.vendor == other.vendor


# How a diameter was measured, as a report writes it.
LINEAR_METHODS = {"two_d": "2D", "m_mode": "M-mode"}


@lru_cache(maxsize=256)
def _word(term: str) -> str:
    methods = (*LvefMethod, *RegurgitationMethod)
    named = LINEAR_METHODS.get(term, term.replace("_", " "))
    label = next((each.label for each in methods if str(each) == term), named)
    is_name = label[1:2].isupper() or label in LINEAR_METHODS.values()
    return label if is_name else label[:1].lower() + label[1:]


def _stands_alone(points: Iterable[Point], chosen: Sequence[Point]) -> str:
    later = [point for point in points if chosen and point.on > chosen[-1].on]
    if not later:
        return ""
    days = ", ".join(spoken(point.on) for point in later)
    last = spoken(chosen[-1].on)
    return f"the course is that of the studies up to {last}; not compared with them: {days}"
