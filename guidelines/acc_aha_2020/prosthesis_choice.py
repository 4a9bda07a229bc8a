"""Choice of prosthesis (section 11.1; rows AHA-PR-01 to AHA-PR-05).

The limits of the mitral position are below and from 65 years; the three bands of AHA-PR-05 are
aortic and never used for a mitral valve.
"""

from decimal import Decimal
from functools import partial

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import above, all_of, any_of, at_least, at_most, below, equals
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Loe, Scope, Verification

MITRAL_AGE = Decimal(65)  # years: below mechanical (AHA-PR-03), from it biological (AHA-PR-04)
AORTIC_YOUNG, AORTIC_OLD = Decimal(50), Decimal(65)  # years, aortic position only, AHA-PR-05

# A replacement is planned, or an intervention is indicated and a repair is judged not to last.
MITRAL_REPLACEMENT = any_of(
    equals("mitral_replacement_planned", True),
    all_of(equals("intervention_indicated_acc_aha", True), equals("durable_repair_likely", False)),
)
AORTIC_REPLACEMENT = equals("aortic_replacement_planned", True)

_rule = partial(
    Rule,
    edition=ACC_AHA_2020,
    section="11.1",
    applies=MITRAL_REPLACEMENT,
    chapter=Chapter.PROSTHESIS_CHOICE,
    scope=Scope.ADULT,
)
_KNOWN = Verification.FROM_KNOWLEDGE

SHARED_DECISION = _rule(
    id="acc-aha-2020/prosthesis-choice/shared-decision",
    cor=Cor.CLASS_1,
    loe=Loe.C_LD,
    source=Source("AHA-PR-01", _KNOWN),
    when=MITRAL_REPLACEMENT,
    advice=Advice.SHARED_DECISION,
    message="Before valve replacement: choose the prosthesis together with the patient, the "
    "risk of anticoagulation against that of a reintervention.",
)
NO_VKA = _rule(
    id="acc-aha-2020/prosthesis-choice/no-vka",
    cor=Cor.CLASS_1,
    loe=Loe.C_EO,
    source=Source("AHA-PR-02", _KNOWN),
    when=equals("vka_not_acceptable", True),
    advice=Advice.BIOLOGICAL_VALVE,
    message="Valve replacement at any age when a vitamin K antagonist is contraindicated, "
    "unmanageable or unwanted: a bioprosthesis.",
)
MECHANICAL = _rule(
    id="acc-aha-2020/prosthesis-choice/mechanical",
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-PR-03", _KNOWN),
    when=all_of(below("age_years", MITRAL_AGE), equals("vka_not_acceptable", False)),
    advice=Advice.MECHANICAL_VALVE,
    message="Mitral replacement below 65 years, repair not possible and a vitamin K antagonist "
    "acceptable: a mechanical prosthesis is reasonable.",
)
BIOLOGICAL = _rule(
    id="acc-aha-2020/prosthesis-choice/biological",
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-PR-04", _KNOWN),
    when=at_least("age_years", MITRAL_AGE),
    advice=Advice.BIOLOGICAL_VALVE,
    message="Mitral replacement from 65 years, repair not possible: a bioprosthesis is reasonable.",
)

_aortic = partial(
    _rule,
    cor=Cor.CLASS_2A,
    source=Source("AHA-PR-05", _KNOWN),
    applies=AORTIC_REPLACEMENT,
)
AORTIC_BELOW_50 = _aortic(
    id="acc-aha-2020/prosthesis-choice/aortic-below-50",
    loe=Loe.B_R,
    when=below("age_years", AORTIC_YOUNG),
    advice=Advice.MECHANICAL_VALVE,
    message="Aortic replacement below 50 years: a mechanical prosthesis is reasonable. Not for "
    "the mitral position.",
)
AORTIC_50_TO_65 = _aortic(
    id="acc-aha-2020/prosthesis-choice/aortic-50-to-65",
    loe=Loe.B_NR,
    when=all_of(at_least("age_years", AORTIC_YOUNG), at_most("age_years", AORTIC_OLD)),
    advice=Advice.SHARED_DECISION,
    message="Aortic replacement from 50 to 65 years: decide for the individual. Not for the "
    "mitral position.",
)
AORTIC_ABOVE_65 = _aortic(
    id="acc-aha-2020/prosthesis-choice/aortic-above-65",
    loe=Loe.B_R,
    when=above("age_years", AORTIC_OLD),
    advice=Advice.BIOLOGICAL_VALVE,
    message="Aortic replacement above 65 years: a bioprosthesis is reasonable. Not for the "
    "mitral position.",
)

RULES = (
    SHARED_DECISION,
    NO_VKA,
    MECHANICAL,
    BIOLOGICAL,
    AORTIC_BELOW_50,
    AORTIC_50_TO_65,
    AORTIC_ABOVE_65,
)
