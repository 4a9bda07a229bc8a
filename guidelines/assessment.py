"""One assessment: grade, what each edition says, what is missing, why the editions differ.

``assess(picture, on=date)`` is a pure function of its arguments. Its result is a plain value;
``as_dict()`` gives a JSON-serializable form whose shape ``SCHEMA_VERSION`` names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from guidelines.comparison import why_they_differ
from guidelines.criteria import Readings
from guidelines.editions import EditionVerdict, judge_edition
from guidelines.facts import (
    FACTS,
    ORDER,
    ClinicalPicture,
    Fact,
    Interval,
    definition_of,
    reading_of,
)
from guidelines.gaps import MissingFact, missing_facts
from guidelines.registry import EDITIONS
from guidelines.rule import Known, ShownFact, show
from guidelines.severity import Scheme, Severity, grade_by
from guidelines.vocabulary import GradeResult, Operability

SCHEMA_VERSION = 1
ENGINE_VERSION = "2026.1"


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything the core says of one patient on one day."""

    on: date
    grade: Severity
    severities: tuple[Severity, ...]
    editions: tuple[EditionVerdict, ...]
    missing: tuple[MissingFact, ...]
    notes: tuple[str, ...]
    why_they_differ: str
    facts: tuple[ShownFact, ...]
    schema_version: int = SCHEMA_VERSION
    engine_version: str = ENGINE_VERSION

    @property
    def result(self) -> GradeResult:
        """The grade in one word, or that there is none."""
        return self.grade.result

    def edition(self, edition_id: str) -> EditionVerdict:
        """The verdict of one edition; raises ``LookupError`` when it was not assessed."""
        for verdict in self.editions:
            if verdict.edition.id == edition_id:
                return verdict
        raise LookupError(f"not assessed: {edition_id!r}")

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form: decimals as text, dates as ISO."""
        return {
            "schema_version": self.schema_version,
            "engine_version": self.engine_version,
            "on": self.on.isoformat(),
            "grade": self.grade.as_dict(),
            "severities": [severity.as_dict() for severity in self.severities],
            "editions": [verdict.as_dict() for verdict in self.editions],
            "missing": [fact.as_dict() for fact in self.missing],
            "notes": list(self.notes),
            "why_they_differ": self.why_they_differ,
            "facts": [fact.as_dict() for fact in self.facts],
        }


def assess(picture: ClinicalPicture, *, on: date, with_facts: bool = True) -> Assessment:
    """What the core says of this picture on this day.

    ``with_facts=False`` leaves out the facts as they are shown, for callers that show none.
    Raises ``ValueError`` for a fact dated after the day: a picture of a day holds nothing later.
    """
    _require_past(picture, on)
    picture, notes = _without_impossible_pairs(picture)
    grades = {scheme: grade_by(scheme, picture, picture.readings()) for scheme in Scheme}
    picture = picture.having(
        severe_mr_acc_aha=grades[Scheme.ACC_AHA].as_fact(),
        severe_mr_esc_eacts=grades[Scheme.ESC_EACTS].as_fact(),
    )
    known = Known.of(picture)
    readings = known.readings
    verdicts = tuple(judge_edition(edition, known, on=on) for edition in EDITIONS)
    bodies = (grades[Scheme.ACC_AHA], grades[Scheme.ESC_EACTS])
    return Assessment(
        on=on,
        grade=grades[Scheme.ASE_2017],
        severities=bodies,
        editions=verdicts,
        missing=missing_facts(verdicts, bodies, grades[Scheme.ASE_2017], readings),
        notes=(
            *known.gates.notes,
            *notes,
            *_unexplained_symptoms(grades[Scheme.ASE_2017], known),
            *_team_judgement(readings),
            *_goals_of_care(readings),
            *_unpublished(verdicts),
        ),
        why_they_differ=why_they_differ(verdicts, bodies, picture, readings),
        facts=_shown(picture, readings) if with_facts else (),
    )


def _shown(picture: ClinicalPicture, readings: Readings) -> tuple[ShownFact, ...]:
    names = sorted(picture.facts, key=ORDER.__getitem__)
    return tuple(show(name, picture, readings) for name in names)


def _require_past(picture: ClinicalPicture, on: date) -> None:
    for name, fact in picture.facts.items():
        if fact.on is not None and fact.on > on:
            raise ValueError(f"{name} is dated {fact.on}, after {on}")


def _without_impossible_pairs(
    picture: ClinicalPicture,
) -> tuple[ClinicalPicture, tuple[str, ...]]:
    """LVESD larger than LVEDD: neither value is used until resolved (hazard H9)."""
    end_systolic = _as_measured(picture, "lvesd_mm")
    end_diastolic = _as_measured(picture, "lvedd_mm")
    if end_systolic is None or end_diastolic is None or end_systolic.low is None:
        return picture, ()
    if not end_diastolic.is_below(end_systolic.low):
        return picture, ()
    reason = "LVESD is larger than LVEDD: neither is used until resolved"
    unusable = {
        name: _unusable(picture, name, reason)
        for name in ("lvesd_mm", "lvedd_mm", "lvesd_index_mm_m2")
    }
    return picture.having(**unusable), (f"{reason}.",)


def _as_measured(picture: ClinicalPicture, name: str) -> Interval | None:
    """The value as entered, whatever its age."""
    fact = picture.facts.get(name)
    if fact is None:
        return None
    reading = reading_of(definition_of(name), Fact(fact.value))
    return reading if isinstance(reading, Interval) else None


def _unusable(picture: ClinicalPicture, name: str, reason: str) -> Fact:
    fact = picture.facts.get(name) or Fact(None)
    return Fact(None, on=fact.on, source=fact.source, method=fact.method, reason=reason)


def _unexplained_symptoms(grade: Severity, known: Known) -> tuple[str, ...]:
    """Symptoms with regurgitation that is not severe (safety D1).

    Behind a closed gate nothing is said: stenosis, obstruction or endocarditis explains them.
    """
    if grade.is_severe is not False or known.readings.get("symptomatic") is not True:
        return ()
    if known.gates.is_closed:
        return ()
    return ("Symptoms not explained by this grade: exercise echo, TEE or CMR, or another cause.",)


def _team_judgement(readings: Readings) -> tuple[str, ...]:
    """What the heart team said stands beside every verdict, also of rules that do not ask it."""
    said = readings.get("operability")
    if said not in (Operability.HIGH_RISK, Operability.INOPERABLE):
        return ()
    return (f"Heart team on operability: {FACTS['operability'].say(said).lower()}.",)


def _goals_of_care(readings: Readings) -> tuple[str, ...]:
    """Rows SAFE-14: the verdict stays, the banner is added."""
    banners: Mapping[str, str] = {
        "life_expectancy_under_1_year": "Life expectancy below one year: goals of care.",
        "intervention_declined": "The patient declines intervention.",
    }
    return tuple(text for name, text in banners.items() if readings.get(name) is True)


def _unpublished(verdicts: Sequence[EditionVerdict]) -> tuple[str, ...]:
    return tuple(
        f"{verdict.edition.title} was not published yet on this day."
        for verdict in verdicts
        if verdict.not_yet_published
    )
