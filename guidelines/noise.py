"""How much two studies of an unchanged heart differ: published defaults, or a laboratory's own.

SEM is the standard deviation of one study about the true value; MDC95 = 1.96 x sqrt(2) x SEM is
the change that two studies need to differ for real (scores 11c). This table is the only place
where these numbers stand; everything that asks about noise asks here.

Which noise is used, in this order, and ``Noise.words`` says so:

1. what the clinic set for a laboratory (``Setting``);
2. the laboratory's own, for that measure and method, estimated from its own series once there are
   ``ENOUGH_RESIDUALS`` residuals of ``ENOUGH_PATIENTS`` patients (``estimated_noise``);
3. the published default: within one laboratory and method, or the wider one between laboratories
   and methods. A laboratory or method that was not stated is never taken to be the same one.

The estimate: a study between two others of the same patient, laboratory, method, rhythm and
segment is held against the line through its neighbours; a residual divided by the square root of
1 + w2 + (1-w)2 has the SEM as its standard deviation, whatever the course. SEM is the distance
that 80 of 100 residuals stay within, over 1.2816: one wild study in five does not move it, and it
is the part of the distribution that the 80 % band of the next study needs.

Noise adds "confirm" and a probability to a verdict; it never changes one (safety H11).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from guidelines.series import (
    DAYS_A_YEAR,
    FIBRILLATION,
    NOT_STATED,
    Measure,
    Point,
    Series,
    measure_of,
)
from guidelines.vocabulary import LvefMethod, Term

TWO_STUDIES_95 = 1.96 * math.sqrt(2)  # MDC95 over SEM, scores 11c
ENOUGH_RESIDUALS = 50  # local default: then the estimate is known to about 12 %
ENOUGH_PATIENTS = 20  # local default
SHARE = 0.8  # of the residuals, and the reach of this share in a normal distribution
REACH = 1.2815515655446004
LEAST_SHARE_OF_DEFAULT = 0.25  # whole numbers that repeat must not look free of noise
MIXED_METHODS = frozenset({str(LvefMethod.VISUAL)})  # as noisy as a change of method


@dataclass(frozen=True, slots=True)
class Figure:
    """The default SEM of one measure, in its unit, and between laboratories or methods.

    ``percent``: never less than this share of the value. ``row`` says where it comes from.
    """

    sem: Decimal
    between: Decimal
    row: str
    percent: Decimal | None = None

    def sem_at(self, value: float, *, between: bool) -> float:
        """The SEM of a study that measured this value."""
        sem = float(self.between if between else self.sem)
        share = 0.0 if self.percent is None else float(self.percent) / 100 * abs(value)
        return max(sem, share)


# Where no figure between laboratories is printed, 1.5 times the one within: the ratio of LVEF.
DEFAULTS: Mapping[str, Figure] = MappingProxyType(
    {
        "lvef_percent": Figure(Decimal("2.4"), Decimal("3.6"), "scores 11c: LVEF 2D 6.6, 10"),
        "lvesd_mm": Figure(Decimal("1.3"), Decimal("2.2"), "scores 11c: LVESD 3.6, 6 mm"),
        "lvesd_index_mm_m2": Figure(
            Decimal("0.72"), Decimal("1.22"), "scores 11c: LVESD over 1.8 m², local default"
        ),
        "lvedd_mm": Figure(
            Decimal("1.6"), Decimal("2.9"), "scores 11c: LVEDD 4.5 mm; weekly band 8 mm"
        ),
        "eroa_mm2": Figure(Decimal(6), Decimal(13), "scores 11c: EROA 17, worst case 37 mm²"),
        "regurgitant_volume_ml": Figure(
            Decimal(8), Decimal(17), "EROA's of scores 11c times 130 cm, local default"
        ),
        "la_volume_index_ml_m2": Figure(
            Decimal("2.5"), Decimal("3.75"), "scores 11c: LAVI 7 mL/m²; between: local default"
        ),
        "spap_mmhg": Figure(
            Decimal(5), Decimal("7.5"), "scores 11c: RVSP 14 mmHg; between: local default"
        ),
        "gls_percent": Figure(
            Decimal("1.0"),
            Decimal("1.5"),
            "scores 11c: GLS 2.8 points, 5.3 % of the value; between: local default",
            Decimal("5.3"),
        ),
        # A fraction of the value: 50 % over 1.96 x sqrt(2).
        "bnp_pg_ml": Figure(
            Decimal("0.1804"), Decimal("0.1804"), "as NT-proBNP, local default"
        ),
        "nt_probnp_pg_ml": Figure(
            Decimal("0.1804"), Decimal("0.1804"), "scores 11c: NT-proBNP, about 50 % change"
        ),
        "six_minute_walk_m": Figure(
            Decimal("10.82"), Decimal("10.82"), "scores 10: important change about 30 m"
        ),
    }
)  # fmt: skip

BY_METHOD: Mapping[tuple[str, str], Figure] = MappingProxyType(
    {
        ("lvef_percent", str(LvefMethod.THREE_D)): Figure(
            Decimal("2.2"), Decimal("3.6"), "scores 11c: LVEF 3D 6"
        )
    }
)
"""Defaults of a method that has its own figure."""


def default_mdc95(measure: str) -> Decimal:
    """The change between two studies of one laboratory and method that is more than noise.

    In the measure's unit, or a fraction of the value for a relative measure, to four digits;
    raises ``LookupError`` for a measure without a figure.
    """
    return Decimal(f"{TWO_STUDIES_95 * float(_figure(measure, '').sem):.4g}")


def _figure(measure: str, method: str) -> Figure:
    measure_of(measure)
    return BY_METHOD.get((measure, method), DEFAULTS[measure])


class NoiseSource(Term):
    """Whose noise it is."""

    SETTING = "setting", "set by the clinic"
    OWN = "own", "estimated from this laboratory's own series"
    DEFAULT = "default", "published default"


@dataclass(frozen=True, slots=True)
class Noise:
    """The noise of one study, and why this one.

    ``sem`` is in the measure's unit, or a fraction of the value for a relative measure.
    """

    sem: float
    source: NoiseSource
    words: str
    residuals: int = 0
    patients: int = 0

    @property
    def mdc95(self) -> float:
        """The change that two studies with this noise need to differ for real."""
        return TWO_STUDIES_95 * self.sem

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "sem": self.sem,
            "mdc95": self.mdc95,
            "source": str(self.source),
            "words": self.words,
            "residuals": self.residuals,
            "patients": self.patients,
        }


@dataclass(frozen=True, slots=True)
class OwnNoise:
    """What a laboratory's own series give for one measure and method, and how much they are."""

    sem: float
    residuals: int
    patients: int

    @property
    def is_enough(self) -> bool:
        """Whether it rests on enough to be used instead of the default."""
        return self.residuals >= ENOUGH_RESIDUALS and self.patients >= ENOUGH_PATIENTS


@dataclass(frozen=True, slots=True)
class Setting:
    """The SEM that a clinic states for a laboratory, by its own repeat measurements."""

    sem: Decimal
    why: str

    def __post_init__(self) -> None:
        if not (self.sem.is_finite() and self.sem > 0):
            raise ValueError(f"a measurement without noise does not exist: {self.sem}")


Key = tuple[str, str, str]
"""Measure, method, laboratory; what was not stated is "". A setting without a method is for all."""


def key_of(measure: str, method: str, laboratory: str) -> Key:
    """The key of a group, with everything that was not stated as ""."""
    return (
        measure,
        "" if method in NOT_STATED else method,
        "" if laboratory in NOT_STATED else laboratory,
    )


@dataclass(frozen=True)
class NoiseModel:
    """The noise of every measure, method and laboratory; without arguments the defaults."""

    own: Mapping[Key, OwnNoise] = field(default_factory=dict)
    settings: Mapping[Key, Setting] = field(default_factory=dict)

    def of(
        self, measure: str, value: float, method: str, laboratory: str, *, mixed: bool = False
    ) -> Noise:
        """The noise of a study that measured ``value``; ``mixed``: compared with another kind.

        Another kind is another laboratory, or a method that was not stated.
        """
        key = key_of(measure, method, laboratory)
        figure = _figure(measure, key[1])
        known = self.settings.get(key) or self.settings.get((measure, "", key[2]))
        if known is not None:
            words = f"set by the clinic ({known.why})"
            return self._own(figure, float(known.sem), mixed, Noise(0, NoiseSource.SETTING, words))
        own = self.own.get(key)
        if own is not None and own.is_enough:
            return self._own(figure, own.sem, mixed and key[2] != "", _from_own(own))
        return _default(figure, key, value, mixed, own)

    def of_point(self, measure: Measure, point: Point, *, mixed: bool = False) -> Noise:
        """The noise of one measurement."""
        value = point.middle if point.is_bounded else 0.0
        return self.of(measure.name, value, point.method, point.laboratory, mixed=mixed)

    def of_points(self, measure: Measure, points: Sequence[Point], other: Point) -> list[Noise]:
        """The noise of each of these measurements beside the ``other`` one."""
        if _figure(measure.name, "").percent is not None:
            return [self.of_point(measure, p, mixed=is_mixed(p, other)) for p in points]
        kinds = {(point.method, point.laboratory): point for point in points}
        known = {
            kind: self.of_point(measure, point, mixed=is_mixed(point, other))
            for kind, point in kinds.items()
        }
        return [known[point.method, point.laboratory] for point in points]

    @staticmethod
    def _own(figure: Figure, sem: float, mixed: bool, noise: Noise) -> Noise:
        if not mixed:
            return Noise(sem, noise.source, noise.words, noise.residuals, noise.patients)
        wider = math.hypot(sem, math.sqrt(float(figure.between**2 - figure.sem**2)))
        words = f"{noise.words}, wider between laboratories or methods ({figure.row})"
        return Noise(wider, noise.source, words, noise.residuals, noise.patients)

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form: what is the laboratory's own; the defaults are in the code."""
        own = [
            {"key": list(key), "sem": e.sem, "residuals": e.residuals, "patients": e.patients}
            for key, e in sorted(self.own.items())
        ]
        settings = [
            {"key": list(key), "sem": f"{each.sem:f}", "why": each.why}
            for key, each in sorted(self.settings.items())
        ]
        return {"own": own, "settings": settings}


def is_mixed(one: Point, other: Point) -> bool:
    """Whether two studies may differ by more than one laboratory's noise with one method."""
    same_laboratory = one.laboratory == other.laboratory
    return not same_laboratory or one.knows_method != other.knows_method


def _from_own(own: OwnNoise) -> Noise:
    words = (
        f"this laboratory's own, from {own.residuals} residuals of {own.patients} patients "
        "around their own course"
    )
    return Noise(own.sem, NoiseSource.OWN, words, own.residuals, own.patients)


def _default(figure: Figure, key: Key, value: float, mixed: bool, own: OwnNoise | None) -> Noise:
    why = _why_wider(key, mixed)
    words = f"published default ({figure.row})"
    if why:
        words += f", the wider one because {why}"
    if own is not None:
        words += (
            f"; this laboratory's own series are too few yet ({own.residuals} residuals of "
            f"{own.patients} patients, {ENOUGH_RESIDUALS} of {ENOUGH_PATIENTS} needed)"
        )
    sem = figure.sem_at(value, between=bool(why))
    return Noise(sem, NoiseSource.DEFAULT, words)


def _why_wider(key: Key, mixed: bool) -> str:
    measure, method, laboratory = key
    if measure in WITHOUT_METHOD:
        return ""
    if mixed:
        return "laboratories or methods are mixed"
    if laboratory == "":
        return "the laboratory was not stated"
    if measure in NEEDS_METHOD and method == "":
        return "the method was not stated"
    return "it is a visual estimate" if method in MIXED_METHODS else ""


NEEDS_METHOD = frozenset({"lvef_percent"})
"""Measures whose methods differ by more than their noise (scores 11c: do not mix)."""

WITHOUT_METHOD = frozenset({"bnp_pg_ml", "nt_probnp_pg_ml", "six_minute_walk_m"})
"""Measures with one figure, whatever the laboratory."""

DEFAULT_NOISE = NoiseModel()


# A laboratory's own noise -------------------------------------------------------------------------


def estimated_noise(
    histories: Iterable[Series], *, settings: Mapping[Key, Setting] | None = None
) -> NoiseModel:
    """The noise of each measure, method and laboratory in these series, each of one patient.

    Groups with too few residuals are kept with their count, so that the words can say how many
    are missing. ``settings`` are taken over.
    """
    residuals: defaultdict[Key, list[float]] = defaultdict(list)
    patients: defaultdict[Key, int] = defaultdict(int)
    for series in histories:
        found: defaultdict[Key, list[float]] = defaultdict(list)
        for key, run in _runs(series):
            found[key] += _residuals(run)
        for key, values in found.items():
            residuals[key] += values
            patients[key] += bool(values)
    own = {
        key: OwnNoise(_sem_of(key, values), len(values), patients[key])
        for key, values in residuals.items()
        if values
    }
    return NoiseModel(own, dict(settings or {}))


def _runs(series: Series) -> Iterator[tuple[Key, list[tuple[float, float]]]]:
    """Times in years and values of studies of one kind, segment by segment."""
    measure = measure_of(series.measure)
    runs: defaultdict[tuple[Key, int, str], list[tuple[float, float]]] = defaultdict(list)
    for point in series.points:
        if _counts(measure, point):
            segment = sum(event.on < point.on for event in series.events)
            rhythm = "af" if point.rhythm in FIBRILLATION else point.rhythm
            key = key_of(series.measure, point.method, point.laboratory)
            value = math.log(point.middle) if measure.is_relative else point.middle
            runs[key, segment, rhythm].append((point.on.toordinal() / DAYS_A_YEAR, value))
    for (key, _segment, _rhythm), run in runs.items():
        yield key, run


def _counts(measure: Measure, point: Point) -> bool:
    """Whether it shows a laboratory's noise: final, at rest, one exact possible value."""
    usable = point.is_final and point.is_rest and point.is_comparable
    return usable and point.interval.is_point and not measure.refusal(point.interval)


def _residuals(run: Sequence[tuple[float, float]]) -> list[float]:
    """How far each study lies from the line through its neighbours, as one study's deviation."""
    found = []
    for (t0, y0), (t1, y1), (t2, y2) in zip(run, run[1:], run[2:], strict=False):
        if t2 > t0:
            share = (t1 - t0) / (t2 - t0)
            off = y1 - (1 - share) * y0 - share * y2
            found.append(abs(off) / math.sqrt(1 + share**2 + (1 - share) ** 2))
    return found


def _sem_of(key: Key, residuals: Sequence[float]) -> float:
    """The distance that most residuals stay within, as a standard deviation."""
    ordered = sorted(residuals)
    within = ordered[min(len(ordered) - 1, int(SHARE * len(ordered)))]
    least = LEAST_SHARE_OF_DEFAULT * float(_figure(key[0], key[1]).sem)
    return max(within / REACH, least)
