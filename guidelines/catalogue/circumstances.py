"""Acute regurgitation, pregnancy, coronary arteries and other circumstances.

A fact about an emergency is of that episode: a new one asks it anew.
"""

from __future__ import annotations

from guidelines.definitions import HIGHER, LOWER, Worse, number, term, yes_no
from guidelines.vocabulary import CoronaryLikelihood, NoncardiacRisk

HOURS_COUNT = 1  # days: what is true of an emergency today is asked again tomorrow
YEAR = 365  # days, safety C

_ACUTE = (
    yes_no(
        "hypotensive_now",
        "low blood pressure or shock",
        "Systolic pressure below 90 mmHg, or shock, at the last observation of today's emergency; "
        "no only when both the pressure and shock were looked at.",
        asked=True,
        days=HOURS_COUNT,
    ),
    yes_no(
        "acute_cause_confirmed",
        "cause of the acute regurgitation confirmed",
        "Whether the cause recorded with the open emergency is confirmed, not only suspected.",
        Worse.FALSE,
    ),
    yes_no(
        "acute_echo_done",
        "echo done in this emergency",
        "A transthoracic echo on or after the day of onset of the open emergency.",
        Worse.FALSE,
    ),
    yes_no(
        "acute_echo_diagnostic",
        "echo of this emergency diagnostic",
        "Whether the transthoracic echo of this emergency shows severity and cause. A soft murmur, "
        "a small jet and normal chambers do not exclude acute severe regurgitation.",
        Worse.FALSE,
        asked=True,
        days=HOURS_COUNT,
    ),
    yes_no(
        "aortic_dissection",
        "aortic dissection",
        "Present or suspected in this emergency; no only when it was looked for.",
        asked=True,
        days=HOURS_COUNT,
    ),
    yes_no(
        "infarction_suspected",
        "acute myocardial infarction confirmed or suspected",
        "In this emergency, from ECG, troponin or the story.",
        asked=True,
        days=HOURS_COUNT,
    ),
    yes_no(
        "acute_pulmonary_edema_or_shock",
        "pulmonary edema or shock",
        "At the last observation of the open emergency.",
    ),
)

_PREGNANCY = (
    yes_no(
        "pregnancy_heart_failure_refractory",
        "heart failure in pregnancy refractory to treatment",
        "In spite of full medical treatment.",
        asked=True,
        days=7,
    ),
    yes_no("takes_statin", "takes: statin", "From the medication list.", Worse.NEITHER),
)

_NONCARDIAC = (
    yes_no(
        "noncardiac_surgery_planned",
        "non-cardiac surgery planned",
        "Any operation but on the heart.",
        Worse.NEITHER,
        asked=True,
        days=90,
    ),
    yes_no(
        "noncardiac_surgery_elective",
        "the non-cardiac surgery can wait",
        "Elective: a delay of some weeks does no harm.",
        Worse.NEITHER,
        asked=True,
        days=90,
    ),
    term(
        "noncardiac_surgery_risk",
        "cardiac risk of the non-cardiac surgery",
        NoncardiacRisk,
        "Of the kind of operation planned.",
        adverse=frozenset({NoncardiacRisk.INTERMEDIATE, NoncardiacRisk.HIGH}),
        unknown=frozenset({NoncardiacRisk.UNKNOWN}),
        asked=True,
        days=90,
    ),
    yes_no(
        "valve_disease_suspected",
        "valve disease suspected and not yet examined by echo",
        "A murmur, symptom or sign that makes at least moderate valve disease possible, or worse "
        "than the last echo showed.",
        asked=True,
        days=90,
    ),
)

_CORONARY = (
    yes_no(
        "coronary_anatomy_known",
        "coronary arteries known",
        "Imaged within the limit of safety C, no acute coronary syndrome since.",
        Worse.FALSE,
    ),
    yes_no("angina", "angina", "Of any class, now."),
    yes_no(
        "ischemia_shown",
        "ischemia shown",
        "On a stress test, by ECG, imaging or biomarkers.",
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "coronary_risk_factors",
        "coronary risk factors",
        "Diabetes, hypertension, smoking, dyslipidemia, family history, or a woman after "
        "menopause. Men above 40 count by age.",
        asked=True,
        days=730,
    ),
    term(
        "coronary_likelihood",
        "likelihood of coronary artery disease",
        CoronaryLikelihood,
        "The clinician's estimate before imaging.",
        adverse=frozenset({CoronaryLikelihood.HIGH}),
        unknown=frozenset({CoronaryLikelihood.UNKNOWN}),
        asked=True,
        days=YEAR,
    ),
    number(
        "coronary_pretest_probability_percent",
        "pre-test probability of coronary artery disease",
        "%",
        "By the clinic's model, before imaging.",
        HIGHER,
        asked=True,
        days=YEAR,
    ),
    number(
        "left_main_stenosis_percent",
        "stenosis of the left main artery",
        "%",
        "Diameter, from the coronary assessment.",
        HIGHER,
    ),
    number(
        "largest_other_stenosis_percent",
        "largest other coronary stenosis",
        "%",
        "Diameter, from the coronary assessment; the left main apart.",
        HIGHER,
    ),
)

_OTHER_VALVES = (
    number(
        "tricuspid_annulus_mm",
        "tricuspid annulus",
        "mm",
        "End-diastolic, apical four-chamber view, at rest.",
        HIGHER,
    ),
    number(
        "tricuspid_annulus_index_mm_m2",
        "indexed tricuspid annulus",
        "mm/m²",
        "Annulus over body surface area.",
        HIGHER,
    ),
    yes_no(
        "right_heart_failure_ever",
        "signs of right heart failure, ever",
        "Edema, ascites or a congested liver because of the right heart, now or before.",
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "other_valve_disease",
        "disease of another valve, or stenosis beside the regurgitation",
        "At least moderate: aortic stenosis or regurgitation, mitral stenosis, tricuspid "
        "regurgitation or stenosis.",
    ),
    yes_no(
        "aortic_stenosis_moderate_or_more",
        "aortic stenosis at least moderate",
        "By echo or CT.",
    ),
)

_TESTS = (
    yes_no(
        "echo_on_record",
        "transthoracic echo on record",
        "A final or amended transthoracic study at rest of the valve as it is now (after the last "
        "mitral procedure), whatever its age.",
        Worse.FALSE,
    ),
    yes_no(
        "echo_inconclusive",
        "echo leaves the question open",
        "Severity, mechanism or the state of the left ventricle cannot be told from the "
        "transthoracic studies: poor windows, or lines of evidence that disagree.",
    ),
    yes_no(
        "symptoms_do_not_fit_echo",
        "findings do not fit the echo",
        "Symptoms, murmur or size of the chambers do not fit the severity at rest by echo, in the "
        "clinician's reading.",
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "symptoms_or_signs_changed",
        "symptoms or signs new or changed since the last echo",
        "A higher NYHA class, a new symptom, a new murmur or sign, or an admission for heart "
        "failure, after the last transthoracic echo.",
    ),
    yes_no(
        "symptoms_in_doubt",
        "whether there are symptoms of the regurgitation is in doubt",
        "Equivocal answers, an attribution that is uncertain, or so little activity that none "
        "could show (safety D1, unknown in spite of being asked).",
    ),
    yes_no(
        "ischemia_or_viability_tested",
        "ischemia or viability examined",
        "Stress imaging, CMR, or imaging of the coronary arteries since the regurgitation was "
        "found.",
        Worse.FALSE,
        asked=True,
    ),
    yes_no(
        "transcatheter_treatment_considered",
        "transcatheter mitral treatment considered",
        "By the team, whether or not it is planned yet.",
        Worse.NEITHER,
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "pulmonary_pressure_in_question",
        "pulmonary pressure in question",
        "The pressure by echo does not fit the rest, or lung disease confounds it.",
        asked=True,
        days=YEAR,
    ),
    yes_no("chest_radiation", "radiation of the chest", "Ever."),
    number(
        "years_since_chest_radiation",
        "years since radiation of the chest",
        "years",
        "Completed years since the last course.",
        HIGHER,
    ),
    yes_no("mitral_prolapse", "mitral valve prolapse", "On imaging, whatever the regurgitation."),
    yes_no(
        "annular_disjunction",
        "mitral annular disjunction",
        "On echo or CMR.",
        asked=True,
    ),
    yes_no("syncope", "unexplained syncope", "Since the prolapse is known, not explained."),
    yes_no(
        "complex_ventricular_ectopy",
        "complex ventricular ectopy",
        "On any ECG or continuous recording: frequent, multiform, runs.",
    ),
    yes_no("palpitations", "palpitations that matter", "Now."),
    yes_no(
        "septal_reduction_possible",
        "septal reduction possible",
        "Myectomy or alcohol ablation could relieve the obstruction, in the team's judgement.",
        Worse.NEITHER,
        is_judgement=True,
        asked=True,
        days=YEAR,
    ),
)

_FOLLOW_UP = (
    number(
        "mr_grade",
        "grade of the regurgitation",
        "",
        "As the core grades it: one mild, two moderate, three moderate to severe, four severe; a "
        "range when it lies between, nothing when it cannot be graded.",
        HIGHER,
        is_derived=True,
    ),
    yes_no(
        "baseline_echo_after_intervention",
        "baseline echo after the intervention",
        "A final transthoracic study 30 to 90 days after the last mitral procedure, or the first "
        "one thereafter.",
        Worse.FALSE,
    ),
    number(
        "years_since_mitral_intervention",
        "years since the mitral intervention",
        "years",
        "Completed years since the last performed mitral procedure.",
        HIGHER,
    ),
    yes_no(
        "lv_dysfunction_before_repair",
        "LV dysfunction before the repair",
        "LVEF of 60 % or less, or LVESD of 40 mm or more, at the last study before it.",
    ),
    yes_no(
        "arrhythmia_with_repair",
        "arrhythmia before or since the repair",
        "Atrial fibrillation or flutter, or complex ventricular ectopy.",
    ),
)

_TEAM = (
    yes_no(
        "repair_or_replacement_in_question",
        "repair or replacement in question",
        "Whether the valve can be repaired is not clear.",
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "multimorbidity",
        "several serious diseases",
        "Which make the benefit or the risk of an intervention hard to judge.",
        asked=True,
        days=YEAR,
    ),
    number(
        "operator_mitral_surgeries_per_year",
        "mitral operations of the surgeon a year",
        "",
        "Of the planned operation's surgeon.",
        LOWER,
        asked=True,
        days=YEAR,
    ),
    number(
        "operator_teer_total",
        "edge-to-edge repairs of the operator, in all",
        "",
        "Of the planned procedure's operator.",
        LOWER,
        asked=True,
        days=YEAR,
    ),
)

FACTS = (
    *_ACUTE,
    *_PREGNANCY,
    *_NONCARDIAC,
    *_CORONARY,
    *_OTHER_VALVES,
    *_TESTS,
    *_FOLLOW_UP,
    *_TEAM,
)
