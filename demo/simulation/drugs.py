"""The drugs that the simulated clinic gives, as rows of the record."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from demo.simulation.chance import tenth, workday
from demo.simulation.chart import Chart
from demo.simulation.heart import Heart
from demo.simulation.life import Written

# code: class, dose in mg, times a day, indication
_DRUGS: dict[str, tuple[str, str, int, str]] = {
    "ramipril": ("ace_inhibitor", "5", 1, "hypertension"),
    "enalapril": ("ace_inhibitor", "10", 2, "heart_failure"),
    "candesartan": ("arb", "16", 1, "hypertension"),
    "sacubitril_valsartan": ("arni", "97", 2, "heart_failure"),
    "bisoprolol": ("beta_blocker", "5", 1, "heart_failure"),
    "carvedilol": ("beta_blocker", "25", 2, "heart_failure"),
    "metoprolol_succinate": ("beta_blocker", "47.5", 1, "atrial_fibrillation"),
    "spironolactone": ("mra", "25", 1, "heart_failure"),
    "eplerenone": ("mra", "50", 1, "heart_failure"),
    "dapagliflozin": ("sglt2_inhibitor", "10", 1, "heart_failure"),
    "empagliflozin": ("sglt2_inhibitor", "10", 1, "heart_failure"),
    "furosemide": ("diuretic", "40", 1, "heart_failure"),
    "torasemide": ("diuretic", "10", 1, "heart_failure"),
    "apixaban": ("doac", "5", 2, "atrial_fibrillation"),
    "rivaroxaban": ("doac", "20", 1, "atrial_fibrillation"),
    "warfarin": ("vka", "5", 1, "prosthesis"),
    "phenprocoumon": ("vka", "3", 1, "atrial_fibrillation"),
    "aspirin": ("antiplatelet", "100", 1, "coronary_disease"),
    "atorvastatin": ("statin", "40", 1, "coronary_disease"),
    "amiodarone": ("antiarrhythmic", "200", 1, "atrial_fibrillation"),
    "amlodipine": ("calcium_blocker", "5", 1, "hypertension"),
}
_DOSES = {code: (Decimal(row[1]), Decimal(row[2])) for code, row in _DRUGS.items()}


def start(chart: Chart, day: int, code: str, *, indication: str = "", since: int = 0) -> Written:
    """A course that begins today, or was begun elsewhere on the day ``since``."""
    drug_class, _, _, usual = _DRUGS[code]
    dose, times = _DOSES[code]
    values: dict[str, object] = {
        "drug": code,
        "drug_class": drug_class,
        "dose_mg": dose,
        "times_a_day": times,
        "indication": indication or usual,
        "noted_on": date.fromordinal(day),
    }
    if not since:
        values["started_on"] = values["noted_on"]
    elif chart.rng.random() < 0.6:
        values["started_on"] = date.fromordinal(since)
    if usual == "heart_failure" and chart.rng.random() < 0.35:
        values["at_maximal_tolerated_dose"] = chart.rng.random() < 0.7
    row = chart.write("treatments.Medication", values)
    chart.courses[drug_class] = row
    return row


def stop(chart: Chart, drug_class: str, day: int, why: str) -> None:
    """End the course of this class, if there is one."""
    row = chart.courses.pop(drug_class, None)
    if row is not None:
        row.values["stopped_on"] = date.fromordinal(day)
        row.values["stop_reason"] = why


def anticoagulate(chart: Chart, day: int) -> None:
    """Atrial fibrillation is known: a direct anticoagulant, before 2013 a vitamin K antagonist."""
    if "doac" in chart.courses or "vka" in chart.courses or chart.rng.random() < 0.12:
        return
    on = date.fromordinal(day)
    if on.year < 2013 or chart.rng.random() < 0.06:
        start(chart, day, "phenprocoumon")
        chart.vka_from, chart.vka_target = day, "2.5"
        _plan(chart, on, "vka", "atrial fibrillation", "2.5", "2.0", "3.0")
        return
    start(chart, day, "apixaban" if chart.rng.random() < 0.65 else "rivaroxaban")
    if chart.rng.random() < 0.5:
        _plan(chart, on, "doac", "atrial fibrillation")


def protect_prosthesis(chart: Chart, day: int, *, lasting: bool, why: str) -> Written:
    """A vitamin K antagonist after an operation: for life, or for three months."""
    on = date.fromordinal(day)
    stop(chart, "doac", day, "replaced")
    if "vka" not in chart.courses:
        replaced = lasting or "bioprosthesis" in why
        start(chart, day, "warfarin", indication="prosthesis" if replaced else "other")
        chart.vka_from = day
    chart.vka_target = "3.0" if lasting else "2.5"
    limits = ("3.0", "2.5", "3.5") if lasting else ("2.5", "2.0", "3.0")
    row = _plan(chart, on, "vka", why, *limits)
    if lasting and chart.rng.random() < 0.3:
        row.values["self_testing"] = chart.rng.random() < 0.5
    return row


def _plan(
    chart: Chart,
    on: date,
    agent: str,
    indication: str,
    target: str = "",
    low: str = "",
    high: str = "",
) -> Written:
    values: dict[str, object] = {"from_on": on, "agent": agent, "indication": indication}
    if target:
        values["inr_target"] = _INR[target]
        values["inr_low"], values["inr_high"] = _INR[low], _INR[high]
    _close_plan(chart, on)
    row = chart.write("treatments.AnticoagulationPlan", values, "clinician")
    chart.courses["plan"] = row
    return row


def _close_plan(chart: Chart, on: date) -> None:
    plan = chart.courses.pop("plan", None)
    if plan is not None and "until_on" not in plan.values:
        plan.values["until_on"] = on


def end_protection(chart: Chart, day: int) -> None:
    """Three months after a repair or a biological valve: stop, or go on because of the rhythm."""
    vka = chart.courses["vka"]
    stop(chart, "vka", day, "not_needed")
    if chart.rng.random() < 0.88:
        inr_series(chart, chart.vka_from, day, target=2.5)
    _close_plan(chart, date.fromordinal(day))
    chart.vka_from = 0
    if chart.known_af:
        anticoagulate(chart, day)
    if "doac" in chart.courses or "vka" in chart.courses:
        vka.values["stop_reason"] = "replaced"


def end_relief(chart: Chart, heart: Heart, day: int) -> None:
    """Free of symptoms with a treated valve and a good ventricle: mostly without the diuretic."""
    free = heart.valve != "native" and chart.asked_nyha == 1 and (chart.lvef or 0) > 50
    if free and "diuretic" in chart.courses and chart.rng.random() < 0.6:
        stop(chart, "diuretic", day, "not_needed")


_INR = {text: Decimal(text) for text in ("2.0", "2.5", "3.0", "3.5")}


def inr_series(chart: Chart, start: int, stop: int, *, target: float) -> None:
    """The INR results of one anticoagulation, from paper: monthly, wandering, now and then off."""
    rng = chart.rng
    day, level = start + 4, target - 0.6
    while day <= stop:
        level += 0.45 * (target - level) + rng.gauss(0, 0.38)
        level = min(7.5, max(1.1, level))
        _inr(chart, min(workday(day), stop), level)
        gap = 7 if day - start < 40 else 14 if abs(level - target) > 0.8 else 28 + rng.random() * 14
        if stop - day > 900:
            gap = gap * 2.4  # older results were copied from the booklet only in part
        day += int(gap * (1.0 if rng.random() < 0.93 else 2.2))


def _inr(chart: Chart, day: int, level: float) -> None:
    values: dict[str, object] = {
        "taken_on": date.fromordinal(day), "analyte": "inr", "unit": "", "value": tenth(level),
    }  # fmt: skip
    chart.rows.append(Written("patients.LabResult", values, "clerk"))
