"""Diagnosis and further tests (ACC/AHA 2020, 7.2.2 and 7.3.2; rows AHA-PD-*, AHA-SD-*, AHA-EX-01).

The interval of AHA-PD-06 stands with the other intervals in ``follow_up``. Advice to look again
does no harm, so these rules speak whatever the state of the gates; a test that loads the heart
can (acute regurgitation, endocarditis, thrombosis of a prosthesis, obstruction), so it waits.
"""

from functools import partial

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import all_of, any_of, equals, one_of
from guidelines.rule import Rule, Source
from guidelines.vocabulary import (
    Advice,
    Chapter,
    Cor,
    Loe,
    Mechanism,
    Scope,
    StudyQuality,
    Verification,
)

PRIMARY = one_of("mechanism", Mechanism.PRIMARY, Mechanism.MIXED)
SECONDARY = one_of(
    "mechanism", Mechanism.SECONDARY_VENTRICULAR, Mechanism.SECONDARY_ATRIAL, Mechanism.MIXED
)
SEVERE = equals("severe_mr_acc_aha", True)
INCONCLUSIVE = any_of(equals("echo_inconclusive", True), equals("study_quality", StudyQuality.POOR))
TRANSCATHETER_PLANNED = equals("teer_planned", True)

_test = partial(
    Rule,
    edition=ACC_AHA_2020,
    chapter=Chapter.TESTS,
    scope=Scope.ADULT,
)
_primary = partial(_test, section="7.2.2")
_secondary = partial(_test, section="7.3.2")

BASELINE_ECHO = _primary(
    id="acc-aha-2020/tests/baseline-echo",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-PD-01", Verification.FROM_KNOWLEDGE),
    applies=PRIMARY,
    when=equals("echo_on_record", False),
    advice=Advice.ECHO,
    message="Known or suspected primary MR without an echo on record: transthoracic echo of LV "
    "size and function, right ventricle, left atrium, pulmonary pressure, mechanism and severity.",
)

TEE = _primary(
    id="acc-aha-2020/tests/tee",
    cor=Cor.CLASS_1,
    loe=Loe.C_EO,
    source=Source("AHA-PD-02", Verification.FROM_KNOWLEDGE),
    applies=PRIMARY,
    when=INCONCLUSIVE,
    advice=Advice.TEE,
    message="Primary MR in which the transthoracic echo is insufficient or discordant: "
    "transesophageal echo for severity, mechanism and the left ventricle.",
)

CMR = _primary(
    id="acc-aha-2020/tests/cmr",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-PD-03", Verification.FROM_KNOWLEDGE),
    applies=PRIMARY,
    when=equals("symptoms_do_not_fit_echo", True),
    advice=Advice.CMR,
    message="Primary MR in which findings and echo disagree: CMR for the volumes and function of "
    "the ventricles, perhaps for severity.",
)

INTRAOPERATIVE_TEE = _primary(
    id="acc-aha-2020/tests/intraoperative-tee",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-PD-04", Verification.FROM_KNOWLEDGE),
    applies=all_of(PRIMARY, SEVERE),
    when=any_of(equals("mitral_surgery_planned", True), TRANSCATHETER_PLANNED),
    advice=Advice.TEE,
    message="Severe primary MR having an intervention: intraoperative transesophageal echo to "
    "define the anatomy and guide the repair.",
)

ECHO_ON_CHANGE = _primary(
    id="acc-aha-2020/tests/echo-on-change",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-PD-05", Verification.FROM_KNOWLEDGE),
    applies=PRIMARY,
    when=equals("symptoms_or_signs_changed", True),
    advice=Advice.ECHO,
    message="Primary MR with new or changing symptoms or signs: repeat the transthoracic echo.",
)

BIOMARKERS = _primary(
    id="acc-aha-2020/tests/biomarkers",
    cor=Cor.CLASS_2B,
    loe=Loe.B_NR,
    source=Source("AHA-PD-07", Verification.FROM_KNOWLEDGE),
    applies=all_of(PRIMARY, SEVERE),
    when=equals("symptomatic", False),
    advice=Advice.BIOMARKERS,
    message="Severe primary MR without symptoms: biomarkers (BNP) and new measures of LV function "
    "such as global strain may be added.",
)

EXERCISE_HEMODYNAMICS = _primary(
    id="acc-aha-2020/tests/exercise-hemodynamics",
    scope=Scope.NATIVE_CHRONIC,
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-PD-08", Verification.FROM_KNOWLEDGE),
    applies=PRIMARY,
    when=equals("symptoms_in_doubt", True),
    advice=Advice.EXERCISE_TEST,
    message="Primary MR of stage B or C with symptoms that may be due to it: exercise "
    "hemodynamics or a cardiopulmonary exercise test is reasonable.",
)

EXERCISE_TEST = _test(
    id="acc-aha-2020/tests/exercise-test",
    scope=Scope.NATIVE_CHRONIC,
    section="2.3",
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-EX-01", Verification.FROM_KNOWLEDGE),
    applies=SEVERE,
    when=equals("symptoms_in_doubt", True),
    advice=Advice.EXERCISE_TEST,
    message="Severe MR with symptoms in doubt: an exercise test to confirm that there are none.",
)

SECONDARY_ECHO = _secondary(
    id="acc-aha-2020/tests/secondary-echo",
    cor=Cor.CLASS_1,
    loe=None,
    source=Source("AHA-SD-01", Verification.FROM_KNOWLEDGE),
    applies=SECONDARY,
    when=equals("echo_on_record", False),
    advice=Advice.ECHO,
    message="Secondary MR without an echo on record: transthoracic echo for the cause, regional "
    "and global LV remodeling, severity and pulmonary hypertension.",
)

ISCHEMIA = _secondary(
    id="acc-aha-2020/tests/ischemia-and-viability",
    cor=Cor.CLASS_1,
    loe=Loe.C_EO,
    source=Source("AHA-SD-02", Verification.FROM_KNOWLEDGE),
    applies=SECONDARY,
    when=equals("ischemia_or_viability_tested", False),
    advice=Advice.FURTHER_TESTS,
    message="Secondary MR: stress imaging, CMR, or CT or invasive coronary angiography for the "
    "cause and viability.",
)

TEE_FOR_SUITABILITY = _secondary(
    id="acc-aha-2020/tests/tee-for-suitability",
    cor=Cor.CLASS_1,
    loe=Loe.C_EO,
    source=Source("AHA-SD-03", Verification.FROM_KNOWLEDGE),
    applies=all_of(SECONDARY, SEVERE, equals("symptoms_persist_on_gdmt", True)),
    when=any_of(equals("transcatheter_treatment_considered", True), TRANSCATHETER_PLANNED),
    advice=Advice.TEE,
    message="Severe secondary MR, symptomatic on optimized therapy, transcatheter treatment "
    "considered: transesophageal echo for suitability.",
)

TEE_GUIDANCE = _secondary(
    id="acc-aha-2020/tests/tee-guidance",
    cor=Cor.CLASS_1,
    loe=Loe.C_EO,
    source=Source("AHA-SD-04", Verification.FROM_KNOWLEDGE),
    applies=SECONDARY,
    when=TRANSCATHETER_PLANNED,
    advice=Advice.TEE,
    message="Transcatheter mitral procedure in secondary MR: guidance by transesophageal echo.",
)

RULES = (
    BASELINE_ECHO,
    TEE,
    CMR,
    INTRAOPERATIVE_TEE,
    ECHO_ON_CHANGE,
    BIOMARKERS,
    EXERCISE_HEMODYNAMICS,
    EXERCISE_TEST,
    SECONDARY_ECHO,
    ISCHEMIA,
    TEE_FOR_SUITABILITY,
    TEE_GUIDANCE,
)
