"""Resynchronization by the ESC (pacing 2021, heart failure 2026; rows CRT-*).

A rule for a device is met when it is recommended and none is implanted yet; a rule against it
when one is planned nevertheless.
"""

from decimal import Decimal

from guidelines.criteria import Criterion, all_of, at_least, below, equals
from guidelines.documents import ESC_HEART_FAILURE_2026, ESC_PACING_2021
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.regurgitation import SEVERE_SYMPTOMS, SYMPTOMATIC_NYHA, THERAPY_OPTIMIZED
from guidelines.resynchronization import (
    CANDIDATE,
    IN_ATRIAL_FIBRILLATION,
    LBBB,
    LOW_LVEF,
    NARROW_QRS_ESC,
    NO_CRT_YET,
    NON_LBBB,
    SINUS,
    SYMPTOMATIC_ON_THERAPY,
    WIDE,
    WIDE_QRS,
    between,
)
from guidelines.rule import Document, Edition, Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Loe, Scope, Verification

AV_BLOCK_LVEF = Decimal(40)  # percent, strictly below (CRT-09)
ENOUGH_PACING = Decimal(95)  # percent, below: not enough (CRT-06 prints "below 90 to 95")

MIDDLE = between(NARROW_QRS_ESC, WIDE_QRS)
NARROW = below("qrs_ms", NARROW_QRS_ESC)
PLANNED = equals("crt_planned", True)
PACING_NOT_INDICATED = equals("rv_pacing_indicated", False)


def rules_for(edition: Edition) -> tuple[Rule, ...]:
    """The rules of the 2021 pacing guideline, as rules of this edition."""
    return (
        _rule(
            edition,
            "lbbb-150",
            "CRT-01",
            Cor.CLASS_I,
            Loe.A,
            applies=CANDIDATE,
            when=all_of(LBBB, WIDE),
            message="Sinus rhythm, LVEF 35 % or less, left bundle branch block with QRS 150 ms "
            "or more, symptoms on optimal therapy: resynchronization is recommended.",
            superseded_by=_later(edition),
        ),
        _rule(
            edition,
            "lbbb-130",
            "CRT-02",
            Cor.CLASS_IIA,
            Loe.B,
            applies=CANDIDATE,
            when=all_of(LBBB, MIDDLE),
            message="Sinus rhythm, LVEF 35 % or less, left bundle branch block with QRS 130 to "
            "149 ms, symptoms on optimal therapy: resynchronization should be considered.",
            superseded_by=_later(edition),
        ),
        _rule(
            edition,
            "non-lbbb-150",
            "CRT-03",
            Cor.CLASS_IIA,
            Loe.B,
            applies=CANDIDATE,
            when=all_of(NON_LBBB, WIDE),
            message="Sinus rhythm, LVEF 35 % or less, QRS 150 ms or more without left bundle "
            "branch block, symptoms on optimal therapy: resynchronization should be considered.",
            superseded_by=_later(edition),
        ),
        _rule(
            edition,
            "non-lbbb-130",
            "CRT-04",
            Cor.CLASS_IIB,
            Loe.B,
            applies=CANDIDATE,
            when=all_of(NON_LBBB, MIDDLE),
            message="Sinus rhythm, LVEF 35 % or less, QRS 130 to 149 ms without left bundle "
            "branch block, symptoms on optimal therapy: resynchronization may be considered.",
            superseded_by=_later(edition),
        ),
        _rule(
            edition,
            "narrow-qrs",
            "CRT-05",
            Cor.CLASS_III,
            Loe.A,
            applies=all_of(NO_CRT_YET, PLANNED, PACING_NOT_INDICATED),
            when=NARROW,
            message="QRS below 130 ms and no indication for right ventricular pacing: "
            "resynchronization is not recommended.",
            superseded_by=_later(edition),
        ),
        _rule(
            edition,
            "atrial-fibrillation",
            "CRT-06",
            Cor.CLASS_IIA,
            Loe.C,
            applies=all_of(NO_CRT_YET, IN_ATRIAL_FIBRILLATION, LOW_LVEF),
            when=all_of(
                SEVERE_SYMPTOMS,
                THERAPY_OPTIMIZED,
                at_least("qrs_ms", NARROW_QRS_ESC),
                equals("biventricular_capture_assured", True),
            ),
            message="Atrial fibrillation with LVEF 35 % or less, NYHA class III or IV, QRS 130 ms "
            "or more and assured capture: resynchronization should be considered.",
        ),
        _rule(
            edition,
            "av-node-ablation",
            "CRT-06",
            Cor.CLASS_IIA,
            Loe.B,
            applies=all_of(equals("crt_implanted", True), IN_ATRIAL_FIBRILLATION),
            when=below("biventricular_pacing_percent", ENOUGH_PACING),
            message="Resynchronization in atrial fibrillation with biventricular pacing below 90 "
            "to 95 %: ablation of the AV node should be added.",
        ),
        _rule(
            edition,
            "av-block",
            "CRT-09",
            Cor.CLASS_I,
            Loe.A,
            applies=all_of(NO_CRT_YET, equals("high_degree_av_block", True)),
            when=below("lvef_percent", AV_BLOCK_LVEF),
            message="High-degree AV block that needs pacing with LVEF below 40 %, in any rhythm "
            "and NYHA class: resynchronization is recommended instead of right ventricular "
            "pacing.",
            verification=Verification.FROM_KNOWLEDGE,
        ),
        _rule(
            edition,
            "upgrade",
            "CRT-10",
            Cor.CLASS_IIA,
            Loe.B,
            applies=all_of(
                NO_CRT_YET, equals("pacemaker_implanted", True), LOW_LVEF, SYMPTOMATIC_ON_THERAPY
            ),
            when=equals("high_rv_pacing_share", True),
            message="Symptomatic heart failure with LVEF 35 % or less despite therapy in a person "
            "whose device paces the right ventricle much of the time: an upgrade to "
            "resynchronization should be considered.",
            verification=Verification.FROM_KNOWLEDGE,
        ),
    )


def _later(edition: Edition) -> str:
    """The 2026 row, where the edition carries it too."""
    return "CRT-08" if edition is ESC_EACTS_2025 else ""


def _rule(
    edition: Edition,
    slug: str,
    row: str,
    cor: Cor | None,
    loe: Loe | None,
    *,
    applies: Criterion,
    when: Criterion,
    message: str,
    document: Document = ESC_PACING_2021,
    verification: Verification = Verification.PRIMARY_DOCUMENT,
    superseded_by: str = "",
) -> Rule:
    return Rule(
        id=f"{edition.id}/resynchronization/{slug}",
        edition=edition,
        section=document.title,
        cor=cor,
        loe=loe,
        source=Source(row, verification, document),
        applies=applies,
        when=when,
        advice=Advice.CRT,
        message=message,
        chapter=Chapter.RESYNCHRONIZATION,
        scope=Scope.ADULT,
        superseded_by=superseded_by,
    )


def _rule_of_2026(
    slug: str, cor: Cor | None, *, when: Criterion, message: str, applies: Criterion = CANDIDATE
) -> Rule:
    return _rule(
        ESC_EACTS_2025,
        f"{slug}-2026",
        "CRT-08",
        cor,
        None,
        applies=applies,
        when=when,
        message=message,
        document=ESC_HEART_FAILURE_2026,
        verification=Verification.SECONDARY_SOURCE,
    )


HEART_FAILURE_2026_RULES = (
    _rule_of_2026(
        "lbbb-150",
        Cor.CLASS_I,
        when=all_of(LBBB, WIDE),
        message="ESC heart failure 2026: left bundle branch block with QRS 150 ms or more: "
        "resynchronization is recommended.",
    ),
    _rule_of_2026(
        "lbbb-130",
        Cor.CLASS_IIA,
        when=all_of(LBBB, MIDDLE),
        message="ESC heart failure 2026: left bundle branch block with QRS 130 to 149 ms: "
        "resynchronization should be considered.",
    ),
    _rule_of_2026(
        "non-lbbb-150",
        Cor.CLASS_IIA,
        when=all_of(NON_LBBB, WIDE),
        message="ESC heart failure 2026: QRS 150 ms or more without left bundle branch block: "
        "resynchronization should be considered.",
    ),
    _rule_of_2026(
        "non-lbbb-130",
        Cor.CLASS_IIB,
        when=all_of(NON_LBBB, MIDDLE),
        message="ESC heart failure 2026: QRS 130 to 149 ms without left bundle branch block: "
        "resynchronization may be considered.",
    ),
    _rule_of_2026(
        "narrow-qrs",
        None,
        applies=all_of(NO_CRT_YET, PLANNED, PACING_NOT_INDICATED),
        when=NARROW,
        message="ESC heart failure 2026: QRS below 130 ms: no resynchronization; the class is "
        "not known here.",
    ),
    _rule_of_2026(
        "early-planning",
        Cor.CLASS_IIB,
        applies=all_of(
            NO_CRT_YET,
            SINUS,
            LOW_LVEF,
            at_least("nyha_class", SYMPTOMATIC_NYHA),
            equals("gdmt_optimized", False),
        ),
        when=all_of(LBBB, WIDE),
        message="ESC heart failure 2026: with left bundle branch block and QRS 150 ms or more, "
        "planning of resynchronization may begin alongside the foundational drugs.",
    ),
)

RULES = (*rules_for(ESC_EACTS_2025), *HEART_FAILURE_2026_RULES)
