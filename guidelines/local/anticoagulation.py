"""Anticoagulation alarms (SAFE-20 to SAFE-22), whatever the age of the patient.

An alarm may not wait for a fresh list or value: SAFE-20 reads what is on record, however old, and
no vitamin K antagonist on record counts as none taken.
"""

from decimal import Decimal
from functools import partial

from guidelines.criteria import above, all_of, any_of, below, equals
from guidelines.inr_schemes import ANY_MECHANICAL, MITRAL_MECHANICAL
from guidelines.local import LOCAL_SAFETY
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Scope, Verification

LOW_INR = Decimal("2.0")  # below, SAFE-20
HIGH_INR = Decimal("5.0")  # above, SAFE-20

_rule = partial(
    Rule,
    edition=LOCAL_SAFETY,
    section="B3",
    cor=None,
    loe=None,
    advice=Advice.SAME_DAY_CONTACT,
    chapter=Chapter.SCOPE,
    scope=Scope.EVERYONE,
)
_SAFE_20 = Source("SAFE-20", Verification.FROM_KNOWLEDGE)

LOW = _rule(
    id="local-safety/anticoagulation/low-inr",
    source=_SAFE_20,
    applies=MITRAL_MECHANICAL,
    when=below("last_inr", LOW_INR),
    message="Mechanical mitral valve and the last INR is below 2.0: contact the patient today.",
)
NO_VKA = _rule(
    id="local-safety/anticoagulation/no-vka",
    source=_SAFE_20,
    applies=MITRAL_MECHANICAL,
    when=equals("vka_on_record", False),
    message="Mechanical mitral valve and no vitamin K antagonist on record (none on the list, "
    "or no list): contact the patient today.",
)
DOAC = _rule(
    id="local-safety/anticoagulation/doac",
    source=_SAFE_20,
    applies=MITRAL_MECHANICAL,
    when=any_of(equals("doac_on_record", True), equals("doac_planned", True)),
    message="Mechanical mitral valve and a direct oral anticoagulant on record or about to be "
    "started: contact the patient today.",
)
HIGH = _rule(
    id="local-safety/anticoagulation/high-inr",
    source=_SAFE_20,
    applies=MITRAL_MECHANICAL,
    when=above("last_inr", HIGH_INR),
    message="Mechanical mitral valve and the last INR is above 5.0: contact the patient today.",
)
OVERDUE = _rule(
    id="local-safety/anticoagulation/inr-overdue",
    source=_SAFE_20,
    applies=all_of(MITRAL_MECHANICAL, equals("vka_on_record", True)),
    when=equals("inr_overdue", True),
    advice=Advice.QUESTION,
    message="Mechanical mitral valve on a vitamin K antagonist and no INR that still counts (none "
    "on record, or too old): measure it now.",
)
VALVE_THROMBOSIS = _rule(
    id="local-safety/anticoagulation/valve-thrombosis",
    source=Source("SAFE-21", Verification.FROM_KNOWLEDGE),
    applies=ANY_MECHANICAL,
    when=any_of(
        equals("dyspnea_new_or_worse", True),
        equals("embolism_recent", True),
        equals("prosthesis_clicks_muffled", True),
        equals("prosthesis_gradient_risen", True),
        equals("valve_thrombosis_suspected", True),
    ),
    message="Mechanical valve with new dyspnea, embolism, muffled clicks or a risen gradient: "
    "valve thrombosis until excluded. Contact and image today.",
)
APPENDAGE_CLOSED = _rule(
    id="local-safety/anticoagulation/appendage-closed",
    source=Source("SAFE-22", Verification.FROM_KNOWLEDGE),
    applies=all_of(equals("appendage_closed", True), equals("atrial_fibrillation", True)),
    when=any_of(
        equals("anticoagulation_stop_planned", True),
        all_of(equals("takes_vka", False), equals("takes_doac", False)),
    ),
    advice=Advice.DRUG_WARNING,
    message="The appendage is closed and anticoagulation is stopped or to be stopped: a closed "
    "appendage is never a reason to stop by itself.",
)

RULES = (LOW, NO_VKA, DOAC, HIGH, OVERDUE, VALVE_THROMBOSIS, APPENDAGE_CLOSED)
