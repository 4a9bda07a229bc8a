"""Secondary regurgitation in the ESC guidelines on heart failure (rows ESC-HF21-01, ESC-HF26-01).

Companion documents: shown with their own date, and never the headline of the edition.
"""

from decimal import Decimal

from guidelines.catalogue.therapy import RvDysfunction
from guidelines.criteria import (
    Criterion,
    all_of,
    at_least,
    at_most,
    below,
    equals,
    negation,
    one_of,
)
from guidelines.documents import ESC_HEART_FAILURE_2021, ESC_HEART_FAILURE_2026
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.esc_eacts_2025.secondary import (
    NOT_FOR_SURGERY,
    SEVERE_SECONDARY_MR,
    SEVERE_VENTRICULAR_MR,
    STABLE_AND_PERSISTENT,
    TABLE_7_MET,
    UNSUITABLE,
)
from guidelines.regurgitation import PERSISTENT, SYMPTOMS_OF_HEART_FAILURE
from guidelines.rule import Document, Edition, Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Loe, Verification

LVEF_WINDOW = (Decimal(20), Decimal(50))  # percent, both included (ESC-HF21-01)
LVESD_LIMIT = Decimal(70)  # mm, strictly below (ESC-HF21-01)
SPAP_LIMIT = Decimal(70)  # mmHg, strictly below (ESC-HF21-01)
EROA_LIMIT = Decimal(30)  # mm2, at or above (ESC-HF21-01)
SEVERE_TR = Decimal(4)  # grade, strictly below (ESC-HF21-01)
HFREF_2026 = Decimal(50)  # percent, strictly below (ESC-HF26-01)

COAPT_LIKE = all_of(
    at_least("lvef_percent", LVEF_WINDOW[0]),
    at_most("lvef_percent", LVEF_WINDOW[1]),
    below("lvesd_mm", LVESD_LIMIT),
    below("spap_mmhg", SPAP_LIMIT),
    negation(one_of("rv_dysfunction", RvDysfunction.MODERATE, RvDysfunction.SEVERE)),
    below("tr_grade", SEVERE_TR),
    equals("hemodynamically_stable", True),
    at_least("eroa_mm2", EROA_LIMIT),
)
PERSISTENT_SYMPTOMS = all_of(SYMPTOMS_OF_HEART_FAILURE, PERSISTENT)


def rules_for(edition: Edition) -> tuple[Rule, ...]:
    """The rules of the 2021 heart failure guideline, as rules of this edition."""
    return (
        _rule(
            edition,
            "teer-coapt-like",
            Cor.CLASS_IIA,
            Loe.B,
            when=all_of(PERSISTENT_SYMPTOMS, COAPT_LIKE, negation(UNSUITABLE)),
            advice=Advice.TEER,
            message="ESC heart failure 2021: secondary MR with persistent symptoms and criteria "
            "as in COAPT (LVEF 20 to 50 %, LVESD and pulmonary pressure below 70, no moderate or "
            "severe right ventricular dysfunction, no severe tricuspid regurgitation, EROA 30 mm² "
            "or more, stable): edge-to-edge repair should be considered.",
        ),
        _rule(
            edition,
            "surgery-at-bypass",
            Cor.CLASS_IIA,
            Loe.C,
            when=equals("cabg_planned", True),
            advice=Advice.MITRAL_SURGERY,
            message="ESC heart failure 2021: severe secondary MR at coronary bypass surgery: "
            "bypass and mitral valve surgery together should be considered.",
        ),
        _rule(
            edition,
            "teer-not-coapt-like",
            Cor.CLASS_IIB,
            Loe.C,
            when=all_of(
                PERSISTENT_SYMPTOMS, NOT_FOR_SURGERY, negation(COAPT_LIKE), negation(UNSUITABLE)
            ),
            advice=Advice.TEER,
            message="ESC heart failure 2021: secondary MR with persistent symptoms, criteria as "
            "in COAPT not all met: edge-to-edge repair may be considered in selected patients to "
            "improve symptoms.",
        ),
        _rule(
            edition,
            "short-life-expectancy",
            None,
            None,
            when=equals("life_expectancy_under_1_year", True),
            advice=Advice.MEDICAL_THERAPY,
            message="ESC heart failure 2021: no intervention on the valve when life expectancy is "
            "below one year.",
        ),
    )


def _rule(
    edition: Edition,
    slug: str,
    cor: Cor | None,
    loe: Loe | None,
    *,
    when: Criterion,
    advice: Advice,
    message: str,
    applies: Criterion = SEVERE_SECONDARY_MR,
    row: str = "ESC-HF21-01",
    document: Document = ESC_HEART_FAILURE_2021,
    verification: Verification = Verification.PRIMARY_DOCUMENT,
    superseded_by: str = "ESC-HF26-01",
) -> Rule:
    return Rule(
        id=f"{edition.id}/heart-failure/{slug}",
        edition=edition,
        section=document.title,
        cor=cor,
        loe=loe,
        source=Source(row, verification, document),
        applies=applies,
        when=when,
        advice=advice,
        message=message,
        chapter=Chapter.HEART_FAILURE,
        superseded_by=superseded_by,
    )


TEER_2026 = _rule(
    ESC_EACTS_2025,
    "teer-2026",
    Cor.CLASS_I,
    Loe.B,
    applies=all_of(SEVERE_VENTRICULAR_MR, below("lvef_percent", HFREF_2026)),
    when=all_of(STABLE_AND_PERSISTENT, TABLE_7_MET),
    advice=Advice.TEER,
    message="ESC heart failure 2026: heart failure with reduced LVEF (below 50 % since 2026), "
    "stable, severe secondary MR and symptoms that persist on optimized therapy and "
    "resynchronization if indicated, criteria met: edge-to-edge repair is recommended.",
    row="ESC-HF26-01",
    document=ESC_HEART_FAILURE_2026,
    verification=Verification.SECONDARY_SOURCE,
    superseded_by="",
)

RULES = (*rules_for(ESC_EACTS_2025), TEER_2026)
