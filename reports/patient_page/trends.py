"""The course of each measure: small charts on one time axis, and one of them enlarged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from string import ascii_uppercase

from django.urls import reverse

from guidelines.progression import Progression
from patients.models import Comorbidity
from patients.study_sheet import upper_first
from reports.charts import (
    EventMark,
    Svg,
    TableRow,
    TrendChart,
    summary,
    table_rows,
    trend_chart,
)
from reports.patient_page.case import PageCase
from reports.patient_page.course_chart import (
    DrawnLimit,
    band_until,
    chart_points,
    drawn_limits,
    limits_apply,
    trend_line,
    why_stale,
)
from reports.patient_page.course_words import CourseWords, words_of
from reports.patient_page.nyha_course import NYHA_CLASSES, nyha_points, nyha_words
from treatments.events import Event, events_of
from treatments.models import Intervention

MAXIMUM_POINTS = 60
WIDTH, HEIGHT, MARGINS = 372, 172, (34.0, 58.0)
WIDE, HIGH = 760, 320
AHEAD = timedelta(days=365)  # of the record's day, and at most three times that for a long course
SHARE_AHEAD = 0.15
WORDS_AT_A_LINE = 34  # letters of all events together; more are named by signs
MOST_EVENTS = 12
NYHA = "nyha"


@dataclass(frozen=True, slots=True)
class Subject:
    """A measure as the page shows it: its place in addresses, its short name."""

    slug: str
    name: str
    title: str
    full_title: str = ""

    @property
    def spelled_out(self) -> str:
        """The name in full, where the title is a short one."""
        return self.full_title or self.title


SUBJECTS = (
    Subject("lvesd", "lvesd_mm", "LVESD", "LV end-systolic diameter (LVESD)"),
    Subject(
        "lvesd-index", "lvesd_index_mm_m2", "LVESDi", "LV end-systolic diameter, indexed (LVESDi)"
    ),
    Subject("lvef", "lvef_percent", "LVEF", "LV ejection fraction (LVEF)"),
    Subject("eroa", "eroa_mm2", "EROA", "Effective regurgitant orifice area (EROA)"),
    Subject("regurgitant-volume", "regurgitant_volume_ml", "RVol", "Regurgitant volume (RVol)"),
    Subject("la-volume-index", "la_volume_index_ml_m2", "LAVI", "LA volume index (LAVI)"),
    Subject("spap", "spap_mmhg", "SPAP", "Systolic pulmonary artery pressure (SPAP, RVSP)"),
    Subject(NYHA, NYHA, "NYHA", "NYHA class"),
    Subject("nt-probnp", "nt_probnp_pg_ml", "NT-proBNP"),
)
# Charts of their own where they were measured; never called missing.
FURTHER = (Subject("bnp", "bnp_pg_ml", "BNP"),)
# Only enlarged: they decide less often.
MORE = (
    Subject("lvedd", "lvedd_mm", "LVEDD", "LV end-diastolic diameter (LVEDD)"),
    Subject("strain", "gls_percent", "GLS", "Global longitudinal strain (GLS)"),
    Subject("six-minute-walk", "six_minute_walk_m", "Six-minute walk"),
)
BY_SLUG: Mapping[str, Subject] = {each.slug: each for each in (*SUBJECTS, *FURTHER, *MORE)}

SHORT_NAMES = {
    Intervention.Kind.MITRAL_REPAIR: "Mitral repair",
    Intervention.Kind.MITRAL_MECHANICAL: "Mechanical mitral valve",
    Intervention.Kind.MITRAL_BIOLOGICAL: "Biological mitral valve",
    Intervention.Kind.TEER: "TEER",
    Intervention.Kind.AORTIC_REPLACEMENT: "Aortic valve replacement",
    Intervention.Kind.CABG: "CABG",
    Intervention.Kind.CRT: "CRT",
    Intervention.Kind.AF_ABLATION: "AF ablation",
}
EVENT_NAMES: Mapping[str, str] = {
    "admission": "Heart failure admission",
    "acute_episode": "Acute episode",
    "pregnancy": "Pregnancy",
    "fibrillation": "New atrial fibrillation",
    "therapy": "Therapy changed",
    Comorbidity.Kind.MYOCARDIAL_INFARCTION.value: "Infarction",
    Comorbidity.Kind.STROKE_OR_TIA.value: "Stroke or TIA",
    Comorbidity.Kind.ATRIAL_FIBRILLATION.value: "Atrial fibrillation",
    Comorbidity.Kind.ACTIVE_ENDOCARDITIS.value: "Endocarditis",
}


@dataclass(frozen=True)
class Figure:
    """One chart with its words and its table twin."""

    subject: Subject
    unit: str
    chart: TrendChart
    words: CourseWords
    href: str
    course: Progression | None = None
    limits: tuple[DrawnLimit, ...] = ()
    hidden_points: int = 0

    @property
    def scale(self) -> str:
        """Words for an axis that is not even."""
        return "log scale" if self.chart.is_log else ""

    @property
    def svg(self) -> Svg:
        """The drawing."""
        return trend_chart(self.chart)

    @property
    def rows(self) -> list[TableRow]:
        """The rows of the table twin, newest first."""
        return table_rows(self.chart)

    @property
    def summary(self) -> str:
        """What the chart shows, spoken."""
        return summary(self.chart)


@dataclass(frozen=True)
class Trends:
    """The section of the page: charts, what was never measured, and the key of the events."""

    figures: list[Figure]
    missing: list[str]
    more: list[dict[str, str]]
    events: list[EventMark]
    has_died: bool
    has_limits: bool
    has_dates: bool

    @property
    def signs(self) -> list[EventMark]:
        """Events that are named by a sign in the charts, for the key."""
        return [event for event in self.events if event.sign]

    @property
    def marks(self) -> set[str]:
        """Which marks the charts use, for the key."""
        points = [point for figure in self.figures for point in figure.chart.points]
        used = {
            "beyond": any(f.chart.beyond(p) for f in self.figures for p in f.chart.points),
            "hollow": any(not point.filled for point in points),
            "range": any(point.exact is None for point in points),
            "earlier": any(point.earlier for point in points),
            "error": any(point.error for point in points),
            "trend": any(figure.chart.trend for figure in self.figures),
            "band": any(figure.chart.band for figure in self.figures),
        }
        return {name for name, is_used in used.items() if is_used}


def trends_of(case: PageCase) -> Trends:
    """The section of a patient on the day of the page."""
    found = figures_of(case, (*SUBJECTS, *FURTHER))
    figures = on_one_axis(case, found, width=WIDTH, height=HEIGHT, margins=MARGINS)
    measured = {figure.subject for figure in figures}
    followed = {course.measure.name for course in case.whole.courses}
    return Trends(
        figures=figures,
        missing=[each.title for each in SUBJECTS if each not in measured],
        more=[
            {"label": each.title, "href": course_url(case, each)}
            for each in MORE
            if each.name in followed
        ],
        events=list(figures[0].chart.events) if figures else [],
        has_died=case.record.has_died,
        has_limits=any(figure.limits for figure in figures),
        has_dates=any(
            each.outlook.expected_on is not None for figure in figures for each in figure.limits
        ),
    )


def enlarged(case: PageCase, subject: Subject) -> Figure | None:
    """One chart with everything on it; ``None`` when there is no value."""
    found = figures_of(case, (subject,))
    figures = on_one_axis(case, found, width=WIDE, height=HIGH, margins=None)
    return next(iter(figures), None)


def course_url(case: PageCase, subject: Subject) -> str:
    """The page of one enlarged chart, of the day that is shown."""
    page = reverse("reports:patient-course", args=[case.patient.public_id, subject.slug])
    return f"{page}?{case.asked.query}" if case.asked.query else page


# Figures ------------------------------------------------------------------------------------------


def figures_of(case: PageCase, subjects: Iterable[Subject]) -> list[Figure]:
    """A figure for each of these measures that was taken at least once, not yet on an axis."""
    courses = {course.measure.name: course for course in case.whole.courses}
    apply = limits_apply(case)
    figures = []
    for subject in subjects:
        if subject.name == NYHA:
            figure = _nyha(case, subject)
        elif subject.name in courses:
            figure = _figure(case, subject, courses[subject.name], apply=apply)
        else:
            figure = None
        if figure is not None:
            figures.append(figure)
    return figures


def _figure(case: PageCase, subject: Subject, course: Progression, *, apply: bool) -> Figure | None:
    points = chart_points(case, course)
    if not points:
        return None
    limits = drawn_limits(case, course, apply=apply)
    died = case.record.has_died
    chart = TrendChart(
        ident=f"course-{subject.slug}",
        title=subject.spelled_out,
        unit=course.measure.unit,
        points=points[-MAXIMUM_POINTS:],
        thresholds=[each.threshold for each in limits],
        trend=trend_line(course),
        is_log=course.measure.is_relative,
    )
    return Figure(
        subject,
        course.measure.unit,
        chart,
        words_of(course, limits, stale=why_stale(case, course), has_died=died),
        course_url(case, subject),
        course,
        limits,
        max(len(points) - MAXIMUM_POINTS, 0),
    )


def _nyha(case: PageCase, subject: Subject) -> Figure | None:
    points = nyha_points(case)
    if not points:
        return None
    chart = TrendChart(
        ident=f"course-{subject.slug}",
        title=subject.spelled_out,
        unit="",
        points=points[-MAXIMUM_POINTS:],
        steps=True,
        names=NYHA_CLASSES,
    )
    return Figure(
        subject,
        "class",
        chart,
        nyha_words(case, points),
        course_url(case, subject),
        hidden_points=max(len(points) - MAXIMUM_POINTS, 0),
    )


# One axis -----------------------------------------------------------------------------------------


def on_one_axis(
    case: PageCase,
    figures: Sequence[Figure],
    *,
    width: int,
    height: int,
    margins: tuple[float, float] | None,
) -> list[Figure]:
    """The figures on the same days, with the same events, and with what is expected up to there."""
    if not figures:
        return []
    first = min(point.on for figure in figures for point in figure.chart.points)
    last = _last_day(case)
    horizon = last if case.record.has_died else _horizon(first, last)
    events = marks_of(case, first, has_words=margins is None)
    placed = []
    for figure in figures:
        course = None if case.record.has_died else figure.course
        band = [] if course is None else band_until(course, horizon)
        chart = replace(
            figure.chart,
            events=events,
            band=band,
            from_on=first,
            until_on=horizon,
            width=width,
            height=height,
            margins=margins,
            has_legend=margins is None,
        )
        placed.append(replace(figure, chart=chart))
    return placed


def _last_day(case: PageCase) -> date:
    died = case.patient.deceased_on
    return died if case.record.has_died and died is not None else case.on


def _horizon(first: date, on: date) -> date:
    """A year ahead, of a long course up to three: the axis, not a date that was computed."""
    ahead = (on - first) * SHARE_AHEAD
    return on + min(max(ahead, AHEAD), 3 * AHEAD)


# Events -------------------------------------------------------------------------------------------


def marks_of(case: PageCase, first: date, *, has_words: bool) -> list[EventMark]:
    """Interventions and key events since the first value, those of one day under one mark.

    A few have their words at the line, more have signs that a key names.
    """
    days: dict[date, list[str]] = {}
    for intervention in reversed(case.record.performed):
        if intervention.performed_on is not None:
            name = SHORT_NAMES.get(intervention.kind, intervention.get_kind_display())  # type: ignore[call-overload]
            days.setdefault(intervention.performed_on, []).append(upper_first(name))
    for event in _key_events(case):
        names = days.setdefault(event.on, [])
        if EVENT_NAMES[event.kind] not in names:
            names.append(EVENT_NAMES[event.kind])
    marks = [EventMark(day, " + ".join(names)) for day, names in sorted(days.items())]
    marks = [mark for mark in marks if mark.on >= first][-MOST_EVENTS:]
    if has_words or sum(len(mark.label) for mark in marks) <= WORDS_AT_A_LINE:
        return marks
    return [replace(mark, sign=sign) for mark, sign in zip(marks, ascii_uppercase, strict=False)]


def _key_events(case: PageCase) -> list[Event]:
    """Of the changes of therapy only the newest: it is where the present course begins."""
    found = [event for event in events_of(case.record) if event.kind in EVENT_NAMES]
    therapy = [event for event in found if event.kind == "therapy"]
    return [event for event in reversed(found) if event not in therapy[1:]]
