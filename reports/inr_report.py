"""The report of INR results: each with its interval, and the time in range up to it.

The time in range is Rosendaal's, as the patient's page computes it (``guidelines.scores.ttr``):
over the results since the plan has asked for the present range. Results of the time before the days
that were asked for count all the same; only rows of those days leave.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet

from guidelines.scores.ttr import MAX_GAP_DAYS, Inr, time_in_range
from patients.data_classes import DataClass
from patients.models import LabResult, Patient
from reports.columns import CLINIC, ENTERED, RECORD_NUMBER, patient_id
from reports.csv import Column, Kind, coded
from reports.patient_page.inr_control import place_of
from reports.readable import record_rows
from reports.report import Filter, FromPatients, Report
from reports.scope import Scope
from treatments.models import AnticoagulationPlan
from treatments.score_inputs import limits_of, same_plan_since, value_of_result

CLINICAL = DataClass.CLINICAL
Limits = tuple[Decimal, Decimal]
PLACES = {
    "below": "below the range",
    "in range": "in range",
    "above": "above the range",
    "cannot tell": "cannot tell: the result is “less than” or “more than”",
}


def inr_results(scope: Scope) -> QuerySet[Any, Any]:
    """The results that count, of all days up to the one that is asked for."""
    rows = record_rows(LabResult, scope)
    return rows.filter(analyte="inr", value__isnull=False, struck_at__isnull=True)


def _patients(scope: Scope) -> QuerySet[Any, Any]:
    with_results = inr_results(scope).order_by().values("patient_id")
    return Patient.objects.filter(pk__in=with_results).only("id", "public_id").order_by("id")


@dataclass
class _Course:
    """The results of one patient so far, one a day, and the time in range under the plan's range.

    ``least`` and ``most`` differ where a result is known only as "more" or "less" than a number.
    """

    plans: Sequence[Any]
    """Newest first."""
    points: list[Inr] = field(default_factory=list)
    limits: Limits | None = None
    since: date | None = None
    days: int = 0
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(0)

    def plan_on(self, day: date) -> tuple[Any, Sequence[Any]]:
        """The plan that asks for a vitamin K antagonist on the day, and those before it."""
        begun = [plan for plan in self.plans if plan.from_on <= day]
        newest = begun[0] if begun else None
        if newest is None or (newest.until_on is not None and newest.until_on < day):
            return None, []
        return (newest, begun) if newest.agent == AnticoagulationPlan.Agent.VKA else (None, [])

    def take(self, point: Inr, limits: Limits, begun: Sequence[Any]) -> dict[str, Any]:
        """Add a result of a later day; what the interval before it and all of them say."""
        since = same_plan_since(begun, limits)
        before = [each for each in self.points if each.on >= since]
        if (limits, since) != (self.limits, self.since):
            self.limits, self.since = limits, since
            self.days, self.least, self.most = 0, Decimal(0), Decimal(0)
            for earlier, later in pairwise(before):
                self._add(earlier, later)
        share = self._add(before[-1], point) if before else None
        said: dict[str, Any] = {"ttr_days": self.days}
        if share is not None:
            said |= {"interval_low": share[0], "interval_high": share[1]}
        if self.days:
            said |= {"ttr_low": self.least / self.days, "ttr_high": self.most / self.days}
            said["ttr_from"] = next((each.on for each in before), point.on)
        return said

    def _add(self, earlier: Inr, later: Inr) -> tuple[Any, Any] | None:
        """Count the time between two results; nothing where they are too far apart."""
        assert self.limits is not None  # noqa: S101 - for the type checker
        found = time_in_range([earlier, later], low=self.limits[0], high=self.limits[1])
        if found.lowest is None or found.highest is None:
            return None
        days = (later.on - earlier.on).days
        self.days += days
        self.least += days * Decimal(found.lowest)
        self.most += days * Decimal(found.highest)
        return found.lowest, found.highest


def _compute(patients: Sequence[Any], scope: Scope) -> Iterator[Mapping[str, Any]]:
    everything = replace(scope, from_on=None, until_on=None)
    keys = [patient.pk for patient in patients]
    results = _by_patient(inr_results(everything), keys, "taken_on")
    plans = record_rows(AnticoagulationPlan, everything).filter(struck_at__isnull=True)
    planned = _by_patient(plans, keys, "from_on")
    for patient in patients:
        rows = _rows(results[patient.pk], _Course(planned[patient.pk][::-1]))
        for row in rows:
            if _is_asked(row, scope):
                row["patient"] = patient.public_id
                yield row


def _by_patient(rows: QuerySet[Any, Any], keys: Sequence[int], day: str) -> dict[int, list[Any]]:
    """The rows of each patient, oldest first."""
    found = defaultdict(list)
    for row in rows.filter(patient_id__in=keys).order_by("patient_id", day, "id"):
        found[row.patient_id].append(row)
    return found


def _is_asked(row: Mapping[str, Any], scope: Scope) -> bool:
    day = row["taken_on"]
    return (scope.from_on or day) <= day <= (scope.until_on or day)


def _rows(results: Sequence[Any], course: _Course) -> Iterator[dict[str, Any]]:
    """One patient's results, oldest first; of one day the one entered last counts."""
    counting = {row.taken_on: row.id for row in results}
    for row in results:
        plan, begun = course.plan_on(row.taken_on)
        limits = limits_of(plan) if plan is not None else None
        said = {
            CLINIC.source: row.listed_clinic_code,
            RECORD_NUMBER.source: row.listed_record_number,
            "record": row.public_id,
            "taken_on": row.taken_on,
            "comparator": row.comparator,
            "value": row.value,
            "inr_low": limits[0] if limits else None,
            "inr_high": limits[1] if limits else None,
            "place": place_of(row, limits) or None,
            "counts": counting[row.taken_on] == row.id,
            "entered_at": row.entered_at,
        }
        if said["counts"]:
            point = Inr(value_of_result(row), row.taken_on)
            last = course.points[-1].on if course.points else None
            said["days_since"] = (row.taken_on - last).days if last else None
            if limits is None:
                course.limits = None
            else:
                said |= course.take(point, limits, begun)
            course.points.append(point)
        yield defaultdict(lambda: None, said)


RULE = f"scores 7: Rosendaal, continuous; results more than {MAX_GAP_DAYS} days apart left out"


def _percent(name: str, label: str, source: str, definition: str = "") -> Column:
    return Column(
        name, label, Kind.NUMBER, source, None, CLINICAL, "%", {}, definition, RULE
    )  # fmt: skip


INR = Report(
    name="inr",
    title="INR and time in range",
    one_row_per="INR result",
    columns=(
        CLINIC,
        RECORD_NUMBER,
        patient_id("patient"),
        Column("record_id", "Row, opaque id", Kind.CODE, "record"),
        Column("taken_on", "Taken on", Kind.DATE, "taken_on", None, DataClass.QUASI_IDENTIFYING),
        *coded("comparator", "Comparator", "comparator", dict(LabResult.Comparator.choices),
               CLINICAL),
        Column("inr", "INR", Kind.NUMBER, "value", None, CLINICAL),
        Column("inr_low", "INR, lower limit of the plan", Kind.NUMBER, "inr_low", None, CLINICAL,
               definition="Of the plan in force on the day; empty without one."),
        Column("inr_high", "INR, upper limit of the plan", Kind.NUMBER, "inr_high", None,
               CLINICAL),
        *coded("place", "Where it lies by the plan", "place", PLACES, CLINICAL),
        Column("counts_in_ttr", "Counts in the time in range", Kind.BOOLEAN, "counts", None,
               CLINICAL, definition="Of several results of one day the one entered last counts."),
        Column("days_since_previous", "Days since the result before", Kind.NUMBER, "days_since",
               None, CLINICAL, "days"),
        _percent("interval_in_range_percent_low", "Interval in range, least", "interval_low",
                 "Of the time since the result before. Both ends are alike where both results are "
                 "numbers."),
        _percent("interval_in_range_percent_high", "Interval in range, most", "interval_high"),
        _percent("ttr_percent_low", "Time in range up to this result, least", "ttr_low"),
        _percent("ttr_percent_high", "Time in range up to this result, most", "ttr_high"),
        Column("ttr_from_on", "Time in range from", Kind.DATE, "ttr_from", None,
               DataClass.QUASI_IDENTIFYING),
        Column("ttr_days_counted", "Days counted", Kind.NUMBER, "ttr_days", None, CLINICAL, "days"),
        ENTERED,
    ),
    source=FromPatients(patients=_patients, expected=inr_results, compute=_compute),
    filters=(Filter.DAYS, Filter.MECHANISM, Filter.STAGE),
    notes=(
        "Results entered in error are left out.",
        "The time in range is that under the plan's present range; without a plan for a vitamin K "
        "antagonist there is none.",
    ),
)  # fmt: skip
