"""The cases of the chapters on intervention, medical therapy, heart failure and devices."""

from decimal import Decimal

from guidelines.catalogue.therapy import Frailty, QrsMorphology, RvDysfunction
from guidelines.vocabulary import (
    CenterType,
    Etiology,
    Mechanism,
    MitralValveState,
    Operability,
    PregnancyStatus,
    Rhythm,
    Sex,
    SurgicalRisk,
    TeerAnatomy,
)
from tests.guidelines.rule_cases import RuleCase

D = Decimal
PRIMARY = {"mechanism": Mechanism.PRIMARY}
VENTRICULAR = {"mechanism": Mechanism.SECONDARY_VENTRICULAR}
ATRIAL = {"mechanism": Mechanism.SECONDARY_ATRIAL}
MIXED = {"mechanism": Mechanism.MIXED}
AHA = {"severe_mr_acc_aha": True}
ESC = {"severe_mr_esc_eacts": True}
NOT_AHA = {"severe_mr_acc_aha": False}
NOT_ESC = {"severe_mr_esc_eacts": False}
YES, NO = {"symptomatic": True}, {"symptomatic": False}
GOOD_LV = {"lvef_percent": 65, "lvesd_mm": 34}
ESC_GOOD_LV = {**GOOD_LV, "bsa_m2": D(2)}
OPERABLE = {"operability": Operability.OPERABLE}
HIGH_RISK = {"operability": Operability.HIGH_RISK}
SUITABLE = {"teer_anatomy": TeerAnatomy.SUITABLE}
UNSUITABLE = {"teer_anatomy": TeerAnatomy.UNSUITABLE}
COMPLEX = {"teer_anatomy": TeerAnatomy.COMPLEX}
CENTER = {"valve_center": CenterType.COMPREHENSIVE}
OTHER_CENTER = {"valve_center": CenterType.OTHER}
DURABLE = {"durable_repair_likely": True}
SHORT_LIFE = {"life_expectancy_under_1_year": True}
PERSISTENT = {
    "nyha_class": 3,
    "symptoms_persist_on_gdmt": True,
    "gdmt_optimized": True,
    "crt_question_settled": True,
    "regraded_after_revascularization": True,
}
NOT_PERSISTENT = (
    {"symptoms_persist_on_gdmt": False},
    {"gdmt_optimized": False},
    {"crt_question_settled": False},
    {"regraded_after_revascularization": False},
)

C1 = {**AHA, **PRIMARY, **NO, **GOOD_LV}
NOT_C1 = (YES, NOT_AHA, VENTRICULAR, {"lvef_percent": 60}, {"lvesd_mm": 40})
A = "acc-aha-2020"
ACC_AHA_PRIMARY = (
    RuleCase(f"{A}/primary/symptoms", {**AHA, **PRIMARY, **YES}, (NO,), (NOT_AHA, ATRIAL),
             also=(MIXED, {"lvef_percent": 20})),
    RuleCase(f"{A}/primary/lv-dysfunction", {**AHA, **PRIMARY, **NO, "lvef_percent": 58},
             (GOOD_LV,), (YES, NOT_AHA, ATRIAL),
             also=({"lvef_percent": 65, "lvesd_mm": 40},)),
    RuleCase(f"{A}/primary/repair-preferred",
             {**AHA, **PRIMARY, "etiology": Etiology.BARLOW, **DURABLE,
              "intervention_indicated_acc_aha": True},
             ({"durable_repair_likely": False},),
             (NOT_AHA, {"etiology": Etiology.RHEUMATIC}, {"intervention_indicated_acc_aha": False}),
             also=({"etiology": Etiology.DEGENERATIVE},)),
    RuleCase(f"{A}/primary/early-repair",
             {**C1, **CENTER, "repair_likelihood_percent": 96,
              "expected_mortality_percent": D("0.8")},
             (OTHER_CENTER, {"repair_likelihood_percent": 95}, {"expected_mortality_percent": 1}),
             NOT_C1,
             (("repair_likelihood_percent", "95.1", "-"), ("expected_mortality_percent", "0.9",
              "+"),
              ("lvef_percent", "60.1", "-"), ("lvesd_mm", "39.9", "+")),
             also=({"valve_center": CenterType.PRIMARY},
                   {"valve_center": CenterType.HEART_VALVE_CENTER})),
    RuleCase(f"{A}/primary/progression", {**C1, "progressive_lv_change": True},
             ({"progressive_lv_change": False},), NOT_C1,
             (("lvef_percent", "60.1", "-"), ("lvesd_mm", "39.9", "+"))),
    RuleCase(f"{A}/primary/teer",
             {**AHA, **PRIMARY, "nyha_class": 3, **SUITABLE, "surgical_risk": SurgicalRisk.HIGH,
              "life_expectancy_under_1_year": False},
             (SHORT_LIFE, UNSUITABLE, COMPLEX, {"surgical_risk": SurgicalRisk.LOW},
              {"surgical_risk": SurgicalRisk.INTERMEDIATE}),
             (NOT_AHA, VENTRICULAR, {"nyha_class": 2}),
             also=({"surgical_risk": SurgicalRisk.PROHIBITIVE}, {"nyha_class": 4})),
    RuleCase(f"{A}/primary/rheumatic-repair",
             {**AHA, **PRIMARY, **YES, "etiology": Etiology.RHEUMATIC, **DURABLE, **CENTER,
              "intervention_indicated_acc_aha": True},
             ({"durable_repair_likely": False}, {"valve_center": CenterType.PRIMARY}),
             (NO, NOT_AHA, {"etiology": Etiology.BARLOW})),
    RuleCase(f"{A}/primary/replacement-without-repair",
             {**AHA, **PRIMARY, "mitral_replacement_planned": True,
              "lesion_under_half_of_posterior_leaflet": True, "repair_attempted_and_failed": False},
             ({"repair_attempted_and_failed": True},
              {"lesion_under_half_of_posterior_leaflet": False}),
             (NOT_AHA, {"mitral_replacement_planned": False})),
    RuleCase(f"{A}/primary/at-other-surgery", {**AHA, **PRIMARY, "cabg_planned": True},
             ({"cabg_planned": False, "other_valve_surgery_planned": False},), (NOT_AHA,),
             also=({"cabg_planned": False, "other_valve_surgery_planned": True},)),
)  # fmt: skip

SI_01 = {
    **AHA, **VENTRICULAR, **PERSISTENT, **SUITABLE, "lvef_percent": 30, "lvesd_mm": 60,
    "spap_mmhg": 50,
}  # fmt: skip
ACC_AHA_SECONDARY = (
    RuleCase(f"{A}/secondary/teer", SI_01,
             (*NOT_PERSISTENT, UNSUITABLE, COMPLEX, {"nyha_class": 1}, {"lvef_percent": 19}),
             (NOT_AHA, PRIMARY, ATRIAL, {"lvef_percent": 50}),
             (("lvef_percent", "20", "-"), ("lvef_percent", "49.9", "+"), ("lvesd_mm", "70", "+"),
              ("spap_mmhg", "70", "+"), ("nyha_class", "2", "-")),
             also=(MIXED, {"bnp_pg_ml": 50}, {"rv_dysfunction": RvDysfunction.SEVERE},
                   {"cad_needs_revascularization": True})),
    RuleCase(f"{A}/secondary/at-bypass", {**AHA, **VENTRICULAR, "cabg_planned": True},
             ({"cabg_planned": False},), (NOT_AHA, PRIMARY), also=(ATRIAL, MIXED)),
    RuleCase(f"{A}/secondary/atrial-surgery", {**AHA, **ATRIAL, **PERSISTENT, "lvef_percent": 60},
             (*NOT_PERSISTENT, {"nyha_class": 2}), (NOT_AHA, VENTRICULAR, {"lvef_percent": 49}),
             (("lvef_percent", "50", "-"), ("nyha_class", "3", "-")), also=(MIXED,)),
    RuleCase(f"{A}/secondary/atrial-teer-not-addressed", {**AHA, **ATRIAL, "nyha_class": 2},
             ({"nyha_class": 1, **NO},), (NOT_AHA, VENTRICULAR),
             also=({"nyha_class": 1, **YES},)),
    RuleCase(f"{A}/secondary/ventricular-surgery",
             {**AHA, **VENTRICULAR, **PERSISTENT, "lvef_percent": 40},
             (*NOT_PERSISTENT, {"nyha_class": 2}), (NOT_AHA, ATRIAL, {"lvef_percent": 50}),
             (("lvef_percent", "49.9", "+"), ("nyha_class", "3", "-")), also=(MIXED,)),
    RuleCase(f"{A}/secondary/chordal-sparing-replacement",
             {**AHA, **VENTRICULAR, "lvef_percent": 40, "coronary_disease": True, "nyha_class": 3,
              "intervention_indicated_acc_aha": True},
             ({"nyha_class": 2},),
             (NOT_AHA, {"coronary_disease": False}, {"lvef_percent": 50},
              {"intervention_indicated_acc_aha": False}),
             (("lvef_percent", "49.9", "+"), ("nyha_class", "3", "-"))),
)  # fmt: skip

ON_VASODILATOR = {"vasodilator_for_mr_alone": True, "hypertension": False}
ACC_AHA_MEDICAL = (
    RuleCase(f"{A}/medical/therapy-without-surgery",
             {**AHA, **PRIMARY, "lvef_percent": 55, "surgery_impossible_or_delayed": True},
             ({"surgery_impossible_or_delayed": False, **OPERABLE},),
             (NOT_AHA, VENTRICULAR, {**GOOD_LV}),
             also=({"surgery_impossible_or_delayed": False, "operability": Operability.INOPERABLE},
                   {"lvef_percent": 65, "lvesd_mm": 40})),
    RuleCase(f"{A}/medical/no-vasodilator",
             {**PRIMARY, **NO, **GOOD_LV, "normotensive": True, **ON_VASODILATOR},
             ({"vasodilator_for_mr_alone": False}, {"hypertension": True}),
             (YES, VENTRICULAR, {"normotensive": False}),
             (("lvef_percent", "60.1", "-"), ("lvesd_mm", "39.9", "+"))),
    RuleCase(f"{A}/medical/therapy-of-lv-dysfunction",
             {**AHA, **VENTRICULAR, "lvef_percent": 40}, ({"lvef_percent": 50},),
             (NOT_AHA, PRIMARY), (("lvef_percent", "49.9", "+"),), also=(ATRIAL, MIXED)),
    RuleCase(f"{A}/medical/heart-failure-specialist",
             {**AHA, **VENTRICULAR, "lvef_percent": 30}, ({"lvef_percent": 41},),
             (NOT_AHA, PRIMARY), (("lvef_percent", "40", "+"),)),
)  # fmt: skip

NO_RAAS = {"takes_arni": False, "takes_ace_inhibitor": False, "takes_arb": False}
RAAS = {**NO_RAAS, "raas_inhibitor_not_possible": False}
BETA = {"takes_evidence_based_beta_blocker": False, "beta_blocker_not_possible": False}
MRA = {
    "takes_mra": False,
    "mra_not_possible": False,
    "egfr_ml_min": 60,
    "potassium_mmol_l": D("4.2"),
}
SGLT2 = {"takes_sglt2_inhibitor": False, "sglt2_inhibitor_not_possible": False}
HFREF = {"lvef_percent": 35, "nyha_class": 2}
MILD = {"lvef_percent": 45, "nyha_class": 2}


def _taken(drug: str, pillar: str) -> dict[str, bool]:
    return {drug: True, f"{pillar}_at_tolerated_dose": True}


def _low(drug: str, pillar: str) -> dict[str, bool]:
    return {drug: True, f"{pillar}_at_tolerated_dose": False}


NOT_RAAS = (_taken("takes_arni", "raas_inhibitor"), _taken("takes_arb", "raas_inhibitor"),
            {"raas_inhibitor_not_possible": True})  # fmt: skip
NOT_BETA = (_taken("takes_evidence_based_beta_blocker", "beta_blocker"),
            {"beta_blocker_not_possible": True})  # fmt: skip
NOT_MRA = (_taken("takes_mra", "mra"), {"mra_not_possible": True})
NOT_SGLT2 = ({"takes_sglt2_inhibitor": True}, {"sglt2_inhibitor_not_possible": True})
MRA_LIMITS = (("egfr_ml_min", "30.1", "-"), ("potassium_mmol_l", "4.9", "+"))
MILD_OUTSIDE = ({"lvef_percent": 40}, {"lvef_percent": 50}, {"nyha_class": 1, **NO})
MILD_LIMITS = (("lvef_percent", "40.1", "-"), ("lvef_percent", "49.9", "+"))
H = f"{A}/heart-failure"
ACC_AHA_HEART_FAILURE = (
    RuleCase(f"{H}/raas-inhibitor", {**HFREF, **RAAS}, NOT_RAAS,
             ({"nyha_class": 4}, {"nyha_class": 1}, {"lvef_percent": 41}),
             (("lvef_percent", "40", "+"), ("nyha_class", "2", "-"), ("nyha_class", "3", "+")),
             also=(_low("takes_arni", "raas_inhibitor"),)),
    RuleCase(f"{H}/beta-blocker", {**HFREF, **BETA}, NOT_BETA, ({"lvef_percent": 41},),
             (("lvef_percent", "40", "+"),), spare=frozenset({"nyha_class"}),
             also=(_low("takes_evidence_based_beta_blocker", "beta_blocker"),)),
    RuleCase(f"{H}/mra", {**HFREF, **MRA}, NOT_MRA, ({"nyha_class": 1}, {"lvef_percent": 41}),
             (("lvef_percent", "40", "+"), *MRA_LIMITS), also=({"nyha_class": 4},)),
    RuleCase(f"{H}/sglt2-inhibitor", {**HFREF, **SGLT2}, NOT_SGLT2, ({"lvef_percent": 41},),
             (("lvef_percent", "40", "+"),), spare=frozenset({"nyha_class"})),
    RuleCase(f"{H}/mildly-reduced-raas-inhibitor", {**MILD, **RAAS}, NOT_RAAS, MILD_OUTSIDE,
             MILD_LIMITS),
    RuleCase(f"{H}/mildly-reduced-beta-blocker", {**MILD, **BETA}, NOT_BETA, MILD_OUTSIDE,
             MILD_LIMITS),
    RuleCase(f"{H}/mildly-reduced-mra", {**MILD, **MRA}, NOT_MRA, MILD_OUTSIDE,
             (*MILD_LIMITS, *MRA_LIMITS)),
    RuleCase(f"{H}/mildly-reduced-sglt2-inhibitor", {**MILD, **SGLT2}, NOT_SGLT2, MILD_OUTSIDE,
             MILD_LIMITS),
    RuleCase(f"{H}/arni-after-ace-inhibitor",
             {"takes_arni": True, "ace_inhibitor_within_36_hours": True},
             ({"ace_inhibitor_within_36_hours": False, "takes_ace_inhibitor": False},),
             ({"takes_arni": False, "arni_planned": False},),
             also=({"takes_arni": False, "arni_planned": True},
                   {"ace_inhibitor_within_36_hours": None, "takes_ace_inhibitor": True})),
    RuleCase(f"{H}/arni-after-angioedema", {"takes_arni": True, "angioedema_ever": True},
             ({"angioedema_ever": False},), ({"takes_arni": False, "arni_planned": False},)),
    RuleCase(f"{H}/therapy-before-intervention",
             {**AHA, **VENTRICULAR, "lvef_percent": 30, "gdmt_optimized": False},
             ({"gdmt_optimized": True},), (NOT_AHA, PRIMARY, {"lvef_percent": 41}),
             (("lvef_percent", "40", "+"),)),
    RuleCase(f"{H}/imaging-on-therapy",
             {**AHA, **VENTRICULAR, "lvef_percent": 30, "gdmt_optimized": True,
              "reassessed_on_gdmt": False},
             ({"reassessed_on_gdmt": True},),
             (NOT_AHA, {"gdmt_optimized": False}, {"lvef_percent": 41}),
             (("lvef_percent", "40", "+"),)),
)  # fmt: skip

LBBB = {"qrs_morphology": QrsMorphology.LBBB}
NON_LBBB = {"qrs_morphology": QrsMorphology.NON_LBBB}
NO_CRT = {"crt_implanted": False}
HAS_CRT = {"crt_implanted": True}
IN_AF = {"ecg_rhythm": Rhythm.ATRIAL_FIBRILLATION}
CANDIDATE = {**NO_CRT, "ecg_rhythm": Rhythm.SINUS, "lvef_percent": 30, "nyha_class": 3,
             "gdmt_optimized": True}  # fmt: skip
NO_CANDIDATE = (HAS_CRT, IN_AF, {"lvef_percent": 36}, {"nyha_class": 1}, {"gdmt_optimized": False})
CANDIDATE_LIMITS = (("lvef_percent", "35", "+"),)
PLANNED = {**NO_CRT, "crt_planned": True}
NOT_PLANNED = (HAS_CRT, {"crt_planned": False})
C = f"{A}/resynchronization"
ACC_AHA_RESYNCHRONIZATION = (
    RuleCase(f"{C}/lbbb-150", {**CANDIDATE, **LBBB, "qrs_ms": 160}, (NON_LBBB, {"qrs_ms": 149}),
             NO_CANDIDATE, (("qrs_ms", "150", "-"), *CANDIDATE_LIMITS)),
    RuleCase(f"{C}/lbbb-120", {**CANDIDATE, **LBBB, "qrs_ms": 130}, (NON_LBBB, {"qrs_ms": 150}),
             NO_CANDIDATE, (("qrs_ms", "120", "-"), ("qrs_ms", "149.9", "+"), *CANDIDATE_LIMITS)),
    RuleCase(f"{C}/non-lbbb-150", {**CANDIDATE, **NON_LBBB, "qrs_ms": 160}, (LBBB,),
             NO_CANDIDATE, (("qrs_ms", "150", "-"), *CANDIDATE_LIMITS)),
    RuleCase(f"{C}/non-lbbb-120", {**CANDIDATE, **NON_LBBB, "qrs_ms": 130}, (LBBB,),
             (*NO_CANDIDATE, {"nyha_class": 2}),
             (("qrs_ms", "120", "-"), ("qrs_ms", "149.9", "+"), *CANDIDATE_LIMITS)),
    RuleCase(f"{C}/non-lbbb-few-symptoms", {**PLANNED, "nyha_class": 2, **NON_LBBB, "qrs_ms": 140},
             (LBBB,), (*NOT_PLANNED, {"nyha_class": 3}), (("qrs_ms", "149.9", "+"),)),
    RuleCase(f"{C}/narrow-qrs", {**PLANNED, "rv_pacing_indicated": False, "qrs_ms": 110},
             ({"qrs_ms": 120},), (*NOT_PLANNED, {"rv_pacing_indicated": True}),
             (("qrs_ms", "119.9", "+"),)),
    RuleCase(f"{C}/atrial-fibrillation",
             {**NO_CRT, **IN_AF, "lvef_percent": 30, "nyha_class": 2, "gdmt_optimized": True,
              **LBBB, "qrs_ms": 130, "rv_pacing_indicated": False,
              "biventricular_capture_assured": True},
             ({"biventricular_capture_assured": False}, NON_LBBB, {"qrs_ms": 110}),
             (HAS_CRT, {"ecg_rhythm": Rhythm.SINUS}, {"lvef_percent": 36}),
             (("lvef_percent", "35", "+"), ("qrs_ms", "120", "-")),
             also=({"rv_pacing_indicated": True, "qrs_ms": 90}, {**NON_LBBB, "qrs_ms": 150},
                   {**NON_LBBB, "nyha_class": 3}), spare=frozenset({"rv_pacing_indicated"})),
    RuleCase(f"{C}/ischemic-nyha-1",
             {**NO_CRT, "ecg_rhythm": Rhythm.SINUS, "lvef_percent": 30, "nyha_class": 1,
              "etiology": Etiology.ISCHEMIC, **LBBB, "qrs_ms": 150},
             (NON_LBBB,), (HAS_CRT, {"nyha_class": 2},
              {"etiology": Etiology.DILATED_CARDIOMYOPATHY}),
             (("lvef_percent", "30", "+"), ("qrs_ms", "150", "-"))),
    RuleCase(f"{C}/av-block", {**NO_CRT, "high_degree_av_block": True, "lvef_percent": 40},
             ({"lvef_percent": 35}, {"lvef_percent": 51}),
             (HAS_CRT, {"high_degree_av_block": False}),
             (("lvef_percent", "50", "+"), ("lvef_percent", "35.1", "-"))),
    RuleCase(f"{C}/expected-pacing",
             {**NO_CRT, "lvef_percent": 30, "device_planned_or_due": True, "rv_pacing_percent": 60},
             ({"rv_pacing_percent": 40},),
             (HAS_CRT, {"device_planned_or_due": False}, {"lvef_percent": 36}),
             (("lvef_percent", "35", "+"), ("rv_pacing_percent", "40.1", "-"))),
    RuleCase(f"{C}/short-survival", {**PLANNED, **SHORT_LIFE},
             ({"life_expectancy_under_1_year": False},), NOT_PLANNED),
)  # fmt: skip

COMPENSATED = {**ESC, **PRIMARY, **NO, **ESC_GOOD_LV}
NOT_COMPENSATED = (YES, NOT_ESC, VENTRICULAR, {"lvef_percent": 60}, {"lvesd_mm": 40},
                   {"bsa_m2": D("1.7")})  # fmt: skip
LV_LIMITS = (("lvef_percent", "60.1", "-"), ("lvesd_mm", "39.9", "+"))
LOW = {"surgical_risk": SurgicalRisk.LOW}
INTERMEDIATE = {"surgical_risk": SurgicalRisk.INTERMEDIATE}
AF = {"atrial_fibrillation": True}
NO_AF = {"atrial_fibrillation": False}
BIG_LA = {"la_volume_index_ml_m2": 62}
SMALL_LA = {"la_volume_index_ml_m2": 50, "la_diameter_mm": 50}
TR = {"tr_grade": 2, "tricuspid_regurgitation_secondary": True}
INDICATED = {"intervention_indicated_esc_eacts": True}
NOT_INDICATED = {"intervention_indicated_esc_eacts": False}
BIG_BODY = {"bsa_m2": D("2.3")}  # so that the index is far from its limit


def esc_shared_primary(edition: str) -> tuple[RuleCase, ...]:
    """What both ESC editions print alike."""
    return (
        RuleCase(f"{edition}/primary/repair-preferred", {**ESC, **PRIMARY, **INDICATED, **DURABLE},
                 ({"durable_repair_likely": False},), (NOT_ESC, NOT_INDICATED, VENTRICULAR)),
        RuleCase(f"{edition}/primary/symptoms", {**ESC, **PRIMARY, **YES, **OPERABLE},
                 (NO, HIGH_RISK, {"operability": Operability.INOPERABLE}), (NOT_ESC, ATRIAL),
                 also=(MIXED,)),
        RuleCase(f"{edition}/primary/lv-dysfunction", {**ESC, **PRIMARY, **NO, "lvef_percent": 58},
                 ({**ESC_GOOD_LV},), (YES, NOT_ESC, ATRIAL),
                 also=({"lvef_percent": 65, "lvesd_mm": 40},)),
        RuleCase(f"{edition}/primary/pressure-or-rhythm",
                 {**COMPENSATED, **BIG_BODY, "spap_mmhg": 55, **NO_AF}, ({"spap_mmhg": 50},),
                 NOT_COMPENSATED[:5], (("spap_mmhg", "50.1", "-"), *LV_LIMITS),
                 also=({"spap_mmhg": 30, **AF, "af_secondary_to_mr": True},),
                 spare=frozenset({"atrial_fibrillation"})
                 | (frozenset({"bsa_m2"}) if "2021" in edition else frozenset())),
        RuleCase(f"{edition}/primary/dilated-atrium",
                 {**COMPENSATED, **BIG_BODY, **BIG_LA, **LOW, **DURABLE, **CENTER},
                 ({"la_volume_index_ml_m2": 59}, INTERMEDIATE, OTHER_CENTER,
                  {"durable_repair_likely": False}, {"valve_center": CenterType.PRIMARY}),
                 NOT_COMPENSATED[:5], (("la_volume_index_ml_m2", "60", "-"), *LV_LIMITS),
                 also=({"la_volume_index_ml_m2": None, "la_diameter_mm": 55},
                       {"la_volume_index_ml_m2": 50, "la_diameter_mm": 56}),
                 spare=frozenset({"bsa_m2"}) if "2021" in edition else frozenset()),
    )  # fmt: skip


E25, E21 = "esc-eacts-2025", "esc-eacts-2021"
ESC_2025_PRIMARY = (
    *esc_shared_primary(E25),
    RuleCase(f"{E25}/primary/early-repair",
             {**COMPENSATED, **BIG_BODY, **LOW, **DURABLE, **AF, "spap_mmhg": 51, **BIG_LA,
              "tr_grade": 1},
             ({"spap_mmhg": 50}, NO_AF, SMALL_LA, INTERMEDIATE, {"durable_repair_likely": False}),
             NOT_COMPENSATED[:5],
             (("spap_mmhg", "50.1", "-"), ("la_volume_index_ml_m2", "60", "-"), *LV_LIMITS),
             also=({"spap_mmhg": 40, **TR}, {**NO_AF, **TR},
                   {"la_volume_index_ml_m2": None, "la_diameter_mm": 55}),
             spare=frozenset({"tr_grade"})),
    RuleCase(f"{E25}/primary/teer", {**ESC, **PRIMARY, **YES, **HIGH_RISK, **SUITABLE},
             (OPERABLE, UNSUITABLE, COMPLEX), (NO, NOT_ESC, VENTRICULAR),
             also=({"operability": Operability.INOPERABLE}, {"nyha_class": 2})),
    RuleCase(f"{E25}/primary/minimally-invasive", {**ESC, **PRIMARY, **INDICATED, **CENTER},
             (OTHER_CENTER,), (NOT_INDICATED, NOT_ESC)),
    RuleCase(f"{E25}/primary/high-risk-without-teer",
             {**ESC, **PRIMARY, **YES, **HIGH_RISK, **UNSUITABLE}, (SUITABLE,),
             (NO, OPERABLE, NOT_ESC), also=(COMPLEX,)),
    RuleCase(f"{E25}/primary/watchful-waiting",
             {**COMPENSATED, **BIG_BODY, **NO_AF, "spap_mmhg": 50, "la_volume_index_ml_m2": 50},
             (AF, {"spap_mmhg": 51}, BIG_LA), NOT_COMPENSATED[:5],
             (("spap_mmhg", "50", "+"), ("la_volume_index_ml_m2", "59.9", "+"))),
    RuleCase(f"{E25}/primary/womens-limits",
             {**ESC, **PRIMARY, "sex": Sex.FEMALE, "lvesd_mm": 36, "bsa_m2": D("2.3")},
             ({"lvesd_mm": 35},), ({"sex": Sex.MALE}, NOT_ESC), (("lvesd_mm", "36", "-"),),
             also=({"lvesd_mm": 34, "bsa_m2": D("1.8")},), spare=frozenset({"bsa_m2"})),
    RuleCase(f"{E25}/primary/prognostic-lvef", {**ESC, **PRIMARY, "lvef_percent": 58},
             ({"lvef_percent": 59},), (NOT_ESC,), (("lvef_percent", "58", "+"),)),
    RuleCase(f"{E25}/primary/at-other-valve-surgery",
             {**ESC, **PRIMARY, "other_valve_surgery_planned": True},
             ({"other_valve_surgery_planned": False},), (NOT_ESC, VENTRICULAR)),
)  # fmt: skip
ESC_2021_PRIMARY = (
    *esc_shared_primary(E21),
    RuleCase(f"{E21}/primary/teer",
             {**ESC, **PRIMARY, **YES, **HIGH_RISK, **SUITABLE, "intervention_futile": False},
             (OPERABLE, UNSUITABLE, {"intervention_futile": True}), (NO, NOT_ESC)),
    RuleCase(f"{E21}/primary/body-size", {**ESC, **PRIMARY, **NO, "lvesd_mm": 39},
             ({"lvesd_mm": 40},), (YES, NOT_ESC), (("lvesd_mm", "39.9", "+"),)),
    RuleCase(f"{E21}/primary/nearing-the-limit",
             {**ESC, **PRIMARY, **NO, "lvef_percent": 65, "lvesd_mm": 37,
              "progressive_lv_change": False},
             ({"lvesd_mm": 36},), (YES, {"lvef_percent": 60}, {"lvesd_mm": 40}),
             (("lvesd_mm", "37", "-"), ("lvesd_mm", "39.9", "+")),
             also=({"lvesd_mm": 30, "progressive_lv_change": True},),
             spare=frozenset({"progressive_lv_change"})),
)  # fmt: skip

TABLE_7 = {
    **SUITABLE,
    "lvef_percent": 30,
    "lvesd_mm": 60,
    "spap_mmhg": 50,
    "hf_hospitalization_past_year": False,
    "nt_probnp_pg_ml": 1500,
    "rv_dysfunction": RvDysfunction.MODERATE,
    "advanced_heart_failure": False,
    "cad_needs_revascularization": False,
    "severe_aortic_or_tricuspid_disease": False,
    "hypertrophic_restrictive_or_infiltrative": False,
}
S_06 = {
    **ESC, **VENTRICULAR, **PERSISTENT, "hemodynamically_stable": True,
    "concomitant_coronary_disease": False, **TABLE_7,
}  # fmt: skip
OUTSIDE_TABLE_7 = (
    {"lvef_percent": 19}, {"lvesd_mm": 71}, {"spap_mmhg": 71}, {"nt_probnp_pg_ml": 999,
     "bnp_pg_ml": 299},
    {"rv_dysfunction": RvDysfunction.SEVERE}, {"advanced_heart_failure": True},
    {"cad_needs_revascularization": True}, {"severe_aortic_or_tricuspid_disease": True},
    {"hypertrophic_restrictive_or_infiltrative": True}, COMPLEX,
)  # fmt: skip
TABLE_7_LIMITS = (("lvef_percent", "20", "-"), ("lvesd_mm", "70", "+"), ("spap_mmhg", "70", "+"))
NO_HF = {"nyha_class": 1, **NO}
GONE = frozenset({"hf_hospitalization_past_year"})
ESC_2025_SECONDARY = (
    RuleCase(f"{E25}/secondary/teer", S_06,
             (*OUTSIDE_TABLE_7, *NOT_PERSISTENT, UNSUITABLE, NO_HF,
              {"hemodynamically_stable": False}),
             (NOT_ESC, PRIMARY, ATRIAL, {"lvef_percent": 50},
              {"concomitant_coronary_disease": True}),
             (*TABLE_7_LIMITS, ("lvef_percent", "49.9", "+"), ("nyha_class", "2", "-")),
             also=(MIXED, {"nt_probnp_pg_ml": 1000}, {"nt_probnp_pg_ml": None,
                   "hf_hospitalization_past_year": True},
                   {"nt_probnp_pg_ml": None, "bnp_pg_ml": 300, "takes_arni": False}), spare=GONE),
    RuleCase(f"{E25}/secondary/teer-for-symptoms",
             {**S_06, "lvef_percent": 19, "advanced_therapy_evaluated": True},
             ({"lvef_percent": 30}, UNSUITABLE, {"advanced_therapy_evaluated": False},
              *NOT_PERSISTENT, {"hemodynamically_stable": False}),
             (NOT_ESC, ATRIAL, {"concomitant_coronary_disease": True}),
             also=tuple({"lvef_percent": 30, **outside} for outside in OUTSIDE_TABLE_7[1:]),
             spare=GONE | {"lvesd_mm", "spap_mmhg", "nt_probnp_pg_ml", "rv_dysfunction",
                           "advanced_heart_failure", "cad_needs_revascularization",
                           "severe_aortic_or_tricuspid_disease",
                           "hypertrophic_restrictive_or_infiltrative"}),
    RuleCase(f"{E25}/secondary/atrial-surgery", {**ESC, **ATRIAL, **PERSISTENT},
             (*NOT_PERSISTENT, NO_HF), (NOT_ESC, VENTRICULAR, {**MIXED, "lvef_percent": 49}),
             also=({**MIXED, "lvef_percent": 50},)),
    RuleCase(f"{E25}/secondary/atrial-teer", {**ESC, **ATRIAL, **PERSISTENT, **HIGH_RISK,
    **SUITABLE},
             (*NOT_PERSISTENT, NO_HF, OPERABLE, UNSUITABLE), (NOT_ESC, VENTRICULAR),
             also=({"operability": Operability.INOPERABLE}, COMPLEX)),
    RuleCase(f"{E25}/secondary/at-bypass", {**ESC, **VENTRICULAR, "cabg_planned": True},
             ({"cabg_planned": False},), (NOT_ESC, ATRIAL, PRIMARY), also=(MIXED,)),
    RuleCase(f"{E25}/secondary/moderate-at-bypass",
             {**NOT_ESC, **VENTRICULAR, "reader_grade": 2, "cabg_planned": True},
             ({"cabg_planned": False},), (ESC, {"reader_grade": 1}, PRIMARY),
             (), also=(ATRIAL, {"reader_grade": 3})),
    RuleCase(f"{E25}/secondary/after-pci",
             {**ESC, **VENTRICULAR, "nyha_class": 2, "concomitant_coronary_disease": True,
              "coronary_disease_complex": False},
             (NO_HF, {"coronary_disease_complex": True}),
             (NOT_ESC, ATRIAL, {"concomitant_coronary_disease": False})),
    RuleCase(f"{E25}/secondary/surgery-without-teer",
             {**ESC, **VENTRICULAR, **PERSISTENT, "advanced_heart_failure": False, **UNSUITABLE},
             (*NOT_PERSISTENT, NO_HF, SUITABLE, {"advanced_heart_failure": True}),
             (NOT_ESC, ATRIAL), also=(MIXED,)),
    RuleCase(f"{E25}/secondary/medical-only", {**ESC, **VENTRICULAR, "frailty": Frailty.SEVERE},
             ({"frailty": Frailty.MODERATE, "life_expectancy_under_1_year": False},),
             (NOT_ESC, PRIMARY), also=({"frailty": None, **SHORT_LIFE},)),
    RuleCase(f"{E25}/secondary/lvef-gap",
             {**ESC, **VENTRICULAR, "nyha_class": 2, "lvef_percent": 50}, ({"lvef_percent": 49},),
             (NOT_ESC, ATRIAL, NO_HF), (("lvef_percent", "50", "-"),)),
)  # fmt: skip

S_04 = {
    **ESC, **VENTRICULAR, **PERSISTENT, "concomitant_coronary_disease": False, **HIGH_RISK,
    **SUITABLE,
    "lvef_percent": 30, "lvesd_mm": 60, "spap_mmhg": 50, "hf_hospitalization_past_year": False,
    "nt_probnp_pg_ml": 1500, "rv_dysfunction": RvDysfunction.MODERATE,
    "advanced_heart_failure": False, "severe_aortic_or_tricuspid_disease": False,
}  # fmt: skip
ESC_2021_SECONDARY = (
    RuleCase(f"{E21}/secondary/heart-team", {**ESC, **VENTRICULAR, **PERSISTENT},
             (*NOT_PERSISTENT, NO_HF), (NOT_ESC, PRIMARY), also=(ATRIAL, MIXED)),
    RuleCase(f"{E21}/secondary/at-heart-surgery", {**ESC, **VENTRICULAR, "cabg_planned": True},
             ({"cabg_planned": False, "other_valve_surgery_planned": False},), (NOT_ESC, PRIMARY),
             also=(ATRIAL, {"cabg_planned": None, "other_valve_surgery_planned": True})),
    RuleCase(f"{E21}/secondary/after-pci-or-tavi",
             {**ESC, **VENTRICULAR, "nyha_class": 2, **HIGH_RISK,
              "concomitant_coronary_disease": True},
             (NO_HF, OPERABLE),
             (NOT_ESC, {"concomitant_coronary_disease": False, "severe_aortic_stenosis": False}),
             also=({"concomitant_coronary_disease": False, "severe_aortic_stenosis": True},)),
    RuleCase(f"{E21}/secondary/teer", S_04,
             (*NOT_PERSISTENT, NO_HF, OPERABLE, UNSUITABLE, {"nt_probnp_pg_ml": 1499,
              "bnp_pg_ml": 100},
              {"rv_dysfunction": RvDysfunction.SEVERE}, {"advanced_heart_failure": True},
              {"severe_aortic_or_tricuspid_disease": True}),
             (NOT_ESC, {"concomitant_coronary_disease": True}),
             (*TABLE_7_LIMITS, ("lvef_percent", "50", "+")), spare=GONE),
    RuleCase(f"{E21}/secondary/surgery",
             {**ESC, **VENTRICULAR, **PERSISTENT, "concomitant_coronary_disease": False,
              **OPERABLE},
             (*NOT_PERSISTENT, NO_HF, HIGH_RISK), (NOT_ESC,
              {"concomitant_coronary_disease": True})),
    RuleCase(f"{E21}/secondary/teer-for-symptoms",
             {**ESC, **VENTRICULAR, **PERSISTENT, **HIGH_RISK, **SUITABLE, "lvef_percent": 19,
              "advanced_therapy_evaluated": True},
             (*NOT_PERSISTENT, NO_HF, OPERABLE, UNSUITABLE, {"advanced_therapy_evaluated": False},
              S_04), (NOT_ESC, PRIMARY)),
    RuleCase(f"{E21}/secondary/very-low-lvef", {**ESC, **VENTRICULAR, "lvef_percent": 14},
             ({"lvef_percent": 15},), (NOT_ESC, PRIMARY), (("lvef_percent", "14.9", "+"),)),
)  # fmt: skip

HF21 = {
    **ESC, **VENTRICULAR, **PERSISTENT, **SUITABLE, "lvef_percent": 30, "lvesd_mm": 60,
    "spap_mmhg": 50, "rv_dysfunction": RvDysfunction.MILD, "tr_grade": 2,
    "hemodynamically_stable": True, "eroa_mm2": 35,
}  # fmt: skip
NOT_HF21 = (
    {"lvef_percent": 51}, {"lvesd_mm": 70}, {"spap_mmhg": 70}, {"tr_grade": 4},
    {"rv_dysfunction": RvDysfunction.MODERATE}, {"rv_dysfunction": RvDysfunction.SEVERE},
    {"hemodynamically_stable": False}, {"eroa_mm2": 29},
)  # fmt: skip


def esc_heart_failure(edition: str) -> tuple[RuleCase, ...]:
    """The 2021 heart failure guideline in both ESC editions."""
    return (
        RuleCase(f"{edition}/heart-failure/teer-coapt-like", HF21,
                 (*NOT_HF21, *NOT_PERSISTENT, NO_HF, UNSUITABLE), (NOT_ESC, PRIMARY),
                 (("lvef_percent", "20", "-"), ("lvef_percent", "50", "+"), ("lvesd_mm", "69.9",
                  "+"),
                  ("spap_mmhg", "69.9", "+"), ("eroa_mm2", "30", "-"))),
        RuleCase(f"{edition}/heart-failure/surgery-at-bypass",
                 {**ESC, **VENTRICULAR, "cabg_planned": True}, ({"cabg_planned": False},),
                 (NOT_ESC, PRIMARY)),
        RuleCase(f"{edition}/heart-failure/teer-not-coapt-like",
                 {**ESC, **VENTRICULAR, **PERSISTENT, **SUITABLE, **HIGH_RISK, "lvesd_mm": 70},
                 (HF21, *NOT_PERSISTENT, NO_HF, OPERABLE, UNSUITABLE), (NOT_ESC,),
                 also=NOT_HF21),
        RuleCase(f"{edition}/heart-failure/short-life-expectancy",
                 {**ESC, **VENTRICULAR, **SHORT_LIFE}, ({"life_expectancy_under_1_year": False},),
                 (NOT_ESC, PRIMARY)),
    )  # fmt: skip


def esc_resynchronization(edition: str) -> tuple[RuleCase, ...]:
    """The 2021 pacing guideline in both ESC editions."""
    base = f"{edition}/resynchronization"
    in_af = {**NO_CRT, **IN_AF, "lvef_percent": 30, "nyha_class": 3, "gdmt_optimized": True}
    return (
        RuleCase(f"{base}/lbbb-150", {**CANDIDATE, **LBBB, "qrs_ms": 160}, (NON_LBBB,),
                 NO_CANDIDATE, (("qrs_ms", "150", "-"), *CANDIDATE_LIMITS)),
        RuleCase(f"{base}/lbbb-130", {**CANDIDATE, **LBBB, "qrs_ms": 140}, (NON_LBBB,),
                 NO_CANDIDATE, (("qrs_ms", "130", "-"), ("qrs_ms", "149.9", "+"))),
        RuleCase(f"{base}/non-lbbb-150", {**CANDIDATE, **NON_LBBB, "qrs_ms": 160}, (LBBB,),
                 NO_CANDIDATE, (("qrs_ms", "150", "-"), *CANDIDATE_LIMITS)),
        RuleCase(f"{base}/non-lbbb-130", {**CANDIDATE, **NON_LBBB, "qrs_ms": 140}, (LBBB,),
                 NO_CANDIDATE, (("qrs_ms", "130", "-"), ("qrs_ms", "149.9", "+"))),
        RuleCase(f"{base}/narrow-qrs", {**PLANNED, "rv_pacing_indicated": False, "qrs_ms": 125},
                 ({"qrs_ms": 130},), (*NOT_PLANNED, {"rv_pacing_indicated": True}),
                 (("qrs_ms", "129.9", "+"),)),
        RuleCase(f"{base}/atrial-fibrillation",
                 {**in_af, "qrs_ms": 130, "biventricular_capture_assured": True},
                 ({"biventricular_capture_assured": False}, {"nyha_class": 2},
                  {"gdmt_optimized": False}),
                 (HAS_CRT, {"ecg_rhythm": Rhythm.SINUS}, {"lvef_percent": 36}),
                 (("qrs_ms", "130", "-"), ("lvef_percent", "35", "+"))),
        RuleCase(f"{base}/av-node-ablation",
                 {**HAS_CRT, **IN_AF, "biventricular_pacing_percent": 90},
                 ({"biventricular_pacing_percent": 95},),
                 (NO_CRT, {"ecg_rhythm": Rhythm.SINUS}),
                 (("biventricular_pacing_percent", "94.9", "+"),)),
        RuleCase(f"{base}/av-block", {**NO_CRT, "high_degree_av_block": True, "lvef_percent": 30},
                 ({"lvef_percent": 40},), (HAS_CRT, {"high_degree_av_block": False}),
                 (("lvef_percent", "39.9", "+"),), also=(IN_AF, {"nyha_class": 1})),
        RuleCase(f"{base}/upgrade",
                 {**NO_CRT, "pacemaker_implanted": True, "lvef_percent": 30, "nyha_class": 2,
                  "gdmt_optimized": True, "high_rv_pacing_share": True},
                 ({"high_rv_pacing_share": False},),
                 (HAS_CRT, {"pacemaker_implanted": False}, {"nyha_class": 1}),
                 (("lvef_percent", "35", "+"),)),
    )  # fmt: skip


R = f"{E25}/resynchronization"
ESC_2026 = (
    RuleCase(f"{E25}/heart-failure/teer-2026", {k: v for k, v in S_06.items()
             if k != "concomitant_coronary_disease"},
             (*OUTSIDE_TABLE_7, *NOT_PERSISTENT), (NOT_ESC, ATRIAL, {"lvef_percent": 50}),
             TABLE_7_LIMITS, spare=GONE),
    RuleCase(f"{R}/lbbb-150-2026", {**CANDIDATE, **LBBB, "qrs_ms": 160}, (NON_LBBB,),
             NO_CANDIDATE, (("qrs_ms", "150", "-"),)),
    RuleCase(f"{R}/lbbb-130-2026", {**CANDIDATE, **LBBB, "qrs_ms": 140}, (NON_LBBB,),
             NO_CANDIDATE, (("qrs_ms", "130", "-"), ("qrs_ms", "149.9", "+"))),
    RuleCase(f"{R}/non-lbbb-150-2026", {**CANDIDATE, **NON_LBBB, "qrs_ms": 160}, (LBBB,),
             NO_CANDIDATE, (("qrs_ms", "150", "-"),)),
    RuleCase(f"{R}/non-lbbb-130-2026", {**CANDIDATE, **NON_LBBB, "qrs_ms": 140}, (LBBB,),
             NO_CANDIDATE, (("qrs_ms", "130", "-"), ("qrs_ms", "149.9", "+"))),
    RuleCase(f"{R}/narrow-qrs-2026", {**PLANNED, "rv_pacing_indicated": False, "qrs_ms": 125},
             ({"qrs_ms": 130},), (*NOT_PLANNED, {"rv_pacing_indicated": True}),
             (("qrs_ms", "129.9", "+"),)),
    RuleCase(f"{R}/early-planning-2026",
             {**CANDIDATE, "gdmt_optimized": False, **LBBB, "qrs_ms": 150}, (NON_LBBB,),
             (HAS_CRT, IN_AF, {"gdmt_optimized": True}, {"nyha_class": 1}),
             (("qrs_ms", "150", "-"),)),
)  # fmt: skip
ESC_2025_MEDICAL = (
    RuleCase(f"{E25}/medical/no-preventive-vasodilator",
             {**PRIMARY, **ESC_GOOD_LV, **BIG_BODY, **ON_VASODILATOR},
             ({"vasodilator_for_mr_alone": False},),
             (VENTRICULAR, {"hypertension": True}, {"lvef_percent": 50}), LV_LIMITS),
    RuleCase(f"{E25}/medical/therapy-of-lv-dysfunction", {**PRIMARY, "lvef_percent": 60},
             ({**ESC_GOOD_LV}, {"lvef_percent": D("60.1"), "lvesd_mm": 41},
              {"lvef_percent": 66, "lvesd_mm": 30, "bsa_m2": D("1.37")}), (VENTRICULAR,)),
)  # fmt: skip

G, M = "local-safety/goals", "local-safety/measurements"
LOCAL = (
    RuleCase(f"{G}/after-repair",
             {"mitral_valve_state": MitralValveState.TEER, "reader_grade": 3},
             ({"reader_grade": 2, "nyha_class": 1, **NO},),
             ({"mitral_valve_state": MitralValveState.NATIVE},), (),
             also=({"reader_grade": None, **YES}, {"reader_grade": 1, "nyha_class": 2})),
    RuleCase(f"{G}/pregnancy",
             {"sex": Sex.FEMALE, "age_years": 30, "pregnancy_status": PregnancyStatus.PREGNANT},
             ({"pregnancy_status": PregnancyStatus.NOT_PREGNANT},),
             ({"sex": Sex.MALE}, {"age_years": 56}, {"age_years": 11}),
             also=({"pregnancy_status": PregnancyStatus.PLANNING},)),
    RuleCase(f"{G}/outside-the-windows", {**AHA, **VENTRICULAR, "lvef_percent": 19},
             ({"lvef_percent": 20, "lvesd_mm": 70, "spap_mmhg": 70, "advanced_heart_failure": False,
               "rv_dysfunction": RvDysfunction.MODERATE},),
             ({**NOT_AHA, **NOT_ESC}, PRIMARY),
             also=({**NOT_AHA, **ESC}, {"lvef_percent": 30, "lvesd_mm": D("70.1")},
                   {"lvef_percent": 30, "spap_mmhg": D("70.1")}, {"lvef_percent": D("19.9")},
                   {"lvef_percent": 30, "advanced_heart_failure": True},
                   {"lvef_percent": 30, "rv_dysfunction": RvDysfunction.SEVERE})),
    RuleCase(f"{G}/goals-of-care",
             {"age_years": 70, **SHORT_LIFE, "frailty": Frailty.MODERATE,
              "intervention_declined": False},
             ({"life_expectancy_under_1_year": False},), ({"age_years": 17},),
             also=({"life_expectancy_under_1_year": None, "frailty": Frailty.SEVERE},
                   {"life_expectancy_under_1_year": None, "intervention_declined": True}),
             spare=frozenset({"frailty", "intervention_declined"})),
    RuleCase(f"{G}/medical-step-first",
             {**ESC, **VENTRICULAR, "nyha_class": 2, "medical_step_first": True},
             ({"medical_step_first": False},), ({**NOT_ESC, **NOT_AHA}, PRIMARY, NO_HF)),
    RuleCase(f"{M}/bnp-on-arni", {"bnp_pg_ml": 200, "takes_arni": True}, ({"takes_arni": False},)),
    RuleCase(f"{M}/natriuretic-peptide-shifted-by-atrial-fibrillation",
             {"nt_probnp_pg_ml": 900, **AF}, (NO_AF,),
             also=({"nt_probnp_pg_ml": None, "bnp_pg_ml": 90},)),
    RuleCase(f"{M}/natriuretic-peptide-shifted-by-kidney",
             {"nt_probnp_pg_ml": 900, "egfr_ml_min": 20}, ({"egfr_ml_min": 30},), (),
             (("egfr_ml_min", "29.9", "+"),)),
    RuleCase(f"{M}/natriuretic-peptide-shifted-by-obesity",
             {"nt_probnp_pg_ml": 900, "body_mass_index_kg_m2": 35},
             ({"body_mass_index_kg_m2": 29},), (), (("body_mass_index_kg_m2", "30", "-"),)),
    RuleCase(f"{M}/regrade-after-revascularization",
             {**ESC, **VENTRICULAR, "regraded_after_revascularization": False},
             ({"regraded_after_revascularization": True},), ({**NOT_ESC, **NOT_AHA}, PRIMARY)),
    RuleCase("local-safety/symptoms/really-asymptomatic",
             {"last_nyha_class": 1, "nt_probnp_doubled": True},
             ({"nt_probnp_doubled": False, "nt_probnp_times_upper_normal": 3,
               "six_minute_walk_fall_m": 29, "six_minute_walk_below_lower_limit": False,
               "kccq_fall_points": 4, "new_diuretic": False},),
             ({"last_nyha_class": 2},),
             also=({"nt_probnp_doubled": False, "nt_probnp_times_upper_normal": D("3.1")},
                   {"nt_probnp_doubled": None, "six_minute_walk_fall_m": 30},
                   {"nt_probnp_doubled": None, "six_minute_walk_below_lower_limit": True},
                   {"nt_probnp_doubled": None, "kccq_fall_points": 5},
                   {"nt_probnp_doubled": None, "new_diuretic": True})),
)  # fmt: skip

CASES = (
    *ACC_AHA_PRIMARY, *ACC_AHA_SECONDARY, *ACC_AHA_MEDICAL, *ACC_AHA_HEART_FAILURE,
    *ACC_AHA_RESYNCHRONIZATION, *ESC_2025_PRIMARY, *ESC_2021_PRIMARY, *ESC_2025_SECONDARY,
    *ESC_2021_SECONDARY, *esc_heart_failure(E25), *esc_heart_failure(E21),
    *esc_resynchronization(E25), *esc_resynchronization(E21), *ESC_2026, *ESC_2025_MEDICAL, *LOCAL,
)  # fmt: skip
