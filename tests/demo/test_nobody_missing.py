"""Who truly meets a class I limit, and whose record shows it, is on Today or decided.

The truth is the simulation's and the record's words are its rows, read here by the sentences of the
guidelines for primary MR (AHA-PI-01, AHA-PI-02, ESC25-P-02, ESC25-P-03) and by nothing else of
mrtrack. What it answers with is what it shows: the concerns of the standing, and the list itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from django.http import QueryDict

from demo.clinics import make_cast
from demo.lives import write_lives
from demo.making import places_on
from demo.simulation.life import Life, Written
from demo.simulation.simulating import day_of, simulate
from followup.clinic_rules import DEFAULT_RULES
from followup.models import Standing
from followup.pathway import NO_ROWS, pathway_rows_of
from followup.standing import replay_of, standing_of, store
from guidelines.concerns import ConcernKind
from patients.models import Patient, Registration
from reports.worklist import WorklistFilter, worklist_of
from treatments.record import record_of

TODAY = date(2026, 3, 2)
DAYS = (TODAY, date(2025, 9, 15), date(2024, 6, 3), date(2022, 2, 1))
SEED, LIVES = 11, 1500

SEVERE_EROA_MM2, SEVERE_VOLUME_ML, SEVERE_FRACTION_PERCENT, SEVERE_GRADE = 40, 60, 50, 4
LVEF_PERCENT, LVESD_MM = 60, 40
OLD_DAYS = 366
"""An echo study older than this reassures nobody any more."""
WAIT_DAYS = 183
"""Within so many days a decision to intervene is carried out, or it counts as none."""
LEAVING_IT = {"watch", "medical", "declined_by_patient"}


# The truth and the record, read by hand ----------------------------------------------------------


def truly_meets(life: Life, day: date) -> bool:
    """Severe primary MR of the native valve with symptoms, or with LV dysfunction."""
    now = life.true_at(day)
    if now is None or (now.mechanism, now.valve_state) != ("primary", "native"):
        return False
    if now.grade != "severe":
        return False
    weak = now.values["lvef_percent"] <= LVEF_PERCENT or now.values["lvesd_mm"] >= LVESD_MM
    return now.symptomatic or weak


@dataclass
class Shown:
    """What a record shows on a day: since when, by how many measurements, and what is odd."""

    on: date
    severity: int
    reasons: list[str] = field(default_factory=list)


def shown_in(life: Life, day: date) -> Shown | None:
    """What the record shows of a class I on a day; None where it does not show one."""
    studies = [row for row in rows_of(life, "patients.EchoStudy", day) if counts(row)]
    graded = next((row for row in studies if lines_of_evidence(row)), None)
    if graded is None or not all(lines_of_evidence(graded)):
        return None
    grounds = [row for row in (newest_limit(studies), newest_symptoms(life, day)) if row]
    if not grounds:
        return None
    on = max(dated(graded), min(map(dated, grounds)))
    return Shown(on, len(lines_of_evidence(graded)))


def rows_of(life: Life, kind: str, day: date) -> list[Written]:
    """The rows of a kind that are dated by a day, newest first."""
    rows = [row for row in life.rows if row.kind == kind and (day_of(row) or date.max) <= day]
    return sorted(rows, key=dated, reverse=True)


def dated(row: Written) -> date:
    day = day_of(row)
    assert day is not None
    return day


def counts(row: Written) -> bool:
    return row.values.get("status") in {"final", "amended"}


def lines_of_evidence(row: Written) -> list[bool]:
    """What a study measured of the leak's severity: whether each says severe."""
    limits = {
        "eroa_mm2": SEVERE_EROA_MM2,
        "regurgitant_volume_ml": SEVERE_VOLUME_ML,
        "regurgitant_fraction_percent": SEVERE_FRACTION_PERCENT,
        "reader_grade_low": SEVERE_GRADE,
    }
    values: dict[str, Any] = row.values
    return [values[name] >= limit for name, limit in limits.items() if name in values]


def newest_limit(studies: Sequence[Written]) -> Written | None:
    """The newest study with an LVEF or an LVESD, where either has met its limit."""
    for row in studies:
        values: dict[str, Any] = row.values
        lvef, lvesd = values.get("lvef_percent_high"), values.get("lvesd_mm")
        if lvef is not None or lvesd is not None:
            met = (lvef is not None and lvef <= LVEF_PERCENT) or (
                lvesd is not None and lvesd >= LVESD_MM
            )
            return row if met else None
    return None


def newest_symptoms(life: Life, day: date) -> Written | None:
    """The newest log that says a NYHA class, where it says symptoms that may be the valve's."""
    for row in rows_of(life, "patients.SymptomLog", day):
        values: dict[str, Any] = row.values
        if "nyha_low" in values:
            theirs = values.get("attribution") in {"certain", "probable"}
            return row if values["nyha_low"] >= 2 and values.get("dyspnea") and theirs else None
    return None


def decided(life: Life, day: date, since: date) -> bool:
    """Whether a decision on record answers what is shown since a day."""
    for row in rows_of(life, "treatments.TeamReview", day):
        on, decision = dated(row), row.values["decision"]
        if on < since:
            continue
        if decision in LEAVING_IT or (decision == "intervene" and (day - on).days <= WAIT_DAYS):
            return True
    return False
