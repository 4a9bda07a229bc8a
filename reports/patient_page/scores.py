"""The scores that fit the patient, with their inputs, sources and days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from guidelines.days import spoken
from guidelines.facts import FACTS
from guidelines.numbers import Interval
from guidelines.scores.score import ScoreResult, UsedInput
from guidelines.vocabulary import Tempo
from patients.forms.typed import plain
from patients.models import ClinicalRecord, Comorbidity, LabResult, SymptomLog
from patients.study_sheet import upper_first
from reports.kinds import row_url, source_url
from reports.patient_page.advice_lines import names_hidden
from reports.patient_page.case import PageCase
from reports.patient_page.intervention_considered import planned_mitral, why_considered
from reports.patient_page.words import ENTERED_IN, age_of, entry_link
from treatments.models import Intervention, Medication, TeamReview

ADULT_AGE = Decimal(18)  # years, SAFE-01: the scores were made from adults
SERIES_SHOWN = 6  # of a score whose inputs are all results of one kind, the newest
# A score of an operation, of a catheter repair, or of the chronic course: not beside an emergency.
OF_CHRONIC_DISEASE = {"euroscore-2", "mida", "mitrascore", "coapt"}
MADE_FOR_OTHERS = "made for "
CANNOT_TELL = ("not recorded", "not known")
OLD = ("too old", "no longer counts")
ASSUMED = ("this or worse", "known for more than", "no kidney disease")
# Inputs that are facts under no name of their own, and where they are entered.
ENTRIES: Mapping[str, type[ClinicalRecord]] = {
    "inr": LabResult,
    "hemoglobin_g_dl": LabResult,
    "creatinine_clearance_ml_min": LabResult,
    "egfr_ml_min_173": LabResult,
    "ttr_percent": LabResult,
    "ccs4_angina": SymptomLog,
    "symptoms": SymptomLog,
    "systolic_bp_mmhg": SymptomLog,
    "six_minute_walk_m": SymptomLog,
    "urgency": Intervention,
    "weight_of_operation": Intervention,
    "thoracic_aorta_surgery": Intervention,
    "teer_with_gdmt": Intervention,
    "ras_inhibitor": Medication,
    "antiplatelet_or_nsaid": Medication,
    "high_diuretic_dose": Medication,
}
CONDITIONS = frozenset(
    {
        "alcohol",
        "anemia",
        "bleeding",
        "chronic_lung_disease",
        "copd",
        "diabetes",
        "diabetes_on_insulin",
        "dialysis",
        "extracardiac_arteriopathy",
        "heart_failure",
        "hypertension",
        "kidney_transplant",
        "liver_disease",
        "peripheral_artery_disease",
        "poor_mobility",
        "previous_cardiac_surgery",
        "recent_infarction",
        "stroke",
        "stroke_tia_or_embolism",
        "vascular_disease",
    }
)
OF_THE_PERSON = frozenset({"age_years", "sex"})
NO_FIELD = frozenset({"critical_state"})
# Scores obtained elsewhere and stored as they are.
STORED_OF_LOG = (("kccq_overall", "KCCQ, overall"), ("mlhfq_total", "MLHFQ, total"))


def score_panel_of(case: PageCase) -> dict[str, Any] | None:
    """The scores that fit, those of which that cannot be told, and the values stored.

    ``None`` where there is neither, for a child, and after a death.
    """
    if case.record.has_died or _is_child(case):
        return None
    fitting: list[dict[str, Any]] = []
    unsure: list[dict[str, Any]] = []
    for result in case.whole.scores:
        place = _place(result, case)
        if place is not None:
            (fitting if place else unsure).append(_view(result, case))
    stored = _stored(case)
    if not (fitting or unsure or stored):
        return None
    return {"fitting": fitting, "unsure": unsure, "stored": stored}


def _is_child(case: PageCase) -> bool:
    age = case.picture.reading("age_years")
    return isinstance(age, Interval) and age.is_below(ADULT_AGE)


# Which scores fit ---------------------------------------------------------------------------------


def _place(result: ScoreResult, case: PageCase) -> bool | None:
    """True when the score fits, False when that cannot be told, ``None`` when it does not."""
    if result.not_computed.startswith(MADE_FOR_OTHERS):
        return None
    if result.name in OF_CHRONIC_DISEASE and _is_acute(case):
        return None
    fits = FITS.get(result.name)
    if fits is not None and not fits(result, case):
        return None
    if not any(words in flag for flag in result.flags for words in CANNOT_TELL):
        return True
    return False if _any_input(result, case) else None


def _is_acute(case: PageCase) -> bool:
    """Nothing waits for a score in an emergency (safety D12)."""
    tempo = case.picture.reading("tempo")
    return case.record.open_episode is not None or tempo in (Tempo.ACUTE, Tempo.ACUTE_ON_CHRONIC)


def _operation_considered(result: ScoreResult, case: PageCase) -> bool:
    return bool(why_considered(case))


def _catheter_repair_planned(result: ScoreResult, case: PageCase) -> bool:
    return any(row.kind == Intervention.Kind.TEER for row in planned_mitral(case))


def _any_input(result: ScoreResult, case: PageCase) -> bool:
    """Whether anything but the person's own data went in; else it says nothing of this patient."""
    return any(each.is_known and each.name not in OF_THE_PERSON for each in result.inputs)


def _walked(result: ScoreResult, case: PageCase) -> bool:
    return any(each.name == "six_minute_walk_m" and each.is_known for each in result.inputs)


def _creatinine(result: ScoreResult, case: PageCase) -> bool:
    return any(row.analyte == "creatinine" for row in case.record.lab_results)


def _computed(result: ScoreResult, case: PageCase) -> bool:
    return result.is_computed


FITS: Mapping[str, Callable[[ScoreResult, PageCase], bool]] = {
    "euroscore-2": _operation_considered,
    "mitrascore": _catheter_repair_planned,
    "coapt": _catheter_repair_planned,
    "cockcroft-gault": _creatinine,
    "ckd-epi-2021": _creatinine,
    "ttr-rosendaal": _computed,
    "six-minute-walk": _walked,
}


# How a score is shown -----------------------------------------------------------------------------


def _view(result: ScoreResult, case: PageCase) -> dict[str, Any]:
    definition = result.definition
    inputs = [_input(each, case) for each in result.inputs]
    is_series = len({each.name for each in result.inputs}) < len(inputs)
    shown = min(len(inputs), SERIES_SHOWN) if is_series else len(inputs)
    labels = {each.name: each.label for each in definition.inputs}
    missing = [
        {"label": labels.get(name, name.replace("_", " ")), "href": _entry(name, case)}
        for name in result.missing
    ]
    items = [
        {"label": each.label, "points": _span(each.lowest, each.highest)} for each in result.items
    ]
    return {
        "title": definition.title.partition(", expected")[0],
        "text": _value(result),
        "is_range": result.is_computed and result.value is None,
        "not_computed": result.not_computed,
        "strata": [
            {"label": each.label, "meaning": each.meaning, "is_published": each.is_published}
            for each in result.strata
            if not names_hidden(each.meaning, case)
        ],
        "missing": missing,
        "inputs": inputs[-shown:],
        "inputs_hidden": len(inputs) - shown,
        "old": sum(each["is_old"] for each in inputs),
        "assumed": sum(each["is_assumed"] for each in inputs),
        "items": items,
        "flags": [upper_first(flag) for flag in result.flags],
        "caveats": list(definition.caveats),
        "population": definition.population,
        "citation": definition.citation,
        "rows": ", ".join(definition.rows),
        "verification": definition.verification.label,
        "parameters": [
            {"name": upper_first(name), "text": _in_words(text)}
            for name, text in result.parameters.items()
        ],
    }


def _value(result: ScoreResult) -> str:
    """The value or range; an expected distance stands behind the one that was walked."""
    if not result.is_computed:
        return ""
    walked = result.parameters.get("walked")
    return f"{walked}; expected {result.text}" if walked else result.text


def _input(each: UsedInput, case: PageCase) -> dict[str, Any]:
    is_old = each.reason.startswith(OLD)
    is_assumed = each.is_known and each.reason.startswith(ASSUMED)
    return {
        "label": upper_first(each.label),
        "meaning": each.meaning,
        "text": each.text if each.is_known else "",
        "on": None if each.name in OF_THE_PERSON else each.on,
        "age": age_of(each.on, case.on) if is_old and each.on is not None else "",
        "source": source_url(each.source),
        "method": each.method,
        "reason": "" if each.reason == "not recorded" else each.reason,
        "is_old": is_old,
        "is_assumed": is_assumed,
        "href": "" if each.is_known else _entry(each.name, case),
    }


def _in_words(text: str) -> str:
    """A parameter as it is read: a day, which the core gives in ISO, as days are written here."""
    try:
        return spoken(date.fromisoformat(text))
    except ValueError:
        return text


def _span(lowest: Any, highest: Any) -> str:
    low, high = plain(lowest), plain(highest)
    return low if low == high else f"{low} to {high}"


def _entry(name: str, case: PageCase) -> str:
    """Where the missing input is entered; empty where the person may not or no field exists."""
    if name in NO_FIELD:
        return ""
    if name in CONDITIONS:
        return case.doors.add_url(Comorbidity)
    if name in ENTRIES:
        return case.doors.add_url(ENTRIES[name])
    if name == "tr_grade":
        name = "tricuspid_regurgitation"
    is_fact = name in ENTERED_IN or name in FACTS
    return entry_link(name, case.doors) if is_fact else ""


# Values obtained elsewhere ------------------------------------------------------------------------


def _stored(case: PageCase) -> list[dict[str, Any]]:
    """The newest STS, KCCQ and MLHFQ values as they were entered."""
    found = []
    reviews = case.record.team_reviews
    review = next((row for row in reviews if row.sts_mortality_percent is not None), None)
    if review is not None:
        found.append(
            {
                "title": "STS predicted mortality",
                "text": f"{plain(review.sts_mortality_percent)} %",
                "on": review.sts_computed_on or review.reviewed_on,
                "note": review.sts_model or "model and version not recorded",
                "href": row_url(TeamReview, review.public_id),
            }
        )
    for name, title in STORED_OF_LOG:
        logs = case.record.symptom_logs
        log = next((row for row in logs if getattr(row, name) is not None), None)
        if log is not None:
            found.append(
                {
                    "title": title,
                    "text": plain(getattr(log, name)),
                    "on": log.recorded_on,
                    "note": "",
                    "href": row_url(SymptomLog, log.public_id),
                }
            )
    return found
