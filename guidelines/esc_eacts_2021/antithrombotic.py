"""Antithrombotic treatment and INR targets of 2021 (rows ESC21-INR-05, ESC25-OAC-04)."""

from decimal import Decimal
from functools import partial

from guidelines.catalogue.antithrombosis import (
    AorticMechanicalValve,
    StenosisGrade,
    Thrombogenicity,
)
from guidelines.criteria import all_of, any_of, at_most, below, equals, negation, one_of
from guidelines.esc_eacts_2021 import ESC_EACTS_2021
from guidelines.inr_schemes import (
    AORTIC_MECHANICAL,
    MITRAL_MECHANICAL,
    NO_MITRAL_MECHANICAL,
    InrScheme,
    choice,
)
from guidelines.rule import Rule, Source
from guidelines.vocabulary import (
    Advice,
    Chapter,
    Cor,
    Loe,
    MitralValveState,
    Scope,
    Verification,
)

FACTOR_LVEF = Decimal(35)  # percent, below, ESC21-INR-05
FIRST_MONTHS = Decimal(3)  # months after surgery, ESC25-OAC-04

# The mitral position is itself a factor; these count in the aortic position.
FACTOR = any_of(
    equals("atrial_fibrillation", True),
    one_of("mitral_stenosis", StenosisGrade.MILD, StenosisGrade.MODERATE, StenosisGrade.SEVERE),
    equals("thromboembolism_ever", True),
    below("lvef_percent", FACTOR_LVEF),
)
LOW = all_of(MITRAL_MECHANICAL, equals("prosthesis_thrombogenicity", Thrombogenicity.LOW))
MEDIUM = all_of(MITRAL_MECHANICAL, equals("prosthesis_thrombogenicity", Thrombogenicity.MEDIUM))
HIGH = all_of(MITRAL_MECHANICAL, equals("prosthesis_thrombogenicity", Thrombogenicity.HIGH))
AORTIC_ALONE = all_of(AORTIC_MECHANICAL, NO_MITRAL_MECHANICAL)
AORTIC_CURRENT = all_of(
    equals("aortic_mechanical_valve", AorticMechanicalValve.CURRENT), NO_MITRAL_MECHANICAL
)
AORTIC_OLDER = all_of(
    equals("aortic_mechanical_valve", AorticMechanicalValve.OLDER), NO_MITRAL_MECHANICAL
)

ROW = "ESC21-INR-05"
INR_SCHEME = InrScheme(
    ESC_EACTS_2021,
    (
        choice("3.0", ROW, LOW),
        choice("3.5", ROW, MEDIUM),
        choice("4.0", ROW, HIGH),
        choice("2.5", ROW, all_of(AORTIC_CURRENT, negation(FACTOR))),
        choice("3.0", ROW, all_of(AORTIC_CURRENT, FACTOR)),
        choice("3.5", ROW, all_of(AORTIC_OLDER, negation(FACTOR))),
        choice("4.0", ROW, all_of(AORTIC_OLDER, FACTOR)),
    ),
)

_rule = partial(
    Rule,
    edition=ESC_EACTS_2021,
    section="11.3",
    cor=None,
    loe=None,
    source=Source(ROW, Verification.PRIMARY_DOCUMENT),
    advice=Advice.INR_TARGET,
    chapter=Chapter.ANTITHROMBOTIC,
    scope=Scope.ADULT,
)

INR_LOW = _rule(
    id="esc-eacts-2021/antithrombotic/inr-low-thrombogenicity",
    applies=MITRAL_MECHANICAL,
    when=LOW,
    message="Mechanical mitral valve of low thrombogenicity: an INR of 3.0 is the target; the "
    "mitral position is itself a factor.",
)
INR_MEDIUM = _rule(
    id="esc-eacts-2021/antithrombotic/inr-medium-thrombogenicity",
    applies=MITRAL_MECHANICAL,
    when=MEDIUM,
    message="Mechanical mitral valve of medium thrombogenicity: an INR of 3.5 is the target.",
)
INR_HIGH = _rule(
    id="esc-eacts-2021/antithrombotic/inr-high-thrombogenicity",
    applies=MITRAL_MECHANICAL,
    when=HIGH,
    message="Mechanical mitral valve of high thrombogenicity: an INR of 4.0 is the target.",
)
INR_AORTIC = _rule(
    id="esc-eacts-2021/antithrombotic/inr-aortic",
    applies=AORTIC_ALONE,
    when=negation(FACTOR),
    message="Mechanical aortic valve alone, without a factor: an INR of 2.5 is the target for a "
    "current model, 3.5 for a ball-cage or older tilting disc.",
)
INR_AORTIC_FACTOR = _rule(
    id="esc-eacts-2021/antithrombotic/inr-aortic-with-factor",
    applies=AORTIC_ALONE,
    when=FACTOR,
    message="Mechanical aortic valve alone, with a factor: an INR of 3.0 is the target for a "
    "current model, 4.0 for a ball-cage or older tilting disc.",
)
AFTER_REPAIR = _rule(
    id="esc-eacts-2021/antithrombotic/vka-after-repair",
    cor=Cor.CLASS_IIA,
    loe=Loe.C,
    source=Source("ESC25-OAC-04", Verification.PRIMARY_DOCUMENT),
    applies=all_of(
        equals("mitral_valve_state", MitralValveState.SURGICAL_REPAIR),
        at_most("months_since_mitral_intervention", FIRST_MONTHS),
    ),
    when=all_of(
        equals("atrial_fibrillation", False), equals("other_anticoagulation_indication", False)
    ),
    advice=Advice.VKA,
    message="First three months after surgical repair without another reason for "
    "anticoagulation: a vitamin K antagonist should be considered.",
)

RULES = (INR_LOW, INR_MEDIUM, INR_HIGH, INR_AORTIC, INR_AORTIC_FACTOR, AFTER_REPAIR)
