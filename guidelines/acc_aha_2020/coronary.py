"""Coronary arteries before and at valve surgery (ACC/AHA 2020; rows AHA-CA-*)."""

from decimal import Decimal
from functools import partial

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import above, all_of, any_of, at_least, below, equals, one_of
from guidelines.rule import Rule, Source
from guidelines.vocabulary import (
    Advice,
    Chapter,
    Cor,
    CoronaryLikelihood,
    Loe,
    Mechanism,
    Scope,
    Sex,
    Verification,
)

REDUCED_LVEF = Decimal(50)  # percent, below: reduced; local, the row prints no number
RISK_AGE_OF_MEN = Decimal(40)  # years, more than (AHA-CA-01)
STENOSIS = Decimal(70)  # percent, at least (AHA-CA-02)
LEFT_MAIN_STENOSIS = Decimal(50)  # percent, at least (AHA-CA-02)

NOT_YET_KNOWN = all_of(
    equals("intervention_indicated_acc_aha", True), equals("coronary_anatomy_known", False)
)
SIGNIFICANT_STENOSIS = any_of(
    at_least("largest_other_stenosis_percent", STENOSIS),
    at_least("left_main_stenosis_percent", LEFT_MAIN_STENOSIS),
)
RISK = any_of(
    equals("angina", True),
    equals("ischemia_shown", True),
    below("lvef_percent", REDUCED_LVEF),
    equals("coronary_disease", True),
    equals("coronary_risk_factors", True),
    all_of(equals("sex", Sex.MALE), above("age_years", RISK_AGE_OF_MEN)),
)

_rule = partial(
    Rule,
    edition=ACC_AHA_2020,
    section="14",
    chapter=Chapter.CORONARY,
    scope=Scope.ADULT,
)

ANGIOGRAPHY = _rule(
    id="acc-aha-2020/coronary/angiography",
    cor=Cor.CLASS_1,
    loe=Loe.C_LD,
    source=Source("AHA-CA-01", Verification.FROM_KNOWLEDGE),
    applies=NOT_YET_KNOWN,
    when=RISK,
    advice=Advice.CORONARY_ANGIOGRAPHY,
    message="Before mitral surgery with angina, ischemia, reduced LVEF, coronary disease or risk "
    "factors (men over 40 and women after menopause included): coronary angiography.",
)

CT = _rule(
    id="acc-aha-2020/coronary/ct",
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-CA-01", Verification.FROM_KNOWLEDGE),
    applies=NOT_YET_KNOWN,
    when=one_of("coronary_likelihood", CoronaryLikelihood.LOW, CoronaryLikelihood.INTERMEDIATE),
    advice=Advice.CORONARY_CT,
    message="Before mitral surgery with a low or intermediate likelihood of coronary disease: CT "
    "angiography to exclude it is reasonable.",
)

SECONDARY = _rule(
    id="acc-aha-2020/coronary/severe-secondary",
    cor=Cor.CLASS_1,
    loe=Loe.C_LD,
    source=Source("AHA-CA-01", Verification.FROM_KNOWLEDGE),
    applies=all_of(
        one_of(
            "mechanism",
            Mechanism.SECONDARY_VENTRICULAR,
            Mechanism.SECONDARY_ATRIAL,
            Mechanism.MIXED,
        ),
        equals("severe_mr_acc_aha", True),
    ),
    when=equals("coronary_anatomy_known", False),
    advice=Advice.CORONARY_ANGIOGRAPHY,
    message="Chronic severe secondary MR: coronary angiography.",
)

BYPASS = _rule(
    id="acc-aha-2020/coronary/bypass",
    cor=Cor.CLASS_2A,
    loe=Loe.C_LD,
    source=Source("AHA-CA-02", Verification.FROM_KNOWLEDGE),
    applies=equals("mitral_surgery_planned", True),
    when=SIGNIFICANT_STENOSIS,
    advice=Advice.CABG,
    message="Valve surgery with a coronary stenosis of 70 % or more (left main 50 % or more): "
    "bypass at the same operation is reasonable.",
)

RULES = (ANGIOGRAPHY, CT, SECONDARY, BYPASS)
