"""Prophylaxis of endocarditis (ESC 2023 endocarditis; rows IE-01 to IE-07), for both editions.

No message names a drug: see ``guidelines.dental_prophylaxis``.
"""

from functools import partial

from guidelines.acc_aha_2020.prophylaxis import (
    ADULT,
    AT_HIGHEST_RISK,
    CLIP,
    CONGENITAL,
    DEVICE,
    NATIVE,
    OTHER_PROSTHESIS,
    PREVIOUS_ENDOCARDITIS,
    REPAIR_MATERIAL,
    TRANSPLANT_VALVE,
)
from guidelines.criteria import Criterion, any_of, equals, negation
from guidelines.documents import ESC_ENDOCARDITIS_2023
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.rule import Edition, Rule, Source
from guidelines.vocabulary import (
    Advice,
    Chapter,
    Cor,
    Loe,
    MitralValveState,
    PenicillinAllergy,
    Scope,
    Verification,
)

TRANSPLANT = any_of(equals("heart_transplant", True), TRANSPLANT_VALVE)
SURGICAL_MATERIAL = any_of(
    equals("mitral_valve_state", MitralValveState.MECHANICAL),
    equals("mitral_valve_state", MitralValveState.SURGICAL_BIOPROSTHESIS),
    OTHER_PROSTHESIS,
    REPAIR_MATERIAL,
)
# Every transcatheter prosthesis, mitral ones and valve-in-valve included (safety A1).
TRANSCATHETER_OR_DEVICE = any_of(
    equals("mitral_valve_state", MitralValveState.TRANSCATHETER), DEVICE, CONGENITAL
)
ANY_RISK = any_of(AT_HIGHEST_RISK, TRANSPLANT)

_DENTAL = "antibiotic prophylaxis before dental work at risk"
# Row, end of the id, class, level, when, and what is said.
_BY_CONDITION: tuple[tuple[str, str, Cor, Loe, Criterion, str], ...] = (
    (
        "IE-01",
        "previous-endocarditis",
        Cor.CLASS_I,
        Loe.B,
        PREVIOUS_ENDOCARDITIS,
        f"Previous endocarditis: {_DENTAL} is recommended.",
    ),
    (
        "IE-02",
        "surgical-material",
        Cor.CLASS_I,
        Loe.C,
        SURGICAL_MATERIAL,
        f"Surgical prosthesis, or material of a surgical repair: {_DENTAL} is recommended.",
    ),
    (
        "IE-03",
        "transcatheter-or-device",
        Cor.CLASS_I,
        Loe.C,
        TRANSCATHETER_OR_DEVICE,
        f"Transcatheter prosthesis, assist device, or congenital disease at risk: {_DENTAL} is "
        "recommended.",
    ),
    (
        "IE-04",
        "edge-to-edge-repair",
        Cor.CLASS_IIA,
        Loe.C,
        CLIP,
        f"Transcatheter edge-to-edge repair: {_DENTAL} should be considered.",
    ),
    (
        "IE-05",
        "transplant",
        Cor.CLASS_IIB,
        Loe.C,
        TRANSPLANT,
        f"Heart transplant: {_DENTAL} may be considered.",
    ),
)
_DRUGS: tuple[tuple[str, PenicillinAllergy, str], ...] = (
    (
        "without-allergy",
        PenicillinAllergy.NONE,
        "Dental prophylaxis, no penicillin allergy: one dose of the standard drug 30 to 60 "
        "minutes before.",
    ),
    (
        "with-allergy",
        PenicillinAllergy.NOT_SEVERE,
        "Dental prophylaxis, penicillin allergy that was not severe: one dose of an alternative "
        "30 to 60 minutes before.",
    ),
    (
        "with-severe-allergy",
        PenicillinAllergy.SEVERE,
        "Dental prophylaxis after anaphylaxis, angioedema or urticaria to penicillin: neither a "
        "penicillin nor a cephalosporin; one dose of another alternative 30 to 60 minutes before.",
    ),
)


def _source(row: str) -> Source:
    return Source(row, Verification.PRIMARY_DOCUMENT, ESC_ENDOCARDITIS_2023)


def rules_for(edition: Edition) -> tuple[Rule, ...]:
    """The rules of the companion guideline as rules of one edition."""
    rule = partial(
        Rule,
        edition=edition,
        section="ESC 2023 endocarditis",
        chapter=Chapter.PROPHYLAXIS,
        scope=Scope.ADULT,
    )
    prophylaxis = f"{edition.id}/prophylaxis"
    by_condition = tuple(
        rule(
            id=f"{prophylaxis}/{slug}",
            cor=cor,
            loe=loe,
            source=_source(row),
            applies=ADULT,
            when=when,
            advice=Advice.PROPHYLAXIS,
            message=message,
        )
        for row, slug, cor, loe, when, message in _BY_CONDITION
    )
    others = rule(
        id=f"{prophylaxis}/native-valve",
        cor=Cor.CLASS_III,
        loe=Loe.C,
        source=_source("IE-06"),
        applies=NATIVE,
        when=negation(ANY_RISK),
        advice=Advice.PROPHYLAXIS,
        message="Regurgitation or prolapse of a native valve, and none of the conditions at risk: "
        "prophylaxis of endocarditis is not recommended.",
    )
    drugs = tuple(
        rule(
            id=f"{prophylaxis}/drug-{slug}",
            cor=None,
            loe=None,
            source=_source("IE-07"),
            applies=ANY_RISK,
            when=equals("penicillin_allergy", allergy),
            advice=Advice.ANTIBIOTICS,
            message=message,
        )
        for slug, allergy, message in _DRUGS
    )
    return (*by_condition, others, *drugs)


RULES = rules_for(ESC_EACTS_2025)
