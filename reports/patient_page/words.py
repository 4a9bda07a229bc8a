"""How facts are worded and linked on the patient page."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from guidelines.rule import ShownFact

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = 30.44
MONTHS_SHOWN_AS_YEARS = 730
DAYS_SHOWN_AS_DAYS = 60

# Facts that an echo study would answer are entered there; symptoms in a symptom log.
ENTERED_IN_SYMPTOM_LOG = {"symptomatic", "nyha_class"}
NOT_ENTERED_IN_A_STUDY = {
    "age_years",
    "sex",
    "pregnancy_status",
    "life_expectancy_under_1_year",
    "intervention_declined",
    "height_cm",
    "weight_kg",
    "mechanism",
    "tempo",
    "etiology",
    "carpentier_type",
    "mitral_valve_state",
    "lvad_or_transplant",
    "operability",
    "surgical_risk",
    "repair_likelihood_percent",
    "expected_mortality_percent",
    "sts_prom_percent",
    "valve_center",
    "teer_anatomy",
    "gdmt_optimized",
    "symptoms_persist_on_gdmt",
    "af_secondary_to_mr",
    "atrial_fibrillation",
    "cmr_regurgitant_volume_ml",
    "cmr_regurgitant_fraction_percent",
    "none_of_these_asked",
    "none_of_these_asked_before",
    "endocarditis_active_or_suspected",
    "intracardiac_shunt",
}


def age_of(on: date, today: date) -> str:
    """How old a value is, in the unit in which people say it: 12 days, 5 months, 3.2 years."""
    days = (today - on).days
    if days < DAYS_SHOWN_AS_DAYS:
        return f"{days} day" if days == 1 else f"{days} days"
    if days < MONTHS_SHOWN_AS_YEARS:
        return f"{days / DAYS_PER_MONTH:.0f} months"
    return f"{days / DAYS_PER_YEAR:.1f} years"


def notes_of(fact: ShownFact, today: date) -> str:
    """What a reader must know beside a fact: its age when too old, how it was obtained, why."""
    notes = []
    if fact.too_old_to_reassure:
        age = f" ({age_of(fact.on, today)})" if fact.on else ""
        notes.append(f"too old to reassure{age}")
    if fact.adverse_only:
        notes.append(f"counts only when adverse: {fact.adverse_only}")
    if fact.method:
        notes.append(fact.method)
    if fact.reason:
        notes.append(fact.reason)
    return "; ".join(dict.fromkeys(notes))


def link_of(source: str) -> str:
    """The page of the record that a fact comes from; empty where it has none yet."""
    kind, _, public_id = source.partition(":")
    if kind == "echo_study" and public_id:
        return reverse("patients:echo-page", args=[public_id])
    return ""


def entry_link(fact_name: str, patient_id: object) -> str:
    """The form in which a missing fact is recorded; empty where there is none yet."""
    if fact_name in ENTERED_IN_SYMPTOM_LOG:
        return reverse("patients:symptom-log-add", args=[patient_id])
    if fact_name in NOT_ENTERED_IN_A_STUDY:
        return ""
    return reverse("patients:echo-add", args=[patient_id]) + f"#id_{fact_name}"
