"""Endocarditis: blood cultures and early surgery (ACC/AHA 2020; rows AHA-IES-*)."""

from decimal import Decimal
from functools import partial

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import above, all_of, any_of, at_least, below, equals, one_of
from guidelines.gates import PROSTHESES
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Loe, MitralValveState, Scope, Verification

CULTURE_SETS = Decimal(2)  # sets, at least, before antibiotics (AHA-IES-01)
PERSISTENCE_DAYS = Decimal(5)  # days on treatment, more than (AHA-IES-03)
RECURRENT_EMBOLI = Decimal(2)  # events on treatment, at least: "recurrent" (AHA-IES-05)
VEGETATION_LIMIT = Decimal(10)  # mm, more than (AHA-IES-06)

ADULT = at_least("age_years", Decimal(18))  # years, SAFE-01; always so behind the gate
PROSTHETIC_VALVE = any_of(
    one_of("mitral_valve_state", *PROSTHESES), equals("other_valve_prosthesis", True)
)

_tests = partial(
    Rule,
    edition=ACC_AHA_2020,
    section="12",
    chapter=Chapter.ENDOCARDITIS,
    scope=Scope.ADULT,
    applies=equals("unexplained_fever", True),
)
_early_surgery = partial(
    Rule,
    edition=ACC_AHA_2020,
    section="12",
    chapter=Chapter.ENDOCARDITIS,
    scope=Scope.ENDOCARDITIS,
    advice=Advice.EARLY_SURGERY,
    is_timing=True,
)

CULTURES = _tests(
    id="acc-aha-2020/endocarditis/blood-cultures",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-IES-01", Verification.SECONDARY_SOURCE),
    when=below("blood_culture_sets", CULTURE_SETS),
    advice=Advice.BLOOD_CULTURES,
    message="Valve disease or prosthesis with unexplained fever: take at least two sets of blood "
    "cultures.",
)

NO_BLIND_ANTIBIOTICS = _tests(
    id="acc-aha-2020/endocarditis/no-antibiotics-before-cultures",
    cor=Cor.CLASS_3_HARM,
    loe=Loe.C_LD,
    source=Source("AHA-IES-02", Verification.FROM_KNOWLEDGE),
    when=all_of(
        below("blood_culture_sets", CULTURE_SETS), equals("antibiotics_started_or_planned", True)
    ),
    advice=Advice.ANTIBIOTICS,
    message="Valve disease with unexplained fever and no cultures yet: do not begin antibiotics "
    "before blood cultures are taken.",
)

EARLY = _early_surgery(
    id="acc-aha-2020/endocarditis/early-surgery",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-IES-03", Verification.FROM_KNOWLEDGE),
    applies=ADULT,
    when=any_of(
        equals("endocarditis_heart_failure", True),
        equals("endocarditis_refractory_edema_or_shock", True),
        equals("endocarditis_staphylococcus_aureus", True),
        equals("endocarditis_fungal_or_multiresistant", True),
        equals("endocarditis_locally_uncontrolled", True),
        above("endocarditis_days_cultures_positive", PERSISTENCE_DAYS),
        above("endocarditis_days_fever", PERSISTENCE_DAYS),
    ),
    message="Endocarditis with heart failure by the valve, Staphylococcus aureus, fungi or highly "
    "resistant bacteria, heart block, abscess or destruction, or bacteremia or fever for more "
    "than 5 days on treatment: early surgery, in the same admission.",
)

RELAPSE = _early_surgery(
    id="acc-aha-2020/endocarditis/prosthetic-relapse",
    cor=Cor.CLASS_1,
    loe=Loe.C_LD,
    source=Source("AHA-IES-04", Verification.FROM_KNOWLEDGE),
    applies=PROSTHETIC_VALVE,
    when=equals("endocarditis_relapse", True),
    message="Prosthetic endocarditis that relapsed: surgery is recommended.",
)

EMBOLI = _early_surgery(
    id="acc-aha-2020/endocarditis/recurrent-emboli",
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-IES-05", Verification.FROM_KNOWLEDGE),
    applies=ADULT,
    when=all_of(
        at_least("endocarditis_embolic_events", RECURRENT_EMBOLI),
        equals("vegetation_persistent", True),
    ),
    message="Endocarditis with recurrent emboli and a vegetation that persists on treatment: "
    "early surgery is reasonable.",
)

LARGE_VEGETATION = _early_surgery(
    id="acc-aha-2020/endocarditis/large-mobile-vegetation",
    cor=Cor.CLASS_2B,
    loe=Loe.B_NR,
    source=Source("AHA-IES-06", Verification.FROM_KNOWLEDGE),
    applies=equals("mitral_valve_state", MitralValveState.NATIVE),
    when=all_of(above("vegetation_length_mm", VEGETATION_LIMIT), equals("vegetation_mobile", True)),
    message="Native left-sided endocarditis with a mobile vegetation of more than 10 mm: early "
    "surgery may be considered.",
)

RULES = (CULTURES, NO_BLIND_ANTIBIOTICS, EARLY, RELAPSE, EMBOLI, LARGE_VEGETATION)
