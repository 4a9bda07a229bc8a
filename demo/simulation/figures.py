"""The simulated cohort beside the published figures (rows NH-01 to NH-13 of the rule tables).

The figures under medical management need the counterfactual: the same hearts, followed for ten
years without any clinic. ``figures`` computes the rows, ``figure_table`` prints them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log, sqrt
from statistics import fmean, median, pstdev

from demo.simulation import rates
from demo.simulation.arriving import arrival
from demo.simulation.chance import stream
from demo.simulation.course import Course
from demo.simulation.heart import ATRIAL, FAILURE, PROLAPSES
from demo.simulation.life import DAYS_A_YEAR, Life, Truth
from demo.simulation.measuring import measured_eroa
from demo.simulation.simulating import TRUTH, simulate, simulate_repaired, simulate_untreated

YEARS = 10.0
BETWEEN_STUDIES = 1.5  # years, as in the source of NH-01 to NH-04
PROGRESS_ML = 8.0  # NH-04
FIGURES = 40
"""The purpose of the random numbers with which a figure measures."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure and its simulated counterpart.

    ``low`` and ``high`` bound what counts as agreement; both None: the source has no such figure.
    ``stated`` says whose bounds they are: the source's interval, or our tolerance.
    """

    row: str
    what: str
    published: str
    low: float | None
    high: float | None
    simulated: float
    error: float
    count: int
    stated: str = "interval"
    digits: int = 1

    @property
    def verdict(self) -> str:
        """Within, within what so few patients can tell, not within, or nothing to compare."""
        if self.low is None or self.high is None:
            return "for comparison only"
        if self.within:
            return "within"
        near = self.low - 2 * self.error <= self.simulated <= self.high + 2 * self.error
        return "within 2 standard errors of" if near else "NOT within"

    @property
    def within(self) -> bool | None:
        """Whether the simulated figure lies within the bounds; None without bounds."""
        if self.low is None or self.high is None:
            return None
        return self.low <= self.simulated <= self.high


@dataclass(frozen=True, slots=True)
class Untreated:
    """One heart on arrival and its course without any clinic."""

    index: int
    age: float
    male: bool
    mechanism: str
    etiology: str
    flail: bool
    atrial_fibrillation: bool
    vti: float
    first: Truth
    course: Course

    @property
    def eroa(self) -> float:
        """The orifice on arrival, in mm2."""
        return self.first.values["eroa_mm2"][0]

    @property
    def lvef(self) -> float:
        """LVEF on arrival, in percent."""
        return self.first.values["lvef_percent"][0]

    @property
    def nyha(self) -> int:
        """NYHA class on arrival."""
        return self.first.nyha

    def died_after(self) -> float | None:
        """Years from arrival to death, None when alive at the end."""
        return None if self.course.died is None else self._years(self.course.died)

    def befell_after(self, *events: int) -> float | None:
        """Years to the first of these events; None when there was none."""
        days = [day for day, event in self.course.log if event in events]
        return self._years(days[0]) if days else None

    def value(self, name: str, years: float) -> float | None:
        """A true value so many years after arrival; None after death."""
        day = self.first.from_on.toordinal() + int(years * DAYS_A_YEAR)
        on = date.fromordinal(day)
        for piece in self.course.truth:
            if piece.from_on <= on < piece.until_on:
                return piece.value_at(name, on)
        return None

    def first_when(self, holds: Callable[[Truth, float], bool]) -> float | None:
        """Years to the end of the first piece in which something holds at its start or end."""
        for piece in self.course.truth:
            for on in (piece.from_on, piece.until_on):
                if holds(piece, (on - piece.from_on).days / DAYS_A_YEAR):
                    return self._years(on.toordinal())
        return None

    def _years(self, day: int) -> float:
        return (day - self.first.from_on.toordinal()) / DAYS_A_YEAR


def untreated(seed: int, index: int) -> Untreated:
    """One heart without any clinic, with what it was on arrival."""
    heart = arrival(stream(seed, index, TRUTH))
    course = simulate_untreated(seed, index, years=YEARS)
    return Untreated(
        index=index,
        age=heart.age,
        male=heart.male,
        mechanism=heart.mechanism,
        etiology=heart.etiology,
        flail=heart.flail,
        atrial_fibrillation=heart.af,
        vti=heart.vti,
        first=course.truth[0],
        course=course,
    )


def figures(seed: int, indexes: Sequence[int], today: date) -> list[Figure]:
    """Every row of the table, from these simulated patients and nothing else."""
    alone = [untreated(seed, index) for index in indexes]
    organic = [each for each in alone if each.mechanism == "primary"]
    lives = [simulate(seed, index, today) for index in indexes]
    return [
        *_progression(seed, organic),
        *_outcome(organic),
        *_flail([each for each in organic if each.flail]),
        *_prolapse([each for each in organic if each.etiology in PROLAPSES]),
        *_repairs(seed, organic, lives),
        *_clinic(lives, today),
    ]


def figure_table(seed: int, indexes: Sequence[int], today: date) -> str:
    """The table as text: published, simulated with its sampling error, within or not."""
    return printed(figures(seed, indexes, today))


def printed(rows: Iterable[Figure]) -> str:
    """The rows in columns, one a line."""
    lines = [f"{'row':<6} {'figure':<68} {'published':<18} {'simulated':>16} {'n':>5}  agreement"]
    for each in rows:
        number = f"{each.simulated:.{each.digits}f} ± {each.error:.{each.digits}f}"
        verdict = each.verdict
        if each.within is not None:
            verdict += f" {each.low:g} to {each.high:g} ({each.stated})"
        lines.append(
            f"{each.row:<6} {each.what:<68} {each.published:<18} {number:>16} {each.count:>5}  "
            f"{verdict}"
        )
    return "\n".join(lines)


# --- NH-01 to NH-04 -------------------------------------------------------------------------------


def _progression(seed: int, organic: list[Untreated]) -> list[Figure]:
    cohort = [each for each in organic if each.eroa >= 20]
    cohort = [each for each in cohort if each.value("eroa_mm2", BETWEEN_STUDIES) is not None]
    volume = [_rate(each, "regurgitant_volume_ml") for each in cohort]
    orifice = [_rate(each, "eroa_mm2") for each in cohort]
    fraction = [_rate(each, "regurgitant_fraction_percent") for each in cohort]
    seen = [_measured_change(seed, each) for each in cohort]
    per_year = [change / BETWEEN_STUDIES for change in seen]
    count = len(cohort)
    grew = sum(change > PROGRESS_ML for change in seen) / count
    shrank = sum(change < -PROGRESS_ML for change in seen) / count
    return [
        _mean("NH-01", "regurgitant volume, true, mL a year", "7.4 (5.1-9.7)", 5.1, 9.7, volume),
        _mean("NH-01", "the same, as measured twice, 1.5 years apart", "7.4 (5.1-9.7)", 5.1, 9.7,
              per_year),
        _mean("NH-02", "EROA, true, mm2 a year", "5.9 (3.9-7.8)", 3.9, 7.8, orifice),
        _mean("NH-03", "regurgitant fraction, true, points a year", "2.9", 1.9, 3.9, fraction,
              "tolerance"),
        _share("NH-04", "measured progression by more than 8 mL, %", "51", 40, 62, grew, count,
               "74 patients"),
        _share("NH-04", "measured regression by more than 8 mL, %", "11", 4, 18, shrank, count,
               "74 patients"),
    ]  # fmt: skip


def _rate(each: Untreated, name: str) -> float:
    later = each.value(name, BETWEEN_STUDIES)
    assert later is not None  # noqa: S101 (for the type checker: the cohort is alive then)
    return (later - each.first.values[name][0]) / BETWEEN_STUDIES


def _measured_change(seed: int, each: Untreated) -> float:
    """Change of the regurgitant volume between two noisy studies, in mL."""
    rng = stream(seed, each.index, FIGURES)
    later = each.value("eroa_mm2", BETWEEN_STUDIES) or 0.0
    first, second = (
        measured_eroa(true, rng) * (each.vti + rng.gauss(0, 6.0)) / 100
        for true in (each.eroa, later)
    )
    return second - first


# --- NH-05 to NH-07 -------------------------------------------------------------------------------


def _outcome(organic: list[Untreated]) -> list[Figure]:
    silent = [each for each in organic if each.nyha == 1]
    severe = [each for each in silent if each.eroa >= 40]
    dead = [_within(each.died_after(), 5) for each in silent]
    cardiac = [d * each.course.cardiac for d, each in zip(dead, silent, strict=True)]
    events = [
        1.0 if _within(each.befell_after(FAILURE, ATRIAL), 5) else c
        for c, each in zip(cardiac, silent, strict=True)
    ]
    alive = [1 - _within(each.died_after(), 5) for each in severe]
    expected = [_expected_survival(each, 5) for each in severe]
    slope, error = hazard_of_orifice(organic)
    quantified = len(organic)
    return [
        _percent("NH-05", "asymptomatic, medical: dead at 5 years, %", "22 ± 3", 16, 28, dead),
        _percent("NH-05", "dead of the heart at 5 years, %", "14 ± 3", 8, 20, cardiac),
        _percent("NH-05", "cardiac death, heart failure or new AF at 5 years, %", "33 ± 3",
                 27, 39, events),
        _percent("NH-06", "EROA 40 mm2 or more, asymptomatic: alive at 5 years, %", "58 ± 9",
                 40, 76, alive),
        _percent("NH-06", "their survival expected from age and sex, %", "78", 68, 88, expected,
                 "tolerance"),
        Figure("NH-07", "adjusted hazard of death for each 10 mm2 of EROA", "1.19 (1.13-1.24)",
               1.13, 1.24, exp(slope), exp(slope) * error, quantified, digits=2),
    ]  # fmt: skip


def _within(years: float | None, limit: float) -> float:
    return 1.0 if years is not None and years <= limit else 0.0


def _expected_survival(each: Untreated, years: float) -> float:
    at_65 = rates.DEATH_AT_65_MAN if each.male else rates.DEATH_AT_65_WOMAN
    slope = rates.DEATH_PER_YEAR_OF_AGE
    grown = exp(slope * (each.age + years - 65)) - exp(slope * (each.age - 65))
    return exp(-at_65 * grown / slope)


def hazard_of_orifice(cohort: Sequence[Untreated]) -> tuple[float, float]:
    """Logarithm of the hazard ratio for 10 mm2 of EROA, and its standard error.

    Exponential survival over ten years, adjusted for age, sex, symptoms, AF and LVEF on arrival;
    Newton's method on the log-likelihood.
    """
    rows, events, times = [], [], []
    for each in cohort:
        years = each.died_after()
        rows.append((
            1.0, each.eroa / 10 - 3, (each.age - 62) / 10, float(each.male),
            float(each.nyha == 2), float(each.nyha > 2), float(each.atrial_fibrillation),
            (each.lvef - 62) / 10,
        ))  # fmt: skip
        events.append(0.0 if years is None else 1.0)
        times.append(YEARS if years is None else max(years, 0.003))
    size = len(rows[0])
    beta = [log(max(1.0, sum(events)) / sum(times))] + [0.0] * (size - 1)
    covariance: list[list[float]] = []
    for _ in range(7):
        gradient = [0.0] * size
        information = [[0.0] * size for _ in range(size)]
        for row, event, time in zip(rows, events, times, strict=True):
            mean = time * exp(sum(b * x for b, x in zip(beta, row, strict=True)))
            for i in range(size):
                gradient[i] += (event - mean) * row[i]
                part = mean * row[i]
                line = information[i]
                for j in range(i, size):
                    line[j] += part * row[j]
        for i in range(size):
            for j in range(i):
                information[i][j] = information[j][i]
        covariance = _inverse(information)
        for i in range(size):
            beta[i] += sum(covariance[i][j] * gradient[j] for j in range(size))
    return beta[1], sqrt(covariance[1][1])


def _inverse(matrix: list[list[float]]) -> list[list[float]]:
    size = len(matrix)
    work = [row[:] + [float(i == j) for j in range(size)] for i, row in enumerate(matrix)]
    for i in range(size):
        pivot = work[i][i]
        work[i] = [value / pivot for value in work[i]]
        for k in range(size):
            if k != i:
                factor = work[k][i]
                work[k] = [a - factor * b for a, b in zip(work[k], work[i], strict=True)]
    return [row[size:] for row in work]


# --- NH-08 ----------------------------------------------------------------------------------------


def _flail(cohort: list[Untreated]) -> list[Figure]:
    sick = [each for each in cohort if each.nyha > 2]
    failure = kaplan_meier(
        [(each.befell_after(FAILURE), each.died_after()) for each in cohort], YEARS
    )
    sinus = [each for each in cohort if not each.atrial_fibrillation]
    atrial = kaplan_meier([(each.befell_after(ATRIAL), each.died_after()) for each in sinus], YEARS)
    return [
        _per_year("NH-08", "flail, medical: deaths a year, %", "6.3", 4.8, 7.8, cohort, 5.0),
        _per_year("NH-08", "flail in NYHA III or IV: deaths a year, %", "34", 20, 48, sick, 2.0),
        Figure("NH-08", "flail, medical: heart failure within 10 years, %", "63", 53, 73,
               100 * (1 - failure[0]), 100 * failure[1], len(cohort), "tolerance"),
        Figure("NH-08", "flail, medical: atrial fibrillation within 10 years, %", "30", 20, 40,
               100 * (1 - atrial[0]), 100 * atrial[1], len(sinus), "tolerance"),
    ]  # fmt: skip


def kaplan_meier(
    times: Sequence[tuple[float | None, float | None]], until: float
) -> tuple[float, float]:
    """Share free of an event at ``until`` years, and Greenwood's standard error.

    Each pair is (years to the event or None, years to censoring or None).
    """
    ends = []
    for event, censored in times:
        last = min(until, censored if censored is not None else until)
        ends.append((event, True) if event is not None and event <= last else (last, False))
    ends.sort(key=lambda end: (end[0], not end[1]))
    free, variance, left = 1.0, 0.0, len(ends)
    for _, happened in ends:
        if happened:
            free *= 1 - 1 / left
            variance += 1 / (left * (left - 1)) if left > 1 else 0.0
        left -= 1
    return free, free * sqrt(variance)


def _per_year(
    row: str, what: str, published: str, low: float, high: float, cohort: list[Untreated],
    limit: float,
) -> Figure:  # fmt: skip
    dead = sum(_within(each.died_after(), limit) for each in cohort)
    years = sum(min(limit, each.died_after() or limit) for each in cohort)
    rate = 100 * dead / years if years else 0.0
    error = rate / sqrt(dead) if dead else 0.0
    return Figure(row, what, published, low, high, rate, error, len(cohort), "tolerance")


# --- NH-09, NH-10 ---------------------------------------------------------------------------------


def _prolapse(cohort: list[Untreated]) -> list[Figure]:
    silent = [e for e in cohort if e.eroa >= 40 and e.nyha == 1 and e.lvef > 60]
    reached = [each.first_when(_must_be_operated) for each in silent]
    events = sum(each is not None for each in reached)
    years = sum(
        min(YEARS, years if years is not None else each.died_after() or YEARS)
        for each, years in zip(silent, reached, strict=True)
    )
    rate = 100 * events / years
    moderate = [each for each in cohort if 20 <= each.eroa < 40]
    mild = [each for each in cohort if each.eroa < 20]
    return [
        Figure("NH-09", "asymptomatic severe prolapse: surgical end-point a year, %", "10.3",
               7.3, 13.3, rate, rate / sqrt(max(1, events)), len(silent), "tolerance"),
        _severe_within("NH-10", "prolapse, 20 to 40 mm2: severe within 4.5 years, %", "50", 40, 60,
                       moderate, 4.5),
        _severe_within("NH-10", "prolapse, below 20 mm2: severe within 6 years, %",
                       "almost none (4)", 0, 8, mild, 6.0),
    ]  # fmt: skip


def _must_be_operated(piece: Truth, years: float) -> bool:
    start, slope = piece.values["lvef_percent"]
    return piece.nyha > 1 or start + slope * years <= 60


def _severe_within(
    row: str, what: str, published: str, low: float, high: float, cohort: list[Untreated],
    years: float,
) -> Figure:  # fmt: skip
    free, error = kaplan_meier(
        [
            (each.first_when(lambda piece, _: piece.grade == "severe"), each.died_after())
            for each in cohort
        ],
        years,
    )
    return Figure(
        row, what, published, low, high, 100 * (1 - free), 100 * error, len(cohort), "tolerance"
    )


# --- NH-13 and the clinic itself ------------------------------------------------------------------


def _repairs(seed: int, organic: list[Untreated], lives: list[Life]) -> list[Figure]:
    repaired = [
        simulate_repaired(seed, each.index)
        for each in organic
        if each.etiology in PROLAPSES and each.eroa >= 30
    ]
    durable = [1.0 - _leaks_again(course) for course in repaired]
    dead = [
        float(any(c.values.get("intervention") == at and c.values["kind"] == "death"
                  for c in life.rows if c.kind == "treatments.Complication"))
        for life in lives
        for at, row in enumerate(life.rows)
        if row.kind == "treatments.Intervention" and row.values["kind"] == "mitral_repair"
        and row.values["status"] == "performed" and row.values["urgency"] == "elective"
    ]  # fmt: skip
    return [
        _percent("NH-13", "repair: free of at least moderate MR at 20 years, %", "87.5", 82.5,
                 92.5, durable, "tolerance"),
        _percent("NH-13", "elective repair: operative mortality, %", "1.2", 0.2, 2.2, dead,
                 "tolerance"),
    ]  # fmt: skip


def _leaks_again(course: Course) -> float:
    at_least = ("moderate", "moderate_to_severe", "severe")
    return float(any(piece.grade in at_least for piece in course.truth))


_MITRAL = ("mitral_repair", "mitral_mechanical", "mitral_biological", "teer")


LONG_SEVERE = 8.0  # years


def _operated(life: Life) -> float | None:
    """Whether a primary leak that was truly severe eight years ago or earlier was operated on."""
    begun = next((piece.from_on for piece in life.truth if piece.grade == "severe"), None)
    if begun is None or life.truth[0].mechanism != "primary":
        return None
    valves = [piece.valve_state for piece in life.truth if piece.from_on >= begun]
    return float(any(valve != "native" for valve in valves))


def _operated_share(what: str, published: str, lives: list[Life], today: date) -> Figure:
    """Crude, as in the source: who died before counts as not operated."""
    long_ago = [
        life
        for life in lives
        if any(
            piece.grade == "severe" and (today - piece.from_on).days > LONG_SEVERE * DAYS_A_YEAR
            for piece in life.truth
        )
    ]
    known = [each for each in map(_operated, long_ago) if each is not None]
    return _percent("NH-14", what, published, None, None, known)


def _clinic(lives: list[Life], today: date) -> list[Figure]:
    severe, operated, waits, died, years = [], [], [], 0, 0.0
    for life in lives:
        severe.append(float(life.truth[0].grade == "severe"))
        mitral = [
            row.values["performed_on"]
            for row in life.rows
            if row.kind == "treatments.Intervention"
            and row.values["kind"] in _MITRAL
            and row.values["status"] == "performed"
        ]
        operated.append(float(bool(mitral)))
        begun = next((piece.from_on for piece in life.truth if piece.grade == "severe"), None)
        if mitral and begun is not None and isinstance(mitral[0], date) and mitral[0] > begun:
            waits.append((mitral[0] - begun).days / DAYS_A_YEAR)
        died += life.person.get("deceased_on") is not None
        years += (life.truth[-1].until_on - life.registered_on).days / DAYS_A_YEAR
    count = len(lives)
    women = [life for life in lives if life.person["sex"] == "female"]
    men = [life for life in lives if life.person["sex"] == "male"]
    return [
        _operated_share("severe primary MR, women: operated in 8 to 15 years, %", "52 (15 years)",
                        women, today),
        _operated_share("severe primary MR, men: operated in 8 to 15 years, %", "60 (15 years)",
                        men, today),
        _percent("clinic", "severe on arrival, %", "-", None, None, severe),
        _percent("clinic", "operated on the mitral valve so far, %", "-", None, None, operated),
        Figure("clinic", "truly severe to operation, median, years", "-", None, None,
               median(waits), 1.25 * pstdev(waits) / sqrt(len(waits)), len(waits)),
        Figure("clinic", "recorded deaths a year since registration, %", "-", None, None,
               100 * died / years, 100 * sqrt(died) / years, count),
    ]  # fmt: skip


def _mean(
    row: str, what: str, published: str, low: float, high: float, values: list[float],
    stated: str = "interval",
) -> Figure:  # fmt: skip
    error = pstdev(values) / sqrt(len(values))
    return Figure(row, what, published, low, high, fmean(values), error, len(values), stated)


def _percent(
    row: str, what: str, published: str, low: float | None, high: float | None,
    values: list[float], stated: str = "2 SE of the source",
) -> Figure:  # fmt: skip
    count = max(1, len(values))
    share = 100 * sum(values) / count
    # Two patients more, one of them with the event: none of a hundred is not never.
    likely = (sum(values) + 1) / (count + 2)
    binary = all(value in (0.0, 1.0) for value in values)
    spread = sqrt(likely * (1 - likely)) if binary else pstdev(values)
    error = 100 * spread / sqrt(count)
    return Figure(row, what, published, low, high, share, error, len(values), stated)


def _share(
    row: str, what: str, published: str, low: float, high: float, share: float, count: int,
    stated: str,
) -> Figure:  # fmt: skip
    error = 100 * sqrt(share * (1 - share) / count)
    return Figure(row, what, published, low, high, 100 * share, error, count, stated)
