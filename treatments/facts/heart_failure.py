"""Heart failure, its therapy, and what casts doubt on "no symptoms" (safety D1, D6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from guidelines.facts import Fact
from guidelines.scores.six_minute_walk import lower_limit_of_walk
from patients.days import spoken
from patients.models import Allergy, ClinicalRecord, Comorbidity, SymptomLog
from treatments.facts.case import Case, Facts, newer, newest, put, source_of
from treatments.formulary import DrugClass
from treatments.models import Medication

Kind = Comorbidity.Kind
PILLARS: dict[str, frozenset[DrugClass]] = {
    "raas_inhibitor": frozenset({DrugClass.ARNI, DrugClass.ACE_INHIBITOR, DrugClass.ARB}),
    "beta_blocker": frozenset({DrugClass.BETA_BLOCKER}),
    "mra": frozenset({DrugClass.MRA}),
    "sglt2_inhibitor": frozenset({DrugClass.SGLT2_INHIBITOR}),
}
NOT_POSSIBLE = {
    Medication.StopReason.SIDE_EFFECT,
    Medication.StopReason.ALLERGY,
    Medication.StopReason.CONTRAINDICATED,
}
PAST_YEAR = 365  # days: an admission in the past year, by definition
SYSTOLIC_LIMIT, DIASTOLIC_LIMIT = Decimal(140), Decimal(90)  # mmHg, hypertension (local default)
READINGS = 2  # that it takes to be called normotensive
ACE_WASHOUT_DAYS = 2  # 36 hours, in whole days (row HF22-GD-06)


def heart_failure_facts(case: Case) -> Facts:
    """Heart failure, admissions, blood pressure and the pillars of therapy."""
    facts: Facts = {}
    put(facts, "heart_failure", _heart_failure(case))
    advanced = newer(
        case.condition(Kind.ADVANCED_HEART_FAILURE), case.answer("advanced_heart_failure")
    )
    put(facts, "advanced_heart_failure", advanced)
    put(facts, "hf_hospitalization_past_year", _admission(case))
    put(facts, "hypertension", case.condition(Kind.HYPERTENSION))
    put(facts, "normotensive", _normotensive(case))
    put(facts, "hypertrophic_restrictive_or_infiltrative", _cardiomyopathy(case))
    put(facts, "angioedema_ever", _angioedema(case))
    put(facts, "ace_inhibitor_within_36_hours", _ace_inhibitor(case))
    for name, classes in PILLARS.items():
        put(facts, f"{name}_at_tolerated_dose", _at_dose(case, name, classes))
        put(facts, f"{name}_not_possible", _not_possible(case, name, classes))
    return facts


def _heart_failure(case: Case) -> Fact | None:
    """Diagnosed, ever: as answered, or an admission for it."""
    for kind in (Kind.HEART_FAILURE, Kind.HFPEF, Kind.ADVANCED_HEART_FAILURE):
        told = case.condition(kind)
        if told is not None and told.value is True:
            return told
    admission = next(iter(case.record.heart_failure_admissions), None)
    if admission is not None:
        return case.fact(admission, True, method="admission")
    return case.condition(Kind.HEART_FAILURE)


def _admission(case: Case) -> Fact | None:
    """Yes from an admission of the past 365 days; no only where it was asked."""
    for row in case.record.heart_failure_admissions:
        day = min(row.discharged_on or row.admitted_on, case.on)
        if case.age(day) <= PAST_YEAR:
            return case.fact(row, True)
    told = case.answer("hf_hospitalization_past_year")
    if told is not None and told.value is True and told.on and case.age(told.on) > PAST_YEAR:
        reason = f"answered yes on {spoken(told.on)}, more than a year ago: ask again"
        return Fact(None, told.on, told.source, reason=reason)
    return told


def _cardiomyopathy(case: Case) -> Fact | None:
    name = "hypertrophic_restrictive_or_infiltrative"
    kinds = (
        Kind.HYPERTROPHIC_CARDIOMYOPATHY,
        Kind.RESTRICTIVE_CARDIOMYOPATHY,
        Kind.INFILTRATIVE_CARDIOMYOPATHY,
    )
    return newer(_any_condition(case, *kinds), case.answer(name))


def _any_condition(case: Case, *kinds: Comorbidity.Kind) -> Fact | None:
    """Yes when one is present, no when each was answered no, as old as the oldest answer."""
    told = [case.condition(kind) for kind in kinds]
    present = next((fact for fact in told if fact is not None and fact.value is True), None)
    if present is not None:
        return present
    absent = [fact for fact in told if fact is not None]
    if len(absent) < len(kinds):
        return None
    return min(absent, key=lambda fact: fact.on or date.min)


def _normotensive(case: Case) -> Fact | None:
    """Two readings or more within the limit, none of them above the limit of hypertension."""
    limit = case.limits["normotensive"]
    readings = [each for each in _readings(case) if case.age(each[0]) <= limit]
    if len({day for day, *_ in readings}) < READINGS:
        return None
    high = next((each for each in readings if _is_high(*each[1:3])), None)
    day, _, _, row = high or readings[0]
    reason = f"{len(readings)} readings within {limit} days"
    return Fact(high is None, day, source_of(row), reason=reason)


def _readings(case: Case) -> Iterator[tuple[date, Decimal, Decimal | None, ClinicalRecord]]:
    """Blood pressures of logs and of echo studies at rest: day, systolic, diastolic, row."""
    for log in case.record.symptom_logs:
        if log.systolic_bp_mmhg is not None:
            yield log.recorded_on, log.systolic_bp_mmhg, log.diastolic_bp_mmhg, log
    for study in case.studies():
        if study.systolic_bp_mmhg is not None:
            yield study.performed_on, study.systolic_bp_mmhg, study.diastolic_bp_mmhg, study


def _is_high(systolic: Decimal, diastolic: Decimal | None) -> bool:
    return systolic >= SYSTOLIC_LIMIT or (diastolic is not None and diastolic >= DIASTOLIC_LIMIT)


# Drugs -------------------------------------------------------------------------------------------


def _angioedema(case: Case) -> Fact | None:
    row = newest(case.record.allergies, lambda each: each.reaction == Allergy.Reaction.ANGIOEDEMA)
    if row is not None:
        return case.fact(row, True, method=row.substance)
    return case.answer("angioedema_ever")


def _ace_inhibitor(case: Case) -> Fact | None:
    """Yes while one is on the list or was stopped the day before yesterday; else as answered."""
    for course in case.record.medications:
        if course.drug_class != DrugClass.ACE_INHIBITOR:
            continue
        if course.stopped_on is None or case.age(course.stopped_on) <= ACE_WASHOUT_DAYS:
            day = min(course.stopped_on or course.started_on or course.noted_on, case.on)
            return Fact(True, day, source_of(course), method=course.get_drug_display())
    return case.answer("ace_inhibitor_within_36_hours")


def _at_dose(case: Case, name: str, classes: frozenset[DrugClass]) -> Fact | None:
    """Of the drug of the pillar that is taken; no says that it can still be increased."""
    taken = [row for row in case.record.current_medications if row.drug_class in classes]
    row = newest(taken, lambda course: course.at_maximal_tolerated_dose is not None)
    if row is None:
        return None
    days = case.limits[f"{name}_at_tolerated_dose"]
    day = max(row.noted_on, row.started_on or row.noted_on)
    return case.fact(
        row,
        bool(row.at_maximal_tolerated_dose),
        days=days,
        method=row.get_drug_display(),
        on=min(day, case.on),
        lasts_through_events=True,
    )


def _not_possible(case: Case, name: str, classes: frozenset[DrugClass]) -> Fact | None:
    """A drug of the pillar stopped for intolerance and none taken now, or the clinic's answer."""
    if any(row.drug_class in classes for row in case.record.current_medications):
        return case.answer(f"{name}_not_possible")
    stopped = newest(
        case.record.medications,
        lambda row: row.drug_class in classes and row.stop_reason in NOT_POSSIBLE,
    )
    told = None
    if stopped is not None:
        why = f"{stopped.get_drug_display()} stopped: {stopped.get_stop_reason_display()}"
        told = Fact(True, stopped.stopped_on, source_of(stopped), reason=why)
    return newer(told, case.answer(f"{name}_not_possible"))


# What casts doubt on "no symptoms" (D1) ----------------------------------------------------------


def doubt_facts(case: Case, facts: Facts) -> Facts:
    """Falls of the six-minute walk and of KCCQ, and a new diuretic."""
    found: Facts = {}
    put(found, "six_minute_walk_fall_m", _fall(case, "six_minute_walk_m", "six_minute_walk_fall_m"))
    put(found, "kccq_fall_points", _fall(case, "kccq_overall", "kccq_fall_points"))
    put(found, "six_minute_walk_below_lower_limit", _below_normal(case, facts))
    put(found, "new_diuretic", _new_diuretic(case, facts))
    return found


def _with(case: Case, column: str) -> list[SymptomLog]:
    return [log for log in case.record.symptom_logs if getattr(log, column) is not None]


def _fall(case: Case, column: str, name: str) -> Fact | None:
    """The value before less the newest; zero when it did not fall."""
    logs = _with(case, column)
    if len(logs) < 2:
        return None
    latest, before = (getattr(log, column) for log in logs[:2])
    reason = f"since {spoken(logs[1].recorded_on)}"
    fall = max(before - latest, Decimal(0))
    return case.fact(logs[0], fall, days=case.limits[name], reason=reason)


def _below_normal(case: Case, facts: Facts) -> Fact | None:
    """By Enright's equations; unknown between the limits of the two sexes."""
    logs = _with(case, "six_minute_walk_m")
    if not logs:
        return None
    names = ("age_years", "sex", "height_cm", "weight_kg")
    limit = lower_limit_of_walk({name: facts[name] for name in names if name in facts})
    walked = logs[0].six_minute_walk_m
    if limit.lowest is None or limit.highest is None or walked is None:
        return None
    below = {Decimal(str(end)) > walked for end in (limit.lowest, limit.highest)}
    if len(below) > 1:
        return None
    days = case.limits["six_minute_walk_below_lower_limit"]
    reason = f"lower limit of normal {limit.text}"
    return case.fact(logs[0], below == {True}, days=days, reason=reason)


def _new_diuretic(case: Case, facts: Facts) -> Fact | None:
    """Begun, or its dose raised, within 183 days; no only while the list is reconciled."""
    days = case.limits["new_diuretic"]
    courses = [row for row in case.record.medications if row.drug_class == DrugClass.DIURETIC]
    for course in courses:
        begun = course.started_on
        if begun is not None and case.age(begun) <= days and not _is_lower_dose(course, courses):
            return Fact(True, begun, source_of(course), method=course.get_drug_display())
    undated = newest(courses, lambda row: row.started_on is None and case.age(row.noted_on) <= days)
    if undated is not None:
        reason = "when it was started is not recorded"
        return Fact(None, undated.noted_on, source_of(undated), reason=reason)
    listed = facts.get("medication_list_reconciled")
    if listed is None or listed.value is not True:
        return None
    old = not listed.reassures
    return Fact(False, listed.on, listed.source, too_old_to_reassure=old)


def _is_lower_dose(course: Medication, courses: list[Medication]) -> bool:
    """Whether the course only continues the same drug at the same dose or a lower one."""
    return any(
        before.drug == course.drug
        and before.pk != course.pk
        and before.stopped_on == course.started_on
        and (now := daily_dose(course)) is not None
        and (then := daily_dose(before)) is not None
        and now <= then
        for before in courses
    )


def daily_dose(course: Medication) -> Decimal | None:
    """Milligrams a day, where both the dose and how often are recorded."""
    if course.dose_mg is None or course.times_a_day is None:
        return None
    return course.dose_mg * course.times_a_day
