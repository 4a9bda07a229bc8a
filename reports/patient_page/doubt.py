"""Asymptomatic? What puts freedom from symptoms in doubt, and the test that answers it.

Row D1 of the safety file: NYHA class I beside a natriuretic peptide that doubled or is above three
times normal, a shorter walk, a fallen quality-of-life score or a new diuretic. A question, never a
verdict: no rule changes by it. Activity that was given up needs no question, it counts as symptoms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from guidelines.criteria import Readings
from guidelines.local.symptoms import REALLY_ASYMPTOMATIC
from guidelines.rule import CriterionState, Finding, ShownFact
from patients.models import ExerciseTest, LabResult, SymptomLog
from patients.study_sheet import upper_first
from reports.kinds import source_url
from reports.patient_page.case import PageCase
from reports.patient_page.words import entry_link

SAID = {
    "nt_probnp_doubled": "NT-proBNP doubled",
    "nt_probnp_times_upper_normal": "NT-proBNP above three times normal",
    "six_minute_walk_fall_m": "the 6-minute walk is 30 m or more shorter",
    "six_minute_walk_below_lower_limit": "the 6-minute walk is below normal",
    "kccq_fall_points": "the KCCQ score fell by 5 points or more",
    "new_diuretic": "a new diuretic",
}
PEPTIDE = "nt_probnp_pg_ml"


@dataclass(frozen=True)
class Sign:
    """One thing that speaks against "no symptoms": in words, with its value, day and record."""

    text: str
    detail: str
    on: date | None
    href: str


@dataclass(frozen=True)
class Doubt:
    """The question with what raises it, and where its answer is entered."""

    signs: tuple[Sign, ...]
    tests: tuple[dict[str, str], ...]
    row: str
    said: str

    @property
    def line(self) -> dict[str, Any]:
        """ "No symptoms, but NT-proBNP doubled: exercise test?" for the answer on top."""
        return {
            "before": f"{self.said}, but {self.signs[0].text}:",
            "text": "exercise test?",
            "href": self.tests[0]["href"] if self.tests else "",
        }


def doubt_of(case: PageCase) -> Doubt | None:
    """The question; ``None`` where nothing raises it, or where symptoms are known already."""
    silent = case.record.has_died or case.record.open_episode is not None
    if silent or case.picture.reading("symptomatic") is True:
        return None
    alerts = (f for f in case.assessment.alerts if f.rule.id == REALLY_ASYMPTOMATIC.id)
    finding = next(alerts, None)
    if finding is None:
        return None
    signs = tuple(_signs(finding))
    # What was said too long ago, or without being asked, is no freedom from symptoms.
    is_told = case.picture.reading("symptomatic") is False
    said = "No symptoms" if is_told else "No symptoms known"
    return Doubt(signs, _tests(case), finding.rule.source.row, said) if signs else None


def _signs(finding: Finding) -> Iterator[Sign]:
    for part in finding.when.parts or (finding.when,):
        fact = part.fact
        if part.holds and fact is not None:
            yield Sign(SAID.get(fact.name, part.text), _detail(part, fact), fact.on,
                       source_url(fact.source))  # fmt: skip


def _detail(part: CriterionState, fact: ShownFact) -> str:
    return upper_first(fact.reason) if fact.text == "yes" else fact.text


def _tests(case: PageCase) -> tuple[dict[str, str], ...]:
    """The tests that answer it, with their forms; a peptide where it is not recent itself."""
    doors = case.doors
    found = [
        {"label": "Exercise test", "href": _at(doors.add_url(ExerciseTest), "result")},
        {"label": "Ask again: symptom log", "href": _at(doors.add_url(SymptomLog), "nyha")},
    ]
    if _has_no_recent_peptide(case.picture.readings()):
        href = entry_link(PEPTIDE, doors) if doors.add_url(LabResult) else ""
        found.insert(1, {"label": "Natriuretic peptide", "href": href})
    return tuple(found)


def _at(url: str, box: str) -> str:
    return f"{url}#id_{box}" if url else ""


def _has_no_recent_peptide(readings: Readings) -> bool:
    return PEPTIDE not in readings and "bnp_pg_ml" not in readings
