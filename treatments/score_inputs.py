"""What the record says of the inputs of scores: one fact for each, with its day and source.

A number that is too old, or was voided by an event, is unknown, with the reason "too old"; so is
an old "no". An old "yes" of a lasting condition stays. What was never answered is unknown, never
"no". A value that counts only when adverse (a visual LVEF) goes in as "this or worse".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from guidelines.facts import FACTS, ClinicalPicture, Fact, Interval, reading_of
from guidelines.scores.score import ScoreResult, any_true
from guidelines.scores.ttr import Inr, not_in_range, time_in_range
from guidelines.vocabulary import MitralValveState, Term
from patients.models import Comorbidity, LabResult, YesNoUnknown
from treatments.facts.case import Case, exact, newest, source_of
from treatments.facts.rhythm import HEART_SURGERY
from treatments.facts.valve import valve_state_of
from treatments.formulary import DrugClass
from treatments.models import AnticoagulationPlan

LABORATORY_DAYS = 90  # safety C: creatinine and hemoglobin for scores
ANSWER_DAYS = 365  # an answer about a lasting condition
SYMPTOM_DAYS = 183  # safety C: symptoms, blood pressure
PASSING_DAYS = 90  # a condition that comes and goes, and "recent" for an infarction
TARGET_WIDTH = Decimal("0.5")  # INR: the range is the target and this on either side (safety A3)

NOT_RECORDED = "not recorded"
# Facts of the picture, and the class by which the drug is listed.
RAS_INHIBITORS: Mapping[str, DrugClass | None] = {
    "takes_ace_inhibitor": DrugClass.ACE_INHIBITOR,
    "takes_arb": DrugClass.ARB,
    "takes_arni": DrugClass.ARNI,
}
VKA: Mapping[str, DrugClass | None] = {"takes_vka": DrugClass.VKA}
PROMOTE_BLEEDING: Mapping[str, DrugClass | None] = {
    "takes_antiplatelet": DrugClass.ANTIPLATELET,
    "takes_nsaid": None,  # not in the formulary: by its name as written
}
OPENED_PERICARDIUM = {
    MitralValveState.SURGICAL_REPAIR,
    MitralValveState.MECHANICAL,
    MitralValveState.SURGICAL_BIOPROSTHESIS,
}


def unknown(reason: str = NOT_RECORDED, like: Fact | None = None) -> Fact:
    """An input without a value, and why; with day and source of the one that does not count."""
    if like is None:
        return Fact(None, reason=reason)
    return Fact(None, like.on, like.source, like.method, reason)


def too_old(fact: Fact, on: date) -> Fact:
    """The same without its value: too old to be used, or from before an event that voids it."""
    if fact.reason.startswith("before ") or "; before " in fact.reason:
        return unknown(f"no longer counts: {fact.reason}", fact)
    age = fact.age_in_days(on=on)
    since = f" ({age} days)" if age is not None else ""
    return unknown("; ".join(filter(None, (f"too old{since}", fact.reason))), fact)


@dataclass(frozen=True)
class ScoreInputs:
    """One patient's record read for the inputs of scores."""

    case: Case
    picture: ClinicalPicture

    @property
    def on(self) -> date:
        """The day for which scores are computed."""
        return self.case.on

    # From the picture --------------------------------------------------------------------------

    def fact(self, name: str) -> Fact:
        """A fact of the picture as a score reads it."""
        fact = self.picture.fact(name)
        if fact is None:
            return unknown()
        if fact.value is None or fact.value is True or fact.reassures:
            return fact
        if fact.too_old_to_reassure:
            return too_old(fact, self.on)
        reading = reading_of(FACTS[name], fact)
        return replace(
            fact, value=reading, reason=f"this or worse: {fact.adverse_only}", adverse_only=""
        )

    def term(self, name: str) -> Term | None:
        """A word of the picture, ``None`` when unknown."""
        value = self.fact(name).value
        return value if isinstance(value, Term) else None

    # Laboratory --------------------------------------------------------------------------------

    def laboratory(self, analyte: str, days: int = LABORATORY_DAYS) -> Fact:
        """The newest result of an analyte; "less than 20" is an interval."""
        row = newest(
            self.case.record.lab_results,
            lambda each: each.analyte == analyte and each.value is not None,
        )
        if row is None:
            return unknown()
        fact = Fact(value_of_result(row), row.taken_on, source_of(row))
        return fact if (self.on - row.taken_on).days <= days else too_old(fact, self.on)

    def passing_fact(self, name: str) -> Fact:
        """A fact of something that comes and goes: an old yes does not stay."""
        fact = self.fact(name)
        age = fact.age_in_days(on=self.on)
        is_old = fact.value is True and age is not None and age > PASSING_DAYS
        return too_old(fact, self.on) if is_old else fact

    # Conditions --------------------------------------------------------------------------------

    def condition(self, kind: str, *, passes: bool = False) -> Fact:
        """The newest answer about a condition: an old yes stays unless the condition passes."""
        row = newest(
            self.case.record.comorbidities,
            lambda each: each.kind == kind and each.present != YesNoUnknown.UNKNOWN,
        )
        if row is None:
            return unknown()
        is_present = row.present == YesNoUnknown.YES
        fact = Fact(is_present, row.noted_on, source_of(row))
        limit = PASSING_DAYS if passes else ANSWER_DAYS
        if (is_present and not passes) or (self.on - row.noted_on).days <= limit:
            return fact
        return too_old(fact, self.on)

    def any_condition(self, *kinds: str, method: str = "") -> Fact:
        """Whether one of several conditions is present; no only when all were answered no."""
        return any_of([self.condition(kind) for kind in kinds], method=method)

    def recent_infarction(self) -> Fact:
        """An infarction within 90 days; one known for longer without its day is not recent."""
        known = self.condition(Comorbidity.Kind.MYOCARDIAL_INFARCTION)
        if known.value is not True:
            return known
        rows = list(self._since_last_no(Comorbidity.Kind.MYOCARDIAL_INFARCTION))
        days = [
            row.since_on for row in rows if row.since_on is not None and row.since_on <= self.on
        ]
        if days:
            latest = max(days)
            return replace(known, value=(self.on - latest).days <= PASSING_DAYS, on=latest)
        if (self.on - min(row.noted_on for row in rows)).days > PASSING_DAYS:
            return replace(known, value=False, reason="known for more than 90 days")
        return unknown("the day of the infarction is not recorded", known)

    def _since_last_no(self, kind: str) -> Iterator[Comorbidity]:
        """The yes answers after the last no, newest first."""
        for row in self.case.record.comorbidities:
            if row.kind == kind and row.present == YesNoUnknown.NO:
                return
            if row.kind == kind and row.present == YesNoUnknown.YES:
                yield row

    def previous_cardiac_surgery(self) -> Fact:
        """Surgery that opened the pericardium, here, elsewhere, or as answered."""
        done = newest(self.case.record.performed, lambda row: row.kind in HEART_SURGERY)
        if done is not None:
            return Fact(True, done.performed_on, source_of(done))
        state = valve_state_of(self.case.record)
        if state.value in OPENED_PERICARDIUM:
            return replace(state, value=True)
        return self.condition(Comorbidity.Kind.PREVIOUS_CARDIAC_SURGERY)

    def heart_failure(self) -> Fact:
        """Heart failure as answered, or an admission for it, ever."""
        admissions = self.case.record.heart_failure_admissions
        if admissions:
            return Fact(True, admissions[0].admitted_on, source_of(admissions[0]))
        preserved = self.condition(Comorbidity.Kind.HFPEF)
        return (
            preserved if preserved.value is True else self.condition(Comorbidity.Kind.HEART_FAILURE)
        )

    def kidney_transplant(self) -> Fact:
        """Not recorded as such; absent with no kidney disease at all."""
        disease = self.condition(Comorbidity.Kind.KIDNEY_DISEASE)
        if disease.value is False:
            return replace(disease, reason="no kidney disease")
        return unknown()

    # Symptoms ----------------------------------------------------------------------------------

    def angina_class_4(self) -> Fact:
        """Angina of class 4, from a recent log."""
        log = newest(self.case.record.symptom_logs, lambda row: row.angina_class is not None)
        if log is None:
            return unknown()
        fact = Fact(log.angina_class == 4, log.recorded_on, source_of(log))
        return self._if_recent(fact, SYMPTOM_DAYS)

    def symptoms(self) -> Fact:
        """NYHA class II or more; where no class is known, symptoms of the regurgitation."""
        nyha = self.fact("nyha_class")
        at_least_two = _at_least(nyha, Decimal(2))
        if at_least_two is not None:
            return replace(nyha, value=at_least_two)
        return self.fact("symptomatic")

    def systolic_pressure(self) -> Fact:
        """The newest systolic blood pressure of a log or of an echo at rest."""
        logs = [row for row in self.case.record.symptom_logs if row.systolic_bp_mmhg is not None]
        studies = [row for row in self.case.studies() if row.systolic_bp_mmhg is not None]
        found = [
            *(Fact(exact(r.systolic_bp_mmhg), r.recorded_on, source_of(r)) for r in logs[:1]),
            *(Fact(exact(r.systolic_bp_mmhg), r.performed_on, source_of(r)) for r in studies[:1]),
        ]
        latest = max(found, key=lambda fact: fact.on or date.min, default=None)
        return unknown() if latest is None else self._if_recent(latest, SYMPTOM_DAYS)

    def walked(self) -> Fact:
        """The newest six-minute walk."""
        log = newest(self.case.record.symptom_logs, lambda row: row.six_minute_walk_m is not None)
        if log is None:
            return unknown()
        fact = Fact(exact(log.six_minute_walk_m), log.recorded_on, source_of(log))
        return self._if_recent(fact, SYMPTOM_DAYS)

    def _if_recent(self, fact: Fact, days: int) -> Fact:
        age = fact.age_in_days(on=self.on)
        return fact if age is not None and age <= days else too_old(fact, self.on)

    # Drugs -------------------------------------------------------------------------------------

    def takes(self, drugs: Mapping[str, DrugClass | None]) -> Fact:
        """Whether any of these drugs is taken: as listed, else by the facts of the picture, which
        say no only while the list of drugs is reconciled.
        """
        wanted = set(drugs.values())
        listed = newest(self.case.record.current_medications, lambda row: row.drug_class in wanted)
        if listed is not None:
            return Fact(True, listed.noted_on, source_of(listed), method=str(listed))
        return any_of([self.fact(name) for name in drugs])

    def vitamin_k_antagonist(self) -> Fact:
        """From the anticoagulation plan in force, else from the drugs."""
        plan = self.case.record.anticoagulation_plan
        if plan is None:
            return self.takes(VKA)
        is_vka = plan.agent == AnticoagulationPlan.Agent.VKA
        return Fact(is_vka, plan.from_on, source_of(plan))

    def time_in_range(self) -> ScoreResult:
        """Time in therapeutic range since the plan's limits are what they are."""
        plan = self.case.record.anticoagulation_plan
        if plan is None:
            return not_in_range("no anticoagulation plan is in force", ("anticoagulation_plan",))
        if plan.agent != AnticoagulationPlan.Agent.VKA:
            return not_in_range("no vitamin K antagonist is planned")
        limits = limits_of(plan)
        if limits is None:
            return not_in_range("the plan has no INR range", ("inr_low", "inr_high"))
        since = same_plan_since(self.case.record.anticoagulation_plans, limits)
        return time_in_range(list(self._inrs(since)), low=limits[0], high=limits[1])

    def _inrs(self, since: date) -> Iterator[Inr]:
        """One result a day, the newest entry of the day, oldest first."""
        by_day: dict[date, LabResult] = {}
        for row in self.case.record.lab_results:
            if row.analyte == "inr" and row.value is not None and row.taken_on >= since:
                by_day.setdefault(row.taken_on, row)
        for day in sorted(by_day):
            value = value_of_result(by_day[day])
            yield Inr(value, day, source_of(by_day[day]))


def same_plan_since(plans: Sequence[AnticoagulationPlan], limits: tuple[Decimal, Decimal]) -> date:
    """The day from which on plans without a break had the same limits; plans newest first."""
    since = plans[0].from_on
    for newer, older in pairwise(plans):
        if older.agent != AnticoagulationPlan.Agent.VKA or limits_of(older) != limits:
            break
        if older.until_on is not None and (newer.from_on - older.until_on).days > 1:
            break
        since = older.from_on
    return since


def limits_of(plan: AnticoagulationPlan) -> tuple[Decimal, Decimal] | None:
    """The plan's INR range: its limits, else its target and half a unit on either side."""
    if plan.inr_low is not None and plan.inr_high is not None:
        return plan.inr_low, plan.inr_high
    if plan.inr_target is None or plan.inr_low is not None or plan.inr_high is not None:
        return None
    return plan.inr_target - TARGET_WIDTH, plan.inr_target + TARGET_WIDTH


def value_of_result(row: LabResult) -> Decimal | Interval:
    """A result's value; "more than" and "less than" as intervals."""
    value = exact(row.value)
    number = value if isinstance(value, Decimal) else Decimal(0)
    if row.comparator == LabResult.Comparator.LESS:
        return Interval(Decimal(0), number, high_open=True)
    if row.comparator == LabResult.Comparator.GREATER:
        return Interval(number, None, low_open=True)
    return number


def any_of(facts: Sequence[Fact], method: str = "") -> Fact:
    """Yes with the first fact that says so; no only when all say no; else the first unknown."""
    answers = [fact.value if isinstance(fact.value, bool) else None for fact in facts]
    answer = any_true(answers)
    fact = facts[answers.index(answer)]
    return replace(fact, method=method or fact.method)


def as_input(result: ScoreResult, like: Fact) -> Fact:
    """A computed score as the input of another, with the day of the fact it hinges on."""
    if result.lowest is None or result.highest is None:
        return unknown(result.not_computed or like.reason, like)
    value = result.value
    if value is None:
        value_or_range: Decimal | float | Interval = Interval(result.lowest, result.highest)
    else:
        value_or_range = value
    return Fact(value_or_range, like.on, like.source, method=result.definition.title)


def _at_least(fact: Fact, limit: Decimal) -> bool | None:
    value = fact.value
    if isinstance(value, bool | Term) or value is None:
        return None
    interval = value if isinstance(value, Interval) else Interval.point(value)
    if interval.is_at_least(limit):
        return True
    return False if interval.is_below(limit) else None
