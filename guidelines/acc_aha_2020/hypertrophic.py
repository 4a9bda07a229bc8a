"""Obstructive hypertrophic cardiomyopathy (AHA/ACC 2024; rows HCM-*).

The rules for chronic regurgitation are switched off there (SAFE-08); these speak instead.
"""

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import all_of, any_of, equals
from guidelines.documents import HYPERTROPHIC_2024
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Etiology, Loe, Scope, Verification

OBSTRUCTION = any_of(
    equals("sam_or_lvot_obstruction", True), equals("etiology", Etiology.SAM_OF_HCM)
)

NO_REPLACEMENT = Rule(
    id="acc-aha-2020/hypertrophic/no-replacement",
    edition=ACC_AHA_2020,
    section="AHA/ACC 2024 hypertrophic cardiomyopathy",
    cor=Cor.CLASS_3_HARM,
    loe=Loe.B_NR,
    source=Source("HCM-01", Verification.FROM_KNOWLEDGE, HYPERTROPHIC_2024),
    applies=all_of(OBSTRUCTION, equals("mitral_replacement_planned", True)),
    when=equals("septal_reduction_possible", True),
    advice=Advice.MITRAL_REPLACEMENT,
    message="Obstructive hypertrophic cardiomyopathy in which septal reduction is possible: no "
    "mitral replacement only to relieve the obstruction.",
    chapter=Chapter.PRIMARY,
    scope=Scope.ADULT,
)

HYPOTENSION = Rule(
    id="acc-aha-2020/hypertrophic/hypotension",
    edition=ACC_AHA_2020,
    section="AHA/ACC 2024 hypertrophic cardiomyopathy",
    cor=Cor.CLASS_1,
    loe=Loe.C_LD,
    source=Source("HCM-02", Verification.FROM_KNOWLEDGE, HYPERTROPHIC_2024),
    applies=OBSTRUCTION,
    when=equals("hypotensive_now", True),
    advice=Advice.SAME_DAY_CONTACT,
    message="Outflow obstruction with acute hypotension: fluids, a vasoconstrictor without "
    "inotropic effect, a beta blocker. No vasodilator and no inotrope.",
    chapter=Chapter.ACUTE,
    scope=Scope.ADULT,
)

RULES = (NO_REPLACEMENT, HYPOTENSION)
