"""Bleeding and INR emergencies (section 11.9; rows AHA-OAC-24 to AHA-OAC-27)."""

from decimal import Decimal
from functools import partial

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.acc_aha_2020.antithrombotic import BIOPROSTHESIS_OR_RING
from guidelines.catalogue.antithrombosis import BleedingNow
from guidelines.criteria import above, all_of, equals
from guidelines.inr_schemes import ANY_MECHANICAL
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Cor, Loe, Scope, Verification

HIGH_INR = Decimal("5.0")  # above, AHA-OAC-26

NOT_CONTROLLABLE = equals("bleeding_now", BleedingNow.UNCONTROLLABLE)

_rule = partial(
    Rule,
    edition=ACC_AHA_2020,
    section="11.9",
    chapter=Chapter.BLEEDING,
    scope=Scope.ADULT,
    advice=Advice.REVERSAL,
)
_KNOWN = Verification.FROM_KNOWLEDGE

EMERGENCY_SURGERY = _rule(
    id="acc-aha-2020/bleeding/emergency-surgery",
    cor=Cor.CLASS_2A,
    loe=Loe.C_LD,
    source=Source("AHA-OAC-24", _KNOWN),
    applies=equals("takes_vka", True),
    when=equals("emergency_surgery_needed", True),
    message="On a vitamin K antagonist and in need of emergency surgery: four-factor prothrombin "
    "complex concentrate is reasonable.",
)
UNCONTROLLABLE = _rule(
    id="acc-aha-2020/bleeding/uncontrollable",
    cor=Cor.CLASS_2A,
    loe=Loe.C_LD,
    source=Source("AHA-OAC-25", _KNOWN),
    applies=ANY_MECHANICAL,
    when=NOT_CONTROLLABLE,
    message="Mechanical valve and bleeding that cannot be controlled: four-factor prothrombin "
    "complex concentrate is reasonable.",
)
VITAMIN_K = _rule(
    id="acc-aha-2020/bleeding/vitamin-k",
    cor=Cor.CLASS_2A,
    loe=Loe.C_LD,
    source=Source("AHA-OAC-25", _KNOWN),
    applies=ANY_MECHANICAL,
    when=all_of(NOT_CONTROLLABLE, equals("vka_resumed_within_7_days", False)),
    message="Mechanical valve and bleeding that cannot be controlled, when the vitamin K "
    "antagonist will not be resumed within seven days: intravenous vitamin K besides the "
    "concentrate is reasonable.",
)
HIGH_INR_WITHOUT_BLEEDING = _rule(
    id="acc-aha-2020/bleeding/high-inr",
    cor=Cor.CLASS_2B,
    loe=Loe.C_LD,
    source=Source("AHA-OAC-26", _KNOWN),
    applies=ANY_MECHANICAL,
    when=all_of(above("inr", HIGH_INR), equals("bleeding_now", BleedingNow.NONE)),
    message="Mechanical valve, INR above 5.0 and no bleeding: hold the vitamin K antagonist; the "
    "benefit of oral vitamin K is uncertain, decide for the individual.",
)
DOAC_REVERSAL = _rule(
    id="acc-aha-2020/bleeding/doac-reversal",
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-OAC-27", _KNOWN),
    applies=all_of(BIOPROSTHESIS_OR_RING, equals("takes_doac", True)),
    when=NOT_CONTROLLABLE,
    message="Bioprosthesis or ring on a direct oral anticoagulant and bleeding that cannot be "
    "controlled: idarucizumab or andexanet, by the drug taken, is reasonable.",
)

RULES = (EMERGENCY_SURGERY, UNCONTROLLABLE, VITAMIN_K, HIGH_INR_WITHOUT_BLEEDING, DOAC_REVERSAL)
