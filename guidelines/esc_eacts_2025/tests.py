"""Diagnosis and further tests (ESC/EACTS 2025: text, no class; rows ESC25-I-01, X-01, MIX-02)."""

from decimal import Decimal
from functools import partial

from guidelines.criteria import any_of, at_least, at_most, equals, one_of
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Mechanism, Scope, StudyQuality, Verification

RADIATION_YEARS = Decimal(10)  # years after, then every 5 (ESC25-X-01)
MITRAL_STENOSIS_MVA = Decimal(2)  # cm2, local: some stenosis beside the regurgitation
MODERATE = Decimal(2)  # grade of the tricuspid regurgitation, local

INCONCLUSIVE = any_of(equals("echo_inconclusive", True), equals("study_quality", StudyQuality.POOR))
ADULT = at_least("age_years", Decimal(18))  # years, SAFE-01; always so behind the gate
SECONDARY = one_of(
    "mechanism", Mechanism.SECONDARY_VENTRICULAR, Mechanism.SECONDARY_ATRIAL, Mechanism.MIXED
)

_text = partial(
    Rule,
    edition=ESC_EACTS_2025,
    section="text",
    cor=None,
    loe=None,
    chapter=Chapter.TESTS,
    scope=Scope.ADULT,
)
_imaging = partial(_text, source=Source("ESC25-I-01", Verification.PRIMARY_DOCUMENT))
_beside = partial(
    _text,
    section="Table 9",
    source=Source("ESC25-MIX-02", Verification.PRIMARY_DOCUMENT),
    advice=Advice.CMR,
)

TOE = _imaging(
    id="esc-eacts-2025/tests/toe",
    applies=ADULT,
    when=INCONCLUSIVE,
    advice=Advice.TEE,
    message="Anatomy or severity not settled by transthoracic echo: transesophageal echo.",
)

TOE_BEFORE_REPAIR = _imaging(
    id="esc-eacts-2025/tests/toe-before-repair",
    applies=ADULT,
    when=any_of(equals("mitral_surgery_planned", True), equals("teer_planned", True)),
    advice=Advice.TEE,
    message="Before a mitral repair: transesophageal echo to plan it, 3D as a matter of course.",
)

EXERCISE_ECHO = _imaging(
    id="esc-eacts-2025/tests/exercise-echo",
    # A test that loads the heart waits for open gates.
    scope=Scope.NATIVE_CHRONIC,
    applies=ADULT,
    when=equals("symptoms_do_not_fit_echo", True),
    advice=Advice.EXERCISE_TEST,
    message="Symptoms and severity at rest disagree: exercise echo.",
)

CATHETER = _imaging(
    id="esc-eacts-2025/tests/right-heart-catheter",
    applies=ADULT,
    when=equals("pulmonary_pressure_in_question", True),
    advice=Advice.FURTHER_TESTS,
    message="Pulmonary pressure by echo discordant, or lung disease: right heart catheter to "
    "confirm it.",
)

CMR = _imaging(
    id="esc-eacts-2025/tests/cmr",
    applies=ADULT,
    when=INCONCLUSIVE,
    advice=Advice.CMR,
    message="Echo inconclusive: CMR.",
)

BIOMARKERS = _imaging(
    id="esc-eacts-2025/tests/biomarkers",
    applies=equals("severe_mr_esc_eacts", True),
    when=equals("symptomatic", False),
    advice=Advice.BIOMARKERS,
    message="Severe MR without symptoms: natriuretic peptides help to foresee the course; no "
    "limit is printed.",
)

AFTER_RADIATION = _text(
    id="esc-eacts-2025/tests/echo-after-radiation",
    source=Source("ESC25-X-01", Verification.PRIMARY_DOCUMENT),
    applies=equals("chest_radiation", True),
    when=at_least("years_since_chest_radiation", RADIATION_YEARS),
    advice=Advice.ECHO,
    message="Radiation of the chest 10 years ago or more: transthoracic echo, then every 5 years.",
)

BESIDE_AORTIC_REGURGITATION = _beside(
    id="esc-eacts-2025/tests/beside-aortic-regurgitation",
    applies=ADULT,
    when=equals("aortic_regurgitation_more_than_mild", True),
    message="MR beside aortic regurgitation: volumes that rest on aortic flow are invalid and the "
    "VTI ratio is unreliable; orifice by PISA and vena contracta stay usable, CMR is the "
    "alternative.",
)

BESIDE_AORTIC_STENOSIS = _beside(
    id="esc-eacts-2025/tests/beside-aortic-stenosis",
    applies=ADULT,
    when=equals("aortic_stenosis_moderate_or_more", True),
    message="MR beside aortic stenosis: regurgitant volume and jet look larger; orifice by PISA "
    "and vena contracta stay usable, CMR is the alternative.",
)

BESIDE_MITRAL_STENOSIS = _beside(
    id="esc-eacts-2025/tests/beside-mitral-stenosis",
    applies=ADULT,
    when=at_most("mva_cm2", MITRAL_STENOSIS_MVA),
    message="MR beside mitral stenosis: the VTI ratio is unreliable and calcium may hide the jet; "
    "CMR is the alternative.",
)

BESIDE_TRICUSPID_REGURGITATION = _beside(
    id="esc-eacts-2025/tests/beside-tricuspid-regurgitation",
    applies=SECONDARY,
    when=at_least("tr_grade", MODERATE),
    message="Secondary MR beside tricuspid regurgitation: the regurgitant volume may be low; CMR "
    "is the alternative.",
)

RULES = (
    TOE,
    TOE_BEFORE_REPAIR,
    EXERCISE_ECHO,
    CATHETER,
    CMR,
    BIOMARKERS,
    AFTER_RADIATION,
    BESIDE_AORTIC_REGURGITATION,
    BESIDE_AORTIC_STENOSIS,
    BESIDE_MITRAL_STENOSIS,
    BESIDE_TRICUSPID_REGURGITATION,
)
