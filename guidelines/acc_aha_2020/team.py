"""Heart team and valve center (ACC/AHA 2020; rows AHA-TM-*)."""

from functools import partial

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import any_of, equals
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Loe, Scope, Verification

_rule = partial(
    Rule,
    edition=ACC_AHA_2020,
    section="2.6",
    chapter=Chapter.TEAM,
    scope=Scope.ADULT,
    applies=equals("severe_mr_acc_aha", True),
)

HEART_TEAM = _rule(
    id="acc-aha-2020/team/heart-team",
    cor=Cor.CLASS_1,
    loe=Loe.C_EO,
    source=Source("AHA-TM-01", Verification.FROM_KNOWLEDGE),
    when=equals("intervention_indicated_acc_aha", True),
    advice=Advice.HEART_TEAM,
    message="Severe MR with an intervention considered: review by a multidisciplinary team.",
)

VALVE_CENTER = _rule(
    id="acc-aha-2020/team/valve-center",
    cor=Cor.CLASS_2A,
    loe=Loe.C_LD,
    source=Source("AHA-TM-02", Verification.FROM_KNOWLEDGE),
    when=any_of(
        equals("symptomatic", False),
        equals("repair_or_replacement_in_question", True),
        equals("multimorbidity", True),
    ),
    advice=Advice.VALVE_CENTER,
    message="Severe MR without symptoms, or with repair or replacement in question, or with "
    "several serious diseases: consult or refer to a Primary or Comprehensive Valve Center.",
)

RULES = (HEART_TEAM, VALVE_CENTER)
