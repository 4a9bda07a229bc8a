"""Pregnancy (ACC/AHA 2020; rows AHA-PG-*)."""

from decimal import Decimal
from functools import partial

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import above, all_of, any_of, at_least, below, equals, one_of
from guidelines.rule import Rule, Source
from guidelines.vocabulary import (
    Advice,
    CenterType,
    Chapter,
    Cor,
    Loe,
    Mechanism,
    PregnancyStatus,
    Scope,
    Verification,
)

LVEF_LIMIT = Decimal(60)  # percent, above: stage C1 (Table 17)
LVESD_LIMIT = Decimal(40)  # mm, below: stage C1 (Table 17)
NYHA_IV = Decimal(4)  # AHA-PG-07

SEVERE = equals("severe_mr_acc_aha", True)
PLANNING = equals("pregnancy_status", PregnancyStatus.PLANNING)
PREGNANT = equals("pregnancy_status", PregnancyStatus.PREGNANT)
STAGE_C1 = all_of(
    one_of("mechanism", Mechanism.PRIMARY, Mechanism.MIXED),
    equals("symptomatic", False),
    above("lvef_percent", LVEF_LIMIT),
    below("lvesd_mm", LVESD_LIMIT),
)
RAAS_INHIBITOR = any_of(
    equals("takes_ace_inhibitor", True), equals("takes_arb", True), equals("takes_arni", True)
)
REFRACTORY = all_of(
    at_least("nyha_class", NYHA_IV), equals("pregnancy_heart_failure_refractory", True)
)

_rule = partial(
    Rule,
    edition=ACC_AHA_2020,
    section="13",
    chapter=Chapter.PREGNANCY,
    scope=Scope.PREGNANCY,
)

COUNSELING = _rule(
    id="acc-aha-2020/pregnancy/counseling",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-PG-01", Verification.FROM_KNOWLEDGE),
    applies=PLANNING,
    when=SEVERE,
    advice=Advice.COUNSELING,
    message="Severe MR and a pregnancy contemplated: counseling by a cardiologist with expertise, "
    "and an echo, before pregnancy.",
)

INTERVENE_BEFORE = _rule(
    id="acc-aha-2020/pregnancy/intervene-before",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-PG-02", Verification.FROM_KNOWLEDGE),
    applies=all_of(PLANNING, SEVERE),
    when=equals("symptomatic", True),
    advice=Advice.MITRAL_INTERVENTION,
    message="Symptomatic severe MR and a pregnancy contemplated: intervene before pregnancy, on "
    "the standard indications.",
)

EXERCISE_TEST = _rule(
    id="acc-aha-2020/pregnancy/exercise-test",
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-PG-03", Verification.FROM_KNOWLEDGE),
    applies=all_of(PLANNING, SEVERE),
    when=STAGE_C1,
    advice=Advice.EXERCISE_TEST,
    message="Asymptomatic severe MR (C1) and a pregnancy contemplated: an exercise test before "
    "pregnancy is reasonable.",
)

REPAIR_BEFORE = _rule(
    id="acc-aha-2020/pregnancy/repair-before",
    cor=Cor.CLASS_2B,
    loe=Loe.C_EO,
    source=Source("AHA-PG-04", Verification.FROM_KNOWLEDGE),
    applies=all_of(PLANNING, SEVERE),
    when=all_of(
        STAGE_C1,
        equals("durable_repair_likely", True),
        equals("valve_center", CenterType.COMPREHENSIVE),
    ),
    advice=Advice.MITRAL_REPAIR,
    message="Asymptomatic severe MR (C1) that can be repaired, and a pregnancy contemplated: "
    "repair before pregnancy at a Comprehensive Valve Center may be considered.",
    is_timing=True,
)

TERTIARY_CENTER = _rule(
    id="acc-aha-2020/pregnancy/tertiary-center",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-PG-05", Verification.FROM_KNOWLEDGE),
    applies=PREGNANT,
    when=SEVERE,
    advice=Advice.SPECIALIST,
    message="Pregnant with severe MR: care in a tertiary center by a dedicated team.",
)

NO_RAAS_INHIBITOR = _rule(
    id="acc-aha-2020/pregnancy/no-raas-inhibitor",
    cor=Cor.CLASS_3_HARM,
    loe=Loe.B_NR,
    source=Source("AHA-PG-06", Verification.FROM_KNOWLEDGE),
    applies=PREGNANT,
    when=RAAS_INHIBITOR,
    advice=Advice.RAAS_INHIBITOR,
    message="Pregnant with valve disease: no ACE inhibitor or angiotensin receptor blocker, so no "
    "ARNI either; they harm the child.",
)

SURGERY = _rule(
    id="acc-aha-2020/pregnancy/surgery",
    cor=Cor.CLASS_2A,
    loe=Loe.C_LD,
    source=Source("AHA-PG-07", Verification.FROM_KNOWLEDGE),
    applies=all_of(PREGNANT, SEVERE),
    when=REFRACTORY,
    advice=Advice.MITRAL_SURGERY,
    message="Pregnant with severe MR and NYHA IV refractory to treatment: valve surgery is "
    "reasonable.",
    is_timing=True,
)

NO_SURGERY = _rule(
    id="acc-aha-2020/pregnancy/no-surgery",
    cor=Cor.CLASS_3_HARM,
    loe=Loe.C_LD,
    source=Source("AHA-PG-08", Verification.FROM_KNOWLEDGE),
    applies=all_of(PREGNANT, equals("mitral_surgery_planned", True)),
    when=equals("pregnancy_heart_failure_refractory", False),
    advice=Advice.MITRAL_SURGERY,
    message="Pregnant without severe refractory heart failure: no valve surgery.",
)

RULES = (
    COUNSELING,
    INTERVENE_BEFORE,
    EXERCISE_TEST,
    REPAIR_BEFORE,
    TERTIARY_CENTER,
    NO_RAAS_INHIBITOR,
    SURGERY,
    NO_SURGERY,
)
