"""How facts are worded and linked on the patient page."""

from __future__ import annotations

from datetime import date

from guidelines.rule import ShownFact
from patients import models as records
from patients.models import ClinicalRecord
from patients.models.answers import QUESTIONS
from reports.kinds import Doors
from treatments import models as treatments

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = 30.44
MONTHS_SHOWN_AS_YEARS = 730
DAYS_SHOWN_AS_DAYS = 60

# Where a missing fact is recorded, when not in an echo study.
ENTERED_IN: dict[str, type[ClinicalRecord]] = {
    "symptomatic": records.SymptomLog,
    "nyha_class": records.SymptomLog,
    "height_cm": records.BodySize,
    "weight_kg": records.BodySize,
    "pregnancy_status": records.PregnancyStatus,
    "life_expectancy_under_1_year": records.GoalsOfCare,
    "intervention_declined": records.GoalsOfCare,
    "mechanism": records.MitralDiagnosis,
    "tempo": records.MitralDiagnosis,
    "etiology": records.MitralDiagnosis,
    "carpentier_type": records.MitralDiagnosis,
    "mitral_valve_state": records.MitralDiagnosis,
    "lvad_or_transplant": records.Comorbidity,
    "intracardiac_shunt": records.Comorbidity,
    "endocarditis_active_or_suspected": records.Comorbidity,
    "af_secondary_to_mr": records.Comorbidity,
    "atrial_fibrillation": records.Electrocardiogram,
    "none_of_these_asked": records.AbsenceCheck,
    "none_of_these_asked_before": records.AbsenceCheck,
    "cmr_regurgitant_volume_ml": records.CmrStudy,
    "cmr_regurgitant_fraction_percent": records.CmrStudy,
    "cmr_quality_good": records.CmrStudy,
    "operability": treatments.TeamReview,
    "surgical_risk": treatments.TeamReview,
    "repair_likelihood_percent": treatments.TeamReview,
    "expected_mortality_percent": treatments.TeamReview,
    "sts_prom_percent": treatments.TeamReview,
    "valve_center": treatments.TeamReview,
    "teer_anatomy": treatments.TeamReview,
    "gdmt_optimized": treatments.TeamReview,
    "durable_repair_likely": treatments.TeamReview,
    "intervention_futile": treatments.TeamReview,
    "surgery_impossible_or_delayed": treatments.TeamReview,
    "major_organs_compromised": treatments.TeamReview,
    "procedure_impediment": treatments.TeamReview,
    "death_or_major_morbidity_1_year_percent": treatments.TeamReview,
    "frailty": records.GoalsOfCare,
    "hypertension": records.Comorbidity,
    "heart_failure": records.Comorbidity,
    "coronary_disease": records.Comorbidity,
    "dialysis": records.Comorbidity,
    "thromboembolism_ever": records.Comorbidity,
    "previous_endocarditis": records.Comorbidity,
    "rheumatic_fever_ever": records.Comorbidity,
    "years_since_rheumatic_fever": records.Comorbidity,
    "chest_radiation": records.Comorbidity,
    "years_since_chest_radiation": records.Comorbidity,
    "heart_transplant": records.Comorbidity,
    "assist_device": records.Comorbidity,
    "normotensive": records.SymptomLog,
    "angina": records.SymptomLog,
    "syncope": records.SymptomLog,
    "palpitations": records.SymptomLog,
    "af_pattern": records.SymptomLog,
    "symptoms_or_signs_changed": records.SymptomLog,
    "symptoms_in_doubt": records.SymptomLog,
    "six_minute_walk_fall_m": records.SymptomLog,
    "six_minute_walk_below_lower_limit": records.SymptomLog,
    "kccq_fall_points": records.SymptomLog,
    "left_main_stenosis_percent": records.CoronaryAssessment,
    "largest_other_stenosis_percent": records.CoronaryAssessment,
    "regraded_after_revascularization": records.EchoStudy,
    "body_mass_index_kg_m2": records.BodySize,
    "bsa_m2": records.BodySize,
    "qrs_ms": records.Electrocardiogram,
    "qrs_morphology": records.Electrocardiogram,
    "ecg_rhythm": records.Electrocardiogram,
    "rv_pacing_percent": records.Electrocardiogram,
    "complex_ventricular_ectopy": records.Electrocardiogram,
    "penicillin_allergy": records.Allergy,
    "cephalosporin_allergy": records.Allergy,
    "macrolide_allergy": records.Allergy,
    "tetracycline_allergy": records.Allergy,
    "acute_cause_confirmed": records.AcuteEpisode,
    "acute_pulmonary_edema_or_shock": records.AcuteEpisode,
    "creatinine_umol_l": records.LabResult,
    "egfr_ml_min": records.LabResult,
    "potassium_mmol_l": records.LabResult,
    "hemoglobin_g_dl": records.LabResult,
    "bnp_pg_ml": records.LabResult,
    "nt_probnp_pg_ml": records.LabResult,
    "nt_probnp_doubled": records.LabResult,
    "inr": records.LabResult,
    "last_inr": records.LabResult,
    "ttr_percent": records.LabResult,
    "blood_culture_sets": records.LabResult,
    "warfarin_mg_per_day": treatments.Medication,
    "vasodilator_for_mr_alone": treatments.Medication,
    "new_diuretic": treatments.Medication,
}
ENTERED_AS_MEDICATION = ("takes_", "_at_tolerated_dose")
ENTERED_WITH_THE_PERSON = {"age_years", "sex"}
CONCLUDED = {"symptoms_persist_on_gdmt"}  # from several records: no one form answers it


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


def entry_link(fact_name: str, doors: Doors) -> str:
    """The form in which a missing fact is recorded; empty where the person may not or none is."""
    if fact_name in CONCLUDED:
        return ""
    if fact_name in ENTERED_WITH_THE_PERSON:
        return doors.person_url
    if fact_name in QUESTIONS:
        answer = doors.add_url(records.ClinicalAnswer)
        return f"{answer}?fact={fact_name}" if answer else ""
    if fact_name in ENTERED_IN:
        return doors.add_url(ENTERED_IN[fact_name])
    if fact_name.startswith(ENTERED_AS_MEDICATION[0]) or fact_name.endswith(
        ENTERED_AS_MEDICATION[1]
    ):
        return doors.add_url(treatments.Medication)
    study = doors.add_url(records.EchoStudy)
    return f"{study}#id_{fact_name}" if study else ""
