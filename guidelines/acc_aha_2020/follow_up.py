"""Follow-up intervals (ACC/AHA 2020, Table 4; rows AHA-FU-*, AHA-PD-06).

A rule that is met names the interval that governs; the dates are for ``guidelines.surveillance``.
The intervals of Table 4 hold only without symptoms, of a native valve, with a normal left
ventricle and no other lesion: never for C2, D, a prosthesis, a repair or an unknown grade.
"""

from decimal import Decimal
from functools import partial

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import above, all_of, at_least, at_most, below, equals, one_of
from guidelines.rule import Rule, Source
from guidelines.vocabulary import (
    Advice,
    Chapter,
    Cor,
    Loe,
    Mechanism,
    MitralValveState,
    Scope,
    Verification,
)

MILD, MODERATE, MODERATE_TO_SEVERE = Decimal(1), Decimal(2), Decimal(3)  # grades
LVEF_LIMIT = Decimal(60)  # percent, above: normal (Table 17)
LVESD_LIMIT = Decimal(40)  # mm, below: normal (Table 17)
ONE_YEAR = Decimal(1)  # years after an intervention (AHA-FU-11)

ADULT = at_least("age_years", Decimal(18))  # years, SAFE-01; always so behind the gate
NORMAL_LV = all_of(above("lvef_percent", LVEF_LIMIT), below("lvesd_mm", LVESD_LIMIT))
TABLE_4 = all_of(equals("symptomatic", False), NORMAL_LV, equals("other_valve_disease", False))
BASELINE_DONE = equals("baseline_echo_after_intervention", True)

_interval = partial(
    Rule,
    edition=ACC_AHA_2020,
    section="Table 4",
    chapter=Chapter.FOLLOW_UP,
    advice=Advice.FOLLOW_UP,
)
_native = partial(_interval, cor=None, loe=None, scope=Scope.NATIVE_CHRONIC, applies=TABLE_4)
_after = partial(_interval, section="11.1", scope=Scope.PROSTHESIS)

MILD_MR = _native(
    id="acc-aha-2020/follow-up/mild",
    source=Source("AHA-FU-01", Verification.SECONDARY_SOURCE),
    when=at_most("mr_grade", MILD),
    message="Mild MR, stage B: echo every 3 to 5 years.",
)

MODERATE_MR = _native(
    id="acc-aha-2020/follow-up/moderate",
    source=Source("AHA-FU-02", Verification.SECONDARY_SOURCE),
    when=all_of(at_least("mr_grade", MODERATE), below("mr_grade", MODERATE_TO_SEVERE)),
    message="Moderate MR, stage B: echo every 1 to 2 years.",
)

# Moderate to severe is followed as severe (safety D2, intermediate).
SEVERE_MR = _native(
    id="acc-aha-2020/follow-up/severe",
    source=Source("AHA-FU-03", Verification.SECONDARY_SOURCE),
    when=at_least("mr_grade", MODERATE_TO_SEVERE),
    message="Severe MR, stage C1: echo every 6 to 12 months, more often while the left ventricle "
    "dilates.",
)

SEVERE_PRIMARY = _interval(
    id="acc-aha-2020/follow-up/severe-primary",
    section="7.2.2",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-PD-06", Verification.FROM_KNOWLEDGE),
    applies=all_of(
        equals("severe_mr_acc_aha", True),
        one_of("mechanism", Mechanism.PRIMARY, Mechanism.MIXED),
        equals("symptomatic", False),
    ),
    when=NORMAL_LV,
    scope=Scope.NATIVE_CHRONIC,
    message="Asymptomatic severe primary MR (C1): transthoracic echo every 6 to 12 months for "
    "LVEF, LVEDD, LVESD and pulmonary pressure.",
)

CHANGE = _interval(
    id="acc-aha-2020/follow-up/change",
    cor=None,
    loe=None,
    source=Source("AHA-FU-04", Verification.FROM_KNOWLEDGE),
    applies=ADULT,
    when=equals("symptoms_or_signs_changed", True),
    scope=Scope.ADULT,
    message="Symptoms or signs changed: echo now, whatever the interval.",
)

BASELINE = _after(
    id="acc-aha-2020/follow-up/baseline",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-FU-05", Verification.FROM_KNOWLEDGE),
    applies=ADULT,
    when=equals("baseline_echo_after_intervention", False),
    message="After a valve intervention: baseline transthoracic echo at 1 to 3 months.",
)

MECHANICAL = _after(
    id="acc-aha-2020/follow-up/mechanical",
    cor=None,
    loe=None,
    source=Source("AHA-FU-06", Verification.SECONDARY_SOURCE),
    applies=equals("mitral_valve_state", MitralValveState.MECHANICAL),
    when=BASELINE_DONE,
    message="Mechanical valve, baseline echo done: no routine echo, but one on any clinical "
    "change.",
)

BIOPROSTHESIS = _after(
    id="acc-aha-2020/follow-up/bioprosthesis",
    cor=Cor.CLASS_2A,
    loe=Loe.C_LD,
    source=Source("AHA-FU-07", Verification.FROM_KNOWLEDGE),
    applies=equals("mitral_valve_state", MitralValveState.SURGICAL_BIOPROSTHESIS),
    when=BASELINE_DONE,
    message="Surgical bioprosthesis: echo at 5 and 10 years, then yearly.",
)

TRANSCATHETER = _after(
    id="acc-aha-2020/follow-up/transcatheter-prosthesis",
    cor=None,
    loe=None,
    source=Source("AHA-FU-08", Verification.SECONDARY_SOURCE),
    applies=equals("mitral_valve_state", MitralValveState.TRANSCATHETER),
    when=BASELINE_DONE,
    message="Transcatheter prosthesis: echo yearly.",
)

REPAIR = _after(
    id="acc-aha-2020/follow-up/surgical-repair",
    cor=None,
    loe=None,
    source=Source("AHA-FU-09", Verification.SECONDARY_SOURCE),
    applies=equals("mitral_valve_state", MitralValveState.SURGICAL_REPAIR),
    when=BASELINE_DONE,
    message="Surgical repair: echo at 1 year, then every 2 to 3 years.",
)

TEER = _after(
    id="acc-aha-2020/follow-up/edge-to-edge-repair",
    cor=None,
    loe=None,
    source=Source("AHA-FU-10", Verification.SECONDARY_SOURCE),
    applies=equals("mitral_valve_state", MitralValveState.TEER),
    when=BASELINE_DONE,
    message="Edge-to-edge repair: echo yearly.",
)

VISITS = _after(
    id="acc-aha-2020/follow-up/visits",
    cor=None,
    loe=None,
    source=Source("AHA-FU-11", Verification.SECONDARY_SOURCE),
    applies=ADULT,
    when=at_least("years_since_mitral_intervention", ONE_YEAR),
    message="A year or more after a valve intervention: a clinic visit every year.",
)

RULES = (
    MILD_MR,
    MODERATE_MR,
    SEVERE_MR,
    SEVERE_PRIMARY,
    CHANGE,
    BASELINE,
    MECHANICAL,
    BIOPROSTHESIS,
    TRANSCATHETER,
    REPAIR,
    TEER,
    VISITS,
)
