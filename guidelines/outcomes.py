"""What became of a treated mitral valve, at the time points of MVARC (rows MV-01 to MV-07).

A time point has a window in which a study or a visit stands for it. The consortium names the points
and not the windows: those are local. Each outcome is three-valued: one condition that is broken
decides it, and without every condition known it is not reached. Complications are the exception:
nobody records that there was none, so what is not recorded is taken for absent, and each outcome
says that it assumes so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from guidelines.surveillance import add_months
from guidelines.vocabulary import Grade, Term, Verification

LAST_YEAR = 5  # yearly to five years (MV-07)
PROCEDURE_DAYS = 14  # local: until then a study shows the result of the procedure itself
EARLY_DAYS, EARLY_END = 30, 90  # MV-07; its window ends with that of the baseline (AHA-FU-05)
YEAR_SLACK_DAYS = 90  # local: before and after each anniversary
GRADIENT_LIMIT = Decimal(5)  # mmHg, below (MV-04)
AREA_LIMIT = Decimal("1.5")  # cm2, at or above (MV-04)
WALK_GAIN, KCCQ_GAIN = Decimal(50), Decimal(10)  # m, points, at least (MV-06)
ACCEPTABLE = Grade.MODERATE.rank  # at or below, and better by a grade (MV-03)
OPTIMAL = Grade.NONE.rank  # MV-03
FREE = 1  # NYHA class
LEAK_LIMIT = Grade.MILD.rank  # at or below, beside a prosthesis (MV-03)
VERIFICATION = Verification.FROM_KNOWLEDGE
ASSUMES = "Complications that are not recorded are taken for absent."

Range = tuple[int, int]
"""Both ends of a grade or class."""


class Event(Term):
    """What may go wrong after a procedure, as far as the outcomes ask."""

    DEATH = "death", "death"
    STROKE = "stroke", "stroke"
    BLEEDING = "bleeding", "major bleeding"
    VASCULAR = "vascular", "major vascular complication"
    KIDNEY_INJURY = "kidney_injury", "acute kidney injury"
    MYOCARDIAL_INFARCTION = "myocardial_infarction", "myocardial infarction"
    LOW_OUTPUT = "low_output", "severe heart failure or low output"
    HEMOLYSIS = "hemolysis", "hemolysis"
    DETACHMENT = "device_detachment", "device detachment"
    THROMBOSIS = "valve_thrombosis", "valve thrombosis"
    REINTERVENTION = "reintervention", "reintervention on the valve"
    ADMISSION = "admission", "admission for heart failure"


MAJOR = frozenset(
    {
        Event.STROKE,
        Event.BLEEDING,
        Event.VASCULAR,
        Event.KIDNEY_INJURY,
        Event.MYOCARDIAL_INFARCTION,
        Event.LOW_OUTPUT,
        Event.REINTERVENTION,
    }
)  # MV-05, besides death
OF_THE_DEVICE = frozenset(
    {Event.STROKE, Event.REINTERVENTION, Event.DETACHMENT, Event.THROMBOSIS, Event.HEMOLYSIS}
)  # MV-02


@dataclass(frozen=True, slots=True)
class TimePoint:
    """One point: its day, and the days within which something stands for it."""

    label: str
    target: date
    opens: date
    closes: date
    years: int = 0

    @property
    def is_procedure(self) -> bool:
        """Whether it is the procedure itself."""
        return self.target == self.opens

    def holds(self, day: date) -> bool:
        """Whether something of this day stands for it."""
        return self.opens <= day <= self.closes


def time_points(performed_on: date, until: date) -> tuple[TimePoint, ...]:
    """Procedure, 30 days, 1 year and yearly: five years, and as many as have come by ``until``."""
    early = performed_on + timedelta(days=EARLY_DAYS)
    found = [
        TimePoint(
            "Procedure", performed_on, performed_on, performed_on + timedelta(days=PROCEDURE_DAYS)
        ),
        TimePoint(
            "30 days",
            early,
            performed_on + timedelta(days=PROCEDURE_DAYS + 1),
            performed_on + timedelta(days=EARLY_END),
        ),
    ]
    slack, year = timedelta(days=YEAR_SLACK_DAYS), 1
    while year <= LAST_YEAR or add_months(performed_on, 12 * year) - slack <= until:
        target = add_months(performed_on, 12 * year)
        label = "1 year" if year == 1 else f"{year} years"
        found.append(TimePoint(label, target, target - slack, target + slack, years=year))
        year += 1
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Result:
    """What is known of a treated patient at one time point; ``None`` is unknown.

    ``is_alive``: known to have lived on the day, or to have died by it. ``grade``: regurgitation, 0
    none to 4 severe, both ends; ``grade_before``: before the procedure. ``leak``: beside a
    prosthesis. ``gradient_mmhg``: mean. ``area_cm2``: of the valve, or effective. ``nyha``,
    ``walk_m`` and ``kccq``: at the point, and ``_before``. ``events``: kind and day, since the
    procedure. ``in_place``: whether the device was implanted; ``converted``: to another procedure.
    """

    performed_on: date
    is_prosthesis: bool
    by_catheter: bool
    is_alive: bool | None = None
    in_place: bool | None = None
    converted: bool | None = None
    grade: Range | None = None
    grade_before: Range | None = None
    leak: int | None = None
    gradient_mmhg: Decimal | None = None
    area_cm2: Decimal | None = None
    nyha: Range | None = None
    nyha_before: Range | None = None
    walk_m: Decimal | None = None
    walk_before_m: Decimal | None = None
    kccq: Decimal | None = None
    kccq_before: Decimal | None = None
    events: tuple[tuple[Event, date], ...] = ()

    def had(self, kinds: frozenset[Event], until: date) -> tuple[Event, ...]:
        """Those of these kinds that are recorded by a day, each once."""
        found = (kind for kind, day in self.events if kind in kinds and day <= until)
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of an outcome: in words, whether it holds, and what is missing to tell."""

    holds: bool | None
    against: str
    missing: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome of MVARC: reached, not reached, or cannot be told."""

    name: str
    row: str
    conditions: tuple[Condition, ...]

    @property
    def is_reached(self) -> bool | None:
        """False as soon as one condition is broken, whatever is missing."""
        held = [condition.holds for condition in self.conditions]
        return False if False in held else None if None in held else True

    @property
    def against(self) -> tuple[str, ...]:
        """What broke it."""
        return tuple(each.against for each in self.conditions if each.holds is False)

    @property
    def missing(self) -> tuple[str, ...]:
        """What would tell; nothing once it is told."""
        if self.is_reached is not None:
            return ()
        return tuple(dict.fromkeys(each.missing for each in self.conditions if each.holds is None))


def outcomes_of(result: Result, point: TimePoint) -> tuple[Outcome, ...]:
    """The outcomes that MVARC asks for at this time point."""
    if point.is_procedure:
        return (Outcome("Technical success", "MV-01", tuple(_technical(result))),)
    device = tuple(_device(result, point.target))
    found = [Outcome("Device success", "MV-02", device)]
    if not point.years:
        events = _no_events(result, MAJOR, point.target)
        found.append(Outcome("Procedural success", "MV-05", (*device, *events)))
    if point.years == 1:
        found.append(Outcome("Patient success", "MV-06", (*device, *_better(result, point.target))))
    return tuple(found)


def result_words(result: Result) -> str:
    """Optimal, acceptable or not, by the regurgitation that is left (MV-03); empty: not known."""
    held = _result_holds(result)
    if held is None:
        return ""
    if not held:
        return "not acceptable"
    if result.is_prosthesis:
        return "acceptable"
    is_optimal = result.grade is not None and result.grade[1] <= OPTIMAL
    return "optimal" if is_optimal else "acceptable"


def _technical(result: Result) -> Iterator[Condition]:
    yield _alive(result)
    if result.by_catheter:
        yield Condition(result.in_place, "no device was left in", "whether a device was implanted")
    stayed = None if result.converted is None else not result.converted
    yield Condition(stayed, "converted to another procedure", "whether it was converted")
    emergencies = frozenset({Event.REINTERVENTION, Event.DETACHMENT})
    yield from _no_events(result, emergencies, result.performed_on)


def _device(result: Result, by: date) -> Iterator[Condition]:
    yield _alive(result)
    yield from _no_events(result, OF_THE_DEVICE, by)
    if result.by_catheter:
        yield Condition(result.in_place, "no device was left in", "whether a device was implanted")
    yield _regurgitation(result)
    gradient, area = result.gradient_mmhg, result.area_cm2
    yield Condition(
        None if gradient is None else gradient < GRADIENT_LIMIT,
        f"mean gradient of {_plain(gradient)} mmHg",
        "mean gradient",
    )
    yield Condition(
        None if area is None else area >= AREA_LIMIT,
        f"valve area of {_plain(area)} cm²",
        "valve area",
    )


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _alive(result: Result) -> Condition:
    return Condition(result.is_alive, "died", "whether the patient lived")


def _no_events(result: Result, kinds: frozenset[Event], by: date) -> Iterator[Condition]:
    for kind in result.had(kinds, by):
        yield Condition(False, kind.label, "")


def _regurgitation(result: Result) -> Condition:
    if result.is_prosthesis:
        return Condition(
            _result_holds(result), "leak beside the valve more than mild", "leak beside the valve"
        )
    asks = "one MR grade, not a range"
    if result.grade is None:
        asks = "MR grade"
    elif result.grade_before is None:
        asks = "MR grade before the procedure"
    return Condition(_result_holds(result), "regurgitation not acceptable", asks)


def _result_holds(result: Result) -> bool | None:
    """Whether the regurgitation that is left is acceptable (MV-03)."""
    if result.is_prosthesis:
        return None if result.leak is None else result.leak <= LEAK_LIMIT
    if result.grade is None:
        return None
    low, high = result.grade
    if high <= OPTIMAL:
        return True
    if low > ACCEPTABLE:
        return False
    small = True if high <= ACCEPTABLE else None
    return _both(small, _is_less(result.grade, result.grade_before))


def _is_less(now: Range | None, before: Range | None) -> bool | None:
    """Whether a grade or class is lower by one at least; a range may leave it open."""
    if now is None or before is None:
        return None
    if now[1] < before[0]:
        return True
    return False if now[0] >= before[1] else None


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _better(result: Result, by: date) -> Iterator[Condition]:
    yield from _no_events(result, frozenset({Event.ADMISSION}), by)
    yield Condition(
        _is_better_class(result.nyha, result.nyha_before),
        "NYHA class not better",
        "NYHA class before and after",
    )
    yield _gain(result.walk_m, result.walk_before_m, WALK_GAIN, "six-minute walk")
    yield _gain(result.kccq, result.kccq_before, KCCQ_GAIN, "KCCQ")


def _is_better_class(now: Range | None, before: Range | None) -> bool | None:
    """Lower by a class; who was in class I before cannot get better, and stays in it (local)."""
    if now is not None and before is not None and before[1] == FREE:
        return now[1] == FREE if now[0] == now[1] or now[0] > FREE else None
    return _is_less(now, before)


def _gain(now: Decimal | None, before: Decimal | None, least: Decimal, name: str) -> Condition:
    known = None if now is None or before is None else now - before >= least
    return Condition(known, f"{name} not better", f"{name} before and after")


def nearest(days: Sequence[date], point: TimePoint) -> date | None:
    """The day within the window that lies nearest to the time point; of two the later."""
    within = [day for day in days if point.holds(day)]
    return min(within, key=lambda day: (abs((day - point.target).days), -day.toordinal()),
               default=None)  # fmt: skip
