"""The clinic's plan of anticoagulation, the INR it asks for, and how the INR was held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from guidelines.anticoagulation import InrTarget, inr_target_of
from guidelines.numbers import Interval
from guidelines.vocabulary import MitralValveState
from patients.days import spoken
from patients.forms.typed import plain
from patients.models import LabResult
from patients.study_sheet import upper_first
from reports.kinds import row_url
from reports.patient_page.advice_lines import asked, names_hidden
from reports.patient_page.case import PageCase
from reports.patient_page.inr_sparkline import InrPoint, inr_sparkline
from treatments.facts import valve_state_of
from treatments.facts.case_of_record import case_of
from treatments.facts.laboratory import inr_days
from treatments.formulary import DrugClass
from treatments.models import AnticoagulationPlan, Medication
from treatments.score_inputs import limits_of, value_of_result

RESULTS_SHOWN = 6
POINTS_DRAWN = 40
GAPS_SHOWN = 3
GAP_FROM_DAYS = 2  # stopped one day and started the next is a change of tablets, no gap
DASH = "\N{EN DASH}"
Limits = tuple[Decimal, Decimal] | None


def inr_control_of(case: PageCase) -> dict[str, Any] | None:
    """Plan, targets, results and gaps; ``None`` where nobody is or was meant to have an INR."""
    record, plan = case.record, case.record.anticoagulation_plan
    results = [r for r in record.lab_results if r.analyte == "inr" and r.value is not None]
    is_mechanical = valve_state_of(record).value is MitralValveState.MECHANICAL
    takes_vka = any(row.drug_class == DrugClass.VKA for row in record.current_medications)
    meant = plan is not None and plan.agent == AnticoagulationPlan.Agent.VKA
    if not (is_mechanical or takes_vka or meant or results):
        return _plan_only(case) if plan is not None else None
    limits = limits_of(plan) if plan is not None and meant else None
    return {
        "plan": _plan(plan),
        "plan_href": case.doors.list_url(AnticoagulationPlan),
        "plan_entry": case.doors.add_url(AnticoagulationPlan),
        "targets": [] if record.has_died else list(_targets(case, limits)),
        "newest": _newest(case, results, limits, is_due=is_mechanical or takes_vka or meant),
        "rows": [_row(row, limits) for row in results[:RESULTS_SHOWN]],
        "earlier": max(len(results) - RESULTS_SHOWN, 0),
        "list_href": case.doors.list_url(LabResult),
        "add_href": case.doors.add_url(LabResult),
        "sparkline": inr_sparkline(_points(results, limits), limits, case.on),
        "in_range": _in_range(case),
        "gaps": list(_gaps(case)),
        "asks_inr": True,
    }


def _plan_only(case: PageCase) -> dict[str, Any]:
    """Another anticoagulant than a vitamin K antagonist: the plan alone, no INR is asked for."""
    return {
        "plan": _plan(case.record.anticoagulation_plan),
        "plan_href": case.doors.list_url(AnticoagulationPlan),
        "plan_entry": case.doors.add_url(AnticoagulationPlan),
        "asks_inr": False,
    }


def _plan(plan: AnticoagulationPlan | None) -> dict[str, Any] | None:
    if plan is None:
        return None
    limits = limits_of(plan)
    target = f"target {plain(plan.inr_target)}" if plan.inr_target is not None else ""
    has_no_limits = plan.agent == AnticoagulationPlan.Agent.VKA and limits is None
    agent = "No anticoagulation" if plan.agent == "none" else upper_first(plan.get_agent_display())
    return {
        "agent": agent,
        "limits": f"INR {plain(limits[0])}{DASH}{plain(limits[1])}" if limits else target,
        "has_no_limits": has_no_limits,
        "from_on": plan.from_on,
        "indication": plan.indication,
        "self_testing": plan.self_testing,
        "href": row_url(AnticoagulationPlan, plan.public_id),
    }


# What the editions aim at -------------------------------------------------------------------------


def _targets(case: PageCase, limits: Limits) -> Iterator[dict[str, Any]]:
    """The INR target by each edition that may be shown; none for a valve that asks for none."""
    for verdict in case.assessment.editions:
        if verdict.edition in case.hidden:
            continue
        target = inr_target_of(verdict.edition, case.picture.readings())
        if target is None or not target.choices:
            continue
        yield {
            "edition": verdict.edition.title,
            "text": target.text,
            "row": target.row,
            "is_decided": target.is_decided,
            "missing": [asked(name, case) for name in target.missing],
            "notes": target.notes,
            "differs": _differs(target, limits),
        }


def _differs(target: InrTarget, limits: Limits) -> str:
    """How the clinic's own limits differ from the edition's; nothing without both."""
    if limits is None or target.low is None or target.high is None:
        return ""
    low, high = limits
    said = []
    if low != target.low:
        said.append("begins lower" if low < target.low else "begins higher")
    if high != target.high:
        said.append("ends lower" if high < target.high else "ends higher")
    return f"the clinic's plan {' and '.join(said)}" if said and target.is_decided else ""


# Results ------------------------------------------------------------------------------------------


def _newest(
    case: PageCase, results: list[LabResult], limits: Limits, *, is_due: bool
) -> dict[str, Any] | None:
    """The last INR, how long ago, and from when on the next is overdue (safety C)."""
    if not results:
        return None
    row = results[0]
    days = (case.on - row.taken_on).days
    limit, why = inr_days(case_of(case.record, case.rules.limits), row)
    asks = is_due and not case.record.has_died
    return {
        "text": _text(row),
        "on": row.taken_on,
        "href": row_url(LabResult, row.public_id),
        "place": place_of(row, limits),
        "days": None if case.record.has_died else days,
        "next_by": row.taken_on + timedelta(days=limit) if asks else None,
        "limit": limit,
        "why": why,
        "overdue": max(days - limit, 0) if asks else 0,
    }


def _text(row: LabResult) -> str:
    return f"{row.comparator}{plain(row.value)}" if row.value is not None else ""


def _row(row: LabResult, limits: Limits) -> dict[str, Any]:
    return {
        "text": _text(row),
        "on": row.taken_on,
        "href": row_url(LabResult, row.public_id),
        "place": place_of(row, limits),
    }


def place_of(row: LabResult, limits: Limits) -> str:
    """Where the result lies by the clinic's plan; "more than" and "less than" decide what they can.

    Empty without limits: no range is guessed.
    """
    if limits is None:
        return ""
    value = value_of_result(row)
    interval = value if isinstance(value, Interval) else Interval.point(value)
    low, high = limits
    if interval.is_below(low):
        return "below"
    if interval.is_above(high):
        return "above"
    return "in range" if interval.is_at_least(low) and interval.is_at_most(high) else "cannot tell"


def _points(results: list[LabResult], limits: Limits) -> list[InrPoint]:
    drawn = [row for row in results if row.value is not None][:POINTS_DRAWN]
    return [
        InrPoint(row.taken_on, row.value or Decimal(0), row.comparator, place_of(row, limits))
        for row in reversed(drawn)
    ]


def _in_range(case: PageCase) -> dict[str, Any] | None:
    """Time in therapeutic range as computed, with what it rests on; else why there is none."""
    found = next((each for each in case.whole.scores if each.name == "ttr-rosendaal"), None)
    if found is None or (not found.is_computed and not found.missing):
        return None
    said = found.parameters
    return {
        "text": found.text if found.is_computed else "",
        "why_not": found.not_computed,
        "meaning": "" if names_hidden(found.interpretation, case) else found.interpretation,
        "range": said.get("therapeutic range", ""),
        "from_on": _day(said.get("from", "")),
        "until_on": _day(said.get("until", "")),
        "counted": said.get("days counted", ""),
        "left_out": said.get("days left out", ""),
        "results": said.get("results", ""),
        "longest_gap": said.get("longest gap", ""),
        "rows": ", ".join(found.definition.rows),
        "verification": found.definition.verification.label,
    }


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


# Days without the drug ----------------------------------------------------------------------------


def _gaps(case: PageCase) -> Iterator[str]:
    """Days on which the plan asked for a vitamin K antagonist and none was on the list."""
    plan = case.record.anticoagulation_plan
    if plan is None or plan.agent != AnticoagulationPlan.Agent.VKA or case.record.has_died:
        return
    courses = [row for row in case.record.medications if row.drug_class == DrugClass.VKA]
    if not courses:
        yield "The plan asks for a vitamin K antagonist; none is on the medication list."
        return
    found = list(_uncovered(courses, plan.from_on, case.on))
    for start, end in found[-GAPS_SHOWN:]:
        if end == case.on:
            yield f"No vitamin K antagonist on the medication list since {spoken(start)}."
            continue
        days = (end - start).days
        bridged = _heparin(case, start, end)
        yield (
            f"No vitamin K antagonist from {spoken(start)} to {spoken(end)} "
            f"({days} day{'s' if days != 1 else ''}){bridged}."
        )


def _uncovered(courses: list[Medication], since: date, until: date) -> Iterator[tuple[date, date]]:
    """Stretches between ``since`` and ``until`` that no course covers.

    A course whose start is not recorded may have begun at any time before it was noted.
    """
    spans = sorted(
        (row.started_on or min(since, row.noted_on), row.stopped_on or until) for row in courses
    )
    covered_to = max(since, spans[0][0])
    for start, end in spans:
        if (start - covered_to).days >= GAP_FROM_DAYS:
            yield covered_to, min(start, until)
        covered_to = max(covered_to, end)
    if (until - covered_to).days >= GAP_FROM_DAYS:
        yield covered_to, until


def _heparin(case: PageCase, start: date, end: date) -> str:
    """That heparin was on the list meanwhile."""
    for row in case.record.medications:
        begun, stopped = row.started_on or row.noted_on, row.stopped_on or case.on
        if row.drug_class == DrugClass.HEPARIN and begun <= end and stopped >= start:
            return "; heparin is on the list for that time"
    return ""
