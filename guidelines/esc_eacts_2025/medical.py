"""Medical therapy of primary regurgitation (section 9.1; row ESC25-M-01, text without a class)."""

from guidelines.criteria import Criterion, all_of, at_most, equals
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.esc_eacts_2025.primary import (
    LVEF_LIMIT,
    NO_LV_DYSFUNCTION,
)
from guidelines.regurgitation import PRIMARY
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Verification


def _rule(slug: str, *, applies: Criterion, when: Criterion, advice: Advice, message: str) -> Rule:
    return Rule(
        id=f"esc-eacts-2025/medical/{slug}",
        edition=ESC_EACTS_2025,
        section="9.1",
        cor=None,
        loe=None,
        source=Source("ESC25-M-01", Verification.PRIMARY_DOCUMENT),
        applies=applies,
        when=when,
        advice=advice,
        message=message,
        chapter=Chapter.MEDICAL,
    )


RULES = (
    _rule(
        "no-preventive-vasodilator",
        # Hypertension is a reason of its own.
        applies=all_of(PRIMARY, NO_LV_DYSFUNCTION, equals("hypertension", False)),
        when=equals("vasodilator_for_mr_alone", True),
        advice=Advice.VASODILATOR,
        message="Chronic primary MR with a normal left ventricle: no vasodilator to prevent "
        "progression (text, no class). For hypertension or a reduced LVEF the same drug is right.",
    ),
    _rule(
        "therapy-of-lv-dysfunction",
        applies=PRIMARY,
        # By LVEF alone: a wide ventricle with a good LVEF asks for surgery, not for these drugs.
        when=at_most("lvef_percent", LVEF_LIMIT),
        advice=Advice.MEDICAL_THERAPY,
        message="Chronic primary MR with reduced LVEF: therapy as for heart failure (text, no "
        "class). It does not replace the intervention.",
    ),
)
