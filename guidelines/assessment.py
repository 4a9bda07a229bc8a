"""One assessment: grade, what each edition says, what is missing, why the editions differ.

``assess(picture, on=date)`` is a pure function of its arguments. Its result is a plain value;
``as_dict()`` gives a JSON-serializable form whose shape ``SCHEMA_VERSION`` names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from guidelines.anticoagulation import facts_on_record
from guidelines.comparison import why_they_differ
from guidelines.compiled import JudgedTogether
from guidelines.criteria import Readings
from guidelines.deterioration import deterioration_facts
from guidelines.editions import (
    EditionVerdict,
    held_rules,
    judge_edition,
    judge_timing,
    standing_of,
)
from guidelines.facts import (
    FACTS,
    ORDER,
    ClinicalPicture,
    Fact,
    Interval,
    definition_of,
    reading_of,
)
from guidelines.gaps import MissingFact, missing_facts, missing_names
from guidelines.grade_range import grade_fact
from guidelines.local.anticoagulation import VALVE_THROMBOSIS
from guidelines.local.drugs import BEFORE_A_BRIDGE
from guidelines.medical_step import medical_step
from guidelines.registry import (
    LOCAL_SAFETY,
    bodies_not_in,
    editions_in_force,
)
from guidelines.rule import Edition, Finding, Known, Rule, ShownFact, find, informed_by, show
from guidelines.severity import Scheme, Severity, grade_by
from guidelines.staging import Staging, stage_of
from guidelines.vocabulary import Advice, Body, GradeResult, Operability, Verdict

PLANS_AND_DRUGS = frozenset(
    name
    for name in FACTS
    if name.startswith("takes_") or name.endswith("_planned") or name == "vasodilator_for_mr_alone"
)
SCHEMA_VERSION = 2
ENGINE_VERSION = "2026.4"


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything the core says of one patient on one day."""

    on: date
    grade: Severity
    severities: tuple[Severity, ...]
    editions: tuple[EditionVerdict, ...]
    bodies_without_edition: tuple[Body, ...]
    planned_or_taken: frozenset[str]
    staging: Staging
    alerts: tuple[Finding, ...]
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

    def of_body(self, body: Body) -> EditionVerdict | None:
        """The verdict of this body's edition; ``None`` when it held none on the day."""
        found = (verdict for verdict in self.editions if verdict.edition.body is body)
        return next(found, None)

    @property
    def vetoes(self) -> tuple[Finding, ...]:
        """Rules of class 3 or III that speak against something planned or taken."""
        return self._against(Verdict.MET)

    @property
    def vetoes_to_settle(self) -> tuple[Finding, ...]:
        """Rules of class 3 or III that may speak against a plan or a drug of this patient: ask."""
        cannot_tell = self._against(Verdict.CANNOT_TELL)
        return tuple(finding for finding in cannot_tell if self._is_asked(finding))

    def _is_asked(self, finding: Finding) -> bool:
        """A plan or drug of the patient is in it, or it is one that nobody has recorded."""
        if finding.rule.facts & self.planned_or_taken:
            return True
        asks = any(name in PLANS_AND_DRUGS for name in finding.missing)
        return asks and finding.applies.holds is True

    def _against(self, wanted: Verdict) -> tuple[Finding, ...]:
        return tuple(
            finding
            for verdict in self.editions
            for finding in verdict.findings
            if finding.rule.is_against and finding.verdict is wanted
        )

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form: decimals as text, dates as ISO."""
        return {
            "schema_version": self.schema_version,
            "engine_version": self.engine_version,
            "on": self.on.isoformat(),
            "grade": self.grade.as_dict(),
            "severities": [severity.as_dict() for severity in self.severities],
            "editions": [verdict.as_dict() for verdict in self.editions],
            "bodies_without_edition": [body.value for body in self.bodies_without_edition],
            "staging": self.staging.as_dict(),
            "alerts": [finding.as_dict() for finding in self.alerts],
            "vetoes": [finding.rule.id for finding in self.vetoes],
            "vetoes_to_settle": [finding.rule.id for finding in self.vetoes_to_settle],
            "missing": [fact.as_dict() for fact in self.missing],
            "notes": list(self.notes),
            "why_they_differ": self.why_they_differ,
            "facts": [fact.as_dict() for fact in self.facts],
        }


def assess(
    picture: ClinicalPicture,
    *,
    on: date,
    editions: Sequence[Edition] | None = None,
    with_facts: bool = True,
) -> Assessment:
    """What the core says of this picture on this day.

    ``editions``: the editions to judge by, one of each body; those in force on the day by default.
    ``with_facts=False`` leaves out the facts as they are shown, for callers that show none.
    Raises ``ValueError`` for a fact dated after the day: a picture of a day holds nothing later.
    """
    _require_past(picture, on)
    chosen = tuple(editions) if editions is not None else editions_in_force(on)
    picture, notes = _without_impossible_pairs(picture)
    graded = graded_picture(picture)
    known = Known.of(graded.picture, JudgedTogether())
    indicated = {name: _indicated(body, chosen, known) for body, name in _INDICATED_BY.items()}
    informed = informed_by(known, **indicated)
    verdicts = tuple(judge_edition(e, known, on=on, informed=informed) for e in chosen)
    severities = tuple(graded.of_body(edition.body) for edition in chosen)
    readings = known.readings
    return Assessment(
        on=on,
        grade=graded.ase,
        severities=(graded.acc_aha, graded.esc_eacts),
        editions=verdicts,
        bodies_without_edition=bodies_not_in(chosen),
        planned_or_taken=_planned_or_taken(readings),
        staging=stage_of(graded.picture, readings, graded.acc_aha, known.gates),
        alerts=_alerts(informed, on),
        missing=missing_facts(verdicts, severities, graded.ase, readings),
        notes=(
            *known.gates.notes,
            *notes,
            *_unexplained_symptoms(graded.ase, known),
            *_team_judgement(readings),
            *_goals_of_care(readings),
            *_unpublished(verdicts),
        ),
        why_they_differ=_difference(verdicts, severities, informed),
        facts=_shown(informed.picture, informed.readings) if with_facts else (),
    )


@dataclass(frozen=True, slots=True)
class Outline:
    """What a list shows of one patient: the grade, the headlines, and which facts are missing.

    ``dangers``: the local safety rules that are met and ask for somebody today, or for an INR now.
    """

    graded: Graded
    editions: tuple[EditionVerdict, ...]
    missing: tuple[str, ...]
    staging: Staging
    dangers: tuple[Finding, ...]
    readings: Readings

    @property
    def grade(self) -> Severity:
        """The grade by the integrative approach."""
        return self.graded.ase

    def of_body(self, body: Body) -> EditionVerdict | None:
        """The verdict of this body's edition; ``None`` when it held none on the day."""
        return next((v for v in self.editions if v.edition.body is body), None)


def outline(
    picture: ClinicalPicture, *, on: date, editions: Sequence[Edition] | None = None
) -> Outline:
    """The part of ``assess`` that lists show, without the rules that carry no headline."""
    _require_past(picture, on)
    chosen = tuple(editions) if editions is not None else editions_in_force(on)
    graded = graded_picture(_without_impossible_pairs(picture)[0])
    known = Known.of(graded.picture, JudgedTogether())
    verdicts = tuple(judge_timing(edition, known, on=on) for edition in chosen)
    severities = [graded.of_body(edition.body) for edition in chosen]
    names = missing_names(verdicts, severities, graded.ase)
    return Outline(
        graded=graded,
        editions=verdicts,
        missing=names,
        staging=stage_of(graded.picture, known.readings, graded.acc_aha, known.gates),
        dangers=_dangers(known, on),
        readings=known.readings,
    )


def _dangers(known: Known, on: date) -> tuple[Finding, ...]:
    rules = (rule for rule in held_rules(LOCAL_SAFETY, on) if _is_danger(rule))
    found = (find(rule, known) for rule in rules)
    return tuple(finding for finding in found if finding.verdict is Verdict.MET)


def _is_danger(rule: Rule) -> bool:
    """Whom to contact today. What to mind while an emergency is treated is for its own page."""
    asks_today = rule.advice is Advice.SAME_DAY_CONTACT and rule.id != BEFORE_A_BRIDGE.id
    return asks_today or rule.id == INR_OVERDUE


INR_OVERDUE = "local-safety/anticoagulation/inr-overdue"


@dataclass(frozen=True, slots=True)
class Graded:
    """A picture with its severity by each scheme, as facts that rules ask for."""

    picture: ClinicalPicture
    ase: Severity
    acc_aha: Severity
    esc_eacts: Severity

    def of_body(self, body: Body) -> Severity:
        """The severity by this body's own definition."""
        return self.esc_eacts if body is Body.ESC_EACTS else self.acc_aha


def graded_picture(picture: ClinicalPicture) -> Graded:
    """The picture with severity by ACC/AHA and by ESC/EACTS added; made once for a picture."""
    # Beside the readings, which are kept in the same way: a picture never changes.
    kept = vars(picture)
    if "_graded" not in kept:
        kept["_graded"] = _graded(picture)
    graded: Graded = kept["_graded"]
    return graded


def _graded(picture: ClinicalPicture) -> Graded:
    picture = picture.having(**facts_on_record(picture), **deterioration_facts(picture))
    picture = picture.having(**_suspicion(picture.readings()))
    readings = picture.readings()
    acc_aha = grade_by(Scheme.ACC_AHA, picture, readings)
    esc_eacts = grade_by(Scheme.ESC_EACTS, picture, readings, by_another=acc_aha)
    ase = grade_by(Scheme.ASE_2017, picture, readings, by_another=acc_aha)
    complete = picture.having(
        medical_step_first=medical_step(readings),
        severe_mr_acc_aha=acc_aha.as_fact(),
        severe_mr_esc_eacts=esc_eacts.as_fact(),
        mr_grade=grade_fact(ase, acc_aha, esc_eacts),
    )
    return Graded(complete, ase, acc_aha, esc_eacts)


def _suspicion(readings: Readings) -> dict[str, Fact]:
    """The signs of SAFE-21 are a suspicion of thrombosis, whoever has put it into words."""
    if "valve_thrombosis_suspected" in readings:
        return {}
    if VALVE_THROMBOSIS.applies.holds(readings) and VALVE_THROMBOSIS.when.holds(readings):
        return {"valve_thrombosis_suspected": Fact(True, reason="signs of it (SAFE-21)")}
    return {}


_INDICATED_BY = {
    Body.ACC_AHA: "intervention_indicated_acc_aha",
    Body.ESC_EACTS: "intervention_indicated_esc_eacts",
}


def _planned_or_taken(readings: Readings) -> frozenset[str]:
    """The plans and drugs that are known to be this patient's."""
    return frozenset(name for name in PLANS_AND_DRUGS if readings.get(name) is True)


_PLANS = ("mitral_surgery_planned", "teer_planned")


def _indicated(body: Body, editions: Sequence[Edition], known: Known) -> Fact:
    """Whether an intervention is indicated by the body's edition, or planned anyway."""
    if any(known.readings.get(name) is True for name in _PLANS):
        return Fact(True, reason="an intervention is planned")
    edition = next((edition for edition in editions if edition.body is body), None)
    if edition is None:
        return Fact(None, reason="no edition held")
    standing = standing_of(edition, known.readings)
    if standing.decided:
        return Fact(True, reason=f"a rule of {edition.title} is met")
    if standing.possible or standing.pending or standing.either_way:
        return Fact(None, reason=f"not decided by {edition.title}")
    return Fact(False, reason=f"no rule of {edition.title} is met")


def _alerts(known: Known, on: date) -> tuple[Finding, ...]:
    """The local safety rules that are met."""
    found = (find(rule, known) for rule in held_rules(LOCAL_SAFETY, on))
    return tuple(finding for finding in found if finding.verdict is Verdict.MET)


def _difference(
    verdicts: Sequence[EditionVerdict], severities: Sequence[Severity], known: Known
) -> str:
    if len(verdicts) != len(_INDICATED_BY):
        return ""
    return why_they_differ(verdicts, severities, known.picture, known.readings)


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
