"""Atrial fibrillation in valve disease and at valve surgery (rows AHA-AF-01 to AHA-AF-10)."""

from decimal import Decimal
from functools import partial

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.acc_aha_2020.antithrombotic import DOAC
from guidelines.catalogue.antithrombosis import AfPattern, StenosisGrade
from guidelines.criteria import (
    above,
    all_of,
    any_of,
    at_least,
    at_most,
    equals,
    negation,
    one_of,
)
from guidelines.documents import ATRIAL_FIBRILLATION_2023
from guidelines.inr_schemes import ANY_MECHANICAL
from guidelines.rule import Rule, Source
from guidelines.vocabulary import (
    Advice,
    Chapter,
    Cor,
    Etiology,
    Loe,
    MitralValveState,
    Scope,
    Verification,
)

NEW_BIOPROSTHESIS = Decimal(3)  # months, up to and with: AHA-AF-03; above: AHA-AF-01
AFTER_AF_SURGERY = Decimal(3)  # months, up to and with, AHA-AF-08
APPENDAGE_SCORE = Decimal(2)  # CHA2DS2-VASc, at or above, AHA-AF-10
# The row prints no score; local reading: a score of zero gives no reason to anticoagulate.
ANY_SCORE = Decimal(1)  # CHA2DS2-VASc, at or above, AHA-AF-01

AF = equals("atrial_fibrillation", True)
ANY_STENOSIS = one_of(
    "mitral_stenosis", StenosisGrade.MILD, StenosisGrade.MODERATE, StenosisGrade.SEVERE
)
RHEUMATIC_STENOSIS = all_of(equals("etiology", Etiology.RHEUMATIC), ANY_STENOSIS)
NATIVE = equals("mitral_valve_state", MitralValveState.NATIVE)
BIOPROSTHESIS = one_of(
    "mitral_valve_state", MitralValveState.SURGICAL_BIOPROSTHESIS, MitralValveState.TRANSCATHETER
)
PROSTHESIS = one_of(
    "mitral_valve_state",
    MitralValveState.MECHANICAL,
    MitralValveState.SURGICAL_BIOPROSTHESIS,
    MitralValveState.TRANSCATHETER,
)
VALVE_SURGERY = any_of(
    equals("mitral_surgery_planned", True),
    equals("other_valve_surgery_planned", True),
    equals("intervention_indicated_acc_aha", True),
)
STENOSIS_2023 = any_of(
    RHEUMATIC_STENOSIS,
    one_of("mitral_stenosis", StenosisGrade.MODERATE, StenosisGrade.SEVERE),
)

_rule = partial(
    Rule,
    edition=ACC_AHA_2020,
    section="4.3",
    chapter=Chapter.ATRIAL_FIBRILLATION,
    scope=Scope.ADULT,
)
_KNOWN, _SECOND = Verification.FROM_KNOWLEDGE, Verification.SECONDARY_SOURCE
_AF_2023 = Source("AHA-AF-10", _KNOWN, ATRIAL_FIBRILLATION_2023)

DOAC_IN_NATIVE = _rule(
    id="acc-aha-2020/atrial-fibrillation/doac",
    cor=Cor.CLASS_1,
    loe=Loe.A,
    source=Source("AHA-AF-01", _KNOWN),
    applies=all_of(
        AF,
        any_of(
            all_of(NATIVE, negation(RHEUMATIC_STENOSIS)),
            all_of(BIOPROSTHESIS, above("months_since_mitral_intervention", NEW_BIOPROSTHESIS)),
        ),
        negation(ANY_MECHANICAL),
    ),
    when=at_least("cha2ds2_vasc", ANY_SCORE),
    advice=Advice.DOAC,
    message="Atrial fibrillation with a native valve without rheumatic stenosis, or more than "
    "three months after a bioprosthesis: where CHA2DS2-VASc asks for anticoagulation, a direct "
    "oral anticoagulant is an effective alternative to a vitamin K antagonist.",
)
VKA_IN_RHEUMATIC_STENOSIS = _rule(
    id="acc-aha-2020/atrial-fibrillation/rheumatic-stenosis",
    cor=Cor.CLASS_1,
    loe=Loe.C_EO,
    source=Source("AHA-AF-02", _KNOWN),
    applies=AF,
    when=RHEUMATIC_STENOSIS,
    advice=Advice.VKA,
    message="Atrial fibrillation with rheumatic mitral stenosis: a vitamin K antagonist for the "
    "long term.",
)
VKA_AFTER_BIOPROSTHESIS = _rule(
    id="acc-aha-2020/atrial-fibrillation/new-bioprosthesis",
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-AF-03", _KNOWN),
    applies=all_of(AF, BIOPROSTHESIS),
    when=at_most("months_since_mitral_intervention", NEW_BIOPROSTHESIS),
    advice=Advice.VKA,
    message="New atrial fibrillation in the first three months of a bioprosthesis: a vitamin K "
    "antagonist is reasonable.",
)
NO_DOAC_WITH_MECHANICAL = _rule(
    id="acc-aha-2020/atrial-fibrillation/no-doac-with-mechanical-valve",
    cor=Cor.CLASS_3_HARM,
    loe=Loe.B_R,
    source=Source("AHA-AF-04", _KNOWN),
    applies=ANY_MECHANICAL,
    when=DOAC,
    advice=Advice.DOAC,
    message="Mechanical valve, with or without atrial fibrillation: only a vitamin K antagonist; "
    "a direct oral anticoagulant does harm.",
)
DISCUSS_SURGERY = _rule(
    id="acc-aha-2020/atrial-fibrillation/discuss-procedure",
    cor=Cor.CLASS_1,
    loe=Loe.C_LD,
    source=Source("AHA-AF-05", _KNOWN),
    applies=AF,
    when=VALVE_SURGERY,
    advice=Advice.AF_ABLATION,
    message="Atrial fibrillation before valve surgery: discuss adding a procedure against the "
    "arrhythmia.",
)
ABLATION = _rule(
    id="acc-aha-2020/atrial-fibrillation/ablation",
    cor=Cor.CLASS_2A,
    loe=Loe.B_R,
    source=Source("AHA-AF-06", _KNOWN),
    applies=all_of(AF, VALVE_SURGERY),
    when=all_of(
        equals("af_symptomatic", True),
        one_of("af_pattern", AfPattern.PAROXYSMAL, AfPattern.PERSISTENT, AfPattern.LONG_STANDING),
    ),
    advice=Advice.AF_ABLATION,
    message="Symptomatic paroxysmal or persistent atrial fibrillation at valve surgery: "
    "isolation of the pulmonary veins or a maze procedure is reasonable.",
    superseded_by="AHA-AF-10",
)
APPENDAGE = _rule(
    id="acc-aha-2020/atrial-fibrillation/appendage",
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-AF-07", _KNOWN),
    applies=AF,
    when=VALVE_SURGERY,
    advice=Advice.APPENDAGE_CLOSURE,
    message="Atrial fibrillation or flutter at valve surgery: ligation or excision of the left "
    "atrial appendage is reasonable.",
    superseded_by="AHA-AF-10",
)
AFTER_SURGERY = _rule(
    id="acc-aha-2020/atrial-fibrillation/after-surgery",
    cor=Cor.CLASS_2A,
    loe=Loe.B_NR,
    source=Source("AHA-AF-08", _KNOWN),
    applies=any_of(equals("af_surgery_done", True), equals("appendage_closed", True)),
    when=at_most("months_since_af_surgery_or_appendage_closure", AFTER_AF_SURGERY),
    advice=Advice.ORAL_ANTICOAGULATION,
    message="After surgery for atrial fibrillation or closure of the appendage: anticoagulation "
    "for three months or longer is reasonable.",
)
NO_PROPHYLACTIC_CLOSURE = _rule(
    id="acc-aha-2020/atrial-fibrillation/no-prophylactic-closure",
    cor=Cor.CLASS_3_HARM,
    loe=Loe.B_NR,
    source=Source("AHA-AF-09", _KNOWN),
    applies=equals("appendage_closure_planned", True),
    when=equals("atrial_fibrillation", False),
    advice=Advice.APPENDAGE_CLOSURE,
    message="No atrial arrhythmia: closing the appendage as prophylaxis at valve surgery does "
    "harm.",
)
VKA_2023 = _rule(
    id="acc-aha-2020/atrial-fibrillation/vka-in-stenosis-2023",
    cor=Cor.CLASS_1,
    loe=Loe.B_R,
    source=_AF_2023,
    applies=AF,
    when=STENOSIS_2023,
    advice=Advice.VKA,
    message="Atrial fibrillation with rheumatic, or moderate to severe, mitral stenosis: a "
    "vitamin K antagonist.",
)
DOAC_2023 = _rule(
    id="acc-aha-2020/atrial-fibrillation/doac-2023",
    cor=Cor.CLASS_1,
    loe=Loe.B_NR,
    source=_AF_2023,
    applies=all_of(AF, negation(PROSTHESIS), negation(ANY_MECHANICAL), negation(STENOSIS_2023)),
    when=at_least("cha2ds2_vasc", ANY_SCORE),
    advice=Advice.DOAC,
    message="Atrial fibrillation with valve disease other than that stenosis or a mechanical "
    "valve: where CHA2DS2-VASc asks for anticoagulation, a direct oral anticoagulant is "
    "preferred to a vitamin K antagonist.",
)
APPENDAGE_2023 = _rule(
    id="acc-aha-2020/atrial-fibrillation/appendage-2023",
    cor=Cor.CLASS_1,
    loe=Loe.A,
    source=_AF_2023,
    applies=all_of(AF, VALVE_SURGERY),
    when=at_least("cha2ds2_vasc", APPENDAGE_SCORE),
    advice=Advice.APPENDAGE_CLOSURE,
    message="Atrial fibrillation with CHA2DS2-VASc of 2 or more at heart surgery: surgical "
    "exclusion of the left atrial appendage, in addition to anticoagulation.",
)

RULES = (
    DOAC_IN_NATIVE,
    VKA_IN_RHEUMATIC_STENOSIS,
    VKA_AFTER_BIOPROSTHESIS,
    NO_DOAC_WITH_MECHANICAL,
    DISCUSS_SURGERY,
    ABLATION,
    APPENDAGE,
    AFTER_SURGERY,
    NO_PROPHYLACTIC_CLOSURE,
    VKA_2023,
    DOAC_2023,
    APPENDAGE_2023,
)
