"""The words of mitral regurgitation, as a cardiologist uses them.

Every term is a string (its database value) with a ``label`` for people. Nothing here decides
anything; the rules name these terms so that a misspelt one fails at import.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A word with a stored value and a human label; ``choices()`` suits a database field."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        term = str.__new__(cls, value)
        term._value_ = value
        term.label = label
        return term

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs of stored value and label, in the order of definition."""
        return [(str(term.value), term.label) for term in cls]


class Sex(Term):
    """Sex as the reference ranges and rules use it."""

    FEMALE = "female", "Female"
    MALE = "male", "Male"
    OTHER = "other", "Other or not stated"


class Mechanism(Term):
    """Why the valve leaks. How fast it came about is ``Tempo``, an axis of its own."""

    PRIMARY = "primary", "Primary"
    SECONDARY_VENTRICULAR = "secondary_ventricular", "Secondary, ventricular"
    SECONDARY_ATRIAL = "secondary_atrial", "Secondary, atrial"
    MIXED = "mixed", "Mixed primary and secondary"
    UNKNOWN = "unknown", "Unknown"


class Tempo(Term):
    """Chronic or acute; acute ends only by a recorded act, never by time."""

    CHRONIC = "chronic", "Chronic"
    ACUTE = "acute", "Acute"
    ACUTE_ON_CHRONIC = "acute_on_chronic", "Acute on chronic"
    UNKNOWN = "unknown", "Unknown"


class EtiologyGroup(Term):
    """The groups in which the causes are listed."""

    PRIMARY = "primary", "Primary"
    SECONDARY_VENTRICULAR = "secondary_ventricular", "Secondary, ventricular"
    SECONDARY_ATRIAL = "secondary_atrial", "Secondary, atrial"
    DYNAMIC = "dynamic", "Dynamic"
    ACUTE = "acute", "Acute"
    OTHER = "other", "Other"


class Etiology(Term):
    """Causes (rows ET-P-1, ET-S-1, ET-S-2, ET-D-1, ET-A-1), each in one group."""

    group: EtiologyGroup

    def __new__(
        cls, value: str, label: str = "", group: EtiologyGroup = EtiologyGroup.OTHER
    ) -> Self:
        term = str.__new__(cls, value)
        term._value_ = value
        term.label = label
        term.group = group
        return term

    FIBROELASTIC_DEFICIENCY = (
        "fibroelastic_deficiency",
        "Fibroelastic deficiency",
        EtiologyGroup.PRIMARY,
    )
    BARLOW = "barlow", "Barlow (myxomatous) disease", EtiologyGroup.PRIMARY
    DEGENERATIVE = "degenerative", "Degenerative, type not stated", EtiologyGroup.PRIMARY
    MITRAL_ANNULAR_CALCIFICATION = (
        "mitral_annular_calcification",
        "Mitral annular calcification",
        EtiologyGroup.PRIMARY,
    )
    RHEUMATIC = "rheumatic", "Rheumatic", EtiologyGroup.PRIMARY
    ENDOCARDITIS_HEALED = "endocarditis_healed", "Healed endocarditis", EtiologyGroup.PRIMARY
    ENDOCARDITIS_ACTIVE = "endocarditis_active", "Active endocarditis", EtiologyGroup.PRIMARY
    RADIATION = "radiation", "Radiation", EtiologyGroup.PRIMARY
    DRUG_INDUCED = (
        "drug_induced",
        "Drug-induced (ergots, anorexigens, cabergoline, pergolide)",
        EtiologyGroup.PRIMARY,
    )
    CONGENITAL_CLEFT = "congenital_cleft", "Congenital cleft", EtiologyGroup.PRIMARY
    PARACHUTE_VALVE = "parachute_valve", "Parachute mitral valve", EtiologyGroup.PRIMARY
    MARFAN = "marfan", "Marfan syndrome", EtiologyGroup.PRIMARY
    LOEYS_DIETZ = "loeys_dietz", "Loeys-Dietz syndrome", EtiologyGroup.PRIMARY
    EHLERS_DANLOS = "ehlers_danlos", "Ehlers-Danlos syndrome", EtiologyGroup.PRIMARY
    CONNECTIVE_TISSUE_OTHER = (
        "connective_tissue_other",
        "Other connective tissue disease",
        EtiologyGroup.PRIMARY,
    )
    LIBMAN_SACKS = (
        "libman_sacks",
        "Lupus or antiphospholipid syndrome (Libman-Sacks)",
        EtiologyGroup.PRIMARY,
    )
    CARCINOID = "carcinoid", "Carcinoid", EtiologyGroup.PRIMARY
    ISCHEMIC = (
        "ischemic",
        "Ischemic (previous myocardial infarction)",
        EtiologyGroup.SECONDARY_VENTRICULAR,
    )
    DILATED_CARDIOMYOPATHY = (
        "dilated_cardiomyopathy",
        "Dilated cardiomyopathy",
        EtiologyGroup.SECONDARY_VENTRICULAR,
    )
    DYSSYNCHRONY = (
        "dyssynchrony",
        "Dyssynchrony, left bundle branch block",
        EtiologyGroup.SECONDARY_VENTRICULAR,
    )
    RV_PACING = "rv_pacing", "Right ventricular pacing", EtiologyGroup.SECONDARY_VENTRICULAR
    ATRIAL_FIBRILLATION = (
        "atrial_fibrillation",
        "Long-standing atrial fibrillation",
        EtiologyGroup.SECONDARY_ATRIAL,
    )
    HFPEF_OR_RESTRICTIVE = (
        "hfpef_or_restrictive",
        "HFpEF or restrictive physiology",
        EtiologyGroup.SECONDARY_ATRIAL,
    )
    SAM_OF_HCM = (
        "sam_of_hcm",
        "Systolic anterior motion in hypertrophic cardiomyopathy",
        EtiologyGroup.DYNAMIC,
    )
    PAPILLARY_MUSCLE_RUPTURE = (
        "papillary_muscle_rupture",
        "Papillary muscle rupture",
        EtiologyGroup.ACUTE,
    )
    CHORDAL_RUPTURE = "chordal_rupture", "Chordal rupture", EtiologyGroup.ACUTE
    ENDOCARDITIS_DESTRUCTION = (
        "endocarditis_destruction",
        "Endocarditis with perforation or destruction",
        EtiologyGroup.ACUTE,
    )
    TRAUMA = "trauma", "Trauma", EtiologyGroup.ACUTE
    IATROGENIC = "iatrogenic", "Iatrogenic (after TEER, valvuloplasty)", EtiologyGroup.ACUTE
    ACUTE_ISCHEMIA = (
        "acute_ischemia",
        "Acute ischemia or left ventricular failure",
        EtiologyGroup.ACUTE,
    )
    PROSTHETIC_LEAFLET_FAILURE = (
        "prosthetic_leaflet_failure",
        "Prosthetic leaflet failure",
        EtiologyGroup.ACUTE,
    )
    PROSTHETIC_THROMBOSIS = (
        "prosthetic_thrombosis",
        "Prosthetic valve thrombosis",
        EtiologyGroup.ACUTE,
    )
    PARAVALVULAR_LEAK = "paravalvular_leak", "Paravalvular leak", EtiologyGroup.ACUTE
    OTHER = "other", "Other", EtiologyGroup.OTHER
    UNKNOWN = "unknown", "Unknown", EtiologyGroup.OTHER


class CarpentierType(Term):
    """Leaflet motion (rows ET-C-*)."""

    I = "I", "I: normal leaflet motion"  # noqa: E741 (the type's own name)
    II = "II", "II: excessive leaflet motion"
    IIIA = "IIIa", "IIIa: restricted in systole and diastole"
    IIIB = "IIIb", "IIIb: restricted in systole"
    UNKNOWN = "unknown", "Unknown"


class Segment(Term):
    """Segments and commissures of the mitral valve."""

    A1 = "A1", "A1"
    A2 = "A2", "A2"
    A3 = "A3", "A3"
    P1 = "P1", "P1"
    P2 = "P2", "P2"
    P3 = "P3", "P3"
    ANTEROLATERAL_COMMISSURE = "anterolateral_commissure", "Anterolateral commissure"
    POSTEROMEDIAL_COMMISSURE = "posteromedial_commissure", "Posteromedial commissure"


class Grade(Term):
    """Severity of regurgitation as graded; ``rank`` is 0 to 4 (row MV-08: 3+ and 4+)."""

    NONE = "none", "None or trace"
    MILD = "mild", "Mild"
    MODERATE = "moderate", "Moderate"
    MODERATE_TO_SEVERE = "moderate_to_severe", "Moderate to severe"
    SEVERE = "severe", "Severe"

    @property
    def rank(self) -> int:
        """0 none, 1 mild, 2 moderate, 3 moderate to severe, 4 severe."""
        return list(Grade).index(self)

    @classmethod
    def of_rank(cls, rank: int) -> Grade:
        """The grade of a rank from 0 to 4; raises ``ValueError`` beyond."""
        if not 0 <= rank <= 4:
            raise ValueError(f"a grade's rank is 0 to 4, not {rank}")
        return list(cls)[rank]


class GradeResult(Term):
    """What mrtrack says of severity: a grade, or honestly none."""

    MILD = "mild", "Mild"
    MODERATE = "moderate", "Moderate"
    MODERATE_TO_SEVERE = "moderate_to_severe", "Moderate to severe"
    SEVERE = "severe", "Severe"
    CANNOT_BE_GRADED = "cannot_be_graded", "Cannot be graded"
    NOT_ON_THIS_SCALE = "not_on_this_scale", "Not on this scale"


class SeverityState(Term):
    """How well the lines of evidence support what is said of severity (safety D2)."""

    SEVERE_CORROBORATED = "severe_corroborated", "Severe, corroborated"
    SEVERE_ONE_LINE = "severe_one_line", "Severe by one line of evidence, provisional"
    DISCORDANT = "discordant", "Discordant: TEE or CMR"
    INTERMEDIATE = "intermediate", "Not severe by number, close below: confirm"
    NOT_SEVERE_CORROBORATED = "not_severe_corroborated", "Not severe, corroborated"
    NOT_SEVERE_UNCONFIRMED = "not_severe_unconfirmed", "Not shown to be severe, and not excluded"
    NOT_MEASURED = "not_measured", "Not measured"
    NOT_ON_THIS_SCALE = "not_on_this_scale", "Not on this scale"


class Stage(Term):
    """ACC/AHA stages of chronic regurgitation."""

    A = "A", "A: at risk"
    B = "B", "B: progressive"
    C = "C", "C: severe, asymptomatic"
    C1 = "C1", "C1: severe, asymptomatic, compensated left ventricle"
    C2 = "C2", "C2: severe, asymptomatic, decompensated left ventricle"
    D = "D", "D: severe, symptomatic"


class NyhaClass(Term):
    """New York Heart Association class; ``rank`` is 1 to 4."""

    I = "I", "NYHA I: no limitation"  # noqa: E741 (the class's own name)
    II = "II", "NYHA II: slight limitation"
    III = "III", "NYHA III: marked limitation"
    IV = "IV", "NYHA IV: symptoms at rest"

    @property
    def rank(self) -> int:
        """1 to 4."""
        return list(NyhaClass).index(self) + 1


class MitralValveState(Term):
    """What is in the mitral position, from performed procedures (safety D5)."""

    NATIVE = "native", "Native valve"
    SURGICAL_REPAIR = "surgical_repair", "Surgical repair"
    TEER = "teer", "Transcatheter edge-to-edge repair"
    COMMISSUROTOMY = "commissurotomy", "Commissurotomy"
    MECHANICAL = "mechanical", "Mechanical prosthesis"
    SURGICAL_BIOPROSTHESIS = "surgical_bioprosthesis", "Surgical bioprosthesis"
    TRANSCATHETER = "transcatheter", "Transcatheter prosthesis"
    UNKNOWN = "unknown", "Unknown"


class PregnancyStatus(Term):
    """Pregnancy, asked and dated; never inferred."""

    PREGNANT = "pregnant", "Pregnant"
    NOT_PREGNANT = "not_pregnant", "Not pregnant"
    PLANNING = "planning", "Planning a pregnancy"
    NOT_POSSIBLE = "not_possible", "Pregnancy not possible"
    UNKNOWN = "unknown", "Unknown"


class PenicillinAllergy(Term):
    """Allergy to penicillin or ampicillin, as asked; severe excludes cephalosporins as well."""

    NONE = "none", "None known, asked"
    NOT_SEVERE = "not_severe", "Without anaphylaxis, angioedema or urticaria"
    SEVERE = "severe", "Anaphylaxis, angioedema or urticaria, or reaction not known"
    UNKNOWN = "unknown", "Not asked"


class NoncardiacRisk(Term):
    """Cardiac risk of a kind of non-cardiac operation."""

    LOW = "low", "Low"
    INTERMEDIATE = "intermediate", "Intermediate"
    HIGH = "high", "High"
    UNKNOWN = "unknown", "Not stated"


class CoronaryLikelihood(Term):
    """Likelihood of coronary artery disease before imaging."""

    LOW = "low", "Low"
    INTERMEDIATE = "intermediate", "Intermediate"
    HIGH = "high", "High"
    UNKNOWN = "unknown", "Not estimated"


class Operability(Term):
    """The heart team's judgement, entered and never computed (safety D7)."""

    OPERABLE = "operable", "Operable"
    HIGH_RISK = "high_risk", "High risk"
    INOPERABLE = "inoperable", "Inoperable"
    NOT_DISCUSSED = "not_discussed", "Not discussed"


class SurgicalRisk(Term):
    """The heart team's surgical risk class; intermediate is a real state."""

    LOW = "low", "Low"
    INTERMEDIATE = "intermediate", "Intermediate"
    HIGH = "high", "High"
    PROHIBITIVE = "prohibitive", "Prohibitive"
    UNKNOWN = "unknown", "Not assessed"


class TeerAnatomy(Term):
    """The team's reading of the anatomy for edge-to-edge repair."""

    SUITABLE = "suitable", "Suitable"
    COMPLEX = "complex", "Complex"
    UNSUITABLE = "unsuitable", "Unsuitable"
    NOT_ASSESSED = "not_assessed", "Not assessed"


class CenterType(Term):
    """Kind of valve center the patient is treated at."""

    COMPREHENSIVE = "comprehensive", "Comprehensive Valve Center"
    PRIMARY = "primary", "Primary Valve Center"
    HEART_VALVE_CENTER = "heart_valve_center", "Heart Valve Center"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Unknown"


class Rhythm(Term):
    """Rhythm during a study."""

    SINUS = "sinus", "Sinus rhythm"
    ATRIAL_FIBRILLATION = "atrial_fibrillation", "Atrial fibrillation"
    ATRIAL_FLUTTER = "atrial_flutter", "Atrial flutter"
    PACED = "paced", "Paced"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Unknown"


class StudyState(Term):
    """State of the patient during a study; only rest feeds resting rules (safety D3)."""

    REST = "rest", "Rest"
    EXERCISE = "exercise", "Exercise"
    DOBUTAMINE = "dobutamine", "Dobutamine"
    INTRA_OPERATIVE = "intra_operative", "Intra-operative"
    SEDATED = "sedated", "Sedated or anesthetized"
    VENTILATED = "ventilated", "Ventilated"
    ON_INOTROPES = "on_inotropes", "On inotropes"
    UNKNOWN = "unknown", "Not stated"


class StudyQuality(Term):
    """Image quality as the reader stated it."""

    GOOD = "good", "Good"
    ADEQUATE = "adequate", "Adequate"
    POOR = "poor", "Poor"
    UNKNOWN = "unknown", "Not stated"


class JetTiming(Term):
    """When in systole the valve leaks."""

    HOLOSYSTOLIC = "holosystolic", "Holosystolic"
    LATE_SYSTOLIC = "late_systolic", "Late systolic"
    EARLY_SYSTOLIC = "early_systolic", "Early systolic"
    BIPHASIC = "biphasic", "Biphasic"
    UNKNOWN = "unknown", "Not stated"


class RegurgitationMethod(Term):
    """How a regurgitant volume, fraction or orifice was obtained."""

    PISA = "pisa", "PISA"
    PISA_3D = "pisa_3d", "3D PISA"
    DOPPLER_VOLUMETRIC = "doppler_volumetric", "Volumetric: mitral inflow minus LVOT"
    LV_VOLUMETRIC_2D = "lv_volumetric_2d", "Volumetric: 2D LV stroke volume minus LVOT"
    LV_VOLUMETRIC_3D = "lv_volumetric_3d", "Volumetric: 3D LV stroke volume minus LVOT"
    CMR = "cmr", "CMR"
    NOT_STATED = "not_stated", "Method not stated"


class LvefMethod(Term):
    """How LVEF was obtained (safety D3)."""

    BIPLANE = "biplane", "Biplane discs"
    THREE_D = "3d", "3D"
    CONTRAST = "contrast", "Contrast"
    CMR = "cmr", "CMR"
    TEICHHOLZ = "teichholz", "Teichholz"
    VISUAL = "visual", "Visual estimate"
    NOT_STATED = "not_stated", "Method not stated"


class Body(Term):
    """Who writes a guideline; each body has its own alphabet of classes."""

    ACC_AHA = "acc_aha", "ACC/AHA"
    ESC_EACTS = "esc_eacts", "ESC/EACTS"
    LOCAL = "local", "Local safety rules"


class Cor(Term):
    """Class of recommendation, in the alphabet of its own body; ``strength`` orders each."""

    CLASS_1 = "1", "Class 1"
    CLASS_2A = "2a", "Class 2a"
    CLASS_2B = "2b", "Class 2b"
    CLASS_3_NO_BENEFIT = "3: No Benefit", "Class 3: No Benefit"
    CLASS_3_HARM = "3: Harm", "Class 3: Harm"
    CLASS_I = "I", "Class I"
    CLASS_IIA = "IIa", "Class IIa"
    CLASS_IIB = "IIb", "Class IIb"
    CLASS_III = "III", "Class III"

    @property
    def body(self) -> Body:
        """The body in whose alphabet this class is written."""
        return Body.ESC_EACTS if self.value.startswith("I") else Body.ACC_AHA

    @property
    def strength(self) -> int:
        """3 for class 1 or I, 2 for 2a or IIa, 1 for 2b or IIb, 0 for 3 or III (do not)."""
        return _STRENGTHS.get(self, 0)


_STRENGTHS = {
    Cor.CLASS_1: 3,
    Cor.CLASS_I: 3,
    Cor.CLASS_2A: 2,
    Cor.CLASS_IIA: 2,
    Cor.CLASS_2B: 1,
    Cor.CLASS_IIB: 1,
}


class Loe(Term):
    """Level of evidence. ESC prints A, B, C; ACC/AHA prints A, B-R, B-NR, C-LD, C-EO."""

    A = "A", "Level A"
    B = "B", "Level B"
    C = "C", "Level C"
    B_R = "B-R", "Level B-R"
    B_NR = "B-NR", "Level B-NR"
    C_LD = "C-LD", "Level C-LD"
    C_EO = "C-EO", "Level C-EO"


ACC_AHA_LEVELS = frozenset({Loe.A, Loe.B_R, Loe.B_NR, Loe.C_LD, Loe.C_EO})
ESC_LEVELS = frozenset({Loe.A, Loe.B, Loe.C})


class Verification(Term):
    """How far a rule's wording was checked against the printed guideline."""

    PRIMARY_DOCUMENT = "primary_document", "Read in the guideline itself"
    SECONDARY_SOURCE = "secondary_source", "Read in a secondary source only"
    FROM_KNOWLEDGE = "from_knowledge", "From expert knowledge, not yet checked"


class Scope(Term):
    """For whom a rule is written: which gates stand before it."""

    NATIVE_CHRONIC = "native_chronic", "Chronic regurgitation of a native valve, adults"
    ADULT = "adult", "Adults, whatever the state of the valve"
    EVERYONE = "everyone", "Everyone, of any age"
    ACUTE = "acute", "Acute regurgitation, as recorded"
    ENDOCARDITIS = "endocarditis", "Active or suspected endocarditis, as recorded"
    PROSTHESIS = "prosthesis", "A mitral prosthesis or a repaired valve, as recorded"
    PREGNANCY = "pregnancy", "Pregnant or planning a pregnancy, as recorded"
    HEART_FAILURE = (
        "heart_failure",
        "Adults, unless pregnancy, acute regurgitation or outflow obstruction is recorded",
    )


class Chapter(Term):
    """What part of a guideline a rule stands in, in the order in which it is read."""

    SCOPE = "scope", "Local safety rules"
    ACUTE = "acute", "Acute regurgitation"
    PRIMARY = "primary", "Primary regurgitation: intervention"
    SECONDARY = "secondary", "Secondary regurgitation: intervention"
    PROSTHESIS = "prosthesis", "Prosthesis or repair: dysfunction, leak and thrombosis"
    ENDOCARDITIS = "endocarditis", "Endocarditis: tests and surgery"
    MEDICAL = "medical", "Medical therapy of the regurgitation"
    HEART_FAILURE = "heart_failure", "Heart failure therapy"
    RESYNCHRONIZATION = "resynchronization", "Resynchronization"
    TESTS = "tests", "Diagnosis and further tests"
    FOLLOW_UP = "follow_up", "Follow-up intervals"
    TEAM = "team", "Heart team and valve center"
    CORONARY = "coronary", "Coronary arteries before and at surgery"
    TRICUSPID = "tricuspid", "Tricuspid valve at mitral surgery"
    ATRIAL_FIBRILLATION = "atrial_fibrillation", "Atrial fibrillation"
    PROSTHESIS_CHOICE = "prosthesis_choice", "Choice of prosthesis"
    ANTITHROMBOTIC = "antithrombotic", "Antithrombotic treatment and INR"
    BLEEDING = "bleeding", "Bleeding and INR emergencies"
    PROPHYLAXIS = "prophylaxis", "Prophylaxis of endocarditis"
    RHEUMATIC = "rheumatic", "Rheumatic disease"
    PREGNANCY = "pregnancy", "Pregnancy"
    NONCARDIAC_SURGERY = "noncardiac_surgery", "Non-cardiac surgery"
    ARRHYTHMIA = "arrhythmia", "Arrhythmic prolapse"


class Advice(Term):
    """What a rule advises, or, in a rule of class 3 or III, advises against."""

    MITRAL_INTERVENTION = "mitral_intervention", "Mitral intervention"
    MITRAL_SURGERY = "mitral_surgery", "Mitral valve surgery"
    MITRAL_REPAIR = "mitral_repair", "Surgical mitral valve repair"
    MITRAL_REPLACEMENT = "mitral_replacement", "Mitral valve replacement"
    TEER = "teer", "Transcatheter edge-to-edge repair"
    TRANSCATHETER_REPLACEMENT = "transcatheter_replacement", "Transcatheter valve replacement"
    MINIMALLY_INVASIVE = "minimally_invasive", "Minimally invasive surgery"
    REOPERATION = "reoperation", "Reoperation"
    LEAK_CLOSURE = "leak_closure", "Transcatheter closure of a leak"
    EARLY_SURGERY = "early_surgery", "Early surgery"
    FIBRINOLYSIS = "fibrinolysis", "Fibrinolysis or emergency surgery"
    CIRCULATORY_SUPPORT = "circulatory_support", "Circulatory support as a bridge"
    ADVANCED_HEART_FAILURE = "advanced_heart_failure", "Review for advanced heart failure"
    WATCHFUL_WAITING = "watchful_waiting", "Watchful waiting"
    FOLLOW_UP = "follow_up", "Follow-up"
    ECHO = "echo", "Echocardiography"
    TEE = "tee", "Transesophageal echo"
    CT = "ct", "Computed tomography"
    CMR = "cmr", "Cardiac magnetic resonance"
    EXERCISE_TEST = "exercise_test", "Exercise test"
    FURTHER_TESTS = "further_tests", "Further tests"
    BIOMARKERS = "biomarkers", "Biomarkers"
    ECG_MONITORING = "ecg_monitoring", "Continuous ECG"
    BLOOD_CULTURES = "blood_cultures", "Blood cultures"
    ANTIBIOTICS = "antibiotics", "Antibiotics"
    MEDICAL_THERAPY = "medical_therapy", "Medical therapy"
    VASODILATOR = "vasodilator", "Vasodilator"
    RAAS_INHIBITOR = "raas_inhibitor", "ARNI, ACE inhibitor or ARB"
    BETA_BLOCKER = "beta_blocker", "Beta blocker"
    MRA = "mra", "Mineralocorticoid antagonist"
    SGLT2_INHIBITOR = "sglt2_inhibitor", "SGLT2 inhibitor"
    CRT = "crt", "Resynchronization"
    HEART_TEAM = "heart_team", "Heart team"
    VALVE_CENTER = "valve_center", "Valve center"
    SPECIALIST = "specialist", "Specialist"
    SHARED_DECISION = "shared_decision", "Shared decision"
    CORONARY_ANGIOGRAPHY = "coronary_angiography", "Invasive coronary angiography"
    CORONARY_CT = "coronary_ct", "Coronary CT angiography"
    CABG = "cabg", "Coronary bypass surgery"
    PCI = "pci", "Coronary intervention"
    TRICUSPID_SURGERY = "tricuspid_surgery", "Tricuspid valve surgery"
    AF_ABLATION = "af_ablation", "Ablation of atrial fibrillation"
    APPENDAGE_CLOSURE = "appendage_closure", "Closure of the left atrial appendage"
    MECHANICAL_VALVE = "mechanical_valve", "Mechanical prosthesis"
    BIOLOGICAL_VALVE = "biological_valve", "Biological prosthesis"
    ORAL_ANTICOAGULATION = "oral_anticoagulation", "Oral anticoagulation"
    VKA = "vka", "Vitamin K antagonist"
    DOAC = "doac", "Direct oral anticoagulant"
    INR_TARGET = "inr_target", "INR target"
    ANTIPLATELET = "antiplatelet", "Antiplatelet drug"
    BRIDGING = "bridging", "Bridging with heparin"
    REVERSAL = "reversal", "Reversal of anticoagulation"
    PROPHYLAXIS = "prophylaxis", "Antibiotic prophylaxis"
    NO_PROPHYLAXIS = "no_prophylaxis", "No antibiotic prophylaxis"
    COUNSELING = "counseling", "Counseling"
    NONCARDIAC_SURGERY = "noncardiac_surgery", "Non-cardiac surgery"
    DRUG_WARNING = "drug_warning", "A warning about a drug"
    SAME_DAY_CONTACT = "same_day_contact", "Contact today"
    QUESTION = "question", "A question to answer"


class Verdict(Term):
    """What one rule says today. Only met, not met and not applicable are decided."""

    MET = "met", "Met"
    NOT_MET = "not_met", "Not met"
    NOT_APPLICABLE = "not_applicable", "Not applicable"
    CANNOT_TELL = "cannot_tell", "Cannot tell"
    PENDING_JUDGEMENT = "pending_judgement", "Met but for the team's judgement"

    @property
    def is_decided(self) -> bool:
        """True when no missing fact can change it any more."""
        return self not in (Verdict.CANNOT_TELL, Verdict.PENDING_JUDGEMENT)
