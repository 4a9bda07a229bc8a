"""Primary mitral regurgitation: intervention (section 7.2.4; rows AHA-PI-*, AHA-CS-01).

LVEF of exactly 60 % and LVESD of exactly 40 mm are stage C2 (Table 17), so both limits include
their own value.
"""

from decimal import Decimal

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import (
    Criterion,
    above,
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    equals,
    one_of,
)
from guidelines.regurgitation import (
    ASYMPTOMATIC,
    COMPREHENSIVE_CENTER,
    DEGENERATIVE,
    DURABLE_REPAIR,
    OTHER_HEART_SURGERY,
    PRIMARY,
    RHEUMATIC,
    SEVERE_SYMPTOMS,
    SYMPTOMATIC,
    VALVE_CENTER,
    severe,
)
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Cor, Loe, SurgicalRisk, TeerAnatomy, Verification

LVEF_LIMIT = Decimal(60)  # percent, at or below: LV dysfunction (AHA-PI-02)
LVESD_LIMIT = Decimal(40)  # mm, at or above: LV dysfunction (AHA-PI-02)
REPAIR_LIKELIHOOD = Decimal(95)  # percent, strictly above (AHA-PI-04)
EXPECTED_MORTALITY = Decimal(1)  # percent, strictly below (AHA-PI-04)

SEVERE_PRIMARY_MR = severe("severe_mr_acc_aha", PRIMARY)
STAGE_C1 = all_of(
    SEVERE_PRIMARY_MR,
    ASYMPTOMATIC,
    above("lvef_percent", LVEF_LIMIT),
    below("lvesd_mm", LVESD_LIMIT),
)
SURGERY_INDICATED = equals("intervention_indicated_acc_aha", True)


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
    is_timing: bool = False,
    verification: Verification = Verification.FROM_KNOWLEDGE,
) -> Rule:
    return Rule(
        id=f"acc-aha-2020/primary/{slug}",
        edition=ACC_AHA_2020,
        section="7.2.4",
        cor=cor,
        loe=loe,
        source=Source(row=row, verification=verification),
        applies=applies,
        when=when,
        advice=advice,
        message=message,
        is_timing=is_timing,
    )


SYMPTOMS = _rule(
    "symptoms",
    "AHA-PI-01",
    Cor.CLASS_1,
    Loe.B_NR,
    applies=SEVERE_PRIMARY_MR,
    when=SYMPTOMATIC,
    advice=Advice.MITRAL_INTERVENTION,
    message="Severe primary MR with symptoms: mitral intervention is recommended, irrespective "
    "of LV function.",
    is_timing=True,
)

LV_DYSFUNCTION = _rule(
    "lv-dysfunction",
    "AHA-PI-02",
    Cor.CLASS_1,
    Loe.B_NR,
    applies=all_of(SEVERE_PRIMARY_MR, ASYMPTOMATIC),
    when=any_of(at_most("lvef_percent", LVEF_LIMIT), at_least("lvesd_mm", LVESD_LIMIT)),
    advice=Advice.MITRAL_SURGERY,
    message="Severe primary MR without symptoms, with LV dysfunction: mitral valve surgery is "
    "recommended.",
    is_timing=True,
)

REPAIR_PREFERRED = _rule(
    "repair-preferred",
    "AHA-PI-03",
    Cor.CLASS_1,
    Loe.B_NR,
    applies=all_of(SEVERE_PRIMARY_MR, DEGENERATIVE, SURGERY_INDICATED),
    when=DURABLE_REPAIR,
    advice=Advice.MITRAL_REPAIR,
    message="Severe degenerative MR for which surgery is indicated: repair is recommended in "
    "preference to replacement when a durable repair is possible.",
)

EARLY_REPAIR = _rule(
    "early-repair",
    "AHA-PI-04",
    Cor.CLASS_2A,
    Loe.B_NR,
    applies=STAGE_C1,
    when=all_of(
        above("repair_likelihood_percent", REPAIR_LIKELIHOOD),
        below("expected_mortality_percent", EXPECTED_MORTALITY),
        VALVE_CENTER,
    ),
    advice=Advice.MITRAL_REPAIR,
    message="Severe primary MR without symptoms and with a normal left ventricle: repair is "
    "reasonable at a Primary or Comprehensive Valve Center when a durable repair is more than "
    "95 % likely and the expected mortality is below 1 %.",
    is_timing=True,
)

PROGRESSION = _rule(
    "progression",
    "AHA-PI-05",
    Cor.CLASS_2B,
    Loe.C_LD,
    applies=STAGE_C1,
    when=equals("progressive_lv_change", True),
    advice=Advice.MITRAL_SURGERY,
    message="Severe primary MR without symptoms and with a normal left ventricle that grows, or "
    "whose LVEF falls, on three studies or more: mitral surgery may be considered, whatever the "
    "likelihood of repair.",
    is_timing=True,
)

TEER = _rule(
    "teer",
    "AHA-PI-06",
    Cor.CLASS_2A,
    Loe.B_NR,
    applies=all_of(SEVERE_PRIMARY_MR, SEVERE_SYMPTOMS),
    when=all_of(
        one_of("surgical_risk", SurgicalRisk.HIGH, SurgicalRisk.PROHIBITIVE),
        equals("teer_anatomy", TeerAnatomy.SUITABLE),
        equals("life_expectancy_under_1_year", False),
    ),
    advice=Advice.TEER,
    message="Severe primary MR in NYHA class III or IV at high or prohibitive surgical risk: "
    "edge-to-edge repair is reasonable when the anatomy is favorable and life expectancy is one "
    "year or more.",
    is_timing=True,
)

RHEUMATIC_REPAIR = _rule(
    "rheumatic-repair",
    "AHA-PI-07",
    Cor.CLASS_2B,
    Loe.B_NR,
    applies=all_of(SEVERE_PRIMARY_MR, RHEUMATIC, SYMPTOMATIC, SURGERY_INDICATED),
    when=all_of(DURABLE_REPAIR, COMPREHENSIVE_CENTER),
    advice=Advice.MITRAL_REPAIR,
    message="Symptomatic severe rheumatic MR for which surgery is indicated: repair may be "
    "considered at a Comprehensive Valve Center with an experienced team when it is likely to "
    "last.",
)

REPLACEMENT_WITHOUT_REPAIR = _rule(
    "replacement-without-repair",
    "AHA-PI-08",
    Cor.CLASS_3_HARM,
    Loe.B_NR,
    applies=all_of(SEVERE_PRIMARY_MR, equals("mitral_replacement_planned", True)),
    when=all_of(
        equals("lesion_under_half_of_posterior_leaflet", True),
        equals("repair_attempted_and_failed", False),
    ),
    advice=Advice.MITRAL_REPLACEMENT,
    message="Severe primary MR from less than one half of the posterior leaflet: the valve must "
    "not be replaced unless a repair was attempted at a Primary or Comprehensive Valve Center "
    "and failed.",
)

AT_OTHER_SURGERY = _rule(
    "at-other-surgery",
    "AHA-CS-01",
    None,
    None,
    applies=SEVERE_PRIMARY_MR,
    when=OTHER_HEART_SURGERY,
    advice=Advice.HEART_TEAM,
    message="Severe primary MR at other heart surgery: not numbered in 2020 (2014: class 1), so "
    "no class is printed here; the heart team decides on the mitral valve at the same operation.",
)

RULES = (
    SYMPTOMS,
    LV_DYSFUNCTION,
    REPAIR_PREFERRED,
    EARLY_REPAIR,
    PROGRESSION,
    TEER,
    RHEUMATIC_REPAIR,
    REPLACEMENT_WITHOUT_REPAIR,
    AT_OTHER_SURGERY,
)
