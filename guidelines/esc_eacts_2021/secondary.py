"""Secondary mitral regurgitation: intervention (2021, section 6.2; rows ESC21-S-*)."""

from decimal import Decimal

from guidelines.catalogue.therapy import RvDysfunction
from guidelines.criteria import (
    Criterion,
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    equals,
    negation,
)
from guidelines.esc_eacts_2021 import ESC_EACTS_2021
from guidelines.esc_eacts_2025.secondary import (
    BNP_RAISED,
    EVALUATED,
    NO_CORONARY_DISEASE,
    NOT_FOR_SURGERY,
    SEVERE_SECONDARY_MR,
    SUITABLE,
    UNSUITABLE,
)
from guidelines.regurgitation import (
    OTHER_HEART_SURGERY,
    PERSISTENT,
    SYMPTOMATIC_NYHA,
    SYMPTOMS_OF_HEART_FAILURE,
)
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Loe, Operability, Verification

# COAPT-like (rows ESC21-S-04, TR-01; section 8 of the tables on 70 and 1500).
LVEF_WINDOW = (Decimal(20), Decimal(50))  # percent, both included
LARGEST_LVESD = Decimal(70)  # mm, at or below
HIGHEST_SPAP = Decimal(70)  # mmHg, at or below
NT_PROBNP_LIMIT = Decimal(1500)  # pg/mL, at or above
TOO_LOW_LVEF = Decimal(15)  # percent, strictly below (ESC21-S-07)

COAPT_LIKE = all_of(
    SUITABLE,
    at_least("nyha_class", SYMPTOMATIC_NYHA),
    at_least("lvef_percent", LVEF_WINDOW[0]),
    at_most("lvef_percent", LVEF_WINDOW[1]),
    at_most("lvesd_mm", LARGEST_LVESD),
    at_most("spap_mmhg", HIGHEST_SPAP),
    any_of(
        equals("hf_hospitalization_past_year", True),
        BNP_RAISED,
        at_least("nt_probnp_pg_ml", NT_PROBNP_LIMIT),
    ),
    negation(equals("rv_dysfunction", RvDysfunction.SEVERE)),
    equals("advanced_heart_failure", False),
    equals("severe_aortic_or_tricuspid_disease", False),
)
PERSISTENT_SYMPTOMS = all_of(SYMPTOMS_OF_HEART_FAILURE, PERSISTENT)


def _rule(
    slug: str,
    row: str,
    cor: Cor | None,
    loe: Loe | None,
    *,
    when: Criterion,
    advice: Advice,
    message: str,
    applies: Criterion = SEVERE_SECONDARY_MR,
    is_timing: bool = True,
) -> Rule:
    return Rule(
        id=f"esc-eacts-2021/secondary/{slug}",
        edition=ESC_EACTS_2021,
        section="6.2",
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


RULES = (
    _rule(
        "heart-team",
        "ESC21-S-01",
        Cor.CLASS_I,
        Loe.B,
        when=PERSISTENT_SYMPTOMS,
        advice=Advice.HEART_TEAM,
        message="Severe secondary MR: an intervention on the valve is recommended only when "
        "symptoms persist despite optimized therapy and resynchronization if indicated, by "
        "decision of the heart team.",
        is_timing=False,
    ),
    _rule(
        "at-heart-surgery",
        "ESC21-S-02",
        Cor.CLASS_I,
        Loe.B,
        when=OTHER_HEART_SURGERY,
        advice=Advice.MITRAL_SURGERY,
        message="Severe secondary MR at coronary bypass or other heart surgery: valve surgery at "
        "the same operation is recommended.",
    ),
    _rule(
        "after-pci-or-tavi",
        "ESC21-S-03",
        Cor.CLASS_IIA,
        Loe.C,
        applies=all_of(
            SEVERE_SECONDARY_MR,
            any_of(
                equals("concomitant_coronary_disease", True),
                equals("severe_aortic_stenosis", True),
            ),
        ),
        when=all_of(SYMPTOMS_OF_HEART_FAILURE, NOT_FOR_SURGERY),
        advice=Advice.PCI,
        message="Severe secondary MR with symptoms, not suitable for surgery, with coronary "
        "disease or aortic stenosis: coronary intervention or transcatheter aortic valve first, "
        "then edge-to-edge repair if the regurgitation is still severe, should be considered.",
    ),
    _rule(
        "teer",
        "ESC21-S-04",
        Cor.CLASS_IIA,
        Loe.B,
        applies=all_of(SEVERE_SECONDARY_MR, NO_CORONARY_DISEASE),
        when=all_of(PERSISTENT_SYMPTOMS, NOT_FOR_SURGERY, COAPT_LIKE),
        advice=Advice.TEER,
        message="Severe secondary MR with persistent symptoms, no coronary disease, not eligible "
        "for surgery, criteria as in COAPT met: edge-to-edge repair should be considered.",
    ),
    _rule(
        "surgery",
        "ESC21-S-05",
        Cor.CLASS_IIB,
        Loe.C,
        applies=all_of(SEVERE_SECONDARY_MR, NO_CORONARY_DISEASE),
        when=all_of(PERSISTENT_SYMPTOMS, equals("operability", Operability.OPERABLE)),
        advice=Advice.MITRAL_SURGERY,
        message="Severe secondary MR with persistent symptoms, no coronary disease, judged fit "
        "for surgery: surgery may be considered.",
    ),
    _rule(
        "teer-for-symptoms",
        "ESC21-S-06",
        Cor.CLASS_IIB,
        Loe.C,
        when=all_of(
            PERSISTENT_SYMPTOMS,
            NOT_FOR_SURGERY,
            negation(COAPT_LIKE),
            negation(UNSUITABLE),
            EVALUATED,
        ),
        advice=Advice.TEER,
        message="Severe secondary MR with persistent symptoms at high risk, criteria as in COAPT "
        "not met: a transcatheter repair may be considered after evaluation for an assist device "
        "or transplant.",
    ),
    _rule(
        "very-low-lvef",
        "ESC21-S-07",
        None,
        None,
        when=below("lvef_percent", TOO_LOW_LVEF),
        advice=Advice.ADVANCED_HEART_FAILURE,
        message="LVEF below 15 %: an intervention on the valve is generally not an option (text); "
        "review for advanced heart failure.",
        is_timing=False,
    ),
)
