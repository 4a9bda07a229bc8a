"""Laboratory values, the newest of each, and what they say of one another (safety C, D1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from guidelines.facts import ClinicalPicture, Fact, Interval
from guidelines.scores.renal import egfr
from guidelines.vocabulary import MitralValveState
from patients.days import spoken
from patients.models import LabResult
from treatments.facts.case import Case, Facts, exact, newest, source_of
from treatments.facts.valve import PROSTHESES, valve_state_of
from treatments.formulary import DrugClass

# Fact, analyte.
VALUES = (
    ("creatinine_umol_l", "creatinine"),
    ("potassium_mmol_l", "potassium"),
    ("hemoglobin_g_dl", "hemoglobin"),
    ("bnp_pg_ml", "bnp"),
    ("nt_probnp_pg_ml", "nt_probnp"),
)
DOUBLED = 2
PEPTIDES = ("bnp_pg_ml", "nt_probnp_pg_ml")
EGFR_SHIFTS = Decimal(30)  # mL/min/1.73 m2, row SAFE-31
BMI_SHIFTS = Decimal(30)  # kg/m2, row SAFE-31
FIRST_DAYS = 90  # after the implantation of a valve the INR is not settled
INR_DRUGS = {DrugClass.ANTIARRHYTHMIC, DrugClass.VKA, DrugClass.STATIN}
CULTURE_DAYS = 14  # blood cultures of the present illness (local default)


def laboratory_facts(case: Case) -> Facts:
    """Creatinine with eGFR, potassium, hemoglobin, natriuretic peptides, INR, blood cultures."""
    if not case.record.lab_results:
        return {}
    facts: Facts = {}
    for name, analyte in VALUES:
        row = next(_results(case, analyte), None)
        if row is not None:
            facts[name] = case.fact(row, value_of(row), days=case.limits[name])
    return facts | _inr(case) | _cultures(case) | _doubled(case)


def renal_facts(case: Case, facts: Facts) -> Facts:
    """eGFR by CKD-EPI 2021 from the newest creatinine, as old as that."""
    creatinine = facts.get("creatinine_umol_l")
    if creatinine is None or creatinine.value is None:
        return {}
    result = egfr({name: facts[name] for name in ("age_years", "sex") if name in facts}
                  | {"creatinine_umol_l": creatinine})  # fmt: skip
    if result.lowest is None or result.highest is None:
        return {}
    exactly = result.lowest == result.highest
    value = result.lowest if exactly else Interval(result.lowest, result.highest)
    rate = Fact(
        value,
        creatinine.on,
        creatinine.source,
        method="CKD-EPI 2021",
        reason=creatinine.reason,
        too_old_to_reassure=creatinine.too_old_to_reassure,
    )
    return {"egfr_ml_min": rate}


def peptide_facts(case: Case, facts: Facts) -> Facts:
    """Natriuretic peptides with what shifts them; BNP says nothing on an ARNI (SAFE-30, -31)."""
    shifted = _shifts(facts)
    found: Facts = {}
    for name in PEPTIDES:
        fact = facts.get(name)
        if fact is None:
            continue
        reasons = [fact.reason] if fact.reason else []
        value = fact.value
        if name == "bnp_pg_ml" and _took_arni(case, fact):
            value, shifts = None, ["on sacubitril/valsartan BNP is not used: NT-proBNP only"]
        else:
            shifts = [f"shifted by {' and '.join(shifted)}"] if shifted else []
        found[name] = Fact(
            value,
            fact.on,
            fact.source,
            method=fact.method,
            reason="; ".join([*reasons, *shifts]),
            too_old_to_reassure=fact.too_old_to_reassure,
        )
    return found


def _shifts(facts: Facts) -> list[str]:
    known = ClinicalPicture(
        {n: facts[n] for n in ("atrial_fibrillation", "egfr_ml_min", "body_mass_index_kg_m2")
         if n in facts}
    ).readings()  # fmt: skip
    rate, mass = known.get("egfr_ml_min"), known.get("body_mass_index_kg_m2")
    shifted = ["atrial fibrillation"] if known.get("atrial_fibrillation") is True else []
    if isinstance(rate, Interval) and rate.is_below(EGFR_SHIFTS):
        shifted.append("kidney function")
    if isinstance(mass, Interval) and mass.is_at_least(BMI_SHIFTS):
        shifted.append("obesity")
    return shifted


def _took_arni(case: Case, fact: Fact) -> bool:
    return any(
        course.drug_class == DrugClass.ARNI
        and fact.on is not None
        and (course.started_on or course.noted_on) <= fact.on
        and (course.stopped_on is None or course.stopped_on >= fact.on)
        for course in case.record.medications
    )


def value_of(row: LabResult) -> Decimal | Interval | None:
    """A result; "less than 20" is what lies below, "more than 5000" what lies above."""
    value = exact(row.value)
    if not isinstance(value, Decimal):
        return None
    if row.comparator == LabResult.Comparator.LESS:
        return Interval(Decimal(0), value, high_open=True)
    if row.comparator == LabResult.Comparator.GREATER:
        return Interval(value, None, low_open=True)
    return value


def _results(case: Case, analyte: str) -> Iterator[LabResult]:
    return (
        row for row in case.record.lab_results if row.analyte == analyte and row.value is not None
    )


# INR ---------------------------------------------------------------------------------------------


def _inr(case: Case) -> Facts:
    """The newest INR; how long it speaks for depends on how settled it is (safety C)."""
    row = next(_results(case, "inr"), None)
    if row is None:
        return {}
    days, why = inr_days(case, row)
    fact = case.fact(row, value_of(row), days=days, reason=why, lasts_through_events=True)
    return {"inr": fact}


def inr_days(case: Case, row: LabResult) -> tuple[int, str]:
    """For how many days an INR speaks, and why not for the usual time (safety C)."""
    plan = case.record.anticoagulation_plan
    limits = case.limits
    absolute = limits["inr_absolute"]
    if why := _unsettled(case, row):
        return min(limits["inr_unsettled"], absolute), why
    if plan is not None and plan.self_testing:
        return min(limits["inr_self_tested"], absolute), "tests at home"
    return min(limits["inr"], absolute), ""


def _unsettled(case: Case, row: LabResult) -> str:
    """Why the INR is to be measured again within a week; "" when it is settled."""
    plan = case.record.anticoagulation_plan
    value = row.value
    if plan is not None and value is not None:
        low, high = plan.inr_low, plan.inr_high
        if (low is not None and value < low) or (high is not None and value > high):
            return "out of range"
    valve = valve_state_of(case.record)
    implanted = case.procedure_on
    new_valve = isinstance(valve.value, MitralValveState) and valve.value in PROSTHESES
    if new_valve and implanted is not None and (row.taken_on - implanted).days <= FIRST_DAYS:
        return f"within {FIRST_DAYS} days of the implantation"
    changed = newest(
        case.record.medications,
        lambda course: course.drug_class in INR_DRUGS and _changed_since(course, row),
    )
    return "" if changed is None else f"{changed.get_drug_display()} was changed since"


def _changed_since(course: object, row: LabResult) -> bool:
    days = (getattr(course, "started_on", None), getattr(course, "stopped_on", None))
    return any(day is not None and day > row.taken_on for day in days)


# Blood cultures and NT-proBNP --------------------------------------------------------------------


def _cultures(case: Case) -> Facts:
    """Blood cultures taken in the present illness; none recorded is not known to be none."""
    since = case.on - timedelta(days=CULTURE_DAYS)
    taken = [row for row in case.record.lab_results if row.analyte == "blood_culture"]
    recent = [row for row in taken if row.taken_on >= since]
    if not recent:
        return {}
    reason = f"since {spoken(since)}"
    fact = Fact(Decimal(len(recent)), recent[0].taken_on, source_of(recent[0]), reason=reason)
    return {"blood_culture_sets": fact}


def _doubled(case: Case) -> Facts:
    """Whether NT-proBNP is twice the value before it or more (D1); bounds of "<" do not decide."""
    exactly = [row for row in _results(case, "nt_probnp") if not row.comparator]
    if len(exactly) < 2:
        return {}
    latest, before = exactly[:2]
    if latest.value is None or before.value is None or not before.value:
        return {}
    reason = f"{exact(latest.value)} pg/mL after {exact(before.value)} on {spoken(before.taken_on)}"
    fact = case.fact(
        latest,
        latest.value >= DOUBLED * before.value,
        days=case.limits["nt_probnp_doubled"],
        reason=reason,
    )
    return {"nt_probnp_doubled": fact}
