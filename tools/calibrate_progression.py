"""Do the bands and probabilities of guidelines.progression keep what they promise?

    .venv/bin/python -m tools.calibrate_progression                  # measure and print
    .venv/bin/python -m tools.calibrate_progression --write          # into the developers' page

Two sources: the demo's simulator, where the truth is known, and the real LVEF series that
MRTRACK_TEST_DATA names (the folder of the files, or the one above it). Noise is estimated on one
half of the patients and scored on the other, both ways round. --write needs both sources.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from demo.simulation.life import Life
from demo.simulation.simulating import simulate
from guidelines.noise import NoiseModel, Setting, estimated_noise, key_of
from guidelines.numbers import Interval
from guidelines.outlook import Limit
from guidelines.progression import CourseVerdict, Direction, Progression, progression_of
from guidelines.series import MEASURES, Event, Point, Series, like_with_like
from tools import steps

PAGE = steps.ROOT / "docs/developers/progression.md"
BEGIN, END = "<!-- figures: written by the command above -->", "<!-- end of the figures -->"
DATA = "MRTRACK_TEST_DATA"
TODAY = date(2026, 11, 22)
SEED, PATIENTS = 7, 2500  # not the seed with which the defaults were chosen
MEASURED = (
    "lvef_percent",
    "lvesd_mm",
    "lvedd_mm",
    "eroa_mm2",
    "regurgitant_volume_ml",
    "la_volume_index_ml_m2",
    "spap_mmhg",
    "gls_percent",
)
METHODS = {
    "lvef_percent": "lvef_method",
    "lvesd_mm": "linear_method",
    "lvedd_mm": "linear_method",
    "eroa_mm2": "eroa_method",
    "regurgitant_volume_ml": "regurgitant_volume_method",
}
LIMITS = {
    "lvef_percent": Limit(Decimal(60), "LVEF ≤ 60 %"),
    "lvesd_mm": Limit(Decimal(40), "LVESD ≥ 40 mm"),
}
BINS = ((0.0, 0.1), (0.1, 0.3), (0.3, 0.7), (0.7, 0.9), (0.9, 1.01))
PUBLISHED = Setting(Decimal("2.4"), "the published figure within one laboratory")


@dataclass(frozen=True, slots=True)
class History:
    """One patient's series, and the life behind them where it is known."""

    index: int
    series: tuple[Series, ...]
    life: Life | None = None


# Where the series come from -----------------------------------------------------------------------


def simulated(seed: int, patients: int, today: date = TODAY) -> list[History]:
    """The series of so many simulated patients."""
    lives = (simulate(seed, index, today) for index in range(1, patients + 1))
    return [History(life.index, tuple(_series_of(life)), life) for life in lives]


def _series_of(life: Life) -> Iterator[Series]:
    events = tuple(_events(life))
    studies = [
        (row.values, f"echo:{at}")
        for at, row in enumerate(life.rows)
        if row.kind == "patients.EchoStudy"
    ]
    for measure in MEASURED:
        points = tuple(
            point
            for values, source in studies
            if (point := _point(measure, values, source)) is not None
        )
        if points:
            yield Series(measure, points, events)


def _events(life: Life) -> Iterator[Event]:
    for row in life.rows:
        performed_on = row.values.get("performed_on")
        if row.kind == "treatments.Intervention" and isinstance(performed_on, date):
            yield Event(performed_on, str(row.values["kind"]).replace("_", " "))


def _point(measure: str, values: Mapping[str, object], source: str) -> Point | None:
    value, on = _value(measure, values), values["performed_on"]
    if value is None or not isinstance(on, date):
        return None
    is_transthoracic = values.get("modality") == "tte"
    return Point(
        on,
        value,
        source,
        method=str(values.get(METHODS.get(measure, ""), "")),
        laboratory=str(values.get("laboratory", "")),
        rhythm=str(values.get("rhythm", "")),
        is_final=values.get("status") != "draft",
        is_rest=values.get("state") == "rest",
        is_comparable=is_transthoracic,
        why_not="" if is_transthoracic else "not a transthoracic study",
    )


def _value(measure: str, values: Mapping[str, object]) -> Interval | Decimal | None:
    if measure != "lvef_percent":
        value = values.get(measure)
        return value if isinstance(value, Decimal) else None
    low, high = values.get("lvef_percent_low"), values.get("lvef_percent_high")
    if not isinstance(low, Decimal) and not isinstance(high, Decimal):
        return None
    return Interval(
        low if isinstance(low, Decimal) else None,
        high if isinstance(high, Decimal) else None,
        low_open=bool(values.get("lvef_percent_low_open")),
        high_open=bool(values.get("lvef_percent_high_open")),
    )


def real_file() -> Path | None:
    """The file of real LVEF series, ``None`` where MRTRACK_TEST_DATA does not lead to it."""
    named = os.environ.get(DATA, "")
    found = (Path(named) / part / "echo_studies.csv" for part in ("", "heart_valve") if named)
    return next((path for path in found if path.is_file()), None)


def real(path: Path) -> list[History]:
    """The LVEF series of the file, in the order of its record numbers."""
    points: dict[str, list[Point]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["lvef_percent"]:
                on, value = date.fromisoformat(row["performed_on"]), Decimal(row["lvef_percent"])
                points.setdefault(row["mrn"], []).append(Point(on, value))
    return [
        History(index, (Series("lvef_percent", tuple(each)),))
        for index, (_name, each) in enumerate(sorted(points.items()))
    ]


# How well they are foretold -----------------------------------------------------------------------


@dataclass(slots=True)
class Score:
    """How many next studies fell into their band, below it and above it."""

    inside: int = 0
    below: int = 0
    above: int = 0
    width: float = 0.0

    @property
    def count(self) -> int:
        """How many next studies there were."""
        return self.inside + self.below + self.above

    @property
    def percent(self) -> float:
        """The share inside."""
        return 100 * self.inside / self.count

    def add(self, value: float, low: float, high: float) -> None:
        """One next study and its band."""
        self.width += high - low
        if value < low:
            self.below += 1
        elif value > high:
            self.above += 1
        else:
            self.inside += 1


@dataclass(frozen=True, slots=True)
class Foretold:
    """What was said on the day of one study, and the comparable study that came next."""

    history: History
    said: Progression
    next: Point


def foretold(histories: Iterable[History], measure: str, noise: NoiseModel) -> Iterator[Foretold]:
    """Each next study of the same kind and laboratory, with what was said the study before."""
    for history in histories:
        for series in history.series:
            if series.measure == measure:
                yield from (Foretold(history, *pair) for pair in _pairs(series, noise))


def _pairs(series: Series, noise: NoiseModel) -> Iterator[tuple[Progression, Point]]:
    limits = [LIMITS[series.measure]] if series.measure in LIMITS else []
    for point in series.points:
        used = like_with_like(series, on=point.on).used
        if len(used) < 2 or used[-1] is not point or not point.interval.is_point:
            continue
        last = used[-2]
        if last.laboratory == point.laboratory and last.on < point.on:
            before = replace(series, points=tuple(p for p in series.points if p.on < point.on))
            said = progression_of(before, on=last.on, limits=limits, noise=noise, horizon=point.on)
            if said.used == used[:-1]:
                yield said, point


def scored(histories: Iterable[History], measure: str, noise: NoiseModel) -> Score:
    """How often the next study fell into its band."""
    score = Score()
    for each in foretold(histories, measure, noise):
        band = each.said.band
        if band is not None:
            score.add(each.next.middle, band.low, band.high)
    return score


def halves(histories: Sequence[History]) -> tuple[list[History], list[History]]:
    """Every other patient."""
    return list(histories[::2]), list(histories[1::2])


def noise_of(histories: Iterable[History], measure: str) -> NoiseModel:
    """The noise that the series of one measure show."""
    return estimated_noise(s for each in histories for s in each.series if s.measure == measure)


def fitted(histories: Sequence[History], measure: str) -> Score:
    """The score with noise estimated on the other half, both ways round."""
    one, other = halves(histories)
    total = Score()
    for fit, test in ((one, other), (other, one)):
        part = scored(test, measure, noise_of(fit, measure))
        total.inside += part.inside
        total.below += part.below
        total.above += part.above
        total.width += part.width
    return total


# What is known of the truth -----------------------------------------------------------------------


@dataclass(slots=True)
class Bin:
    """Probabilities of about the same size: their sum, how many, and how many came true."""

    said: float = 0.0
    count: int = 0
    true: int = 0


@dataclass(slots=True)
class Truth:
    """How probabilities and verdicts compare with the simulator's truth."""

    by_course: list[Bin] = field(default_factory=lambda: [Bin() for _bin in BINS])
    by_latest: list[Bin] = field(default_factory=lambda: [Bin() for _bin in BINS])
    changed: int = 0
    right: int = 0


def compared_with_truth(histories: Iterable[History], measure: str, noise: NoiseModel) -> Truth:
    """Probabilities of being beyond the measure's limit, and directions called real."""
    truth = Truth()
    for each in foretold(histories, measure, noise):
        last = each.said.used[-1]
        now = _true(each.history, measure, last.on)
        first = _true(each.history, measure, each.said.used[0].on)
        if now is None or first is None:
            continue
        for outlook in each.said.outlooks:
            beyond = outlook.limit.is_beyond(Interval.point(now), each.said.measure.worse)
            if outlook.by_course is not None:
                _note(truth.by_course, outlook.by_course, beyond is True)
            if last.interval.is_point:
                _note(truth.by_latest, outlook.by_latest[0], beyond is True)
        if each.said.verdict is CourseVerdict.CHANGED_FOR_REAL:
            falls_when_worse = measure == "lvef_percent"
            went_worse = (now < first) if falls_when_worse else (now > first)
            truth.changed += 1
            truth.right += went_worse is (each.said.direction is Direction.WORSE)
    return truth


def _note(bins: Sequence[Bin], probability: float, came_true: bool) -> None:
    at = next(i for i, (low, high) in enumerate(BINS) if low <= probability < high)
    bins[at].said += probability
    bins[at].count += 1
    bins[at].true += came_true


def _true(history: History, measure: str, on: date) -> float | None:
    state = None if history.life is None else history.life.true_at(on)
    return None if state is None else state.values.get(measure)


# The page -----------------------------------------------------------------------------------------


def figures(histories: Sequence[History], path: Path | None) -> Iterator[str]:
    """The lines of the figures, for the page or the screen."""
    yield f"{len(histories)} simulated patients (seed {SEED}), noise from the other half:"
    yield ""
    yield "| measure | next studies | in the 80 % band | below | above | mean width | by default |"
    yield "|---|---|---|---|---|---|---|"
    for measure in MEASURED:
        default = scored(histories, measure, NoiseModel())
        yield _row(MEASURES[measure].label, fitted(histories, measure), default)
    yield ""
    yield from _own_noise(histories)
    yield from _truth_lines(histories)
    yield from _real_lines(path)


def _row(label: str, own: Score, default: Score) -> str:
    counts = f"{own.count} | **{own.percent:.1f} %**"
    sides = f"{100 * own.below / own.count:.1f} % | {100 * own.above / own.count:.1f} %"
    width = own.width / own.count
    return f"| {label} | {counts} | {sides} | {width:.1f} | {default.percent:.1f} % |"


def _own_noise(histories: Sequence[History]) -> Iterator[str]:
    """The noise that each laboratory's series show, beside the noise that was put in."""
    yield "The noise that the series of the two laboratories show, and the published default:"
    yield ""
    yield "| measure | method | laboratory | SEM | residuals | patients | default |"
    yield "|---|---|---|---|---|---|---|"
    for measure in MEASURED:
        for key, own in sorted(noise_of(histories, measure).own.items()):
            if own.is_enough:
                default = NoiseModel().of(measure, 0.0, key[1] or "x", "x").sem
                words = f"{MEASURES[measure].label} | {key[1] or 'not stated'} | {key[2]}"
                counts = f"{own.residuals} | {own.patients}"
                yield f"| {words} | {own.sem:.2f} | {counts} | {default:.2f} |"
    yield ""


def _truth_lines(histories: Sequence[History]) -> Iterator[str]:
    yield "Probability that the true value is beyond a limit, beside how often it was:"
    yield ""
    yield "| limit | said | by the course: cases, mean said, true | by the latest study alone |"
    yield "|---|---|---|---|"
    for measure, limit in LIMITS.items():
        truth = compared_with_truth(histories, measure, noise_of(histories, measure))
        for (low, high), *bins in zip(BINS, truth.by_course, truth.by_latest, strict=True):
            said = f"{100 * low:.0f}–{min(100, 100 * high):.0f} %"
            yield f"| {limit.label} | {said} | {' | '.join(map(_of_bin, bins))} |"
    yield ""
    for measure in MEASURED:
        truth = compared_with_truth(histories, measure, noise_of(histories, measure))
        if truth.changed:
            right = 100 * truth.right / truth.changed
            yield (
                f"- {MEASURES[measure].label}: *changed for real* {truth.changed} times; the truth "
                f"had moved in that direction in {right:.1f} %."
            )
    yield ""


def _of_bin(each: Bin) -> str:
    if not each.count:
        return "none"
    said, true = 100 * each.said / each.count, 100 * each.true / each.count
    return f"{each.count}, {said:.0f} %, {true:.0f} %"


def _real_lines(path: Path | None) -> Iterator[str]:
    if path is None:
        yield f"The real LVEF series were not measured: {DATA} does not lead to them."
        return
    histories = real(path)
    measure = "lvef_percent"
    own = fitted(histories, measure)
    published = NoiseModel(settings={key_of(measure, "", ""): PUBLISHED})
    alone = scored(histories, measure, published)
    default = scored(histories, measure, NoiseModel())
    all_of_them = noise_of(histories, measure).own[key_of(measure, "", "")]
    yield f"{len(histories)} real patients after aortic valve replacement, LVEF:"
    yield ""
    yield "| noise | SEM | next studies | in the 80 % band | below | above | mean width |"
    yield "|---|---|---|---|---|---|---|"
    for words, sem, score in (
        ("from the other half", all_of_them.sem, own),
        ("published, within one laboratory", 2.4, alone),
        ("default where laboratory and method are not stated", 3.6, default),
    ):
        sides = f"{100 * score.below / score.count:.1f} % | {100 * score.above / score.count:.1f} %"
        counts = f"{score.count} | **{score.percent:.1f} %** | {sides}"
        yield f"| {words} | {sem:.1f} | {counts} | {score.width / score.count:.1f} |"
    yield ""
    for part in halves(histories):
        found = noise_of(part, measure).own[key_of(measure, "", "")]
        words = f"{found.residuals} residuals of {found.patients} patients"
        yield f"- One half alone shows a SEM of {found.sem:.1f} points ({words})."


def written(page: str, lines: Iterable[str]) -> str:
    """The page with these lines between its two marks."""
    before, rest = page.split(BEGIN)
    _old, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{chr(10).join(lines).rstrip()}\n\n{END}{after}"


def main() -> int:
    """Measure; print, or write into the page."""
    parser = argparse.ArgumentParser(description="Calibrate bands, probabilities and noise.")
    parser.add_argument("--write", action="store_true", help="write the figures into the page")
    parser.add_argument("--patients", type=int, default=PATIENTS, metavar="N")
    options = parser.parse_args()
    path = real_file()
    if options.write and path is None:
        steps.say(f"{DATA} must name the folder of the real files: nothing was written.")
        return 1
    lines = list(figures(simulated(SEED, options.patients), path))
    if options.write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), lines), encoding="utf-8")
        steps.say(f"{PAGE.relative_to(steps.ROOT)}: written")
    else:
        steps.say("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
