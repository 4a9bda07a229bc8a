"""The report of progression: for each patient and each measure, what its course says.

The same course as on the patient's page (``guidelines.progression``): the slope with its interval,
the latest change against measurement noise, the way to the next limit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from followup.clinic_rules import DEFAULT_RULES, ClinicRules, rules_of
from followup.whole import courses_of, with_limits
from guidelines.assessment import outline
from guidelines.change import Direction
from guidelines.definitions import Worse
from guidelines.outlook import Outlook
from guidelines.progression import CourseVerdict, Progression
from guidelines.rule import Edition
from guidelines.series import MEASURES, Point
from patients.data_classes import DataClass
from patients.study_sheet import upper_first
from reports.columns import CLINIC, RECORD_NUMBER, patient_id
from reports.csv import Column, Kind, coded
from reports.readable import followed_patients
from reports.report import Filter, FromPatients, Report
from reports.scope import Scope
from treatments.facts import picture_of
from treatments.record import PatientRecord, record_of

CLINICAL, QUASI = DataClass.CLINICAL, DataClass.QUASI_IDENTIFYING
SLOPE_RULE = "scores 11a: median of the slopes between all pairs of studies, with Sen's interval"
NOISE_RULE = "scores 11c (a): two studies differ by more than MDC95"


def _compute(patients: Sequence[Any], scope: Scope) -> Iterator[Mapping[str, Any]]:
    records = record_of(patients, on=scope.day, known_at=scope.known_at)
    rules = {clinic.pk: rules_of(clinic, scope.day, scope.known_at) for clinic in scope.clinics}
    for patient in patients:
        record = records[patient.pk]
        mine = rules.get(patient.listed_clinic_id, DEFAULT_RULES)
        courses = {c.measure.name: c for c in courses_of(record, _shown(record, mine), mine.noise)}
        for name in MEASURES:
            yield _row(patient, name, courses.get(name), scope, has_died=record.has_died)


def _shown(record: PatientRecord, rules: ClinicRules) -> list[Edition]:
    """The editions whose limits may be named: signed off, and their gate is not closed."""
    editions = tuple(rules.editions_of(record.on))
    told = outline(picture_of(record, rules.limits), on=record.on, editions=editions)
    return with_limits(told.editions, rules.hidden)


def _row(
    patient: Any, name: str, course: Progression | None, scope: Scope, *, has_died: bool
) -> dict[str, Any]:
    row = dict.fromkeys(column.source for column in COLUMNS)
    row |= {
        CLINIC.source: patient.listed_clinic_code,
        RECORD_NUMBER.source: patient.listed_record_number,
        "patient": patient.public_id,
        "on": scope.day,
        "measure": name,
        "unit": MEASURES[name].unit,
        "studies": 0,
    }
    if course is not None:
        row |= _said(course)
        row |= _limit(course, has_died=has_died)
    return row


def _said(course: Progression) -> dict[str, Any]:
    """Slope and changes; an end that is open stays empty."""
    said: dict[str, Any] = {
        "studies": len(course.used),
        "left_out": len(course.left_out),
        "since": course.since,
        "why_since": course.why_since or None,
        "verdict": course.verdict.value,
        "direction": course.direction.value,
    }
    if course.used:
        first, last = course.used[0], course.used[-1]
        said |= {"first_on": first.on, "latest_on": last.on}
        said |= {"latest_low": last.interval.low, "latest_high": last.interval.high}
    if course.slope is not None:
        slope = course.slope
        said |= {
            "slope": _finite(slope.value),
            "slope_low": _finite(slope.low),
            "slope_high": _finite(slope.high),
            "slope_unit": course.slope_unit,
            "informative": slope.is_informative,
        }
    change = course.latest_change
    if change is not None:
        said |= {
            "change_low": change.low,
            "change_high": change.high,
            "mdc95": change.mdc95,
            "is_real": change.is_real,
        }
    return said


def _limit(course: Progression, *, has_died: bool) -> dict[str, Any]:
    """The nearest limit that is not met; where all are met, the one passed last."""
    if not course.used or not course.outlooks:
        return {}
    latest = course.used[-1]
    outlook = min(course.outlooks, key=lambda each: _nearness(each, course, latest))
    distance = _distance(outlook, course, latest)
    said = {
        "limit": outlook.limit.value,
        "limit_label": outlook.limit.label,
        "limit_source": outlook.limit.source,
        "beyond": outlook.is_beyond,
        "distance": distance,
        "confirm": outlook.confirm,
        "probability": outlook.by_course,
    }
    if has_died:
        return said
    return said | {
        "expected_on": outlook.expected_on,
        "earliest_on": outlook.earliest_on,
        "last_expected_on": outlook.latest_on,
        "why_no_date": outlook.why_no_date or None,
    }


def _nearness(outlook: Outlook, course: Progression, latest: Point) -> tuple[bool, float, str]:
    distance = _distance(outlook, course, latest)
    far = math.inf if distance is None else abs(float(distance))
    return outlook.is_beyond is True, far, outlook.limit.label


def _distance(outlook: Outlook, course: Progression, latest: Point) -> Any:
    """How far the worse end of the latest value still is from the limit; negative beyond it."""
    limit = outlook.limit.value
    if course.measure.worse is Worse.HIGHER:
        end = latest.interval.high
        return None if end is None else _minus(limit, end)
    end = latest.interval.low
    return None if end is None else _minus(end, limit)


def _minus(left: Any, right: Any) -> Any:
    """Exact where both are."""
    return left - right if type(left) is type(right) else float(left) - float(right)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _number(
    name: str, label: str, source: str, *, rule: str = "", definition: str = "", unit: str = ""
) -> Column:
    return Column(name, label, Kind.NUMBER, source, None, CLINICAL, unit, {}, definition, rule)


IN_UNIT = "In the unit of the measure."
COLUMNS = (
    CLINIC,
    RECORD_NUMBER,
    patient_id("patient"),
    Column("as_of_on", "As of", Kind.DATE, "on", None, QUASI),
    *coded("measure", "Measure", "measure",
           {name: upper_first(each.label) for name, each in MEASURES.items()}, CLINICAL),
    Column("unit", "Unit of the measure", Kind.TEXT, "unit", None, CLINICAL),
    _number("studies", "Studies that are compared", "studies",
            definition="0: none that can be compared."),
    _number("studies_left_out", "Studies that cannot be compared", "left_out"),
    Column("since_on", "Present course since", Kind.DATE, "since", None, QUASI),
    Column("since_because", "Why it begins there", Kind.TEXT, "why_since", None, CLINICAL),
    Column("first_on", "First study of it", Kind.DATE, "first_on", None, QUASI),
    Column("latest_on", "Latest study", Kind.DATE, "latest_on", None, QUASI),
    _number("latest_value_low", "Latest value, lower end", "latest_low", definition=IN_UNIT),
    _number("latest_value_high", "Latest value, upper end", "latest_high", definition=IN_UNIT),
    _number("slope_per_year", "Slope per year", "slope", rule=SLOPE_RULE),
    _number("slope_per_year_low", "Slope, lower end of the 95 % interval", "slope_low",
            rule=SLOPE_RULE),
    _number("slope_per_year_high", "Slope, upper end of the 95 % interval", "slope_high",
            rule=SLOPE_RULE),
    Column("slope_unit", "Unit of the slope", Kind.TEXT, "slope_unit", None, CLINICAL),
    Column("slope_is_informative", "Enough studies for the interval to say something",
           Kind.BOOLEAN, "informative", None, CLINICAL),
    _number("latest_change_low", "Latest change, lower end", "change_low", definition=IN_UNIT),
    _number("latest_change_high", "Latest change, upper end", "change_high", definition=IN_UNIT),
    _number("mdc95", "Smallest change that noise does not explain", "mdc95", rule=NOISE_RULE,
            definition=IN_UNIT),
    Column("latest_change_is_real", "The latest change is beyond noise", Kind.BOOLEAN, "is_real",
           None, CLINICAL, definition="Empty where a range leaves it open.", rule=NOISE_RULE),
    *coded("verdict", "What the studies say", "verdict", dict(CourseVerdict.choices()), CLINICAL),
    *coded("direction", "Direction", "direction", dict(Direction.choices()), CLINICAL),
    _number("limit", "Nearest limit", "limit",
            definition="Of the editions that the clinic judges by and has signed off: the nearest "
            "that is not met; where all are met, the one passed last."),
    Column("limit_label", "Limit in words", Kind.TEXT, "limit_label", None, CLINICAL),
    Column("limit_source", "Row of the limit", Kind.TEXT, "limit_source", None, CLINICAL),
    Column("limit_is_met", "The limit is met", Kind.BOOLEAN, "beyond", None, CLINICAL,
           definition="Empty where a range lies on both sides."),
    _number("distance_to_limit", "Distance to the limit", "distance",
            definition="From the worse end of the latest value; negative beyond the limit. "
            + IN_UNIT),
    Column("confirm", "To be confirmed by repeating", Kind.BOOLEAN, "confirm", None, CLINICAL),
    _number("probability_beyond", "Probability that the true value is beyond", "probability"),
    Column("expected_on", "Limit expected to be met on", Kind.DATE, "expected_on", None, QUASI),
    Column("earliest_expected_on", "Earliest", Kind.DATE, "earliest_on", None, QUASI),
    Column("latest_expected_on", "Latest", Kind.DATE, "last_expected_on", None, QUASI),
    Column("why_no_date", "Why there is no date", Kind.TEXT, "why_no_date", None, CLINICAL),
)  # fmt: skip

PROGRESSION = Report(
    name="progression",
    title="Progression",
    one_row_per="patient and measure",
    columns=COLUMNS,
    source=FromPatients(patients=followed_patients, compute=_compute, each=len(MEASURES)),
    filters=(Filter.MECHANISM, Filter.STAGE),
    notes=(
        "Only patients whom the clinic follows today. A measure that was never taken has its row "
        "all the same.",
        "Expected dates describe a patient's own measurements; they are no prognosis.",
    ),
)  # fmt: skip
