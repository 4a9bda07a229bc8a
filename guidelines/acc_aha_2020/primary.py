"""Primary mitral regurgitation: intervention (section 7.2.4; rows AHA-PI-*).

LVEF of exactly 60 % and LVESD of exactly 40 mm are stage C2 (Table 17), so both limits include
their own value.
"""

from decimal import Decimal

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import all_of, any_of, at_least, at_most, equals, one_of
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Cor, Loe, Mechanism, Verification

LVEF_LIMIT = Decimal(60)  # percent, at or below: LV dysfunction
LVESD_LIMIT = Decimal(40)  # mm, at or above: LV dysfunction

# Chronic, of a native valve: the scope gates see to that before any of these rules.
SEVERE_PRIMARY_MR = all_of(
    equals("severe_mr_acc_aha", True),
    one_of("mechanism", Mechanism.PRIMARY, Mechanism.MIXED),
)

SYMPTOMS = Rule(
    id="acc-aha-2020/primary/symptoms",
    edition=ACC_AHA_2020,
    section="7.2.4",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source(row="AHA-PI-01", verification=Verification.FROM_KNOWLEDGE),
    applies=SEVERE_PRIMARY_MR,
    when=equals("symptomatic", True),
    advice=Advice.MITRAL_INTERVENTION,
    message="Severe primary MR with symptoms: mitral intervention is recommended, irrespective "
    "of LV function.",
    is_timing=True,
)

LV_DYSFUNCTION = Rule(
    id="acc-aha-2020/primary/lv-dysfunction",
    edition=ACC_AHA_2020,
    section="7.2.4",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source(row="AHA-PI-02", verification=Verification.SECONDARY_SOURCE),
    applies=all_of(SEVERE_PRIMARY_MR, equals("symptomatic", False)),
    when=any_of(at_most("lvef_percent", LVEF_LIMIT), at_least("lvesd_mm", LVESD_LIMIT)),
    advice=Advice.MITRAL_SURGERY,
    message="Severe primary MR without symptoms, with LV dysfunction: mitral valve surgery is "
    "recommended.",
    is_timing=True,
)

RULES = (SYMPTOMS, LV_DYSFUNCTION)
