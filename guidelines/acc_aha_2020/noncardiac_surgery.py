"""Non-cardiac surgery (ACC/AHA 2020; rows AHA-NC-*), superseded in part by the 2024 guideline."""

from decimal import Decimal
from functools import partial

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import above, all_of, at_least, below, equals
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Loe, Scope, Verification

MODERATE = Decimal(2)  # grade, at least (AHA-NC-01)
# "Normal LV systolic function" without a number in the row: as stage C1 (Table 17).
LVEF_LIMIT = Decimal(60)  # percent, above
LVESD_LIMIT = Decimal(40)  # mm, below
SPAP_LIMIT = Decimal(50)  # mmHg, below (AHA-NC-01)

PLANNED = equals("noncardiac_surgery_planned", True)
ELECTIVE = all_of(PLANNED, equals("noncardiac_surgery_elective", True))

_rule = partial(
    Rule,
    edition=ACC_AHA_2020,
    section="15",
    chapter=Chapter.NONCARDIAC_SURGERY,
    scope=Scope.ADULT,
    # The 2024 AHA/ACC perioperative guideline; its rows are not in the tables yet.
    superseded_by="2024 AHA/ACC perioperative guideline",
)

REASONABLE = _rule(
    id="acc-aha-2020/noncardiac-surgery/reasonable",
    cor=Cor.CLASS_2A,
    loe=Loe.C_LD,
    source=Source("AHA-NC-01", Verification.FROM_KNOWLEDGE),
    applies=all_of(ELECTIVE, at_least("mr_grade", MODERATE)),
    when=all_of(
        equals("symptomatic", False),
        above("lvef_percent", LVEF_LIMIT),
        below("lvesd_mm", LVESD_LIMIT),
        below("spap_mmhg", SPAP_LIMIT),
    ),
    advice=Advice.NONCARDIAC_SURGERY,
    message="Moderate or more MR without symptoms, normal LV systolic function, pulmonary "
    "pressure below 50 mmHg: elective non-cardiac surgery is reasonable, with hemodynamic "
    "monitoring.",
)

ECHO_BEFORE = _rule(
    id="acc-aha-2020/noncardiac-surgery/echo-before",
    cor=Cor.CLASS_1,
    loe=Loe.C_EO,
    source=Source("AHA-NC-02", Verification.FROM_KNOWLEDGE),
    applies=PLANNED,
    when=equals("valve_disease_suspected", True),
    advice=Advice.ECHO,
    message="Valve disease of at least moderate degree suspected before non-cardiac surgery: echo "
    "first.",
)

INTERVENE_FIRST = _rule(
    id="acc-aha-2020/noncardiac-surgery/intervene-first",
    cor=Cor.CLASS_1,
    loe=Loe.C_LD,
    source=Source("AHA-NC-03", Verification.FROM_KNOWLEDGE),
    applies=ELECTIVE,
    when=equals("intervention_indicated_acc_aha", True),
    advice=Advice.MITRAL_INTERVENTION,
    message="Criteria for an intervention met before elective non-cardiac surgery: intervene on "
    "the valve first, if the urgency allows.",
)

RULES = (REASONABLE, ECHO_BEFORE, INTERVENE_FIRST)
