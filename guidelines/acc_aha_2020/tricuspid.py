"""Tricuspid valve at left-sided surgery (ACC/AHA 2020; rows AHA-TR-*)."""

from decimal import Decimal
from functools import partial

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import above, all_of, any_of, at_least, below, equals
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Loe, Scope, Verification

SEVERE = Decimal(4)  # grade
MILD = Decimal(1)  # grade, at least: progressive, stage B (AHA-TR-02)
ANNULUS_LIMIT = Decimal(40)  # mm, more than (AHA-TR-02)

_rule = partial(
    Rule,
    edition=ACC_AHA_2020,
    section="8.2",
    chapter=Chapter.TRICUSPID,
    scope=Scope.ADULT,
    applies=equals("left_sided_valve_surgery_planned", True),
    advice=Advice.TRICUSPID_SURGERY,
)

SEVERE_TR = _rule(
    id="acc-aha-2020/tricuspid/severe",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-TR-01", Verification.FROM_KNOWLEDGE),
    when=at_least("tr_grade", SEVERE),
    message="Severe tricuspid regurgitation at left-sided valve surgery: tricuspid surgery is "
    "recommended.",
)

PROGRESSIVE_TR = _rule(
    id="acc-aha-2020/tricuspid/progressive",
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-TR-02", Verification.FROM_KNOWLEDGE),
    when=all_of(
        at_least("tr_grade", MILD),
        below("tr_grade", SEVERE),
        any_of(
            above("tricuspid_annulus_mm", ANNULUS_LIMIT), equals("right_heart_failure_ever", True)
        ),
    ),
    message="Progressive tricuspid regurgitation with an annulus of more than 40 mm, or signs of "
    "right heart failure before, at left-sided valve surgery: tricuspid surgery is reasonable.",
)

RULES = (SEVERE_TR, PROGRESSIVE_TR)
