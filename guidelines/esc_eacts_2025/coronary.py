"""Coronary arteries before and at valve surgery (Recommendation Table 1; rows ESC25-CA-*)."""

from decimal import Decimal
from functools import partial

from guidelines.acc_aha_2020.coronary import SIGNIFICANT_STENOSIS
from guidelines.criteria import above, all_of, any_of, at_least, at_most, below, equals
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Loe, Mechanism, Scope, Verification

PRETEST_LIMIT = Decimal(50)  # percent, at or below: CT (ESC25-CA-01)
STENOSIS = Decimal(70)  # percent, at least: significant (ESC25-CA-02)
LESSER_STENOSIS = Decimal(50)  # percent, at least (ESC25-CA-02)

NOT_YET_KNOWN = all_of(
    equals("intervention_indicated_esc_eacts", True), equals("coronary_anatomy_known", False)
)
SEVERE_VENTRICULAR = all_of(
    any_of(
        equals("mechanism", Mechanism.SECONDARY_VENTRICULAR), equals("mechanism", Mechanism.MIXED)
    ),
    equals("severe_mr_esc_eacts", True),
)

_rule = partial(
    Rule,
    edition=ESC_EACTS_2025,
    section="Recommendation Table 1",
    chapter=Chapter.CORONARY,
    scope=Scope.ADULT,
)

CT = _rule(
    id="esc-eacts-2025/coronary/ct",
    cor=Cor.CLASS_I,
    loe=Loe.B,
    source=Source("ESC25-CA-01", Verification.PRIMARY_DOCUMENT),
    applies=NOT_YET_KNOWN,
    when=at_most("coronary_pretest_probability_percent", PRETEST_LIMIT),
    advice=Advice.CORONARY_CT,
    message="Before a valve intervention with a pre-test probability of coronary disease of 50 % "
    "or less: CT angiography is recommended.",
)

INVASIVE = _rule(
    id="esc-eacts-2025/coronary/invasive",
    cor=Cor.CLASS_I,
    loe=Loe.C,
    source=Source("ESC25-CA-01", Verification.PRIMARY_DOCUMENT),
    applies=NOT_YET_KNOWN,
    when=above("coronary_pretest_probability_percent", PRETEST_LIMIT),
    advice=Advice.CORONARY_ANGIOGRAPHY,
    message="Before a valve intervention with a pre-test probability of coronary disease above "
    "50 %: invasive angiography is recommended.",
)

INVASIVE_IN_SECONDARY = _rule(
    id="esc-eacts-2025/coronary/invasive-in-ventricular-secondary",
    cor=Cor.CLASS_I,
    loe=Loe.C,
    source=Source("ESC25-CA-01", Verification.PRIMARY_DOCUMENT),
    applies=SEVERE_VENTRICULAR,
    when=equals("coronary_anatomy_known", False),
    advice=Advice.CORONARY_ANGIOGRAPHY,
    message="Severe ventricular secondary MR: invasive coronary angiography is recommended.",
)

BYPASS = _rule(
    id="esc-eacts-2025/coronary/bypass",
    cor=Cor.CLASS_I,
    loe=Loe.C,
    source=Source("ESC25-CA-02", Verification.PRIMARY_DOCUMENT),
    applies=equals("mitral_surgery_planned", True),
    when=SIGNIFICANT_STENOSIS,
    advice=Advice.CABG,
    message="Valve surgery with a coronary stenosis of 70 % or more (left main 50 % or more): "
    "bypass at the same operation is recommended.",
)

BYPASS_OF_LESSER_STENOSIS = _rule(
    id="esc-eacts-2025/coronary/bypass-of-lesser-stenosis",
    cor=Cor.CLASS_IIA,
    loe=Loe.C,
    source=Source("ESC25-CA-02", Verification.PRIMARY_DOCUMENT),
    applies=equals("mitral_surgery_planned", True),
    when=all_of(
        at_least("largest_other_stenosis_percent", LESSER_STENOSIS),
        below("largest_other_stenosis_percent", STENOSIS),
    ),
    advice=Advice.CABG,
    message="Valve surgery with a coronary stenosis of 50 to 70 %: bypass at the same operation "
    "should be considered.",
)

RULES = (CT, INVASIVE, INVASIVE_IN_SECONDARY, BYPASS, BYPASS_OF_LESSER_STENOSIS)
