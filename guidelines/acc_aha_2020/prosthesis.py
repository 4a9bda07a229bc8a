"""Prosthesis and repaired valve: dysfunction, leak, thrombosis (rows AHA-PV-01 to AHA-PV-11).

The rules that say whether to intervene carry the headline of a patient with a prosthesis.
"""

from decimal import Decimal
from functools import partial

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import all_of, any_of, at_least, equals, one_of
from guidelines.gates import PROSTHESES, REPAIRED
from guidelines.rule import Rule, Source
from guidelines.vocabulary import (
    Advice,
    Chapter,
    Cor,
    Loe,
    MitralValveState,
    Scope,
    SurgicalRisk,
    Verification,
)

SEVERE_GRADE = Decimal(4)  # grade of regurgitation, severe
SEVERE_SYMPTOMS = Decimal(3)  # NYHA class, III or IV, AHA-PV-06 and -07

PROSTHESIS = one_of("mitral_valve_state", *PROSTHESES)
PROSTHESIS_OR_REPAIR = one_of("mitral_valve_state", *PROSTHESES, *REPAIRED)
MECHANICAL = equals("mitral_valve_state", MitralValveState.MECHANICAL)
BIOPROSTHESIS = one_of(
    "mitral_valve_state", MitralValveState.SURGICAL_BIOPROSTHESIS, MitralValveState.TRANSCATHETER
)
SYMPTOMS = equals("symptomatic", True)
SEVERE_REGURGITATION = at_least("prosthetic_regurgitation_grade", SEVERE_GRADE)
# Symptoms attributed to a severe leak are heart failure from the leak.
LEAK_WITH_HEART_FAILURE = any_of(
    equals("heart_failure_from_prosthetic_leak", True), all_of(SEVERE_REGURGITATION, SYMPTOMS)
)
LOW_RISK = equals("surgical_risk", SurgicalRisk.LOW)
RISK_NOT_HIGH = one_of("surgical_risk", SurgicalRisk.LOW, SurgicalRisk.INTERMEDIATE)
HIGH_RISK = one_of("surgical_risk", SurgicalRisk.HIGH, SurgicalRisk.PROHIBITIVE)

_rule = partial(
    Rule,
    edition=ACC_AHA_2020,
    section="11.6",
    chapter=Chapter.PROSTHESIS,
    scope=Scope.PROSTHESIS,
)
_KNOWN, _SECOND = Verification.FROM_KNOWLEDGE, Verification.SECONDARY_SOURCE

ECHO = _rule(
    id="acc-aha-2020/prosthesis/echo",
    cor=Cor.CLASS_1,
    loe=Loe.C_LD,
    source=Source("AHA-PV-01", _KNOWN),
    applies=PROSTHESIS_OR_REPAIR,
    when=equals("symptoms_or_signs_changed", True),
    advice=Advice.ECHO,
    message="Prosthesis or repaired valve with new symptoms or signs: repeat the transthoracic "
    "echo.",
)
FURTHER_IMAGING = _rule(
    id="acc-aha-2020/prosthesis/further-imaging",
    cor=Cor.CLASS_1,
    loe=Loe.C_LD,
    source=Source("AHA-PV-02", _KNOWN),
    applies=PROSTHESIS_OR_REPAIR,
    when=equals("prosthesis_echo_explains", False),
    advice=Advice.FURTHER_TESTS,
    message="Prosthesis or repaired valve, and the transthoracic echo does not explain the "
    "symptoms: TEE, gated CT or fluoroscopy, even when that echo is normal.",
)
SYMPTOMATIC_STENOSIS = _rule(
    id="acc-aha-2020/prosthesis/symptomatic-stenosis",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-PV-03", _KNOWN),
    applies=PROSTHESIS,
    when=all_of(equals("prosthetic_stenosis_severe", True), SYMPTOMS, RISK_NOT_HIGH),
    advice=Advice.REOPERATION,
    message="Severe stenosis of the prosthesis with symptoms, at a risk that is not high: "
    "reoperation.",
    is_timing=True,
)
LEAK = _rule(
    id="acc-aha-2020/prosthesis/leak",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-PV-04", _KNOWN),
    applies=PROSTHESIS,
    when=all_of(
        any_of(equals("hemolysis_intractable", True), LEAK_WITH_HEART_FAILURE), RISK_NOT_HIGH
    ),
    advice=Advice.REOPERATION,
    message="Leak through or beside the prosthesis with intractable hemolysis or heart failure, "
    "at a risk that is not high: surgery.",
    is_timing=True,
)
ASYMPTOMATIC_REGURGITATION = _rule(
    id="acc-aha-2020/prosthesis/asymptomatic-regurgitation",
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-PV-05", _KNOWN),
    applies=all_of(PROSTHESIS, equals("symptomatic", False)),
    when=all_of(SEVERE_REGURGITATION, LOW_RISK),
    advice=Advice.REOPERATION,
    message="Severe regurgitation of the prosthesis without symptoms, at low risk: surgery is "
    "reasonable.",
    is_timing=True,
)
LEAK_CLOSURE = _rule(
    id="acc-aha-2020/prosthesis/leak-closure",
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-PV-06", _KNOWN),
    applies=all_of(PROSTHESIS, equals("paravalvular_leak", True)),
    when=all_of(
        any_of(
            equals("hemolysis", True),
            equals("hemolysis_intractable", True),
            at_least("nyha_class", SEVERE_SYMPTOMS),
        ),
        HIGH_RISK,
        equals("leak_closure_suitable", True),
    ),
    advice=Advice.LEAK_CLOSURE,
    message="Leak beside the prosthesis with hemolysis or NYHA III to IV, at high or prohibitive "
    "risk and suitable: transcatheter closure at a Comprehensive Valve Center is reasonable.",
    is_timing=True,
)
VALVE_IN_VALVE = _rule(
    id="acc-aha-2020/prosthesis/valve-in-valve",
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-PV-07", _KNOWN),
    applies=BIOPROSTHESIS,
    when=all_of(
        LEAK_WITH_HEART_FAILURE,
        at_least("nyha_class", SEVERE_SYMPTOMS),
        HIGH_RISK,
        equals("valve_in_valve_suitable", True),
    ),
    advice=Advice.TRANSCATHETER_REPLACEMENT,
    message="Regurgitation of a bioprosthesis with severe symptoms of heart failure, at high or "
    "prohibitive risk: a transcatheter valve in the prosthesis at a Comprehensive Valve Center "
    "is reasonable.",
    is_timing=True,
)
THROMBOSIS_IMAGING = _rule(
    id="acc-aha-2020/prosthesis/thrombosis-imaging",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-PV-08", _KNOWN),
    applies=MECHANICAL,
    when=equals("valve_thrombosis_suspected", True),
    advice=Advice.FURTHER_TESTS,
    message="Thrombosis of a mechanical valve suspected: urgent transthoracic echo, TEE, "
    "fluoroscopy or CT.",
)
THROMBOSIS = _rule(
    id="acc-aha-2020/prosthesis/thrombosis",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=Source("AHA-PV-09", _KNOWN),
    applies=MECHANICAL,
    when=all_of(
        equals("valve_thrombosis_confirmed", True), equals("symptoms_of_valve_obstruction", True)
    ),
    advice=Advice.FIBRINOLYSIS,
    message="Thrombosed mechanical valve with symptoms of obstruction: urgent slow low-dose "
    "fibrinolysis or emergency surgery.",
    is_timing=True,
)
BIOPROSTHETIC_THROMBOSIS = _rule(
    id="acc-aha-2020/prosthesis/bioprosthetic-thrombosis",
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-PV-10", _KNOWN),
    applies=BIOPROSTHESIS,
    when=all_of(equals("valve_thrombosis_suspected", True), equals("hemodynamically_stable", True)),
    advice=Advice.VKA,
    message="Thrombosis of a bioprosthesis suspected or confirmed, patient stable: a vitamin K "
    "antagonist is reasonable.",
)
BIOPROSTHETIC_THROMBOSIS_IMAGING = _rule(
    id="acc-aha-2020/prosthesis/bioprosthetic-thrombosis-imaging",
    cor=Cor.CLASS_2A,
    loe=Loe.C_LD,
    source=Source("AHA-PV-10", _KNOWN),
    applies=BIOPROSTHESIS,
    when=equals("valve_thrombosis_suspected", True),
    advice=Advice.FURTHER_TESTS,
    message="Thrombosis of a bioprosthesis suspected: 3D TEE or 4D CT to confirm it is reasonable.",
)
EMBOLISM = _rule(
    id="acc-aha-2020/prosthesis/embolism-on-antiplatelet",
    cor=Cor.CLASS_2B,
    loe=Loe.C_EO,
    source=Source("AHA-PV-11", _KNOWN),
    applies=BIOPROSTHESIS,
    when=equals("embolism_on_antiplatelet", True),
    advice=Advice.VKA,
    message="Bioprosthesis with an embolism on antiplatelet treatment: a vitamin K antagonist "
    "instead may be considered, bleeding weighed.",
)

RULES = (
    ECHO,
    FURTHER_IMAGING,
    SYMPTOMATIC_STENOSIS,
    LEAK,
    ASYMPTOMATIC_REGURGITATION,
    LEAK_CLOSURE,
    VALVE_IN_VALVE,
    THROMBOSIS_IMAGING,
    THROMBOSIS,
    BIOPROSTHETIC_THROMBOSIS,
    BIOPROSTHETIC_THROMBOSIS_IMAGING,
    EMBOLISM,
)
