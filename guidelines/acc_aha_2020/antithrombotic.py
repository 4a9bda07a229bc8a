"""Antithrombotic treatment and INR targets (section 11.3; rows AHA-OAC-11 to -23 and -28)."""

from decimal import Decimal
from functools import partial

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.catalogue.antithrombosis import (
    AorticMechanicalValve,
    BleedingRisk,
    ProcedurePlanned,
)
from guidelines.criteria import all_of, any_of, at_most, below, equals, negation, one_of
from guidelines.inr_schemes import (
    ANY_MECHANICAL,
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

FIRST_MONTHS = Decimal(3)  # months after surgery, AHA-OAC-20
LONGEST_VKA = Decimal(6)  # months after surgery, AHA-OAC-19
# The row prints "LV dysfunction" without a number; local reading, for the aortic position only.
LV_DYSFUNCTION = Decimal(50)  # percent, below, AHA-OAC-13

SURGICAL_BIOPROSTHESIS = equals("mitral_valve_state", MitralValveState.SURGICAL_BIOPROSTHESIS)
BIOPROSTHESIS_OR_RING = one_of(
    "mitral_valve_state",
    MitralValveState.SURGICAL_BIOPROSTHESIS,
    MitralValveState.TRANSCATHETER,
    MitralValveState.SURGICAL_REPAIR,
)
NO_OTHER_INDICATION = all_of(
    equals("atrial_fibrillation", False), equals("other_anticoagulation_indication", False)
)
LOW_BLEEDING_RISK = equals("bleeding_risk", BleedingRisk.LOW)
DOAC = any_of(equals("takes_doac", True), equals("doac_planned", True))
AORTIC_RISK_FACTOR = any_of(
    equals("atrial_fibrillation", True),
    equals("thromboembolism_ever", True),
    below("lvef_percent", LV_DYSFUNCTION),
    equals("hypercoagulable_state", True),
    equals("aortic_mechanical_valve", AorticMechanicalValve.OLDER),
)
AORTIC_ALONE = all_of(AORTIC_MECHANICAL, NO_MITRAL_MECHANICAL)

INR_SCHEME = InrScheme(
    ACC_AHA_2020,
    (
        choice("3.0", "AHA-OAC-11", MITRAL_MECHANICAL),
        choice("2.5", "AHA-OAC-12", all_of(AORTIC_ALONE, negation(AORTIC_RISK_FACTOR))),
        choice("3.0", "AHA-OAC-13", all_of(AORTIC_ALONE, AORTIC_RISK_FACTOR)),
    ),
    (
        (
            all_of(MITRAL_MECHANICAL, equals("embolism_at_target_inr", True)),
            "After embolism at the target INR: 4.0 (3.5 to 4.0) or aspirin added is reasonable, "
            "after weighing bleeding (AHA-OAC-16).",
        ),
        (
            all_of(MITRAL_MECHANICAL, equals("on_x_valve", True)),
            "On-X in the mitral position: a lower INR was not shown to be as good; keep 3.0 "
            "(AHA-OAC-22).",
        ),
    ),
)

_rule = partial(
    Rule,
    edition=ACC_AHA_2020,
    section="11.3",
    chapter=Chapter.ANTITHROMBOTIC,
    scope=Scope.ADULT,
)
_KNOWN, _SECOND = Verification.FROM_KNOWLEDGE, Verification.SECONDARY_SOURCE

# Where the population is the whole condition, ``applies`` and ``when`` are the same.
MITRAL_INR = _rule(
    id="acc-aha-2020/antithrombotic/mitral-inr",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-OAC-11", _KNOWN),
    applies=MITRAL_MECHANICAL,
    when=MITRAL_MECHANICAL,
    advice=Advice.INR_TARGET,
    message="Mechanical mitral valve: an INR of 3.0 (2.5 to 3.5) is the target, for every model.",
)
AORTIC_INR = _rule(
    id="acc-aha-2020/antithrombotic/aortic-inr",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-OAC-12", _KNOWN),
    applies=AORTIC_ALONE,
    when=negation(AORTIC_RISK_FACTOR),
    advice=Advice.INR_TARGET,
    message="Mechanical aortic valve of a current model without a risk factor, and no mechanical "
    "mitral valve: an INR of 2.5 is the target.",
)
AORTIC_INR_WITH_FACTOR = _rule(
    id="acc-aha-2020/antithrombotic/aortic-inr-with-factor",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-OAC-13", _KNOWN),
    applies=AORTIC_ALONE,
    when=AORTIC_RISK_FACTOR,
    advice=Advice.INR_TARGET,
    message="Mechanical aortic valve of an older model or with a risk factor, and no mechanical "
    "mitral valve: an INR of 3.0 is the target.",
)
LIFELONG_VKA = _rule(
    id="acc-aha-2020/antithrombotic/lifelong-vka",
    cor=Cor.CLASS_1,
    loe=Loe.A,
    source=Source("AHA-OAC-14", _KNOWN),
    applies=ANY_MECHANICAL,
    when=ANY_MECHANICAL,
    advice=Advice.VKA,
    message="Mechanical valve: a vitamin K antagonist for life.",
)
ASPIRIN_ADDED = _rule(
    id="acc-aha-2020/antithrombotic/aspirin-added",
    cor=Cor.CLASS_2B,
    loe=Loe.B_R,
    source=Source("AHA-OAC-15", _KNOWN),
    applies=all_of(ANY_MECHANICAL, equals("takes_vka", True)),
    when=all_of(equals("antiplatelet_indication", True), LOW_BLEEDING_RISK),
    advice=Advice.ANTIPLATELET,
    message="Mechanical valve on a vitamin K antagonist: aspirin 75 to 100 mg may be added only "
    "for a reason of its own and when the bleeding risk is low.",
)
EMBOLISM_AT_TARGET = _rule(
    id="acc-aha-2020/antithrombotic/embolism-at-target",
    cor=Cor.CLASS_2A,
    loe=Loe.C_EO,
    source=Source("AHA-OAC-16", _KNOWN),
    applies=MITRAL_MECHANICAL,
    when=equals("embolism_at_target_inr", True),
    advice=Advice.INR_TARGET,
    message="Mechanical mitral valve with an embolism while the INR was in range: a goal of 4.0 "
    "(3.5 to 4.0), or aspirin 75 to 100 mg added, is reasonable after weighing bleeding.",
)
NO_DOAC = _rule(
    id="acc-aha-2020/antithrombotic/no-doac",
    cor=Cor.CLASS_3_HARM,
    # Printed B-R for dabigatran and C-EO for anti-Xa drugs; the weaker is shown.
    loe=Loe.C_EO,
    source=Source("AHA-OAC-17", _KNOWN),
    applies=ANY_MECHANICAL,
    when=DOAC,
    advice=Advice.DOAC,
    message="Mechanical valve: dabigatran and the anti-Xa anticoagulants must not be used; they "
    "do harm. A vitamin K antagonist is the only oral anticoagulant.",
)
ASPIRIN_AFTER_BIOPROSTHESIS = _rule(
    id="acc-aha-2020/antithrombotic/aspirin-after-bioprosthesis",
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-OAC-18", _KNOWN),
    applies=SURGICAL_BIOPROSTHESIS,
    when=NO_OTHER_INDICATION,
    advice=Advice.ANTIPLATELET,
    message="Surgical bioprosthesis without another reason for anticoagulation: aspirin 75 to "
    "100 mg a day is reasonable.",
)
VKA_AFTER_BIOPROSTHESIS = _rule(
    id="acc-aha-2020/antithrombotic/vka-after-bioprosthesis",
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-OAC-19", _KNOWN),
    applies=all_of(
        SURGICAL_BIOPROSTHESIS, at_most("months_since_mitral_intervention", LONGEST_VKA)
    ),
    when=LOW_BLEEDING_RISK,
    advice=Advice.VKA,
    message="New surgical bioprosthesis and a low bleeding risk: a vitamin K antagonist with an "
    "INR of 2.5 for at least three and up to six months is reasonable.",
)
AFTER_REPAIR = _rule(
    id="acc-aha-2020/antithrombotic/after-repair",
    cor=None,
    loe=None,
    source=Source("AHA-OAC-20", _KNOWN),
    applies=all_of(
        equals("mitral_valve_state", MitralValveState.SURGICAL_REPAIR),
        at_most("months_since_mitral_intervention", FIRST_MONTHS),
    ),
    when=equals("atrial_fibrillation", False),
    advice=Advice.ORAL_ANTICOAGULATION,
    message="First three months after surgical repair in sinus rhythm: no numbered "
    "recommendation; three months of a vitamin K antagonist or aspirin is common practice.",
)
BRIDGING = _rule(
    id="acc-aha-2020/antithrombotic/bridging",
    cor=Cor.CLASS_2A,
    loe=Loe.C_LD,
    source=Source("AHA-OAC-21", _KNOWN),
    applies=MITRAL_MECHANICAL,
    when=equals("procedure_planned", ProcedurePlanned.MAJOR),
    advice=Advice.BRIDGING,
    message="Mechanical mitral valve before a procedure for which anticoagulation is "
    "interrupted: bridging while the INR is low is reasonable, decided for the individual.",
)
ON_X = _rule(
    id="acc-aha-2020/antithrombotic/on-x",
    cor=None,
    loe=None,
    source=Source("AHA-OAC-22", _SECOND),
    applies=MITRAL_MECHANICAL,
    when=equals("on_x_valve", True),
    advice=Advice.INR_TARGET,
    message="On-X in the mitral position: an INR of 2.0 to 2.5 was not shown to be as good; "
    "keep the target of 3.0.",
)
MINOR_PROCEDURE = _rule(
    id="acc-aha-2020/antithrombotic/minor-procedure",
    cor=Cor.CLASS_1,
    loe=Loe.C_EO,
    source=Source("AHA-OAC-23", _KNOWN),
    applies=ANY_MECHANICAL,
    when=equals("procedure_planned", ProcedurePlanned.MINOR),
    advice=Advice.VKA,
    message="Mechanical valve before a minor procedure: continue the vitamin K antagonist with "
    "the INR in range.",
)
BRIDGING_OF_BIOPROSTHESIS = _rule(
    id="acc-aha-2020/antithrombotic/bridging-of-bioprosthesis",
    cor=Cor.CLASS_2A,
    loe=Loe.C_LD,
    source=Source("AHA-OAC-28", _KNOWN),
    applies=all_of(BIOPROSTHESIS_OR_RING, equals("atrial_fibrillation", True)),
    when=equals("procedure_planned", ProcedurePlanned.MAJOR),
    advice=Advice.BRIDGING,
    message="Bioprosthesis or ring with atrial fibrillation before a procedure: decide on "
    "bridging by CHA2DS2-VASc against bleeding.",
)

RULES = (
    MITRAL_INR,
    AORTIC_INR,
    AORTIC_INR_WITH_FACTOR,
    LIFELONG_VKA,
    ASPIRIN_ADDED,
    EMBOLISM_AT_TARGET,
    NO_DOAC,
    ASPIRIN_AFTER_BIOPROSTHESIS,
    VKA_AFTER_BIOPROSTHESIS,
    AFTER_REPAIR,
    BRIDGING,
    ON_X,
    MINOR_PROCEDURE,
    BRIDGING_OF_BIOPROSTHESIS,
)
