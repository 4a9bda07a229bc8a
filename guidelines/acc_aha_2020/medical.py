"""Medical therapy of the regurgitation (sections 7.2.3 and 7.3.3; rows AHA-PM-*, AHA-SM-*)."""

from decimal import Decimal

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.acc_aha_2020.primary import LVEF_LIMIT, LVESD_LIMIT, SEVERE_PRIMARY_MR
from guidelines.acc_aha_2020.secondary import LV_DYSFUNCTION, SEVERE_SECONDARY_MR
from guidelines.criteria import Criterion, above, all_of, any_of, at_least, at_most, below, equals
from guidelines.regurgitation import ASYMPTOMATIC, PRIMARY
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Loe, Operability, Verification

REDUCED_LVEF = Decimal(40)  # percent, at or below: HFrEF (HF22-GD-01)

# Hypertension and heart failure are reasons of their own for these drugs.
VASODILATOR_FOR_MR_ALONE = all_of(
    equals("vasodilator_for_mr_alone", True), equals("hypertension", False)
)


def _rule(
    slug: str,
    row: str,
    cor: Cor,
    loe: Loe,
    section: str,
    *,
    applies: Criterion,
    when: Criterion,
    advice: Advice,
    message: str,
) -> Rule:
    return Rule(
        id=f"acc-aha-2020/medical/{slug}",
        edition=ACC_AHA_2020,
        section=section,
        cor=cor,
        loe=loe,
        source=Source(row=row, verification=Verification.FROM_KNOWLEDGE),
        applies=applies,
        when=when,
        advice=advice,
        message=message,
        chapter=Chapter.MEDICAL,
    )


THERAPY_WITHOUT_SURGERY = _rule(
    "therapy-without-surgery",
    "AHA-PM-01",
    Cor.CLASS_2A,
    Loe.B_NR,
    "7.2.3",
    applies=all_of(
        SEVERE_PRIMARY_MR,
        any_of(at_most("lvef_percent", LVEF_LIMIT), at_least("lvesd_mm", LVESD_LIMIT)),
    ),
    when=any_of(
        equals("surgery_impossible_or_delayed", True),
        equals("operability", Operability.INOPERABLE),
    ),
    advice=Advice.MEDICAL_THERAPY,
    message="Severe primary MR with LV systolic dysfunction that cannot be operated on, or not "
    "soon: therapy of the LV dysfunction as for heart failure is reasonable.",
)

NO_VASODILATOR = _rule(
    "no-vasodilator",
    "AHA-PM-02",
    Cor.CLASS_3_NO_BENEFIT,
    Loe.B_NR,
    "7.2.3",
    applies=all_of(
        PRIMARY,
        ASYMPTOMATIC,
        equals("normotensive", True),
        above("lvef_percent", LVEF_LIMIT),
        below("lvesd_mm", LVESD_LIMIT),
    ),
    when=VASODILATOR_FOR_MR_ALONE,
    advice=Advice.VASODILATOR,
    message="Primary MR without symptoms, with normal blood pressure and a normal left ventricle: "
    "a vasodilator for the regurgitation itself brings no benefit. For hypertension or a reduced "
    "LVEF the same drug is right.",
)

THERAPY_OF_LV_DYSFUNCTION = _rule(
    "therapy-of-lv-dysfunction",
    "AHA-SM-01",
    Cor.CLASS_1,
    Loe.A,
    "7.3.3",
    applies=SEVERE_SECONDARY_MR,
    when=LV_DYSFUNCTION,
    advice=Advice.MEDICAL_THERAPY,
    message="Severe secondary MR with reduced LVEF: full therapy of heart failure is recommended, "
    "with resynchronization where indicated. Each drug is checked by the 2022 heart failure rules.",
)

HEART_FAILURE_SPECIALIST = _rule(
    "heart-failure-specialist",
    "AHA-SM-02",
    Cor.CLASS_1,
    Loe.C_EO,
    "7.3.3",
    applies=SEVERE_SECONDARY_MR,
    when=at_most("lvef_percent", REDUCED_LVEF),
    advice=Advice.SPECIALIST,
    message="Severe secondary MR with heart failure and reduced LVEF: a heart failure specialist "
    "in the team should lead the medical therapy.",
)

RULES = (
    THERAPY_WITHOUT_SURGERY,
    NO_VASODILATOR,
    THERAPY_OF_LV_DYSFUNCTION,
    HEART_FAILURE_SPECIALIST,
)
