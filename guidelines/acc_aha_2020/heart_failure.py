"""Drugs of heart failure (AHA/ACC/HFSA 2022; rows HF22-GD-*, HF22-MR-*).

A rule on a drug is met when it is recommended and something is left to do: the drug is not taken,
or not at the highest tolerated dose, and nothing recorded speaks against it. Not met: it is taken
at that dose, or it cannot be given, and the criterion shows which.
"""

from decimal import Decimal

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.acc_aha_2020.secondary import SEVERE_SECONDARY_MR
from guidelines.criteria import (
    Criterion,
    above,
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    equals,
    negation,
)
from guidelines.documents import HEART_FAILURE_2022
from guidelines.regurgitation import SYMPTOMATIC_NYHA, SYMPTOMS_OF_HEART_FAILURE, THERAPY_OPTIMIZED
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Loe, Scope, Verification

REDUCED_LVEF = Decimal(40)  # percent, at or below: HFrEF (HF22-GD-01 to GD-04)
PRESERVED_LVEF = Decimal(50)  # percent, strictly below: mildly reduced (HF22-GD-05, 41 to 49)
HIGHEST_NYHA_FOR_ARNI = Decimal(3)  # NYHA class (HF22-GD-01)
LOWEST_EGFR = Decimal(30)  # mL/min/1.73 m2, strictly above (HF22-GD-03)
HIGHEST_POTASSIUM = Decimal("5.0")  # mmol/L, strictly below (HF22-GD-03)

HFREF = at_most("lvef_percent", REDUCED_LVEF)
MILDLY_REDUCED = all_of(
    above("lvef_percent", REDUCED_LVEF),
    below("lvef_percent", PRESERVED_LVEF),
    SYMPTOMS_OF_HEART_FAILURE,
)
RAAS_INHIBITOR_TAKEN = any_of(
    equals("takes_arni", True), equals("takes_ace_inhibitor", True), equals("takes_arb", True)
)
BETA_BLOCKER_TAKEN = equals("takes_evidence_based_beta_blocker", True)
MRA_TAKEN = equals("takes_mra", True)
SGLT2_INHIBITOR_TAKEN = equals("takes_sglt2_inhibitor", True)
MRA_IS_SAFE = all_of(
    above("egfr_ml_min", LOWEST_EGFR), below("potassium_mmol_l", HIGHEST_POTASSIUM)
)


def _to_do(pillar: str, taken: Criterion) -> Criterion:
    """The pillar is missing or can still be increased, and nothing stated speaks against it."""
    at_dose = all_of(taken, equals(f"{pillar}_at_tolerated_dose", True))
    return all_of(negation(at_dose), equals(f"{pillar}_not_possible", False))


RAAS_INHIBITOR_TO_DO = _to_do("raas_inhibitor", RAAS_INHIBITOR_TAKEN)
BETA_BLOCKER_TO_DO = _to_do("beta_blocker", BETA_BLOCKER_TAKEN)
MRA_TO_DO = all_of(_to_do("mra", MRA_TAKEN), MRA_IS_SAFE)
# Its dose is fixed: taken is enough.
SGLT2_INHIBITOR_TO_DO = all_of(
    negation(SGLT2_INHIBITOR_TAKEN), equals("sglt2_inhibitor_not_possible", False)
)
ARNI_TAKEN_OR_PLANNED = any_of(equals("takes_arni", True), equals("arni_planned", True))


def _rule(
    slug: str,
    row: str,
    cor: Cor,
    loe: Loe,
    *,
    applies: Criterion,
    when: Criterion,
    advice: Advice,
    message: str,
    scope: Scope = Scope.HEART_FAILURE,
) -> Rule:
    return Rule(
        id=f"acc-aha-2020/heart-failure/{slug}",
        edition=ACC_AHA_2020,
        section="AHA/ACC/HFSA 2022",
        cor=cor,
        loe=loe,
        source=Source(row, Verification.FROM_KNOWLEDGE, HEART_FAILURE_2022),
        applies=applies,
        when=when,
        advice=advice,
        message=message,
        chapter=Chapter.HEART_FAILURE,
        scope=scope,
    )


RAAS_INHIBITOR = _rule(
    "raas-inhibitor",
    "HF22-GD-01",
    Cor.CLASS_1,
    Loe.A,
    applies=all_of(
        HFREF,
        at_least("nyha_class", SYMPTOMATIC_NYHA),
        at_most("nyha_class", HIGHEST_NYHA_FOR_ARNI),
    ),
    when=RAAS_INHIBITOR_TO_DO,
    advice=Advice.RAAS_INHIBITOR,
    message="LVEF 40 % or less in NYHA class II or III: an ARNI is recommended, an ACE inhibitor "
    "where it is not feasible, an ARB where an ACE inhibitor is not tolerated; it is missing here "
    "or not at the highest tolerated dose. Never an ARNI after angioedema or within 36 hours of "
    "an ACE inhibitor.",
)

BETA_BLOCKER = _rule(
    "beta-blocker",
    "HF22-GD-02",
    Cor.CLASS_1,
    Loe.A,
    applies=HFREF,
    when=BETA_BLOCKER_TO_DO,
    advice=Advice.BETA_BLOCKER,
    message="LVEF 40 % or less: bisoprolol, carvedilol or metoprolol succinate is recommended; it "
    "is missing here or not at the highest tolerated dose.",
)

MRA = _rule(
    "mra",
    "HF22-GD-03",
    Cor.CLASS_1,
    Loe.A,
    applies=all_of(HFREF, at_least("nyha_class", SYMPTOMATIC_NYHA)),
    when=MRA_TO_DO,
    advice=Advice.MRA,
    message="LVEF 40 % or less in NYHA class II to IV, eGFR above 30 and potassium below 5.0 "
    "mmol/L: a mineralocorticoid antagonist is recommended; it is missing here or not at the "
    "highest tolerated dose.",
)

SGLT2_INHIBITOR = _rule(
    "sglt2-inhibitor",
    "HF22-GD-04",
    Cor.CLASS_1,
    Loe.A,
    applies=HFREF,
    when=SGLT2_INHIBITOR_TO_DO,
    advice=Advice.SGLT2_INHIBITOR,
    message="LVEF 40 % or less: an SGLT2 inhibitor is recommended, with or without diabetes; it "
    "is missing here.",
)


def _mildly_reduced(
    slug: str, cor: Cor, loe: Loe, when: Criterion, advice: Advice, drug: str
) -> Rule:
    verb = "is reasonable" if cor is Cor.CLASS_2A else "may be considered"
    return _rule(
        f"mildly-reduced-{slug}",
        "HF22-GD-05",
        cor,
        loe,
        applies=MILDLY_REDUCED,
        when=when,
        advice=advice,
        message=f"Heart failure with LVEF between 40 and 50 %: {drug} {verb}; it is missing here "
        "or can be increased.",
    )


MILDLY_REDUCED_RULES = (
    _mildly_reduced(
        "sglt2-inhibitor",
        Cor.CLASS_2A,
        Loe.B_R,
        SGLT2_INHIBITOR_TO_DO,
        Advice.SGLT2_INHIBITOR,
        "an SGLT2 inhibitor",
    ),
    _mildly_reduced(
        "raas-inhibitor",
        Cor.CLASS_2B,
        Loe.B_NR,
        RAAS_INHIBITOR_TO_DO,
        Advice.RAAS_INHIBITOR,
        "an ARNI, ACE inhibitor or ARB",
    ),
    _mildly_reduced(
        "beta-blocker",
        Cor.CLASS_2B,
        Loe.B_NR,
        BETA_BLOCKER_TO_DO,
        Advice.BETA_BLOCKER,
        "bisoprolol, carvedilol or metoprolol succinate",
    ),
    _mildly_reduced(
        "mra", Cor.CLASS_2B, Loe.B_NR, MRA_TO_DO, Advice.MRA, "a mineralocorticoid antagonist"
    ),
)

ARNI_AFTER_ACE_INHIBITOR = _rule(
    "arni-after-ace-inhibitor",
    "HF22-GD-06",
    Cor.CLASS_3_HARM,
    Loe.B_R,
    applies=ARNI_TAKEN_OR_PLANNED,
    when=any_of(equals("ace_inhibitor_within_36_hours", True), equals("takes_ace_inhibitor", True)),
    advice=Advice.RAAS_INHIBITOR,
    message="An ARNI must not be given with an ACE inhibitor or within 36 hours of its last dose.",
    scope=Scope.ADULT,
)

ARNI_AFTER_ANGIOEDEMA = _rule(
    "arni-after-angioedema",
    "HF22-GD-06",
    Cor.CLASS_3_HARM,
    Loe.C_LD,
    applies=ARNI_TAKEN_OR_PLANNED,
    when=equals("angioedema_ever", True),
    advice=Advice.RAAS_INHIBITOR,
    message="An ARNI must not be given to a person who ever had angioedema.",
    scope=Scope.ADULT,
)

THERAPY_BEFORE_INTERVENTION = _rule(
    "therapy-before-intervention",
    "HF22-MR-01",
    Cor.CLASS_1,
    Loe.C_LD,
    applies=all_of(SEVERE_SECONDARY_MR, HFREF),
    when=negation(THERAPY_OPTIMIZED),
    advice=Advice.MEDICAL_THERAPY,
    message="Severe secondary MR with heart failure and reduced LVEF: medical step first. Therapy "
    "is to be optimized before any intervention for the regurgitation; it is not optimized yet.",
    scope=Scope.NATIVE_CHRONIC,
)

IMAGING_ON_THERAPY = _rule(
    "imaging-on-therapy",
    "HF22-MR-02",
    Cor.CLASS_1,
    Loe.C_LD,
    applies=all_of(SEVERE_SECONDARY_MR, HFREF, THERAPY_OPTIMIZED),
    when=equals("reassessed_on_gdmt", False),
    advice=Advice.ECHO,
    message="Heart failure on optimized therapy, candidate for a device or procedure: LVEF and "
    "imaging are to be repeated on this therapy first.",
    scope=Scope.NATIVE_CHRONIC,
)

RULES = (
    RAAS_INHIBITOR,
    BETA_BLOCKER,
    MRA,
    SGLT2_INHIBITOR,
    *MILDLY_REDUCED_RULES,
    ARNI_AFTER_ACE_INHIBITOR,
    ARNI_AFTER_ANGIOEDEMA,
    THERAPY_BEFORE_INTERVENTION,
    IMAGING_ON_THERAPY,
)
