"""How long patients wait for a decision or a treatment, when death or worsening may come first.

``waiting_of(waits)`` gives ``Waiting``: for each end the share of patients that reached it within
so many days with its interval, the median, who was at risk, and the curve. The statistics are in
``guidelines.incidence``. Somebody who dies while waiting was not treated and never will be: were
the dead taken for still waiting (one minus Kaplan–Meier), the treated would look like more than
they are. A wait ends once, by what came first.

``by_month(waits, ...)`` gives a run chart: of those who began to wait in a calendar month, the
share that reached an end within so many days. Who has not waited so long yet is not a failure: the
month is marked as immature, and neither the median nor a rule uses it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from guidelines.incidence import CENSORED, Incidences, incidences_of
from guidelines.run_chart import Run, runs_of
from guidelines.vocabulary import Term


class WaitEnd(Term):
    """What ended a wait."""

    DECIDED = "decided", "Decided"
    TREATED = "treated", "Treated"
    DIED = "died", "Died"
    DETERIORATED = "deteriorated", "Deteriorated"


CODES: Mapping[WaitEnd | None, int] = {
    None: CENSORED,
    **{end: code for code, end in enumerate(WaitEnd, start=CENSORED + 1)},
}


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait: the days from its start to its end, or so far when it has not ended (``None``).

    ``key`` names the record. Who left the clinic while waiting has ``None`` with the days until
    then. Raises ``ValueError`` when ``days`` is negative.
    """

    days: int
    ended: WaitEnd | None
    started_on: date
    key: str

    def __post_init__(self) -> None:
        if self.days < 0:
            raise ValueError(f"a wait of {self.days} days: {self.key}")


@dataclass(frozen=True, slots=True)
class Within:
    """How many reached one end within so many days.

    ``share`` allows for those who have not waited so long; ``low`` and ``high`` are its 95 %
    interval, ``None`` where the share is 0 or 1. ``reached`` of ``started`` were seen to reach it;
    ``at_risk`` were still waiting, and followed, when the last of these days began.
    """

    end: WaitEnd
    days: int
    share: float
    low: float | None
    high: float | None
    reached: int
    at_risk: int
    started: int


@dataclass(frozen=True, slots=True)
class DaysToShare:
    """The day by which a share of all who wait had reached one end, with its 95 % interval.

    ``None``: the share had not been reached at the end of observation.
    """

    end: WaitEnd
    share: float
    days: int | None
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The waits of a group of patients, as the module describes."""

    started: int
    ended: Mapping[WaitEnd, int]
    incidences: Incidences

    @property
    def still_waiting(self) -> int:
        """How many waits have not ended, or ended out of sight."""
        return self.started - sum(self.ended.values())

    def at_risk(self, days: int) -> int:
        """How many were still waiting, and followed, when this day began."""
        return self.incidences.at_risk_at(days)

    def still_waiting_after(self, days: int) -> float | None:
        """The share without any end after so many days; ``None`` where nobody was followed."""
        followed = self.incidences.is_followed_to(days)
        return self.incidences.event_free_at(days) if followed else None

    def share_within(self, end: WaitEnd, days: int) -> Within | None:
        """The share that reached the end within so many days, that day included.

        ``None`` when nobody was followed so long and somebody may still reach it: not known.
        """
        if not self.incidences.is_followed_to(days):
            return None
        return self._within(end, days)

    def days_to(self, end: WaitEnd, share: float = 0.5) -> DaysToShare:
        """The median wait for one end, or the time to another share of all who wait.

        Raises ``ValueError`` for a share that is not above 0 and up to 1.
        """
        code = CODES[end]
        low, high = self.incidences.quantile_interval(code, share)
        found = self.incidences.quantile(code, share)
        return DaysToShare(end, share, _days(found), _days(low), _days(high))

    def curve(self, end: WaitEnd) -> tuple[Within, ...]:
        """The steps of the cumulative incidence: one for each day on which some wait ended."""
        return tuple(self._within(end, int(day)) for day in self.incidences.times)

    def _within(self, end: WaitEnd, days: int) -> Within:
        found, code = self.incidences, CODES[end]
        low, high = found.interval(code, days) or (None, None)
        return Within(
            end,
            days,
            found.share(code, days),
            low,
            high,
            found.ends_by(code, days),
            found.at_risk_at(days),
            self.started,
        )


def _days(time: float | None) -> int | None:
    return None if time is None else int(time)


def waiting_of(waits: Iterable[Wait]) -> Waiting:
    """The analysis of these waits, whatever their order."""
    counted = Counter((wait.days, CODES[wait.ended]) for wait in waits)
    ended = {
        end: sum(n for (_days, code), n in counted.items() if code == CODES[end]) for end in WaitEnd
    }
    return Waiting(counted.total(), ended, incidences_of(counted.elements()))


@dataclass(frozen=True, slots=True)
class MonthOfWaits:
    """The waits that began in one calendar month, by the keys of their records.

    Within the days asked for: ``reached`` the end; ``ended_otherwise``; ``longer`` waited longer
    than that; ``waiting`` had not ended when last seen, before these days were over: not known. The
    four add up to ``started``.

    ``share`` is the estimate that allows for those still waiting, and ``reached`` over ``started``
    when there are none; ``None`` when nobody began or nobody was followed so long. ``is_mature``:
    so many days have passed for every day of the month.
    """

    month: date
    reached: tuple[str, ...]
    ended_otherwise: tuple[str, ...]
    longer: tuple[str, ...]
    waiting: tuple[str, ...]
    share: float | None
    is_mature: bool

    @property
    def started(self) -> int:
        """How many began to wait."""
        return sum(map(len, (self.reached, self.ended_otherwise, self.longer, self.waiting)))


@dataclass(frozen=True, slots=True)
class RunChart:
    """The months, the median of those that count, and shifts and trends by places in ``months``."""

    end: WaitEnd
    within_days: int
    on: date
    months: tuple[MonthOfWaits, ...]
    center: float | None
    runs: tuple[Run, ...]


def by_month(waits: Iterable[Wait], *, end: WaitEnd, within_days: int, on: date) -> RunChart:
    """A run chart of the share that reached the end within so many days, by month of the start.

    From the month of the first start to the month of ``on``, the day to which the waits were
    followed; a month without a start is there and counts nothing. Raises ``ValueError`` when a wait
    reaches beyond ``on`` or the days are negative.
    """
    if within_days < 0:
        raise ValueError(f"within {within_days} days")
    started: dict[date, list[Wait]] = {}
    for wait in sorted(waits, key=lambda wait: (wait.started_on, wait.key)):
        if wait.started_on + timedelta(days=wait.days) > on:
            raise ValueError(f"a wait beyond {on.isoformat()}: {wait.key}")
        started.setdefault(wait.started_on.replace(day=1), []).append(wait)
    months = tuple(
        _month(month, started.get(month, []), end, within_days, on)
        for month in _months(min(started, default=None), on)
    )
    return RunChart(end, within_days, on, months, *_center_and_runs(months))


def _months(first: date | None, last: date) -> Iterator[date]:
    month = first
    while month is not None and month <= last:
        yield month
        month = _next(month)


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _month(
    month: date, waits: list[Wait], end: WaitEnd, within_days: int, on: date
) -> MonthOfWaits:
    keys: dict[str, list[str]] = {}
    for wait in waits:
        keys.setdefault(_group(wait, end, within_days), []).append(wait.key)
    found = waiting_of(waits).share_within(end, within_days)
    return MonthOfWaits(
        month,
        reached=tuple(keys.get("reached", ())),
        ended_otherwise=tuple(keys.get("ended_otherwise", ())),
        longer=tuple(keys.get("longer", ())),
        waiting=tuple(keys.get("waiting", ())),
        share=found.share if found else None,
        is_mature=_next(month) - timedelta(days=1) + timedelta(days=within_days) <= on,
    )


def _group(wait: Wait, end: WaitEnd, within_days: int) -> str:
    if wait.ended is None:
        return "waiting" if wait.days < within_days else "longer"
    if wait.days > within_days:
        return "longer"
    return "reached" if wait.ended is end else "ended_otherwise"


def _center_and_runs(months: tuple[MonthOfWaits, ...]) -> tuple[float | None, tuple[Run, ...]]:
    counted = [
        (place, each.share)
        for place, each in enumerate(months)
        if each.is_mature and each.share is not None
    ]
    if not counted:
        return None, ()
    shares = [share for _place, share in counted]
    center = median(shares)
    runs = (
        Run(run.rule, run.is_upward, tuple(counted[at][0] for at in run.places))
        for run in runs_of(shares, center)
    )
    return center, tuple(runs)
