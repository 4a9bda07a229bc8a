"""Is it getting worse, or is the echo only noisy? The course of one measure of one patient.

``progression_of(series, on=day, limits=(...), noise=model, horizon=day)`` gives a ``Progression``:

- the robust slope per year with its interval (``guidelines.trend``);
- the latest change, and the change since the first study, against measurement noise
  (``guidelines.noise``), and from both the verdict: *changed for real*, *within measurement error*
  or *too few studies*;
- for each limit that is passed in: the probability that the true value is beyond it, by the latest
  study alone and by the whole course, whether a single crossing asks to be confirmed, and when the
  limit is expected to be met, with an interval;
- the band in which the next study is expected, at the horizon or any other day (``band_at``);
- which studies were used, which were not and why, where the present segment starts and why, and
  whose noise was used.

Signals (scores 11c): (a) two studies differ by more than MDC95; (b) four studies or more, the
interval of the slope excludes no change, and the slope over the whole span is more than MDC95.

What it never does (safety H11): it changes no verdict of a rule. A value beyond a limit is beyond
it; noise adds "confirm" and a probability. An expected date may shorten an interval of follow-up,
never lengthen it. Probabilities and bands describe this patient's own measurements; they are no
prognosis. The calibration is in docs/developers/progression.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from guidelines.change import (
    Change,
    Direction,
    change_between,
    change_words,
    direction_of,
    in_percent,
    slope_of,
    slope_unit,
    years_of,
)
from guidelines.days import spoken
from guidelines.noise import DEFAULT_NOISE, Noise, NoiseModel
from guidelines.numbers import compare
from guidelines.outlook import BAND, Band, Estimated, Limit, Outlook, estimated_of, outlook_of
from guidelines.series import Comparable, LeftOut, Measure, Point, Series, like_with_like
from guidelines.trend import Slope
from guidelines.vocabulary import Term

__all__ = ["Direction", "Limit", "Progression", "progression_of"]

SCHEMA = 1  # of the stored form
TREND_FROM = 4  # studies, scores 11c (b)
NEXT_STUDY_DAYS = 365  # the horizon when none is asked for


class CourseVerdict(Term):
    """What the studies say of the course."""

    CHANGED_FOR_REAL = "changed_for_real", "Changed for real"
    WITHIN_MEASUREMENT_ERROR = "within_measurement_error", "Within measurement error"
    TOO_FEW_STUDIES = "too_few_studies", "Too few studies"


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason to call a change real: the rule of scores 11c, the direction, the words."""

    rule: str
    direction: Direction
    words: str

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {"rule": self.rule, "direction": str(self.direction), "words": self.words}


@dataclass(frozen=True, slots=True)
class Progression:
    """The course of one measure up to one day; every number with what it rests on.

    ``slope`` is per year, in ``slope_unit``.
    """

    measure: Measure
    on: date
    verdict: CourseVerdict
    direction: Direction
    signals: tuple[Signal, ...]
    slope: Slope | None
    slope_unit: str
    latest_change: Change | None
    change_since_first: Change | None
    outlooks: tuple[Outlook, ...]
    band: Band | None
    noise: Noise | None
    used: tuple[Point, ...]
    left_out: tuple[LeftOut, ...]
    since: date | None
    why_since: str
    words: tuple[str, ...]
    estimated: Estimated | None

    def band_at(self, day: date, share: float = BAND) -> Band | None:
        """The band of a study on another day; ``None`` without a study to start from."""
        return None if self.estimated is None else self.estimated.band_at(day, share)

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form, with the version of its schema."""
        return {
            "schema": SCHEMA,
            "measure": self.measure.name,
            "unit": self.measure.unit,
            "on": self.on.isoformat(),
            "verdict": str(self.verdict),
            "direction": str(self.direction),
            "signals": [signal.as_dict() for signal in self.signals],
            "slope": None if self.slope is None else self.slope.as_dict(),
            "slope_unit": self.slope_unit,
            "latest_change": _dict_of(self.latest_change),
            "change_since_first": _dict_of(self.change_since_first),
            "limits": [outlook.as_dict() for outlook in self.outlooks],
            "band": _dict_of(self.band),
            "noise": _dict_of(self.noise),
            "used": [point.as_dict() for point in self.used],
            "left_out": [each.as_dict() for each in self.left_out],
            "since": _iso(self.since),
            "why_since": self.why_since,
            "words": list(self.words),
        }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _dict_of(part: Change | Band | Noise | None) -> dict[str, object] | None:
    return None if part is None else part.as_dict()


def progression_of(
    series: Series,
    *,
    on: date,
    limits: Iterable[Limit] = (),
    noise: NoiseModel | None = None,
    horizon: date | None = None,
) -> Progression:
    """The course of one measure up to the day ``on``, as the module describes.

    ``horizon`` is the day of the next study (a year after ``on`` when not given); raises
    ``ValueError`` when it lies before ``on``.
    """
    model = noise or DEFAULT_NOISE
    if horizon is not None and horizon < on:
        raise ValueError(f"the horizon {horizon.isoformat()} is before {on.isoformat()}")
    alike = like_with_like(series, on=on)
    measure, used = alike.measure, alike.used
    if not used:
        return _nothing_of(alike, on)
    noises = model.of_points(measure, used, used[-1])
    slope = slope_of(measure, used)
    latest = change_between(measure, used[-2], used[-1], model) if len(used) > 1 else None
    first = change_between(measure, used[0], used[-1], model) if len(used) > 2 else None
    signals = tuple(_signals(measure, used, noises, slope, latest, first))
    estimated = estimated_of(measure, used, noises)
    verdict, direction = _verdict(used, signals)
    day = horizon or on + timedelta(days=NEXT_STUDY_DAYS)
    found = Progression(
        measure,
        on,
        verdict,
        direction,
        signals,
        in_percent(slope) if slope is not None and measure.is_relative else slope,
        slope_unit(measure),
        latest,
        first,
        tuple(outlook_of(measure, limit, used, noises, estimated, on) for limit in limits),
        None if estimated is None else estimated.band_at(day),
        noises[-1],
        used,
        alike.left_out,
        alike.since,
        alike.why_since,
        (),
        estimated,
    )
    return replace(found, words=tuple(_words(found, alike, noises)))


def _nothing_of(alike: Comparable, on: date) -> Progression:
    return Progression(
        alike.measure,
        on,
        CourseVerdict.TOO_FEW_STUDIES,
        Direction.NONE,
        (),
        None,
        slope_unit(alike.measure),
        None,
        None,
        (),
        None,
        None,
        (),
        alike.left_out,
        alike.since,
        alike.why_since,
        ("No study that can be compared.",),
        None,
    )


# Signals and verdict ------------------------------------------------------------------------------


def _signals(
    measure: Measure,
    used: Sequence[Point],
    noises: Sequence[Noise],
    slope: Slope | None,
    latest: Change | None,
    first: Change | None,
) -> Iterator[Signal]:
    for change, which in ((latest, "the study before"), (first, "the first study")):
        if change is not None and change.is_real:
            words = f"{change_words(measure, change)}, compared with {which}"
            yield Signal("scores 11c (a)", change.direction, words)
    if slope is not None and _is_a_trend(used, noises, slope):
        direction = direction_of(measure, slope.low, slope.high)
        span = f"{spoken(used[0].on)} to {spoken(used[-1].on)}"
        words = f"{slope.studies} studies from {span} show a slope that noise does not explain"
        yield Signal("scores 11c (b)", direction, words)


def _is_a_trend(used: Sequence[Point], noises: Sequence[Noise], slope: Slope) -> bool:
    if sum(point.is_bounded for point in used) < TREND_FROM or not slope.excludes_zero:
        return False
    certain = slope.least if slope.low > 0 else -slope.most
    span = years_of(used[-1]) - years_of(used[0])
    return compare(certain * span, max(noise.mdc95 for noise in noises)) > 0


def _verdict(used: Sequence[Point], signals: Sequence[Signal]) -> tuple[CourseVerdict, Direction]:
    """What is worse is never hidden behind what got better."""
    if len(used) < 2:
        return CourseVerdict.TOO_FEW_STUDIES, Direction.NONE
    if not signals:
        return CourseVerdict.WITHIN_MEASUREMENT_ERROR, Direction.NONE
    worse = any(signal.direction is Direction.WORSE for signal in signals)
    return CourseVerdict.CHANGED_FOR_REAL, Direction.WORSE if worse else Direction.BETTER


# Words --------------------------------------------------------------------------------------------


def _words(found: Progression, alike: Comparable, noises: Sequence[Noise]) -> Iterator[str]:
    yield from (f"{signal.words} [{signal.rule}]" for signal in found.signals)
    if found.latest_change is not None and not found.latest_change.is_real:
        words = change_words(found.measure, found.latest_change)
        open_end = found.latest_change.is_real is None
        yield f"{words}: {'a range leaves it open' if open_end else 'within measurement error'}"
    if len({signal.direction for signal in found.signals}) > 1:
        yield "signals in both directions: the adverse one is named"
    if found.slope is not None and not found.slope.is_informative:
        yield f"the interval of a slope from {found.slope.studies} studies says little"
    for outlook in found.outlooks:
        if outlook.confirm:
            yield f"{outlook.limit.label}: met, within one SEM of the limit; confirm by repeat"
    yield from dict.fromkeys(f"noise: {noise.words}" for noise in reversed(noises))
    if alike.remark:
        yield alike.remark
