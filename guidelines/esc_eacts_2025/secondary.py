"""Secondary mitral regurgitation: intervention (Recommendation Table 7; rows ESC25-S-*, T7-*).

The recommendation on edge-to-edge repair prints LVEF below 50 %, its Table 7 prints 20 to 50 %
inclusive; both are asked as printed, so exactly 50 % is outside the recommendation, and a rule
without a class says so.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from guidelines.catalogue.therapy import Frailty, RvDysfunction
from guidelines.criteria import (
    Criterion,
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    equals,
    negation,
    one_of,
)
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.regurgitation import (
    ATRIAL,
    PERSISTENT,
    SECONDARY,
    SYMPTOMATIC_NYHA,
    SYMPTOMS_OF_HEART_FAILURE,
    VENTRICULAR,
    severe,
)
from guidelines.rule import Rule, Source
from guidelines.vocabulary import (
    Advice,
    Chapter,
    Cor,
    Loe,
    Operability,
    TeerAnatomy,
    Verification,
)

REDUCED_LVEF = Decimal(50)  # percent, strictly below (ESC25-S-06)
LVEF_WINDOW = (Decimal(20), Decimal(50))  # percent, both included (ESC25-T7-03)
LARGEST_LVESD = Decimal(70)  # mm, at or below (ESC25-T7-04)
BNP_LIMIT = Decimal(300)  # pg/mL, at or above (ESC25-T7-05)
NT_PROBNP_LIMIT = Decimal(1000)  # pg/mL, at or above (ESC25-T7-05)
HIGHEST_SPAP = Decimal(70)  # mmHg, at or below (ESC25-T7-06)
MODERATE_GRADE = Decimal(2)  # reader's grade, at or above (ESC25-S-04)

SEVERE_SECONDARY_MR = severe("severe_mr_esc_eacts", SECONDARY)
SEVERE_VENTRICULAR_MR = severe("severe_mr_esc_eacts", VENTRICULAR)
SEVERE_ATRIAL_MR = severe("severe_mr_esc_eacts", ATRIAL)
NOT_FOR_SURGERY = one_of("operability", Operability.INOPERABLE, Operability.HIGH_RISK)
SUITABLE = equals("teer_anatomy", TeerAnatomy.SUITABLE)
UNSUITABLE = equals("teer_anatomy", TeerAnatomy.UNSUITABLE)
NO_CORONARY_DISEASE = equals("concomitant_coronary_disease", False)
EVALUATED = equals("advanced_therapy_evaluated", True)
# On an ARNI the drug itself raises BNP (SAFE-30).
BNP_RAISED = all_of(at_least("bnp_pg_ml", BNP_LIMIT), equals("takes_arni", False))

TABLE_7: Mapping[str, Criterion] = MappingProxyType(
    {
        "ESC25-T7-01": SUITABLE,
        "ESC25-T7-02": at_least("nyha_class", SYMPTOMATIC_NYHA),
        "ESC25-T7-03": all_of(
            at_least("lvef_percent", LVEF_WINDOW[0]), at_most("lvef_percent", LVEF_WINDOW[1])
        ),
        "ESC25-T7-04": at_most("lvesd_mm", LARGEST_LVESD),
        "ESC25-T7-05": any_of(
            equals("hf_hospitalization_past_year", True),
            BNP_RAISED,
            at_least("nt_probnp_pg_ml", NT_PROBNP_LIMIT),
        ),
        "ESC25-T7-06": at_most("spap_mmhg", HIGHEST_SPAP),
        "ESC25-T7-07": negation(equals("rv_dysfunction", RvDysfunction.SEVERE)),
        "ESC25-T7-08": equals("advanced_heart_failure", False),
        "ESC25-T7-09": equals("cad_needs_revascularization", False),
        "ESC25-T7-10": equals("severe_aortic_or_tricuspid_disease", False),
        "ESC25-T7-11": equals("hypertrophic_restrictive_or_infiltrative", False),
    }
)
TABLE_7_MET = all_of(*TABLE_7.values())
# All of ESC25-S-06 but Table 7.
TEER_CANDIDATE = all_of(
    SEVERE_VENTRICULAR_MR, NO_CORONARY_DISEASE, below("lvef_percent", REDUCED_LVEF)
)
STABLE_AND_PERSISTENT = all_of(
    SYMPTOMS_OF_HEART_FAILURE, equals("hemodynamically_stable", True), PERSISTENT
)


def _rule(
    slug: str,
    row: str,
    cor: Cor | None,
    loe: Loe | None,
    *,
    applies: Criterion,
    when: Criterion,
    advice: Advice,
    message: str,
    is_timing: bool = True,
) -> Rule:
    return Rule(
        id=f"esc-eacts-2025/secondary/{slug}",
        edition=ESC_EACTS_2025,
        section="Recommendation Table 7",
        cor=cor,
        loe=loe,
        source=Source(row=row, verification=Verification.PRIMARY_DOCUMENT),
        applies=applies,
        when=when,
        advice=advice,
        message=message,
        chapter=Chapter.SECONDARY,
        is_timing=is_timing,
    )


TEER = _rule(
    "teer",
    "ESC25-S-06",
    Cor.CLASS_I,
    Loe.A,
    applies=TEER_CANDIDATE,
    when=all_of(STABLE_AND_PERSISTENT, TABLE_7_MET),
    advice=Advice.TEER,
    message="Severe ventricular secondary MR without coronary disease, LVEF below 50 %, stable, "
    "symptoms (NYHA II to IV) despite optimized therapy and resynchronization if indicated, all "
    "criteria of Table 7: edge-to-edge repair is recommended.",
)

TEER_FOR_SYMPTOMS = _rule(
    "teer-for-symptoms",
    "ESC25-S-07",
    Cor.CLASS_IIB,
    Loe.B,
    applies=TEER_CANDIDATE,
    when=all_of(STABLE_AND_PERSISTENT, negation(TABLE_7_MET), negation(UNSUITABLE), EVALUATED),
    advice=Advice.TEER,
    message="Severe ventricular secondary MR as for edge-to-edge repair, but Table 7 not all met: "
    "the repair may be considered for symptoms, after evaluation for an assist device or "
    "transplant.",
)

ATRIAL_SURGERY = _rule(
    "atrial-surgery",
    "ESC25-S-01",
    Cor.CLASS_IIA,
    Loe.B,
    applies=SEVERE_ATRIAL_MR,
    when=all_of(SYMPTOMS_OF_HEART_FAILURE, PERSISTENT),
    advice=Advice.MITRAL_SURGERY,
    message="Severe atrial secondary MR with symptoms on optimal therapy: mitral valve surgery, "
    "with ablation of atrial fibrillation if indicated and closure of the appendage, should be "
    "considered.",
)

ATRIAL_TEER = _rule(
    "atrial-teer",
    "ESC25-S-02",
    Cor.CLASS_IIB,
    Loe.B,
    applies=SEVERE_ATRIAL_MR,
    when=all_of(SYMPTOMS_OF_HEART_FAILURE, PERSISTENT, NOT_FOR_SURGERY, negation(UNSUITABLE)),
    advice=Advice.TEER,
    message="Severe atrial secondary MR with symptoms after optimization, rhythm control "
    "included, not eligible for surgery: edge-to-edge repair may be considered.",
)

AT_BYPASS = _rule(
    "at-bypass",
    "ESC25-S-03",
    Cor.CLASS_I,
    Loe.B,
    applies=SEVERE_VENTRICULAR_MR,
    when=equals("cabg_planned", True),
    advice=Advice.MITRAL_SURGERY,
    message="Severe ventricular secondary MR at coronary bypass surgery: mitral valve surgery at "
    "the same operation is recommended.",
)

MODERATE_AT_BYPASS = _rule(
    "moderate-at-bypass",
    "ESC25-S-04",
    Cor.CLASS_IIB,
    Loe.B,
    applies=all_of(
        SECONDARY,
        equals("severe_mr_esc_eacts", False),
        at_least("reader_grade", MODERATE_GRADE),
    ),
    when=equals("cabg_planned", True),
    advice=Advice.MITRAL_SURGERY,
    message="Moderate secondary MR at coronary bypass surgery: mitral valve surgery at the same "
    "operation may be considered.",
)

AFTER_PCI = _rule(
    "after-pci",
    "ESC25-S-05",
    Cor.CLASS_IIB,
    Loe.C,
    applies=all_of(SEVERE_VENTRICULAR_MR, equals("concomitant_coronary_disease", True)),
    when=all_of(SYMPTOMS_OF_HEART_FAILURE, equals("coronary_disease_complex", False)),
    advice=Advice.PCI,
    message="Severe ventricular secondary MR with symptoms and coronary disease that is not "
    "complex: coronary intervention, then the regurgitation graded again, then edge-to-edge "
    "repair if it is still severe and symptoms persist, may be considered.",
)

SURGERY_WITHOUT_TEER = _rule(
    "surgery-without-teer",
    "ESC25-S-08",
    Cor.CLASS_IIB,
    Loe.C,
    applies=SEVERE_VENTRICULAR_MR,
    when=all_of(
        SYMPTOMS_OF_HEART_FAILURE,
        PERSISTENT,
        equals("advanced_heart_failure", False),
        UNSUITABLE,
    ),
    advice=Advice.MITRAL_SURGERY,
    message="Severe ventricular secondary MR with symptoms, no advanced heart failure, not "
    "suitable for edge-to-edge repair: mitral valve surgery may be considered.",
)

MEDICAL_ONLY = _rule(
    "medical-only",
    "ESC25-S-09",
    None,
    None,
    applies=SEVERE_SECONDARY_MR,
    when=any_of(equals("frailty", Frailty.SEVERE), equals("life_expectancy_under_1_year", True)),
    advice=Advice.MEDICAL_THERAPY,
    message="Very frail, or limited life expectancy: medical therapy alone (text, no class).",
    is_timing=False,
)

LVEF_GAP = _rule(
    "lvef-gap",
    "ESC25-S-06",
    None,
    None,
    applies=all_of(SEVERE_VENTRICULAR_MR, SYMPTOMS_OF_HEART_FAILURE),
    when=at_least("lvef_percent", REDUCED_LVEF),
    advice=Advice.HEART_TEAM,
    message="Severe ventricular secondary MR with symptoms and LVEF of 50 % or more: the "
    "recommendation on edge-to-edge repair stops below 50 %, so no class is printed. That is no "
    "advice against it; check the mechanism (atrial?) and ask the heart team.",
    is_timing=False,
)

RULES = (
    TEER,
    TEER_FOR_SYMPTOMS,
    ATRIAL_SURGERY,
    ATRIAL_TEER,
    AT_BYPASS,
    MODERATE_AT_BYPASS,
    AFTER_PCI,
    SURGERY_WITHOUT_TEER,
    MEDICAL_ONLY,
    LVEF_GAP,
)
