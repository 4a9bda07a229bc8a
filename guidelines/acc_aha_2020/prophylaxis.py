"""Prophylaxis of endocarditis (ACC/AHA 2020 and the AHA statement of 2021; rows AHA-IE-*).

No message names a drug: a drug may be named only when the allergies are known, and that is for
``guidelines.dental_prophylaxis`` to do.
"""

from decimal import Decimal
from functools import partial

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import any_of, at_least, equals, negation, one_of
from guidelines.documents import AHA_ENDOCARDITIS_2021
from guidelines.gates import PROSTHESES
from guidelines.rule import Rule, Source
from guidelines.vocabulary import (
    Advice,
    Chapter,
    Cor,
    Etiology,
    Loe,
    MitralValveState,
    PenicillinAllergy,
    Scope,
    Verification,
)

ADULT = at_least("age_years", Decimal(18))  # years, SAFE-01; always so behind the gate

MITRAL_PROSTHESIS = one_of("mitral_valve_state", *PROSTHESES)
REPAIR_MATERIAL = any_of(
    equals("mitral_valve_state", MitralValveState.SURGICAL_REPAIR),
    equals("other_valve_repair_material", True),
)
CLIP = equals("mitral_valve_state", MitralValveState.TEER)
PREVIOUS_ENDOCARDITIS = any_of(
    equals("previous_endocarditis", True),
    one_of(
        "etiology",
        Etiology.ENDOCARDITIS_HEALED,
        Etiology.ENDOCARDITIS_ACTIVE,
        Etiology.ENDOCARDITIS_DESTRUCTION,
    ),
)
OTHER_PROSTHESIS = equals("other_valve_prosthesis", True)
DEVICE = equals("assist_device", True)
CONGENITAL = equals("congenital_heart_disease_at_risk", True)
TRANSPLANT_VALVE = equals("transplant_with_valve_regurgitation", True)

# A clip counts as prosthetic repair material (AHA-IE-01, DF-30).
AT_HIGHEST_RISK = any_of(
    MITRAL_PROSTHESIS,
    OTHER_PROSTHESIS,
    REPAIR_MATERIAL,
    CLIP,
    PREVIOUS_ENDOCARDITIS,
    DEVICE,
    CONGENITAL,
    TRANSPLANT_VALVE,
)
NATIVE = equals("mitral_valve_state", MitralValveState.NATIVE)

_prophylaxis = partial(
    Rule,
    edition=ACC_AHA_2020,
    section="2.4.2",
    chapter=Chapter.PROPHYLAXIS,
    scope=Scope.ADULT,
)

DENTAL = _prophylaxis(
    id="acc-aha-2020/prophylaxis/dental",
    cor=Cor.CLASS_2A,
    loe=Loe.C_LD,
    source=Source("AHA-IE-01", Verification.FROM_KNOWLEDGE),
    applies=ADULT,
    when=AT_HIGHEST_RISK,
    advice=Advice.PROPHYLAXIS,
    message="Prosthetic valve or repair material (clips included), previous endocarditis, assist "
    "device, congenital disease or transplant at risk: antibiotic prophylaxis is reasonable "
    "before dental work on the gums or the root, or that pierces the mucosa.",
)

NON_DENTAL = _prophylaxis(
    id="acc-aha-2020/prophylaxis/non-dental",
    cor=Cor.CLASS_3_NO_BENEFIT,
    loe=Loe.B_NR,
    source=Source("AHA-IE-02", Verification.FROM_KNOWLEDGE),
    applies=equals("nondental_procedure_planned", True),
    when=equals("active_infection", False),
    advice=Advice.PROPHYLAXIS,
    message="Non-dental procedure (transesophageal echo, endoscopy, urogenital) without active "
    "infection: no prophylaxis of endocarditis.",
)

NATIVE_VALVE = _prophylaxis(
    id="acc-aha-2020/prophylaxis/native-valve",
    cor=None,
    loe=None,
    source=Source("AHA-IE-03", Verification.FROM_KNOWLEDGE),
    applies=NATIVE,
    when=negation(AT_HIGHEST_RISK),
    advice=Advice.NO_PROPHYLAXIS,
    message="Regurgitation or prolapse of a native valve, and none of the conditions at risk: no "
    "prophylaxis of endocarditis.",
)

_drug = partial(
    _prophylaxis,
    cor=None,
    loe=None,
    source=Source("AHA-IE-04", Verification.SECONDARY_SOURCE, AHA_ENDOCARDITIS_2021),
    applies=AT_HIGHEST_RISK,
    advice=Advice.ANTIBIOTICS,
)

DRUG_WITHOUT_ALLERGY = _drug(
    id="acc-aha-2020/prophylaxis/drug-without-allergy",
    when=equals("penicillin_allergy", PenicillinAllergy.NONE),
    message="Dental prophylaxis, no penicillin allergy: one dose of the standard drug 30 to 60 "
    "minutes before.",
)

DRUG_WITH_ALLERGY = _drug(
    id="acc-aha-2020/prophylaxis/drug-with-allergy",
    when=equals("penicillin_allergy", PenicillinAllergy.NOT_SEVERE),
    message="Dental prophylaxis, penicillin allergy that was not severe: one dose of an "
    "alternative 30 to 60 minutes before.",
)

DRUG_WITH_SEVERE_ALLERGY = _drug(
    id="acc-aha-2020/prophylaxis/drug-with-severe-allergy",
    when=equals("penicillin_allergy", PenicillinAllergy.SEVERE),
    message="Dental prophylaxis after anaphylaxis, angioedema or urticaria to penicillin: neither "
    "a penicillin nor a cephalosporin; one dose of another alternative 30 to 60 minutes before.",
)

RULES = (
    DENTAL,
    NON_DENTAL,
    NATIVE_VALVE,
    DRUG_WITHOUT_ALLERGY,
    DRUG_WITH_ALLERGY,
    DRUG_WITH_SEVERE_ALLERGY,
)
