"""Medical therapy, heart failure, devices, and what the rules for an intervention ask besides.

Ages (``days``) are those of safety C.
"""

from __future__ import annotations

from guidelines.definitions import HIGHER, FactDefinition, Worse, number, term, yes_no
from guidelines.vocabulary import Rhythm, Term


class RvDysfunction(Term):
    """Function of the right ventricle at rest, as the reader graded it."""

    NONE = "none", "Normal"
    MILD = "mild", "Mildly reduced"
    MODERATE = "moderate", "Moderately reduced"
    SEVERE = "severe", "Severely reduced"
    UNKNOWN = "unknown", "Not stated"


class QrsMorphology(Term):
    """Shape of the QRS complex in intrinsic conduction."""

    LBBB = "lbbb", "Left bundle branch block"
    NON_LBBB = "non_lbbb", "Not left bundle branch block"
    UNKNOWN = "unknown", "Not stated"


class Frailty(Term):
    """Frailty by the clinic's own scale; two or more indices are moderate (row AHA-RK-02)."""

    NONE = "none", "Not frail"
    MILD = "mild", "Mild: one index"
    MODERATE = "moderate", "Moderate: two indices or more"
    SEVERE = "severe", "Severe: very frail"
    UNKNOWN = "unknown", "Not assessed"


class ProcedureImpediment(Term):
    """An obstacle of this patient's own to the operation, such as a porcelain aorta."""

    NONE = "none", "None"
    POSSIBLE = "possible", "Possible"
    SEVERE = "severe", "Severe"
    UNKNOWN = "unknown", "Not assessed"


_TEAM = "The heart team's judgement, entered and never computed (safety D7). "

_JUDGEMENTS = (
    yes_no(
        "durable_repair_likely",
        "durable repair likely",
        _TEAM + "Whether a surgical repair is expected to last.",
        Worse.NEITHER,
        is_judgement=True,
        days=365,
    ),
    yes_no(
        "intervention_futile",
        "intervention futile",
        _TEAM + "Yes: an intervention would neither lengthen nor improve this life.",
        is_judgement=True,
        days=183,
    ),
    yes_no(
        "surgery_impossible_or_delayed",
        "surgery impossible or delayed",
        _TEAM + "Yes: mitral surgery is not possible, or will not happen soon.",
        is_judgement=True,
        days=183,
    ),
    term(
        "frailty",
        "frailty",
        Frailty,
        _TEAM + "By the clinic's own scale; severe means very frail.",
        adverse=frozenset({Frailty.MODERATE, Frailty.SEVERE}),
        unknown=frozenset({Frailty.UNKNOWN}),
        is_judgement=True,
        days=183,
    ),
    number(
        "major_organs_compromised",
        "major organ systems compromised",
        "",
        _TEAM + "How many organ systems besides the heart are compromised so that surgery would "
        "not improve them.",
        HIGHER,
        is_judgement=True,
        days=183,
    ),
    term(
        "procedure_impediment",
        "impediment to the operation",
        ProcedureImpediment,
        _TEAM + "An obstacle of this patient's own to the operation.",
        adverse=frozenset({ProcedureImpediment.POSSIBLE, ProcedureImpediment.SEVERE}),
        unknown=frozenset({ProcedureImpediment.UNKNOWN}),
        is_judgement=True,
        days=183,
    ),
    number(
        "death_or_major_morbidity_1_year_percent",
        "predicted death or major morbidity at one year",
        "%",
        _TEAM + "Predicted for the operation, within one year of it.",
        HIGHER,
        is_judgement=True,
        days=183,
    ),
)

_VALVE_AND_HEART = (
    yes_no(
        "lesion_under_half_of_posterior_leaflet",
        "lesion limited to less than half of the posterior leaflet",
        "Yes: what makes the valve leak involves less than one half of the posterior leaflet and "
        "nothing of the anterior one.",
        Worse.NEITHER,
        asked=True,
        days=365,
    ),
    yes_no(
        "repair_attempted_and_failed",
        "repair attempted and failed",
        "Yes: a repair was attempted at a Primary or Comprehensive Valve Center and failed. No: "
        "none was attempted there.",
        Worse.NEITHER,
        asked=True,
    ),
    yes_no(
        "progressive_lv_change",
        "progressive enlargement or falling LVEF on three studies",
        "As safety D10 defines it: on three or more final resting studies of one method, three "
        "months or more apart, no event between, the left ventricle grows or LVEF falls.",
        is_derived=True,
    ),
    yes_no(
        "tricuspid_regurgitation_secondary",
        "tricuspid regurgitation is secondary",
        "Yes: the tricuspid leaflets and leads are not its cause.",
        asked=True,
        days=365,
    ),
    term(
        "rv_dysfunction",
        "right ventricular dysfunction",
        RvDysfunction,
        "At rest, as the reader graded it.",
        adverse=frozenset({RvDysfunction.SEVERE}),
        unknown=frozenset({RvDysfunction.UNKNOWN}),
        days=365,
    ),
    yes_no(
        "severe_aortic_or_tricuspid_disease",
        "severe aortic or tricuspid valve disease",
        "Severe stenosis or regurgitation of the aortic valve, or severe tricuspid regurgitation.",
        days=365,
        asked=True,
    ),
    yes_no(
        "severe_aortic_stenosis",
        "severe aortic stenosis",
        "Of the native valve, not yet treated.",
        days=365,
        asked=True,
    ),
    yes_no(
        "hypertrophic_restrictive_or_infiltrative",
        "hypertrophic, restrictive or infiltrative cardiomyopathy",
        "Known today, amyloid included.",
        asked=True,
    ),
    yes_no(
        "regional_wall_motion_abnormality",
        "regional wall motion abnormality",
        "Of the left ventricle, at rest.",
        days=365,
    ),
    yes_no(
        "leaflet_tethering",
        "leaflet tethering",
        "The leaflets are pulled towards the ventricle in systole.",
        days=365,
    ),
    number(
        "mitral_annulus_ap_mm",
        "mitral annulus",
        "mm",
        "Antero-posterior diameter, at rest.",
        HIGHER,
        days=365,
    ),
    number(
        "lvedv_index_ml_m2",
        "LVEDV index",
        "mL/m²",
        "End-diastolic volume of the left ventricle over body surface area, at rest.",
        HIGHER,
        days=365,
    ),
    number(
        "body_mass_index_kg_m2",
        "body mass index",
        "kg/m²",
        "Weight over the square of height.",
        HIGHER,
        days=365,
    ),
)

_CORONARY = (
    yes_no(
        "coronary_disease",
        "coronary disease",
        "Any, ever: a stenosis, an infarction, a PCI or a bypass operation.",
    ),
    yes_no(
        "concomitant_coronary_disease",
        "concomitant coronary disease, still to be dealt with",
        "Yes: a significant stenosis that is neither revascularized nor left as it is by the "
        "team's decision. No: none on coronary imaging, or that question is answered.",
        asked=True,
        days=730,
    ),
    yes_no(
        "coronary_disease_complex",
        "complex coronary disease",
        "Yes: the team prefers a bypass operation to PCI.",
        asked=True,
        days=730,
    ),
    yes_no(
        "cad_needs_revascularization",
        "coronary disease that needs revascularization",
        "As the team decided after coronary imaging.",
        asked=True,
        days=730,
    ),
    yes_no(
        "regraded_after_revascularization",
        "regraded after revascularization",
        "Yes: no PCI or bypass operation was ever done, or a final study 30 days or more after "
        "the last one graded the regurgitation. No: done, and not graded since (SAFE-32).",
        Worse.FALSE,
    ),
)

_HEART_FAILURE = (
    yes_no(
        "heart_failure",
        "heart failure",
        "Diagnosed, ever.",
    ),
    yes_no(
        "advanced_heart_failure",
        "advanced heart failure",
        "Stage D: refractory to therapy, as a heart failure specialist judges.",
        asked=True,
        days=183,
    ),
    yes_no(
        "hemodynamically_stable",
        "hemodynamically stable",
        "No decompensation, inotropes or change of therapy in the last weeks.",
        Worse.FALSE,
        asked=True,
        days=90,
    ),
    yes_no(
        "hf_hospitalization_past_year",
        "heart failure admission in the past year",
        "An admission for heart failure within the 365 days before.",
        asked=True,
        days=183,
    ),
    yes_no(
        "advanced_therapy_evaluated",
        "evaluated for assist device or transplant",
        "Whether a heart failure team answered the question of LVAD and transplant.",
        Worse.NEITHER,
        asked=True,
        days=365,
    ),
    yes_no(
        "reassessed_on_gdmt",
        "imaging repeated on optimized therapy",
        "Yes: LVEF and the regurgitation were measured 90 days or more after optimization began "
        "(or earlier, signed by a heart failure specialist) and after the last change (safety D6).",
        Worse.FALSE,
    ),
    yes_no(
        "medical_step_first",
        "a medical step is still open",
        "Yes: in symptomatic secondary regurgitation one of the conditions of safety D6 is not "
        "met or not recorded. Computed from the other facts.",
        is_derived=True,
    ),
    yes_no(
        "normotensive",
        "normotensive",
        "Two readings or more within the limit, none above the clinic's limit of hypertension.",
        Worse.NEITHER,
        days=183,
    ),
    yes_no(
        "hypertension",
        "hypertension",
        "Diagnosed, treated or not.",
        Worse.NEITHER,
    ),
)


_PILLARS = (
    ("raas_inhibitor", "ARNI, ACE inhibitor or ARB"),
    ("beta_blocker", "beta blocker"),
    ("mra", "mineralocorticoid antagonist"),
    ("sglt2_inhibitor", "SGLT2 inhibitor"),
)


def _at_dose(name: str, label: str) -> FactDefinition:
    return yes_no(
        f"{name}_at_tolerated_dose",
        f"{label} at the highest tolerated dose",
        "Of the drug that is taken, from the medication list; no: it can still be increased.",
        Worse.FALSE,
        days=90,
    )


def _not_possible(name: str, label: str) -> FactDefinition:
    return yes_no(
        f"{name}_not_possible",
        f"{label} not possible",
        "Yes: a stated reason (not tolerated, contraindicated) why it is not given; from the "
        "medication list or the clinic's answer. No: the list is reconciled and states none.",
        Worse.NEITHER,
        days=90,
    )


_DRUGS = (
    *(_at_dose(name, label) for name, label in _PILLARS),
    *(_not_possible(name, label) for name, label in _PILLARS),
    yes_no(
        "arni_planned",
        "ARNI to be started",
        "Yes: an ARNI is about to be prescribed.",
        Worse.NEITHER,
        asked=True,
        days=30,
    ),
    yes_no(
        "ace_inhibitor_within_36_hours",
        "ACE inhibitor within 36 hours",
        "A dose of an ACE inhibitor was taken within the 36 hours before.",
        asked=True,
        days=1,
    ),
    yes_no(
        "angioedema_ever",
        "angioedema, ever",
        "Of any cause; never expires.",
        asked=True,
    ),
)

_DEVICES = (
    yes_no(
        "crt_implanted",
        "resynchronization device implanted",
        "Present today, from performed procedures, here or elsewhere.",
        Worse.NEITHER,
    ),
    yes_no(
        "crt_planned",
        "resynchronization planned",
        "From a planned procedure; no plan recorded is no plan.",
        Worse.NEITHER,
    ),
    yes_no(
        "crt_question_settled",
        "resynchronization question settled",
        "Yes: its criteria were checked and it is not indicated, or it was implanted 90 days ago "
        "or more, or the patient refused it (safety D6). No: indicated and still open.",
        Worse.FALSE,
        asked=True,
        days=365,
    ),
    yes_no(
        "pacemaker_implanted",
        "pacemaker or defibrillator implanted",
        "A device that paces the right ventricle and does not resynchronize.",
        Worse.NEITHER,
    ),
    number(
        "qrs_ms",
        "QRS",
        "ms",
        "Width in intrinsic conduction, on a resting ECG.",
        HIGHER,
        days=365,
    ),
    term(
        "qrs_morphology",
        "QRS morphology",
        QrsMorphology,
        "In intrinsic conduction, on a resting ECG.",
        adverse=frozenset({QrsMorphology.LBBB}),
        unknown=frozenset({QrsMorphology.UNKNOWN}),
        days=365,
    ),
    term(
        "ecg_rhythm",
        "rhythm on the ECG",
        Rhythm,
        "On the newest resting ECG.",
        adverse=frozenset({Rhythm.ATRIAL_FIBRILLATION, Rhythm.ATRIAL_FLUTTER}),
        unknown=frozenset({Rhythm.UNKNOWN}),
        days=365,
    ),
    number(
        "rv_pacing_percent",
        "share of right ventricular pacing",
        "%",
        "Counted by the device, or expected of the device that is planned or replaced.",
        HIGHER,
        days=365,
    ),
    yes_no(
        "high_rv_pacing_share",
        "high share of right ventricular pacing",
        "As the device clinic judges; the recommendation prints no limit.",
        asked=True,
        days=365,
    ),
    yes_no(
        "device_planned_or_due",
        "pacemaker or defibrillator planned or to be replaced",
        "A new device or a replacement is planned now.",
        Worse.NEITHER,
        asked=True,
        days=183,
    ),
    yes_no(
        "high_degree_av_block",
        "high-degree or complete AV block that needs pacing",
        "Second degree of high degree, or third degree, with an indication for ventricular pacing.",
        days=365,
    ),
    yes_no(
        "rv_pacing_indicated",
        "right ventricular pacing indicated",
        "Any indication for ventricular pacing, AV block included.",
        days=365,
    ),
    yes_no(
        "biventricular_capture_assured",
        "biventricular capture assured",
        "In atrial fibrillation: nearly all beats would be paced, by drugs or by ablation of the "
        "AV node.",
        Worse.NEITHER,
        asked=True,
        days=365,
    ),
    number(
        "biventricular_pacing_percent",
        "share of biventricular pacing",
        "%",
        "Counted by the resynchronization device.",
        Worse.LOWER,
        days=365,
    ),
)

# Safety D1: what makes "no symptoms" doubtful.
_DOUBTS = (
    yes_no(
        "nt_probnp_doubled",
        "NT-proBNP doubled",
        "The newest value is twice the one before it, or more; each while it may count.",
        days=183,
    ),
    number(
        "nt_probnp_times_upper_normal",
        "NT-proBNP over its upper normal limit",
        "times",
        "The newest value over the laboratory's upper normal limit for age and sex.",
        HIGHER,
        days=183,
    ),
    number(
        "six_minute_walk_fall_m",
        "fall of the six-minute walk",
        "m",
        "The distance before less the newest distance; zero when it did not fall.",
        HIGHER,
        days=183,
    ),
    yes_no(
        "six_minute_walk_below_lower_limit",
        "six-minute walk below its lower limit of normal",
        "The newest distance, by Enright's equations.",
        days=183,
    ),
    number(
        "kccq_fall_points",
        "fall of the KCCQ score",
        "points",
        "The overall summary score before less the newest one; zero when it did not fall.",
        HIGHER,
        days=183,
    ),
    yes_no(
        "new_diuretic",
        "new diuretic",
        "A diuretic started, or its dose raised, since the last visit or within 183 days.",
        days=183,
    ),
)

FACTS: tuple[FactDefinition, ...] = (
    *_JUDGEMENTS,
    *_VALVE_AND_HEART,
    *_CORONARY,
    *_HEART_FAILURE,
    *_DRUGS,
    *_DEVICES,
    *_DOUBTS,
)
