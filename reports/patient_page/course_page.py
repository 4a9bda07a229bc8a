"""Everything that is known of one course: the enlarged chart with its numbers."""

from __future__ import annotations

from dataclasses import dataclass

from guidelines.change import Change, change_words
from guidelines.outlook import Outlook
from guidelines.progression import Progression
from patients.days import spoken
from patients.study_sheet import upper_first
from reports.patient_page.case import PageCase
from reports.patient_page.course_chart import has_course
from reports.patient_page.course_words import month_text, probability_text, slope_text
from reports.patient_page.trends import BY_SLUG, Figure, Subject, course_url, enlarged


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit with what the course says of it."""

    name: str
    whose: str
    source: str
    is_met: str
    by_latest: str
    by_course: str
    expected: str


@dataclass(frozen=True, slots=True)
class CoursePage:
    """The page of one enlarged chart; without a figure nothing was measured."""

    subject: Subject
    figure: Figure | None
    numbers: list[tuple[str, str]]
    limits: list[LimitRow]
    others: list[dict[str, str]]


def course_page_of(case: PageCase, subject: Subject) -> CoursePage:
    """The page of one measure of a patient."""
    figure = enlarged(case, subject)
    course = figure.course if figure is not None else None
    followed = {each.measure.name for each in case.whole.courses}
    has_nyha = any(log.nyha_low is not None for log in case.record.symptom_logs)
    return CoursePage(
        subject,
        figure,
        _numbers(case, course) if course is not None else [],
        _limit_rows(case, figure) if figure is not None else [],
        [
            {"label": each.title, "href": course_url(case, each)}
            for each in BY_SLUG.values()
            if each != subject and (each.name in followed or (each.name == "nyha" and has_nyha))
        ],
    )


def _numbers(case: PageCase, course: Progression) -> list[tuple[str, str]]:
    rows = [("Verdict", _verdict(course))]
    if course.slope is not None and len(course.used) > 1:
        rows.append(
            (
                "Slope",
                f"{slope_text(course, course.slope, with_any_interval=True)};"
                " robust (Theil-Sen) with its 95 % interval,"
                f" from {course.slope.studies} studies",
            )
        )
    if course.latest_change is not None:
        rows.append(("Latest change", _change(course, course.latest_change)))
    if course.change_since_first is not None:
        rows.append(("Change since the first", _change(course, course.change_since_first)))
    if course.noise is not None:
        unit = "of the value" if course.measure.is_relative else course.measure.unit
        sem, mdc = course.noise.sem, course.noise.mdc95
        shown = (f"{100 * sem:.0f} %", f"{100 * mdc:.0f} %") if course.measure.is_relative else (
            f"{sem:.2g}", f"{mdc:.2g}")  # fmt: skip
        rows.append(
            (
                "Measurement noise",
                f"one study {shown[0]} {unit} (SEM); two differ by up to {shown[1]} {unit} by"
                f" chance (MDC95). {upper_first(course.noise.words)}",
            )
        )
    band = course.band
    if band is not None and has_course(course) and not case.record.has_died:
        rows.append(
            (
                "A study in a year",
                f"{band.low:.3g} to {band.high:.3g} {course.measure.unit} in"
                f" {100 * band.share:.0f} of 100 ({spoken(band.on)}; this is no appointment)",
            )
        )
    if course.since is not None:
        rows.append(
            (
                "Present part of the course",
                f"{upper_first(course.why_since)}, {spoken(course.since)};"
                f" {len(course.used)} {'study' if len(course.used) == 1 else 'studies'} used",
            )
        )
    remarks = [
        words for words in course.words if words.startswith(("the course is", "signals in both"))
    ]
    return [*rows, *(("Note", upper_first(remark)) for remark in remarks)]


def _verdict(course: Progression) -> str:
    signals = [f"{s.words} ({s.rule})" for s in course.signals]
    return "; ".join([course.verdict.label, *signals])


def _change(course: Progression, change: Change) -> str:
    real = {True: "more than noise", False: "within measurement error", None: "a range leaves open"}
    days = f"{spoken(change.earlier.on)} to {spoken(change.later.on)}"
    return f"{change_words(course.measure, change)}: {real[change.is_real]}; {days}"


def _limit_rows(case: PageCase, figure: Figure) -> list[LimitRow]:
    met = {True: "met", False: "not met", None: "a range leaves it open"}
    rows = []
    for each in figure.limits:
        outlook = each.outlook
        words = met[outlook.is_beyond]
        if outlook.confirm and not case.record.has_died:
            words += "; within one SEM of the limit: confirm by a repeat"
        by_course = outlook.by_course
        rows.append(
            LimitRow(
                each.label,
                each.whose or "every edition shown",
                each.limit.source,
                words,
                probability_text(outlook.by_latest),
                "not known" if by_course is None else probability_text((by_course, by_course)),
                _expected(each.outlook, has_died=case.record.has_died),
            )
        )
    return rows


def _expected(outlook: Outlook, *, has_died: bool) -> str:
    if has_died:
        return "none: the patient has died"
    if outlook.expected_on is None:
        return f"no date: {outlook.why_no_date}"
    earliest = outlook.earliest_on or outlook.expected_on
    latest = "not certain at all" if outlook.latest_on is None else month_text(outlook.latest_on)
    return f"{month_text(outlook.expected_on)}; from {month_text(earliest)}, latest: {latest}"
