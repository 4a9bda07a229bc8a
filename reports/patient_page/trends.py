"""LVEF and LVESD over time, with the limits of the rules in force and the interventions."""

from __future__ import annotations

from datetime import date
from typing import Any

from guidelines.acc_aha_2020 import primary as acc_aha
from guidelines.facts import plain
from patients.derived import diameters_conflict
from patients.models import EchoStudy
from patients.study_sheet import upper_first
from reports.charts import (
    ChartPoint,
    EventMark,
    Threshold,
    TrendChart,
    summary,
    table_rows,
    trend_chart,
)
from treatments.models import Intervention
from treatments.record import PatientRecord

REST = "rest"
MAXIMUM_POINTS = 60
CHART_WIDTH, CHART_HEIGHT = 660, 240
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


def trend_figures(record: PatientRecord, *, shows_limits: bool) -> list[dict[str, Any]]:
    """The two charts on one time axis, each with its table twin.

    Limits are drawn only where the rules that they come from apply.
    """
    studies = [s for s in reversed(record.echo_studies) if s.status != "entered_in_error"]
    events = events_of(record)
    ends = _axis(studies, events)
    lvef = Threshold(acc_aha.LVEF_LIMIT, "at_most", f"≤ {plain(acc_aha.LVEF_LIMIT)}")
    lvesd = Threshold(acc_aha.LVESD_LIMIT, "at_least", f"≥ {plain(acc_aha.LVESD_LIMIT)}")
    figures = (
        ("lvef", "LVEF", "%", [_lvef(s) for s in studies if _has_lvef(s)], lvef),
        ("lvesd", "LVESD", "mm", [_lvesd(s) for s in studies if s.lvesd_mm is not None], lvesd),
    )
    return [
        _figure(ident, title, unit, points, [limit] if shows_limits else [], events, ends)
        for ident, title, unit, points, limit in figures
    ]


def _figure(
    ident: str,
    title: str,
    unit: str,
    points: list[ChartPoint],
    limits: list[Threshold],
    events: list[EventMark],
    ends: tuple[date | None, date | None],
) -> dict[str, Any]:
    chart = TrendChart(
        ident=ident,
        title=title,
        unit=unit,
        points=points[-MAXIMUM_POINTS:],
        thresholds=limits if points else [],
        events=events if points else [],
        from_on=ends[0],
        until_on=ends[1],
        width=CHART_WIDTH,
        height=CHART_HEIGHT,
    )
    return {
        "title": title,
        "unit": unit,
        "svg": trend_chart(chart),
        "rows": table_rows(chart)[::-1],
        "summary": summary(chart),
        "is_empty": not points,
    }


def events_of(record: PatientRecord) -> list[EventMark]:
    """Performed interventions as marks, those of one day under one mark."""
    days: dict[date, list[str]] = {}
    for intervention in reversed(record.performed):
        if intervention.performed_on is not None:
            name = SHORT_NAMES.get(intervention.kind, intervention.get_kind_display())  # type: ignore[call-overload]
            days.setdefault(intervention.performed_on, []).append(upper_first(name))
    return [EventMark(day, " + ".join(names)) for day, names in sorted(days.items())]


def _axis(studies: list[EchoStudy], events: list[EventMark]) -> tuple[date | None, date | None]:
    days = [study.performed_on for study in studies[-MAXIMUM_POINTS:]]
    days += [event.on for event in events if days and event.on >= days[0]]
    return (min(days), max(days)) if days else (None, None)


def _has_lvef(study: EchoStudy) -> bool:
    return study.lvef_percent_low is not None and study.lvef_percent_high is not None


def _lvef(study: EchoStudy) -> ChartPoint:
    return ChartPoint(
        study.performed_on,
        low=study.lvef_percent_low,
        high=study.lvef_percent_high,
        low_open=study.lvef_percent_low_open,
        high_open=study.lvef_percent_high_open,
        final=study.counts,
        comparable=study.state == REST,
        method=_known(study.get_lvef_method_display()),
        note=_note(study, "lvef_percent"),
    )


def _lvesd(study: EchoStudy) -> ChartPoint:
    return ChartPoint(
        study.performed_on,
        low=study.lvesd_mm,
        high=study.lvesd_mm,
        final=study.counts,
        comparable=study.state == REST and not diameters_conflict(study),
        method=_known(study.get_linear_method_display()),
        note="larger than LVEDD: not used"
        if diameters_conflict(study)
        else _note(study, "lvesd_mm"),
    )


def _known(method: str) -> str:
    return "" if method in {"not recorded", "Method not stated"} else method


def _note(study: EchoStudy, name: str) -> str:
    notes = []
    if study.status == EchoStudy.Status.DRAFT:
        notes.append("draft, not used")
    if study.state != REST:
        notes.append(study.get_state_display().lower())
    if name in study.implausible_confirmed:
        notes.append("unusual, confirmed")
    return "; ".join(notes)
