"""Rheumatic disease: secondary prophylaxis, and when it is stenosis (rows AHA-RF-01, AHA-MX-01).

Each duration is the longer of some years after the last attack and an age, so prophylaxis goes on
as long as either has not been reached.
"""

from decimal import Decimal
from functools import partial

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import all_of, any_of, at_most, below, equals, negation
from guidelines.gates import STENOSIS_MVA
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Etiology, Loe, Scope, Verification

RESIDUAL_YEARS, RESIDUAL_AGE = Decimal(10), Decimal(40)  # years, AHA-RF-01
CARDITIS_YEARS, CARDITIS_AGE = Decimal(10), Decimal(21)  # years, AHA-RF-01
NO_CARDITIS_YEARS, NO_CARDITIS_AGE = Decimal(5), Decimal(21)  # years, AHA-RF-01

RHEUMATIC_VALVE = equals("etiology", Etiology.RHEUMATIC)
RHEUMATIC_FEVER = equals("rheumatic_fever_ever", True)
# A rheumatic valve that leaks is residual disease.
RESIDUAL = any_of(
    RHEUMATIC_VALVE, all_of(RHEUMATIC_FEVER, equals("rheumatic_residual_disease", True))
)
NO_RESIDUAL = all_of(
    RHEUMATIC_FEVER, negation(RHEUMATIC_VALVE), equals("rheumatic_residual_disease", False)
)

_prophylaxis = partial(
    Rule,
    edition=ACC_AHA_2020,
    section="2.4.1",
    cor=Cor.CLASS_1,
    loe=Loe.C_EO,
    source=Source("AHA-RF-01", Verification.FROM_KNOWLEDGE),
    chapter=Chapter.RHEUMATIC,
    scope=Scope.ADULT,
    advice=Advice.ANTIBIOTICS,
)

WITH_RESIDUAL_DISEASE = _prophylaxis(
    id="acc-aha-2020/rheumatic/residual-disease",
    applies=RESIDUAL,
    when=any_of(
        below("years_since_rheumatic_fever", RESIDUAL_YEARS), below("age_years", RESIDUAL_AGE)
    ),
    message="Rheumatic heart disease: prophylaxis of further attacks for 10 years after the last "
    "one or to the age of 40, whichever is longer.",
)

AFTER_CARDITIS = _prophylaxis(
    id="acc-aha-2020/rheumatic/carditis",
    applies=all_of(NO_RESIDUAL, equals("rheumatic_carditis", True)),
    when=any_of(
        below("years_since_rheumatic_fever", CARDITIS_YEARS), below("age_years", CARDITIS_AGE)
    ),
    message="Rheumatic fever with carditis and no residual disease: prophylaxis of further "
    "attacks for 10 years after the last one or to the age of 21, whichever is longer.",
)

WITHOUT_CARDITIS = _prophylaxis(
    id="acc-aha-2020/rheumatic/no-carditis",
    applies=all_of(NO_RESIDUAL, equals("rheumatic_carditis", False)),
    when=any_of(
        below("years_since_rheumatic_fever", NO_CARDITIS_YEARS),
        below("age_years", NO_CARDITIS_AGE),
    ),
    message="Rheumatic fever without carditis: prophylaxis of further attacks for 5 years after "
    "the last one or to the age of 21, whichever is longer.",
)

STAGED_AS_STENOSIS = Rule(
    id="acc-aha-2020/rheumatic/staged-as-stenosis",
    edition=ACC_AHA_2020,
    section="6.1",
    cor=None,
    loe=None,
    source=Source("AHA-MX-01", Verification.FROM_KNOWLEDGE),
    applies=RHEUMATIC_VALVE,
    when=at_most("mva_cm2", STENOSIS_MVA),
    advice=Advice.SPECIALIST,
    message="Rheumatic mitral disease with a valve area of 1.5 cm² or less: stage and treat it as "
    "mitral stenosis.",
    chapter=Chapter.RHEUMATIC,
    scope=Scope.ADULT,
)

RULES = (WITH_RESIDUAL_DISEASE, AFTER_CARDITIS, WITHOUT_CARDITIS, STAGED_AS_STENOSIS)
