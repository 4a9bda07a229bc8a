"""How facts are worded and linked on the patient page."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

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
    "last_nyha_class": records.SymptomLog,
    "reassessed_on_gdmt": records.SymptomLog,
    "mitral_prolapse": records.EchoStudy,
    "arrhythmia_with_repair": records.Comorbidity,
    "other_valve_disease": records.Comorbidity,
    "raas_inhibitor_not_possible": treatments.Medication,
    "beta_blocker_not_possible": treatments.Medication,
    "mra_not_possible": treatments.Medication,
    "sglt2_inhibitor_not_possible": treatments.Medication,
    "vka_on_record": treatments.Medication,
    "doac_on_record": treatments.Medication,
    "inr_overdue": records.LabResult,
    "crt_planned": treatments.Intervention,
    "procedure_planned": treatments.Intervention,
    "months_since_mitral_intervention": treatments.Intervention,
    "years_since_mitral_intervention": treatments.Intervention,
    "aortic_mechanical_valve": treatments.Intervention,
    "aortic_replacement_planned": treatments.Intervention,
    "appendage_closure_planned": treatments.Intervention,
    "af_surgery_done": treatments.Intervention,
    "months_since_af_surgery_or_appendage_closure": treatments.Intervention,
    "mitral_surgery_planned": treatments.Intervention,
    "mitral_replacement_planned": treatments.Intervention,
    "teer_planned": treatments.Intervention,
    "cabg_planned": treatments.Intervention,
    "other_valve_surgery_planned": treatments.Intervention,
    "left_sided_valve_surgery_planned": treatments.Intervention,
}
# The box of the form that holds a fact, where it has another name than the fact.
BOXES: dict[str, str] = {
    "age_years": "born_on",
    "pregnancy_status": "status",
    "life_expectancy_under_1_year": "life_expectancy",
    "intervention_declined": "declines_intervention",
    "body_mass_index_kg_m2": "weight_kg",
    "mitral_valve_state": "previous_mitral_procedure",
    "none_of_these_asked": "previous_mitral_procedure_absent",
    "none_of_these_asked_before": "previous_mitral_procedure_absent",
    "symptomatic": "attribution",
    "symptoms_in_doubt": "attribution",
    "symptoms_or_signs_changed": "nyha",
    "reassessed_on_gdmt": "nyha",
    "nyha_class": "nyha",
    "last_nyha_class": "nyha",
    "normotensive": "systolic_bp_mmhg",
    "six_minute_walk_fall_m": "six_minute_walk_m",
    "six_minute_walk_below_lower_limit": "six_minute_walk_m",
    "kccq_fall_points": "kccq_overall",
    "af_pattern": "atrial_fibrillation_type",
    "angina": "angina_class",
    "syncope": "syncope_0",
    "palpitations": "palpitations_0",
    "surgical_risk": "surgical_risk_class",
    "sts_prom_percent": "sts_mortality_percent",
    "valve_center": "center_type",
    "durable_repair_likely": "durable_repair_expected",
    "atrial_fibrillation": "atrial_fibrillation_seen",
    "ecg_rhythm": "rhythm",
    "cmr_regurgitant_volume_ml": "regurgitant_volume_ml",
    "cmr_regurgitant_fraction_percent": "regurgitant_fraction_percent",
    "cmr_quality_good": "quality",
    "acute_cause_confirmed": "certainty",
    "acute_pulmonary_edema_or_shock": "pulmonary_edema",
    # Of an echo study.
    "sam_or_lvot_obstruction": "lvot_obstruction",
    "obstruction_on_record": "lvot_obstruction",
    "mva_cm2": "mitral_valve_area_cm2",
    "aortic_regurgitation_more_than_mild": "aortic_regurgitation",
    "study_aortic_regurgitation_more_than_mild": "aortic_regurgitation",
    "aortic_stenosis_moderate_or_more": "aortic_stenosis",
    "lvesd_index_mm_m2": "lvesd_mm",
    "tr_grade": "tricuspid_regurgitation",
    "volumetric_regurgitant_volume_ml": "regurgitant_volume_ml",
    "volumetric_regurgitant_fraction_percent": "regurgitant_fraction_percent",
    "vena_contracta_area_mm2": "vena_contracta_area_3d_mm2",
    "pulmonary_vein_systolic_reversal": "pulmonary_vein_flow",
    "large_perforation": "leaflet_perforation",
    "severe_mr_acc_aha": "eroa_mm2",
    "severe_mr_esc_eacts": "eroa_mm2",
    "mr_grade": "eroa_mm2",
    "progressive_lv_change": "lvesd_mm",
    "lv_dysfunction_before_repair": "lvef_percent",
    "rv_dysfunction": "rv_function",
    "regraded_after_revascularization": "eroa_mm2",
    "prosthesis_mean_gradient_mmhg": "mitral_mean_gradient_mmhg",
    "baseline_prosthesis_mean_gradient_mmhg": "mitral_mean_gradient_mmhg",
    "baseline_doppler_velocity_index": "doppler_velocity_index",
    "baseline_effective_orifice_area_cm2": "effective_orifice_area_cm2",
    "intraprosthetic_regurgitation_grade": "intraprosthetic_regurgitation",
    "baseline_intraprosthetic_regurgitation_grade": "intraprosthetic_regurgitation",
    "prosthetic_regurgitation_grade": "intraprosthetic_regurgitation",
    "prosthesis_deterioration_moderate": "doppler_velocity_index",
    "prosthesis_deterioration_severe": "doppler_velocity_index",
    "tricuspid_annulus_index_mm_m2": "tricuspid_annulus_mm",
    "vti_ratio_mitral_aortic": "mitral_inflow_vti_cm",
    "mitral_prolapse": "flail_leaflet",
    "papillary_muscle_rupture": "ruptured_papillary_muscle",
    "acute_echo_done": "performed_on",
    "echo_on_record": "performed_on",
    "baseline_echo_after_intervention": "performed_on",
}
OF_ONE_STUDY = "study_"  # the same measurement, of the study that the grade rests on
# What a link may fill in as well: the analyte of a laboratory result, the kind of a comorbidity.
FILLED_IN: dict[str, tuple[str, str]] = {
    "creatinine_umol_l": ("analyte", "creatinine"),
    "egfr_ml_min": ("analyte", "creatinine"),
    "potassium_mmol_l": ("analyte", "potassium"),
    "hemoglobin_g_dl": ("analyte", "hemoglobin"),
    "bnp_pg_ml": ("analyte", "bnp"),
    "nt_probnp_pg_ml": ("analyte", "nt_probnp"),
    "nt_probnp_doubled": ("analyte", "nt_probnp"),
    "inr": ("analyte", "inr"),
    "last_inr": ("analyte", "inr"),
    "inr_overdue": ("analyte", "inr"),
    "ttr_percent": ("analyte", "inr"),
    "blood_culture_sets": ("analyte", "blood_culture"),
}
# Where a kind of record has one box that says what the row is of.
FIRST_BOX: dict[type[ClinicalRecord], str] = {
    records.LabResult: "result",
    records.Comorbidity: "kind",
    records.Allergy: "substance",
    treatments.Medication: "drug",
    treatments.Intervention: "kind",
    records.ClinicalAnswer: "answer",
}
ENTERED_AS_MEDICATION = ("takes_", "_at_tolerated_dose")
ENTERED_WITH_THE_PERSON = {"age_years", "sex"}
# From several records or from the rules themselves: no one form answers it.
CONCLUDED = {
    "symptoms_persist_on_gdmt",
    "medical_step_first",
    "has_bled",
    "cha2ds2_vasc",
    "cha2ds2_va",
    "intervention_indicated_acc_aha",
    "intervention_indicated_esc_eacts",
    "other_cause_of_large_chambers",
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
    """What a reader must know beside a fact: its age when too old and why, or that it is one-sided.

    How it was obtained stands beside the value or is opened from the row.
    """
    notes = []
    if fact.too_old_to_reassure:
        age = f" ({age_of(fact.on, today)})" if fact.on else ""
        notes.append(f"too old to reassure{age}")
        if "before " in fact.reason:  # an event has voided it
            notes.append(fact.reason)
    if fact.adverse_only:
        notes.append(f"counts only when adverse: {fact.adverse_only}")
    return "; ".join(dict.fromkeys(notes))


def entry_link(fact_name: str, doors: Doors) -> str:
    """The form in which a missing fact is recorded, at its box; empty where there is no way.

    There is none where the person may not enter it, where the form follows from several records
    (``CONCLUDED``), and where nobody enters it because it is computed from the rest.
    """
    if fact_name in CONCLUDED:
        return ""
    model = entered_in(fact_name)
    address = doors.person_url if model is None else doors.add_url(model)
    if not address:
        return ""
    asked = {"fact": fact_name} if model is records.ClinicalAnswer else {}
    if fact_name in FILLED_IN:
        asked = dict([FILLED_IN[fact_name]])
    return f"{address}{'?' if asked else ''}{urlencode(asked)}{_fragment(fact_name, model)}"


def entered_in(fact_name: str) -> type[ClinicalRecord] | None:
    """The kind of record that holds a fact; ``None`` for what belongs to the person."""
    if fact_name in ENTERED_WITH_THE_PERSON:
        return None
    if fact_name in QUESTIONS:
        return records.ClinicalAnswer
    if fact_name in ENTERED_IN:
        return ENTERED_IN[fact_name]
    prefix, ending = ENTERED_AS_MEDICATION
    if fact_name.startswith(prefix) or fact_name.endswith(ending):
        return treatments.Medication
    return records.EchoStudy


def _fragment(fact_name: str, model: type[ClinicalRecord] | None) -> str:
    """Where on the form the box is that holds the fact."""
    box = BOXES.get(fact_name) or (FIRST_BOX.get(model, "") if model else "")
    return f"#id_{box or fact_name.removeprefix(OF_ONE_STUDY)}"
