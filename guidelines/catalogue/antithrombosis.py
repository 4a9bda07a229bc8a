"""Prostheses, anticoagulation, bleeding and atrial fibrillation.

Ages (``days``) are those of safety C. What is derived here is computed by
``guidelines.deterioration`` and ``guidelines.anticoagulation``, never entered.
"""

from __future__ import annotations

from guidelines.definitions import HIGHER, LOWER, FactDefinition, Worse, number, term, yes_no
from guidelines.vocabulary import Term


class StenosisGrade(Term):
    """Narrowing of the mitral valve."""

    NONE = "none", "None"
    MILD = "mild", "Mild"
    MODERATE = "moderate", "Moderate"
    SEVERE = "severe", "Severe"
    UNKNOWN = "unknown", "Not stated"


class BleedingRisk(Term):
    """The clinic's judgement of bleeding on anticoagulation; a score stands beside it."""

    LOW = "low", "Low"
    INTERMEDIATE = "intermediate", "Intermediate"
    HIGH = "high", "High"
    UNKNOWN = "unknown", "Not assessed"


class BleedingNow(Term):
    """Bleeding at this moment."""

    NONE = "none", "None"
    MINOR = "minor", "Minor"
    MAJOR = "major", "Major"
    UNCONTROLLABLE = "uncontrollable", "Major and not controllable"
    UNKNOWN = "unknown", "Not asked"


class ProcedurePlanned(Term):
    """An invasive procedure outside the heart valves, by what it asks of anticoagulation."""

    NONE = "none", "None planned"
    MINOR = "minor", "Minor: bleeding easily controlled"
    MAJOR = "major", "Major: anticoagulation has to be interrupted"
    UNKNOWN = "unknown", "Not stated"


class ProsthesisWish(Term):
    """The informed wish of the patient."""

    MECHANICAL = "mechanical", "Mechanical"
    BIOLOGICAL = "biological", "Biological"
    NO_PREFERENCE = "no_preference", "No preference"
    UNKNOWN = "unknown", "Not asked"


class Thrombogenicity(Term):
    """How readily a mechanical valve clots (ESC 2021, Table 10)."""

    LOW = "low", "Low: current bileaflet model"
    MEDIUM = "medium", "Medium: other bileaflet model with insufficient data"
    HIGH = "high", "High: ball-cage, older tilting disc or single-leaflet model"
    UNKNOWN = "unknown", "Model not stated"


class AorticMechanicalValve(Term):
    """A mechanical valve in the aortic position."""

    NONE = "none", "None"
    CURRENT = "current", "Bileaflet or current single tilting disc"
    OLDER = "older", "Ball-cage or older tilting disc"
    UNKNOWN = "unknown", "Not stated"


class AfPattern(Term):
    """Pattern of atrial fibrillation."""

    PAROXYSMAL = "paroxysmal", "Paroxysmal"
    PERSISTENT = "persistent", "Persistent"
    LONG_STANDING = "long_standing", "Long-standing persistent"
    PERMANENT = "permanent", "Permanent"
    UNKNOWN = "unknown", "Not stated"


YEAR, HALF_YEAR = 365, 183
_TEAM = "The heart team's judgement, entered and never computed. "
_GRADE = "Zero none, one mild, two moderate, three moderate to severe, four severe."
_LIST = "From the medication list; a drug that is not on a list grown old is unknown, not absent."


def _baseline(of: str, label: str, unit: str, meaning: str, worse: Worse) -> FactDefinition:
    return number(
        f"baseline_{of}",
        f"baseline {label}",
        unit,
        f"{meaning} Of the reference study after the implantation; it never expires.",
        worse,
    )


def _with_baseline(
    of: str, label: str, unit: str, meaning: str, worse: Worse
) -> tuple[FactDefinition, FactDefinition]:
    present = number(of, label, unit, f"{meaning} Of the newest study.", worse, days=YEAR)
    return present, _baseline(of, label, unit, meaning, worse)


_DOPPLER = (
    *_with_baseline(
        "doppler_velocity_index",
        "Doppler velocity index of the prosthesis",
        "",
        "Velocity-time integral across the mitral prosthesis over that of the outflow tract.",
        HIGHER,
    ),
    *_with_baseline(
        "effective_orifice_area_cm2",
        "effective orifice area of the prosthesis",
        "cm²",
        "Of the mitral prosthesis.",
        LOWER,
    ),
    *_with_baseline(
        "prosthesis_mean_gradient_mmhg",
        "mean gradient of the prosthesis",
        "mmHg",
        "Across the mitral prosthesis or the repaired valve, at rest.",
        HIGHER,
    ),
    *_with_baseline(
        "intraprosthetic_regurgitation_grade",
        "regurgitation through the prosthesis",
        "",
        f"Through its leaflets, a leak beside it left out. {_GRADE}",
        HIGHER,
    ),
)

_DYSFUNCTION = (
    number(
        "prosthetic_regurgitation_grade",
        "regurgitation of the prosthesis or repaired valve",
        "",
        f"Through and beside it together, as the reader graded it. {_GRADE}",
        HIGHER,
        days=YEAR,
    ),
    yes_no(
        "prosthetic_stenosis_severe",
        "severe stenosis of the prosthesis",
        "As the reader graded it. Of the mitral prosthesis.",
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "prosthesis_dysfunction_significant",
        "significant dysfunction of the prosthesis",
        "As the reader or the team graded it: stenosis or regurgitation that matters. Severe "
        "deterioration by Doppler makes it yes whatever was answered.",
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "prosthesis_deterioration_moderate",
        "deterioration of the bioprosthesis, moderate or more",
        "By Doppler against the baseline (rows ESC25-SVD-01 and -02).",
        is_derived=True,
    ),
    yes_no(
        "prosthesis_deterioration_severe",
        "deterioration of the bioprosthesis, severe",
        "By Doppler against the baseline (row ESC25-SVD-02).",
        is_derived=True,
    ),
    yes_no(
        "prosthesis_gradient_risen",
        "gradient of the prosthesis risen",
        "Against the baseline or an earlier study, at a like heart rate. A mean gradient 5 mmHg "
        "or more above the baseline makes it yes whatever was answered.",
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "prosthesis_clicks_muffled",
        "clicks of the mechanical valve muffled or absent",
        "Heard by the patient or on auscultation, now.",
        asked=True,
        days=30,
    ),
    yes_no(
        "dyspnea_new_or_worse",
        "new or worse dyspnea",
        "Since the visit before, whatever its cause.",
        asked=True,
        days=30,
    ),
    yes_no(
        "prosthesis_echo_explains",
        "transthoracic echo explains the symptoms",
        "Of the prosthesis or repair, done after new symptoms or signs began. No: it was done and "
        "does not explain them.",
        Worse.FALSE,
        asked=True,
        days=90,
    ),
    yes_no(
        "paravalvular_leak",
        "leak beside the prosthesis",
        "Seen on imaging, of any size that matters to the reader.",
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "hemolysis",
        "hemolysis by the prosthesis",
        "By laboratory values, and attributed to the prosthesis or the leak.",
        asked=True,
        days=HALF_YEAR,
    ),
    yes_no(
        "hemolysis_intractable",
        "intractable hemolysis by the prosthesis",
        "Not controlled by medical treatment, or needing transfusions.",
        asked=True,
        days=HALF_YEAR,
    ),
    yes_no(
        "hemolysis_needs_transfusion",
        "hemolysis that needs transfusions",
        "Repeated transfusions because of hemolysis by the prosthesis or the leak.",
        asked=True,
        days=HALF_YEAR,
    ),
    yes_no(
        "heart_failure_from_prosthetic_leak",
        "heart failure from a leak of the prosthesis",
        "Symptoms of heart failure that the leak through or beside the prosthesis causes.",
        asked=True,
        days=HALF_YEAR,
    ),
    yes_no(
        "leak_closure_suitable",
        "suitable for transcatheter closure of the leak",
        _TEAM + "Position, size and access of the leak suit a closure device.",
        Worse.NEITHER,
        is_judgement=True,
        days=YEAR,
    ),
    yes_no(
        "valve_in_valve_suitable",
        "suitable for a transcatheter valve in the prosthesis",
        _TEAM + "Size, type and outflow tract suit a valve in the failed prosthesis.",
        Worse.NEITHER,
        is_judgement=True,
        days=YEAR,
    ),
    yes_no(
        "recurrent_mr_after_ring",
        "regurgitation recurred after ring annuloplasty",
        "Moderate to severe or more, after a surgical repair with a ring.",
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "arrhythmia_of_mitral_disease_suspected",
        "arrhythmia that may come from the mitral disease",
        "Symptoms or findings after a repair that suggest one.",
        asked=True,
        days=HALF_YEAR,
    ),
)

_THROMBOSIS = (
    yes_no(
        "valve_thrombosis_suspected",
        "thrombosis of the valve suspected or confirmed",
        "Of the mitral prosthesis or repair; yes until it is excluded by imaging.",
        asked=True,
        days=30,
    ),
    yes_no(
        "valve_thrombosis_confirmed",
        "thrombosis of the valve confirmed",
        "By imaging. No: excluded by imaging, or nothing suggests it.",
        asked=True,
        days=30,
    ),
    yes_no(
        "valve_thrombosis_obstructive",
        "the thrombus obstructs the valve",
        "Leaflet or disc motion reduced, or a raised gradient, by the thrombus.",
        asked=True,
        days=30,
    ),
    yes_no(
        "symptoms_of_valve_obstruction",
        "symptoms of obstruction of the valve",
        "Dyspnea, edema, shock or low output since the thrombosis is suspected.",
        asked=True,
        days=30,
    ),
    number(
        "valve_thrombus_mm",
        "size of the thrombus on the valve",
        "mm",
        "Largest diameter.",
        HIGHER,
        asked=True,
        days=30,
    ),
    yes_no(
        "embolism_with_valve_thrombus",
        "embolism with the thrombosis",
        "A stroke, TIA or arterial embolism attributed to the thrombus on the valve.",
        asked=True,
    ),
    yes_no(
        "leaflet_thickening_with_reduced_motion",
        "leaflets of the bioprosthesis thickened, with reduced motion",
        "On TEE or computed tomography.",
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "embolism_recent",
        "embolism in the last 90 days",
        "A stroke, TIA or arterial embolism.",
        asked=True,
        days=90,
    ),
    yes_no(
        "embolism_at_target_inr",
        "embolism while the INR was in range",
        "A stroke or arterial embolism with this valve while the INR was in its target range.",
        asked=True,
    ),
    yes_no(
        "embolism_on_antiplatelet",
        "embolism on antiplatelet treatment",
        "A stroke or arterial embolism with this valve while on an antiplatelet drug alone.",
        asked=True,
    ),
    yes_no(
        "thromboembolism_ever",
        "embolism, ever",
        "A stroke, TIA or systemic embolism of any time; never expires.",
    ),
    yes_no(
        "thrombotic_event_past_year",
        "major thrombotic event in the past year",
        "A cardioembolic stroke, a deep vein thrombosis or a pulmonary embolism less than twelve "
        "months ago (row ESC25-INR-04).",
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "hypercoagulable_state",
        "hypercoagulable state",
        "Inherited or acquired, antiphospholipid syndrome and active cancer included.",
        asked=True,
    ),
    yes_no("la_thrombus", "thrombus in the left atrium", "On imaging.", asked=True, days=HALF_YEAR),
    yes_no(
        "dense_spontaneous_contrast",
        "dense spontaneous contrast in the left atrium",
        "On TEE.",
        asked=True,
        days=YEAR,
    ),
    term(
        "mitral_stenosis",
        "mitral stenosis",
        StenosisGrade,
        "As the reader graded it, of whatever cause; a valve area of 1.5 cm² or less is severe "
        "even when no grade was given.",
        adverse=frozenset({StenosisGrade.MILD, StenosisGrade.MODERATE, StenosisGrade.SEVERE}),
        unknown=frozenset({StenosisGrade.UNKNOWN}),
        days=YEAR,
    ),
)

_ANTICOAGULATION = (
    yes_no(
        "vka_on_record",
        "vitamin K antagonist on record",
        "Whether the newest medication list names one, however old that list is. No list, or "
        "none on it, is no: an alarm may not wait for a list.",
        Worse.FALSE,
        is_derived=True,
    ),
    yes_no(
        "doac_on_record",
        "direct oral anticoagulant on record",
        "Whether the newest medication list names one, however old that list is.",
        is_derived=True,
    ),
    number(
        "last_inr",
        "last INR",
        "",
        "The newest value, however old; the alarms read it, so an old dangerous value stays.",
        is_derived=True,
    ),
    yes_no(
        "inr_overdue",
        "no INR that still counts",
        "No INR on record, or the newest is older than its limit (safety C: 42 days at most).",
        is_derived=True,
    ),
    number(
        "last_nyha_class",
        "last NYHA class",
        "",
        "The newest class entered, however old and whatever happened since, of a patient not "
        "known to have symptoms: the question whether it was really I reads it.",
        is_derived=True,
    ),
    yes_no(
        "obstruction_on_record",
        "obstruction on record",
        "Whether systolic anterior motion or outflow obstruction is recorded, as a finding or as "
        "the cause, however long ago; nothing recorded is no.",
        Worse.NEITHER,
        is_derived=True,
    ),
    yes_no(
        "doac_planned",
        "direct oral anticoagulant to be started",
        "Yes: it is about to be prescribed.",
        Worse.NEITHER,
        asked=True,
        days=30,
    ),
    yes_no("takes_aspirin", "takes: aspirin", _LIST, Worse.NEITHER),
    yes_no(
        "takes_dual_antiplatelet",
        "takes: two antiplatelet drugs",
        _LIST,
        Worse.NEITHER,
    ),
    yes_no("takes_inotrope", "takes: inotrope", _LIST, Worse.NEITHER),
    yes_no(
        "takes_other_negative_inotrope",
        "takes: another drug that weakens the heart beat",
        f"Disopyramide, flecainide, propafenone and the like. {_LIST}",
        Worse.NEITHER,
    ),
    yes_no(
        "balloon_pump_in_use",
        "balloon pump in use",
        "Now, or about to be used.",
        Worse.NEITHER,
        asked=True,
        days=1,
    ),
    yes_no(
        "other_anticoagulation_indication",
        "another reason for anticoagulation",
        "Besides atrial fibrillation and the valve itself: venous thrombosis, pulmonary embolism, "
        "thrombus in the heart, hypercoagulable state.",
        Worse.NEITHER,
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "antiplatelet_indication",
        "a reason of its own for an antiplatelet drug",
        "A stent, an acute coronary syndrome, symptomatic atherosclerosis.",
        Worse.NEITHER,
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "symptomatic_atherosclerosis",
        "symptomatic atherosclerosis",
        "Coronary, carotid or peripheral, with symptoms or events.",
        asked=True,
    ),
    term(
        "bleeding_risk",
        "bleeding risk",
        BleedingRisk,
        "The clinic's judgement, with a score beside it, never computed.",
        adverse=frozenset({BleedingRisk.HIGH}),
        unknown=frozenset({BleedingRisk.UNKNOWN}),
        is_judgement=True,
        days=HALF_YEAR,
    ),
    yes_no(
        "bleeding_risk_factors",
        "bleeding risk factors",
        "Any factor for bleeding, of the stomach and bowel above all.",
        asked=True,
        days=HALF_YEAR,
    ),
    yes_no(
        "vka_contraindicated",
        "vitamin K antagonist contraindicated",
        "A stated medical reason.",
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "vka_not_acceptable",
        "vitamin K antagonist contraindicated, unmanageable or unwanted",
        "One of the three is enough for yes.",
        Worse.NEITHER,
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "vka_quality_poor",
        "good control of anticoagulation unlikely",
        "By adherence, access to INR tests, interactions or the past time in range.",
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "heparin_and_vka_started_within_24_hours",
        "heparin and vitamin K antagonist started within 24 hours of surgery",
        "After implantation of a mechanical valve.",
        Worse.FALSE,
        asked=True,
    ),
    yes_no(
        "self_monitoring_trained",
        "trained in measuring the INR at home",
        "Trained and quality-controlled.",
        Worse.FALSE,
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "anticoagulation_stop_planned",
        "anticoagulation to be stopped",
        "Yes: it is about to be stopped, or has just been, other than for a procedure.",
        Worse.NEITHER,
        asked=True,
        days=90,
    ),
    number(
        "ttr_percent",
        "time in therapeutic range",
        "%",
        "By Rosendaal, against the patient's own target range.",
        LOWER,
        days=HALF_YEAR,
    ),
    number(
        "has_bled",
        "HAS-BLED",
        "",
        "A range while inputs are missing.",
        HIGHER,
    ),
)

_PROCEDURES = (
    term(
        "procedure_planned",
        "procedure planned outside the heart valves",
        ProcedurePlanned,
        "By what it asks of anticoagulation; no plan recorded is none.",
        adverse=frozenset({ProcedurePlanned.MINOR, ProcedurePlanned.MAJOR}),
        unknown=frozenset({ProcedurePlanned.UNKNOWN}),
    ),
    yes_no(
        "emergency_surgery_needed",
        "emergency surgery needed now",
        "Any operation that cannot wait for the INR to fall.",
        asked=True,
        days=1,
    ),
    term(
        "bleeding_now",
        "bleeding now",
        BleedingNow,
        "Asked now.",
        adverse=frozenset({BleedingNow.MINOR, BleedingNow.MAJOR, BleedingNow.UNCONTROLLABLE}),
        unknown=frozenset({BleedingNow.UNKNOWN}),
        asked=True,
        days=1,
    ),
    yes_no(
        "vka_resumed_within_7_days",
        "vitamin K antagonist to be resumed within seven days",
        "As the team expects after the bleeding.",
        Worse.NEITHER,
        asked=True,
        days=7,
    ),
)

_VALVES = (
    number(
        "months_since_mitral_intervention",
        "time since the mitral procedure",
        "months",
        "Since the last performed mitral operation or procedure, in calendar months: the same day "
        "three months on is 3, and the days beyond it count as parts of a month.",
    ),
    term(
        "prosthesis_thrombogenicity",
        "thrombogenicity of the mechanical valve",
        Thrombogenicity,
        "Of the model in the mitral position; never expires.",
        adverse=frozenset(Thrombogenicity),
        unknown=frozenset({Thrombogenicity.UNKNOWN}),
        asked=True,
    ),
    yes_no(
        "on_x_valve",
        "On-X mechanical valve",
        "The model in the mitral position; never expires.",
        Worse.NEITHER,
        asked=True,
    ),
    term(
        "aortic_mechanical_valve",
        "mechanical aortic valve",
        AorticMechanicalValve,
        "In the aortic position, by model; never expires. No such operation recorded is none.",
        adverse=frozenset({AorticMechanicalValve.CURRENT, AorticMechanicalValve.OLDER}),
        unknown=frozenset({AorticMechanicalValve.UNKNOWN}),
    ),
    yes_no(
        "other_mechanical_valve",
        "mechanical valve in another position",
        "Present today, aortic, tricuspid or pulmonary. No such operation recorded is no.",
        Worse.NEITHER,
    ),
)

_CHOICE = (
    term(
        "prosthesis_wish",
        "the patient's wish for a prosthesis",
        ProsthesisWish,
        "Informed, and expressed to the team.",
        unknown=frozenset({ProsthesisWish.UNKNOWN}),
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "prosthesis_choice_shared",
        "prosthesis chosen together with the patient",
        "Anticoagulation against reintervention was discussed and the choice recorded.",
        Worse.FALSE,
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "life_expectancy_long",
        "long life expectancy",
        _TEAM + "Long enough to outlive a biological valve.",
        Worse.NEITHER,
        is_judgement=True,
        days=HALF_YEAR,
    ),
    yes_no(
        "life_expectancy_short",
        "life expectancy shorter than that of a biological valve",
        _TEAM + "Shorter than a biological valve is expected to last.",
        is_judgement=True,
        days=HALF_YEAR,
    ),
    yes_no(
        "hyperparathyroidism",
        "hyperparathyroidism",
        "Known today.",
        asked=True,
        days=YEAR,
    ),
    yes_no("dialysis", "dialysis", "Regular dialysis today."),
    yes_no(
        "aortic_replacement_planned",
        "aortic valve replacement planned",
        "From a planned intervention; no plan recorded is no plan.",
        Worse.NEITHER,
    ),
)

_ATRIAL_FIBRILLATION = (
    number("cha2ds2_vasc", "CHA2DS2-VASc", "", "A range while inputs are missing.", HIGHER),
    number(
        "cha2ds2_va",
        "CHA2DS2-VA",
        "",
        "Without a point for sex; a range while inputs are missing.",
        HIGHER,
    ),
    yes_no(
        "hypertrophic_cardiomyopathy_or_amyloidosis",
        "hypertrophic cardiomyopathy or cardiac amyloidosis",
        "Known today.",
        asked=True,
    ),
    term(
        "af_pattern",
        "pattern of atrial fibrillation",
        AfPattern,
        "The present pattern.",
        adverse=frozenset(AfPattern),
        unknown=frozenset({AfPattern.UNKNOWN}),
    ),
    yes_no(
        "af_symptomatic",
        "symptoms of atrial fibrillation",
        "Attributed to the rhythm.",
        asked=True,
        days=HALF_YEAR,
    ),
    yes_no(
        "af_rhythm_control_suitable",
        "suited to rhythm control",
        _TEAM + "Whether sinus rhythm is worth striving for.",
        Worse.NEITHER,
        is_judgement=True,
        days=YEAR,
    ),
    yes_no(
        "appendage_closed",
        "left atrial appendage closed",
        "By surgery or a device, from performed procedures, here or elsewhere.",
        Worse.NEITHER,
    ),
    yes_no(
        "appendage_closure_planned",
        "closure of the left atrial appendage planned",
        "From a planned intervention; no plan recorded is no plan.",
        Worse.NEITHER,
    ),
    yes_no(
        "af_surgery_done",
        "surgery for atrial fibrillation done",
        "Ablation or maze at heart surgery, from performed procedures; none recorded is no.",
        Worse.NEITHER,
    ),
    number(
        "months_since_af_surgery_or_appendage_closure",
        "time since AF surgery or appendage closure",
        "months",
        "Since the last performed one, in calendar months; not recorded when there was none.",
    ),
)

FACTS = (
    *_DOPPLER,
    *_DYSFUNCTION,
    *_THROMBOSIS,
    *_ANTICOAGULATION,
    *_PROCEDURES,
    *_VALVES,
    *_CHOICE,
    *_ATRIAL_FIBRILLATION,
)
